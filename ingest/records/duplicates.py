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

MIN_SHARED_FIGURES = 0.9
"""Minimum share of their figures that two copies have in common; a scan misreads some (measured on
labelled files)."""
MIN_SHARED_NAMES = 0.6
"""The same of the names of figures, which each format cuts in its own way."""
MIN_FIGURES = 5
"""Minimum number of figures of each of the two: fewer may agree by chance."""
MIN_OVERLAP = 0.8
"""Minimum share of a department's characters, and of the projects, that stand in the other."""

Value = tuple[Role, tuple[Decimal, ...] | str, str]


@dataclass(frozen=True, slots=True)
class ContentProfile:
    """What a document says, to be held against another: its figures and how often each of them
    stands there, their names, its projects.
    """

    department: str
    values: dict[Value, int]
    names: frozenset[str]
    tasks: frozenset[str]


def content_profile(department: str, figures: Iterable[Figure]) -> ContentProfile:
    """What the figures of a document say."""
    listed = list(figures)
    return ContentProfile(
        department,
        dict(Counter(_value(figure) for figure in listed)),
        frozenset(squeeze(figure.subject) for figure in listed),
        frozenset(squeeze(figure.task) for figure in listed if figure.task),
    )


def same_contents(one: ContentProfile, other: ContentProfile) -> bool:
    """Whether two documents of the same year say the same."""
    ones, others = Counter(one.values), Counter(other.values)
    least = min(ones.total(), others.total())
    return (
        least >= MIN_FIGURES
        and same_department(one.department, other.department)
        and _same_tasks(one.tasks, other.tasks)
        and (ones & others).total() >= MIN_SHARED_FIGURES * (ones | others).total()
        and len(one.names & other.names) >= MIN_SHARED_NAMES * len(one.names | other.names)
    )


def same_department(one: str, other: str) -> bool:
    """Whether two names may be one department's: one is short for the other, or not given.

    >>> same_department("云浦市团委", "中国共产主义青年团云浦市委员会")
    True
    >>> same_department("云浦市财政局", "云浦市水务局")
    False
    """
    short, long = sorted((squeeze(one), squeeze(other)), key=len)
    return (Counter(short) & Counter(long)).total() >= MIN_OVERLAP * len(short) and (
        not short or short == long or len(short) < len(long)
    )


def _same_tasks(one: frozenset[str], other: frozenset[str]) -> bool:
    return len(one & other) >= MIN_OVERLAP * min(len(one), len(other))


def _value(figure: Figure) -> Value:
    values, unit = figure.quantity.scaled
    return figure.role, values or squeeze(figure.quantity.qualitative), unit
