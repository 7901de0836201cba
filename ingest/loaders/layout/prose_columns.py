"""Running text set in two columns (分栏): which lines of a page stand beside each other.

A band of lines is set in columns where none crosses the middle, lines stand on both sides of it,
and what they hold is sentences that fill their lines: labels with their values never look so.
"""

from collections.abc import Iterator, Sequence

from ingest.loaders.layout.text_lines import Line

MIN_LINES = 4
"""Lines of the shortest column."""
MIN_GUTTER = 1.0
"""Width of the blank between two columns, in type sizes."""
MIN_REACH = 0.75
"""How much of its column a full line fills: text may be broken after so many characters."""
MIN_FULL = 0.6
"""The share of a column's lines that are full."""
MIN_WIDTH = 10.0
"""Width of the narrowest column, in type sizes."""
MARKS = frozenset("，。；")

Band = tuple[Sequence[Line], Sequence[Line]]


def bands(lines: Sequence[Line]) -> Iterator[Band]:
    """The lines of each band of a page that is set in two columns: left ones, right ones."""
    if not lines:
        return
    middle = (min(line.x0 for line in lines) + max(line.x1 for line in lines)) / 2
    sides: tuple[list[Line], list[Line]] = ([], [])
    for line in [*sorted(lines, key=lambda one: one.top), None]:
        if line is not None and (line.x1 < middle or line.x0 > middle):
            sides[line.x0 > middle].append(line)
            continue
        if all(map(_is_prose, sides)) and _are_beside(*sides):
            yield sides
        sides = ([], [])


def _is_prose(lines: Sequence[Line]) -> bool:
    """Whether lines one below the other are running text that fills a column."""
    if len(lines) < MIN_LINES:
        return False
    left, right = min(line.x0 for line in lines), max(line.x1 for line in lines)
    size = max(line.size for line in lines)
    full = sum(line.x1 - left >= MIN_REACH * (right - left) for line in lines)
    marks = sum(not MARKS.isdisjoint(line.text) for line in lines)
    return (
        right - left > MIN_WIDTH * size
        and full >= MIN_FULL * len(lines)
        and 3 * marks >= len(lines)
    )


def _are_beside(left: Sequence[Line], right: Sequence[Line]) -> bool:
    """Whether a blank parts two columns that stand on the same height."""
    gutter = min(line.x0 for line in right) - max(line.x1 for line in left)
    apart = abs(left[0].top - right[0].top)
    return gutter >= MIN_GUTTER * left[0].size and apart < MIN_LINES * left[0].size
