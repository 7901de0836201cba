"""Files of one conversation alone (对话里的文件): read for it, seen by its user alone.

They are gone with the conversation, unless they are kept: then the library takes them in.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol, TypedDict, Unpack

from assistant.errors import RequestError, UnknownDocument
from assistant.history.own_libraries import OwnLibraries
from assistant.history.store import History
from assistant.text_limits import TITLE
from assistant.types import Answer, AskedFiles, State
from ingest.loaders.page_images import PageImage
from ingest.types.blocks import Block, Form
from ingest.types.library import DocumentRecord, FileReport, Outcome
from ingest.workers.pool import always

MAX_FILES = 20
"""Maximum number of files of one conversation."""
FULL = f"一个对话最多放{MAX_FILES}个文件，请先移除几个，或把文件收入资料库。"
NO_CONVERSATION = "没有这个对话：可能已被删除，或者不是您的。"
NO_FILE = "这个对话里没有这个文件，可能已经移除，请刷新后重试。"


class Order(StrEnum):
    """Which is asked in a conversation that has files (问谁)."""

    FILES_FIRST = "先问本对话的文件"
    FILES = "只问本对话的文件"
    LIBRARY = "只问资料库"


@dataclass(frozen=True, slots=True)
class Where:
    """Where a question is asked: in which conversation, by whom."""

    conversation: str
    user: str
    order: Order = Order.FILES_FIRST


class Asked(TypedDict, total=False):
    """What is known around a question."""

    turns: Sequence[str]
    department: str
    year: int | None
    form: Form | None


class FileReader(Protocol):
    """What is asked of a library, that of a conversation or the one beside it."""

    def add(
        self,
        paths: Sequence[Path],
        *,
        replace: bool = False,
        password: str = "",
        may_go_on: Callable[[], bool] = always,
    ) -> Iterator[FileReport]:
        """Takes files in, one report a file."""

    def documents(self) -> tuple[DocumentRecord, ...]:
        """What it holds."""

    def remove(self, id_or_file: str) -> DocumentRecord:
        """Deletes a document."""

    def original(self, document_id: str) -> bytes | None:
        """The bytes of a document as they were handed in."""

    def blocks(self, document_id: str) -> tuple[Block, ...]:
        """Paragraphs and tables of a document."""

    def page_image(self, document_id: str, page: int) -> PageImage | None:
        """A page of a document as a picture."""

    def stream(self, question: str, **asked: Unpack[Asked]) -> Iterator[str | Answer]:
        """The answer's text as it grows, and at last the answer itself."""


class ConversationFiles:
    """The files of the conversations of whoever asks, `beside` the library that they see.

    `opened` opens the library of a conversation in its folder.
    """

    def __init__(
        self,
        own: OwnLibraries[FileReader],
        history: History,
        opened: Callable[[Path], AbstractContextManager[FileReader]],
        beside: FileReader,
    ) -> None:
        self._own = own
        self._history = history
        self._opened = opened
        self._beside = beside

    def begin(self, title: str, *, user: str) -> str:
        """A new conversation of the user, for a file that comes before any question."""
        return self._history.begin(user, title[: TITLE.length])

    def add(
        self,
        conversation: str,
        paths: Sequence[Path],
        *,
        user: str,
        password: str = "",
        may_go_on: Callable[[], bool] = always,
    ) -> Iterator[FileReport]:
        """Reads files for the user's conversation, one report a file; the same name again is a new
        version."""
        self.sweep()
        with self._reading(self._owned(user, conversation)) as reader:
            if len(reader.documents()) + len(paths) > MAX_FILES:
                raise RequestError(FULL)
            yield from reader.add(paths, replace=True, password=password, may_go_on=may_go_on)

    def of(self, conversation: str, *, user: str) -> tuple[DocumentRecord, ...]:
        """The files of the user's conversation; none of one that is not theirs."""
        if conversation not in self._own.names() or not self._history.owns(user, conversation):
            return ()
        with self._reading(conversation) as reader:
            return reader.documents()

    def remove(self, conversation: str, document_id: str, *, user: str) -> DocumentRecord:
        """Takes a file out of the user's conversation; raises UnknownDocument."""
        record = self._named(user, conversation, document_id)
        with self._reading(conversation) as reader:
            return reader.remove(record.id)

    def keep(
        self,
        conversation: str,
        document_id: str,
        *,
        user: str,
        may_go_on: Callable[[], bool] = always,
    ) -> Iterator[FileReport]:
        """Has the library take a file in; once it holds the file, the conversation lets go of it.

        It goes the way of every file that is handed in, and may be refused as such.
        """
        record = self._named(user, conversation, document_id)
        with self._reading(conversation) as reader, TemporaryDirectory(prefix="jiwen-") as folder:
            path = Path(folder) / record.file.rpartition("/")[2]
            path.write_bytes(reader.original(record.id) or b"")
            for report in self._beside.add([path], may_go_on=may_go_on):
                yield report
                if report.outcome is not Outcome.FAILED:
                    reader.remove(record.id)

    def stream(self, question: str, where: Where, **asked: Unpack[Asked]) -> Iterator[str | Answer]:
        """The answer as it grows, of the files of a conversation, of the library, or of both.

        Where both are asked the library's is shown unless the files tell what is asked.
        """
        order = where.order
        if order is Order.LIBRARY or not self.of(where.conversation, user=where.user):
            yield from self._beside.stream(question, **asked)
            return
        with self._reading(where.conversation) as reader:
            told = (one for one in reader.stream(question, **asked) if isinstance(one, Answer))
            own = replace(next(told), asked_files=AskedFiles.ANSWERED)
        if order is Order.FILES or own.state is State.ANSWERED:
            yield own
            return
        for piece in self._beside.stream(question, **asked):
            yield better_of(own, piece) if isinstance(piece, Answer) else piece

    def blocks(self, document_id: str, *, user: str) -> tuple[Block, ...]:
        """Paragraphs and tables of a file of any of the user's conversations."""
        for conversation in self._own.holding(document_id):
            if self._history.owns(user, conversation):
                with self._reading(conversation) as reader:
                    return reader.blocks(document_id)
        return ()

    def page_image(self, document_id: str, page: int, *, user: str) -> PageImage | None:
        """A page of such a file as a picture, from 1; None where there is no such page."""
        for conversation in self._own.holding(document_id):
            if self._history.owns(user, conversation):
                with self._reading(conversation) as reader:
                    return reader.page_image(document_id, page)
        return None

    def sweep(self) -> None:
        """Deletes what belonged to conversations that are gone."""
        names = self._own.names()
        if names:
            self._own.erase(names - self._history.existing(names))

    def _reading(self, conversation: str) -> AbstractContextManager[FileReader]:
        return self._own.using(conversation, self._opened)

    def _owned(self, user: str, conversation: str) -> str:
        if not self._history.owns(user, conversation):
            raise UnknownDocument(NO_CONVERSATION)
        return conversation

    def _named(self, user: str, conversation: str, document_id: str) -> DocumentRecord:
        for record in self.of(conversation, user=user):
            if record.id == document_id:
                return record
        raise UnknownDocument(NO_FILE)


def better_of(own: Answer, library: Answer) -> Answer:
    """Of two answers to a question, its files' own and the library's, the one to show.

    The library's, unless it has none to give and the files at least quote something.
    """
    if own.state is State.QUOTED and library.abstained:
        return own
    return replace(library, asked_files=AskedFiles.SILENT)
