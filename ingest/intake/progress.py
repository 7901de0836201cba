"""How far a batch of files has come (入库进程)."""

import dataclasses
from collections.abc import Callable, Sequence
from time import perf_counter

from ingest.intake.sources import Source
from ingest.types.library import FileReport, Progress

Say = Callable[[Progress], None]


class BatchProgress:
    """How far a batch has come, told to whoever asked; a note that repeats is left out."""

    def __init__(self, say: Say, sources: Sequence[Source]) -> None:
        self.sources = sources
        self.total = len(sources)
        self.pages = 0
        self._say = say
        self._done = 0
        self._last_note = ""
        self._started = perf_counter()

    def at(self, file: str, place: int, *, page: int = 0, page_count: int = 0) -> None:
        """Tells that the file has been come to, the one in this place after those done."""
        number = self._done + place
        seconds = perf_counter() - self._started
        self._say(
            Progress("正在入库", file, number, self.total, self.pages, seconds, page, page_count)
        )

    def passed(self, report: FileReport) -> FileReport:
        """The report on a file that is done, without a note that the one before had too."""
        self._done += 1
        repeated = report.note == self._last_note
        self._last_note = report.note or self._last_note
        return dataclasses.replace(report, note="") if repeated else report
