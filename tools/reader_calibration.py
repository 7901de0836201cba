"""What makes a probability of the reader's number, and how far it can be trusted.

Fitted on texts of the trade that the reader never learned from: each question with its own text and
the most alike others of its file, as a search would find them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]

from assistant.reading.reader import Calibration, Reader
from tools.reader_examples import held_texts, most_alike

CANDIDATES = 4
"""How many other texts a question is read with."""
LIMITS = (0.0, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9, 1.0)
"""Between them the probabilities are counted together."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What the network says of a question and a text, and whether the text answers."""

    group: int
    score: float
    right: bool


def measured(folder: Path) -> list[Measured]:
    """The network's numbers for the held-out questions; a text and its questions are a group."""
    reader = Reader(folder)
    reader.warm_up()
    made: list[Measured] = []
    group = 0
    for texts in held_texts().values():
        for text, alike in zip(texts, most_alike(texts), strict=True):
            group += 1
            for one, others in zip(text.questions, alike, strict=True):
                cards = [text.card, *(texts[other].card for other in others[:CANDIDATES])]
                for at, reading in enumerate(reader.read(one.question, cards)):
                    score = reader.calibration.score(reading.answers)
                    made.append(Measured(group, score, at == 0 and bool(one.answer)))
    return made


def calibrated(told: Sequence[Measured]) -> Calibration:
    """Platt's slope and shift."""
    scores = np.array([[one.score] for one in told])
    layer = LogisticRegression(C=1e6).fit(scores, [one.right for one in told])
    return Calibration(float(layer.coef_[0, 0]), float(layer.intercept_[0]))


def reliability(told: Sequence[Measured]) -> list[tuple[str, int, float, float]]:
    """Between which limits, how many, the mean probability, how many of them answered.

    Each half of the groups is judged by what was fitted on the other.
    """
    judged: list[tuple[float, bool]] = []
    for half in (0, 1):
        fitted = calibrated([one for one in told if one.group % 2 != half])
        own = [one for one in told if one.group % 2 == half]
        judged += [(fitted.probability(one.score), one.right) for one in own]
    rows = []
    for low, high in pairwise(LIMITS):
        inside = [(share, right) for share, right in judged if low <= share < high]
        if inside:
            shares, right = np.array(inside, float).mean(axis=0)
            rows.append((f"{low}–{high}", len(inside), round(shares, 3), round(right, 3)))
    return rows
