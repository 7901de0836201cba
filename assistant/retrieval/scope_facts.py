"""All facts of a scope, read once and compared with many phrases (范围内的全部事实)."""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import Protocol, TypeVar

from assistant import time_limit
from assistant.language.name_matching import Matcher, Synonyms
from ingest.types.facts import Figure, Indicator, Task
from ingest.types.library import Scope

MAX_SCOPES_KEPT = 256
"""Maximum number of scopes whose facts are kept; the one used longest ago goes first."""
Owned = TypeVar("Owned", Figure, Indicator, Task)


class Records(Protocol):
    """What is asked of the record store."""

    def figures(self, scope: Scope, *, name: str = "") -> tuple[Figure, ...]:
        """The figures of a scope, of one name if it is given."""

    def indicators(self, scope: Scope) -> tuple[Indicator, ...]:
        """The indicators of a scope."""

    def tasks(self, scope: Scope) -> tuple[Task, ...]:
        """The tasks of a scope."""


@dataclass(frozen=True, slots=True)
class Facts:
    """All facts of a scope."""

    figures: tuple[Figure, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    tasks: tuple[Task, ...] = ()
    by_id: Mapping[str, Figure] = field(default_factory=dict)

    @property
    def names(self) -> set[str]:
        """What the indicators and figures are called."""
        return {i.name for i in self.indicators} | {f.subject for f in self.figures}


@dataclass(frozen=True, slots=True)
class FactVocabulary:
    """The words by which facts are found.

    `terms` gives the budget term of each of its wordings. Where a document does not print a term,
    `instead` names the one that a task is asked for in its place, `so_far` the one of a form that
    reports part of the year. `verbs` only say that something was done; `cut` splits into words.
    """

    synonyms: Synonyms
    cut: Callable[[str], list[str]]
    terms: Mapping[str, str]
    verbs: Sequence[str]
    instead: Mapping[str, str]
    so_far: Mapping[str, str]


class FactCache:
    """The facts of the scopes used last, each with what compares phrases with their names.

    Many threads may ask at once; facts are read outside the lock, by two of them twice at worst.
    """

    def __init__(
        self, records: Records, *, vocabulary: FactVocabulary, canonical: Callable[[str], str]
    ) -> None:
        self._records = records
        self._vocabulary = vocabulary
        self._canonical = canonical
        self._cache: OrderedDict[Scope, tuple[Facts, Matcher]] = OrderedDict()
        self._lock = Lock()

    def load(self, scope: Scope) -> tuple[Facts, Matcher]:
        """Everything the scope holds, under the one name of its department."""
        with self._lock:
            if known := self._cache.get(scope):
                self._cache.move_to_end(scope)
                return known
        time_limit.check()
        figures = tuple(self._owned(self._records.figures(scope)))
        facts = Facts(
            figures,
            tuple(self._owned(self._records.indicators(scope))),
            tuple(self._owned(self._records.tasks(scope))),
            {figure.id: figure for figure in figures},
        )
        words = self._vocabulary
        loaded = facts, Matcher(facts.names, words.synonyms, words.cut, words.verbs)
        with self._lock:
            self._cache[scope] = loaded
            if len(self._cache) > MAX_SCOPES_KEPT:
                self._cache.popitem(last=False)
        return loaded

    def _owned(self, facts: Iterable[Owned]) -> Iterator[Owned]:
        for fact in facts:
            name = self._canonical(fact.department)
            yield fact if name == fact.department else replace(fact, department=name)
