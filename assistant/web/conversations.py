"""What has been said in each browser session, kept on the server side and bounded."""

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock


@dataclass(frozen=True, slots=True)
class Turn:
    """A question with its answer as shown (问答)."""

    question: str
    html: str


class Conversations:
    """The latest turns of the latest sessions; what is older falls out."""

    def __init__(self, *, sessions: int = 200, turns: int = 30) -> None:
        self._sessions = sessions
        self._turns = turns
        self._kept: OrderedDict[str, tuple[Turn, ...]] = OrderedDict()
        self._lock = Lock()

    def turns(self, session: str) -> tuple[Turn, ...]:
        with self._lock:
            return self._kept.get(session, ())

    def append(self, session: str, turn: Turn) -> None:
        with self._lock:
            self._kept[session] = (*self._kept.get(session, ()), turn)[-self._turns :]
            self._kept.move_to_end(session)
            while len(self._kept) > self._sessions:
                self._kept.popitem(last=False)

    def forget(self, session: str) -> None:
        with self._lock:
            self._kept.pop(session, None)
