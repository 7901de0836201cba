"""Retrieval on a labelled public set: `python benchmarks/retrieval.py PATH`.

PATH is a SQuAD-style JSON file (such as the CMRC 2018 trial split). Every context is stored as one
passage in a real library (SQLite FTS5 and Chroma); every question is ranked by each leg and by the
product's own fusion. Prints R@1, R@5 and MRR of words, meaning and both. With JIWEN_DATABASE_URL
and JIWEN_CHROMA_URL the library is kept there: an empty database, please.
"""

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from assistant.config import Settings
from assistant.retrieval.retriever import FusedRetriever
from ingest.pipeline import Library
from ingest.records.rows import pack
from ingest.types.blocks import Document, Form, Location, Run, TextBlock
from ingest.types.facts import Passage, Understanding
from ingest.types.library import Scope
from ingest.vectors.embedder import Embedder

DEPTH = 60
"""A context ranked lower than this counts as not found."""


def read_set(path: Path) -> tuple[list[str], list[tuple[str, int]]]:
    """The contexts, and each question with the number of its context."""
    contexts: list[str] = []
    questions: list[tuple[str, int]] = []
    for article in json.loads(path.read_text(encoding="utf-8"))["data"]:
        for paragraph in article["paragraphs"]:
            contexts.append(paragraph["context"])
            asked = (qa["question"] for qa in paragraph["qas"])
            questions.extend((q, len(contexts) - 1) for q in asked if q.strip())
    return contexts, questions


def understanding(text: str) -> Understanding:
    identity = sha256(text.encode()).hexdigest()
    place = Location(line_start=1, line_end=1)
    document = Document(identity, f"{identity[:8]}.txt", (TextBlock((Run(text, place),)),))
    passage = Passage(identity, identity, "", None, "", text, place)
    return Understanding(document, 0, (), (), (), (passage,), ())


def store(library: Library, contexts: Sequence[str]) -> list[str]:
    """Stores every context; the ids in the order of the contexts."""
    made = [understanding(text) for text in contexts]
    unique = {u.document.id: u for u in made}
    vectors = library.embedder.encode_passages([u.passages[0].text for u in unique.values()])
    for u in unique.values():
        library._stores.records.stage(pack(u))
        library._stores.records.publish(u.document.id)
    passages = [u.passages[0] for u in unique.values()]
    library.vectors.add(passages, vectors, form=Form.UNKNOWN)
    return [u.document.id for u in made]


def measure(
    rank: Callable[[str], Sequence[str]], asked: Sequence[tuple[str, str]]
) -> dict[str, float]:
    first = five = reciprocal = 0.0
    for question, wanted in asked:
        found = list(rank(question))
        if wanted in found:
            place = found.index(wanted) + 1
            first += place == 1
            five += place <= 5
            reciprocal += 1 / place
    count = len(asked)
    return {
        "R@1": round(first / count, 4),
        "R@5": round(five / count, 4),
        "MRR": round(reciprocal / count, 4),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("path", type=Path)
    args = parser.parse_args()
    contexts, questions = read_set(args.path)
    with tempfile.TemporaryDirectory() as home:
        embedder = Embedder()
        embedder.warm_up()
        library = Library.open(Settings.from_environment(os.environ, home=home).ingest, embedder)
        ids = store(library, contexts)
        asked = [(question, ids[n]) for question, n in questions]
        cut, records, vectors = library.tokenizer, library.records, library.vectors
        fused = FusedRetriever(words=records, nearest=vectors, cutter=cut, encoder=embedder)

        def by_words(question: str) -> list[str]:
            return [i for i, _ in records.search(cut.query(question), Scope(), DEPTH)]

        def by_meaning(question: str) -> list[str]:
            return [i for i, _ in vectors.search(embedder.encode_query(question), Scope(), DEPTH)]

        def by_both(question: str) -> list[str]:
            return [p.id for p in fused.passages(question, Scope(), DEPTH)]

        report = {
            "words": measure(by_words, asked),
            "meaning": measure(by_meaning, asked),
            "fused": measure(by_both, asked),
        }
        library.close()
    for leg, figures in report.items():
        print(f"{leg:8s} " + "  ".join(f"{name} {value:.4f}" for name, value in figures.items()))
    print(json.dumps(report | {"contexts": len(contexts), "questions": len(questions)}))


if __name__ == "__main__":
    main()
