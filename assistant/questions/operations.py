"""What a question wants, read by meaning (操作识别): operation, role of the value, range and text.

Linear heads over the frozen encoder's vector of the question and its runs of characters, trained by
`tools/train_operations.py` from `data/questions`, a line a question.
"""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import TypeVar

from ingest.config import DATA
from ingest.language.normalise import squeeze
from ingest.semantics.label_features import OWN, TextVectors, Vectors, hashed, marked_runs
from ingest.semantics.label_reader import Head, load_heads

WEIGHTS = DATA / "models" / "operation-reader"
"""The folder of the trained heads."""
PLACES = 16_384
"""Number of places into which runs of characters are hashed."""
LONGEST = 120
"""Characters of a question that are looked at."""
REMEMBERED = 1_000
"""Questions whose vectors are kept: a question is read several times until it is answered."""


class Operation(StrEnum):
    """What is to be done for a question (操作)."""

    LOOKUP = "lookup"
    LIST = "list"
    SUM = "sum"
    AVERAGE = "average"
    EXTREME = "extreme"
    COUNT = "count"
    DIFFERENCE = "difference"
    RATE = "rate"
    SHARE = "share"
    RANK = "rank"
    TREND = "trend"
    STATUS = "status"
    CHECK = "check"
    EXPLAIN = "explain"
    WHO = "who"
    WHEN = "when"
    WHERE = "where"
    DEFINE = "define"
    CLAUSE = "clause"
    WHY = "why"
    NARRATIVE = "narrative"
    SUMMARY = "summary"
    DRAFT = "draft"
    HELP = "help"
    """How this program is used, and what it can do."""
    OTHER = "other"
    """What this program is not for: greetings, the weather, poems."""


class AskedRole(StrEnum):
    """Which value of a thing is asked for (所问的数): 原来打算搞多少 is its target."""

    PLAIN = "plain"
    """None is told apart."""
    INITIAL = "initial"
    """The budget at the beginning of the year (年初预算数)."""
    BUDGET = "budget"
    ADJUSTMENT = "adjustment"
    SPENT = "spent"
    RATE = "rate"
    """How much of a budget was spent (执行率)."""
    LEFT = "left"
    """What was not spent (结转结余)."""
    FUND = "fund"
    TARGET = "target"
    PERIOD_TARGET = "period_target"
    ACTUAL = "actual"
    WEIGHT = "weight"
    SCORE = "score"
    LOST = "lost"
    """The points that were not earned (扣分)."""
    REASON = "reason"
    MEASURE = "measure"


class Ranging(StrEnum):
    """Over what a question ranges (所问的范围)."""

    ONE = "one"
    """Over nothing: it is about one thing."""
    DEPARTMENT = "department"
    TASK = "task"
    INDICATOR = "indicator"
    AREA = "area"
    PART = "part"
    YEAR = "year"
    DOCUMENT = "document"


class AskedText(StrEnum):
    """Which text of the documents is meant (所问的内容)."""

    NONE = "none"
    """No text is."""
    WHOLE = "whole"
    PROBLEMS = "problems"
    MEASURES = "measures"
    GOAL_COMPLETION = "goal_completion"
    GOALS = "goals"
    BUDGET = "budget"
    INDICATORS = "indicators"
    TASKS = "tasks"
    OVERVIEW = "overview"


Kind = TypeVar("Kind", bound=StrEnum)
Likely = tuple[tuple[Kind, float], ...]
"""Kinds with their probabilities, the likeliest first; they sum up to 1."""

HEADS: Mapping[str, type[StrEnum]] = {
    "operation": Operation,
    "role": AskedRole,
    "over": Ranging,
    "topic": AskedText,
}
"""The heads by the names they have in data/questions and in the weights."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a question wants, each with probabilities."""

    operations: Likely[Operation]
    roles: Likely[AskedRole]
    ranges: Likely[Ranging]
    texts: Likely[AskedText]

    @property
    def operation(self) -> Operation:
        """The likeliest operation."""
        return self.operations[0][0]

    @property
    def role(self) -> AskedRole:
        """The likeliest role."""
        return self.roles[0][0]

    def probability(self, *operations: Operation) -> float:
        """How probably the question wants one of these."""
        return sum(share for operation, share in self.operations if operation in operations)

    def role_probability(self, *roles: AskedRole) -> float:
        """How probably the value is asked for in one of these roles."""
        return sum(share for role, share in self.roles if role in roles)

    def beside(self, other: "Wanted") -> "Wanted":
        """The mean of two readings: of what was typed, and of it in the documents' terms."""
        return Wanted(
            _mean(self.operations, other.operations),
            _mean(self.roles, other.roles),
            _mean(self.ranges, other.ranges),
            _mean(self.texts, other.texts),
        )


def _mean(one: Likely[Kind], other: Likely[Kind]) -> Likely[Kind]:
    shares = dict(other)
    both = ((kind, (share + shares[kind]) / 2) for kind, share in one)
    return tuple(sorted(both, key=lambda pair: -pair[1]))


class OperationReader:
    """Reads questions. Safe for threads."""

    def __init__(self, vectors: TextVectors, heads: Mapping[str, Head]) -> None:
        self._vectors = vectors
        self._heads = heads
        self._lock = threading.Lock()

    @classmethod
    def load(cls, folder: Path = WEIGHTS) -> "OperationReader":
        """The reader with the weights of a folder; raises ModelError where they are not whole."""
        return cls(*load_heads(folder, "操作识别模型", names="kinds.json", most=REMEMBERED))

    def read(self, question: str, encoded: Vectors | None = None) -> Wanted:
        """What a question wants; `encoded` is the embedded encoder's vector of it, if known."""
        text = looked_at(question)
        with self._lock:
            if encoded is not None:
                self._vectors.keep([text], encoded.reshape(1, -1))
            dense = OWN * self._vectors.of([text])
        places = [runs(text)]

        def likely(task: str, kinds: type[Kind]) -> Likely[Kind]:
            head = self._heads[task]
            shares = map(float, head.probabilities(dense, places)[0])
            told = zip(map(kinds, head.roles), shares, strict=True)
            return tuple(sorted(told, key=lambda one: -one[1]))

        return Wanted(
            operations=likely("operation", Operation),
            roles=likely("role", AskedRole),
            ranges=likely("over", Ranging),
            texts=likely("topic", AskedText),
        )


def looked_at(question: str) -> str:
    """A question as it is read: without white space, look-alikes folded, its beginning."""
    return squeeze(question)[:LONGEST]


def runs(text: str) -> list[int]:
    """The hashed places of the runs of characters of a question."""
    return hashed(marked_runs(text), PLACES)


@cache
def shipped_operations() -> OperationReader:
    """The reader of data/models, loaded when first needed."""
    return OperationReader.load()
