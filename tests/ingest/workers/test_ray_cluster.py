"""Files read on a Ray cluster: the same library as without, whatever becomes of a worker."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from ingest.config import DATA, DEFAULT_LIMITS, IngestSettings
from ingest.errors import LoadError
from ingest.pipeline import Library
from ingest.types.library import Outcome
from ingest.workers.parse_file import Upload
from ingest.workers.ray_cluster import LOCAL, ClusterReaders, parse_on_cluster
from tests.support.library import PlumbingEncoder

PAGE = "2022年度部门整体支出绩效自评报告\n部门名称：青禾市水务局\n全年开展河道巡查{number}场。\n"
PATIENCE = 60


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """Some texts, a sample, and a file that cannot be read."""
    folder = tmp_path / "files"
    folder.mkdir()
    for number in range(3):
        (folder / f"{number}.txt").write_text(PAGE.format(number=number + 40), encoding="utf-8")
    sample = sorted((DATA / "samples").iterdir())[0]
    (folder / sample.name).write_bytes(sample.read_bytes())
    (folder / "坏.docx").write_bytes(b"PK\x03\x04 not a document")
    return folder


def workers() -> Iterator[int]:
    """Ray's processes that run our workers on this machine."""
    for place in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if place.read_bytes().startswith(b"ray::Worker") and _ours(int(place.parent.name)):
                yield int(place.parent.name)
        except (FileNotFoundError, ProcessLookupError):
            continue


def _ours(pid: int) -> bool:
    """Whether this program started the process, or started what started it."""
    while pid > 1:
        if pid == os.getpid():
            return True
        status = Path(f"/proc/{pid}/stat").read_text()
        pid = int(status.rpartition(")")[2].split()[1])
    return False


def test_a_cluster_makes_the_same_library_and_can_be_started_again(
    files: Path, tmp_path: Path
) -> None:
    libraries = [
        Library.open(IngestSettings(tmp_path / name, cluster=address), PlumbingEncoder())
        for name, address in (("here", ""), ("there", LOCAL))
    ]
    reports = [list(library.add([files])) for library in libraries]
    assert [(r.file, r.outcome, r.error) for r in reports[0]] == [
        (r.file, r.outcome, r.error) for r in reports[1]
    ]
    assert {r.outcome for r in reports[1]} == {Outcome.ADDED, Outcome.FAILED}
    assert libraries[0].records.figures() == libraries[1].records.figures() != ()
    assert libraries[0].records.passages_of() == libraries[1].records.passages_of()
    assert libraries[1].verify() == ()
    again = list(libraries[1].add([files / "0.txt", files / "1.txt"]))
    assert {report.outcome for report in again} == {Outcome.UNCHANGED}
    for library in libraries:
        library.close()


def test_a_worker_that_dies_is_replaced_and_its_file_read() -> None:
    with closing(ClusterReaders(LOCAL, keep_contacts=False, limits=DEFAULT_LIMITS)) as readers:
        given = [Upload(f"{n}.txt", PAGE.format(number=n).encode()) for n in range(4)]
        before = [readers.submit(upload).result() for upload in given[: readers.count]]
        killed = list(workers())
        assert killed
        for pid in killed:
            os.kill(pid, signal.SIGKILL)
        end = time.monotonic() + PATIENCE
        while set(killed) & set(workers()) and time.monotonic() < end:
            time.sleep(0.05)
        after = [readers.submit(upload) for upload in given]
        made = [*before, *(reading.result() for reading in after)]
    assert [parsed.error for parsed in made] == [""] * len(made)
    assert all(parsed.packed and parsed.packed.passages for parsed in made)


def test_a_cluster_that_is_not_there_is_told_clearly(monkeypatch: pytest.MonkeyPatch) -> None:
    made = parse_on_cluster(
        [Upload("1.txt", b"")], address="没有这台机器", keep_contacts=False, limits=DEFAULT_LIMITS,
        on_page=lambda file, page, count: None,
    )  # fmt: skip
    with pytest.raises(LoadError, match="Ray 集群无法连接") as told:
        list(made)
    assert "Ray 集群 没有这台机器 无法连接" in told.value.in_full
