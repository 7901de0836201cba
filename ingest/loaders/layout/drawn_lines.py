"""What is drawn on a page → its ruling lines (表格线), whatever format draws it."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from ingest.loaders.layout.rotation import Affine, moved
from ingest.loaders.layout.ruled_tables import Ruling

MAX_LINE_THICKNESS = 3.0
"""Maximum thickness of a filled shape that is a line, in points; anything thicker is shading."""

Point = tuple[float, float]


class Shape(NamedTuple):
    """A straight line or thin box in the page's own coordinates."""

    x0: float
    y0: float
    x1: float
    y1: float

    @classmethod
    def between(cls, one: Point, other: Point) -> "Shape":
        """The box of which two points are opposite corners."""
        (x0, x1), (y0, y1) = sorted((one[0], other[0])), sorted((one[1], other[1]))
        return cls(x0, y0, x1, y1)

    @property
    def is_thin(self) -> bool:
        """Whether it is a line rather than an area."""
        return min(self.x1 - self.x0, self.y1 - self.y0) <= MAX_LINE_THICKNESS


def lines_in(subpath: Sequence[Point], *, stroked: bool) -> Iterator[Shape]:
    """The straight lines of a stroked part of a path; a filled one where it is thin."""
    if stroked:
        yield from (Shape.between(a, b) for a, b in pairwise(subpath))
        return
    xs, ys = [x for x, _ in subpath], [y for _, y in subpath]
    box = Shape(min(xs), min(ys), max(xs), max(ys))
    if box.is_thin:
        yield box


def rulings(shapes: Iterable[Shape], move: Affine) -> tuple[list[Ruling], list[Ruling]]:
    """Horizontal and vertical lines on the upright page."""
    across: list[Ruling] = []
    down: list[Ruling] = []
    for shape in shapes:
        one, other = moved(move, shape.x0, shape.y0), moved(move, shape.x1, shape.y1)
        x0, y0, x1, y1 = Shape.between(one, other)
        if y1 - y0 <= MAX_LINE_THICKNESS and x1 - x0 > y1 - y0:
            across.append(Ruling((y0 + y1) / 2, x0, x1))
        elif x1 - x0 <= MAX_LINE_THICKNESS:
            down.append(Ruling((x0 + x1) / 2, y0, y1))
    return across, down
