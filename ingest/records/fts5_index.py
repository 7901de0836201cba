"""The lexical index (词语索引) inside the record store's database: SQLite FTS5 over cut words.

Another database brings its own class with the same methods; nothing else knows FTS5. Only what
is published has words here, so nothing needs to be filtered out after ranking.
"""

from collections.abc import Hashable, Iterable, Sequence
from functools import lru_cache
from hashlib import sha256
from typing import Protocol

from sqlalchemy import Connection, bindparam, text

from ingest.types.facts import Passage
from ingest.types.library import DocumentRecord, Scope

BUDGET = 15_000
"""How many matches a search may weigh. Beyond that its most common words, which tell least, are
left out: in a small library none, and never the rarest."""
OWNERS = 4096
"""How many owners' words are kept: the passages of a document have the same ones."""
Indexed = tuple[int, Passage, str]
"""A passage with its number in the database and its words, blanks between them."""


class WordIndex(Protocol):
    """What the record store needs of a lexical index; all inside its transactions."""

    def create(self, connection: Connection) -> None: ...

    def add(
        self, connection: Connection, document: DocumentRecord, rows: Iterable[Indexed]
    ) -> None: ...

    def remove(self, connection: Connection, document_id: str) -> None: ...

    def clear(self, connection: Connection) -> None: ...

    def search(
        self, connection: Connection, tokens: Sequence[str], scope: Scope, limit: int
    ) -> list[tuple[str, float]]: ...

    def unlike(
        self,
        connection: Connection,
        document: DocumentRecord,
        rows: Sequence[tuple[Passage, str]],
    ) -> set[str]: ...

    def orphans(self, connection: Connection) -> int: ...


class SqliteWordIndex:
    """A row a passage: its words in `cut`, and whose they are in `owner` to search inside a scope.

    FTS5's ascii tokenizer splits at blanks only: all that is not ASCII belongs to a word, and the
    signs listed keep 96.36% and pm2.5 whole.
    """

    def create(self, connection: Connection) -> None:
        connection.execute(
            text(
                "CREATE VIRTUAL TABLE IF NOT EXISTS words "
                "USING fts5(cut, owner, tokenize = \"ascii tokenchars '%.-_+&'\")"
            )
        )
        connection.execute(
            text("CREATE VIRTUAL TABLE IF NOT EXISTS word_counts USING fts5vocab(words, col)")
        )

    def add(
        self,
        connection: Connection,
        document: DocumentRecord,
        rows: Iterable[Indexed],
    ) -> None:
        """Indexes passages, each given with its number and its cut words."""
        given = [
            {"number": number, "cut": cut, "owner": " ".join(owners(document, passage))}
            for number, passage, cut in rows
        ]
        if given:
            connection.exec_driver_sql(
                "INSERT INTO words(rowid, cut, owner) VALUES (:number, :cut, :owner)", given
            )

    def remove(self, connection: Connection, document_id: str) -> None:
        connection.execute(
            text(
                "DELETE FROM words WHERE rowid IN "
                "(SELECT number FROM passages WHERE document_id = :document)"
            ),
            {"document": document_id},
        )

    def clear(self, connection: Connection) -> None:
        """Leaves an index without words, whatever state it was in."""
        connection.execute(text("DROP TABLE IF EXISTS word_counts"))
        connection.execute(text("DROP TABLE IF EXISTS words"))
        self.create(connection)

    def search(
        self, connection: Connection, tokens: Sequence[str], scope: Scope, limit: int
    ) -> list[tuple[str, float]]:
        """Passages with any of the tokens and their BM25 scores, best first."""
        within = _within(scope)
        told = self._telling(connection, list(dict.fromkeys(tokens)), within)
        if not told:
            return []
        match = " AND ".join([*within, f"{{cut}} : ({_any(told)})"])
        ranked = text(
            "SELECT passages.id, score FROM "
            "(SELECT rowid AS number, -bm25(words, 1.0, 0.0) AS score FROM words "
            "WHERE words MATCH :match ORDER BY score DESC, number LIMIT :limit) AS best "
            "JOIN passages ON passages.number = best.number ORDER BY score DESC, best.number"
        )
        rows = connection.execute(ranked, {"match": match, "limit": limit})
        return [(row.id, row.score) for row in rows]

    def unlike(
        self,
        connection: Connection,
        document: DocumentRecord,
        rows: Sequence[tuple[Passage, str]],
    ) -> set[str]:
        """The passages whose words in the index are not these."""
        found = connection.execute(
            text(
                "SELECT id, cut FROM passages JOIN words ON words.rowid = number "
                "WHERE document_id = :document"
            ),
            {"document": document.id},
        )
        held = {row.id: row.cut for row in found}
        return {passage.id for passage, cut in rows if held.get(passage.id) != cut}

    def orphans(self, connection: Connection) -> int:
        found = "SELECT count(*) FROM words WHERE rowid NOT IN (SELECT number FROM passages)"
        return int(connection.execute(text(found)).scalar_one())

    def _telling(self, connection: Connection, tokens: list[str], within: list[str]) -> list[str]:
        """The tokens that occur at all, rarest first, as many as the budget allows."""
        counted = text("SELECT term, doc FROM word_counts WHERE col = 'cut' AND term IN :terms")
        rows = connection.execute(
            counted.bindparams(bindparam("terms", expanding=True)), {"terms": tokens}
        )
        counts = sorted((row.doc, tokens.index(row.term)) for row in rows)
        room = BUDGET / self._share(connection, within)
        told: list[str] = []
        for count, place in counts:
            room -= count
            if told and room < 0:
                break
            told.append(tokens[place])
        return told

    def _share(self, connection: Connection, within: list[str]) -> float:
        """Which part of the library a scope is, roughly."""
        if not within:
            return 1.0
        inside = text("SELECT count(*) FROM words WHERE words MATCH :match")
        count = connection.execute(inside, {"match": " AND ".join(within)}).scalar_one()
        whole = connection.execute(text("SELECT max(number) FROM passages")).scalar_one()
        return max(int(count), 1) / max(int(whole or 0), 1)


def owners(document: DocumentRecord, passage: Passage) -> tuple[str, ...]:
    """Whose a passage is, as words that a scope asks for."""
    return (
        _owner("document", passage.document_id),
        _owner("department", passage.department),
        _owner("year", passage.year),
        _owner("form", document.form),
    )


def owners_in(scope: Scope) -> list[list[str]]:
    """Whose passages are inside a scope: one of the words of each list."""
    limits = (
        ("document", scope.document_ids),
        ("department", scope.departments),
        ("year", scope.years),
        ("form", scope.forms),
    )
    return [[_owner(kind, value) for value in wanted] for kind, wanted in limits if wanted]


def _within(scope: Scope) -> list[str]:
    """The scope as conditions on the owner column."""
    return [f"{{owner}} : ({_any(kind)})" for kind in owners_in(scope)]


@lru_cache(maxsize=OWNERS)
def _owner(kind: str, value: Hashable) -> str:
    """One word for one owner, whatever characters its name has."""
    return sha256(f"{kind}:{value}".encode()).hexdigest()[:16]


def _any(words: Iterable[str]) -> str:
    return " OR ".join('"' + word.replace('"', '""') + '"' for word in words)
