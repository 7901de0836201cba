"""Bodies that carry out what another reports on (实施单位): their documents answer to their name.

A school's form stands under its bureau; who asks for the school means that form. Scopes that name
such a body are read as its documents, and the facts found are given under its name.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Protocol, TypeVar

from ingest.types.facts import Figure, Indicator, Passage, Task
from ingest.types.library import DocumentRecord, Scope

Fact = TypeVar("Fact", Figure, Indicator, Task, Passage)
Search = Callable[[str, Scope, int], list[Passage]]


class Stored(Protocol):
    """What is asked of the record store."""

    def figures(self, scope: Scope, *, name: str = "") -> tuple[Figure, ...]:
        """The figures in the scope, of one name if given."""

    def indicators(self, scope: Scope) -> tuple[Indicator, ...]:
        """The indicators in the scope."""

    def tasks(self, scope: Scope) -> tuple[Task, ...]:
        """The tasks in the scope."""

    def passages_of(self, scope: Scope) -> tuple[Passage, ...]:
        """The passages in the scope."""


class Operators:
    """The operators of a library's documents that are no departments of it themselves."""

    def __init__(
        self,
        documents: Iterable[DocumentRecord],
        canonical: Callable[[str], str],
        covered: Mapping[str, Sequence[int]],
    ) -> None:
        self._canonical = canonical
        self._ids: dict[str, list[str]] = {}
        years: dict[str, set[int]] = {}
        for record in documents:
            name = canonical(record.operator)
            if not name or name in covered or name == canonical(record.department):
                continue
            self._ids.setdefault(name, []).append(record.id)
            if record.year is not None:
                years.setdefault(name, set()).add(record.year)
        self.covered: dict[str, list[int]] = {
            name: sorted(reported) for name, reported in sorted(years.items())
        }

    def scope(self, scope: Scope) -> Scope:
        """The same scope over the documents of the operator that it names, if it names one."""
        ids_of_operator = {id for name in self._named(scope) for id in self._ids[name]}
        if not ids_of_operator:
            return scope
        ids = tuple(
            sorted(
                ids_of_operator & set(scope.document_ids) if scope.document_ids else ids_of_operator
            )
        )
        return replace(scope, departments=(), document_ids=ids or ("",))

    def owned(self, facts: Sequence[Fact], scope: Scope) -> tuple[Fact, ...]:
        """Facts found in a scope that names an operator, under this operator's name."""
        name = next(iter(self._named(scope)), "")
        return tuple(replace(fact, department=name) for fact in facts) if name else tuple(facts)

    def _named(self, scope: Scope) -> list[str]:
        names = (self._canonical(name) for name in scope.departments)
        return [name for name in dict.fromkeys(names) if name in self._ids]


class OwnRecords:
    """The records of a library, in which a scope may name an operator."""

    def __init__(self, records: Stored, search: Search, operators: Operators) -> None:
        self._records = records
        self._search = search
        self._operators = operators

    def scope(self, scope: Scope) -> Scope:
        """The same scope as the record store knows it: an operator's by the documents of it."""
        return self._operators.scope(scope)

    def figures(self, scope: Scope, *, name: str = "") -> tuple[Figure, ...]:
        """The figures in the scope, of one name if given."""
        figures = self._records.figures(self._operators.scope(scope), name=name)
        return self._operators.owned(figures, scope)

    def indicators(self, scope: Scope) -> tuple[Indicator, ...]:
        """The indicators in the scope."""
        indicators = self._records.indicators(self._operators.scope(scope))
        return self._operators.owned(indicators, scope)

    def tasks(self, scope: Scope) -> tuple[Task, ...]:
        """The tasks in the scope."""
        tasks = self._records.tasks(self._operators.scope(scope))
        return self._operators.owned(tasks, scope)

    def passages(self, scope: Scope) -> tuple[Passage, ...]:
        """The passages in the scope."""
        passages = self._records.passages_of(self._operators.scope(scope))
        return self._operators.owned(passages, scope)

    def search(self, text: str, scope: Scope, limit: int) -> list[Passage]:
        """The passages of the scope nearest to a text, at most `limit`."""
        passages = self._search(text, self._operators.scope(scope), limit)
        return list(self._operators.owned(passages, scope))


def names(documents: Iterable[DocumentRecord]) -> set[str]:
    """The names of all operators."""
    return {record.operator for record in documents if record.operator}
