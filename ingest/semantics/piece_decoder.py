"""The pieces of a pasted form → its cells, each with what it is (片段的合并与标注).

The likeliest cutting of the whole into cells: what each cell is, whether its pieces go on, and
what mostly comes after what.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import exp, log
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ingest.semantics.piece_features import CellKind, Gap, seam_places
from ingest.semantics.piece_reader import PieceReader

Costs = NDArray[np.float64]
Places = NDArray[np.intp]

MAX_PIECES = 12
"""Maximum number of pieces of one cell."""
MOST_JOINED = 9.0
"""What the seams within a cell may cost together."""
LEAST = 1e-4
"""No reading is less probable."""
CONTEXT = 1.0
"""How much what comes before counts beside what a cell says itself."""
EACH = 2.5
"""What comes next is one of several kinds: so much of its improbability says nothing against it."""
PRIOR = 10.0
"""Seams that what is usual counts for."""
ADAPTED = 0.5
"""How far a form's own share of pieces that go on moves that of each."""
NEAR = (4, 6)
"""Pieces before and behind one whose lines tell how wide lines are there."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A piece: a text, what stands before it, and how long its line is."""

    text: str
    gap: Gap
    line_length: int

    @property
    def begins_line(self) -> bool:
        """Whether it is the first of its line."""
        return self.gap in (Gap.LINE, Gap.EMPTY_LINE)


@dataclass(frozen=True, slots=True)
class Tagged:
    """The pieces [start, end) are one cell of a kind."""

    start: int
    end: int
    kind: CellKind


def single_share(pieces: Sequence[Stretch]) -> float:
    """The share of the lines that are one piece."""
    begins = [one.begins_line for one in pieces]
    lines = max(1, sum(begins))
    alone = sum(one and (at + 1 == len(begins) or begins[at + 1]) for at, one in enumerate(begins))
    return alone / lines


def seams(pieces: Sequence[Stretch]) -> list[list[int]]:
    """What the reader sees of the seam before each piece but the first."""
    single = single_share(pieces)
    seen = []
    for at in range(1, len(pieces)):
        one, other = pieces[at - 1], pieces[at]
        near = pieces[max(0, at - 1 - NEAR[0]) : at - 1 + NEAR[1]]
        full = len(one.text) / max(p.line_length for p in near)
        seen.append(seam_places(one.text, other.text, other.gap, single=single, full=full))
    return seen


def joins(pieces: Sequence[Stretch], reader: PieceReader) -> list[float]:
    """How probable it is that each piece but the first goes on with the one before."""
    shares = [reader.goes_on(places) for places in seams(pieces)]
    return _adapted(shares, [piece.gap for piece in pieces[1:]], reader)


def _adapted(shares: Sequence[float], gaps: Sequence[Gap], reader: PieceReader) -> list[float]:
    """The shares as they are in a form where as many pieces go on as seem to: one whose cells are
    whole has none that does, one out of narrow columns has many."""
    moved = list(shares)
    for gap in set(gaps):
        own = [at for at, one in enumerate(gaps) if one is gap]
        usual = reader.joined[gap]
        seems = (sum(shares[at] for at in own) + PRIOR * usual) / (len(own) + PRIOR)
        shift = ADAPTED * (_logit(seems) - _logit(usual))
        for at in own:
            moved[at] = 1 / (1 + exp(-_logit(shares[at]) - shift))
    return [min(1 - LEAST, max(LEAST, share)) for share in moved]


def _logit(share: float) -> float:
    kept = min(1 - LEAST, max(LEAST, share))
    return log(kept / (1 - kept))


@dataclass(frozen=True, slots=True)
class Cut:
    """The pieces [start, end) are a cell in a state; `before` is that of the cell before, or one
    beyond the last where there is none."""

    start: int
    end: int
    state: int
    before: int


def cheapest(
    pieces: Sequence[Stretch],
    goes_on: Sequence[float],
    own: Callable[[int, int, str], Costs],
    steps: Callable[[int], Costs],
    last: Costs,
) -> tuple[list[Cut], float]:
    """The cheapest way to cut pieces into cells that are in states, and what it costs.

    `own` tells what a cell costs in each state, `steps` what it costs to come into each from each
    (the last row: from none), `last` to end in each.
    """
    states = len(last)
    best: list[Costs] = [np.append(np.full(states, np.inf), 0.0)]
    came: list[tuple[Places, Places]] = []
    for end in range(1, len(pieces) + 1):
        score = np.full(states + 1, np.inf)
        begin, before = np.zeros(states, np.intp), np.zeros(states, np.intp)
        inside, text = 0.0, ""
        for start in range(end - 1, max(-1, end - 1 - MAX_PIECES), -1):
            text = pieces[start].text + text
            ways = best[start][:, None] + steps(start)
            apart = -log(1 - goes_on[start - 1]) if start else 0.0
            total = ways.min(axis=0) + own(start, end, text) + inside + apart
            better = total < score[:states]
            score[:states][better] = total[better]
            begin[better] = start
            before[better] = ways.argmin(axis=0)[better]
            if not start or not goes_on[start - 1]:
                break
            inside -= log(goes_on[start - 1])
            if inside > MOST_JOINED:
                break
        best.append(score)
        came.append((begin, before))
    ends = best[-1][:states] + last
    way: list[Cut] = []
    state, end = int(ends.argmin()), len(pieces)
    while end:
        begin, before = came[end - 1]
        way.append(Cut(int(begin[state]), end, state, int(before[state])))
        end, state = way[-1].start, way[-1].before
    return way[::-1], float(ends.min())


def tagged(pieces: Sequence[Stretch], reader: PieceReader) -> list[Tagged]:
    """The pieces as cells with their kinds."""
    if not pieces:
        return []
    kinds = reader.cell_kinds
    none = np.zeros((1, len(kinds)))
    beside, below = (
        np.vstack([-CONTEXT * (one + EACH), none]).astype(np.float64) for one in reader.transitions
    )

    def own(_start: int, _end: int, text: str) -> Costs:
        return costs(reader.likelihoods(text))

    def steps(start: int) -> Costs:
        return below if pieces[start].begins_line else beside

    way, _ = cheapest(pieces, joins(pieces, reader), own, steps, np.zeros(len(kinds)))
    return [Tagged(cut.start, cut.end, kinds[cut.state]) for cut in way]


def costs(shares: NDArray[Any]) -> Costs:
    """What is improbable costs: the negative logarithm."""
    taken: Costs = -np.log(np.maximum(shares, LEAST)).astype(np.float64)
    return taken
