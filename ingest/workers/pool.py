"""Files read and understood in processes of their own (并行解析), each within its limits.

A file may be hostile: no parser runs in this program. A thread hands files to each process and
takes back what was understood, so that reading goes on while the library stores. A process that
dies, stands still or asks for too much memory fails the file it had in hand, and nothing else.
"""

import gc
import os
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from queue import Empty, SimpleQueue
from tempfile import TemporaryDirectory
from typing import IO, Protocol

from ingest.config import DEFAULT_LIMITS, Limits
from ingest.errors import IngestError, LoadError
from ingest.loaders import may_be_archive, unpack
from ingest.loaders.page_images import PageImage, page_image
from ingest.types.library import FileReport, Outcome
from ingest.workers.parse_file import Parsed, Upload, parse
from ingest.workers.protocol import Files, Place, Reply, Request, is_about, receive, send
from ingest.workers.sandbox import OUT_OF_MEMORY, Watch, confine, too_large, without_settings

FILES_AHEAD_PER_WORKER = 4
"""Maximum number of files that each process reads ahead of what the library has stored."""
POLL_SECONDS = 0.3
"""Time between two looks at which page a file is at."""
START_TIMEOUT_SECONDS = 120
"""Maximum time that a process takes to start, on whatever machine."""
MAX_BYTES_AHEAD = 256 * 1024 * 1024
"""Maximum size of the files that are read ahead, all together."""
GC_THRESHOLD = 50_000
"""Number of new objects after which garbage is looked for."""
NICENESS = 5
"""By how much files that are taken in stand behind those who wait for an answer."""
ROOT = Path(__file__).resolve().parent.parent.parent
START = (
    "import sys; sys.path.insert(0, {root!r})\n"
    "from ingest.config import Limits\n"
    "from ingest.workers.pool import serve\n"
    "serve(keep_contacts={keep}, limits={limits!r}, niceness={niceness})"
)
DIED = "解析“{file}”的进程意外中止，文件可能已损坏或过大，其他文件不受影响，请另存后重试。"
NO_LONGER = "收入中途停止了：您已离开，或登录、权限有了变化；文件没有入库，请重新登录后再试。"
NONE_STARTS = "无法启动读取“{file}”的进程，请关闭一些程序、检查内存后重试。"


def always() -> bool:
    """Where nothing can change what may be done."""
    return True


class Pool(Protocol):
    """What reads files beside each other; `pages` holds the pages of each that were begun since
    somebody looked."""

    pages: dict[str, deque[Place]]

    def submit(self, upload: Upload) -> Future[Parsed]:
        """Has a file read, when it is its turn."""
        ...


def parse_all(
    uploads: Iterable[Upload | FileReport],
    *,
    keep_contacts: bool,
    limits: Limits = DEFAULT_LIMITS,
    workers: int = 0,
    on_page: Callable[[str, int, int], None] = lambda file, page, count: None,
    may_go_on: Callable[[], bool] = always,
) -> Iterator[Parsed | FileReport | Upload]:
    """Every file in the order given, first itself and then what was read; reports passed through.

    `workers` processes read, as many as there are cores for 0. `on_page` is told of the pages of
    the file that comes next. Once `may_go_on` is not true, what is being read is broken off.
    """
    count = workers or os.cpu_count() or 1
    readers = ReaderPool(count, keep_contacts=keep_contacts, limits=limits, niceness=NICENESS)
    try:
        ahead = count * FILES_AHEAD_PER_WORKER
        yield from in_order(iter(uploads), readers, ahead, on_page, may_go_on)
    finally:
        readers.close()


def in_order(
    items: Iterator[Upload | FileReport],
    readers: "Pool",
    max_files_ahead: int,
    on_page: Callable[[str, int, int], None],
    may_go_on: Callable[[], bool] = always,
) -> Iterator[Parsed | FileReport | Upload]:
    """What the readers make of the files, a bounded number of them read ahead."""
    waiting: deque[tuple[Upload | FileReport, Future[Parsed] | None]] = deque()
    bytes_ahead = 0
    more = True
    while more or waiting:
        while more and len(waiting) < max_files_ahead and bytes_ahead < MAX_BYTES_AHEAD:
            item = next(items, None)
            if item is None:
                more = False
            elif isinstance(item, Upload):
                bytes_ahead += len(item.data)
                waiting.append((item, readers.submit(item)))
            else:
                waiting.append((item, None))
        if not waiting:
            return
        first, reading = waiting.popleft()
        yield first
        if isinstance(first, Upload) and reading:
            begun = readers.pages.setdefault(first.file, deque())
            read = False
            while not read:
                read = bool(wait([reading], POLL_SECONDS).done)
                while begun:
                    on_page(first.file, *begun.popleft())
                if not read and not may_go_on():
                    for item in (first, *(item for item, _ in waiting)):
                        yield FileReport(item.file, Outcome.FAILED, error=NO_LONGER)
                    return  # the readers are ended with what they have in hand
            readers.pages.pop(first.file, None)
            yield reading.result()
            bytes_ahead -= len(first.data)


class ReaderPool:
    """Processes that read files; one that dies is replaced.

    `pages` holds the pages of each file that were begun since somebody looked.
    """

    def __init__(
        self,
        count: int,
        *,
        keep_contacts: bool,
        limits: Limits = DEFAULT_LIMITS,
        niceness: int = 0,
    ) -> None:
        self.pages: dict[str, deque[Place]] = {}
        self._start = partial(_Reader, keep_contacts, limits, niceness)
        self._threads = ThreadPoolExecutor(count, thread_name_prefix="reading")
        self._idle: SimpleQueue[_Reader] = SimpleQueue()
        self._all: list[_Reader] = []
        self._closed = False

    def submit(self, upload: Upload) -> Future[Parsed]:
        """Has a file read by the next process that is free."""
        return self._threads.submit(self._read, upload)

    def picture(self, upload: Upload, page: int) -> PageImage | None:
        """A page of a file, None where it has no such page; a LoadError says what went wrong."""
        request = Request(upload.file, upload.data, page)
        reply = self._threads.submit(self._ask, request, lambda place: None).result()
        if reply.error:
            raise LoadError(reply.error)
        return reply.image

    def unpacked(self, upload: Upload, may_go_on: Callable[[], bool] = always) -> Files:
        """The files of an archive; anything else as it came, or opened with its password.

        A LoadError says what went wrong. Once `may_go_on` is not true it is broken off, and the
        pool closed.
        """
        as_it_came = ((upload.file, upload.data),)
        if not may_be_archive(upload.data) and not upload.password:
            return as_it_came
        request = Request(upload.file, upload.data, unpack=True, password=upload.password)
        asked = self._threads.submit(self._ask, request, lambda place: None)
        while not wait([asked], POLL_SECONDS).done:
            if not may_go_on():
                self.close()
                raise LoadError(NO_LONGER)
        reply = asked.result()
        if reply.error:
            raise LoadError(reply.error)
        return as_it_came if reply.files is None else reply.files

    def close(self) -> None:
        """Ends the processes at once; what they have in hand is lost."""
        self._closed = True
        self._threads.shutdown(wait=False, cancel_futures=True)
        for reader in tuple(self._all):
            reader.stop()
        self._threads.shutdown(wait=True)

    def _read(self, upload: Upload) -> Parsed:
        begun = self.pages.setdefault(upload.file, deque())
        request = Request(upload.file, upload.data, taught=upload.taught)
        reply = self._ask(request, begun.append)
        if reply.parsed:
            return replace(reply.parsed, upload=upload)
        return Parsed(upload, None, reply.error)

    def _ask(self, request: Request, on_page: Callable[[Place], None]) -> Reply:
        try:
            reader = self._idle.get_nowait()
        except Empty:
            reader = self._start()
            self._all.append(reader)
        if self._closed:
            reader.stop()
        reply = reader.ask(request, on_page)
        if reader.alive:
            self._idle.put(reader)
        else:
            self._all.remove(reader)
        return reply


class _Reader:
    """One process with a Python of its own, spoken to over its standard input and output.

    Nothing of this program is copied into it, no secret is in its environment, and a terminal's
    Ctrl-C does not reach it: it ends when it is stopped, or when this program has ended. What it
    starts and what it leaves in its temporary folder ends with it.
    """

    def __init__(self, keep_contacts: bool, limits: Limits, niceness: int) -> None:
        self._limits = limits
        self._folder = TemporaryDirectory(prefix="jiwen-", ignore_cleanup_errors=True)
        program = START.format(root=str(ROOT), keep=keep_contacts, limits=limits, niceness=niceness)
        self._process = subprocess.Popen(
            [sys.executable, "-c", program],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            process_group=0,
            env={**without_settings(os.environ), "TMPDIR": self._folder.name},
        )
        with Watch("", replace(limits, file_seconds=START_TIMEOUT_SECONDS), self._kill):
            self._ready = self._answer(lambda place: None) is not None
        self.alive = True

    def ask(self, request: Request, on_page: Callable[[Place], None]) -> Reply:
        """The answer of the process, or why there is none; then it may be `alive` no more."""
        if not self._ready:
            self.stop()
            return Reply(error=NONE_STARTS.format(file=request.file))
        with Watch(request.file, self._limits, self._kill) as watch:

            def told(place: Place) -> None:
                watch.at(place)
                on_page(place)

            reply = self._asked(request, told)
        if reply is None or watch.ended:
            self.stop()
        return reply or Reply(error=watch.ended or self._death(request.file))

    def stop(self) -> None:
        self.alive = False
        self._kill()
        with suppress(OSError):
            self._process.communicate()
        self._folder.cleanup()

    def _kill(self) -> None:
        """Ends the process and whatever it has started (LibreOffice)."""
        if self._process.returncode is None:  # else its number may be another's by now
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)

    def _death(self, file: str) -> str:
        if self._process.returncode == OUT_OF_MEMORY:
            return too_large(file, self._limits)
        return DIED.format(file=file)

    def _asked(self, request: Request, on_page: Callable[[Place], None]) -> Reply | None:
        """The answer of the process; None when it died over the file or says what it may not."""
        assert self._process.stdin is not None
        try:
            send(self._process.stdin, request)
        except OSError:
            return None
        reply = self._answer(on_page)
        return reply if reply and is_about(reply, request) else None

    def _answer(self, on_page: Callable[[Place], None]) -> Reply | None:
        assert self._process.stdout is not None
        try:
            while True:
                reply = receive(self._process.stdout, Reply, self._limits.memory_bytes)
                if not reply.place:
                    return reply
                on_page(reply.place)
        except (EOFError, OSError, ValueError):
            return None


def serve(*, keep_contacts: bool, limits: Limits, niceness: int) -> None:
    """What a process does until the other end of its line is closed."""
    confine(limits)
    os.nice(niceness)
    gc.freeze()  # a document's parts hold no cycles: looking for some took a tenth of the time
    gc.set_threshold(GC_THRESHOLD)
    line = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a library prints is no answer
    answer = Reply()
    try:
        while True:
            send(line, answer)
            request = receive(sys.stdin.buffer, Request, sys.maxsize)
            answer = _answer(request, keep_contacts=keep_contacts, limits=limits, line=line)
    except MemoryError:
        os._exit(OUT_OF_MEMORY)
    except (EOFError, OSError):
        return


def _answer(request: Request, *, keep_contacts: bool, limits: Limits, line: IO[bytes]) -> Reply:
    def on_page(page: int, count: int) -> None:
        send(line, Reply(place=(page, count)))

    if request.page is None and not request.unpack:
        upload = Upload(request.file, request.data, request.taught)
        parsed = parse(upload, keep_contacts=keep_contacts, limits=limits, on_page=on_page)
        return Reply(parsed=replace(parsed, upload=Upload("", b"")))
    try:
        if request.page is None:
            files = unpack(request.file, request.data, limits=limits, password=request.password)
            return Reply(files=None if files == ((request.file, request.data),) else files)
        return Reply(image=page_image(request.file, request.data, request.page, limits))
    except IngestError as error:
        return Reply(error=str(error))
