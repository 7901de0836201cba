"""What REST, the OpenAI-compatible API, MCP and the page share: the Assistant as a visitor may use
it."""

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

from assistant.accounts.accounts import Accounts
from assistant.accounts.permissions import LOCAL, Right, Visitor
from assistant.dashboard.board import Choice
from assistant.errors import NotSignedIn
from assistant.server.permitted import PermittedAssistant, Visit
from assistant.server.work_lanes import WorkLanes
from assistant.service import Assistant
from assistant.subscriptions.service import Subscriptions
from assistant.subscriptions.types import Look

MAX_VIEWS = 32
"""Maximum number of different choices of departments that are kept ready."""


class Gateway:
    """One library with its users; REST, the OpenAI-compatible API, MCP and the page go through."""

    def __init__(
        self, assistant: Assistant, accounts: Accounts, work: WorkLanes | None = None
    ) -> None:
        self.accounts = accounts
        self.work = work or WorkLanes()
        self._assistant = assistant
        self._views: OrderedDict[tuple[tuple[str, ...], frozenset[str]], Assistant] = OrderedDict()
        self._lock = Lock()

    def close(self) -> None:
        """Ends the work in progress and closes the accounts."""
        self.work.close()
        self.accounts.close()

    def enter(self, visitor: Visitor, right: Right) -> PermittedAssistant:
        """The Assistant over what the visitor may see; raises AccessDenied without the right.

        So a request is refused before anything is done for it; each use asks for its own right
        beside, and is written down as `permitted` says.
        """
        permitted = self.for_page(lambda: visitor)
        permitted.require(right)
        return permitted

    def for_page(self, present: Callable[[], Visitor]) -> PermittedAssistant:
        """The Assistant for the page: each use of it is that of the visitor then present."""
        return PermittedAssistant(Visit(present, self._view, self.accounts.activity_log.add))

    def count(self) -> int:
        """How many documents the library holds, whoever may see them."""
        return self._assistant.count()

    def insider(self) -> Visitor:
        """Who acts where no request is at hand; raises NotSignedIn where there are users."""
        if self.accounts.any():
            raise NotSignedIn("请先登录。")
        self.accounts.must_never_have_had_users()
        return LOCAL

    @property
    def subscriptions(self) -> Subscriptions:
        """The subscriptions of all users, for who tells them; visitors have `for_page`."""
        return self._assistant.subscriptions

    def look(self, user: str, choice: Choice) -> Look | None:
        """What a user by id sees of a choice; None for who is no user now or may not."""
        visitor = self._visitor(user)
        if visitor is None or not visitor.may(Right.AUDIT):
            return None
        view = self._view(visitor)
        files = {record.id: record.file for record in view.documents()}
        return Look(view.board(choice), files, visitor.departments)

    def scope_of(self, user: str) -> tuple[str, ...] | None:
        """The departments that a user may be told of, () for all; None for who may not be told."""
        visitor = self._visitor(user)
        return visitor.departments if visitor and visitor.may(Right.AUDIT) else None

    def _visitor(self, user: str) -> Visitor | None:
        if not user:
            return None if self.accounts.any() else LOCAL
        known = (one for one in self.accounts.users() if one.id == user and one.active)
        return next((one.visitor for one in known), None)

    def _view(self, visitor: Visitor) -> Assistant:
        """The Assistant over the departments of the visitor; the latest views are kept ready."""
        if not visitor.departments:
            return self._assistant
        key = visitor.departments, self.accounts.limits()
        with self._lock:
            view = self._views.get(key)
            if view is None:
                view = self._assistant.seen_by(visitor.departments, beside=key[1])
                self._views[key] = view
            self._views.move_to_end(key)
            while len(self._views) > MAX_VIEWS:
                self._views.popitem(last=False)
        return view
