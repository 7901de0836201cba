"""Which documents a visitor limited to departments sees (可见范围): those of the names chosen.

Identity decides, never likeness: a document is in the scope if its department's name is one of
the names chosen, or the same body's for certain. It may leave out the wider places (桥东区民政局)
or be a listed short form; but where another department that is known may be meant by that as well
(南屿市…, 北屿市桥东区民政局), it is nobody's: only who sees all can say whose. So nothing that is
handed in later widens anybody's scope.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache

from ingest.language.name_grammar import Grammar
from ingest.language.normalise import squeeze

MAX_PAIRS_CACHED = 65_536
"""How many pairs of a visitor's department and a document's are kept decided."""


class Scopes:
    """How the departments that a visitor is limited to name documents."""

    def __init__(self, grammar: Grammar) -> None:
        self._grammar = grammar
        self.names = lru_cache(maxsize=MAX_PAIRS_CACHED)(self._names)
        self._is_anothers = lru_cache(maxsize=MAX_PAIRS_CACHED)(self._may_be_anothers)

    def meant(
        self, departments: Sequence[str], known: Callable[[], frozenset[str]] = frozenset
    ) -> Callable[[str], bool]:
        """Whether a document's department is one of these; no department is nobody's.

        `known` are the departments that there are, as documents and limits of users give them.
        """

        def is_meant(name: str) -> bool:
            return bool(name) and any(
                squeeze(given) == squeeze(name)
                or (self.names(given, name) and not self._is_anothers(given, name, known()))
                for given in departments
            )

        return is_meant

    def withheld(
        self, departments: Sequence[str], documents: Iterable[str], known: frozenset[str]
    ) -> tuple[str, ...]:
        """Names that documents give which one of these may well mean, and are not shown for it.

        Another department may be meant by them, too, or by the name chosen, which is short.
        """
        is_meant = self.meant(departments, lambda: known)
        return tuple(
            name
            for name in sorted(filter(None, documents))
            if not is_meant(name)
            and any(self.names(one, name) or self.names(name, one) for one in departments)
        )

    def _names(self, given: str, department: str) -> bool:
        """Whether a visitor's department is the one that a document gives, were there no other.

        The document may leave out wider places, not the visitor's department.
        """
        asked, body = self._grammar.identity(given), self._grammar.identity(department)
        if not body.places:
            return asked == body
        return asked.organ == body.organ and asked.places[-len(body.places) :] == body.places

    def _may_be_anothers(self, given: str, department: str, known: frozenset[str]) -> bool:
        """Whether one of two ways to write a department may be meant for another one, too."""
        return any(
            self._grammar.may_mean(name, other)
            for other in known
            if not self.names(given, other) and not self.names(other, given)
            for name in (given, department)
        )
