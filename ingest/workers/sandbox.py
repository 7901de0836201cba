"""What a process that reads a file may use (解析限额): memory, time, and none of our secrets."""

import resource
import threading
from collections.abc import Callable, Mapping
from types import TracebackType

from ingest.config import MEGABYTE, Limits
from ingest.workers.protocol import Place

OUT_OF_MEMORY = 77
"""The exit status of a process that was refused memory."""
SETTINGS_PREFIX = "JIWEN_"
"""How the settings of this program begin in the environment: keys and addresses among them."""
TOO_SLOW = (
    "读取“{file}”时{where}超过{seconds}秒没有读完，已经停止，其他文件不受影响，"
    "请拆分或另存后重试，或由管理员调大 {setting}。"
)
TOO_LARGE = (
    "读取“{file}”要用的内存超过{size}MB，已经停止，其他文件不受影响，"
    "请拆分后重试，或由管理员调大 JIWEN_READER_MEGABYTES。"
)


def confine(limits: Limits) -> None:
    """From now on this process and what it starts get no more memory than `limits` allows.

    They leave no core dump.
    """
    memory = limits.memory_bytes
    resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def without_settings(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment without this program's settings."""
    return {
        name: value for name, value in environment.items() if not name.startswith(SETTINGS_PREFIX)
    }


def too_large(file: str, limits: Limits) -> str:
    """What is said of a file whose reading was refused memory."""
    return TOO_LARGE.format(file=file, size=limits.memory_bytes // MEGABYTE)


class Watch:
    """Calls `end` when the reading of `file` takes longer than it may; `ended` then says why."""

    def __init__(self, file: str, limits: Limits, end: Callable[[], None]) -> None:
        self.ended = ""
        self._file = file
        self._limits = limits
        self._end = end
        self._timer: threading.Timer | None = None

    def __enter__(self) -> "Watch":
        """Begins to count the time."""
        self._allow(self._limits.file_seconds, "", "JIWEN_FILE_SECONDS")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Counts no longer."""
        self._cancel()

    def at(self, place: Place) -> None:
        """A page begins; after the last one there is what is done with the whole file."""
        page, count = place
        more = self._limits.file_seconds if page == count else 0
        self._allow(self._limits.page_seconds + more, f"第{page}页", "JIWEN_PAGE_SECONDS")

    def _allow(self, seconds: int, where: str, setting: str) -> None:
        self._cancel()
        words = TOO_SLOW.format(file=self._file, where=where, seconds=seconds, setting=setting)
        self._timer = threading.Timer(seconds, self._expire, (words,))
        self._timer.daemon = True
        self._timer.start()

    def _cancel(self) -> None:
        if self._timer:
            self._timer.cancel()

    def _expire(self, words: str) -> None:
        self.ended = words
        self._end()
