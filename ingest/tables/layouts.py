"""The heads of tables as they were met (版式), for somebody to confirm or set right as templates.

A head that was read is one; so is a row that looks like a head over values and was read as none.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from ingest.language.vocabulary import Vocabulary
from ingest.tables.cells import ReadCell
from ingest.tables.grid import Grid
from ingest.tables.headers import Header, is_head
from ingest.tables.kind_roles import KINDS
from ingest.tables.taught_header import first_column
from ingest.templates.checked import REPEATED
from ingest.templates.lookup import MAX_DEPTH
from ingest.templates.signature import HeadColumn, head_columns, signature
from ingest.templates.types import MAX_COLUMNS
from ingest.types.blocks import cover
from ingest.types.layouts import Layout, Roles
from ingest.types.tables import ColumnRole, FormSection, TableKind

MIN_HEADS = 3
"""Heads of a row that is taken for a head though it was read as none."""
ROWS_LOOKED_AT = 3
"""Rows below such a row of which all but one must hold values."""
ROWS_SHOWN = 3
"""Rows below a head that are kept to be shown beside it."""
MAX_TEXT = 30
"""Characters that are kept of a cell of theirs."""
MIN_PROBABILITY = 0.05
"""How probable a role must be that is proposed."""
NOT_SURE = Decimal(0)
"""How sure the columns are of a head that was not read."""


@dataclass(frozen=True, slots=True)
class Place:
    """A row of a grid where a head may begin; `cells` are its own without the block's name."""

    grid: Grid
    row: int
    cells: Sequence[ReadCell]
    section: FormSection | None


def met(place: Place, header: Header, end: int) -> Layout | None:
    """The layout of a head that was read, up to the row `end`; None where it has no words.

    A head with a value in it is that of one document, and none that copies share.
    """
    if any(cell.content.value and not cell.content.year for cell in place.cells):
        return None
    columns = _columns(place, end)
    sure = min((one.confidence for one in header.columns.values()), default=NOT_SURE)
    return _layout(place, end, columns, header, sure) if columns else None


def unread_head(place: Place, vocabulary: Vocabulary) -> Layout | None:
    """The layout of a row that was read as no head and looks like one over values, else None.

    Its roles are those that its words mean most probably.
    """
    grid, row = place.grid, place.row
    words = place.cells
    if len(words) < MIN_HEADS or any(
        not is_head(cell.content) or cell.content.value or cell.content.label for cell in words
    ):
        return None
    end = row + max(cell.row_span for cell in words)
    below = [
        grid.filled(number) for number in range(end, min(end + ROWS_LOOKED_AT, len(grid.rows)))
    ]
    heads = {cell.column for cell in words}
    fitting = [
        cells
        for cells in below
        if any(cell.content.value and cell.column in heads for cell in cells)
        and sum(cell.column in heads for cell in cells) >= MIN_HEADS - 1
    ]
    if not below or len(fitting) < max(1, len(below) - 1):
        return None
    columns = _columns(place, end)
    if not columns:
        return None
    layout = _layout(place, end, columns, None, NOT_SURE)
    kind, roles = _proposed(layout, vocabulary)
    return replace(layout, kind=kind, roles=roles)


def _proposed(layout: Layout, vocabulary: Vocabulary) -> tuple[TableKind | None, Roles]:
    """The kind of table and the roles that the heads mean most probably, each as its words say."""
    if vocabulary.meaning is None:
        return layout.kind, layout.roles
    readings = vocabulary.meaning().heads(
        [heads[-1] if heads else "" for heads in layout.heads],
        over=["".join(heads[:-1]) for heads in layout.heads],
        section=layout.section.value if layout.section else "",
        below=list(zip(*layout.rows, strict=True)) or [()] * len(layout.heads),
    )
    ways = [(kind, *_likeliest(readings, words)) for kind, words in KINDS.items()]
    kind, roles, score = max(ways, key=lambda way: way[2])
    return (kind, roles) if score else (None, roles)


def _likeliest(
    readings: Sequence[Mapping[str, float]], words: Mapping[str, ColumnRole]
) -> tuple[Roles, float]:
    """A role for each head in one kind of table, the surest first, and how probable all are."""
    scored = sorted(
        (
            (reading.get(word, 0.0), column, role)
            for column, reading in enumerate(readings)
            for word, role in words.items()
            if reading.get(word, 0.0) >= MIN_PROBABILITY
        ),
        reverse=True,
    )
    roles: dict[int, ColumnRole] = {}
    score = 0.0
    for probability, column, role in scored:
        if column not in roles and (role in REPEATED or role not in roles.values()):
            roles[column] = role
            score += probability
    return tuple(roles.get(column) for column in range(len(readings))), score


def _columns(place: Place, end: int) -> tuple[HeadColumn, ...]:
    """The head's columns; none where there are more than can be taught.

    A head that goes on from a row above begins there.
    """
    start = min(cell.row for cell in place.cells)
    rows = place.grid.rows[start : min(end, start + MAX_DEPTH)]
    columns = head_columns(rows, first_column(place.grid, place.row, place.cells))
    worded = any(column.texts for column in columns)
    return columns if worded and len(columns) <= MAX_COLUMNS else ()


def _layout(
    place: Place,
    end: int,
    columns: tuple[HeadColumn, ...],
    header: Header | None,
    confidence: Decimal,
) -> Layout:
    kind: TableKind | None = header.kind if header else None
    below = place.grid.rows[end : end + ROWS_SHOWN]
    return Layout(
        signature=signature(columns, place.section),
        section=place.section,
        kind=kind,
        heads=tuple(column.texts for column in columns),
        roles=tuple(header.role(column.columns[-1]) if header else None for column in columns),
        rows=tuple(
            tuple(_shown(row, column) for column in columns)
            for row in below
            if not any(cell.content.is_people_line for cell in row)
        ),
        place=cover(run.location for cell in place.cells for run in cell.runs),
        confidence=confidence,
    )


def _shown(row: Sequence[ReadCell], column: HeadColumn) -> str:
    """What stands in a row under a column, as far as it is kept."""
    texts = dict.fromkeys(" ".join(row[place].text.split()) for place in column.columns)
    text = " ".join(filter(None, texts))
    return text if len(text) <= MAX_TEXT else f"{text[: MAX_TEXT - 1]}…"
