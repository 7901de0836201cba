"""Small libraries of single conversations (对话的资料库): a folder each, open while they are asked.

What is in one reaches no other library, for none of their stores is shared.
"""

import shutil
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Generic, TypeVar

FOLDER = "conversations"
"""The folder inside the library's own that holds those of conversations."""
MAX_OPEN = 8
"""Maximum number of such libraries that stay open while nobody asks them."""
Reader = TypeVar("Reader")


@dataclass(slots=True)
class _Open(Generic[Reader]):
    """A library that is open, and how many are at work with it."""

    reader: Reader
    at_work: int = 0
    closing: ExitStack = field(default_factory=ExitStack)


class OwnLibraries(Generic[Reader]):
    """The libraries of conversations under one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / FOLDER
        self._open: OrderedDict[str, _Open[Reader]] = OrderedDict()
        self._lock = Lock()

    @contextmanager
    def using(
        self, conversation: str, opened: Callable[[Path], AbstractContextManager[Reader]]
    ) -> Iterator[Reader]:
        """The library of a conversation, which `opened` opens, made where there is none.

        It stays open meanwhile.
        """
        with self._lock:
            one = self._open.get(conversation) or self._opened(conversation, opened)
            self._open.move_to_end(conversation)
            one.at_work += 1
        try:
            yield one.reader
        finally:
            with self._lock:
                one.at_work -= 1
                if self._open.get(conversation) is not one and not one.at_work:
                    one.closing.close()  # the conversation is gone meanwhile
                self._close_idle(MAX_OPEN)

    def names(self) -> frozenset[str]:
        """The conversations that have a library."""
        try:
            return frozenset(path.name for path in self._folder.iterdir())
        except OSError:
            return frozenset()

    def holding(self, document_id: str) -> Iterator[str]:
        """The conversations whose library has a document of this id."""
        if document_id.isalnum():  # and no way into another folder
            for name in self.names():
                if (self._folder / name / "files" / document_id).exists():
                    yield name

    def erase(self, conversations: Iterable[str]) -> None:
        """Deletes the libraries of conversations with all that is in them."""
        for name in conversations:
            with self._lock:
                one = self._open.pop(name, None)
                if one and not one.at_work:
                    one.closing.close()
                shutil.rmtree(self._folder / name, ignore_errors=True)

    def close(self) -> None:
        """Closes those that nobody is at work with."""
        with self._lock:
            self._close_idle(0)

    def _opened(
        self, conversation: str, opened: Callable[[Path], AbstractContextManager[Reader]]
    ) -> _Open[Reader]:
        closing = ExitStack()
        reader = closing.enter_context(opened(self._folder / conversation))
        self._open[conversation] = one = _Open(reader, closing=closing)
        return one

    def _close_idle(self, kept: int) -> None:
        idle = [name for name, one in self._open.items() if not one.at_work]
        for name in idle[: max(len(idle) - kept, 0)]:
            self._open.pop(name).closing.close()
