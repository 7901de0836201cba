"""Kills the program at random moments and looks what is left: `python benchmarks/crash.py`.

One process takes documents in, replaces, corrects and deletes them and says so after each; another
kills it (SIGKILL) at a moment drawn over what the operation in hand takes, or over what opening
takes. The next process opens the library, and then:

- every document is wholly there, fact by fact what is read from its bytes, or wholly absent: that
  of an operation that was in hand either way, every other one as it was acknowledged;
- `verify-store` finds nothing: files, records, words and vectors agree.

Prints one line a kill that leaves anything wrong and a summary; exit status 1 if there was one.
The embedding model is a stand-in that takes as long as one, as what is told here is of the stores.
"""

import argparse
import multiprocessing
import os
import random
import re
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import chain
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import numpy as np

from ingest import pipeline
from ingest.config import IngestSettings
from ingest.corrections.types import Aspect, Wanted
from ingest.extraction.understand import understand
from ingest.loaders import load
from ingest.pipeline import Library
from ingest.records.codec import encode
from ingest.types.facts import Figure, Indicator, Passage, Task
from ingest.types.library import Certainty, FileReport, Scope
from ingest.vectors.exact_search import Vectors
from ingest.workers.parse_file import Parsed, Upload, parse

NAMES = tuple(f"{name}自评表.html" for name in "甲乙丙丁戊己庚辛壬癸子丑")
MANY = 6
"""So many files are stored in more than one group."""
NURSERY = multiprocessing.get_context("forkserver")
"""Where processes come from that have their libraries loaded."""
IN_OPENING = 0.15
"""The share of kills that fall while the library is being opened and mended."""
BESIDE = 0.05
"""The share of processes whose files are read by others, as is usual, so that few blows fall into
anything but the start of those."""
Step = dict[str, Any]

PAGE = """<html><meta charset="utf-8"><body><h1>{department}部门整体支出绩效自评表</h1>
<p>（{year}年度）</p><table border="1">
<tr><td>部门名称</td><td colspan="4">{department}</td></tr>
<tr><td>一级指标</td><td>二级指标</td><td>三级指标</td><td>年度指标值</td><td>实际完成值</td></tr>
{rows}</table>{text}</body></html>"""


# -- the process that is killed ----------------------------------------------------------------


class SlowEncoder:
    """Vectors without meaning, at the pace of a model."""

    identity = "crash"

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        time.sleep(0.004 * len(texts))
        rows = [np.random.default_rng(list(text.encode())).standard_normal(64) for text in texts]
        vectors = np.asarray(rows, np.float32)
        unit: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return unit


def take_in(library: Library, step: Step) -> Iterator[Step]:
    for report in library.add([Path(p) for p in step["paths"]], replace=step["replace"]):
        if report.error or report.note.startswith("暂无"):
            yield {"event": "failed", "file": report.file, "why": report.error or report.note}
        else:
            yield {"event": "done", "file": report.file, "id": report.id}


def delete(library: Library, step: Step) -> Iterator[Step]:
    for file in step["files"]:
        record = next(iter(library.records.named(file)), None)
        if record is None:
            yield {"event": "failed", "file": file, "why": "is not there"}
        else:
            library.remove(record.id)
            yield {"event": "done", "file": file, "id": ""}


def correct(library: Library, step: Step) -> Iterator[Step]:
    for file in step["files"]:
        record = next(iter(library.records.named(file)), None)
        if record is None:
            yield {"event": "failed", "file": file, "why": "is not there"}
        else:
            library.correct(Wanted(record.id, Aspect.DEPARTMENT, step["department"], "甲"))
            yield {"event": "done", "file": file, "id": record.id}


ACTIONS: dict[str, Callable[[Library, Step], Iterator[Step]]] = {
    "add": take_in,
    "remove": delete,
    "correct": correct,
}


def read_here(
    uploads: Iterable[Upload | FileReport], *, keep_contacts: bool, **_: object
) -> Iterator[Parsed | FileReport]:
    """What the reading processes do, without their start, which takes longer than all the rest."""
    for item in uploads:
        yield parse(item, keep_contacts=keep_contacts) if isinstance(item, Upload) else item


def serve(home: Path, beside: bool, line: Connection) -> None:
    """Opens the library, says what it holds, then does what it is told."""
    if not beside:
        vars(pipeline)["parse_all"] = read_here
    line.send({"event": "opening"})
    library = Library.open(IngestSettings(home, workers=2), SlowEncoder())
    library.vectors.warm_up()
    line.send({"event": "opened"})
    line.send({"event": "held", "documents": held(library), "faults": faults(library)})
    while True:
        step: Step = line.recv()
        line.send({"event": "begin"})
        for said in ACTIONS[step["action"]](library, step):
            line.send(said)
        line.send({"event": "end"})


def held(library: Library) -> dict[str, Sequence[str]]:
    """Each file with its id, a hash of everything that is stored of it, and whose it is."""
    records = library.records
    found: dict[str, Sequence[str]] = {}
    for document in records.documents():
        scope = Scope(document_ids=(document.id,), certainty=Certainty.EVERY)
        facts = records.figures(scope), records.indicators(scope), records.tasks(scope)
        passages = records.passages_of(scope)
        stored: list[Figure | Indicator | Task | Passage]
        stored = [*facts[0], *facts[1], *facts[2], *passages]
        owners = {document.department} | {fact.department for fact in stored}
        found[document.file] = (
            document.id,
            hashed(*facts, passages, records.blocks(document.id)),
            "、".join(sorted(owners)),
        )
    return found


def faults(library: Library) -> list[str]:
    """What verify-store finds, and what else must not be there."""
    found = [f"{fault.file} {fault.message}" for fault in library.verify()]
    found += [f"{id[:12]} is still being stored" for id in library._stores.records.interrupted()]
    return found


def hashed(*facts: object) -> str:
    """A hash of facts without their department, which may be corrected."""
    text = re.sub('"department":"[^"]*",?', "", "".join(map(encode, facts)))
    return sha256(text.encode()).hexdigest()


# -- the process that kills --------------------------------------------------------------------


def heard(line: Connection) -> Iterator[Step]:
    """All that a process says; what it said before it died is heard."""
    with suppress(EOFError, OSError):
        while True:
            said: Step = line.recv()
            yield said


@dataclass(frozen=True, slots=True)
class Contents:
    """One version of a file, and what the library must hold of it."""

    data: bytes
    id: str
    facts: str
    department: str


@dataclass
class Operation:
    """What the child is told to do; `after` says which id each of its files may then have, and
    `department` which department they are corrected to be of."""

    kind: str
    step: Step
    after: dict[str, str]
    department: str = ""


@dataclass
class Tally:
    """What has been seen so far."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    kills: Counter[str] = field(default_factory=Counter)
    left: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    acknowledged: int = 0

    def took(self, kind: str, seconds: float) -> None:
        self.seconds.setdefault(kind, []).append(seconds)

    def usual(self, kind: str) -> float:
        """What an operation of this kind takes, as measured in the ones that were not killed.

        As long as there was none of this kind, what any operation takes.
        """
        known = self.seconds.get(kind, [])[-9:] or [*chain(*self.seconds.values())]
        return sorted(known)[len(known) // 2]


class Trial:
    """A library, what must be in it, and the process that is at work on it."""

    def __init__(self, folder: Path, chance: random.Random) -> None:
        self.folder = folder
        self.chance = chance
        self.tally = Tally()
        self.must: dict[str, str] = {}
        self.either: dict[str, str] = {}
        self.corrected: dict[str, str] = {}
        self.correcting = ""
        self.contents: dict[str, Contents] = {}
        self.version = 0

    def round(self, planned: Sequence[str], blow: str = "") -> None:
        """One process from its opening to its death: by a `blow` while it is opening or after it
        has done what is planned, or quietly when it has."""
        line, its_end = NURSERY.Pipe()
        beside = blow != "" and self.chance.random() < BESIDE
        child = NURSERY.Process(target=serve, args=(self.folder / "home", beside, its_end))
        child.start()
        its_end.close()
        rest = list(planned)
        kind = "opening"
        timer: threading.Timer | None = None
        begun = 0.0
        for said in heard(line):
            match said["event"]:
                case "opening" | "begin":
                    begun = time.monotonic()
                    if blow == kind or (blow == "operation" and kind != "opening" and not rest):
                        timer, blow = self.aimed(child.kill, kind), ""
                case "opened" | "end" if timer is None:
                    self.tally.took(kind, time.monotonic() - begun)
                case "held":
                    self.compare(said)
                case "failed":
                    self.tally.wrong.append(f"{said['file']}: {said['why']}")
                case "done":
                    self.acknowledge(said)
            if said["event"] in ("held", "end"):
                if not rest and not blow and timer is None:
                    child.kill()
                    break
                operation = self.operation(rest.pop(0) if rest else "")
                kind, self.either = operation.kind, dict(operation.after)
                self.correcting = operation.department
                with suppress(BrokenPipeError):
                    line.send(operation.step)
        child.join()
        line.close()
        if timer:
            timer.cancel()
        if child.exitcode != -signal.SIGKILL:
            self.tally.wrong.append(f"the process ended by itself: {child.exitcode}")

    def aimed(self, blow: Callable[[], None], kind: str) -> threading.Timer:
        """The blow that will fall at some moment of what has begun, or shortly after it."""
        self.tally.kills[kind] += 1
        timer = threading.Timer(self.chance.uniform(0, 1.1 * self.tally.usual(kind)), blow)
        timer.start()
        return timer

    def drawn(self) -> tuple[list[str], str]:
        """How many operations go unharmed before the blow, and where it falls."""
        blow = "opening" if self.chance.random() < IN_OPENING else "operation"
        return [""] * self.chance.randrange(3), blow

    # What must be in the library

    def acknowledge(self, said: Step) -> None:
        self.tally.acknowledged += 1
        file, id = said["file"], said["id"]
        if self.either.pop(file, None) != id:
            self.tally.wrong.append(f"{file}: acknowledged another version")
        if self.correcting:
            self.corrected[file] = self.correcting
        if id:
            self.must[file] = id
        else:
            self.must.pop(file, None)

    def compare(self, said: Step) -> None:
        """What a new process finds against what must be there."""
        self.tally.wrong += said["faults"]
        found: dict[str, Sequence[str]] = said["documents"]
        for file in {*found, *self.must, *self.either}:
            id, facts, owner = found.get(file, ("", "", ""))
            before = self.must.get(file, "")
            if id and facts != self.contents[id].facts:
                self.tally.wrong.append(f"{file}: not whole")
            if id and file in self.either and owner == self.correcting:
                self.corrected[file] = owner
            elif id and owner != self.corrected.get(file, self.contents[id].department):
                self.tally.wrong.append(f"{file}: of {owner}")
            if file in self.either:
                self.tally.left["done" if id == self.either[file] else "undone"] += 1
            if id not in (before, self.either.get(file, before)):
                self.tally.wrong.append(f"{file}: {id[:8]} is there, not {before[:8]}")
        self.must = {file: id for file, (id, *_) in found.items()}
        self.either, self.correcting = {}, ""

    # What is done to it

    def operation(self, kind: str = "") -> Operation:
        """Something that can be done to the library as it must be now."""
        here = sorted(self.must)
        free = sorted(set(NAMES) - set(self.must))
        kinds = [k for k in KINDS if len(free if k.startswith("add") else here) >= KINDS[k]]
        if kind not in kinds:
            kind = self.chance.choice(kinds)
        if kind == "remove":
            files = self.chance.sample(here, min(len(here), self.chance.randint(1, 3)))
            return Operation(kind, {"action": kind, "files": files}, dict.fromkeys(files, ""))
        if kind == "correct":
            files = self.chance.sample(here, 1)
            self.version += 1
            name = f"更正{self.version}市水务局"
            step = {"action": kind, "files": files, "department": name}
            return Operation(kind, step, {file: self.must[file] for file in files}, name)
        names = free if kind.startswith("add") else here
        most = min(len(names), 3) if kind != "add many" else len(names)
        files = self.chance.sample(names, self.chance.randint(min(KINDS[kind], most), most))
        inbox = self.folder / "inbox"
        inbox.mkdir(exist_ok=True)
        after = {}
        for file in files:
            made = self.made(file)
            (inbox / file).write_bytes(made.data)
            after[file] = made.id
        paths = [str(inbox / file) for file in files]
        return Operation(
            kind, {"action": "add", "paths": paths, "replace": kind == "replace"}, after
        )

    def made(self, file: str) -> Contents:
        """A version of the file that never was there before."""
        self.version += 1
        chance = self.chance
        department = f"{file[0]}州市水务局"
        tasks = [f"{chance.choice('东南西北')}片{chance.choice(TASKS)}" for _ in range(12)]
        rows = "".join(
            f"<tr><td>产出指标</td><td>数量指标</td><td>{task}{n}</td><td>≥{n + 3}次</td>"
            f"<td>{chance.randint(1, 99)}次</td></tr>"
            for n, task in enumerate(tasks)
        )
        text = "".join(
            f"<p>第{self.version}次，{task}共{chance.randint(1, 99)}场。</p>" for task in tasks
        )
        page = PAGE.format(department=department, year=2022, rows=rows, text=text).encode()
        known = understand(load(file, page))
        facts = hashed(
            *(known.figures, known.indicators, known.tasks, known.passages),
            known.document.blocks,
        )
        made = Contents(page, known.document.id, facts, known.document.department)
        self.contents[made.id] = made
        return made


TASKS = ("河道巡查", "管网检修", "技能培训", "走访慰问", "质量抽检", "宣传活动")
KINDS = {"add many": MANY, "add": 1, "replace": 1, "correct": 1, "remove": 1}
"""What is done, and how many files it takes at least."""


def main() -> int:
    given = arguments()
    os.environ["PYTHONPATH"] = str(ROOT)
    NURSERY.set_forkserver_preload(["chromadb", "ingest.pipeline", "numpy.random", "rjieba"])
    seed = given.seed if given.seed is not None else random.SystemRandom().randrange(10**6)
    print(f"seed {seed}, {given.kills} kills", flush=True)
    started = time.monotonic()
    with TemporaryDirectory(prefix="jiwen-crash-", dir=given.folder) as folder:
        trial = Trial(Path(folder), random.Random(seed))
        trial.round([*KINDS])
        told = 0
        while trial.tally.kills.total() < given.kills:
            trial.round(*trial.drawn())
            for words in trial.tally.wrong[told:]:
                print(f"kill {trial.tally.kills.total()}: {words}", flush=True)
            told = len(trial.tally.wrong)
            if trial.tally.kills.total() % 20 == 0:
                print(f"kill {trial.tally.kills.total()}", flush=True)
        trial.round([])
    tally = trial.tally
    for kind, count in sorted(tally.kills.items()):
        print(f"{count:5} kills in {kind}, which takes {tally.usual(kind):.2f} s")
    print(f"files in hand at a kill: {dict(tally.left)}; {tally.acknowledged} acknowledged")
    print(
        f"{tally.kills.total()} kills, {len(tally.wrong)} wrong, {time.monotonic() - started:.0f} s"
    )
    for words in tally.wrong:
        print(f"wrong: {words}")
    return 1 if tally.wrong else 0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, help="what is drawn is drawn again")
    parser.add_argument("--folder", type=Path, help="where the library is made")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
