"""Subscriptions, notices and the queue of what goes out (待发队列), in the library's database.

What waits survives a restart; what fails is tried again later and later, and given up at last.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from json import dumps, loads

from sqlalchemy import (
    Column,
    Integer,
    LargeBinary,
    MetaData,
    Row,
    Table,
    Text,
    delete,
    func,
    insert,
    select,
    update,
)

from assistant.dashboard.board import Choice
from assistant.errors import SubscriptionError
from assistant.subscriptions.types import (
    Channel,
    Delivery,
    DeliveryState,
    Notice,
    Subscription,
)
from ingest.records.codec import decode, encode
from ingest.records.database import OwnTables

MAX_SUBSCRIPTIONS = 20
"""Maximum number of subscriptions of a user."""
MAX_NOTICES = 100
"""Maximum number of notices that are kept for a user, the newest."""
BACK_OFF_SECONDS = (60, 300, 1800, 7200, 21600)
"""Seconds after each failed try until the next one; after the last it is given up."""
KEPT_SECONDS = 30 * 24 * 3600
"""Time after which what was sent or given up is forgotten."""
SCHEMA = MetaData()
SUBSCRIPTIONS = Table(
    "subscriptions",
    SCHEMA,
    Column("number", Integer, primary_key=True),
    Column("user", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("choice", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("scope", Text, nullable=False),
    Column("seen", LargeBinary),
)
"""`seen` is the snapshot of the last look, under the departments of `scope`."""
NOTICES = Table(
    "notices",
    SCHEMA,
    Column("number", Integer, primary_key=True),
    Column("user", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("choice", Text, nullable=False),
    Column("scope", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("read", Integer, nullable=False),
)
DELIVERIES = Table(
    "deliveries",
    SCHEMA,
    Column("number", Integer, primary_key=True),
    Column("user", Text, nullable=False),
    Column("subscription", Integer, nullable=False),
    Column("channel", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("scope", Text, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("due", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("problem", Text, nullable=False),
)
"""`due` is in seconds since 1970."""


class SubscriptionStore:
    """The subscriptions of all users. Raises SubscriptionError where the database fails.

    `now` gives the seconds since 1970.
    """

    def __init__(self, url: str, now: Callable[[], float] = time.time) -> None:
        self._tables = OwnTables(url, SCHEMA, "订阅和消息", SubscriptionError)
        self._now = now

    def close(self) -> None:
        """Closes the connections to the database."""
        self._tables.close()

    # -- subscriptions -----------------------------------------------------------------------------

    def add(self, wanted: Subscription) -> Subscription:
        """Keeps a subscription; raises SubscriptionError for too many."""
        theirs = SUBSCRIPTIONS.c.user == wanted.user
        row = {"user": wanted.user, "name": wanted.name, "choice": encode(wanted.choice)}
        row |= {"channel": wanted.channel.value, "address": wanted.address, "scope": "[]"}
        with self._tables.in_turn() as connection:
            count = select(func.count()).select_from(SUBSCRIPTIONS).where(theirs)
            if (connection.scalar(count) or 0) >= MAX_SUBSCRIPTIONS:
                raise SubscriptionError(f"订阅最多{MAX_SUBSCRIPTIONS}个，请先取消不用的。")
            done = connection.execute(insert(SUBSCRIPTIONS).values(**row))
        (number,) = done.inserted_primary_key or (0,)
        return replace(wanted, number=number)

    def all(self, *, user: str | None = None) -> tuple[Subscription, ...]:
        """The subscriptions of a user, of all users where none is given."""
        query = select(SUBSCRIPTIONS).order_by(SUBSCRIPTIONS.c.number)
        if user is not None:
            query = query.where(SUBSCRIPTIONS.c.user == user)
        last = select(func.max(DELIVERIES.c.number)).where(
            DELIVERIES.c.state != DeliveryState.WAITING.value
        )
        newest = select(DELIVERIES.c.subscription, DELIVERIES.c.problem).where(
            DELIVERIES.c.number.in_(last.group_by(DELIVERIES.c.subscription))
        )
        with self._tables.connected() as connection:
            problems = {row.subscription: row.problem for row in connection.execute(newest)}
            rows = connection.execute(query).all()
        return tuple(_subscription(row, problems.get(row.number, "")) for row in rows)

    def drop(self, number: int, *, user: str) -> bool:
        """Ends a subscription of the user, and what of it waits; False if there is none."""
        theirs = SUBSCRIPTIONS.c.number == number, SUBSCRIPTIONS.c.user == user
        with self._tables.in_turn() as connection:
            gone = connection.execute(delete(SUBSCRIPTIONS).where(*theirs)).rowcount
            if gone:
                connection.execute(delete(DELIVERIES).where(DELIVERIES.c.subscription == number))
        return bool(gone)

    def seen(self, number: int) -> tuple[tuple[str, ...], bytes | None]:
        """What the last look showed, and under which departments; None before the first."""
        query = select(SUBSCRIPTIONS).where(SUBSCRIPTIONS.c.number == number)
        with self._tables.connected() as connection:
            row = connection.execute(query).first()
        return ((), None) if row is None else (tuple(loads(row.scope)), row.seen)

    # -- telling -----------------------------------------------------------------------------------

    def look(
        self,
        subscription: Subscription,
        snapshot: bytes,
        scope: tuple[str, ...],
        told: tuple[str, str] | None = None,
    ) -> None:
        """Keeps a look and what there is to tell of it, subject and text: both or nothing."""
        number, user = subscription.number, subscription.user
        under = dumps(scope, ensure_ascii=False)
        with self._tables.in_turn() as connection:
            kept = update(SUBSCRIPTIONS).where(SUBSCRIPTIONS.c.number == number)
            if not connection.execute(kept.values(seen=snapshot, scope=under)).rowcount:
                return  # it was ended meanwhile
            if told is None:
                return
            row = {"user": user, "subject": told[0], "body": told[1], "scope": under}
            notice = {"choice": encode(subscription.choice), "at": _iso(self._now()), "read": 0}
            connection.execute(insert(NOTICES).values(**row, **notice))
            theirs = select(NOTICES.c.number).where(NOTICES.c.user == user)
            kept_ones = theirs.order_by(NOTICES.c.number.desc()).limit(MAX_NOTICES)
            oldest = connection.scalars(kept_ones).all()[-1]
            old = NOTICES.c.user == user, NOTICES.c.number < oldest
            connection.execute(delete(NOTICES).where(*old))
            if subscription.channel is not Channel.PAGE:
                way = {"channel": subscription.channel.value, "address": subscription.address}
                state = {"state": DeliveryState.WAITING.value, "problem": ""}
                queued = {"subscription": number, "tries": 0, "due": int(self._now()), **state}
                connection.execute(insert(DELIVERIES).values(**row, **way, **queued))

    def notices(self, *, user: str) -> tuple[tuple[Notice, tuple[str, ...]], ...]:
        """The user's notices, the newest first, each with the departments that it may tell of."""
        query = select(NOTICES).where(NOTICES.c.user == user).order_by(NOTICES.c.number.desc())
        with self._tables.connected() as connection:
            rows = connection.execute(query).all()
        return tuple((_notice(row), tuple(loads(row.scope))) for row in rows)

    def read(self, *, user: str) -> None:
        """All notices of the user have been read."""
        with self._tables.in_turn() as connection:
            connection.execute(update(NOTICES).where(NOTICES.c.user == user).values(read=1))

    # -- the queue ---------------------------------------------------------------------------------

    def due(self, *, limit: int = 20) -> tuple[Delivery, ...]:
        """What is to be sent now, what waits longest first."""
        waiting = DELIVERIES.c.state == DeliveryState.WAITING.value
        query = select(DELIVERIES).where(waiting, DELIVERIES.c.due <= int(self._now()))
        with self._tables.connected() as connection:
            rows = connection.execute(query.order_by(DELIVERIES.c.due).limit(limit)).all()
        return tuple(
            Delivery(
                row.number,
                row.user,
                Channel(row.channel),
                row.address,
                row.subject,
                row.body,
                tuple(loads(row.scope)),
                row.tries,
            )
            for row in rows
        )

    def sent(self, delivery: Delivery) -> None:
        """It went out; what was done with long ago is forgotten."""
        self._done(delivery, DeliveryState.SENT, "")

    def withdraw(self, delivery: Delivery) -> None:
        """It is not sent, for its user may not be told any more."""
        with self._tables.in_turn() as connection:
            connection.execute(delete(DELIVERIES).where(DELIVERIES.c.number == delivery.number))

    def begin(self, delivery: Delivery) -> None:
        """It is about to be sent: written down before, or a full disk would send it on and on."""
        wait = BACK_OFF_SECONDS[min(delivery.tries, len(BACK_OFF_SECONDS) - 1)]
        values = {"tries": delivery.tries + 1, "due": int(self._now()) + wait}
        self._change(delivery, values)

    def failed(self, delivery: Delivery, problem: str) -> None:
        """It did not go out: it waits for the next try, or is given up after the last."""
        if delivery.tries >= len(BACK_OFF_SECONDS):
            self._done(delivery, DeliveryState.FAILED, problem)
        else:
            self._change(delivery, {"problem": problem})

    def _change(self, delivery: Delivery, values: Mapping[str, object]) -> None:
        one = update(DELIVERIES).where(DELIVERIES.c.number == delivery.number)
        with self._tables.in_turn() as connection:
            connection.execute(one.values(**values))

    def _done(self, delivery: Delivery, state: DeliveryState, problem: str) -> None:
        one = update(DELIVERIES).where(DELIVERIES.c.number == delivery.number)
        old = DELIVERIES.c.due < int(self._now()) - KEPT_SECONDS
        with self._tables.in_turn() as connection:
            connection.execute(one.values(state=state.value, problem=problem))
            finished = DELIVERIES.c.state != DeliveryState.WAITING.value
            connection.execute(delete(DELIVERIES).where(finished, old))


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")


def _subscription(row: "Row[tuple[object, ...]]", problem: str) -> Subscription:
    choice, channel = decode(Choice, row.choice), Channel(row.channel)
    return Subscription(row.number, row.user, row.name, choice, channel, row.address, problem)


def _notice(row: "Row[tuple[object, ...]]") -> Notice:
    at = datetime.fromisoformat(row.at)
    return Notice(row.subject, row.body, decode(Choice, row.choice), at, bool(row.read))
