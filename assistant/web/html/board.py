"""The dashboard as HTML: what was chosen, tiles, charts, ranking and tables."""

import json
from html import escape

from assistant.dashboard.board import Board, Choice
from assistant.dashboard.excel_export import NO_RATE
from assistant.dashboard.indicator_list import OPEN
from assistant.language.wording import SEVERITY_NAMES, year_name
from assistant.types import Status
from assistant.web.html.board_charts import rate_chart, score_chart, status_chart
from assistant.web.html.board_lights import lights_of
from assistant.web.html.board_parts import NOTE, card, filter_attribute, number
from assistant.web.html.board_tables import indicators, ranking
from assistant.web.html.board_years import years_of
from assistant.web.html.findings import finding_item

MAX_FINDINGS = 10
"""Maximum number of findings under the indicators; all of them stand on the page 校核."""
EMPTY = (
    '<section class="welcome"><h2>资料库还是空的</h2>'
    "<p>点上面的“文档”，把自评表、目标表放进去，再打开看板。</p></section>"
)


def overview(board: Board, order: str = "", *, gone: str = "") -> str:
    """Tiles, charts, years and ranking; `order` is one of `ORDERS`, the ranking's own where empty.

    `gone` is what was asked for and is not there any more, so that everything is shown instead.
    """
    if not board.documents and board.choice == Choice():
        return EMPTY
    return (
        f'<div class="board" {choice_attribute(board.choice)}>'
        f"{_instead_of(gone)}{tools(board)}{tiles(board)}"
        f'<div class="charts">{status_chart(board)}{rate_chart(board)}{score_chart(board)}</div>'
        f"{lights_of(board)}{years_of(board, board.choice.years)}{ranking(board, order)}</div>"
    )


def _instead_of(gone: str) -> str:
    """That what was asked for is not there any more."""
    if not gone:
        return ""
    told = f"现在没有符合“{escape(gone)}”的文件（可能已删除或更正），下面是全部资料。"
    return f'<p class="failure" role="status">{told}</p>'


def details(board: Board, page: int = 0) -> str:
    """One page of the indicators, and the first findings."""
    if not board.documents:
        return ""
    return f'<div class="board">{indicators(board, page)}{first_findings(board)}</div>'


def choice_attribute(choice: Choice) -> str:
    """The attribute that says what a file is made of."""
    text = json.dumps(choice_fields(choice), ensure_ascii=False)
    return f'data-choice="{escape(text, quote=True)}"'


def choice_fields(choice: Choice) -> dict[str, str | int]:
    """The fields of a choice that are not free, by name."""
    fields = {name: getattr(choice, name) for name in Choice.__dataclass_fields__}
    return {name: value for name, value in fields.items() if value}


def saying(message: str) -> str:
    """What has been done."""
    return f'<p class="limits" role="status">{escape(message)}</p>'


def choice_name(board: Board) -> str:
    """The choice in words: 清岚市 · 2021年 · 未达标."""
    choice = board.choice
    form = choice.form.value if choice.form else ""
    parts = (choice.city, choice.department, year_name(choice.year), form, choice.family)
    return " · ".join(part for part in (*parts, choice.standing) if part) or "全部资料"


def limits(board: Board) -> str:
    """What all the numbers are limited to, where only some indicators are chosen."""
    if not (board.choice.family or board.choice.standing):
        return ""
    said = "部门、文件、执行率、得分和校核发现只算有这些指标的"
    if board.choice.standing:
        said += "；按状态筛选时不计达标率"
    return f'<p class="limits">{said}。</p>'


def tools(board: Board) -> str:
    """The choice in words, with the buttons that make a file of it."""
    return (
        f'<header class="board-head"><h2>{escape(choice_name(board))}</h2>{limits(board)}'
        '<p class="board-tools">'
        '<button type="button" data-file="xlsx">导出表格</button>'
        '<button type="button" data-file="print">打印</button></p></header>'
    )


def tiles(board: Board) -> str:
    """The counts at the top; those that need attention lead to their indicators."""
    counts = board.tally.counts
    attained = board.tally.attained
    waiting = board.tally.total - board.tally.reported
    copies = f"其中{board.copies}份与别的文件内容相同，不重复计" if board.copies else ""
    missed = [counts.get(status, 0) for status in Status if status.is_unmet]
    severities = board.severities
    by_severity = "，".join(
        f"{word}{severities[kind]}" for kind, word in SEVERITY_NAMES.items() if severities[kind]
    )
    return (
        '<div class="tiles">'
        + "".join(
            (
                _tile("部门", number(board.departments)),
                _tile("文件", number(board.documents), copies),
                _tile(
                    "指标",
                    number(board.tally.total),
                    f"已自评{board.tally.reported}" + (f"，未到自评{waiting}" if waiting else ""),
                ),
                _tile(
                    "达标率",
                    f"{attained.result}%" if attained else "—",
                    f"达标、超额和定性达成 {attained.formula}"
                    if attained
                    else NO_RATE[board.tally.rated],
                ),
                _tile(
                    "未达标",
                    number(sum(missed)),
                    f"其中定性未达成{missed[1]}" if missed[1] else "",
                    "unmet",
                    filter_attribute(standing=str(Status.UNMET)),
                ),
                _tile(
                    "待核实",
                    number(board.open),
                    "，".join(f"{name}{counts.get(name, 0)}" for name in OPEN),
                    "unverified",
                    filter_attribute(standing=str(Status.UNVERIFIABLE)),
                ),
                _tile("校核发现", number(len(board.findings)), by_severity)
                if board.audited
                else _tile("校核发现", "…", "正在校核"),
            )
        )
        + "</div>"
    )


def _tile(name: str, value: str, note: str = "", kind: str = "", act: str = "") -> str:
    inside = (
        f'<span class="name">{name}</span><strong>{escape(value)}</strong>'
        f"<small>{escape(note)}</small>"
    )
    if act and value != "0":
        return f'<button type="button" class="tile {kind}" {act}>{inside}</button>'
    return f'<div class="tile">{inside}</div>'


def first_findings(board: Board) -> str:
    """The first findings; all of them stand on the page 校核."""
    if not board.findings:
        return ""
    items = "".join(
        finding_item(noted, owner=f"{noted.department}{year_name(noted.year)}")
        for noted in board.findings[:MAX_FINDINGS]
    )
    more = ""
    if len(board.findings) > MAX_FINDINGS:
        more = NOTE.format(f"另有{number(len(board.findings) - MAX_FINDINGS)}条，见“校核”页。")
    return card(
        "校核发现", "疑似问题，建议核实", f'<ol class="findings">{items}</ol>{more}', "wide"
    )
