"""The lines of a dumped form's block → the cells of its columns (转储行的单元格划分).

A shortest path over cut points: each stretch of pieces is priced as a cell of each column by what
it says, joining lines that were no wrapped line costs, and so does leaving a column empty.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from math import inf

from ingest.language.form_vocabulary import is_level, is_placeholder, looks_like_value
from ingest.language.lexicon import read_pack
from ingest.language.normalise import normalise, squeeze
from ingest.language.quantities import parse_value, quantity_spans
from ingest.types.blocks import Location
from ingest.types.tables import ColumnRole

LABEL_PIECE = 9
"""A broken label's lines are short: a narrow column of the form."""
FORBIDDEN = 99.0


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a line without white space."""

    text: str
    location: Location
    line: int
    line_length: int
    first: bool


Cost = Callable[[str, Sequence[Piece]], float]


@cache
def _completion() -> tuple[frozenset[str], tuple[str, ...]]:
    pack = read_pack("forms")["completion"]
    return frozenset(squeeze(w) for w in pack["done"]), tuple(pack["lead"])


_SENTENCE_END = ("。", "；", ";", "！")


def _complete_target(text: str) -> bool:
    """Whether a text ends with a target: …≥800场, …：有所提升."""
    found = quantity_spans(text)
    return bool(found) and not squeeze(text[found[-1][1] :]).strip("。")


def _cost_task(text: str, pieces: Sequence[Piece]) -> float:
    lines = [p.line_length for p in pieces]
    if (
        is_placeholder(text)
        or len(text) > 40
        or "。" in text
        or "，" in text
        or parse_value(text)
        or text in _completion()[0]
    ):
        return FORBIDDEN
    uneven = sum(abs(n - lines[0]) > 1 for n in lines[:-1]) + (lines[-1] > lines[0] + 1)
    wide = max(lines) > LABEL_PIECE and len(lines) == 1
    return 1.0 * uneven + (2.0 if wide else 0.0) + (2.0 if len(text) < 3 else 0.0)


def _cost_goal(text: str, pieces: Sequence[Piece]) -> float:
    return (
        (0.0 if len(text) >= 15 else 5.0)
        + (0.0 if text.endswith(_SENTENCE_END) else 1.5)
        + (3.0 if text.startswith(_completion()[1]) else 0.0)
    )


def _cost_completion(text: str, pieces: Sequence[Piece]) -> float:
    if text in _completion()[0] or re.fullmatch(r"\d+(?:\.\d+)?%", normalise(text)):
        return 0.0
    return 1.0 if text.startswith(_completion()[1]) and len(text) < 30 else 6.0


_WORDS_LAST = re.compile(r"[：:][^：:，。]{2,12}$")
_BARE_LAST = re.compile(r"(?:[≥≤><=]|不低于|不超过)\s*[\d.]+$")


def _cost_name_target(text: str, pieces: Sequence[Piece]) -> float:
    if text in _completion()[0] or is_placeholder(text) or parse_value(text):
        return FORBIDDEN
    cost = 4.0 if text.startswith(_completion()[1]) else 0.0
    cost += 1.0 if text.endswith("。") else 0.0
    cost += 4.0 if "。" in text[:-1] else 0.0
    cost += max(0.0, (len(text) - 45) / 10)
    if _WORDS_LAST.search(text) or _complete_target(text):
        return cost
    found = quantity_spans(text)
    if _BARE_LAST.search(normalise(text)):
        return cost + 0.5
    if not found:
        return cost + 4.0
    return cost + (0.0 if text.endswith("。") else 1.5)


def _cost_actual(text: str, pieces: Sequence[Piece]) -> float:
    value = parse_value(text)
    if value:
        return 0.0 if value.unit else 0.8
    if text in _completion()[0] or text.endswith(_SENTENCE_END) or is_placeholder(text):
        return 0.0
    return 0.2 if looks_like_value(text) else 3.0


_AMOUNT = re.compile(r"[\d,]+(?:\.\d+)?(?:万?元)?")


def _cost_fund(text: str, pieces: Sequence[Piece]) -> float:
    alone = len(pieces) == 1 and _AMOUNT.fullmatch(normalise(text))
    return 0.0 if alone else FORBIDDEN


def _cost_name(text: str, pieces: Sequence[Piece]) -> float:
    if parse_value(text) or text.endswith("。") or is_placeholder(text):
        return 6.0
    families = sum(is_level(piece.text) for piece in pieces) if len(pieces) > 1 else 0
    cost = (0.0 if 2 <= len(text) <= 40 else 3.0) + (2.0 if _complete_target(text) else 0.0)
    return cost + 3.0 * families


def _cost_target(text: str, pieces: Sequence[Piece]) -> float:
    return 0.0 if looks_like_value(text) else 3.0 + len(text) / 10


def _cost_level(text: str, pieces: Sequence[Piece]) -> float:
    return 0.0 if is_level(text) else FORBIDDEN


def _cost_rate(text: str, pieces: Sequence[Piece]) -> float:
    value = parse_value(text)
    return 0.0 if is_placeholder(text) or (value and value.unit == "%") else FORBIDDEN


def _cost_points(text: str, pieces: Sequence[Piece]) -> float:
    return 0.0 if len(pieces) == 1 and is_placeholder(text) else _cost_fund(text, pieces)


def _cost_remark(text: str, pieces: Sequence[Piece]) -> float:
    return 4.0 if parse_value(text) or is_level(text) else 1.0 + 0.3 * len(pieces)


_COSTS: dict[ColumnRole, Cost] = {
    ColumnRole.TASK: _cost_task,
    ColumnRole.TASK_GOAL: _cost_goal,
    ColumnRole.TASK_CONTENT: _cost_goal,
    ColumnRole.TASK_COMPLETION: _cost_completion,
    ColumnRole.NAME_TARGET: _cost_name_target,
    ColumnRole.ACTUAL: _cost_actual,
    ColumnRole.FUND: _cost_fund,
    ColumnRole.NAME: _cost_name,
    ColumnRole.TARGET: _cost_target,
    ColumnRole.PERIOD_TARGET: _cost_target,
    ColumnRole.WEIGHT: _cost_points,
    ColumnRole.SCORE: _cost_points,
    ColumnRole.LEVEL1: _cost_level,
    ColumnRole.LEVEL2: _cost_level,
    ColumnRole.DEVIATION: _cost_remark,
    ColumnRole.REMARK: _cost_remark,
    ColumnRole.ITEM: _cost_name,
    ColumnRole.RATE: _cost_rate,
    **dict.fromkeys(
        (
            ColumnRole.INITIAL,
            ColumnRole.FINAL,
            ColumnRole.SPENT,
            ColumnRole.ADJUSTMENT,
            ColumnRole.LEFT,
        ),
        _cost_points,
    ),
}


Previous = ColumnRole | None
"""The column of the cell before; None where a block begins."""


def _successors(
    roles: Sequence[ColumnRole],
) -> dict[Previous, dict[ColumnRole, float]]:
    """Which column's cell may come after which, and at what cost: the next column is free, a
    skipped one (an empty cell) costs; a vertically centred fund may come anywhere."""
    after: dict[Previous, dict[ColumnRole, float]] = {None: {roles[0]: 0.0}}
    row: list[ColumnRole] = [r for r in roles if r is not ColumnRole.FUND]
    names = [k for k, role in enumerate(row) if role in (ColumnRole.NAME_TARGET, ColumnRole.NAME)]
    repeat = names[0] if names else 0
    begins = {0, repeat} | {
        k for k in range(repeat) if row[k] in (ColumnRole.LEVEL1, ColumnRole.LEVEL2)
    }
    for k, role in enumerate(row):
        following = {other: 1.5 * (m - k - 1) for m, other in enumerate(row) if m > k}
        for m in begins:
            missing = len(row) - 1 - k
            cost = 1.0 * missing + (0.2 if m == 0 and repeat else 0.0)
            following[row[m]] = min(following.get(row[m], FORBIDDEN), cost)
        after[role] = following
    if ColumnRole.FUND in roles:
        after[ColumnRole.FUND] = dict.fromkeys(row, 0.3)
        for role in row:
            after[role][ColumnRole.FUND] = 0.0
    after[None].update({r: 1.0 for r in row[1:]})
    return after


MAX_PIECES = 30
DEAREST = 12.0
"""What joining the pieces of one cell may cost."""
State = tuple[float, int, Previous]
"""The cheapest way to a cut point: its cost, where its last cell begins, the column before."""
UNREACHED: State = (inf, 0, None)


@dataclass(slots=True)
class _Stretch:
    """Pieces from `start` on that may be one cell; `entries`: what each column costs up to here."""

    start: int
    entries: dict[ColumnRole, tuple[float, Previous]]
    pieces: list[Piece] = field(default_factory=list)
    text: str = ""
    joining: float = 0.0
    widest: int = 0

    def takes(self, piece: Piece) -> bool:
        """Goes on by a piece, if that is not one too many."""
        if self.pieces:
            self.joining += _join_cost(self.pieces[-1], piece, self.widest)
        self.pieces.append(piece)
        self.text += piece.text
        self.widest = max(self.widest, piece.line_length)
        return self.joining <= DEAREST and len(self.pieces) <= MAX_PIECES


def read_cells(
    pieces: Sequence[Piece], roles: Sequence[ColumnRole]
) -> list[tuple[ColumnRole, tuple[Piece, ...]]]:
    """The cheapest reading of the pieces as a run of cells (a shortest path over cut points)."""
    after = _successors(roles)
    best: list[dict[Previous, State]] = [{None: (0.0, 0, None)}]
    going: list[_Stretch] = []
    for end, piece in enumerate(pieces, 1):
        going.append(_Stretch(end - 1, _entries(best[-1], after)))
        going = [stretch for stretch in going if stretch.takes(piece)]
        stray = end < len(pieces) and pieces[end].line == piece.line
        best.append(_reached(going, 0.3 if stray else 0.0))
    states = best[-1]
    # A row that breaks off lacks its last cells, just as one followed by another row.
    role = min(states, key=lambda r: states[r][0] + after.get(r, {}).get(roles[0], 0.0))
    cells: list[tuple[ColumnRole, tuple[Piece, ...]]] = []
    at = len(pieces)
    while role is not None:
        _, start, previous = best[at][role]
        cells.append((role, tuple(pieces[start:at])))
        at, role = start, previous
    return cells[::-1]


def _entries(
    states: dict[Previous, State], after: dict[Previous, dict[ColumnRole, float]]
) -> dict[ColumnRole, tuple[float, Previous]]:
    """For each column that may come next: what it costs to begin its cell, after which one."""
    entries: dict[ColumnRole, tuple[float, Previous]] = {}
    for previous, (cost, _, _) in states.items():
        for role, step in after[previous].items():
            if role == previous and role is ColumnRole.FUND:
                continue
            if role not in entries or cost + step < entries[role][0]:
                entries[role] = cost + step, previous
    return entries


def _reached(going: Sequence[_Stretch], stray: float) -> dict[Previous, State]:
    """What each column costs up to the end of its cell; of two that cost the same the longer one.

    The shortest cells are priced first: they are mostly the cheapest, and spare the longer ones.
    """
    reached: dict[Previous, State] = {
        role: UNREACHED for stretch in going for role in stretch.entries
    }
    for stretch in reversed(going):
        joining = stretch.joining + stray
        for role, (entry, previous) in stretch.entries.items():
            total = entry + joining
            if total > reached[role][0]:  # whatever the cell itself costs
                continue
            total += _COSTS.get(role, _cost_actual)(stretch.text, stretch.pieces)
            if total <= reached[role][0]:
                reached[role] = (total, stretch.start, previous)
    return reached


def _join_cost(one: Piece, other: Piece, widest: int) -> float:
    """What it costs to read two pieces as one cell: wrapped lines are full, stray spaces rare."""
    whole = 1.5 if looks_like_value(one.text) and other.text[0] not in "，,、。；）)%" else 0.0
    if one.line == other.line:
        return 0.5 + whole
    gap = 0.1 if other.line - one.line > 1 else 0.0
    short = max(widest, one.line_length, other.line_length) - one.line_length
    ended = 1.0 if one.text.endswith("。") and short > 2 else 0.0
    return gap + ended + whole + (0.0 if short <= 2 else min(2.5, 0.5 * (short - 2)))
