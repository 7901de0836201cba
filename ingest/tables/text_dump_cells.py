"""The lines of a dumped form's block → the cells of its columns (转储行的单元格划分).

A shortest path over cut points: each stretch of pieces is priced as a cell of each column by what
it says, joining lines that were no wrapped line costs, and so does leaving a column empty.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import inf

from ingest.language.normalise import normalise, squeeze
from ingest.language.vocabulary import ReadText, Vocabulary
from ingest.types.blocks import Location
from ingest.types.tables import ColumnRole

LABEL_PIECE = 9
"""A broken label's lines are short: a narrow column of the form."""
FORBIDDEN = 99.0


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a line without white space."""

    content: ReadText
    location: Location
    line: int
    line_length: int
    first: bool
    wide: bool = False
    """Whether more than one blank stands before it on its line."""

    @property
    def text(self) -> str:
        """The stretch as printed."""
        return self.content.text


@dataclass(frozen=True, slots=True)
class _Candidate:
    """Pieces as one cell, to be priced."""

    content: ReadText
    pieces: Sequence[Piece]
    vocabulary: Vocabulary

    @property
    def text(self) -> str:
        return self.content.text

    @property
    def is_completion(self) -> bool:
        """Whether the cell only says that something is, or is not, done."""
        return self.text in self.vocabulary.forms.done

    @property
    def begins_completion(self) -> bool:
        """Whether the cell begins as prose about what was done."""
        return self.text.startswith(self.vocabulary.forms.done_leads)

    @property
    def ends_with_target(self) -> bool:
        """Whether the cell ends with a target: …≥800场, …：有所提升."""
        matches = self.content.quantity_matches
        return bool(matches) and not squeeze(self.text[matches[-1][1] :]).strip("。")


Cost = Callable[[_Candidate], float]
_SENTENCE_END = ("。", "；", ";", "！")


def _cost_task(cell: _Candidate) -> float:
    text, lines = cell.text, [p.line_length for p in cell.pieces]
    if (
        cell.content.is_placeholder
        or len(text) > 40
        or "。" in text
        or "，" in text
        or cell.content.value
        or cell.is_completion
    ):
        return FORBIDDEN
    uneven = sum(abs(n - lines[0]) > 1 for n in lines[:-1]) + (lines[-1] > lines[0] + 1)
    wide = max(lines) > LABEL_PIECE and len(lines) == 1
    return 1.0 * uneven + (2.0 if wide else 0.0) + (2.0 if len(text) < 3 else 0.0)


def _cost_goal(cell: _Candidate) -> float:
    return (
        (0.0 if len(cell.text) >= 15 else 5.0)
        + (0.0 if cell.text.endswith(_SENTENCE_END) else 1.5)
        + (3.0 if cell.begins_completion else 0.0)
    )


_RATE = re.compile(r"\d+(?:\.\d+)?%")


def _cost_completion(cell: _Candidate) -> float:
    if cell.is_completion or _RATE.fullmatch(normalise(cell.text)):
        return 0.0
    return 1.0 if cell.begins_completion and len(cell.text) < 30 else 6.0


_WORDS_LAST = re.compile(r"[：:][^：:，。]{2,12}$")
_BARE_LAST = re.compile(r"(?:[≥≤><=]|不低于|不超过)\s*[\d.]+$")


def _cost_name_target(cell: _Candidate) -> float:
    text = cell.text
    if cell.is_completion or cell.content.is_placeholder or cell.content.value:
        return FORBIDDEN
    cost = 4.0 if cell.begins_completion else 0.0
    cost += 1.0 if text.endswith("。") else 0.0
    cost += 4.0 if "。" in text[:-1] else 0.0
    cost += max(0.0, (len(text) - 45) / 10)
    if _WORDS_LAST.search(text) or cell.ends_with_target:
        return cost
    if _BARE_LAST.search(normalise(text)):
        return cost + 0.5
    if not cell.content.quantity_matches:
        return cost + 4.0
    return cost + (0.0 if text.endswith("。") else 1.5)


def _cost_actual(cell: _Candidate) -> float:
    content = cell.content
    if content.value:
        return 0.0 if content.value.unit else 0.8
    if cell.is_completion or cell.text.endswith(_SENTENCE_END) or content.is_placeholder:
        return 0.0
    return 0.2 if content.looks_like_value else 3.0


_AMOUNT = re.compile(r"[\d,]+(?:\.\d+)?(?:万?元)?")


def _cost_fund(cell: _Candidate) -> float:
    alone = len(cell.pieces) == 1 and _AMOUNT.fullmatch(normalise(cell.text))
    return 0.0 if alone else FORBIDDEN


def _cost_name(cell: _Candidate) -> float:
    if cell.content.value or cell.text.endswith("。") or cell.content.is_placeholder:
        return 6.0
    several = len(cell.pieces) > 1
    families = sum(piece.content.is_level for piece in cell.pieces) if several else 0
    cost = (0.0 if 2 <= len(cell.text) <= 40 else 3.0) + (2.0 if cell.ends_with_target else 0.0)
    return cost + 3.0 * families


def _cost_target(cell: _Candidate) -> float:
    return 0.0 if cell.content.looks_like_value else 3.0 + len(cell.text) / 10


def _cost_level(cell: _Candidate) -> float:
    return 0.0 if cell.content.is_level else FORBIDDEN


def _cost_rate(cell: _Candidate) -> float:
    value = cell.content.value
    percent = value is not None and value.unit == "%"
    return 0.0 if percent or cell.content.is_placeholder else FORBIDDEN


def _cost_points(cell: _Candidate) -> float:
    blank = len(cell.pieces) == 1 and cell.content.is_placeholder
    return 0.0 if blank else _cost_fund(cell)


def _cost_remark(cell: _Candidate) -> float:
    if cell.content.value or cell.content.is_level:
        return 4.0
    return 1.0 + 0.3 * len(cell.pieces)


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
"""Maximum number of pieces in one cell."""
MAX_JOINING_COST = 12.0
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
        return self.joining <= MAX_JOINING_COST and len(self.pieces) <= MAX_PIECES


def read_cells(
    pieces: Sequence[Piece], roles: Sequence[ColumnRole], vocabulary: Vocabulary
) -> list[tuple[ColumnRole, tuple[Piece, ...]]]:
    """The cheapest reading of the pieces as a run of cells (a shortest path over cut points)."""
    after = _successors(roles)
    best: list[dict[Previous, State]] = [{None: (0.0, 0, None)}]
    going: list[_Stretch] = []
    for end, piece in enumerate(pieces, 1):
        going.append(_Stretch(end - 1, _entries(best[-1], after)))
        going = [stretch for stretch in going if stretch.takes(piece)]
        stray = end < len(pieces) and pieces[end].line == piece.line
        best.append(_reached(going, 0.3 if stray else 0.0, vocabulary))
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


def _reached(
    going: Sequence[_Stretch], stray: float, vocabulary: Vocabulary
) -> dict[Previous, State]:
    """What each column costs up to the end of its cell; of two that cost the same the longer one.

    The shortest cells are priced first: they are mostly the cheapest, and spare the longer ones.
    """
    reached: dict[Previous, State] = {
        role: UNREACHED for stretch in going for role in stretch.entries
    }
    for stretch in reversed(going):
        joining = stretch.joining + stray
        cell = _Candidate(vocabulary.read(stretch.text), stretch.pieces, vocabulary)
        for role, (entry, previous) in stretch.entries.items():
            total = entry + joining
            if total > reached[role][0]:  # whatever the cell itself costs
                continue
            total += _COSTS.get(role, _cost_actual)(cell)
            if total <= reached[role][0]:
                reached[role] = (total, stretch.start, previous)
    return reached


def _join_cost(one: Piece, other: Piece, widest: int) -> float:
    """What it costs to read two pieces as one cell: wrapped lines are full, stray spaces rare."""
    whole = 1.5 if one.content.looks_like_value and other.text[0] not in "，,、。；）)%" else 0.0
    if one.line == other.line:
        return 0.5 + whole
    gap = 0.1 if other.line - one.line > 1 else 0.0
    short = max(widest, one.line_length, other.line_length) - one.line_length
    ended = 1.0 if one.text.endswith("。") and short > 2 else 0.0
    return gap + ended + whole + (0.0 if short <= 2 else min(2.5, 0.5 * (short - 2)))
