"""Ours against the tutorial LangChain RAG: `python benchmarks/tutorial.py CORPUS [--sizes …]`.

The tutorial's RAG, written afresh: each file's plain text, RecursiveCharacterTextSplitter's way of
cutting (500 characters, 50 shared), the same embedding model, Chroma, the 4 nearest chunks by
cosine. CORPUS holds docs/ and gold/questions.jsonl; its digital files are copied under other
places' names and with other numbers, as files, until they make 1,000, 10,000 and 100,000 passages.
Both subjects take in the same files and are asked the same questions, each in a process of its own
on the same machine, one after the other. Ours answers with checked figures and citations; the
tutorial's finds its chunks, without the language model that would have to read them.

To embed 100,000 texts takes hours on a small machine: `--embed` of them (2,000) are embedded by
each subject, the others get random vectors, which cost no less to store and to search. A column
says how many were embedded, and what taking in would have cost with all texts embedded, by the time
that those took. Per subject: files a second without and with all embedding, p50 and p95 of a
question in milliseconds, by the clock and by the processor, and peak memory of taking in (with its
readers) and of asking; then ours as a multiple of the tutorial's.
"""

import argparse
import json
import random
import re
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from hashlib import blake2s
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from assistant.config import Settings
from assistant.service import Assistant
from benchmarks.copies import copied_file, documents, namings, places, renamed, understood
from ingest.config import IngestSettings
from ingest.pipeline import Library
from ingest.vectors.embedder import Embedder
from ingest.vectors.exact_search import Vectors

SIZES = (1_000, 10_000, 100_000)
CHUNK, SHARED, NEAREST = 500, 50, 4
SEPARATORS = ("\n\n", "\n", "。", "；", "，", "")
AT_ONCE = 500
LOOK = 0.1
"""Seconds between two looks at the memory."""
SUBJECTS = ("ours", "tutorial")
DIMENSION = 384


@dataclass
class SparingEncoder:
    """The embedding model for the first `limit` texts, random unit vectors for all others."""

    limit: int
    model: Embedder = field(default_factory=Embedder)
    embedded: int = 0
    given: int = 0
    seconds: float = 0.0
    processor: float = 0.0

    @property
    def identity(self) -> str:
        return self.model.identity

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        real = list(texts[: max(0, self.limit - self.embedded)])
        self.given += len(texts)
        vectors = np.stack([_random(text) for text in texts])
        if real:
            clock, processor = time.perf_counter(), time.process_time()
            vectors[: len(real)] = self.model.encode_passages(real)
            self.seconds += time.perf_counter() - clock
            self.processor += time.process_time() - processor
            self.embedded += len(real)
        return vectors

    def all_texts(self, spent: float) -> float:
        """Seconds more if every text had been embedded, at `spent` for those that were."""
        return spent / max(self.embedded, 1) * (self.given - self.embedded)


def _random(text: str) -> Vectors:
    seed = int.from_bytes(blake2s(text.encode("utf-8", "replace"), digest_size=8).digest(), "big")
    vector = np.random.default_rng(seed).standard_normal(DIMENSION).astype(np.float32)
    unit: Vectors = vector / np.linalg.norm(vector)
    return unit


# The tutorial's RAG


def plain_text(path: Path) -> str:
    """What a tutorial's loader gives: text without places, tables as lines."""
    if path.suffix == ".docx":
        import docx

        body = docx.Document(str(path)).element.body
        lines = ["".join(line.itertext()) for line in body.iter("{*}p")]
        return "\n".join(lines)
    if path.suffix == ".xlsx":
        import openpyxl

        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        rows = [row for sheet in book for row in sheet.iter_rows(values_only=True)]
        return "\n".join(" ".join(str(cell) for cell in row if cell is not None) for row in rows)
    if path.suffix == ".html":
        from lxml import html

        return str(html.document_fromstring(path.read_bytes()).xpath("string()"))
    data = path.read_bytes()
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("gb18030", "replace")


def cut(text: str, separators: Sequence[str] = SEPARATORS) -> list[str]:
    """RecursiveCharacterTextSplitter: at the first separator that is there, long parts further."""
    at = next(n for n, mark in enumerate(separators) if not mark or mark in text)
    mark, further = separators[at], separators[at + 1 :]
    parts = re.split(f"(?={re.escape(mark)})", text) if mark else list(text)
    chunks: list[str] = []
    short: list[str] = []
    for part in filter(None, parts):
        if len(part) < CHUNK:
            short.append(part)
            continue
        chunks += merged(short)
        short = []
        chunks += cut(part, further) if further else [part]
    return chunks + merged(short)


def merged(parts: Sequence[str]) -> list[str]:
    """Neighbours put together up to a chunk's length, the last ones again in the next chunk."""
    chunks: list[str] = []
    held: list[str] = []
    total = 0
    for part in parts:
        if held and total + len(part) > CHUNK:
            chunks.append("".join(held).strip())
            while total > SHARED or (total and total + len(part) > CHUNK):
                total -= len(held.pop(0))
        held.append(part)
        total += len(part)
    return [chunk for chunk in [*chunks, "".join(held).strip()] if chunk]


class Tutorial:
    """A Chroma collection and an embedding model, as in the tutorial."""

    def __init__(self, home: Path) -> None:
        import chromadb
        from chromadb.config import Settings as Quiet

        client = chromadb.PersistentClient(home, settings=Quiet(anonymized_telemetry=False))
        self.chunks = client.get_or_create_collection(
            "tutorial", embedding_function=None, configuration={"hnsw": {"space": "cosine"}}
        )

    def add(self, paths: Sequence[Path], encoder: SparingEncoder) -> int:
        """Takes in the files; how many chunks they make."""
        held: list[tuple[str, str]] = []
        count = 0
        for path in paths:
            held += [(chunk, path.name) for chunk in cut(plain_text(path))]
            if len(held) >= AT_ONCE or path == paths[-1]:
                texts = [chunk for chunk, _ in held]
                self.chunks.add(
                    ids=[str(count + n) for n in range(len(held))],
                    embeddings=encoder.encode_passages(texts),
                    documents=texts,
                    metadatas=[{"source": name} for _, name in held],
                )
                count, held = count + len(held), []
        return count

    def ask(self, question: str, model: Embedder) -> list[str]:
        """The chunks that the language model would be given."""
        found = self.chunks.query(query_embeddings=model.encode_query(question), n_results=NEAREST)
        return [text for texts in found["documents"] or [] for text in texts]


# What is measured


def processor_seconds() -> float:
    spent = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in spent)


class Peak(threading.Thread):
    """The most memory in MB that this process and those it started held at one time.

    What the system says of children that have ended counts this process's own memory for each.
    """

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self._most = 0.0
        self._ended = threading.Event()
        self.start()

    def run(self) -> None:
        while not self._ended.wait(LOOK):
            self._most = max(self._most, _held("self") + sum(map(_held, _children())))

    def end(self) -> float:
        self._ended.set()
        self.join()
        own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        return max(self._most, own)


def _children() -> list[str]:
    found: list[str] = []
    for task in Path("/proc/self/task").iterdir():
        with suppress(OSError):  # a thread that has ended meanwhile
            found += (task / "children").read_text().split()
    return found


def _held(process: str) -> float:
    with suppress(OSError):
        pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
        return pages * resource.getpagesize() / 2**20
    return 0.0


def take_in(subject: str, home: Path, files: Path, embed: int) -> dict[str, float]:
    """All the files into a new library, and what it cost; the model is loaded beforehand."""
    paths = sorted(files.iterdir())
    encoder = SparingEncoder(embed)
    encoder.model.warm_up()
    if subject == "ours":
        library = Library.open(IngestSettings(home=home), encoder)
        library.vectors.documents()

        def step() -> int:
            failed = [report.error for report in library.add([files]) if report.error]
            assert not failed, failed
            return sum(record.passages for record in library.records.documents())

    else:
        tutorial = Tutorial(home)

        def step() -> int:
            return tutorial.add(paths, encoder)

    peak = Peak()
    clock, processor = time.perf_counter(), processor_seconds()
    texts = step()
    seconds, spent = time.perf_counter() - clock, processor_seconds() - processor
    if subject == "ours":
        library.close()
    bare, bare_spent = seconds - encoder.seconds, spent - encoder.processor
    return {
        "files": len(paths),
        "texts": texts,
        "different": encoder.given,
        "embedded": encoder.embedded,
        "files_s": len(paths) / bare,
        "files_cpu_s": len(paths) / bare_spent,
        "whole_files_s": len(paths) / (seconds + encoder.all_texts(encoder.seconds)),
        "whole_files_cpu_s": len(paths) / (spent + encoder.all_texts(encoder.processor)),
        "peak_mb": peak.end(),
    }


def asked(subject: str, home: Path, questions: Sequence[str]) -> dict[str, float]:
    """Every question once, one after the other; model and vectors are there beforehand."""
    if subject == "ours":
        with closing(Assistant(Settings(home=home))) as assistant:
            assistant.warm_up()
            return timed(lambda question: assistant.ask(question).text, questions)
    model = Embedder()
    model.warm_up()
    tutorial = Tutorial(home)
    return timed(lambda question: tutorial.ask(question, model), questions)


def timed(ask: Callable[[str], object], questions: Sequence[str]) -> dict[str, float]:
    peak = Peak()
    ask(questions[0])
    clock: list[float] = []
    processor: list[float] = []
    for question in questions:
        begun, used = time.perf_counter(), time.process_time()
        assert ask(question)
        processor.append(1000 * (time.process_time() - used))
        clock.append(1000 * (time.perf_counter() - begun))
    return {
        "p50_ms": share(clock, 0.5),
        "p95_ms": share(clock, 0.95),
        "p50_cpu_ms": share(processor, 0.5),
        "p95_cpu_ms": share(processor, 0.95),
        "peak_mb": peak.end(),
    }


def share(values: list[float], part: float) -> float:
    return sorted(values)[min(int(len(values) * part), len(values) - 1)]


# The files and the questions


def written(corpus: Path, folder: Path, sizes: Sequence[int]) -> Iterator[tuple[int, list[str]]]:
    """Adds files to the folder until they make each size in turn; the questions then to ask."""
    paths = documents(corpus)
    originals = understood(corpus)
    passages = [len(one.passages) for one in originals]
    lines = (corpus / "gold" / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [row for row in map(json.loads, filter(None, lines)) if not row.get("turns")]
    dice = random.Random(5)
    dice.shuffle(rows)
    wanted = iter(sorted(sizes))
    size = next(wanted)
    total = 0
    used: list[dict[str, str]] = []
    for number, naming in enumerate(namings(places(originals))):
        used.append(naming)
        for path, count in zip(paths, passages, strict=True):
            data = copied_file(path, naming, number)
            (folder / f"{number:03}-{renamed(path.name, naming)}").write_bytes(data)
            total += count
            while total >= size:
                yield size, [renamed(row["question"], dice.choice(used)) for row in rows]
                following = next(wanted, None)
                if following is None:
                    return
                size = following
    raise SystemExit("没有那么多地名，请减小 --sizes。")


def run(command: str, **job: object) -> dict[str, float]:
    """One step of one subject in a process of its own."""
    told = json.dumps({"command": command, **job}, ensure_ascii=False)
    done = subprocess.run(
        [sys.executable, __file__, "--job"],
        input=told,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    result: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return result


def work() -> None:
    job = json.load(sys.stdin)
    if job["command"] == "add":
        told = take_in(job["subject"], Path(job["home"]), Path(job["files"]), job["embed"])
    else:
        told = asked(job["subject"], Path(job["home"]), job["questions"])
    print(json.dumps(told))


ADDING = ("files_s", "files_cpu_s", "whole_files_s", "whole_files_cpu_s", "peak_mb")
ASKING = ("p50_ms", "p95_ms", "p50_cpu_ms", "p95_cpu_ms", "peak_mb")


def table(title: str, columns: Sequence[str], found: dict[str, dict[str, float]]) -> None:
    print(f"  {title:<10}" + "".join(f"{name:>19}" for name in columns), flush=True)
    for subject in SUBJECTS:
        print(f"  {subject:<10}" + "".join(f"{found[subject][name]:>19.1f}" for name in columns))
    ratios = [found["ours"][name] / found["tutorial"][name] for name in columns]
    print(f"  {'ratio':<10}" + "".join(f"{ratio:>19.2f}" for ratio in ratios), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("corpus", type=Path, nargs="?")
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--embed", type=int, default=2_000, help="so many texts are embedded")
    parser.add_argument("--job", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.job:
        work()
        return
    with tempfile.TemporaryDirectory() as scratch:
        files = Path(scratch) / "files"
        files.mkdir()
        for size, questions in written(given.corpus, files, given.sizes):
            adding: dict[str, dict[str, float]] = {}
            asking: dict[str, dict[str, float]] = {}
            for subject in SUBJECTS:
                home = str(Path(scratch) / f"{subject}-{size}")
                adding[subject] = run(
                    "add", subject=subject, home=home, files=str(files), embed=given.embed
                )
                asking[subject] = run(
                    "ask", subject=subject, home=home, questions=questions[: given.questions]
                )
            print(f"\n{size} passages, {adding['ours']['files']} files")
            for subject in SUBJECTS:
                texts, different, embedded = (
                    adding[subject][name] for name in ("texts", "different", "embedded")
                )
                print(f"  {subject:<10} {texts} texts, {different} to embed, {embedded} embedded")
            table("add", ADDING, adding)
            table("ask", ASKING, asking)


if __name__ == "__main__":
    main()
