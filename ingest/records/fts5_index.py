"""The lexical index (词语索引) inside the record store's database: SQLite FTS5 over cut words.

Nothing else knows FTS5.
"""

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, bindparam, text
from typing_extensions import override

from ingest.records.lexical_index import (
    MAX_MATCHES_WEIGHED,
    IndexRow,
    LexicalIndex,
    owner_words,
    owner_words_in,
)
from ingest.types.facts import Passage
from ingest.types.library import DocumentRecord, Scope


class Fts5Index(LexicalIndex):
    """A row a passage: its words in `cut`, and whose they are in `owner` to search inside a scope.

    FTS5's ascii tokenizer splits at blanks only: all that is not ASCII belongs to a word, and the
    signs listed keep 96.36% and pm2.5 whole.
    """

    @override
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

    @override
    def add(
        self,
        connection: Connection,
        document: DocumentRecord,
        rows: Iterable[IndexRow],
    ) -> None:
        given = [
            {"number": number, "cut": cut, "owner": " ".join(owner_words(document, passage))}
            for number, passage, cut in rows
        ]
        if given:
            connection.exec_driver_sql(
                "INSERT INTO words(rowid, cut, owner) VALUES (:number, :cut, :owner)", given
            )

    @override
    def remove(self, connection: Connection, document_id: str) -> None:
        connection.execute(
            text(
                "DELETE FROM words WHERE rowid IN "
                "(SELECT number FROM passages WHERE document_id = :document)"
            ),
            {"document": document_id},
        )

    @override
    def clear(self, connection: Connection) -> None:
        connection.execute(text("DROP TABLE IF EXISTS word_counts"))
        connection.execute(text("DROP TABLE IF EXISTS words"))
        self.create(connection)

    @override
    def search(
        self, connection: Connection, tokens: Sequence[str], scope: Scope, limit: int
    ) -> list[tuple[str, float]]:
        within = _within(scope)
        selective = self._selective(connection, list(dict.fromkeys(tokens)), within)
        if not selective:
            return []
        match = " AND ".join([*within, f"{{cut}} : ({_any(selective)})"])
        ranked = text(
            "SELECT passages.id, score FROM "
            "(SELECT rowid AS number, -bm25(words, 1.0, 0.0) AS score FROM words "
            "WHERE words MATCH :match ORDER BY score DESC, number LIMIT :limit) AS best "
            "JOIN passages ON passages.number = best.number ORDER BY score DESC, best.number"
        )
        rows = connection.execute(ranked, {"match": match, "limit": limit})
        return [(row.id, row.score) for row in rows]

    @override
    def mismatched(
        self,
        connection: Connection,
        document: DocumentRecord,
        rows: Sequence[tuple[Passage, str]],
    ) -> set[str]:
        rows_found = connection.execute(
            text(
                "SELECT id, cut FROM passages JOIN words ON words.rowid = number "
                "WHERE document_id = :document"
            ),
            {"document": document.id},
        )
        indexed = {row.id: row.cut for row in rows_found}
        return {passage.id for passage, cut in rows if indexed.get(passage.id) != cut}

    @override
    def orphans(self, connection: Connection) -> int:
        query = "SELECT count(*) FROM words WHERE rowid NOT IN (SELECT number FROM passages)"
        return int(connection.execute(text(query)).scalar_one())

    def _selective(self, connection: Connection, tokens: list[str], within: list[str]) -> list[str]:
        """The tokens that occur at all, rarest first, as many as the budget allows."""
        counted = text("SELECT term, doc FROM word_counts WHERE col = 'cut' AND term IN :terms")
        rows = connection.execute(
            counted.bindparams(bindparam("terms", expanding=True)), {"terms": tokens}
        )
        counts = sorted((row.doc, tokens.index(row.term)) for row in rows)
        room = MAX_MATCHES_WEIGHED / self._share(connection, within)
        selective: list[str] = []
        for count, place in counts:
            room -= count
            if selective and room < 0:
                break
            selective.append(tokens[place])
        return selective

    def _share(self, connection: Connection, within: list[str]) -> float:
        """Which part of the library a scope is, roughly."""
        if not within:
            return 1.0
        inside = text("SELECT count(*) FROM words WHERE words MATCH :match")
        count = connection.execute(inside, {"match": " AND ".join(within)}).scalar_one()
        whole = connection.execute(text("SELECT max(number) FROM passages")).scalar_one()
        return max(int(count), 1) / max(int(whole or 0), 1)


def _within(scope: Scope) -> list[str]:
    """The scope as conditions on the owner column."""
    return [f"{{owner}} : ({_any(kind)})" for kind in owner_words_in(scope)]


def _any(words: Iterable[str]) -> str:
    return " OR ".join('"' + word.replace('"', '""') + '"' for word in words)
