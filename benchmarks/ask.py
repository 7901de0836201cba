"""How long a question takes as the library grows: `python benchmarks/ask.py CORPUS [--sizes …]`.

CORPUS holds docs/ and gold/questions.jsonl. Its documents are understood once and then copied into
libraries of 1,000, 10,000 and 100,000 passages, each copy under the name of a made-up city; copied
passages get the vectors of the originals with a little noise, since only time is measured. The
labelled questions are asked of random copies, without a language model. Prints p50 and p95 in
milliseconds, the time of the first answer and the peak memory, for each size.
"""

import argparse
import json
import random
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from assistant.config import Settings  # noqa: E402
from assistant.service import Assistant  # noqa: E402
from ingest.config import IngestSettings  # noqa: E402
from ingest.embedder import Embedder  # noqa: E402
from ingest.loaders import load  # noqa: E402
from ingest.pipeline import Library  # noqa: E402
from ingest.types import Understanding  # noqa: E402
from ingest.understand import understand  # noqa: E402

SIZES = (1_000, 10_000, 100_000)
NOISE = 0.05
_FIRST, _SECOND = "青明安永新长平宁庆和", "川江陵河源州山泉湖原"
_CITY = re.compile(r"^(.{2,3}?市)")


def understood(corpus: Path) -> list[Understanding]:
    """The corpus's digital documents (scans are slow to read and say nothing new here)."""
    found = []
    for path in sorted((corpus / "docs").iterdir()):
        if path.suffix in (".txt", ".html", ".xlsx", ".docx"):
            found.append(understand(load(path.name, path.read_bytes())))
    return found


def cities() -> Iterator[str]:
    for number in range(1_000_000):
        a, b = _FIRST[number % 10], _SECOND[number // 10 % 10]
        yield f"{a}{b}{_SECOND[number // 100 % 10] if number > 99 else ''}市"


def renamed(text: str, city: str) -> str:
    return _CITY.sub(city, text) if _CITY.search(text) else city + text


def copied(original: Understanding, city: str) -> Understanding:
    """The same facts under another city's name, with ids of their own."""
    department = renamed(original.document.department, city)
    identity = sha256(f"{original.document.id}{city}".encode()).hexdigest()

    def own(item):
        return replace(
            item,
            id=sha256(f"{item.id}{city}".encode()).hexdigest()[:16],
            document_id=identity,
            department=department,
        )

    file = f"{city}{original.document.file}"
    return replace(
        original,
        document=replace(original.document, id=identity, file=file, department=department),
        figures=tuple(map(own, original.figures)),
        indicators=tuple(map(own, original.indicators)),
        tasks=tuple(map(own, original.tasks)),
        passages=tuple(map(own, original.passages)),
    )


def fill(library: Library, originals: list[Understanding], size: int) -> list[str]:
    """Stores copies until the library holds `size` passages; the cities used."""
    texts = sorted({p.text for u in originals for p in u.passages})
    known = dict(zip(texts, library.embedder.encode_passages(texts), strict=True))
    dice = np.random.default_rng(1)
    used: list[str] = []
    stored = 0
    for city in cities():
        used.append(city)
        for original in originals:
            if stored >= size:
                return used
            one = copied(original, city)
            library.records.stage(one)
            library.records.publish(one.document.id)
            if one.passages:
                vectors = np.stack([known[p.text] for p in one.passages])
                vectors = vectors + NOISE * dice.standard_normal(vectors.shape)
                vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
                vectors = vectors.astype(np.float32)
                library.vectors.add(one.passages, vectors, form=one.document.form)
            stored += len(one.passages)
    return used


def questions(corpus: Path, used: list[str], count: int) -> list[str]:
    """Labelled single questions, each asked of a random copy's city."""
    dice = random.Random(5)
    text = (corpus / "gold" / "questions.jsonl").read_text(encoding="utf-8")
    rows = [json.loads(line) for line in text.splitlines() if line.strip()]
    asked = [r["question"] for r in rows if not r.get("turns")]
    dice.shuffle(asked)
    return [renamed(question, dice.choice(used)) for question in asked[:count]]


def measure(home: Path, asked: list[str]) -> dict[str, float]:
    start = time.perf_counter()
    assistant = Assistant(Settings(home=home))
    assistant.ask(asked[0])
    first = time.perf_counter() - start
    assistant.warm_up()
    for question in asked[:10]:
        assistant.ask(question)
    took = []
    for question in asked:
        start = time.perf_counter()
        assistant.ask(question)
        took.append(1000 * (time.perf_counter() - start))
    assistant.close()
    took.sort()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "p50_ms": round(took[len(took) // 2], 1),
        "p95_ms": round(took[int(len(took) * 0.95)], 1),
        "first_answer_s": round(first, 2),
        "peak_mb": round(peak),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--ask", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.ask:
        # A process of its own: its peak memory is the asking program's, not the filling's.
        job = json.loads(args.ask.read_text(encoding="utf-8"))
        print(json.dumps(measure(Path(job["home"]), job["asked"])))
        return
    originals = understood(args.corpus)
    report = {}
    for size in args.sizes:
        with tempfile.TemporaryDirectory() as folder:
            home = Path(folder) / "library"
            library = Library(IngestSettings(home=home), Embedder())
            used = fill(library, originals, size)
            library.close()
            job = Path(folder) / "job.json"
            asked = questions(args.corpus, used, args.questions)
            job.write_text(json.dumps({"home": str(home), "asked": asked}), encoding="utf-8")
            command = [sys.executable, __file__, str(args.corpus), "--ask", str(job)]
            done = subprocess.run(command, check=True, capture_output=True, text=True)
            report[size] = json.loads(done.stdout.splitlines()[-1])
        print(f"{size:>7} passages  {report[size]}", flush=True)
    print(json.dumps(report))


if __name__ == "__main__":
    main()
