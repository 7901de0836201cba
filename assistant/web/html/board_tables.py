"""The tables of the dashboard as HTML: the ranking, and the indicators page by page."""

from collections.abc import Iterable
from html import escape
from itertools import islice

from assistant.dashboard.board import NO_DEPARTMENT, ORDERS, Board, Line
from assistant.dashboard.indicator_list import Row
from assistant.grounding.locations import place
from assistant.language.numbers import plain
from assistant.language.wording import SEVERITY_NAMES, year_name
from assistant.web.html.board_parts import (
    MAX_BARS,
    NOTE,
    STANDING_CLASSES,
    attained_rate,
    card,
    filter_attribute,
    left_out,
    number,
    page_buttons,
    segments,
    tally_in_words,
)
from assistant.web.html.source_link import QuotedPlace, SourceLink

ROWS_PER_PAGE = 30


def ranking(board: Board, order: str = "") -> str:
    """Departments by year; `order` is one of `ORDERS`, the board's own where empty."""
    lines: Iterable[Line] = board.lines
    if order in ORDERS:
        lines = sorted(lines, key=ORDERS[order])
    heads = "".join(
        f'<th class="digits"><button type="button" data-order="{name}"'
        f"{' aria-pressed=true' if name == order else ''}"
        f' title="按{name}排，需要关注的在前">{name}</button></th>'
        for name in ORDERS
    )
    body = "".join(map(_ranking_row, islice(lines, MAX_BARS)))
    table = (
        '<div class="scroll" tabindex="0"><table class="ranking"><thead><tr>'
        '<th class="digits">名次</th><th>部门</th><th>年度</th><th class="digits">指标</th>'
        f"<th>状态</th>{heads}</tr></thead><tbody>{body}</tbody></table></div>"
        f"{left_out(len(board.lines), MAX_BARS, '行')}"
    )
    if not body:
        table = NOTE.format("所选范围内没有可以排名的部门。")
    return card("部门排名", "按达标率排名；点列名按该列排，点部门只看该部门", table, "wide")


def _ranking_row(line: Line) -> str:
    longest = max(line.tally.total, 1)
    findings = "".join(
        f'<span class="{kind.value}">{SEVERITY_NAMES[kind]}{line.severities[kind]}</span>'
        for kind in SEVERITY_NAMES
        if line.severities.get(kind)
    )
    spent = f"{line.execution.value:.2f}%" if line.execution and line.execution.value else "—"
    department = line.department or NO_DEPARTMENT
    changes = {"department": department} | ({"year": line.year} if line.year else {})
    button = f'<button type="button" {filter_attribute(**changes)}>'
    rate = attained_rate(line.tally)
    return (
        f'<tr><td class="digits">{line.rank or "—"}</td>'
        f"<td>{button}{escape(department)}</button></td>"
        f'<td>{year_name(line.year) or "—"}</td><td class="digits">{line.tally.total or "—"}</td>'
        f'<td><span class="track" title="{escape(tally_in_words(line.tally), quote=True)}">'
        f'{segments(line.tally, longest)}</span></td><td class="digits">{rate}</td>'
        f'<td class="digits">{spent}</td>'
        f'<td class="digits">{plain(line.score.value) if line.score else "—"}</td>'
        f'<td class="found">{findings or "—"}</td></tr>'
    )


def indicators(board: Board, page: int = 0) -> str:
    """One page of the indicators, those that need attention first."""
    pages = max(1, -(-len(board.rows) // ROWS_PER_PAGE))
    page = min(max(page, 0), pages - 1)
    shown = board.rows[page * ROWS_PER_PAGE : (page + 1) * ROWS_PER_PAGE]
    rows = "".join(map(_indicator_row, shown))
    table = (
        '<table class="indicators"><thead><tr><th>部门</th><th>指标</th><th>目标</th><th>实际</th>'
        f"<th>状态</th><th>原因</th><th>出处</th></tr></thead><tbody>{rows}"
        f"</tbody></table>{page_buttons(page, pages)}"
    )
    if not shown:
        table = NOTE.format("所选范围内没有指标。")
    note = f"共{number(len(board.rows))}个，需要关注的在前；点一行看原文"
    return card("指标清单", note, table, "wide")


def _indicator_row(row: Row) -> str:
    where = place(row.location, file=row.file)
    link = SourceLink("", places=(QuotedPlace(row.document_id, row.location, row.quote),))
    if row.elsewhere:
        where += f"，另见{row.elsewhere}份"
    badge = f'<span class="badge {STANDING_CLASSES[row.standing]}">{row.standing}</span>'
    about = " · ".join(part for part in (row.family, row.task) if part)
    return (
        f"<tr {link.attribute}>"
        f'<td data-name="部门">{escape(row.department or NO_DEPARTMENT)}'
        f"<small>{year_name(row.year)}</small></td>"
        f'<td data-name="指标"><button type="button">{escape(row.name)}</button>'
        f"<small>{escape(about)}</small></td>"
        f'<td data-name="目标">{escape(row.target) or "—"}</td>'
        f'<td data-name="实际">{escape(row.actual) or "—"}</td>'
        f'<td data-name="状态">{badge}</td>'
        f'<td data-name="原因">{escape(row.reason)}</td>'
        f'<td data-name="出处" class="source-cell">{escape(row.file)}'
        f"<small>{escape(where)}</small></td></tr>"
    )
