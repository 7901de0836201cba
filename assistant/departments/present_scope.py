"""What may still be read of what was made earlier (现在的可见范围): decided whenever it is read."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from assistant.types import Citation
from ingest.types.library import DocumentRecord


class Made(Protocol):
    """An answer or a draft."""

    @property
    def citations(self) -> Sequence[Citation]:
        """What it cites."""

    @property
    def revision(self) -> int:
        """Which state of the library it was made from."""

    @property
    def limited_to(self) -> Sequence[str] | None:
        """The departments it was made from, () for all, None where that is not known."""


class Documents(Protocol):
    """What records tell of documents."""

    def document(self, document_id: str) -> DocumentRecord | None:
        """The document of this id."""

    def departed(self, document_id: str) -> str | None:
        """Whose a document is that has left; None where none of this id has."""

    def moved(self) -> Mapping[str, int]:
        """Departments of which a document became another's, each with the last such revision."""


class WholeScope:
    """The scope of who is limited to no departments."""

    departments: tuple[str, ...] = ()

    def shows(self, made: Made) -> bool:
        """Whether they may read it now: all, whatever it was made from."""
        return True


@dataclass(frozen=True, slots=True)
class PresentScope:
    """The scope of who is limited to `departments`, told by `is_theirs`.

    `seen` are the records that they see now, `whole` those of the library.
    """

    departments: tuple[str, ...]
    is_theirs: Callable[[str], bool]
    seen: Documents
    whole: Documents

    def shows(self, made: Made) -> bool:
        """Whether they may read it now: where it was made from nothing but what is theirs.

        What was made when they saw more may tell of that in any of its words. What cites a
        document goes with it where that is another's by now; what cites none, and may be a list of
        them, where any became another's since. Of what older programs made, it is not known from
        which departments: that may be read whose documents are all seen.
        """
        cited = {citation.document_id for citation in made.citations}
        if made.limited_to is None:
            return bool(cited) and all(map(self.seen.document, cited))
        if not made.limited_to or not all(map(self.is_theirs, made.limited_to)):
            return False
        if cited:
            return not any(map(self._is_anothers, cited))
        moves = self.whole.moved().items()
        return not any(made.revision < at and self.is_theirs(name) for name, at in moves)

    def _is_anothers(self, document_id: str) -> bool:
        """Whether a document, there or gone, is known to be another department's now."""
        if self.seen.document(document_id):
            return False
        if self.whole.document(document_id):
            return True
        department = self.whole.departed(document_id)
        return department is not None and not self.is_theirs(department)
