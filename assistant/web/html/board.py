"""The dashboard as HTML: what was chosen, tiles, charts, ranking and tables."""

import json
from html import escape

from assistant.dashboard.board import Board, Choice
from assistant.dashboard.indicator_list import OPEN
from assistant.types import Status
from assistant.web.html.answers import year
from assistant.web.html.board_charts import rate_chart, score_chart, status_chart
from assistant.web.html.board_parts import NOTHING, SEVERITIES, card, number, pick
from assistant.web.html.board_tables import indicators, ranking
from assistant.web.html.findings import finding

FINDINGS = 10
"""Findings shown under the indicators; all of them stand on the page 校核."""
EMPTY = (
    '<section class="welcome"><h2>资料库还是空的</h2>'
    "<p>点上面的“文档”，把自评表、目标表放进去，再打开看板。</p></section>"
)


def board(given: Board, order: str = "") -> str:
    """Tiles, charts and ranking; `order` is one of `ORDERS`, the ranking's own where empty."""
    if not given.documents and given.choice == Choice():
        return EMPTY
    return (
        f'<div class="board" {asked(given.choice)}>{tools(given)}{tiles(given)}'
        f'<div class="charts">{status_chart(given)}{rate_chart(given)}{score_chart(given)}</div>'
        f"{ranking(given, order)}</div>"
    )


def details(given: Board, page: int = 0) -> str:
    """One page of the indicators, and the first findings."""
    if not given.documents:
        return ""
    return f'<div class="board">{indicators(given, page)}{noted(given)}</div>'


def asked(choice: Choice) -> str:
    """The attribute that says what a file is made of."""
    held = {name: getattr(choice, name) for name in Choice.__dataclass_fields__}
    text = json.dumps({name: value for name, value in held.items() if value}, ensure_ascii=False)
    return f'data-asked="{escape(text, quote=True)}"'


def chosen(given: Board) -> str:
    """The choice in words: 清岚市 · 2021年 · 未达标."""
    choice = given.choice
    form = choice.form.value if choice.form else ""
    parts = (choice.city, choice.department, year(choice.year), form, choice.family)
    return " · ".join(part for part in (*parts, choice.standing) if part) or "全部资料"


def tools(given: Board) -> str:
    return (
        f'<header class="board-head"><h2>{escape(chosen(given))}</h2>'
        '<p class="board-tools">'
        '<button type="button" data-file="xlsx">导出表格</button>'
        '<button type="button" data-file="print">打印</button></p></header>'
    )


def tiles(given: Board) -> str:
    counts = given.tally.counts
    made = given.tally.attained
    waiting = given.tally.total - given.tally.reported
    copies = f"其中{given.copies}份与别的文件内容相同，不重复计" if given.copies else ""
    missed = counts.get(Status.UNMET, 0), counts.get(Status.QUALITATIVE_UNMET, 0)
    severities = given.severities
    told = "，".join(
        f"{word}{severities[kind]}" for kind, word in SEVERITIES.items() if severities[kind]
    )
    return (
        '<div class="tiles">'
        + "".join(
            (
                tile("部门", number(given.departments)),
                tile("文件", number(given.documents), copies),
                tile(
                    "指标",
                    number(given.tally.total),
                    f"已自评{given.tally.reported}" + (f"，未到自评{waiting}" if waiting else ""),
                ),
                tile(
                    "达标率",
                    f"{made.result}%" if made else "—",
                    f"达标、超额和定性达成 {made.formula}" if made else "没有自评的指标",
                ),
                tile(
                    "未达标",
                    number(sum(missed)),
                    f"其中定性未达成{missed[1]}" if missed[1] else "",
                    "unmet",
                    pick(standing=str(Status.UNMET)),
                ),
                tile(
                    "待核实",
                    number(given.open),
                    "，".join(f"{name}{counts.get(name, 0)}" for name in OPEN),
                    "unverified",
                    pick(standing=str(Status.UNVERIFIABLE)),
                ),
                tile("校核发现", number(len(given.findings)), told)
                if given.audited
                else tile("校核发现", "…", "正在校核"),
            )
        )
        + "</div>"
    )


def tile(name: str, value: str, note: str = "", kind: str = "", act: str = "") -> str:
    inside = (
        f'<span class="name">{name}</span><strong>{escape(value)}</strong>'
        f"<small>{escape(note)}</small>"
    )
    if act and value != "0":
        return f'<button type="button" class="tile {kind}" {act}>{inside}</button>'
    return f'<div class="tile">{inside}</div>'


def noted(given: Board) -> str:
    """The first findings; all of them stand on the page 校核."""
    if not given.findings:
        return ""
    items = "".join(
        finding(one, whose=f"{one.department}{year(one.year)}") for one in given.findings[:FINDINGS]
    )
    more = ""
    if len(given.findings) > FINDINGS:
        more = NOTHING.format(f"另有{number(len(given.findings) - FINDINGS)}条，见“校核”页。")
    return card(
        "校核发现", "疑似问题，建议核实", f'<ol class="findings">{items}</ol>{more}', "wide"
    )
