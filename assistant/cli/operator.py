"""The library for whoever runs a command: what changes is written down as theirs (操作记录)."""

from collections.abc import Iterator
from contextlib import closing, contextmanager

from assistant.accounts.accounts import Accounts
from assistant.accounts.permissions import acting
from assistant.config import Settings
from assistant.server.permitted import PermittedAssistant, Visit
from assistant.service import Assistant


@contextmanager
def noted(settings: Settings) -> Iterator[PermittedAssistant]:
    """The library, each use of it as the doors write it down, by the account that runs `jiwen`."""
    with closing(Assistant(settings)) as assistant, closing(Accounts.of(settings)) as accounts:
        yield PermittedAssistant(Visit(acting, lambda _: assistant, accounts.activity_log.add))
