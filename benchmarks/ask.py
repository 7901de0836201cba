"""How long a question takes as the library grows: `python benchmarks/ask.py CORPUS [--sizes …]`.

CORPUS holds docs/ and gold/questions.jsonl. Its digital documents are understood once and copied
through the real stores into one library that grows to 1,000, 10,000 and 100,000 passages. In each
copy every city and district has another made-up name, in departments, texts and quotes alike, so
that there are as many departments and years as in a large library; the other words and the numbers
stay. The embedding model reads the original passages only: a copy gets the original's vector with
a little noise, which changes neither the time nor the memory of a search. The labelled questions
are asked about random copies, without a language model, in a process of their own. For each size:
p50 and p95 in milliseconds by the clock and by the processor (which other programs on the machine
change little), the first answer after a start, the model and vectors warm, the peak memory, the
space on disk; then the median and the slowest question of each type.

`--keep DIR` builds the libraries in DIR and uses those that are there already. With
JIWEN_DATABASE_URL and JIWEN_CHROMA_URL one library (one size) is kept on those servers instead.
`--answers FILE` writes what was answered, with what it rests on, one line a question: the lines of
two runs over the same size are equal where the answers are.
"""

import argparse
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from assistant.config import Settings
from assistant.schemas import answers as contract
from assistant.service import Assistant
from benchmarks.copies import copied, namings, places, renamed, understood
from ingest.pipeline import Library
from ingest.records.rows import pack
from ingest.types.blocks import Form
from ingest.types.facts import Passage, Understanding
from ingest.vectors.embedder import Embedder

SIZES = (1_000, 10_000, 100_000)
NOISE = 0.05
GROUP = 2_000


def fill(library: Library, originals: list[Understanding], size: int) -> list[dict[str, str]]:
    """Stores copies until the library holds `size` passages; how their places are named."""
    texts = sorted({p.text for u in originals for p in u.passages})
    known = dict(zip(texts, library.embedder.encode_passages(texts), strict=True))
    dice = np.random.default_rng(1)
    used: list[dict[str, str]] = []
    stored = 0
    for naming in namings(places(originals)):
        used.append(naming)
        waiting: list[tuple[Passage, Form, np.ndarray]] = []
        with library._stores.records.together():
            for original in originals:
                if stored >= size:
                    break
                one = copied(original, naming)
                library._stores.records.stage(pack(one))
                library._stores.records.publish(one.document.id)
                stored += len(one.passages)
                for before, after in zip(original.passages, one.passages, strict=True):
                    waiting.append((after, one.document.form, known[before.text]))
        for start in range(0, len(waiting), GROUP):
            part = waiting[start : start + GROUP]
            vectors = np.stack([vector for _, _, vector in part])
            vectors = vectors + NOISE * dice.standard_normal(vectors.shape)
            vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
            forms = {p.document_id: form for p, form, _ in part}
            library.vectors.add([p for p, _, _ in part], vectors, form=forms)
        if stored >= size:
            return used
    raise SystemExit("没有那么多地名，请减小 --sizes。")


def questions(corpus: Path, used: list[dict[str, str]], count: int) -> list[tuple[str, str]]:
    """Labelled single questions with their types, each asked of a random copy's places."""
    dice = random.Random(5)
    text = (corpus / "gold" / "questions.jsonl").read_text(encoding="utf-8")
    rows = [json.loads(line) for line in text.splitlines() if line.strip()]
    asked = [(r["type"], r["question"]) for r in rows if not r.get("turns")]
    dice.shuffle(asked)
    return [(kind, renamed(question, dice.choice(used))) for kind, question in asked[:count]]


def measure(
    home: Path, asked: list[tuple[str, str]], answers: Path | None = None
) -> dict[str, object]:
    start = time.perf_counter()
    assistant = Assistant(Settings.from_environment(os.environ, home=home))
    assistant.ask(asked[0][1])
    first = time.perf_counter() - start
    lean = peak_mb()
    start = time.perf_counter()
    assistant.warm_up()
    warm = time.perf_counter() - start
    told: list[str] = []
    took: list[tuple[float, float, str, str]] = []
    for kind, question in asked:
        begun, used = time.perf_counter(), time.process_time()
        given = assistant.ask(question)
        spent = time.process_time() - used
        took.append((1000 * (time.perf_counter() - begun), 1000 * spent, kind, question))
        same = contract.answer(replace(given, elapsed_ms=0, settings_hash=""))
        told.append(json.dumps(same, ensure_ascii=False))
    assistant.close()
    if answers:
        answers.write_text("\n".join(told), encoding="utf-8")
    size = sum(f.stat().st_size for f in home.rglob("*") if f.is_file())
    return {
        "p50_ms": share([t[0] for t in took], 0.5),
        "p95_ms": share([t[0] for t in took], 0.95),
        "p50_cpu_ms": share([t[1] for t in took], 0.5),
        "p95_cpu_ms": share([t[1] for t in took], 0.95),
        "first_answer_s": round(first, 2),
        "warm_s": round(warm, 1),
        "peak_mb_before_model": lean,
        "peak_mb": peak_mb(),
        "disk_mb": round(size / 2**20),
        "types": {
            kind: {
                "asked": len(own := sorted(t[1:] for t in took if t[2] == kind)),
                "p50_cpu_ms": share([t[0] for t in own], 0.5),
                "slowest_cpu_ms": round(own[-1][0]),
                "slowest": own[-1][2],
            }
            for kind in sorted({t[2] for t in took})
        },
    }


def share(values: list[float], part: float) -> float:
    return round(sorted(values)[min(int(len(values) * part), len(values) - 1)], 1)


def peak_mb() -> int:
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--questions", type=int, default=300)
    parser.add_argument("--keep", type=Path, help="build the libraries here and keep them")
    parser.add_argument("--answers", type=Path, help="where the answers (of one size) are written")
    parser.add_argument("--ask", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.ask:
        # A process of its own: its peak memory is the asking program's, not the filling's.
        job = json.loads(args.ask.read_text(encoding="utf-8"))
        asked = [(kind, question) for kind, question in job["asked"]]
        print(json.dumps(measure(Path(job["home"]), asked, args.answers), ensure_ascii=False))
        return
    originals: list[Understanding] = []
    report = {}
    with tempfile.TemporaryDirectory() as scratch:
        for size in args.sizes:
            folder = (args.keep or Path(scratch)) / str(size)
            job = folder / "job.json"
            if not job.exists():
                originals = originals or understood(args.corpus)
                made = Settings.from_environment(os.environ, home=folder / "library")
                library = Library.open(made.ingest, Embedder())
                used = fill(library, originals, size)
                library.close()
                asked = questions(args.corpus, used, args.questions)
                home = str(folder / "library")
                job.write_text(json.dumps({"home": home, "asked": asked}), encoding="utf-8")
            command = [sys.executable, __file__, str(args.corpus), "--ask", str(job)]
            command += ["--answers", str(args.answers)] if args.answers else []
            done = subprocess.run(command, check=True, capture_output=True, text=True)
            report[size] = json.loads(done.stdout.splitlines()[-1])
            types = report[size].pop("types")
            print(f"{size:>7} passages  {report[size]}", flush=True)
            for kind, told in types.items():
                print(f"        {kind:<18} {told}", flush=True)
    print(json.dumps(report))


if __name__ == "__main__":
    main()
