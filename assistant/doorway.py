"""What every door of the web app shares: the Assistant as the visitor may see it, and the log."""

from dataclasses import dataclass

from assistant.access import Right, Visitor
from assistant.accounts import Accounts
from assistant.service import Assistant


@dataclass(frozen=True, slots=True)
class Doorway:
    """One library with its users; REST, the OpenAI-compatible API, MCP and the page go through."""

    assistant: Assistant
    accounts: Accounts

    def enter(self, visitor: Visitor, right: Right) -> Assistant:
        """The Assistant over what the visitor may see; raises AccessDenied without the right."""
        visitor.must(right)
        return self.assistant

    def note(self, visitor: Visitor, action: str, subject: str) -> None:
        """Writes down what the visitor did: 提问, 收入, 删除, 导出…"""
        self.accounts.note(visitor, action, subject)
