"""Is this the same document in another file (副本识别)? Told by what the two say, not by names.

A form and its text dump, or its scan, agree in department, year and projects and in nearly all
their figures; another form of the same department and year shares less than half of them.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from ingest.language.normalise import squeeze
from ingest.types.facts import Figure, Role

SHARE = 0.9
"""Figures that two copies have in common; a scan misreads some (measured on labelled files)."""
NAMES = 0.6
"""The same of the names of figures, which each format cuts in its own way."""
LEAST = 5
"""Fewer figures than that may agree by chance."""
KNOWN = 0.8

Value = tuple[Role, tuple[Decimal, ...] | str, str]


@dataclass(frozen=True, slots=True)
class Sayings:
    """What a document says, to be held against another: its figures and how often each of them
    stands there, their names, its projects.
    """

    department: str
    values: dict[Value, int]
    names: frozenset[str]
    tasks: frozenset[str]


def sayings(department: str, figures: Iterable[Figure]) -> Sayings:
    """What the figures of a document say."""
    held = list(figures)
    return Sayings(
        department,
        dict(Counter(_value(figure) for figure in held)),
        frozenset(squeeze(figure.subject) for figure in held),
        frozenset(squeeze(figure.task) for figure in held if figure.task),
    )


def same_contents(one: Sayings, other: Sayings) -> bool:
    """Whether two documents of the same year say the same."""
    ones, others = Counter(one.values), Counter(other.values)
    least = min(ones.total(), others.total())
    return (
        least >= LEAST
        and same_department(one.department, other.department)
        and _same_tasks(one.tasks, other.tasks)
        and (ones & others).total() >= SHARE * (ones | others).total()
        and len(one.names & other.names) >= NAMES * len(one.names | other.names)
    )


def same_department(one: str, other: str) -> bool:
    """Whether two names may be one department's: one is short for the other, or not given.

    >>> same_department("云浦市团委", "中国共产主义青年团云浦市委员会")
    True
    >>> same_department("云浦市财政局", "云浦市水务局")
    False
    """
    short, long = sorted((squeeze(one), squeeze(other)), key=len)
    return (Counter(short) & Counter(long)).total() >= KNOWN * len(short) and (
        not short or short == long or len(short) < len(long)
    )


def _same_tasks(one: frozenset[str], other: frozenset[str]) -> bool:
    return len(one & other) >= KNOWN * min(len(one), len(other))


def _value(figure: Figure) -> Value:
    values, unit = figure.quantity.scaled
    return figure.role, values or squeeze(figure.quantity.qualitative), unit
