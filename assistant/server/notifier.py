"""The thread that looks after subscriptions (通知): it looks for changes and sends what waits.

A change is told once nothing has changed for a while: forty files that arrive are one message.
"""

import logging
from collections.abc import Hashable
from threading import Event, Thread

from assistant.errors import AssistantError
from assistant.server.gateway import Gateway
from ingest.errors import IngestError

_log = logging.getLogger("jiwen.notices")
NOTHING: Hashable = object()
PATIENCE_SECONDS = 5


class Notifier:
    """Looks every so many `seconds` from when it is started until it is closed."""

    def __init__(self, gateway: Gateway, seconds: float) -> None:
        self._gateway = gateway
        self._seconds = seconds
        self._closing = Event()
        self._before: Hashable = NOTHING
        self._told: Hashable = NOTHING
        self._thread = Thread(target=self._run, name="notices", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Ends the thread, and does not wait long for a server: what waits is in the queue."""
        self._closing.set()
        self._thread.join(PATIENCE_SECONDS)

    def _run(self) -> None:
        while not self._closing.wait(self._seconds):
            try:
                self.once()
            except (AssistantError, IngestError) as error:  # tried again the next time
                _log.warning("订阅没有处理完：%s", error)

    def once(self) -> None:
        """One round."""
        subscriptions = self._gateway.subscriptions
        now = (subscriptions.state(), self._gateway.accounts.users())
        if now == self._before and now != self._told and subscriptions.look(self._gateway.look):
            self._told = now
        self._before = now
        subscriptions.deliver(self._gateway.scope_of, going_on=lambda: not self._closing.is_set())
