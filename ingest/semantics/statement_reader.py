"""The statement reader (叙述识别): what each number of a sentence is, by the words around it.

A linear layer over runs of characters, trained by `tools/train_statements.py` from
`data/statements`. It reads a sentence from left to right, for what a number is depends on the one
before it (计划20个，实际18个).
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from ingest.config import DATA
from ingest.semantics.statement_features import NumberInText, seen
from ingest.types.facts import Role
from ingest.vectors.embedder import check_files

WEIGHTS = DATA / "models" / "statement-reader"
"""The folder of the trained layer."""
RULE = "rule"
"""What a number of a regulation is: a condition or duty of everybody, no figure of anybody."""
START = "start"
"""What stands before the first number of a sentence."""
TASKS = ("role", "relation", "carried")

_POSSIBLE: Mapping[str, frozenset[str]] = {
    unit: frozenset((*roles, Role.TARGET, RULE))
    for unit, roles in {
        "分": (Role.SCORE, Role.WEIGHT),
        "%": (Role.ACTUAL, Role.RATE, Role.WEIGHT),
        "个百分点": (Role.ACTUAL, Role.RATE),
        "元": (Role.ACTUAL, Role.BUDGET, Role.SPENT, Role.ADJUSTMENT),
        "元/": (Role.ACTUAL, Role.BUDGET, Role.SPENT),
        "个": (Role.ACTUAL,),
    }.items()
}
"""Kind of unit → what a number of it can be."""


class Relation(StrEnum):
    """How a number stands to what its sentence is about."""

    OWN = "own"
    BEFORE = "before"
    """The same of the year before, told for comparison (上年)."""
    CHANGE = "change"
    """How much more or less it is (增减、差额)."""
    SHARE = "share"
    """Which part of a whole it is (占比)."""


@dataclass(frozen=True, slots=True)
class NumberReading:
    """What a number is, and how probably.

    `role` is None where it is a rule; `carried` tells that its clause names no subject and goes on
    with that of the number before.
    """

    role: Role | None
    probability: float
    relation: Relation = Relation.OWN
    carried: bool = False


class StatementReader:
    """Reads numbers in sentences. Safe for threads."""

    def __init__(self, names: Mapping[str, Sequence[str]], arrays: Mapping[str, Any]) -> None:
        self._names = {task: tuple(names[task]) for task in TASKS}
        layers = [arrays[f"{task}.weights"].astype(np.float32) for task in TASKS]
        self._weights: NDArray[np.float32] = np.ascontiguousarray(np.vstack(layers).T)
        biases = [arrays[f"{task}.bias"].astype(np.float32) for task in TASKS]
        self._bias: NDArray[np.float32] = np.concatenate(biases)

    @classmethod
    def load(cls, folder: Path = WEIGHTS) -> Self:
        """The reader with the weights of a folder; raises ModelError where they are not whole."""
        check_files(folder, "叙述识别模型")
        names = json.loads((folder / "names.json").read_text(encoding="utf-8"))
        with np.load(folder / "weights.npz") as arrays:
            return cls(names, arrays)

    def read(self, numbers: Sequence[NumberInText]) -> Iterator[NumberReading]:
        """What the numbers of one sentence are, in their order."""
        previous = START
        for number in numbers:
            shares = self._shares(number, previous)
            previous, probability = max(shares["role"].items(), key=lambda item: item[1])
            yield NumberReading(
                role=None if previous == RULE else Role(previous),
                probability=probability,
                relation=Relation(max(shares["relation"], key=shares["relation"].__getitem__)),
                carried=shares["carried"]["yes"] > shares["carried"]["no"],
            )

    def _shares(self, number: NumberInText, previous: str) -> dict[str, dict[str, float]]:
        """Task → name → probability, of what is possible for a number of its unit."""
        marks = seen(number, previous)
        places = np.fromiter(marks, np.int64, len(marks))
        logits = np.fromiter(marks.values(), np.float32, len(marks)) @ self._weights[places]
        logits = logits + self._bias
        shares, at = {}, 0
        for task, names in self._names.items():
            raised = dict(zip(names, np.exp(logits[at : at + len(names)]).tolist(), strict=True))
            if task == "role":
                raised = {n: v for n, v in raised.items() if n in _POSSIBLE[number.unit]}
            whole = sum(raised.values())
            shares[task] = {name: value / whole for name, value in raised.items()}
            at += len(names)
        return shares


@cache
def shipped_reader() -> StatementReader:
    """The reader of data/models, loaded when first needed."""
    return StatementReader.load()
