"""The lexical index (词语索引) inside a PostgreSQL database: a tsvector a passage, with GIN.

PostgreSQL's own ranks know neither how rare a word is nor how long a passage. Here the matches
are weighed by BM25 as SQLite's FTS5 weighs them, from counts that are kept with the index.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from hashlib import sha256

from sqlalchemy import BigInteger, Column, Connection, Index, Integer, MetaData, Table, Text, text
from sqlalchemy.dialects.postgresql import TSVECTOR
from typing_extensions import override

from ingest.records.engines import storable, write_rows
from ingest.records.lexical_index import (
    K1,
    B,
    Counts,
    IndexRow,
    LexicalIndex,
    PartOfLibrary,
    owner_words,
    owner_words_in,
    selective,
)
from ingest.types.facts import Passage
from ingest.types.library import DocumentRecord, Scope

MAX_WORD_BYTES = 2_000
"""Maximum length of a word: PostgreSQL refuses longer ones, which stand under their hash."""
MAX_OCCURRENCES = 255
"""Maximum number of times that PostgreSQL counts a word in one passage."""
ANY_WORD = ""
"""The word that stands for any: its counts are the passages and words of the whole index."""

SCHEMA = MetaData()
WORDS = Table(
    "words",
    SCHEMA,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("length", Integer, nullable=False),
    Column("words", TSVECTOR, nullable=False),
    Index("ix_words_words", "words", postgresql_using="gin"),
)
COUNTS = Table(
    "word_counts",
    SCHEMA,
    Column("word", Text(collation="C"), primary_key=True),
    Column("passages", BigInteger, nullable=False),
    Column("occurrences", BigInteger, nullable=False),
)
COUNT = (
    "INSERT INTO word_counts AS held SELECT * FROM unnest(CAST(:words AS text[]), "
    "CAST(:passages AS bigint[]), CAST(:occurrences AS bigint[])) ON CONFLICT (word) "
    "DO UPDATE SET passages = held.passages + excluded.passages, "
    "occurrences = held.occurrences + excluded.occurrences"
)
REMOVE = (
    "WITH gone AS (DELETE FROM words WHERE number IN "
    "(SELECT number FROM passages WHERE document_id = :document) RETURNING length, words), "
    "lost AS (SELECT lexeme AS word, count(*) AS passages, sum(cardinality(positions)) AS "
    "occurrences FROM gone CROSS JOIN unnest(words) GROUP BY lexeme "
    "UNION ALL SELECT '', count(*), coalesce(sum(length), 0) FROM gone) "
    "UPDATE word_counts AS held SET passages = held.passages - lost.passages, "
    "occurrences = held.occurrences - lost.occurrences FROM lost WHERE held.word = lost.word"
)
# Of one word all of whose places weigh the same, ts_rank gives 1 + 1/4 + … + 1/n² over π²/6: what
# is left of that sum tells how often the word occurs, n, to the nearest whole number.
SEARCH = (
    "WITH selective AS MATERIALIZED (SELECT CAST(word AS tsquery) AS word, "
    "CAST(sought AS tsquery) AS sought, rarity "
    "FROM unnest(CAST(:words AS text[]), CAST(:sought AS text[]), "
    "CAST(:rarities AS float8[])) AS given (word, sought, rarity)), "
    "matches AS (SELECT number, rarity, length, round(1 / (pi() * pi() / 6 * "
    "(1 - ts_rank('{1,1,1,1}', words.words, selective.word))) - 0.5) AS n "
    "FROM selective JOIN words ON words.words @@ selective.sought), "
    "bm25 AS (SELECT CAST(:k AS float8) AS k, CAST(:b AS float8) AS b, CAST(:mean AS float8) AS "
    "mean), best AS (SELECT number, round(CAST(sum(rarity * n * (k + 1) / "
    "(n + k * (1 - b + b * length / mean))) AS numeric), 9) AS score "
    "FROM matches CROSS JOIN bm25 GROUP BY number ORDER BY score DESC, number LIMIT :limit) "
    "SELECT passages.id, CAST(score AS float8) AS score FROM best "
    "JOIN passages ON passages.number = best.number ORDER BY best.score DESC, best.number"
)
HOLDING = (
    "SELECT word, count(*) AS held FROM unnest(CAST(:words AS text[]), CAST(:sought AS text[])) "
    "AS given (word, sought) JOIN words ON words.words @@ CAST(given.sought AS tsquery) "
    "GROUP BY word"
)
MISMATCHED = (
    "SELECT passages.id FROM unnest(CAST(:ids AS text[]), CAST(:words AS text[])) AS given "
    "(id, words) JOIN passages ON passages.id = given.id LEFT JOIN words "
    "ON words.number = passages.number WHERE words.words IS DISTINCT FROM "
    "CAST(given.words AS tsvector)"
)


class TsvectorIndex(LexicalIndex):
    """A row a passage: its words, each as often as it occurs, and whose they are.

    Owners are words that begin with a blank, which no word of a text does.
    """

    @override
    def create(self, connection: Connection) -> None:
        SCHEMA.create_all(connection)

    @override
    def add(
        self, connection: Connection, document: DocumentRecord, rows: Iterable[IndexRow]
    ) -> None:
        passages, occurrences = Counter[str](), Counter[str]()
        entries: list[dict[str, str | int | None]] = []
        for number, passage, cut in rows:
            counted = _counted(document, passage, cut)
            length = counted.total()
            entries.append({"number": number, "length": length, "words": _vector(counted)})
            passages.update([ANY_WORD, *counted])
            occurrences.update(counted)
            occurrences[ANY_WORD] += length
        if not entries:
            return
        write_rows(connection, WORDS, entries)
        words = sorted(passages)
        connection.execute(
            text(COUNT),
            {
                "words": words,
                "passages": [passages[word] for word in words],
                "occurrences": [occurrences[word] for word in words],
            },
        )

    @override
    def remove(self, connection: Connection, document_id: str) -> None:
        connection.execute(text(REMOVE), {"document": document_id})

    @override
    def clear(self, connection: Connection) -> None:
        connection.execute(text("TRUNCATE words, word_counts"))

    @override
    def search(
        self,
        connection: Connection,
        tokens: Sequence[str],
        scope: Scope,
        limit: int,
        *,
        part: PartOfLibrary | None = None,
    ) -> list[tuple[str, float]]:
        asked = list(dict.fromkeys(map(_word, tokens)))
        limits = [[f" {owner}" for owner in kind] for kind in owner_words_in(scope)]
        counts = self.counts(connection, asked, part) if part else self._all(connection, asked)
        if not counts.holding:
            return []
        whole = part.is_all(scope) if part else not limits
        inside = [] if whole else self._inside(connection, limits, part)
        words = selective(counts, min([counts.passages, *inside]))
        within = "".join(f" & ({_any(kind)})" for kind in limits)
        rows = connection.execute(
            text(SEARCH),
            {
                "words": [_quoted(word) for word in words],
                "sought": [_quoted(word) + within for word in words],
                "rarities": [counts.rarity(word) for word in words],
                "k": K1,
                "b": B,
                "mean": counts.mean,
                "limit": limit,
            },
        )
        return [(row.id, row.score) for row in rows]

    @override
    def size(self, connection: Connection, document_ids: Sequence[str]) -> tuple[int, int]:
        return _size(connection, _of_documents(document_ids))

    @override
    def holding(
        self, connection: Connection, words: Sequence[str], document_ids: Sequence[str]
    ) -> dict[str, int]:
        within = _of_documents(document_ids)
        sought = [f"{within} & {_quoted(word)}" for word in words]
        rows = connection.execute(text(HOLDING), {"words": list(words), "sought": sought})
        return {row.word: row.held for row in rows}

    @override
    def mismatched(
        self,
        connection: Connection,
        document: DocumentRecord,
        rows: Sequence[tuple[Passage, str]],
    ) -> set[str]:
        vectors = [_vector(_counted(document, passage, cut)) for passage, cut in rows]
        given = {"ids": [passage.id for passage, _ in rows], "words": vectors}
        return set(connection.scalars(text(MISMATCHED), given))

    @override
    def orphans(self, connection: Connection) -> int:
        query = "SELECT count(*) FROM words WHERE number NOT IN (SELECT number FROM passages)"
        return int(connection.execute(text(query)).scalar_one())

    def _all(self, connection: Connection, words: list[str]) -> Counts:
        """What a search of the whole library weighs by."""
        counted = self._kept(connection, [*words, ANY_WORD])
        passages, length = counted.get(ANY_WORD, (0, 0))
        held = {word: counted[word][0] for word in words if word in counted}
        return Counts(passages, length, held)

    def _inside(
        self, connection: Connection, limits: list[list[str]], part: PartOfLibrary | None
    ) -> list[int]:
        """How many passages meet each limit of a scope."""
        if part is None:
            counted = self._kept(connection, [owner for kind in limits for owner in kind])
            return [sum(counted[one][0] for one in kind if one in counted) for kind in limits]
        within = _of_documents(part.document_ids)
        return [_size(connection, f"{within} & ({_any(kind)})")[0] for kind in limits]

    def _kept(self, connection: Connection, words: list[str]) -> dict[str, tuple[int, int]]:
        """In how many passages of all each word occurs, and how often; ANY_WORD stands for any."""
        counted = text(
            "SELECT word, passages, occurrences FROM word_counts "
            "WHERE word = ANY(CAST(:words AS text[])) AND passages > 0"
        )
        rows = connection.execute(counted, {"words": words})
        return {row.word: (row.passages, row.occurrences) for row in rows}


def _size(connection: Connection, sought: str) -> tuple[int, int]:
    """How many passages there are of what is sought, and how many words they have."""
    query = (
        "SELECT count(*), coalesce(sum(length), 0) FROM words WHERE words @@ CAST(:of AS tsquery)"
    )
    passages, length = connection.execute(text(query), {"of": sought}).one()
    return int(passages), int(length)


def _of_documents(document_ids: Sequence[str]) -> str:
    (owners,) = owner_words_in(Scope(document_ids=tuple(document_ids)))
    return f"({_any(f' {owner}' for owner in owners)})"


def _counted(document: DocumentRecord, passage: Passage, cut: str) -> Counter[str]:
    words = Counter(_word(word) for word in cut.split())
    for word in words:
        words[word] = min(words[word], MAX_OCCURRENCES)
    words.update(f" {owner}" for owner in owner_words(document, passage))
    return words


def _word(token: str) -> str:
    """How a word stands in the index."""
    word = storable(token.lower())
    whole = word.encode("utf-8", "replace")
    return word if len(whole) <= MAX_WORD_BYTES else sha256(whole).hexdigest()


def _vector(counted: Counter[str]) -> str:
    """A tsvector; the places only say how often a word occurs.

    >>> _vector(Counter({"it's": 2}))
    "'it''s':1,2"
    """
    return " ".join(
        f"{_quoted(word)}:{','.join(map(str, range(1, count + 1)))}"
        for word, count in counted.items()
    )


def _quoted(word: str) -> str:
    return "'" + word.replace("\\", "\\\\").replace("'", "''") + "'"


def _any(words: Iterable[str]) -> str:
    return " | ".join(map(_quoted, words))
