"""How a board's numbers run over the years, and one year against another (走势与对比). Pure."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from assistant.dashboard.board import Board, Line, Tally
from assistant.dashboard.indicator_list import STANDINGS
from assistant.grounding.calculations import Term, UnitMismatch, average, rate, term, total
from assistant.types import Calculation


@dataclass(frozen=True, slots=True)
class Year:
    """What a board shows of one year, all departments together.

    `execution` is what those spent whose amounts are printed, over what they had; it rests on
    `inputs`, ids of figures, and takes in `executed` departments.
    """

    year: int
    departments: frozenset[str]
    tally: Tally
    execution: Calculation | None = None
    executed: int = 0
    inputs: tuple[str, ...] = ()
    scores: Calculation | None = None
    """The mean of what the departments score themselves as a whole."""
    scored: tuple[str, ...] = ()
    """The ids of those scores, one a department."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A department in two years, None where the board has it in one of them only."""

    city: str
    department: str
    before: Line | None
    after: Line | None


def yearly(board: Board) -> tuple[Year, ...]:
    """The years of a board, the oldest first; what names no year is in none."""
    lines: dict[int, list[Line]] = {}
    for line in board.lines:
        if line.year is not None:
            lines.setdefault(line.year, []).append(line)
    return tuple(_year(year, lines[year]) for year in sorted(lines))


def paired(board: Board, before: int, after: int) -> tuple[Pair, ...]:
    """The departments of two years, those of both first, by name."""
    by_body: dict[tuple[str, str], dict[int, Line]] = {}
    for line in board.lines:
        if line.year in (before, after):
            by_body.setdefault((line.city, line.department), {})[line.year] = line
    pairs = [
        Pair(city, department, years.get(before), years.get(after))
        for (city, department), years in sorted(by_body.items())
    ]
    return tuple(sorted(pairs, key=lambda pair: pair.before is None or pair.after is None))


def attained_of(line: Line | Year | None) -> Decimal | None:
    """The 达标率 in percent, None where there is none."""
    attained = line.tally.attained if line else None
    return attained.result if attained else None


def scored_of(line: Line | None) -> Decimal | None:
    """What a department scores itself as a whole, None where it prints no such score."""
    return line.score.value if line and line.score else None


def change(before: Decimal | None, after: Decimal | None) -> Decimal | None:
    """By how many percentage points, or points, a value changed, None where one year has none."""
    return None if before is None or after is None else after - before


def _year(year: int, lines: list[Line]) -> Year:
    counts: Counter[str] = Counter()
    for line in lines:
        counts.update(line.tally.counts)
    tally = Tally(
        f"{year}年",
        {name: counts[name] for name in STANDINGS if counts[name]},
        rated=all(line.tally.rated for line in lines),
    )
    bodies = frozenset(line.department for line in lines)
    scores = [line.score.reported for line in lines if line.score]
    mean = average([Term(one.quantity.values[0], "分") for one in scores]) if scores else None
    return Year(
        year, bodies, tally, *_execution(lines), mean, tuple(figure.id for figure in scores)
    )


def _execution(
    lines: Iterable[Line],
) -> tuple[Calculation | None, int, tuple[str, ...]]:
    """What was spent over what there was, of those that print both amounts."""
    amounts = [line.execution.inputs for line in lines if line.execution and line.execution.inputs]
    if not amounts:
        return None, 0, ()
    try:
        spent = total([term(part) for part, _ in amounts])
        budget = total([term(whole) for _, whole in amounts])
        calculation = rate(Term(spent.result, spent.unit), Term(budget.result, budget.unit))
    except UnitMismatch:
        return None, 0, ()
    ids = tuple(figure.id for pair in amounts for figure in pair)
    return calculation, len(amounts), ids
