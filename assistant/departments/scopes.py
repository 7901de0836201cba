"""Which documents a visitor limited to departments sees (可见范围), told by two names alone.

What else the library holds widens nobody's limits: whoever hands in a document that makes one
department of two (云浦市民政民宗局), or a new one of a known name, moves none. But a name that
leaves a place out (桥东区民政局) is nobody's where another department that is known by its full
name is called so as well (南屿市…, 北屿市桥东区民政局): only who sees all can say whose it is.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache

from assistant.departments.directory import Directory
from ingest.language.name_grammar import Grammar

MAX_PAIRS_CACHED = 65_536
"""How many pairs of a visitor's department and a document's are kept decided."""


class Scopes:
    """How the departments that a visitor is limited to, in full or in short, name documents."""

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
                self.names(given, name)
                and (self._says_where(given, name) or not self._is_anothers(given, name, known()))
                for given in departments
            )

        return is_meant

    def _may_be_anothers(self, given: str, department: str, known: frozenset[str]) -> bool:
        """Whether a name leaves out a place by which this department and another differ."""
        return any(
            self.names(other, department)
            and not self._says_where(other, department)
            and not self.names(given, other)
            and not self.names(other, given)
            for other in known
        )

    def _says_where(self, given: str, department: str) -> bool:
        """Whether a document's name has every place that a visitor's department has."""
        return self._bare_places(given) <= self._bare_places(department)

    def _bare_places(self, name: str) -> set[str]:
        return set(map(self._grammar.bare, self._grammar.body(name).places))

    def _names(self, given: str, department: str) -> bool:
        """Whether a visitor's department means the one that a document gives.

        A full name means that body, however it is written; a place all within it; short words
        whichever department they would name in a question, were there no other. What joins the
        names of several bodies is no single one's.
        """
        if given == department:
            return True
        if self._grammar.joins(department):
            return False
        asked, body = self._grammar.body(given), self._grammar.body(department)
        if asked.places and not asked.organ:
            return self._says_where(given, department)
        if asked.places and self._grammar.is_whole(asked.organ):
            return self._grammar.same_body(asked, body)
        alone = Directory((department,), self._grammar)
        return any(
            mention.names and mention.text == given and not mention.mistyped
            for mention in alone.mentions(given)
        )
