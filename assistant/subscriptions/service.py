"""What is done with subscriptions (订阅): made, ended, looked after, told."""

from collections.abc import Callable, Hashable

from assistant.dashboard.board import Choice
from assistant.errors import SubscriptionError
from assistant.subscriptions.changes import Snapshot, changes, told
from assistant.subscriptions.outlets import Outlets
from assistant.subscriptions.store import SubscriptionStore
from assistant.subscriptions.types import Channel, Look, Notice, Subscription, covers
from assistant.text_limits import VIEW, WAY_OUT

Looks = Callable[[str, Choice], Look | None]
"""What a user, by id, sees of a choice now; None for who is no user or may not any more."""

Scopes = Callable[[str], tuple[str, ...] | None]
"""The departments that a user, by id, may be told of now, () for all; None for who may not be."""


def always() -> bool:
    """Goes on to the end."""
    return True


class Subscriptions:
    """The subscriptions over one library; those who see only `scope` are told of no more."""

    def __init__(
        self,
        store: SubscriptionStore,
        outlets: Outlets,
        *,
        state: Callable[[], Hashable],
        scope: tuple[str, ...],
    ) -> None:
        self._store = store
        self._outlets = outlets
        self._scope = scope
        self.state = state
        """What changes whenever there may be something to tell."""

    def channels(self) -> tuple[Channel, ...]:
        """The ways of telling that the settings offer."""
        return self._outlets.channels

    def subscribe(
        self, name: str, choice: Choice, *, channel: Channel, address: str = "", user: str = ""
    ) -> Subscription:
        """Has the user told what changes in a choice; raises SubscriptionError."""
        words = VIEW.accepted(" ".join(name.split())[: VIEW.length]) or "全部资料"
        where = self._outlets.accepted(channel, WAY_OUT.accepted(address))
        return self._store.add(Subscription(0, user, words, choice, channel, where))

    def all(self, *, user: str = "") -> tuple[Subscription, ...]:
        """The user's subscriptions."""
        return self._store.all(user=user)

    def unsubscribe(self, number: int, *, user: str = "") -> bool:
        """Ends a subscription of the user; False if there is none."""
        return self._store.drop(number, user=user)

    def notices(self, *, user: str = "") -> tuple[Notice, ...]:
        """What the user is told on the page and may see now, the newest first."""
        return tuple(
            notice for notice, under in self._store.notices(user=user) if covers(self._scope, under)
        )

    def read(self, *, user: str = "") -> None:
        """The user has read all notices."""
        self._store.read(user=user)

    # -- by the program itself ---------------------------------------------------------------------

    def look(self, looks: Looks) -> bool:
        """Looks at what is subscribed and has told what changed; False where more is to come."""
        complete = True
        for subscription in self._store.all():
            seen = looks(subscription.user, subscription.choice)
            if seen is None:
                continue
            if not seen.board.audited:
                complete = False
                continue
            self._told(subscription, seen)
        return complete

    def _told(self, subscription: Subscription, look: Look) -> None:
        """What a first look shows, or one under other departments, is told by none."""
        new = Snapshot.of(look)
        under, packed = self._store.seen(subscription.number)
        message = None
        if packed is not None and under == look.scope:
            lines = changes(Snapshot.unpacked(packed), new)
            if not lines:
                return
            message = (f"绩问：“{subscription.name}”有{len(lines)}处变化", told(lines))
        self._store.look(subscription, new.packed(), look.scope, message)

    def deliver(self, scopes: Scopes, *, going_on: Callable[[], bool] = always) -> int:
        """Sends what is due, to who may be told it now; how many went out."""
        sent = 0
        for delivery in self._store.due():
            if not going_on():
                break
            scope = scopes(delivery.user)
            if scope is None or not covers(scope, delivery.scope):
                self._store.withdraw(delivery)
                continue
            self._store.begin(delivery)
            try:
                self._outlets.send(delivery)
            except SubscriptionError as error:
                self._store.failed(delivery, str(error))
            else:
                self._store.sent(delivery)
                sent += 1
        return sent
