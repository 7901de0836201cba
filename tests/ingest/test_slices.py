"""A large document is written and deleted in slices: in between, others read and write."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import current_thread

import numpy as np
import pytest

from ingest import slices as module
from ingest.pipeline import Library
from ingest.records.document_rows import ROWS_AT_ONCE
from ingest.slices import slices
from ingest.types.library import Outcome, Scope
from ingest.vectors.vector_store import ROWS_PER_WRITE
from tests.support.builders import write
from tests.support.library import open_library

pytestmark = pytest.mark.usefixtures("stores")
PATIENT = 60
"""Seconds in which whoever waits for nobody is done, on whatever machine."""
LINES = ROWS_AT_ONCE + ROWS_PER_WRITE


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    opened = open_library(tmp_path / "home")
    yield opened
    opened.close()


def test_all_items_come_once_in_order_with_a_rest_between_two_slices(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rests: list[float] = []
    monkeypatch.setattr(module, "sleep", rests.append)
    assert [list(part) for part in slices(range(7), 3)] == [[0, 1, 2], [3, 4, 5], [6]]
    assert len(rests) == 2
    assert list(slices([], 3)) == []


def test_others_read_and_write_between_the_slices_of_a_large_document(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ThreadPoolExecutor() as others:
        during = _Rests(library, others)
        lines = "\n".join(f"第{n}段：开展河道巡查{n + 3}次，整改到位。\n" for n in range(LINES))
        path = write(tmp_path / "大文件.txt", f"巡查情况说明\n{lines}".encode())
        monkeypatch.setattr(module, "sleep", during)
        (report,) = library.add([path])
        assert report.outcome is Outcome.ADDED
        assert report.passages > LINES - ROWS_PER_WRITE
        assert during.rows, "the rows of a large document are written in one transaction"
        assert during.vectors * ROWS_PER_WRITE > report.passages / 2
        assert report.passages == library.vectors.counts()[report.id]

        during.rows = during.vectors = 0
        library.remove(report.id)
        assert during.rows * ROWS_AT_ONCE + during.vectors * ROWS_PER_WRITE > report.passages / 2
    monkeypatch.undo()
    assert library.vectors.ids() == ()
    assert library.verify() == ()


class _Rests:
    """What others do between two slices, counted by what is being written."""

    def __init__(self, library: Library, others: ThreadPoolExecutor) -> None:
        self._library = library
        self._others = others
        self.rows = self.vectors = 0

    def __call__(self, seconds: float) -> None:
        """Somebody asks and somebody writes: both are done before the next slice."""
        self._done(lambda: self._library.vectors.search(np.ones(16, np.float32), Scope(), 3))
        self._done(lambda: self._library._stores.records.set_meta("probe", "1"))
        if current_thread().name.startswith("embedding"):
            self.vectors += 1
            self._done(self._correct)
        else:
            self.rows += 1

    def _correct(self) -> None:
        with self._library._stores.turn:
            pass

    def _done(self, work: Callable[[], object]) -> None:
        self._others.submit(work).result(timeout=PATIENT)
