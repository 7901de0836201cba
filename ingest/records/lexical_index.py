"""What a lexical index (词语索引) does, whatever database it is in, and whose its passages are.

Only what is published has words in it, so nothing needs to be filtered out after ranking.
"""

from collections.abc import Hashable, Iterable, Sequence
from functools import lru_cache
from hashlib import sha256
from typing import Protocol

from sqlalchemy import Connection

from ingest.types.facts import Passage
from ingest.types.library import DocumentRecord, Scope

MAX_MATCHES_WEIGHED = 15_000
"""Maximum number of matches that a search weighs. Beyond that its most common words, which tell
least, are left out: in a small library none, and never the rarest."""
MAX_OWNERS_CACHED = 4096
"""Maximum number of owners' words kept: the passages of a document have the same ones."""
IndexRow = tuple[int, Passage, str]
"""A passage with its number in the database and its words, blanks between them."""


class LexicalIndex(Protocol):
    """What the record store needs of a lexical index; all inside its transactions."""

    def create(self, connection: Connection) -> None:
        """Makes the tables that are missing."""
        ...

    def add(
        self, connection: Connection, document: DocumentRecord, rows: Iterable[IndexRow]
    ) -> None:
        """Indexes passages, each given with its number and its cut words."""
        ...

    def remove(self, connection: Connection, document_id: str) -> None:
        """Takes out the words of a document, whose passages are still there."""
        ...

    def clear(self, connection: Connection) -> None:
        """Leaves an index without words, whatever state it was in."""
        ...

    def search(
        self, connection: Connection, tokens: Sequence[str], scope: Scope, limit: int
    ) -> list[tuple[str, float]]:
        """Ids of passages with any of the tokens and their BM25 scores, best first."""
        ...

    def mismatched(
        self,
        connection: Connection,
        document: DocumentRecord,
        rows: Sequence[tuple[Passage, str]],
    ) -> set[str]:
        """The ids of the passages whose words in the index are not these."""
        ...

    def orphans(self, connection: Connection) -> int:
        """How many entries belong to no passage."""
        ...


def owner_words(document: DocumentRecord, passage: Passage) -> tuple[str, ...]:
    """Whose a passage is, as words that a scope asks for."""
    return (
        _owner("document", passage.document_id),
        _owner("department", passage.department),
        _owner("year", passage.year),
        _owner("form", document.form),
    )


def owner_words_in(scope: Scope) -> list[list[str]]:
    """Whose passages are inside a scope: one of the words of each list."""
    limits = (
        ("document", scope.document_ids),
        ("department", scope.departments),
        ("year", scope.years),
        ("form", scope.forms),
    )
    return [[_owner(kind, value) for value in wanted] for kind, wanted in limits if wanted]


@lru_cache(maxsize=MAX_OWNERS_CACHED)
def _owner(kind: str, value: Hashable) -> str:
    """One word for one owner, whatever characters its name has."""
    return sha256(f"{kind}:{value}".encode()).hexdigest()[:16]
