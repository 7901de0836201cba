"""Which template fits the head of a table (表样的查找): asked before any other reading of it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ingest.templates.signature import HeadColumn, head_columns, layout_key, signature
from ingest.templates.types import Taught
from ingest.types.blocks import Cell
from ingest.types.tables import FormSection

MAX_DEPTH = 3
"""Rows of the deepest head that can be taught."""

Rows = Sequence[Sequence[Cell]]
"""The rows of a grid; a merged cell stands at every position that it covers."""


@dataclass(frozen=True, slots=True)
class Fit:
    """A template on a head: its columns as they stand there, and how many rows it has."""

    taught: Taught
    columns: tuple[HeadColumn, ...]
    depth: int


@dataclass(frozen=True, slots=True)
class Templates:
    """The templates by which one document is read."""

    by_signature: Mapping[str, Taught]

    @classmethod
    def of(cls, taught: Iterable[Taught], department: str) -> "Templates":
        """Those that hold for a document of this department: its own before those of all."""
        holding = [one for one in taught if not one.departments or department in one.departments]
        holding.sort(key=lambda one: bool(one.departments))
        return cls({one.signature: one for one in holding})

    def fitting(self, rows: Rows, row: int, first: int, section: FormSection | None) -> Fit | None:
        """The template of the head that begins in a row, at the grid's column `first`.

        A deeper head is looked for first: it says more.
        """
        for depth, columns in self._heads(rows, row, first):
            taught = self.by_signature.get(signature(columns, section))
            if taught and len(taught.roles) == len(columns):
                return Fit(taught, columns, depth)
        return None

    def fits_somewhere(self, rows: Rows) -> bool:
        """Whether one of a table's rows is a head that was taught, in whatever block."""
        keys = {key.partition("-")[0] for key in self.by_signature}
        return any(
            layout_key(columns) in keys
            for row in range(len(rows))
            for first in (0, *_second(rows[row]))
            for _, columns in self._heads(rows, row, first)
        )

    def _heads(
        self, rows: Rows, row: int, first: int
    ) -> Iterator[tuple[int, tuple[HeadColumn, ...]]]:
        if not self.by_signature:
            return
        for depth in range(min(MAX_DEPTH, len(rows) - row), 0, -1):
            yield depth, head_columns(rows[row : row + depth], first)


def _second(row: Sequence[Cell]) -> Iterator[int]:
    """Where the second cell of a row begins: the first may be the name of a block."""
    yield from (place for place in range(1, len(row)) if row[place] is not row[0])


NONE = Templates({})
"""No template at all."""
