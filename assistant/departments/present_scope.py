"""What may still be read of what was made earlier (现在的可见范围): decided whenever it is read."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from assistant.departments.directory import Directory
from assistant.types import Citation
from ingest.types.library import DocumentRecord


class Made(Protocol):
    """An answer or a draft."""

    @property
    def text(self) -> str:
        """What it says."""

    @property
    def citations(self) -> Sequence[Citation]:
        """What it cites."""

    @property
    def limited_to(self) -> Sequence[str] | None:
        """The departments it was made from, () for all, None where that is not known."""


class Holdings(Protocol):
    """What records tell of documents."""

    def document(self, document_id: str) -> DocumentRecord | None:
        """The document of this id."""

    def departments(self) -> Sequence[str]:
        """Every department that any document reports on."""


class WholeScope:
    """The scope of who is limited to no departments."""

    departments: tuple[str, ...] = ()

    def shows(self, made: Made) -> bool:
        """Whether they may read it now: all, whatever it was made from."""
        return True


@dataclass(frozen=True, slots=True)
class PresentScope:
    """The scope of who is limited to `departments`.

    `seen` are the records that they see now, `whole` those of the library, and `directory` tells
    who is meant by the names in a text, among all departments of the library.
    """

    departments: tuple[str, ...]
    seen: Holdings
    whole: Holdings
    directory: Callable[[], Directory]

    def shows(self, made: Made) -> bool:
        """Whether they may read it now.

        Nothing that cites a document that is another department's by now. Else what was made from
        departments that they still see all of, also where its documents are gone since; and of
        what was made from more, or nobody knows from what, only what cites documents, all of which
        they see, and speaks of no other department.
        """
        cited = {citation.document_id for citation in made.citations}
        unseen = {id for id in cited if self.seen.document(id) is None}
        if any(self.whole.document(id) for id in unseen):
            return False
        if made.limited_to and set(made.limited_to) <= set(self.departments):
            return True
        return bool(cited) and not unseen and not self._speaks_of_others(made.text)

    def _speaks_of_others(self, text: str) -> bool:
        """Whether a text names a department whose documents they do not see."""
        directory, seen = self.directory(), set(self.seen.departments())
        return any(
            not any(seen.intersection(directory.members(name)) for name in mention.names)
            for mention in directory.mentions(text)
            if mention.names
        )
