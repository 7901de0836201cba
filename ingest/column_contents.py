"""Columns told by their contents (按内容认列), where a header's words are not in the lexicon.

In a table of indicators the families (数量指标) stand left of the names, the target beside its
comparator left of the actual value; what a column holds then says what the column is.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from ingest.clean import squeeze
from ingest.forms import is_level, is_placeholder, label_of, looks_like_value, section_of
from ingest.headers import HEADER_CELL_LENGTH, Header
from ingest.quantities import parse_value
from ingest.types import Cell

REACH = 12
"""So many rows below a header are looked at."""
MOST = 0.6
"""A column is of a kind when this share of its filled cells is."""
FEWEST = 2
"""Filled cells below a header that tell anything."""

Row = Sequence[Cell]

_BARE = ("", "=")
"""Comparators of a number that prints none."""


def completed(header: Header, head: Row, below: Sequence[Row]) -> Header:
    """The header of indicators with target and actual value found by contents, if not by words."""
    roles = {role for role, _ in header.columns.values()}
    if header.kind != "indicators" or "actual" in roles or "actual_forecast" in roles:
        return header
    evaluated = bool(roles & {"weight", "score", "deviation"})
    unnamed = [
        (cell.column, cell.text.strip())
        for cell in head
        if cell.column not in header.columns
        and squeeze(cell.text)
        and _share(_column(below, cell.column), _valued) >= MOST
    ]
    columns = dict(header.columns)
    for role in ("target", "actual"):
        if role in roles or not unnamed or (role == "actual" and not evaluated):
            continue
        place, words = unnamed.pop(0)
        columns[place] = role, words
    return replace(header, columns=columns)


def guessed(row: Row, below: Sequence[Row]) -> Header | None:
    """The header of indicators that a row of short words is by what stands below it, or None.

    Needs a column of indicator families, one of names beside it and one of values with a unit or
    comparator: nothing else looks so.
    """
    words = [cell for cell in row if squeeze(cell.text)]
    if len(words) < 3 or any(
        len(squeeze(c.text)) > HEADER_CELL_LENGTH
        or parse_value(c.text)
        or (is_level(c.text) and c.row_span > 1)
        for c in words
    ):
        return None
    contents = {cell.column: _column(below, cell.column) for cell in words}
    levels = [c for c, cells in contents.items() if _share(cells, is_level) >= MOST]
    values = [c for c, cells in contents.items() if _share(cells, _measured) >= MOST]
    if not levels or not values:
        return None
    names = [c for c in contents if levels[-1] < c < values[0] and _share(contents[c], _named) == 1]
    if not names:
        return None
    heads = {cell.column: cell.text.strip() for cell in words}
    columns = {names[-1]: ("name", heads[names[-1]])}
    for role, place in zip(("level1", "level2"), levels, strict=False):
        columns[place] = role, heads[place]
    for role, place in zip(("target", "actual"), values, strict=False):
        columns[place] = role, heads[place]
    points = [
        c
        for c in contents
        if c > values[-1] and _share(contents[c], _bare) >= MOST and c not in columns
    ]
    for role, place in zip(
        ("weight", "score") if len(points) > 1 else ("score",), points, strict=False
    ):
        columns[place] = role, heads[place]
    return Header("indicators", columns, "|".join(squeeze(text) for text in heads.values()))


def numbered(row: Row, below: Sequence[Row]) -> Header | None:
    """The header that a row of words is by the numbers under all of them in the next row, or None.

    A table of a form that no pack lists (编制数、在职人数) then still says what its numbers are.
    """
    words = [cell for cell in row if squeeze(cell.text)]
    if len(words) < 2 or not below or any(_no_head(cell.text) for cell in words):
        return None
    under = [(cell, below[0][cell.column]) for cell in words if cell.column < len(below[0])]
    over = [cell for cell, value in under if value is not cell and parse_value(value.text)]
    if (
        len(over) < 2
        or len(over) < len(words) - 1
        or (len(over) < len(words) and over[0] is words[0])
    ):
        return None
    columns = {cell.column: ("number", cell.text.strip()) for cell in over}
    return Header("numbers", columns, "|".join(squeeze(cell.text) for cell in words))


def _no_head(text: str) -> bool:
    return (
        len(squeeze(text)) > HEADER_CELL_LENGTH
        or parse_value(text) is not None
        or bool(section_of(text) or label_of(text))
    )


def _column(below: Sequence[Row], column: int) -> list[str]:
    """The texts of a column below a header, a merged cell once."""
    cells = {id(row[column]): row[column] for row in below[:REACH] if column < len(row)}
    return [cell.text for cell in cells.values() if not is_placeholder(cell.text)]


def _share(texts: Sequence[str], holds: Callable[[str], bool]) -> float:
    if len(texts) < FEWEST:
        return 0.0
    return sum(map(holds, texts)) / len(texts)


def _valued(text: str) -> bool:
    return looks_like_value(text)


def _measured(text: str) -> bool:
    """A value with a unit or a comparator: no weight and no score."""
    value = parse_value(text)
    return value is not None and bool(value.unit or value.comparator not in _BARE)


def _bare(text: str) -> bool:
    value = parse_value(text)
    return value is not None and not value.unit and value.comparator in _BARE


def _named(text: str) -> bool:
    return not is_level(text) and parse_value(text) is None
