"""What a lexical index (词语索引) does, whatever database it is in, and whose its passages are.

Only what is published has words in it, so nothing needs to be filtered out after ranking. How much
a word tells depends on what else there is: for those who may see only a part of the library, that
is counted in this part alone, so that no other document moves a score of theirs.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from math import log
from typing import Protocol

from sqlalchemy import Connection

from ingest.types.facts import Passage
from ingest.types.library import DocumentRecord, Scope

MAX_MATCHES_WEIGHED = 15_000
"""Maximum number of matches that a search weighs. Beyond that its most common words, which tell
least, are left out: in a small library none, and never the rarest."""
K1, B = 1.2, 0.75
"""The parameters of BM25: how soon more occurrences tell no more, and how much a passage's length
counts; as in FTS5."""
MAX_OWNERS_CACHED = 4096
"""Maximum number of owners' words kept: the passages of a document have the same ones."""
OWNERS = 4
"""How many words say whose a passage is: see `owner_words`."""
IndexRow = tuple[int, Passage, str]
"""A passage with its number in the database and its words, blanks between them."""


@dataclass(frozen=True, slots=True)
class Counts:
    """What a search weighs by (词频统计): how many passages there are, how many words they have in
    all, and how many of them hold each of the words sought; those in none are left out."""

    passages: int
    length: int
    holding: Mapping[str, int]

    @property
    def mean(self) -> float:
        """How many words a passage has."""
        return self.length / self.passages

    def rarity(self, word: str) -> float:
        """How much a word tells, as FTS5 has it: one in over half of the passages next to none."""
        held = self.holding[word]
        return max(log((self.passages - held + 0.5) / (held + 0.5)), 1e-6)


@dataclass(slots=True)
class PartOfLibrary:
    """The documents that may be seen, with what was counted of them alone so far.

    It is of the library as it was when it was made; one that has changed needs another.
    """

    document_ids: tuple[str, ...]
    size: tuple[int, int] | None = None
    """Passages and words in all, None as long as nobody counted."""
    holding: dict[str, int] = field(default_factory=dict)

    def is_all(self, scope: Scope) -> bool:
        """Whether a scope inside this part has all of it."""
        narrower = scope.departments or scope.years or scope.forms
        return scope.document_ids == self.document_ids and not narrower


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
        self,
        connection: Connection,
        tokens: Sequence[str],
        scope: Scope,
        limit: int,
        *,
        part: PartOfLibrary | None = None,
    ) -> list[tuple[str, float]]:
        """Ids of passages with any of the tokens and their BM25 scores, best first.

        With `part`, inside which the scope is, as if there were nothing else.
        """
        ...

    def size(self, connection: Connection, document_ids: Sequence[str]) -> tuple[int, int]:
        """How many passages documents have, and how many words these have in all."""
        ...

    def holding(
        self, connection: Connection, words: Sequence[str], document_ids: Sequence[str]
    ) -> dict[str, int]:
        """In how many passages of documents each word occurs, those in none left out."""
        ...

    def counts(self, connection: Connection, words: Sequence[str], part: PartOfLibrary) -> Counts:
        """What a search for the words in a part of the library weighs by; kept with the part."""
        if part.size is None:
            part.size = self.size(connection, part.document_ids)
        new = [word for word in words if word not in part.holding]
        part.holding.update(self.holding(connection, new, part.document_ids))
        held = {word: part.holding[word] for word in words if word in part.holding}
        return Counts(*part.size, held)

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


def selective(counts: Counts, inside: int) -> list[str]:
    """The words sought that occur at all, rarest first, as many as the budget of a search allows.

    `inside` is how many passages there are where it searches.
    """
    room = MAX_MATCHES_WEIGHED * counts.passages / max(inside, 1)
    chosen: list[str] = []
    for word in sorted(counts.holding, key=lambda word: counts.holding[word]):
        room -= counts.holding[word]
        if chosen and room < 0:
            break
        chosen.append(word)
    return chosen


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
