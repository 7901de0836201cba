"""Files read in processes of their own: in order, bounded, and no death spreads."""

import gzip
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from io import BytesIO
from itertools import islice
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from ingest.config import DATA, MEGABYTE, Limits
from ingest.errors import LoadError
from ingest.pipeline import Library
from ingest.records.rows import fact_row
from ingest.types.library import Certainty, FileReport, Outcome, Scope
from ingest.workers.parse_file import Parsed, Upload, parse
from ingest.workers.pool import FILES_AHEAD_PER_WORKER, NO_LONGER, ReaderPool, parse_all
from tests.support.builders import FILES
from tests.support.library import PlumbingEncoder, open_library

LINES = "{year}年度部门整体支出绩效自评报告\n部门名称：青禾市水务局\n全年开展河道巡查{number}场。\n"
PATIENCE = 60


def upload(number: int) -> Upload:
    text = LINES.format(year=2022, number=number)
    return Upload(f"{number}.txt", text.encode())


def readers_alive() -> list[int]:
    return children(os.getpid())


def children(parent: int) -> list[int]:
    """The living children of a process that read files."""
    listed = Path(f"/proc/{parent}/task").glob("*/children")
    return [pid for file in listed for pid in map(int, file.read_text().split()) if reads(pid)]


def reads(pid: int) -> bool:
    try:
        return b"ingest.workers.pool" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return False


def wait_until(true: object) -> None:
    assert callable(true)
    deadline = time.monotonic() + PATIENCE
    while not true() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert true()


def test_many_files_come_back_whole_and_in_order() -> None:
    given = [upload(n) for n in range(10, 30)]
    passed = FileReport("看过.txt", Outcome.UNCHANGED)
    stream: list[Upload | FileReport] = [*given[:7], passed, *given[7:]]
    made = [
        item
        for item in parse_all(stream, keep_contacts=False, workers=2)
        if not isinstance(item, Upload)
    ]
    assert made[7] is passed
    parsed = [item for item in made if isinstance(item, Parsed)]
    assert [item.upload for item in parsed] == given
    assert [item.packed for item in parsed] == [
        parse(item, keep_contacts=False).packed for item in given
    ]
    assert readers_alive() == []


def test_a_single_file_is_read_in_a_process_too() -> None:
    stream = parse_all([upload(1)], keep_contacts=False)
    assert next(stream) == upload(1)
    parsed = next(stream)
    assert isinstance(parsed, Parsed)
    assert parsed.packed
    assert len(readers_alive()) == 1
    assert list(stream) == []
    assert readers_alive() == []


def test_reading_stays_a_bounded_number_of_files_ahead() -> None:
    asked: list[int] = []

    def endless() -> Iterator[Upload]:
        for number in range(10_000):
            asked.append(number)
            yield upload(number)

    stream = parse_all(endless(), keep_contacts=False, workers=2)
    read = [item for item in islice(stream, 12) if isinstance(item, Parsed)]
    stream.close()  # type: ignore[attr-defined]
    assert len(asked) <= len(read) + 2 * FILES_AHEAD_PER_WORKER + 1
    assert readers_alive() == []


def test_what_is_wrong_with_a_file_is_told_in_its_place() -> None:
    given = [upload(1), Upload("坏.pdf", b"%PDF-1.4 broken"), *(upload(n) for n in range(2, 8))]
    parsed = [
        item
        for item in parse_all(given, keep_contacts=False, workers=2)
        if isinstance(item, Parsed)
    ]
    assert [bool(item.error) for item in parsed] == [False, True] + [False] * 6
    assert "坏.pdf" in parsed[1].error
    assert parsed[1].trace == ""


def slow_upload() -> Upload:
    """A file whose reading takes so long that its process can be killed over it."""
    line = "全年开展河道巡查5场，完成率98%，共1200人次参加。"
    return Upload("大.txt", "\n".join(f"{line}{n}" for n in range(60_000)).encode())


def test_a_process_that_is_killed_fails_its_own_file_only() -> None:
    readers = ReaderPool(2, keep_contacts=False)
    try:
        assert readers.submit(upload(0)).result(PATIENCE).error == ""
        (pid,) = readers_alive()
        doomed = readers.submit(slow_upload())
        time.sleep(0.5)
        assert not doomed.done()
        others = [readers.submit(upload(n)) for n in range(6)]
        os.kill(pid, signal.SIGKILL)
        assert doomed.result(PATIENCE).error == (
            "解析“大.txt”的进程意外中止，文件可能已损坏或过大，其他文件不受影响，请另存后重试。"
        )
        assert [one.result(PATIENCE).error for one in others] == [""] * 6
    finally:
        readers.close()
    assert readers_alive() == []


def test_a_file_that_takes_too_long_is_stopped_and_the_others_go_on() -> None:
    readers = ReaderPool(1, keep_contacts=False, limits=Limits(file_seconds=5))
    try:
        doomed, after = readers.submit(slow_upload()), readers.submit(upload(1))
        assert doomed.result(PATIENCE).error == (
            "读取“大.txt”时超过5秒没有读完，已经停止，其他文件不受影响，"
            "请拆分或另存后重试，或由管理员调大 JIWEN_FILE_SECONDS。"
        )
        assert after.result(PATIENCE).error == ""
    finally:
        readers.close()


def test_a_file_that_asks_for_too_much_memory_is_stopped_and_the_others_go_on() -> None:
    readers = ReaderPool(1, keep_contacts=False, limits=Limits(memory_bytes=200 * MEGABYTE))
    try:
        doomed, after = (
            readers.submit(Upload("大.txt", b"1,2,3\n" * 2_000_000)),
            readers.submit(upload(1)),
        )
        assert doomed.result(PATIENCE).error == (
            "读取“大.txt”要用的内存超过200MB，已经停止，其他文件不受影响，"
            "请拆分后重试，或由管理员调大 JIWEN_READER_MEGABYTES。"
        )
        assert after.result(PATIENCE).error == ""
    finally:
        readers.close()


def test_a_process_knows_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JIWEN_LLM_API_KEY", "not-to-be-known")
    readers = ReaderPool(1, keep_contacts=False)
    try:
        assert readers.submit(upload(0)).result(PATIENCE).error == ""
        (pid,) = readers_alive()
        assert b"not-to-be-known" not in Path(f"/proc/{pid}/environ").read_bytes()
    finally:
        readers.close()


def test_a_process_tells_which_page_it_is_at() -> None:
    readers = ReaderPool(1, keep_contacts=False)
    form = FILES / "form.pdf"
    try:
        assert readers.submit(Upload(form.name, form.read_bytes())).result(PATIENCE).error == ""
        assert list(readers.pages["form.pdf"]) == [(1, 2), (2, 2)]
    finally:
        readers.close()


def test_closing_ends_the_processes_at_once() -> None:
    readers = ReaderPool(2, keep_contacts=False)
    readers.submit(slow_upload())
    wait_until(readers_alive)
    closing = threading.Thread(target=readers.close)
    closing.start()
    closing.join(PATIENCE)
    assert not closing.is_alive()
    assert readers_alive() == []


FIRST_WORDS = """
import sys
from threading import Barrier, Thread
from ingest.workers.protocol import Reply, encoded, decoded
from ingest.workers.parse_file import Parsed, Upload

sys.setswitchinterval(1e-6)
message = encoded(Reply(parsed=Parsed(Upload("表.docx", b""), None)))
together = Barrier(8)
heard = []

def listen():
    together.wait()
    heard.append(decoded(message, Reply).parsed.upload.file)

threads = [Thread(target=listen) for _ in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(*heard)
"""


def test_processes_may_all_say_their_first_words_at_once() -> None:
    done = subprocess.run(
        [sys.executable, "-c", FIRST_WORDS],
        cwd=Path(__file__).parents[3],
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout.split()) == (0, ["表.docx"] * 8)


def test_an_archive_is_unpacked_in_a_process_within_its_memory() -> None:
    bomb = BytesIO()
    with ZipFile(bomb, "w", ZIP_DEFLATED) as archive:
        archive.writestr("大.txt", bytes(300 * MEGABYTE))
    small = BytesIO()
    with ZipFile(small, "w") as archive:
        archive.writestr("局/甲.txt", LINES)
    readers = ReaderPool(1, keep_contacts=False, limits=Limits(memory_bytes=200 * MEGABYTE))
    try:
        with pytest.raises(LoadError, match=r"读取“弹\.zip”要用的内存超过200MB"):
            readers.unpacked(Upload("弹.zip", bomb.getvalue()))
        packed = Upload("包.zip", small.getvalue())
        assert readers.unpacked(packed) == (("包.zip/局/甲.txt", LINES.encode()),)
        with pytest.raises(LoadError, match=r"“坏\.zip”"):
            readers.unpacked(Upload("坏.zip", small.getvalue()[:-9]))
        assert readers.unpacked(upload(1)) == (("1.txt", upload(1).data),)
    finally:
        readers.close()


def test_verification_reads_in_processes_within_their_limits(tmp_path: Path) -> None:
    (tmp_path / "1.txt").write_bytes(upload(1).data)
    with closing(open_library(tmp_path / "home")) as library:
        assert [report.error for report in library.add([tmp_path / "1.txt"])] == [""]
        assert library.verify() == ()
        settings = replace(library.settings, limits=Limits(memory_bytes=MEGABYTE))
    with closing(Library.open(settings, PlumbingEncoder())) as library:
        (fault,) = library.verify()
    assert fault.message == (
        "原文件已无法读取：无法启动读取“1.txt”的进程，请关闭一些程序、检查内存后重试。"
    )
    assert readers_alive() == []


SCRIPT = """
import sys, os, time
from pathlib import Path
from tests.support.library import open_library
if __name__ == "__main__":
    library = open_library(Path(sys.argv[1]))
    try:
        for number, report in enumerate(library.add([Path(sys.argv[2])])):
            print(report.outcome.value, flush=True)
    except KeyboardInterrupt:
        print("stopped", flush=True)
    library.close()
"""


@pytest.mark.parametrize("blow", [signal.SIGINT, signal.SIGKILL])
def test_an_interrupted_batch_leaves_whole_documents_and_no_process(
    tmp_path: Path, blow: signal.Signals
) -> None:
    folder = tmp_path / "材料"
    folder.mkdir()
    # Long files, so that a group holds a few of them and most are still to come at the blow.
    for number in range(60):
        body = "".join(f"\n第{number}份第{n}段：{'开展巡查，' * 20}完成。" for n in range(60))
        (folder / f"{number:03}.txt").write_bytes(upload(number).data + body.encode())
    script = tmp_path / "script.py"
    script.write_text(SCRIPT, encoding="utf-8")
    here = Path(__file__).parents[2]
    running = subprocess.Popen(
        [sys.executable, str(script), str(tmp_path / "home"), str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": f"{here.parent}:{here}", "PYTHONIOENCODING": "utf-8"},
        process_group=0,
    )
    assert running.stdout is not None
    for _ in range(10):
        assert running.stdout.readline() == "added\n"
    at_work = children(running.pid)
    assert at_work
    if blow is signal.SIGINT:
        os.killpg(running.pid, blow)  # as a terminal does: to every process of the group
    else:
        running.kill()
    said, complaints = running.communicate(timeout=PATIENCE)
    if blow is signal.SIGINT:
        assert said.splitlines()[-1] == "stopped"
        assert complaints == ""
    wait_until(lambda: not any(map(reads, at_work)))

    library = open_library(tmp_path / "home")
    held = len(library.records.documents())
    assert 10 <= held < 60
    assert library.verify() == ()
    outcomes = [report.outcome for report in library.add([folder])]
    assert outcomes.count(Outcome.UNCHANGED) == held
    assert outcomes.count(Outcome.ADDED) == 60 - held
    library.close()


def test_samples_read_in_processes_are_the_same_as_read_here(tmp_path: Path) -> None:
    paths = sorted(p for p in (DATA / "samples").iterdir() if p.is_file())
    here = open_library(tmp_path / "here", PlumbingEncoder())
    assert [report.error for report in here.add(paths)] == [""] * len(paths)
    uploads = [Upload(path.name, path.read_bytes()) for path in paths] * 3
    stream = parse_all(uploads, keep_contacts=False, workers=2)
    packed = [item.packed for item in stream if isinstance(item, Parsed)]
    for one in packed:
        assert one is not None
        every = Scope(document_ids=(one.record.id,), certainty=Certainty.EVERY)
        figures = here.records.figures(every)
        assert tuple(map(fact_row, figures)) == one.facts[0]
    here.close()


def test_a_file_that_says_more_than_one_may_is_refused_with_the_limit() -> None:
    lines = "\n".join(f"第{n}段：开展河道巡查{n + 3}次，整改到位。\n" for n in range(30))
    parsed = parse(Upload("大.txt", lines.encode()), keep_contacts=False, limits=Limits(facts=20))
    assert parsed.packed is None
    assert "超过 20 条" in parsed.error
    assert "JIWEN_FILE_FACTS" in parsed.error


def test_what_may_not_go_on_is_broken_off_while_it_is_unpacked() -> None:
    readers = ReaderPool(1, keep_contacts=False)
    with closing(readers), pytest.raises(LoadError, match="收入中途停止了"):
        readers.unpacked(
            Upload("大.txt.gz", gzip.compress(bytes(400 * MEGABYTE), 1)), lambda: False
        )
    wait_until(lambda: not readers_alive())


def test_what_may_not_go_on_is_broken_off_while_it_is_read() -> None:
    files = [Upload(f"{n}.txt", (LINES.format(year=n, number=n) * 3000).encode()) for n in range(3)]
    read = parse_all(files, keep_contacts=False, workers=1, may_go_on=lambda: False)
    assert [item.error for item in read if isinstance(item, FileReport)] == [NO_LONGER] * 3
    assert not readers_alive()
