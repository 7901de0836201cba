"""Which documents a visitor limited to departments sees (可见范围), told by two names alone.

What else the library holds has no say: whoever hands in a document that makes one department of
two (云浦市民政民宗局), or a new one of a known name, moves nobody's limits.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache

from assistant.departments.directory import Directory
from ingest.language.name_grammar import Grammar
from ingest.types.library import DocumentRecord

MAX_PAIRS_CACHED = 65_536
"""How many pairs of a visitor's department and a document's are kept decided."""


class Scopes:
    """How the departments that a visitor is limited to, in full or in short, name documents."""

    def __init__(self, grammar: Grammar) -> None:
        self._grammar = grammar
        self.names = lru_cache(maxsize=MAX_PAIRS_CACHED)(self._names)

    def visible(self, departments: Sequence[str]) -> Callable[[DocumentRecord], bool]:
        """Whether a document is one of these departments'; one of no department is nobody's."""
        return lambda record: (
            bool(record.department)
            and any(self.names(given, record.department) for given in departments)
        )

    def _names(self, given: str, department: str) -> bool:
        """Whether a visitor's department means the one that a document gives.

        A full name means that body, however it is written; a place all within it; short words
        whichever department they would name in a question, were there no other.
        """
        if given == department:
            return True
        asked, body = self._grammar.body(given), self._grammar.body(department)
        if asked.places and not asked.organ:
            inside = set(map(self._grammar.bare, body.places))
            return all(self._grammar.bare(place) in inside for place in asked.places)
        if asked.places and self._grammar.is_whole(asked.organ):
            return self._grammar.same_body(asked, body)
        alone = Directory((department,), self._grammar)
        return any(
            mention.names and mention.text == given and not mention.mistyped
            for mention in alone.mentions(given)
        )
