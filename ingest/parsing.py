"""Files read and understood beside each other (并行解析), each in a process of its own.

A thread hands files to each process and takes back what was understood, so that reading goes on
while the library stores. A process that dies fails the file it had in hand, and nothing else.
"""

import os
import pickle
import subprocess
import sys
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain, islice
from pathlib import Path
from queue import Empty, SimpleQueue
from time import perf_counter

from ingest.errors import IngestError
from ingest.loaders import OnPage, load, unheard
from ingest.record_rows import Packed, pack
from ingest.types import FileReport
from ingest.understand import understand

FEW = 4
"""So many files are read sooner than a process has started."""
AHEAD = 4
"""How many files a process may be ahead of the library."""
LOOK = 0.3
"""Seconds between two looks at which page a file is at."""
Place = tuple[int, int]
"""A page, and how many there are."""
BYTES_AHEAD = 256 * 1024 * 1024
ROOT = Path(__file__).resolve().parent.parent
START = (
    "import sys; sys.path.insert(0, {root!r})\n"
    "from ingest.parsing import serve; serve(keep_contacts={keep})"
)
DIED = "解析“{file}”的进程意外中止，文件可能已损坏或过大，其他文件不受影响，请另存后重试。"
UNEXPECTED = "“{file}”处理时出现意外错误（{kind}），其他文件不受影响，请把该文件反馈给维护人员。"


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that is to be read: the name it is known by, and its bytes."""

    file: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Parsed:
    """What was understood of a file, or `error`, why nothing was; `trace` where nobody knows why.

    `seconds` is what the reading took.
    """

    upload: Upload
    packed: Packed | None
    error: str = ""
    trace: str = ""
    seconds: float = 0.0


def parse(upload: Upload, *, keep_contacts: bool, on_page: OnPage = unheard) -> Parsed:
    """Reads one file here and now; never raises for what the file holds."""
    started = perf_counter()
    try:
        document = load(upload.file, upload.data, on_page=on_page)
        understanding = understand(document, keep_contacts=keep_contacts)
        parsed = Parsed(upload, pack(understanding))
    except IngestError as error:
        parsed = Parsed(upload, None, str(error))
    except Exception as error:  # a file that trips the program is told, and the next one read
        words = UNEXPECTED.format(file=upload.file, kind=type(error).__name__)
        parsed = Parsed(upload, None, words, traceback.format_exc())
    return replace(parsed, seconds=perf_counter() - started)


def parse_all(
    uploads: Iterable[Upload | FileReport],
    *,
    keep_contacts: bool,
    workers: int = 0,
    on_page: Callable[[str, int, int], None] = lambda file, page, count: None,
) -> Iterator[Parsed | FileReport | Upload]:
    """Every file in the order given, reports passed through; first itself where it takes time.

    `workers` processes read, as many as there are cores for 0; few files are read right here.
    `on_page` is told of the pages of the file that comes next.
    """
    rest = iter(uploads)
    first = list(islice(rest, FEW + 1))
    count = workers or os.cpu_count() or 1
    if len(first) <= FEW or count < 2:
        for item in chain(first, rest):
            yield item
            if isinstance(item, Upload):
                told = partial(on_page, item.file)
                yield parse(item, keep_contacts=keep_contacts, on_page=told)
        return
    readers = Readers(count, keep_contacts=keep_contacts)
    try:
        yield from _in_order(chain(first, rest), readers, count * AHEAD, on_page)
    finally:
        readers.close()


def _in_order(
    items: Iterator[Upload | FileReport],
    readers: "Readers",
    most: int,
    on_page: Callable[[str, int, int], None],
) -> Iterator[Parsed | FileReport | Upload]:
    """What the readers make of the files, a bounded number of them read ahead."""
    waiting: deque[tuple[Upload | FileReport, Future[Parsed] | None]] = deque()
    held = 0
    more = True
    while more or waiting:
        while more and len(waiting) < most and held < BYTES_AHEAD:
            item = next(items, None)
            if item is None:
                more = False
            elif isinstance(item, Upload):
                held += len(item.data)
                waiting.append((item, readers.submit(item)))
            else:
                waiting.append((item, None))
        if not waiting:
            return
        first, reading = waiting.popleft()
        if not (reading and reading.done()):
            yield first
        if isinstance(first, Upload) and reading:
            while not wait([reading], LOOK).done:
                if place := readers.pages.get(first.file):
                    on_page(first.file, *place)
            readers.pages.pop(first.file, None)
            yield reading.result()
            held -= len(first.data)


class Readers:
    """Processes that read files; one that dies is replaced.

    `pages` holds which page of how many each file is at that is being read.
    """

    def __init__(self, count: int, *, keep_contacts: bool) -> None:
        self.pages: dict[str, Place] = {}
        self._keep_contacts = keep_contacts
        self._threads = ThreadPoolExecutor(count, thread_name_prefix="reading")
        self._idle: SimpleQueue[_Reader] = SimpleQueue()
        self._all: list[_Reader] = []
        self._closed = False

    def submit(self, upload: Upload) -> Future[Parsed]:
        return self._threads.submit(self._read, upload)

    def close(self) -> None:
        """Ends the processes at once; what they have in hand is lost."""
        self._closed = True
        self._threads.shutdown(wait=False, cancel_futures=True)
        for reader in self._all:
            reader.stop()
        self._threads.shutdown(wait=True)

    def _read(self, upload: Upload) -> Parsed:
        try:
            reader = self._idle.get_nowait()
        except Empty:
            reader = _Reader(self._keep_contacts)
            self._all.append(reader)
        if not reader.ready and not self._closed:
            return parse(upload, keep_contacts=self._keep_contacts)  # no process can be started
        told = partial(self.pages.__setitem__, upload.file)
        parsed = None if self._closed else reader.read(upload, told)
        if parsed is None:
            reader.stop()
            return Parsed(upload, None, DIED.format(file=upload.file))
        self._idle.put(reader)
        return parsed


class _Reader:
    """One process with a Python of its own, spoken to over its standard input and output.

    Nothing of this program is copied into it, and a terminal's Ctrl-C does not reach it: it ends
    when it is stopped, or when this program has ended.
    """

    def __init__(self, keep_contacts: bool) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", START.format(root=str(ROOT), keep=keep_contacts)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            process_group=0,
        )
        self.ready = self._answer(lambda place: None) is not None

    def read(self, upload: Upload, on_page: Callable[[Place], None]) -> Parsed | None:
        """What the process understood; None when it died over the file."""
        assert self._process.stdin is not None
        try:
            pickle.dump(upload, self._process.stdin, pickle.HIGHEST_PROTOCOL)
            self._process.stdin.flush()
        except OSError:
            return None
        answer = self._answer(on_page)
        return answer and replace(answer, upload=upload)

    def stop(self) -> None:
        self._process.kill()
        with suppress(OSError):
            self._process.communicate()

    def _answer(self, on_page: Callable[[Place], None]) -> Parsed | None:
        assert self._process.stdout is not None
        try:
            while True:
                said: Parsed | Place = pickle.load(self._process.stdout)
                if isinstance(said, Parsed):
                    return said
                on_page(said)
        except (EOFError, OSError, ValueError, pickle.UnpicklingError):
            return None


def serve(*, keep_contacts: bool) -> None:
    """What a process does until the other end of its line is closed."""
    line = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a library prints is no answer

    def say(said: Parsed | Place) -> None:
        pickle.dump(said, line, pickle.HIGHEST_PROTOCOL)
        line.flush()

    def on_page(page: int, count: int) -> None:
        say((page, count))

    nothing = Upload("", b"")
    answer = Parsed(nothing, None)
    with suppress(EOFError, OSError):
        while True:
            say(answer)
            upload: Upload = pickle.load(sys.stdin.buffer)
            parsed = parse(upload, keep_contacts=keep_contacts, on_page=on_page)
            answer = replace(parsed, upload=nothing)
