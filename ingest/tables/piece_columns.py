"""The pieces below a row of heads → the cells of its columns (片段归列).

The likeliest way to cut the pieces into cells and to go through the columns with them, row by row:
what each cell is beside what the heads announce, whether pieces go on, and how seldom cells of a
row are left out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ingest.semantics.column_kinds import KINDS
from ingest.semantics.piece_decoder import Costs, Stretch, cheapest, costs, joins, single_share
from ingest.semantics.piece_features import CellKind
from ingest.semantics.piece_reader import PieceReader

OPTIONAL = {CellKind.TEXT, CellKind.JUDGEMENT}
"""What is often not filled in."""
LEFT_OUT, LEFT_OUT_OPTIONAL = 1.5, 0.4
"""What it costs that a cell of a row is missing."""
BEGINS_LATER = 0.3
"""What it costs that a row begins behind its first column: a family's name stands once."""
BEGINS_BEHIND_NAME = 4.0
BEGINS_WITHIN_LINE = 3.0
"""What it costs that a row begins within a line, where lines hold several cells."""
ONE_A_LINE = 0.6
"""From this share of lines with one piece on, lines hold single cells."""
OWN_WEIGHT = 3.0
"""For how many cells the head of a column counts."""
EMPTY_CELL = 1.0
"""What a cell costs that only marks that nothing is filled in."""
UNKNOWN_ROLE = 0.02
"""The share of any kind of cell below any head."""


@dataclass(frozen=True, slots=True)
class Placed:
    """The pieces [start, end) are the cell of a column; `row` counts from 0."""

    start: int
    end: int
    row: int
    column: int


@dataclass(frozen=True, slots=True)
class Placing:
    """How pieces are placed under columns, and what that costs for each piece."""

    cells: tuple[Placed, ...]
    cost: float


def expected(heads: Sequence[Mapping[str, float]], kinds: Sequence[CellKind]) -> Costs:
    """Columns × kinds: how probable each kind of cell is below each head."""
    shares = np.full((len(heads), len(kinds)), UNKNOWN_ROLE)
    for column, roles in enumerate(heads):
        for role, probability in roles.items():
            kind = KINDS.get(role)
            if kind is None:
                shares[column] += probability / len(kinds)
            else:
                shares[column, kinds.index(kind)] += probability
    normed: Costs = shares / shares.sum(axis=1, keepdims=True)
    return normed


def _steps(shares: Costs, kinds: Sequence[CellKind]) -> tuple[Costs, Costs]:
    """From column to column within a row, and into the next one; the first row is where nothing
    has come yet. Inf where that cannot be."""
    count = len(shares)
    likeliest = [kinds[int(one.argmax())] for one in shares]
    out = np.array([LEFT_OUT_OPTIONAL if k in OPTIONAL else LEFT_OUT for k in likeliest])
    missing = np.concatenate([[0.0], out.cumsum()])
    names = [at for at, kind in enumerate(likeliest) if kind is CellKind.NAME]
    name = names[-1] if names else 0
    begins = np.array(
        [
            BEGINS_LATER * (at > 0) if at <= name else BEGINS_BEHIND_NAME + missing[at]
            for at in range(count)
        ]
    )
    within = np.full((count + 1, count), np.inf)
    anew = np.full((count + 1, count), np.inf)
    anew[count] = begins
    for at in range(count):
        for to in range(at + 1, count):
            within[at, to] = missing[to] - missing[at + 1]
        anew[at] = missing[count] - missing[at + 1] + begins
    return within, anew


def placed(
    pieces: Sequence[Stretch],
    heads: Sequence[Mapping[str, float]],
    reader: PieceReader,
    blank: Sequence[bool],
    *,
    revised: bool = True,
) -> Placing:
    """The cheapest way to place pieces under columns; `blank` tells which are placeholders.

    Either cells were cut over lines here or none was. Where `revised`, what stands in a column then
    tells what it holds beside what its head announces.
    """
    shares = expected(heads, reader.cell_kinds)
    cut, whole = joins(pieces, reader), [0.0] * (len(pieces) - 1)
    ways = [_placed(pieces, goes_on, shares, reader, blank) for goes_on in (cut, whole)]
    placing = min(ways, key=lambda way: way.cost)
    if not revised:
        return placing
    held = shares * OWN_WEIGHT
    for cell in placing.cells:
        if not (cell.end - cell.start == 1 and blank[cell.start]):
            text = "".join(piece.text for piece in pieces[cell.start : cell.end])
            held[cell.column] += reader.likelihoods(text)
    goes_on = cut if placing is ways[0] else whole
    return _placed(pieces, goes_on, held / held.sum(axis=1, keepdims=True), reader, blank)


def _placed(
    pieces: Sequence[Stretch],
    goes_on: Sequence[float],
    shares: Costs,
    reader: PieceReader,
    blank: Sequence[bool],
) -> Placing:
    within, anew = _steps(shares, reader.cell_kinds)
    midway = anew + (BEGINS_WITHIN_LINE if single_share(pieces) < ONE_A_LINE else 0.0)
    empty = np.full(len(shares), EMPTY_CELL)

    def own(start: int, end: int, text: str) -> Costs:
        blank_cell = end - start == 1 and blank[start]
        return empty if blank_cell else costs(shares @ reader.likelihoods(text))

    def rows(start: int) -> Costs:
        return anew if pieces[start].begins_line else midway

    way, cost = cheapest(
        pieces,
        goes_on,
        own,
        lambda start: np.minimum(within, rows(start)),
        anew[:-1].min(axis=1),
    )
    row, cells = -1, []
    for cut in way:
        at = cut.before, cut.state
        row += bool(rows(cut.start)[at] <= within[at])
        cells.append(Placed(cut.start, cut.end, row, cut.state))
    return Placing(tuple(cells), cost / max(1, len(pieces)))
