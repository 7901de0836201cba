"""What every door of the web app shares: the Assistant as the visitor may see it, and the log."""

from collections import OrderedDict
from collections.abc import Mapping
from threading import Lock

from assistant.accounts.accounts import Accounts
from assistant.accounts.permissions import LOCAL, Right, Visitor
from assistant.errors import NotSignedIn
from assistant.service import Assistant

REMEMBERED = 32
"""So many different choices of departments are kept ready."""
NEEDED: Mapping[str, Right] = {
    "add": Right.UPLOAD,
    "remove": Right.REMOVE,
    "correct": Right.CORRECT,
    "withdraw": Right.CORRECT,
    "audit": Right.AUDIT,
    "board": Right.AUDIT,
    "totals": Right.AUDIT,
    "draft": Right.DRAFT,
    "docx": Right.DRAFT,
    "drafts": Right.DRAFT,
    "recheck": Right.DRAFT,
    "feedback_given": Right.ADMINISTER,
    "condition": Right.ADMINISTER,
    "rules_in_force": Right.ADMINISTER,
    "verify_store": Right.ADMINISTER,
    "warm_up": Right.ADMINISTER,
    "close": Right.ADMINISTER,
    "seen_by": Right.ADMINISTER,
}
"""What a visitor must be allowed to use a method of the Assistant; to ask, for all others."""


class Gateway:
    """One library with its users; REST, the OpenAI-compatible API, MCP and the page go through."""

    def __init__(self, assistant: Assistant, accounts: Accounts) -> None:
        self.accounts = accounts
        self._assistant = assistant
        self._seen: OrderedDict[tuple[str, ...], Assistant] = OrderedDict()
        self._lock = Lock()

    def enter(self, visitor: Visitor, right: Right) -> Assistant:
        """The Assistant over what the visitor may see; raises AccessDenied without the right."""
        visitor.must(right)
        if not visitor.departments:
            return self._assistant
        with self._lock:
            seen = self._seen.get(visitor.departments)
            if seen is None:
                seen = self._seen[visitor.departments] = self._assistant.seen_by(
                    visitor.departments
                )
            self._seen.move_to_end(visitor.departments)
            while len(self._seen) > REMEMBERED:
                self._seen.popitem(last=False)
        return seen

    def count(self) -> int:
        """How many documents the library holds, whoever may see them."""
        return self._assistant.count()

    def insider(self) -> Visitor:
        """Who acts where no request is at hand; raises NotSignedIn where there are users."""
        if self.accounts.any():
            raise NotSignedIn("请先登录。")
        return LOCAL

    def note(self, visitor: Visitor, action: str, subject: str) -> None:
        """Writes down what the visitor did: 提问, 收入, 删除, 导出…"""
        self.accounts.note(visitor, action, subject)
