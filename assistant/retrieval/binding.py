"""What a question binds its candidates to: bodies, years, documents (问题的范围)."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import chain
from math import log
from threading import Lock

from assistant.departments.directory import Directory, Mention
from assistant.language.name_matching import in_order
from ingest.language.normalise import normalise
from ingest.language.years import find_spoken_years
from ingest.records.record_reader import RecordReader
from ingest.types.cards import Card
from ingest.types.library import DocumentRecord, Scope

NOBODY = ("",)
"""The department of documents that are nobody's: rules, notices, what names no body."""
MIN_SHARE_OF_TITLE = 0.5
"""How much of what titles can tell of a question one must tell for its documents to be likely."""
MAX_LIKELY = 6
"""Maximum number of documents that are looked into because of their titles alone."""
_EDGES = "的，,、。 　"


@dataclass(frozen=True, slots=True)
class Binding:
    """Where the answer to a question is to be looked for.

    `scopes` is what is certain: the documents that tell of the bodies named, and those that are
    nobody's. `bodies` are these bodies by every name, `years` those named, `rest` is the question
    without both; `likely` says how well the title of a document fits the question (0 to 1).
    `unknown` are bodies named that no document of the library is of or about; `only` are those that
    alone are asked for, whoever else a document tells of: cards of them, or rows that name them.
    """

    scopes: tuple[Scope, ...]
    bodies: frozenset[str]
    years: tuple[int, ...]
    likely: Mapping[str, float]
    rest: str
    unknown: tuple[str, ...] = ()
    only: frozenset[str] = frozenset()

    def allows(self, card: Card) -> bool:
        """Whether a card may answer: none of another body does for one that is not there."""
        if self.only and card.department not in self.only:
            said = f"{card.section} {card.body}"
            return any(body in said for body in self.only)
        if not self.unknown or self.bodies or not card.department:
            return True
        return any(in_order(name, card.text) for name in self.unknown)


class Binder:
    """Binds questions to the documents of a library as it is at one revision."""

    def __init__(
        self,
        records: RecordReader,
        directory: Callable[[], Directory],
        cut: Callable[[str], list[str]],
    ) -> None:
        """`cut` splits texts into words as the lexical index does."""
        self._records = records
        self._directory = directory
        self._cut = cut
        self._latest: tuple[tuple[int, int], _Titles] | None = None
        self._lock = Lock()

    def bind(self, question: str, scope: Scope) -> Binding:
        """What the question names, inside a scope that is asked for already."""
        directory = self._directory()
        text = normalise(question)
        mentions = directory.mentions(text)
        years = find_spoken_years(text)
        spans = [*((m.start, m.end) for m in mentions), *((y.start, y.end) for y in years)]
        titles = self._titles()
        names = dict.fromkeys(chain.from_iterable(m.names for m in mentions))
        bodies = frozenset(chain.from_iterable(map(directory.members, names)))
        return Binding(
            scopes=tuple(_scopes(scope, titles.telling_of(scope.departments or bodies))),
            bodies=bodies,
            years=tuple(dict.fromkeys(y.year for y in years)),
            likely=titles.likely(self._cut(text), scope.document_ids),
            rest=_without(text, spans).strip(_EDGES) or text,
            unknown=tuple(m.text for m in mentions if not m.names and not titles.name(m)),
            only=frozenset(scope.departments),
        )

    def _titles(self) -> "_Titles":
        revision = self._records.revision()
        with self._lock:
            if self._latest is not None and self._latest[0] == revision:
                return self._latest[1]
        titles = _Titles(self._records, self._cut)
        with self._lock:
            self._latest = revision, titles
        return titles


class _Titles:
    """The words of the titles of all documents, and of whom each document tells."""

    def __init__(self, library: RecordReader, cut: Callable[[str], list[str]]) -> None:
        records = library.documents()
        self._texts = [_about(record) for record in records]
        self._ids = [record.id for record in records]
        self._by_word: dict[str, list[int]] = {}
        for number, text in enumerate(self._texts):
            for word in set(cut(text)):
                self._by_word.setdefault(word, []).append(number)
        self._of_body: dict[str, dict[str, None]] = {}
        told = ((id, body) for id, body, _ in library.coverage())
        for id, body in chain(told, ((record.id, record.operator) for record in records)):
            self._of_body.setdefault(body, {})[id] = None

    def likely(self, words: Iterable[str], within: Collection[str]) -> dict[str, float]:
        """The documents whose titles say most of the words, the rare ones counting most."""
        total: dict[int, float] = {}
        count = len(self._ids)
        for word in set(words):
            holders = self._by_word.get(word, ())
            weight = log((count + 1) / (len(holders) + 0.5))
            for number in holders:
                total[number] = total.get(number, 0.0) + weight
        best = max(total.values(), default=0.0)
        if count < 2 or best <= 0:
            return {}
        shares = {self._ids[number]: value / best for number, value in total.items()}
        return {
            id: share
            for id, share in shares.items()
            if share >= MIN_SHARE_OF_TITLE and (not within or id in within)
        }

    def telling_of(self, bodies: Iterable[str]) -> tuple[str, ...]:
        """The documents that report on one of the bodies, or that it carried out."""
        found = (self._of_body.get(body, ()) for body in sorted(bodies))
        return tuple(dict.fromkeys(chain.from_iterable(found)))

    def name(self, mention: Mention) -> bool:
        """Whether a title names a body in other words: 大英司法局 for 大英县司法局."""
        return any(in_order(mention.text, text) for text in self._texts)


def _about(record: DocumentRecord) -> str:
    stem = record.file.rpartition("/")[2].rpartition(".")[0]
    return normalise(" ".join((record.title, record.department, record.operator, stem)))


def _scopes(scope: Scope, telling: tuple[str, ...]) -> Iterable[Scope]:
    """Inside what is asked for already, the documents that tell of the bodies, and nobody's."""
    if scope.departments or scope.document_ids or not telling:
        yield scope
        if scope.departments and telling and not scope.document_ids:
            # what a list over several bodies tells of these stands in a document of another
            yield replace(scope, departments=(), document_ids=telling)
        return
    yield replace(scope, document_ids=telling)
    yield replace(scope, departments=NOBODY)


def _without(text: str, spans: Iterable[tuple[int, int]]) -> str:
    for start, end in sorted(spans, reverse=True):
        text = text[:start] + text[end:]
    return text
