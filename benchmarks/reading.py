"""How well the reader reads what it never learned from.

    python -m benchmarks.reading [--public cmrc2018_dev_a.jsonl] [--questions 300]
    python -m benchmarks.reading --speed | --reliability

Of the trade: the texts of data/questions/texts that `tools/reader_examples.py` holds out. Prints
how well answers and near misses are told apart, how exactly the words are found, and how often the
right text of its file comes first: of the first eight by the product's retrieval, put in order by
the reader. With a public set: its paragraphs, cut into windows, are the library; for three
questions of ten those of their own paragraph are left out, so that nothing answers.
"""

import argparse
import json
import os
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from sklearn.metrics import roc_auc_score  # type: ignore[import-untyped]

from assistant.config import Settings
from assistant.reading.reader import WEIGHTS, Reader, Reading
from assistant.retrieval.retriever import FusedRetriever
from benchmarks.retrieval import store
from ingest.pipeline import Library
from ingest.types.library import Scope
from ingest.vectors.embedder import Embedder
from tools.reader_calibration import measured, reliability
from tools.reader_examples import Text, card, held_texts, own, read_lines

FIRST = 8
"""So many candidates are read."""
WINDOW = 180
"""Characters of a window of a public paragraph."""
SENTENCE = re.compile(r"[^。！？；]+[。！？；]*")


class Texts:
    """A library of texts, for the time of a `with`: which are found first for a question."""

    def __init__(self, texts: Sequence[str], embedder: Embedder) -> None:
        self._texts, self._embedder = texts, embedder
        self._home = tempfile.TemporaryDirectory()

    def __enter__(self) -> "Texts":
        settings = Settings.from_environment(os.environ, home=self._home.name)
        self._library = library = Library.open(settings.ingest, self._embedder)
        self._places = {id_: at for at, id_ in enumerate(store(library, self._texts))}
        self._fused = FusedRetriever(
            words=library.records,
            nearest=library.vectors,
            cutter=library.tokenizer,
            encoder=self._embedder,
        )
        return self

    def __exit__(self, *_: object) -> None:
        self._library.close()
        self._home.cleanup()

    def first(self, question: str, count: int) -> list[int]:
        """The places of the texts found, the best first."""
        found = self._fused.passages(question, Scope(), count)
        return [self._places[passage.id] for passage in found]


def overlap(told: str, wanted: str) -> float:
    """F1 of the characters, as CMRC counts them."""
    marks = re.compile(r"[\W_]")
    one, other = marks.sub("", told), marks.sub("", wanted)
    if not one or not other:
        return float(told == wanted)
    shared = sum((Counter(one) & Counter(other)).values())
    return 2 * shared / (len(one) + len(other))


def spans(pairs: Sequence[tuple[str, str]]) -> dict[str, float]:
    """Exact matches and F1 of what was told against what was wanted."""
    exact = [told.strip("。，；") == wanted.strip("。，；") for told, wanted in pairs]
    return {"EM": mean(exact), "F1": mean([overlap(*pair) for pair in pairs])}


def mean(values: Sequence[float | bool]) -> float:
    return round(float(np.mean(values)), 3) if len(values) else 0.0


def trade(reader: Reader, embedder: Embedder) -> dict[str, object]:
    """The held-out texts of the trade."""
    files = held_texts()
    made: dict[str, object] = {}
    for name, texts in files.items():
        scores: list[tuple[float, bool]] = []
        told: list[tuple[str, str]] = []
        for text in texts:
            for one in text.questions:
                example = own(text, one)
                (reading,) = reader.read(example.question, [example.text])
                scores.append((reading.answers, example.answered))
                if example.answered:
                    told.append((example.text[reading.start : reading.end], one.answer))
        right = np.array([answered for _, answered in scores])
        sure = np.array([score for score, _ in scores])
        made[name] = {
            "questions": len(scores),
            "AUC": round(float(roc_auc_score(right, sure)), 3),
            "accuracy": mean((sure > 0.5) == right),
            **spans(told),
            **ranks(texts, reader, embedder),
        }
    return made


def ranks(texts: Sequence[Text], reader: Reader, embedder: Embedder) -> dict[str, float]:
    """How often the own text of an answered question comes first, before and after reading."""
    cards = [text.card for text in texts]
    found, read = [], []
    with Texts(cards, embedder) as library:
        for at, text in enumerate(texts):
            for one in text.questions:
                if not one.answer:
                    continue
                places = library.first(one.question, FIRST)
                best = best_of(reader.read(one.question, [cards[p] for p in places]))
                found.append(places[:1] == [at])
                read.append(bool(places) and places[best] == at)
    return {"R@1 fused": mean(found), "R@1 reader": mean(read)}


def best_of(readings: Sequence[Reading]) -> int:
    return max(range(len(readings)), key=lambda at: (readings[at].answers, -at), default=0)


@dataclass(frozen=True, slots=True)
class Question:
    """A question of a public set, with the paragraph that answers it."""

    text: str
    answers: tuple[str, ...]
    paragraph: int


def windows(context: str) -> Iterator[str]:
    """Whole sentences up to `WINDOW` characters; the last of one is the first of the next."""
    sentences = [found[0] for found in SENTENCE.finditer(context)]
    made: list[str] = []
    for sentence in sentences:
        if made and sum(map(len, made)) + len(sentence) > WINDOW:
            yield "".join(made)
            made = made[-1:] if len(made) > 1 else []
        made.append(sentence)
    yield "".join(made)


def public(path: Path, count: int, reader: Reader, embedder: Embedder) -> dict[str, object]:
    """A set of paragraphs with questions, a JSON object a line."""
    lines = [json.loads(line) for line in read_lines(path)]
    cards: list[str] = []
    owner: list[int] = []
    for at, line in enumerate(lines):
        for window in windows(line["context"]):
            cards.append(card(line["title"], window))
            owner.append(at)
    asked = [
        Question(q["question"], tuple(q["answers"]), at)
        for at, line in enumerate(lines)
        for q in line["questions"]
    ]
    random = Random(17)
    random.shuffle(asked)
    held, told, within = [], [], []
    sure: list[tuple[float, bool]] = []
    with Texts(cards, embedder) as library:
        for question in asked[:count]:
            places = library.first(question.text, 3 * FIRST)
            absent = random.random() < 0.3
            if absent:
                places = [place for place in places if owner[place] != question.paragraph]
            texts = [cards[place] for place in places[:FIRST]]
            readings = reader.read(question.text, texts)
            best = best_of(readings)
            sure.append((readings[best].answers, not absent))
            if absent:
                continue
            text, reading = texts[best], readings[best]
            held.append(any(answer in text for answer in question.answers))
            told.append(nearest(text[reading.start : reading.end], question.answers))
            right = [t for t in texts if any(answer in t for answer in question.answers)]
            if right:
                (inside,) = reader.read(question.text, right[:1])
                found = right[0][inside.start : inside.end]
                within.append(nearest(found, question.answers))
    return {
        "questions": count,
        "windows": len(cards),
        "cited window holds the answer": mean(held),
        **spans(told),
        "given the right window": spans(within),
        "AUC of answered against absent": round(
            float(roc_auc_score([there for _, there in sure], [score for score, _ in sure])), 3
        ),
        **{
            f"threshold {limit}": {
                "absent refused": mean([s < limit for s, there in sure if not there]),
                "there answered": mean([s >= limit for s, there in sure if there]),
            }
            for limit in (0.3, 0.5, 0.7)
        },
    }


def nearest(told: str, answers: Sequence[str]) -> tuple[str, str]:
    """What was told and that answer which is most like it."""
    return told, max(answers, key=lambda answer: (told == answer, overlap(told, answer)))


def speed(reader: Reader) -> dict[str, float]:
    """Milliseconds of the processor for a question with five and with eight held-out texts."""
    cards = [text.card for texts in held_texts().values() for text in texts]
    question = "2023年全年一共支出多少，执行率是多少"
    reader.read(question, cards[:2])
    made: dict[str, float] = {}
    for count in (5, FIRST):
        spent = []
        for start in range(0, len(cards) - count, count):
            begun = time.thread_time()
            reader.read(question, cards[start : start + count])
            spent.append(1000 * (time.thread_time() - begun))
        made[f"{count} texts: median"] = round(float(np.median(spent)), 1)
        made[f"{count} texts: least"] = round(min(spent), 1)
    return made


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--model", type=Path, default=WEIGHTS)
    parser.add_argument("--public", type=Path)
    parser.add_argument("--questions", type=int, default=300)
    parser.add_argument("--speed", action="store_true")
    parser.add_argument("--reliability", action="store_true")
    given = parser.parse_args()
    reader, embedder = Reader(given.model), Embedder()
    reader.warm_up()
    embedder.warm_up()
    if given.reliability:
        report: dict[str, object] = {"rows": reliability(measured(given.model))}
    elif given.speed:
        report = dict(speed(reader))
    elif given.public:
        report = public(given.public, given.questions, reader, embedder)
    else:
        report = trade(reader, embedder)
    print(json.dumps(report, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
