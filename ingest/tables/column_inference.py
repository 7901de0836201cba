"""Columns of numbers under heads that no form has (按内容认列): each number under its own words."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from ingest.language.vocabulary import ReadText
from ingest.tables.cells import ReadCell
from ingest.tables.headers import HeadedColumn, Header, is_head
from ingest.types.tables import ColumnRole, How, TableKind

MAX_ROWS_READ = 12
"""Maximum number of rows below a header that are looked at."""
MIN_SHARE = 0.6
"""A column is of a kind when this share of its filled cells is."""

Row = Sequence[ReadCell]


def with_others(header: Header, head: Row, below: Sequence[Row]) -> Header:
    """The header with any other column of values (`ColumnRole.OTHER`)."""
    if header.kind not in (TableKind.INDICATORS, TableKind.FUNDS):
        return header
    others = {
        cell.column: _told(cell, ColumnRole.OTHER, cell.vocabulary.confidence.contents.others)
        for cell in head
        if cell.column not in header.columns
        and cell.content.squeezed
        and not _counts_rows(contents := _column(below, cell.column))
        and sum(c.value is not None for c in contents) >= MIN_SHARE * max(1, len(contents))
    }
    return replace(header, columns={**header.columns, **others}) if others else header


def numbered(row: Row, below: Sequence[Row]) -> Header | None:
    """The header that a row of words is by the numbers under all of them in the next row, or None.

    A table of a form that no pack lists (编制数、在职人数) then still says what its numbers are.
    """
    words = [cell for cell in row if cell.content.squeezed]
    if len(words) < 2 or not below or any(_no_head(cell.content) for cell in words):
        return None
    under = [(cell, below[0][cell.column]) for cell in words if cell.column < len(below[0])]
    over = [cell for cell, value in under if value is not cell and value.content.value]
    sure = words[0].vocabulary.confidence.contents.numbers
    if len(words) == 2 and over == words[1:] and words[0].content.is_listed_head(TableKind.FUNDS):
        columns = {words[0].column: HeadedColumn(ColumnRole.ITEM, words[0].text.strip())}
        columns[words[1].column] = _told(words[1], ColumnRole.NUMBER, sure)
        return Header(TableKind.NUMBERS, columns)
    if (
        len(over) < 2
        or len(over) < len(words) - 1
        or (len(over) < len(words) and over[0] is words[0])
    ):
        return None
    columns = {cell.column: _told(cell, ColumnRole.NUMBER, sure) for cell in over}
    return Header(TableKind.NUMBERS, columns)


_HELD_BY_TERMS = (ColumnRole.OTHER, ColumnRole.NUMBER)


def _told(head: ReadCell, role: ColumnRole, confidence: Decimal) -> HeadedColumn:
    """A column whose role its contents tell; a head that is a budget term says what it holds."""
    if role in _HELD_BY_TERMS and head.content.concept:
        return HeadedColumn(role, head.text.strip())
    return HeadedColumn(role, head.text.strip(), How.CONTENTS, confidence)


def _no_head(content: ReadText) -> bool:
    """Whether a text heads no column: it is too long, a value, or a name of a block or a label."""
    return bool(not is_head(content) or content.value or content.section or content.label)


def _column(below: Sequence[Row], column: int) -> list[ReadText]:
    """What stands in a column below a header, a merged cell once."""
    cells = {id(row[column]): row[column] for row in below[:MAX_ROWS_READ] if column < len(row)}
    return [c.content for c in cells.values() if not c.content.is_placeholder]


def _counts_rows(contents: Sequence[ReadText]) -> bool:
    """Whether a column only numbers its rows."""
    return [content.squeezed for content in contents[:2]] == ["1", "2"]
