"""What the tables and charts of the dashboard are put together from, as HTML."""

import json
from decimal import Decimal
from html import escape

from assistant.dashboard.board import Tally
from assistant.dashboard.indicator_list import STANDINGS

MAX_BARS = 200
"""Maximum number of bars or lines of one chart or ranking; the export has all of them."""
NAME_START, NAME_END = 9, 12
"""Characters of a long name that are shown: its end tells departments of one place apart."""
STANDING_CLASSES = dict.fromkeys(STANDINGS, "waiting") | dict(
    zip(
        STANDINGS,
        ("met", "exceeded", "agreed", "unverified", "unreported", "unmet", "declined"),
        strict=False,
    )
)
"""The CSS class of each standing, which gives it its colour."""
NOTE = '<p class="none">{}</p>'
"""A line in place of rows, or about rows that are left out."""


def filter_attribute(**changes: str | int) -> str:
    """The attribute of a button that changes the filters."""
    text = json.dumps(changes, ensure_ascii=False, separators=(",", ":"))
    return f'data-pick="{escape(text, quote=True)}"'


def number(count: int) -> str:
    """A count with commas: 1,234."""
    return f"{count:,}"


def tally_in_words(tally: Tally) -> str:
    """The counts behind a bar, as they are read out."""
    parts = "，".join(f"{name}{count}" for name, count in tally.counts.items())
    return f"{tally.name}：共{tally.total}个，{parts}"


def segments(tally: Tally, longest: int) -> str:
    """A bar of all standings on an axis from zero to the longest bar."""
    return "".join(
        f'<i class="{STANDING_CLASSES[name]}" style="width:{100 * count / longest:.2f}%"'
        f' title="{name} {count}"></i>'
        for name, count in tally.counts.items()
    )


def attained_rate(tally: Tally) -> str:
    """The share of reported indicators that were met (达标率), with %, or a dash."""
    return f"{tally.attained.result}%" if tally.attained else "—"


def left_out(count: int, shown: int, unit: str) -> str:
    """A line about what is not shown, "" where all is."""
    if count <= shown:
        return ""
    return NOTE.format(f"另有{number(count - shown)}{unit}，请缩小范围，或看导出的表格。")


def shortened(name: str) -> str:
    """A department as a chart names it: of a very long name the beginning and the end.

    >>> shortened("巴音郭楞蒙古自治州和硕回族蒙古族联合示范区人力资源和社会保障局")
    '巴音郭楞蒙古自治州…范区人力资源和社会保障局'
    """
    return name if len(name) <= NAME_START + NAME_END else f"{name[:NAME_START]}…{name[-NAME_END:]}"


def percent(value: Decimal, top: Decimal) -> str:
    """Where a value stands on an axis that ends at `top`, 0.00 to 100.00."""
    return f"{max(0.0, min(100.0, float(100 * value / top))):.2f}"


def card(title: str, note: str, body: str, kind: str = "") -> str:
    """A chart or table in its frame; `kind` is a CSS class."""
    return (
        f'<section class="card {kind}"><h3>{title}</h3><p class="note">{note}</p>{body}</section>'
    )


def page_buttons(page: int, pages: int) -> str:
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
