"""Comments on saved drafts (批注) and drafts shared to be commented on, in the library's database.

A comment stands at words of a paragraph; whoever may read the draft sees it, answers it and can say
that it is settled. A draft is its user's alone until it is shared.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sqlalchemy import (
    Column,
    Connection,
    Integer,
    MetaData,
    Table,
    Text,
    delete,
    func,
    insert,
    select,
    update,
)

from assistant.drafting.types import Paragraph
from assistant.errors import DraftError
from ingest.records.database import OwnTables

MAX_COMMENTS = 500
"""Maximum number of comments on a draft, answers included."""
SCHEMA = MetaData()
COMMENTS = Table(
    "draft_comments",
    SCHEMA,
    Column("number", Integer, primary_key=True),
    Column("draft", Text, nullable=False, index=True),
    Column("thread", Integer, nullable=False),
    Column("paragraph", Integer, nullable=False),
    Column("passage", Text, nullable=False),
    Column("words", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("settled", Text, nullable=False),
)
"""`thread` is the number of the comment that is answered, 0 of that itself; `settled` says by whom
it was settled, "" while it is open."""
SHARED = Table(
    "shared_drafts",
    SCHEMA,
    Column("draft", Text, primary_key=True),
    Column("user", Text, nullable=False),
    Column("by", Text, nullable=False),
)
"""Drafts that others may read and comment on, with whose they are: the id, and the name shown."""


@dataclass(frozen=True, slots=True)
class Remark:
    """What somebody wrote in a comment, and when (UTC)."""

    words: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment with its answers (批注和答复), at the `passage` of a paragraph counted from 1."""

    number: int
    paragraph: int
    passage: str
    remark: Remark
    answers: tuple[Remark, ...] = ()
    settled: str = ""
    """Who said that it is settled; "" while it is open."""


class CommentStore:
    """The comments on all drafts, and which drafts are shared; rights are asked for elsewhere."""

    def __init__(self, tables: OwnTables) -> None:
        self._tables = tables

    # -- sharing -----------------------------------------------------------------------------------

    def share(self, draft: str, *, user: str, by: str, shared: bool) -> None:
        """Lets others read and comment on the user's draft, or no longer."""
        with self._tables.in_turn() as connection:
            connection.execute(delete(SHARED).where(SHARED.c.draft == draft))
            if shared:
                connection.execute(insert(SHARED).values(draft=draft, user=user, by=by))

    def shared(self) -> Mapping[str, tuple[str, str]]:
        """The drafts that are shared, each with the id and the name of whose it is."""
        with self._tables.connected() as connection:
            return {
                row.draft: (row.user, row.by)
                for row in connection.execute(select(SHARED).order_by(SHARED.c.draft))
            }

    # -- comments ----------------------------------------------------------------------------------

    def of(self, draft: str) -> tuple[Comment, ...]:
        """The comments on a draft with their answers, as they were written."""
        query = select(COMMENTS).where(COMMENTS.c.draft == draft).order_by(COMMENTS.c.number)
        found: dict[int, Comment] = {}
        with self._tables.connected() as connection:
            for row in connection.execute(query):
                remark = Remark(row.words, row.by, datetime.fromisoformat(row.at))
                if not row.thread:
                    found[row.number] = Comment(
                        row.number, row.paragraph, row.passage, remark, settled=row.settled
                    )
                elif answered := found.get(row.thread):
                    answers = (*answered.answers, remark)
                    found[row.thread] = replace(answered, answers=answers)
        return tuple(found.values())

    def add(self, draft: str, words: str, *, at: tuple[int, str], by: str) -> None:
        """Keeps a comment at a passage of a paragraph; raises DraftError for too many."""
        with self._tables.in_turn() as connection:
            _write(connection, draft, words, place=(0, *at), by=by)

    def answer(self, draft: str, number: int, words: str, *, by: str) -> None:
        """Keeps an answer to a comment on the draft, which is open again by that."""
        with self._tables.in_turn() as connection:
            _change(connection, draft, number, settled="")
            _write(connection, draft, words, place=(number, 0, ""), by=by)

    def settle(self, draft: str, number: int, *, by: str) -> None:
        """Says of a comment on the draft that it is settled, and by whom; "" opens it again."""
        with self._tables.in_turn() as connection:
            _change(connection, draft, number, settled=by)

    def forget(self, draft: str) -> None:
        """Deletes what belongs to a draft that is no more."""
        with self._tables.in_turn() as connection:
            connection.execute(delete(COMMENTS).where(COMMENTS.c.draft == draft))
            connection.execute(delete(SHARED).where(SHARED.c.draft == draft))


def anchored(comment: Comment, paragraphs: Sequence[Paragraph]) -> int | None:
    """The index of the paragraph that a comment is about now: its own, else one with its passage.

    None where its words are in no paragraph any more.
    """
    own = comment.paragraph - 1
    order = sorted(range(len(paragraphs)), key=lambda index: abs(index - own))
    return next((i for i in order if comment.passage in paragraphs[i].text), None)


def _write(
    connection: Connection, draft: str, words: str, *, place: tuple[int, int, str], by: str
) -> None:
    """A row; `place` is which comment it answers, the paragraph and the passage."""
    mine = COMMENTS.c.draft == draft
    number = connection.scalar(select(func.count()).select_from(COMMENTS).where(mine)) or 0
    if number >= MAX_COMMENTS:
        raise DraftError(f"这份初稿已有{number}条批注和答复，不能再加。")
    thread, paragraph, passage = place
    row = {"draft": draft, "thread": thread, "paragraph": paragraph, "passage": passage}
    row |= {"words": words, "by": by, "at": datetime.now(UTC).isoformat(), "settled": ""}
    connection.execute(insert(COMMENTS).values(**row))


def _change(connection: Connection, draft: str, number: int, *, settled: str) -> None:
    """Raises DraftError where the draft has no such comment."""
    one = (COMMENTS.c.draft == draft, COMMENTS.c.number == number, COMMENTS.c.thread == 0)
    if not connection.execute(update(COMMENTS).where(*one).values(settled=settled)).rowcount:
        raise DraftError("没有这条批注，请刷新后重试。")
