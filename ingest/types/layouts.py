"""The head of a table as it was met in a document (版式), with what it was taken to mean."""

from dataclasses import dataclass
from decimal import Decimal

from ingest.types.blocks import Location
from ingest.types.tables import ColumnRole, FormSection, TableKind

Roles = tuple[ColumnRole | None, ...]
"""A role for each column of a head from left to right; None for one that is not read."""
Heads = tuple[tuple[str, ...], ...]
"""The heads over each column, from above downwards."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The head of a table as it was met in a document, with what its columns were taken to mean.

    `rows` are the first below it, as texts by column; `kind` is None where it was not told. The
    `confidence` is that of the least sure column.
    """

    signature: str
    section: FormSection | None
    kind: TableKind | None
    heads: Heads
    roles: Roles
    rows: tuple[tuple[str, ...], ...]
    place: Location
    confidence: Decimal


@dataclass(frozen=True, slots=True)
class MetLayout:
    """A layout with the documents that have it; `unconfirmed` of them told its columns unsurely.

    It is given as the document `shown_in` has it.
    """

    layout: Layout
    shown_in: str
    documents: tuple[str, ...]
    unconfirmed: int
