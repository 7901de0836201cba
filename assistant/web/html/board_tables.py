"""The tables of the dashboard as HTML: the ranking, and the indicators page by page."""

from collections.abc import Iterable
from html import escape
from itertools import islice

from assistant.dashboard.board import ORDERS, Board, Line
from assistant.dashboard.indicator_list import Row
from assistant.grounding.locations import place
from assistant.language.numbers import plain
from assistant.web.html.answers import year
from assistant.web.html.board_parts import (
    BARS,
    KINDS,
    NOTHING,
    SEVERITIES,
    card,
    number,
    pick,
    rest,
    segments,
    share,
    told,
    turning,
)
from assistant.web.html.source_link import Opening, Place

NO_DEPARTMENT = "未注明部门"
PAGE = 30
"""Indicators shown at once."""


def ranking(given: Board, order: str = "") -> str:
    lines: Iterable[Line] = given.lines
    if order in ORDERS:
        lines = sorted(lines, key=ORDERS[order])
    heads = "".join(
        f'<th class="digits"><button type="button" data-order="{name}"'
        f"{' aria-pressed=true' if name == order else ''}"
        f' title="按{name}排，需要关注的在前">{name}</button></th>'
        for name in ORDERS
    )
    body = "".join(map(ranked, islice(lines, BARS)))
    table = (
        '<div class="scroll" tabindex="0"><table class="ranking"><thead><tr>'
        '<th class="digits">名次</th><th>部门</th><th>年度</th><th class="digits">指标</th>'
        f"<th>状态</th>{heads}</tr></thead><tbody>{body}</tbody></table></div>"
        f"{rest(len(given.lines), BARS, '行')}"
    )
    if not body:
        table = NOTHING.format("所选范围内没有可以排名的部门。")
    return card("部门排名", "按达标率排名；点列名按该列排，点部门只看该部门", table, "wide")


def ranked(line: Line) -> str:
    """One department in one year."""
    many = max(line.tally.total, 1)
    found = "".join(
        f'<span class="{kind.value}">{SEVERITIES[kind]}{line.severities[kind]}</span>'
        for kind in SEVERITIES
        if line.severities.get(kind)
    )
    spent = f"{line.execution.value:.2f}%" if line.execution and line.execution.value else "—"
    changes = {"department": line.department} | ({"year": line.year} if line.year else {})
    return (
        f'<tr><td class="digits">{line.rank or "—"}</td>'
        f'<td><button type="button" {pick(**changes)}>{escape(line.department)}</button></td>'
        f'<td>{year(line.year) or "—"}</td><td class="digits">{line.tally.total or "—"}</td>'
        f'<td><span class="track" title="{escape(told(line.tally), quote=True)}">'
        f'{segments(line.tally, many)}</span></td><td class="digits">{share(line.tally)}</td>'
        f'<td class="digits">{spent}</td>'
        f'<td class="digits">{plain(line.mark.value) if line.mark else "—"}</td>'
        f'<td class="found">{found or "—"}</td></tr>'
    )


def indicators(given: Board, page: int = 0) -> str:
    """One page of the indicators, those that need attention first."""
    pages = max(1, -(-len(given.rows) // PAGE))
    page = min(max(page, 0), pages - 1)
    shown = given.rows[page * PAGE : (page + 1) * PAGE]
    table = (
        '<table class="indicators"><thead><tr><th>部门</th><th>指标</th><th>目标</th><th>实际</th>'
        f"<th>状态</th><th>原因</th><th>出处</th></tr></thead><tbody>{''.join(map(row, shown))}"
        f"</tbody></table>{turning(page, pages)}"
    )
    if not shown:
        table = NOTHING.format("所选范围内没有指标。")
    note = f"共{number(len(given.rows))}个，需要关注的在前；点一行看原文"
    return card("指标清单", note, table, "wide")


def row(one: Row) -> str:
    where = place(one.location, file=one.file)
    opened = Opening("", "", (), (Place(one.document_id, one.location, one.quote),))
    if one.elsewhere:
        where += f"，另见{one.elsewhere}份"
    about = " · ".join(part for part in (one.family, one.task) if part)
    return (
        f"<tr {opened.attribute}>"
        f'<td data-name="部门">{escape(one.department or NO_DEPARTMENT)}'
        f"<small>{year(one.year)}</small></td>"
        f'<td data-name="指标"><button type="button">{escape(one.name)}</button>'
        f"<small>{escape(about)}</small></td>"
        f'<td data-name="目标">{escape(one.target) or "—"}</td>'
        f'<td data-name="实际">{escape(one.actual) or "—"}</td>'
        f'<td data-name="状态"><span class="badge {KINDS[one.standing]}">{one.standing}</span></td>'
        f'<td data-name="原因">{escape(one.reason)}</td>'
        f'<td data-name="出处" class="source-cell">{escape(one.file)}'
        f"<small>{escape(where)}</small></td></tr>"
    )
