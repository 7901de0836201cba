"""The description of the REST interface as one plain page (接口说明), without any script."""

from collections.abc import Mapping
from html import escape
from typing import Any

STYLE = """
body{font:16px/1.7 "PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif;color:#22272b;
background:#f7f6f2;max-width:56rem;margin:2rem auto;padding:0 1rem}
h1,code b{color:#235f4f}section{background:#fff;border:1px solid #e3e0d7;border-radius:.6rem;
padding:.4rem 1.2rem 1rem;margin:1rem 0}h2{font-size:1.05rem}code{overflow-wrap:anywhere}
table{border-collapse:collapse;width:100%;font-size:.9rem}td,th{border-bottom:1px solid #e3e0d7;
text-align:left;padding:.3rem .6rem .3rem 0;vertical-align:top}
"""
TYPES = {
    "string": "文字",
    "integer": "整数",
    "number": "数字",
    "boolean": "是或否",
    "array": "列表",
    "object": "对象",
    "null": "空",
}


def reference(openapi: Mapping[str, Any]) -> str:
    """Every address with its parameters and what it answers, from the OpenAPI description."""
    schemas: Mapping[str, Any] = openapi.get("components", {}).get("schemas", {})
    sections = "".join(
        _section(path, method, operation, schemas)
        for path, methods in openapi["paths"].items()
        for method, operation in methods.items()
    )
    info = openapi["info"]
    return (
        f'<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>接口说明</title>'
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style>'
        f"<h1>{escape(info['title'])} 接口说明</h1><p>{escape(info['description'])}</p>"
        "<p>有用户时，请求头带上 <code>Authorization: Bearer 令牌</code>；出错时返回"
        ' <code>{"error": "一句话"}</code>。机器可读的描述见'
        f' <a href="/api/v1/openapi.json">openapi.json</a>。</p>{sections}</html>'
    )


def _section(
    path: str, method: str, operation: Mapping[str, Any], schemas: Mapping[str, Any]
) -> str:
    rows = [
        (one["name"], one["schema"], one.get("description", ""), one.get("required", False))
        for one in operation.get("parameters", ())
    ]
    for content in operation.get("requestBody", {}).get("content", {}).values():
        rows += _fields(content["schema"], schemas)
    answers = [
        row
        for content in operation["responses"].get("200", {}).get("content", {}).values()
        for row in _fields(content.get("schema", {}), schemas)
    ]
    return (
        f"<section><h2><code><b>{method.upper()}</b> {escape(path)}</code>　"
        f"{escape(operation.get('summary', ''))}</h2>"
        f"{_table('参数', rows)}{_table('返回', answers)}"
        "</section>"
    )


def _fields(
    schema: Mapping[str, Any], schemas: Mapping[str, Any]
) -> list[tuple[str, Mapping[str, Any], str, bool]]:
    named = _resolved(schema, schemas)
    required = named.get("required", ())
    return [
        (name, one, _resolved(one, schemas).get("description", ""), name in required)
        for name, one in named.get("properties", {}).items()
    ]


def _resolved(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> Mapping[str, Any]:
    name = str(schema.get("$ref", "")).rpartition("/")[2]
    resolved: Mapping[str, Any] = schemas.get(name, schema)
    return resolved


def _table(head: str, rows: list[tuple[str, Mapping[str, Any], str, bool]]) -> str:
    if not rows:
        return ""
    body = "".join(
        f"<tr><td><code>{escape(name)}</code></td><td>{escape(_kind(schema))}</td>"
        f"<td>{escape(words)}{'' if not required or head == '返回' else '（必填）'}</td></tr>"
        for name, schema, words, required in rows
    )
    return f"<table><tr><th>{head}</th><th>类型</th><th>说明</th></tr>{body}</table>"


def _kind(schema: Mapping[str, Any]) -> str:
    if "anyOf" in schema:
        return "或".join(dict.fromkeys(_kind(one) for one in schema["anyOf"]))
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    kind = str(schema.get("type", ""))
    if kind == "array" and "items" in schema:
        return f"{_kind(schema['items'])}的列表"
    return TYPES.get(kind, kind)
