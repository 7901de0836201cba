"""Trains the statement reader (叙述识别) from data/statements: what numbers in sentences are.

    python -m tools.train_statements [--statements data/statements] [--score]

A file of data/statements is a family of texts: sentences in which each number is marked with what
it is ([T 20个]); a sentence with slots ({事}) is told with several fillers, so that what is counted
tells nothing. Nothing is drawn by chance. `--score` leaves out each family in turn instead.
"""

import argparse
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix  # type: ignore[import-untyped]
from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]

from ingest.config import DATA
from ingest.extraction.statements import normalise_keeping_lines, sentences
from ingest.language.vocabulary import default_vocabulary
from ingest.semantics.statement_features import HASHED, NumberInText, numbers_in, seen
from ingest.semantics.statement_reader import (
    RULE,
    START,
    TASKS,
    WEIGHTS,
    Relation,
    StatementReader,
)
from ingest.types.facts import Role
from tools.model_files import write_layers

STATEMENTS = DATA / "statements"
STRENGTH = {"role": 4.0, "relation": 5.0, "carried": 5.0}
"""Inverse of the regularisation."""
ROUNDS = 100
FILLINGS = 5
"""How often a sentence with slots is told."""
ROLES = {
    "T": Role.TARGET,
    "A": Role.ACTUAL,
    "B": Role.BUDGET,
    "S": Role.SPENT,
    "J": Role.ADJUSTMENT,
    "R": Role.RATE,
    "P": Role.SCORE,
    "W": Role.WEIGHT,
    "Q": RULE,
}
RELATIONS = {
    "": Relation.OWN,
    "-": Relation.BEFORE,
    "~": Relation.CHANGE,
    "/": Relation.SHARE,
}
_MARK = re.compile(r"\[([TABSJRPWQ])([-~/]?)(\^?) ([^\[\]]+)\]")
_SLOT = re.compile(r"\{(.)\}")


@dataclass(frozen=True)
class Example:
    """A number in its place, with what it is; `previous` is what the one before it is."""

    number: NumberInText
    previous: str
    names: Mapping[str, str]
    family: str


def examples(folder: Path = STATEMENTS) -> list[Example]:
    """All numbers that the files of a folder mark."""
    told: list[Example] = []
    for path in sorted(folder.glob("*.toml")):
        family = tomllib.loads(path.read_text(encoding="utf-8"))
        for part in family["parts"]:
            given = part["section"]
            sections = given if isinstance(given, list) else [given]
            filled = _filled(part["sentences"], family.get("fillers", {}))
            for section, marked in zip(cycle(sections), filled):
                where = (section, part.get("plan", False))
                told += _of_sentence(marked, where, path.stem)
    return told


def _filled(told: Sequence[str], fillers: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """The sentences, each slot filled with one word after the other."""
    count = 0
    for sentence in told:
        for _ in range(FILLINGS if _SLOT.search(sentence) else 1):
            filled = sentence
            while slot := _SLOT.search(filled):
                words = fillers[slot[1]]
                filled = filled.replace(slot[0], words[7 * count % len(words)], 1)
                count += 1
            yield filled


def _of_sentence(marked: str, where: tuple[str, bool], family: str) -> Iterator[Example]:
    text, marks, at = "", [], 0
    for match in _MARK.finditer(marked):
        text += marked[at : match.start()]
        marks.append((len(text), len(text) + len(match[4]), match))
        text, at = text + match[4], match.end()
    text += marked[at:]
    section, planned = where
    plain, found = normalise_keeping_lines(text), default_vocabulary().read(text).quantities
    for start, end in sentences(text):
        inside = [q for q in found if start <= q.start and q.end <= end]
        numbers = numbers_in(plain, (start, end), inside, section=section, planned=planned)
        previous = START
        for item, number in zip(inside, numbers, strict=True):
            own = [m for first, last, m in marks if first < item.end and item.start < last]
            if not own:
                raise ValueError(f"{family}: no mark on {item.quantity.raw} in {marked}")
            role = str(ROLES[own[0][1]])
            names = (role, str(RELATIONS[own[0][2]]), "yes" if own[0][3] else "no")
            yield Example(number, previous, dict(zip(TASKS, names, strict=True)), family)
            previous = role


def trained(told: Sequence[Example]) -> tuple[dict[str, list[str]], dict[str, Any]]:
    """The names and the weights of all layers.

    Solved among the examples, of which there are fewer than places: the same as over all places.
    """
    marks = [seen(one.number, one.previous) for one in told]
    rows = np.repeat(np.arange(len(marks)), list(map(len, marks)))
    places = np.concatenate([np.fromiter(one, np.int64, len(one)) for one in marks])
    values = np.concatenate([np.fromiter(one.values(), float, len(one)) for one in marks])
    data = csr_matrix((values, (rows, places)), (len(marks), HASHED))
    squares, axes = np.linalg.eigh((data @ data.T).toarray())
    kept = squares > 1e-5 * squares.max()
    scale = np.sqrt(squares[kept])
    among = axes[:, kept] * scale
    names: dict[str, list[str]] = {}
    arrays: dict[str, Any] = {}
    for task in TASKS:
        layer = LogisticRegression(C=STRENGTH[task], max_iter=ROUNDS, tol=1e-3)
        layer.fit(among, np.array([one.names[task] for one in told]))
        weights = (layer.coef_ / scale) @ axes[:, kept].T @ data
        bias = layer.intercept_
        if len(weights) == 1:  # of two names, the first is where nothing speaks for the second
            weights, bias = np.vstack([0 * weights, weights]), np.array([0.0, *bias])
        names[task] = list(map(str, layer.classes_))
        arrays[f"{task}.weights"] = weights.astype(np.float16)
        arrays[f"{task}.bias"] = bias.astype(np.float32)
    return names, arrays


def score(told: Sequence[Example]) -> None:
    """Prints how much is right of each family when the others teach it."""
    right = {task: 0 for task in TASKS}
    for family in sorted({one.family for one in told}):
        reader = StatementReader(*trained([one for one in told if one.family != family]))
        own = [one for one in told if one.family == family]
        here = {task: 0 for task in TASKS}
        for sentence in _sentences(own):
            for one, read in zip(sentence, reader.read([s.number for s in sentence]), strict=True):
                here["role"] += one.names["role"] == (str(read.role) if read.role else RULE)
                here["relation"] += one.names["relation"] == str(read.relation)
                here["carried"] += one.names["carried"] == ("yes" if read.carried else "no")
        print(family, len(own), {task: round(here[task] / len(own), 3) for task in TASKS})
        right = {task: right[task] + here[task] for task in TASKS}
    print("all", len(told), {task: round(right[task] / len(told), 3) for task in TASKS})


def _sentences(told: Sequence[Example]) -> Iterator[list[Example]]:
    sentence: list[Example] = []
    for one in told:
        if one.previous == START and sentence:
            yield sentence
            sentence = []
        sentence.append(one)
    yield sentence


def main() -> None:
    """Trains on all families and writes the weights with their checksum, or scores."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--statements", type=Path, default=STATEMENTS)
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    parser.add_argument("--score", action="store_true")
    given = parser.parse_args()
    told = examples(given.statements)
    if given.score:
        score(told)
        return
    names, arrays = trained(told)
    write_layers(given.out, ("names.json", names), arrays)
    print(f"{len(told)} numbers")


if __name__ == "__main__":
    main()
