"""What the tables and charts of the dashboard are put together from, as HTML."""

import json
from decimal import Decimal
from html import escape

from assistant.dashboard.board import Tally
from assistant.dashboard.indicator_list import STANDINGS
from assistant.types import Severity

BARS = 200
"""Bars and lines shown of one chart; the export has all of them."""
HEAD, TAIL = 9, 12
"""Characters of a long name that are shown: its end tells departments of one place apart."""
KINDS = dict.fromkeys(STANDINGS, "waiting") | dict(
    zip(
        STANDINGS,
        ("met", "exceeded", "agreed", "unverified", "unreported", "unmet", "declined"),
        strict=False,
    )
)
"""The class of each standing, which gives it its colour."""
SEVERITIES = {Severity.ERROR: "错误", Severity.WARNING: "疑似", Severity.NOTE: "提示"}
NOTHING = '<p class="none">{}</p>'


def pick(**changes: str | int) -> str:
    """The attribute of a button that changes the filters."""
    text = json.dumps(changes, ensure_ascii=False, separators=(",", ":"))
    return f'data-pick="{escape(text, quote=True)}"'


def number(count: int) -> str:
    return f"{count:,}"


def told(tally: Tally) -> str:
    parts = "，".join(f"{name}{count}" for name, count in tally.counts.items())
    return f"{tally.name}：共{tally.total}个，{parts}"


def segments(tally: Tally, longest: int) -> str:
    """A bar of all standings on an axis from zero to the longest bar."""
    return "".join(
        f'<i class="{KINDS[name]}" style="width:{100 * count / longest:.2f}%"'
        f' title="{name} {count}"></i>'
        for name, count in tally.counts.items()
    )


def share(tally: Tally) -> str:
    return f"{tally.attained.result}%" if tally.attained else "—"


def rest(count: int, shown: int, unit: str) -> str:
    if count <= shown:
        return ""
    return NOTHING.format(f"另有{number(count - shown)}{unit}，请缩小范围，或看导出的表格。")


def shortened(name: str) -> str:
    """A department as a chart names it: of a very long name the beginning and the end.

    >>> shortened("巴音郭楞蒙古自治州和硕回族蒙古族联合示范区人力资源和社会保障局")
    '巴音郭楞蒙古自治州…范区人力资源和社会保障局'
    """
    return name if len(name) <= HEAD + TAIL else f"{name[:HEAD]}…{name[-TAIL:]}"


def percent(value: Decimal, top: Decimal) -> str:
    return f"{max(0.0, min(100.0, float(100 * value / top))):.2f}"


def card(title: str, note: str, body: str, kind: str = "") -> str:
    return (
        f'<section class="card {kind}"><h3>{title}</h3><p class="note">{note}</p>{body}</section>'
    )


def turning(page: int, pages: int) -> str:
    """Buttons to the other pages."""
    if pages == 1:
        return ""

    def button(to: int, word: str) -> str:
        off = " disabled" if not 0 <= to < pages or to == page else ""
        return f'<button type="button" data-page="{to}"{off}>{word}</button>'

    return (
        '<p class="turning" role="navigation" aria-label="翻页">'
        f"{button(0, '首页')}{button(page - 1, '上一页')}<span>第{page + 1}页，共{pages}页</span>"
        f"{button(page + 1, '下一页')}{button(pages - 1, '末页')}</p>"
    )
