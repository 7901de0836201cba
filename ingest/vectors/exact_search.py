"""Exact nearest vectors (精确检索) by one masked dot product over a matrix in memory."""

from collections import Counter
from collections.abc import Container, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ingest.types.library import Scope

Vectors = NDArray[np.float32]
"""One vector (dimension), or one a row (rows × dimension)."""
INITIAL_ROWS = 1024
"""Rows that there is room for at first."""


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose passage a vector is: what a scope is checked against."""

    document_id: str
    department: str
    year: int | None
    form: str

    def within(self, scope: Scope) -> bool:
        """Whether the scope has this passage in it."""
        return scope.holds(self.document_id, self.department, self.year, self.form)


@dataclass(frozen=True, slots=True)
class Row:
    """What is known of a vector beside its numbers; `text` is the hash of the embedded text."""

    id: str
    text: str
    owner: Owner


class Matrix:
    """Normalised vectors with their rows; grows by doubling, so adding stays cheap."""

    def __init__(self) -> None:
        self._clear()

    def _clear(self) -> None:
        self._rows: list[Row] = []
        self._at: dict[str, int] = {}
        self._texts: dict[str, int] = {}
        self._owners: dict[Owner, int] = {}
        self._owner_of = np.empty(0, np.int32)
        self._vectors: Vectors = np.empty((0, 0), np.float32)

    def __len__(self) -> int:
        """How many vectors there are."""
        return len(self._rows)

    def add(self, rows: Sequence[Row], vectors: Vectors) -> None:
        """Puts in one vector a row; a row whose id is there already is replaced."""
        if not rows:
            return
        self._make_room(len(rows), vectors.shape[1])
        for row, vector in zip(rows, vectors, strict=True):
            at = self._at.setdefault(row.id, len(self._rows))
            if at == len(self._rows):
                self._rows.append(row)
            else:
                self._rows[at] = row
            self._vectors[at] = vector
            self._owner_of[at] = self._owners.setdefault(row.owner, len(self._owners))
            self._texts[row.text] = at

    def __contains__(self, id: str) -> bool:
        """Whether there is a vector of this id."""
        return id in self._at

    def row(self, id: str) -> Row | None:
        """What is known of the vector of this id, if there is one."""
        at = self._at.get(id)
        return None if at is None else self._rows[at]

    def reown(self, rows: Sequence[Row]) -> None:
        """Says anew whose the vectors of these ids are."""
        for row in rows:
            at = self._at[row.id]
            self._rows[at] = row
            self._owner_of[at] = self._owners.setdefault(row.owner, len(self._owners))
            self._texts[row.text] = at

    def remove(self, document_id: str, *, but: Container[str] = ()) -> None:
        """Drops the vectors of a document `but` those of these ids."""
        staying = [
            n
            for n, row in enumerate(self._rows)
            if row.owner.document_id != document_id or row.id in but
        ]
        if len(staying) < len(self._rows):
            rows, vectors = [self._rows[n] for n in staying], self._vectors[staying]
            self._clear()
            self.add(rows, vectors)

    def documents(self) -> frozenset[str]:
        """The documents that have a vector here."""
        return frozenset(owner.document_id for owner in self._owners)

    def counts(self) -> Counter[str]:
        """How many vectors each document has."""
        rows = np.bincount(self._owner_of[: len(self._rows)], minlength=len(self._owners))
        counted: Counter[str] = Counter()
        for owner, number in self._owners.items():
            counted[owner.document_id] += int(rows[number])
        return counted

    def of_texts(self, texts: Sequence[str]) -> dict[str, Vectors]:
        """The vectors of the embedded texts that are there, by the texts' hashes."""
        return {
            text: self._vectors[at].copy()
            for text in texts
            if (at := self._texts.get(text)) is not None and self._rows[at].text == text
        }

    def nearest(self, vector: Vectors, scope: Scope, limit: int) -> list[tuple[str, float]]:
        """Ids inside the scope by cosine, highest first; equal ones in the order they came."""
        count = len(self._rows)
        if not count or limit < 1:
            return []
        inside = np.fromiter((owner.within(scope) for owner in self._owners), np.bool_)
        rows = np.flatnonzero(inside[self._owner_of[:count]])
        vectors = self._vectors[:count] if len(rows) == count else self._vectors[rows]
        scores = vectors @ vector.astype(np.float32)
        if limit < len(scores):
            best = np.argpartition(-scores, limit - 1)[:limit]
        else:
            best = np.arange(len(scores))
        best = best[np.lexsort((best, -scores[best]))]
        return [(self._rows[rows[n]].id, float(scores[n])) for n in best]

    def _make_room(self, more: int, dimension: int) -> None:
        needed = len(self._rows) + more
        if needed > len(self._vectors):
            room = max(needed, 2 * len(self._vectors), INITIAL_ROWS)
            vectors = np.zeros((room, dimension), np.float32)
            owner_of = np.zeros(room, np.int32)
            if self._rows:
                vectors[: len(self._rows)] = self._vectors[: len(self._rows)]
                owner_of[: len(self._rows)] = self._owner_of[: len(self._rows)]
            self._vectors, self._owner_of = vectors, owner_of
