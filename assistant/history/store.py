"""Conversations (问答历史) with citations and feedback, listed and searched, in the database.

An answer is stored whole, so it is shown again exactly as it was, with its citations. Everything
belongs to the id of one user, "" where nobody logs in, and is seen by that user alone.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from itertools import islice
from json import dumps, loads
from uuid import uuid4

from sqlalchemy import (
    Column,
    Connection,
    ForeignKey,
    Integer,
    MetaData,
    Row,
    Select,
    Table,
    Text,
    delete,
    func,
    insert,
    select,
    update,
)

from assistant.errors import HistoryError
from assistant.history.types import Conversation, Feedback, FeedbackKind, Turn
from assistant.types import Answer, State
from ingest.records.codec import decode, encode
from ingest.records.database import OwnTables
from ingest.records.rows import folded

MAX_CONVERSATIONS = 500
"""Maximum number of stored conversations of a user; the one longest untouched goes first."""
MAX_LISTED = 50
"""Maximum number of conversations that a list and of turns that a search holds by default."""
MAX_TURNS = 200
"""Maximum number of turns of one conversation that are read by default, the latest."""
ROWS_AT_ONCE = 50
"""How many turns the database hands over at a time where it is not known how many are needed."""

SCHEMA = MetaData()
CONVERSATIONS = Table(
    "conversations",
    SCHEMA,
    Column("number", Integer, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("user", Text, nullable=False, index=True),
    Column("title", Text, nullable=False),
    Column("begun", Text, nullable=False),
    Column("changed", Text, nullable=False),
    Column("pinned", Integer, nullable=False, server_default="0"),
)
TURNS = Table(
    "turns",
    SCHEMA,
    Column("number", Integer, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column(
        "conversation",
        Text,
        ForeignKey("conversations.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    Column("said", Text, nullable=False),
    Column("answer", Text, nullable=False),
    Column("asked", Text, nullable=False),
    Column("feedback", Text, nullable=False, index=True),
    Column("note", Text, nullable=False),
)
"""`said` is question and answer folded, to be searched; times are UTC in ISO 8601."""
_LATEST = (
    CONVERSATIONS.c.pinned.desc(),
    CONVERSATIONS.c.changed.desc(),
    CONVERSATIONS.c.number.desc(),
)
"""The order of lists, and of what is kept longest."""


class History:
    """The conversations of all users. Raises HistoryError where the database cannot be used."""

    def __init__(self, url: str) -> None:
        self._tables = OwnTables(url, SCHEMA, "问答历史", HistoryError)

    def close(self) -> None:
        """Gives the connections back."""
        self._tables.close()

    def record(self, user: str, conversation: str, answer: Answer) -> Turn:
        """Adds a turn to the user's conversation; an id that is not theirs begins a new one."""
        id, asked = uuid4().hex, datetime.now(UTC)
        now = _utc_text(asked)
        with self._tables.connected() as connection:
            named = CONVERSATIONS.c.user == user, CONVERSATIONS.c.id == conversation
            touched = update(CONVERSATIONS).where(*named).values(changed=now)
            if not connection.execute(touched).rowcount:
                conversation = uuid4().hex
                _insert(connection, conversation, user, answer.question, now)
            connection.execute(
                insert(TURNS).values(
                    id=id,
                    conversation=conversation,
                    said=folded(f"{answer.question}\n{answer.text}"),
                    answer=encode(answer),
                    asked=now,
                    feedback="",
                    note="",
                )
            )
        return Turn(id, conversation, user, asked, answer)

    def begin(self, user: str, title: str) -> str:
        """A new conversation of the user in which nothing is asked yet; its id."""
        id, now = uuid4().hex, _utc_text(datetime.now(UTC))
        with self._tables.connected() as connection:
            _insert(connection, id, user, title, now)
        return id

    def owns(self, user: str, conversation: str) -> bool:
        """Whether there is such a conversation of the user."""
        named = CONVERSATIONS.c.user == user, CONVERSATIONS.c.id == conversation
        with self._tables.connected() as connection:
            return bool(connection.scalars(select(CONVERSATIONS.c.number).where(*named)).all())

    def existing(self, conversations: Iterable[str]) -> frozenset[str]:
        """Those of the conversations that there are, whoever's."""
        query = select(CONVERSATIONS.c.id).where(CONVERSATIONS.c.id.in_([*conversations]))
        with self._tables.connected() as connection:
            return frozenset(connection.scalars(query))

    def conversations(self, user: str, *, limit: int = MAX_LISTED) -> tuple[Conversation, ...]:
        """The user's conversations, the pinned first, then the one touched last."""
        count = (
            select(func.count()).where(TURNS.c.conversation == CONVERSATIONS.c.id).scalar_subquery()
        )
        query = (
            select(CONVERSATIONS, count.label("turns"))
            .where(CONVERSATIONS.c.user == user)
            .order_by(*_LATEST)
            .limit(limit)
        )
        with self._tables.connected() as connection:
            return tuple(
                Conversation(
                    row.id,
                    row.user,
                    row.title,
                    datetime.fromisoformat(row.begun),
                    datetime.fromisoformat(row.changed),
                    row.turns,
                    bool(row.pinned),
                )
                for row in connection.execute(query)
            )

    def rename(self, user: str, conversation: str, title: str) -> bool:
        """Gives the user's conversation another title; False if it is not theirs."""
        return self._set(user, conversation, title=title)

    def pin(self, user: str, conversation: str, *, pinned: bool) -> bool:
        """Puts the user's conversation above the others, or back; False if it is not theirs."""
        return self._set(user, conversation, pinned=int(pinned))

    def turns(self, user: str, conversation: str, *, limit: int = MAX_TURNS) -> tuple[Turn, ...]:
        """The latest turns of the user's conversation, in order; none if it is not theirs."""
        named = CONVERSATIONS.c.user == user, CONVERSATIONS.c.id == conversation
        newest = _turns().where(*named).order_by(TURNS.c.number.desc()).limit(limit)
        return self._read(newest)[::-1]

    def search(
        self,
        user: str,
        words: str,
        *,
        limit: int = MAX_LISTED,
        shows: Callable[[Answer], bool] = lambda answer: True,
    ) -> tuple[Turn, ...]:
        """The user's turns that say every one of the words, newest first.

        An answer that `shows` is not true of says nothing; its question does.
        """
        sought = [folded(word) for word in words.split()]
        query = _turns().where(CONVERSATIONS.c.user == user)
        for word in sought:
            query = query.where(TURNS.c.said.contains(word, autoescape=True))

        def says(turn: Turn) -> bool:
            question = folded(turn.answer.question)
            return shows(turn.answer) or all(word in question for word in sought)

        return self._newest(query, says, limit)

    def rate(self, user: str, turn: str, kind: FeedbackKind, note: str = "") -> bool:
        """Stores the user's feedback on a turn, in place of earlier; False if it is not theirs."""
        conversations = select(CONVERSATIONS.c.id).where(CONVERSATIONS.c.user == user)
        query = update(TURNS).where(TURNS.c.id == turn, TURNS.c.conversation.in_(conversations))
        with self._tables.connected() as connection:
            result = connection.execute(query.values(feedback=kind.value, note=note))
            return result.rowcount > 0

    def rated(
        self, *, limit: int = MAX_LISTED, shows: Callable[[Answer], bool] = lambda answer: True
    ) -> tuple[Turn, ...]:
        """Turns of all users with feedback, newest first: for those who look after the library.

        One whose answer `shows` is not true of is left out.
        """
        query = _turns().where(TURNS.c.feedback != "")
        return self._newest(query, lambda turn: shows(turn.answer), limit)

    def forget(self, user: str, conversation: str = "", *, before: datetime | None = None) -> int:
        """Deletes a conversation of the user, or all of them, if untouched since `before`.

        Returns how many were deleted; the database overwrites their texts.
        """
        query = delete(CONVERSATIONS).where(CONVERSATIONS.c.user == user)
        if conversation:
            query = query.where(CONVERSATIONS.c.id == conversation)
        if before is not None:
            query = query.where(CONVERSATIONS.c.changed < _utc_text(before))
        with self._tables.connected() as connection:
            return connection.execute(query).rowcount

    def _set(self, user: str, conversation: str, **values: object) -> bool:
        named = CONVERSATIONS.c.user == user, CONVERSATIONS.c.id == conversation
        with self._tables.connected() as connection:
            changed = update(CONVERSATIONS).where(*named).values(**values)
            return connection.execute(changed).rowcount > 0

    # -- within ----------------------------------------------------------------------------------

    def _newest(
        self, query: Select[tuple[object, ...]], wanted: Callable[[Turn], bool], limit: int
    ) -> tuple[Turn, ...]:
        """The newest turns that are wanted; no more are read than it takes."""
        newest = query.order_by(TURNS.c.number.desc()).execution_options(yield_per=ROWS_AT_ONCE)
        with self._tables.connected() as connection:
            return tuple(islice(filter(wanted, map(_turn, connection.execute(newest))), limit))

    def _read(self, query: Select[tuple[object, ...]]) -> tuple[Turn, ...]:
        with self._tables.connected() as connection:
            return tuple(_turn(row) for row in connection.execute(query))


def _turns() -> Select[tuple[object, ...]]:
    return select(TURNS, CONVERSATIONS.c.user).join(CONVERSATIONS)


def _turn(row: Row[tuple[object, ...]]) -> Turn:
    feedback = Feedback(FeedbackKind(row.feedback), row.note) if row.feedback else None
    asked = datetime.fromisoformat(row.asked)
    return Turn(row.id, row.conversation, row.user, asked, _kept(row.answer), feedback)


def _kept(text: str) -> Answer:
    """A stored answer; before 0.4 it said only whether it had abstained."""
    contents = loads(text)
    if "state" not in contents:
        state = State.REFUSED if contents.pop("abstained") else State.ANSWERED
        text = dumps({**contents, "state": state})
    return decode(Answer, text)


def _insert(connection: Connection, id: str, user: str, title: str, now: str) -> None:
    begun = {"title": title, "begun": now, "changed": now}
    connection.execute(insert(CONVERSATIONS).values(id=id, user=user, **begun))
    _drop_oldest(connection, user)


def _drop_oldest(connection: Connection, user: str) -> None:
    latest = (
        select(CONVERSATIONS.c.number)
        .where(CONVERSATIONS.c.user == user)
        .order_by(*_LATEST)
        .limit(MAX_CONVERSATIONS)
    )
    connection.execute(
        delete(CONVERSATIONS).where(
            CONVERSATIONS.c.user == user, CONVERSATIONS.c.number.not_in(latest)
        )
    )


def _utc_text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
