"""Columns told by their contents (按内容认列), where a header's words are not in the lexicon.

In a table of indicators the families (数量指标) stand left of the names, the target beside its
comparator left of the actual value; what a column holds then says what the column is.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal

from ingest.language.vocabulary import ReadText
from ingest.tables.cells import ReadCell
from ingest.tables.headers import HeadedColumn, Header, assign_roles, is_head
from ingest.types.tables import ColumnRole, How, TableKind

MAX_ROWS_READ = 12
"""Maximum number of rows below a header that are looked at."""
MIN_SHARE = 0.6
"""A column is of a kind when this share of its filled cells is."""
MIN_CELLS = 2
"""Filled cells below a header that tell anything."""

Row = Sequence[ReadCell]

_VALUES = (
    ColumnRole.TARGET,
    ColumnRole.PERIOD_TARGET,
    ColumnRole.ACTUAL,
    ColumnRole.ACTUAL_FORECAST,
)
_BARE = ("", "=")
"""Comparators of a number that prints none."""


def completed(header: Header, head: Row, below: Sequence[Row]) -> Header:
    """The header with the columns that only their contents tell: target and actual value of
    indicators, and beside those listed any other column of values (`ColumnRole.OTHER`)."""
    return with_others(
        _with_values(_with_finest_name(header, head, below), head, below), head, below
    )


def _with_finest_name(header: Header, head: Row, below: Sequence[Row]) -> Header:
    """The header whose names are the finest of two columns of them: 三级指标 beside 指标内容.

    Where the left one goes on over several rows, what stands right of it tells them apart.
    """
    names = header.with_role(ColumnRole.NAME)
    if header.kind is not TableKind.INDICATORS or not names:
        return header
    coarse = _column(below, names[-1])
    finer = [
        cell
        for cell in head
        if cell.column > names[-1]
        and cell.column not in header.columns
        and cell.content.likeliest_role(TableKind.INDICATORS) is ColumnRole.NAME
        and len(contents := _column(below, cell.column)) > len(coarse)
        and _share(contents, _named) == 1
    ]
    if not finer:
        return header
    columns = {c: headed for c, headed in header.columns.items() if c not in names}
    sure = finer[0].vocabulary.confidence.contents
    return replace(
        header,
        columns=columns | {finer[0].column: _told(finer[0], ColumnRole.NAME, sure.names)},
    )


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
        and _most(contents, _printed)
    }
    return replace(header, columns={**header.columns, **others}) if others else header


def _with_values(header: Header, head: Row, below: Sequence[Row]) -> Header:
    roles = header.roles()
    reported = header.with_role(ColumnRole.ACTUAL, ColumnRole.ACTUAL_FORECAST)
    if header.kind is not TableKind.INDICATORS or (reported and ColumnRole.TARGET in roles):
        return header
    evaluated = bool(roles & {ColumnRole.WEIGHT, ColumnRole.SCORE, ColumnRole.DEVIATION})
    unnamed = [
        cell
        for cell in head
        if cell.column not in header.columns
        and cell.content.squeezed
        and _share(_column(below, cell.column), _measured if reported else _valued) >= MIN_SHARE
        and (not reported or cell.column < min(reported))
    ]
    columns = dict(header.columns)
    for role in (ColumnRole.TARGET, ColumnRole.ACTUAL):
        if (
            role in roles
            or not unnamed
            or (role is ColumnRole.ACTUAL and (reported or not evaluated))
        ):
            continue
        cell = unnamed.pop(0)
        columns[cell.column] = _told(cell, role, cell.vocabulary.confidence.contents.values)
    return replace(header, columns=columns)


def guessed(row: Row, below: Sequence[Row]) -> Header | None:
    """The header of indicators that a row of short words is by what stands below it, or None.

    Needs a column of indicator families, one of names beside it and one of values with a unit or
    comparator: nothing else looks so.
    """
    words = [cell for cell in row if cell.content.squeezed]
    if len(words) < 3 or any(
        not is_head(c.content) or c.content.value or (c.content.is_level and c.row_span > 1)
        for c in words
    ):
        return None
    contents = {cell.column: _column(below, cell.column) for cell in words}
    levels = [c for c, cells in contents.items() if _share(cells, _level) >= MIN_SHARE]
    values = [c for c, cells in contents.items() if _share(cells, _measured) >= MIN_SHARE]
    if not levels or not values:
        return None
    names = [c for c in contents if levels[-1] < c < values[0] and _share(contents[c], _named) == 1]
    if not names:
        return None
    roles = {names[-1]: ColumnRole.NAME}
    roles |= dict(zip(levels, (ColumnRole.LEVEL1, ColumnRole.LEVEL2), strict=False))
    roles |= dict(zip(values, (ColumnRole.TARGET, ColumnRole.ACTUAL), strict=False))
    points = [
        c
        for c in contents
        if c > values[-1] and _share(contents[c], _bare) >= MIN_SHARE and c not in roles
    ]
    marks = (ColumnRole.WEIGHT, ColumnRole.SCORE) if len(points) > 1 else (ColumnRole.SCORE,)
    roles |= dict(zip(points, marks, strict=False))
    heads = {cell.column: cell for cell in words}
    sure = row[0].vocabulary.confidence.contents.tables
    columns = {place: _told(heads[place], role, sure) for place, role in roles.items()}
    return Header(TableKind.INDICATORS, columns)


_MARKS = (
    ColumnRole.WEIGHT,
    ColumnRole.SCORE,
    ColumnRole.COMPARATOR,
    ColumnRole.UNIT,
    ColumnRole.COMPLETION_RATE,
    ColumnRole.DEVIATION,
)
"""Roles of columns that only a table of indicators has."""


def half_named(row: Row, below: Sequence[Row]) -> Header | None:
    """The header of indicators whose values are told by words and whose names only by contents.

    监控内容、全年目标值、截至9月完成值: words that no pack lists stand over the names, which are
    texts left of the values.
    """
    words = [cell for cell in row if cell.content.squeezed]
    if len(words) < 3 or any(_no_head(cell.content) for cell in words):
        return None
    roles = assign_roles({cell.column: cell.content for cell in words}, TableKind.INDICATORS)
    values = [
        c for c, role in roles.items() if role in _VALUES and any(map(_valued, _column(below, c)))
    ]
    if not values and {ColumnRole.WEIGHT, ColumnRole.SCORE} <= set(roles.values()):
        values = [c for c, role in roles.items() if role in (ColumnRole.WEIGHT, ColumnRole.SCORE)]
    if not values or len(values) + sum(role in _MARKS for role in roles.values()) < 2:
        return None
    names = [
        cell.column
        for cell in words
        if cell.column < min(values)
        and roles.get(cell.column, ColumnRole.NAME) is ColumnRole.NAME
        and _most(_column(below, cell.column), _named)
    ]
    if not names:
        return None
    heads = {cell.column: cell for cell in words}
    columns = {c: HeadedColumn(role, heads[c].text.strip()) for c, role in roles.items()}
    if roles.get(names[-1]) is not ColumnRole.NAME:
        sure = row[0].vocabulary.confidence.contents.names
        columns[names[-1]] = _told(heads[names[-1]], ColumnRole.NAME, sure)
    return Header(TableKind.INDICATORS, columns)


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


def _share(contents: Sequence[ReadText], holds: Callable[[ReadText], bool]) -> float:
    if len(contents) < MIN_CELLS:
        return 0.0
    return sum(map(holds, contents)) / len(contents)


def _most(contents: Sequence[ReadText], holds: Callable[[ReadText], bool]) -> bool:
    """Whether most of a column is of a kind, were it only one cell."""
    return sum(map(holds, contents)) >= MIN_SHARE * max(1, len(contents))


def _counts_rows(contents: Sequence[ReadText]) -> bool:
    """Whether a column only numbers its rows."""
    return [content.squeezed for content in contents[:2]] == ["1", "2"]


def _level(content: ReadText) -> bool:
    return content.is_level


def _printed(content: ReadText) -> bool:
    return content.value is not None


def _valued(content: ReadText) -> bool:
    return content.looks_like_value


def _measured(content: ReadText) -> bool:
    """A value with a unit or a comparator: no weight and no score."""
    value = content.value
    return value is not None and bool(value.unit or value.comparator not in _BARE)


def _bare(content: ReadText) -> bool:
    value = content.value
    return value is not None and not value.unit and value.comparator in _BARE


def _named(content: ReadText) -> bool:
    return not content.is_level and content.value is None
