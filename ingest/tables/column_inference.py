"""Columns told by their contents (按内容认列), where a header's words are not in the lexicon.

In a table of indicators the families (数量指标) stand left of the names, the target beside its
comparator left of the actual value; what a column holds then says what the column is.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from ingest.language.form_vocabulary import (
    is_level,
    is_placeholder,
    label_of,
    looks_like_value,
    section_of,
)
from ingest.language.normalise import squeeze
from ingest.language.quantities import parse_value
from ingest.tables.headers import (
    HEADER_CELL_LENGTH,
    Header,
    is_listed,
    role_by_words,
    roles_by_words,
)
from ingest.types.blocks import Cell

REACH = 12
"""So many rows below a header are looked at."""
MOST = 0.6
"""A column is of a kind when this share of its filled cells is."""
FEWEST = 2
"""Filled cells below a header that tell anything."""

Row = Sequence[Cell]

_VALUES = ("target", "period_target", "actual", "actual_forecast")

_FORECAST = "actual_forecast"
_BARE = ("", "=")
"""Comparators of a number that prints none."""


def completed(header: Header, head: Row, below: Sequence[Row]) -> Header:
    """The header with the columns that only their contents tell: target and actual value of
    indicators, and beside those listed any other column of values ("other")."""
    return _with_others(
        _with_values(_with_finest_name(header, head, below), head, below), head, below
    )


def _with_finest_name(header: Header, head: Row, below: Sequence[Row]) -> Header:
    """The header whose names are the finest of two columns of them: 三级指标 beside 指标内容.

    Where the left one goes on over several rows, what stands right of it tells them apart.
    """
    names = [c for c, (role, _) in header.columns.items() if role == "name"]
    if header.kind != "indicators" or not names:
        return header
    coarse = _column(below, names[-1])
    finer = [
        cell
        for cell in head
        if cell.column > names[-1]
        and cell.column not in header.columns
        and role_by_words(cell.text, "indicators") == "name"
        and len(texts := _column(below, cell.column)) > len(coarse)
        and _share(texts, _named) == 1
    ]
    if not finer:
        return header
    columns = {c: named for c, named in header.columns.items() if c not in names}
    return replace(header, columns=columns | {finer[0].column: ("name", finer[0].text.strip())})


def _with_others(header: Header, head: Row, below: Sequence[Row]) -> Header:
    if header.kind not in ("indicators", "funds"):
        return header
    others = {
        cell.column: ("other", cell.text.strip())
        for cell in head
        if cell.column not in header.columns
        and squeeze(cell.text)
        and not _running(texts := _column(below, cell.column))
        and _most(texts, _printed)
    }
    return replace(header, columns={**header.columns, **others}) if others else header


def _with_values(header: Header, head: Row, below: Sequence[Row]) -> Header:
    roles = {role for role, _ in header.columns.values()}
    reported = [c for c, (role, _) in header.columns.items() if role in ("actual", _FORECAST)]
    if header.kind != "indicators" or (reported and "target" in roles):
        return header
    evaluated = bool(roles & {"weight", "score", "deviation"})
    unnamed = [
        (cell.column, cell.text.strip())
        for cell in head
        if cell.column not in header.columns
        and squeeze(cell.text)
        and _share(_column(below, cell.column), _measured if reported else _valued) >= MOST
        and (not reported or cell.column < min(reported))
    ]
    columns = dict(header.columns)
    for role in ("target", "actual"):
        if role in roles or not unnamed or (role == "actual" and (reported or not evaluated)):
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


_MARKS = ("weight", "score", "comparator", "unit", "completion_rate", "deviation")
"""Roles of columns that only a table of indicators has."""


def half_named(row: Row, below: Sequence[Row]) -> Header | None:
    """The header of indicators whose values are told by words and whose names only by contents.

    监控内容、全年目标值、截至9月完成值: words that no pack lists stand over the names, which are
    texts left of the values.
    """
    words = [cell for cell in row if squeeze(cell.text)]
    if len(words) < 3 or any(_no_head(cell.text) for cell in words):
        return None
    roles = roles_by_words(words, "indicators")
    values = [
        c
        for c, role in roles.items()
        if role in _VALUES and any(map(looks_like_value, _column(below, c)))
    ]
    if not values and {"weight", "score"} <= set(roles.values()):
        values = [c for c, role in roles.items() if role in ("weight", "score")]
    if not values or len(values) + sum(role in _MARKS for role in roles.values()) < 2:
        return None
    names = [
        cell.column
        for cell in words
        if cell.column < min(values)
        and roles.get(cell.column, "name") == "name"
        and _most(_column(below, cell.column), _named)
    ]
    if not names:
        return None
    heads = {cell.column: cell.text.strip() for cell in words}
    roles[names[-1]] = "name"
    columns = {c: (role, heads[c]) for c, role in roles.items()}
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
    if len(words) == 2 and over == words[1:] and is_listed(words[0].text, "funds"):
        columns = {words[0].column: ("item", words[0].text.strip())}
        columns[words[1].column] = "number", words[1].text.strip()
        return Header("numbers", columns, "|".join(squeeze(cell.text) for cell in words))
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


def _most(texts: Sequence[str], holds: Callable[[str], bool]) -> bool:
    """Whether most of a column is of a kind, were it only one cell."""
    return sum(map(holds, texts)) >= MOST * max(1, len(texts))


def _running(texts: Sequence[str]) -> bool:
    """Whether a column only numbers its rows."""
    return [squeeze(text) for text in texts[:2]] == ["1", "2"]


def _printed(text: str) -> bool:
    return parse_value(text) is not None


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
