"""Trains what reads the operation of a question (操作识别) from data/questions, a line a question.

    python -m tools.train_operations [--questions DIR] [--out DIR]

A file is a family of questions: under each operation its lines, `"question"` or
`"question | role spent, over department, topic problems"`. What a line does not tell counts as
none, unless its file says `all_told = false`. Linear heads as those of `tools/train_labels.py`;
benchmarks/operations.py leaves out each family in turn.
"""

import argparse
import json
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import log
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix, hstack  # type: ignore[import-untyped]
from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]

from assistant.questions.asked_words import COMMON, WORDS
from assistant.questions.operations import (
    HEADS,
    PLACES,
    WEIGHTS,
    AskedRole,
    AskedText,
    Ranging,
    looked_at,
    runs,
)
from ingest.config import DATA
from ingest.language.normalise import squeeze
from ingest.language.tokenizer import Tokenizer
from ingest.semantics.label_features import OWN, TextVectors
from tools.model_files import centred_vectors, hashed_rows, layer_arrays, seal, write_layers

QUESTIONS = DATA / "questions"
STRENGTH = 10.0
"""Inverse of the regularisation."""
EVENED = {"operation": 0.3}
"""By which power rare kinds of a head count more than frequent ones: at 1 all kinds together count
the same. Most questions are lookups, and a list in unknown words should not be one for it."""
EVENED_ELSE = 0.5
ROUNDS = 200
MIN_ASKED = 4
"""In how many questions a word stands at least of which anything is counted."""
ASKS_FROM = 0.7
"""A word only asks that is so much commoner in questions than in texts (a logarithm)."""
MIN_ALONE = 0.7
"""In which share of the questions that have a character it stands alone if it is a word."""
COMMON_FROM = 0.005
"""From which share of questions on a word says little of what one of them is about."""
FUNCTION_KINDS = frozenset(("c", "d", "f", "p", "r", "u", "y"))
MIN_COMMON = 300
"""How often a function word stands in the corpus that jieba counted, at least."""
ALL_TOLD = "all_told"
UNTOLD: Mapping[str, str] = {
    "role": AskedRole.PLAIN,
    "over": Ranging.ONE,
    "topic": AskedText.NONE,
}
"""What a line of a file means that tells all, where it says nothing."""


@dataclass(frozen=True)
class Example:
    """A question with what it wants, by the names of the heads, and its family."""

    text: str
    wants: Mapping[str, str]
    family: str


def examples(folder: Path) -> list[Example]:
    """The lines of all files of a folder."""
    return [one for path in sorted(folder.glob("*.toml")) for one in of_file(path)]


def of_file(path: Path) -> Iterator[Example]:
    """The lines of a file; raises ValueError for one that tells what there is not."""
    pack = tomllib.loads(path.read_text(encoding="utf-8"))
    untold = UNTOLD if pack.pop(ALL_TOLD, True) else {}
    for operation, lines in pack.items():
        for line in lines:
            question, _, told = line.partition(" | ")
            pairs = [pair.split() for pair in told.split(",") if pair.strip()]
            wants = {**untold, "operation": operation} | {task: kind for task, kind in pairs}
            for task, kind in wants.items():
                HEADS[task](kind)
            yield Example(looked_at(question), wants, path.stem)


def text_vectors(told: Sequence[Example]) -> TextVectors:
    """The vectors of the embedded encoder, centred as those of the questions lie."""
    return centred_vectors(sorted({one.text for one in told}))


def seen(told: Sequence[Example], vectors: TextVectors) -> csr_matrix:
    """The examples as numbers: vectors, then runs of characters, examples × features."""
    dense = csr_matrix(OWN * vectors.of([one.text for one in told]))
    places = hashed_rows([runs(one.text) for one in told], PLACES)
    return hstack([dense, places]).tocsr().astype(np.float32)


def trained(data: csr_matrix, kinds: Sequence[str], task: str) -> LogisticRegression:
    """The layer of a head, trained on examples of these kinds."""
    counted = Counter(kinds)
    power = EVENED.get(task, EVENED_ELSE)
    share = {kind: (len(kinds) / len(counted) / count) ** power for kind, count in counted.items()}
    layer = LogisticRegression(C=STRENGTH, max_iter=ROUNDS, tol=1e-3, class_weight=share)
    return layer.fit(data, np.array(kinds))


def function_words() -> Iterator[str]:
    """The adverbs, pronouns, conjunctions and particles of jieba's dictionary that are common."""
    import jieba  # type: ignore[import-untyped]

    with jieba.dt.get_dict_file() as listed:
        for line in listed:
            word, count, kind = line.decode("utf-8").split()
            if int(count) >= MIN_COMMON and kind in FUNCTION_KINDS:
                yield word


def words_worth(told: Sequence[Example], folder: Path) -> dict[str, float]:
    """What words are worth that many questions have: those that only ask nothing, common ones less.

    `folder` holds texts that such questions are asked of.
    """
    cut = Tokenizer().cut
    texts = [
        squeeze("".join((text["title"], text["section"], text["text"])))
        for path in sorted(folder.glob("*.toml"))
        for text in tomllib.loads(path.read_text(encoding="utf-8"))["texts"]
    ]
    asked = Counter(word for one in told for word in {*cut(one.text)})
    in_texts = Counter(word for text in texts for word in {*cut(text)})
    letters = Counter(letter for one in told for letter in {*one.text})
    worth = dict.fromkeys(function_words(), COMMON)
    for word, count in sorted(asked.items()):
        if count < MIN_ASKED or any(map(str.isdigit, word)):
            continue
        commoner = (count + 0.5) / len(told) * len(texts) / (in_texts[word] + 0.5)
        alone = len(word) > 1 or count >= MIN_ALONE * letters[word]
        if not alone:
            continue
        if len(word) == 1 or log(commoner) >= ASKS_FROM:
            worth[word] = 0.0
        elif count >= COMMON_FROM * len(told):
            worth[word] = COMMON
    return worth


def main() -> None:
    """Trains on all families and writes the weights with their checksum."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=Path, default=QUESTIONS)
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    given = parser.parse_args()
    told = examples(given.questions)
    vectors = text_vectors(told)
    arrays: dict[str, Any] = {"mean": vectors.mean}
    names: dict[str, list[str]] = {}
    for task in HEADS:
        own = [one for one in told if task in one.wants]
        layer = trained(seen(own, vectors), [one.wants[task] for one in own], task)
        arrays |= layer_arrays(layer, PLACES, task)
        names[task] = list(map(str, layer.classes_))
        print(f"{task}: {len(own)} questions, {len(names[task])} kinds")
    write_layers(given.out, ("kinds.json", names), arrays)
    words = words_worth(told, given.questions / "texts")
    shown = json.dumps(words, ensure_ascii=False, indent=0)
    (given.out / WORDS).write_text(f"{shown}\n", encoding="utf-8")
    seal(given.out, "kinds.json", "weights.npz", WORDS)


if __name__ == "__main__":
    main()
