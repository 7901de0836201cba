"""Odd numbers, odd text and broken JSON at every door: a refusal in a sentence, never a 5xx."""

from collections.abc import Iterator

import httpx
import pytest

from tests.support.page_events import signed_in

NUMBERS = (-1, 10**4, 2**31, 2**63, 10**30, 1.5, "x", "", "NaN", "1e400")
TEXTS = ("\ud800", "\0", "\ufffe", "x" * 3000, "%", "'")
BODIES = (
    b"",
    b"{",
    b"\xff",
    b'{"question":"\\ud800"}',
    b'{"question":"\\u0000"}',
    b'{"year":NaN}',
    b'{"year":Infinity}',
    b"[" * 5000 + b"]" * 5000,
    b"9" * 5000,
    '{"question":"甲"}'.encode("utf-16"),
    b'{"question":"a","question":null}',
    b'{"question":"a","year":' + b"9" * 30 + b"}",
    b'{"messages":[{"role":"user","content":"a"}],"year":' + b"9" * 30 + b"}",
)


@pytest.fixture(scope="module")
def admin(office: str) -> Iterator[httpx.Client]:
    with signed_in(office, "admin") as client:
        yield client


def test_every_parameter_of_every_operation_takes_odd_values(admin: httpx.Client) -> None:
    described = admin.get("/api/v1/openapi.json").json()["paths"]
    asked = 0
    for path, operations in described.items():
        for method, operation in operations.items():
            for parameter in operation.get("parameters", ()):
                for odd in (*NUMBERS, *TEXTS):
                    value = str(odd).encode("utf-8", "surrogatepass")
                    text = "".join(f"%{byte:02X}" for byte in value)
                    address = path
                    for name in [p["name"] for p in operation["parameters"] if p["in"] == "path"]:
                        mine = parameter["in"] == "path" and parameter["name"] == name
                        address = address.replace(f"{{{name}}}", text if mine else "0")
                    if parameter["in"] == "query":
                        address += f"?{parameter['name']}={text}"
                    reply = admin.request(method.upper(), address)
                    assert reply.status_code < 500, (method, address, reply.text)
                    asked += 1
    assert asked > 100


@pytest.mark.parametrize("path", ["/api/v1/ask", "/api/v1/draft", "/v1/chat/completions", "/mcp"])
def test_broken_json_is_refused_in_a_sentence_and_the_connection_goes_on(
    admin: httpx.Client, path: str
) -> None:
    headers = {
        "Content-Type": "application/json",
        "Accept": "application/json, text/event-stream",
    }
    for body in BODIES:
        reply = admin.post(path, content=body, headers=headers)
        assert 400 <= reply.status_code < 500, (path, body[:40], reply.text)
        assert admin.get("/healthz").status_code == 200


def test_odd_years_reach_no_database(admin: httpx.Client) -> None:
    for year in (-1, 10**4, 2**63, 10**30):
        for path, sent in (
            ("/api/v1/ask", {"question": "完成率", "year": year}),
            ("/api/v1/draft", {"department": "团委", "year": year}),
        ):
            reply = admin.post(path, json=sent)
            assert reply.status_code == 422
            assert "year" in reply.json()["error"]
