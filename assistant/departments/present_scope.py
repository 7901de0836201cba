"""What may still be read of what was made earlier (现在的可见范围): decided whenever it is read."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from assistant.types import Citation


class Made(Protocol):
    """An answer or a draft."""

    @property
    def citations(self) -> Sequence[Citation]:
        """What it cites."""

    @property
    def limited_to(self) -> Sequence[str] | None:
        """The departments it was made from, () for all, None where that is not known."""


@dataclass(frozen=True, slots=True)
class PresentScope:
    """The departments somebody is limited to now, () for all, and whether they see a document."""

    departments: Sequence[str]
    sees: Callable[[str], bool]

    def shows(self, made: Made) -> bool:
        """Whether they may read it now.

        What was made from departments that they still see all of, they may, also where its
        documents are gone since. Of all else only what shows the documents it rests on, if they
        see every one of them.
        """
        if not self.departments:
            return True
        if made.limited_to and set(made.limited_to) <= set(self.departments):
            return True
        cited = {citation.document_id for citation in made.citations}
        return bool(cited) and all(map(self.sees, cited))
