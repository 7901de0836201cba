"""The blocks of an answer as HTML: passages, tables and charts of tables (表格、图、引文)."""

import re
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from html import escape

from assistant.types import AnswerBlock, BlockKind

MARKER = re.compile(r"\[(\d+)\]")
MARKED_TEXT = re.compile(r"(\S?)((?:\[\d+\])+)([，。；：、！？）”]*)")
"""Markers with the character before and the punctuation after, which stay on one line."""
_VALUE = re.compile(r"[约≥≤>=<不低高于超过]*\s*(-?[\d,]+(?:\.\d+)?)\s*(\D*)")
"""A cell that is one number with its unit: a column of such stands at the right."""
YEAR = "年"
FULL_BAR = Decimal(100)
Marker = Callable[[int], str]


def line(text: str, marker: Marker) -> str:
    """Text as HTML, each [n] as `marker` draws it."""
    pieces: list[str] = []
    end = 0
    for match in MARKED_TEXT.finditer(text):
        before, markers, after = match.groups()
        buttons = "".join(marker(int(number)) for number in MARKER.findall(markers))
        pieces.append(escape(text[end : match.start()]))
        pieces.append(f'<span class="marked">{escape(before)}{buttons}{escape(after)}</span>')
        end = match.end()
    return "".join([*pieces, escape(text[end:])])


def block(part: AnswerBlock, marker: Marker) -> str:
    """A passage with the words that answer marked, or a table with the chart of it."""
    if part.kind is BlockKind.QUOTE:
        start, end = part.span or (0, 0)
        before, words, after = part.text[:start], part.text[start:end], part.text[end:]
        marked = f"{escape(before)}<mark>{escape(words)}</mark>" if words else escape(before)
        source = marker(part.marker) if part.marker else ""
        return f'<blockquote class="quoted"><p>{marked}{escape(after)}{source}</p></blockquote>'
    return f"{chart(part)}{table(part, marker)}"


def table(part: AnswerBlock, marker: Marker) -> str:
    """A table that scrolls within itself, its numbers at the right."""
    columns = list(zip(*part.rows, strict=True)) or [()] * len(part.columns)
    kinds = [' class="digits"' if any(map(_is_amount, cells)) else "" for cells in columns]
    head = "".join(
        f'<th scope="col"{kind}>{escape(name)}</th>'
        for name, kind in zip(part.columns, kinds, strict=True)
    )
    rows = "".join(f"<tr>{''.join(_cells(row, kinds, marker))}</tr>" for row in part.rows)
    return (
        '<div class="told-frame" tabindex="0" role="region" aria-label="表格">'
        f'<table class="told"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'
    )


def chart(part: AnswerBlock) -> str:
    """The last column as bars from zero, named by the first; "" where not all are of one unit."""
    if not part.chart:
        return ""
    values = [_value(row[-1]) for row in part.rows]
    units = {unit for _, unit in filter(None, values)}
    if len(values) < 2 or None in values or len(units) != 1:
        return ""
    numbers = [value[0] for value in values if value]
    if min(numbers) < 0 or not max(numbers):
        return ""
    top = max(numbers) if units != {"%"} else max(FULL_BAR, *numbers)
    return _bars(part.rows, [float(100 * number / top) for number in numbers])


def _bars(rows: Sequence[Sequence[str]], shares: Sequence[float]) -> str:
    several = len({row[1] for row in rows}) > 1 and len(rows[0]) > 2
    bars = "".join(
        f"<li><span>{escape(row[0])}{f' {escape(row[1])}' if several else ''}</span>"
        f'<span class="track"><i style="width:{share:.2f}%"></i></span>'
        f"<b>{escape(MARKER.sub('', row[-1]))}</b></li>"
        for row, share in zip(rows, shares, strict=True)
    )
    return f'<ol class="told-bars" aria-hidden="true">{bars}</ol>'


def _value(cell: str) -> tuple[Decimal, str] | None:
    """The number and unit of a cell that is nothing else."""
    match = _VALUE.fullmatch(MARKER.sub("", cell).strip())
    return (Decimal(match[1].replace(",", "")), match[2].strip()) if match else None


def _is_amount(cell: str) -> bool:
    """Whether a cell is a number, other than a year."""
    value = _value(cell)
    return value is not None and value[1] != YEAR


def _cells(row: Sequence[str], kinds: Sequence[str], marker: Marker) -> Iterator[str]:
    for text, kind in zip(row, kinds, strict=True):
        yield f"<td{kind}>{line(text, marker)}</td>"
