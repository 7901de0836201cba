"""A page as read: pieces of text and ruling lines, digital or scanned, in one form."""

from collections.abc import Sequence
from dataclasses import dataclass

from ingest.loaders.layout.rotation import STILL, Affine, moved
from ingest.loaders.layout.ruled_tables import Ruling
from ingest.loaders.layout.text_lines import Box, Fragment, Line

POINTS_PER_INCH = 72
"""Lengths on a page are counted in points."""
MIN_CHARACTERS = 20
"""Minimum number of characters of a page that an image covers but that is no scan."""
MIN_IMAGE_SHARE = 0.5
"""Minimum share of a scanned page that its largest image covers."""
MAX_SLANT = 0.06
"""How far upright text lies from a quarter turn, in quarter turns; else it is a watermark."""
LARGE_TYPE, PALE = 18.0, 150
"""From which size, in points, a pale text is a watermark, and how light its darkest colour is."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page as it is read, upright; `view` maps its points to the page as it is displayed.

    `scanned` pages are recognised from a picture.
    """

    number: int
    width: float
    height: float
    fragments: Sequence[Fragment]
    across: Sequence[Ruling]
    down: Sequence[Ruling]
    view: Affine = STILL
    scanned: bool = False

    def place(self, box: Box) -> Box:
        """A box of this page on the displayed page, without what lies beyond its edges."""
        across = [min(self.width, max(0.0, x)) for x in (box[0], box[2])]
        down = [min(self.height, max(0.0, y)) for y in (box[1], box[3])]
        corners = [moved(self.view, x, y) for x in across for y in down]
        xs, ys = [x for x, _ in corners], [y for _, y in corners]
        return (round(min(xs), 1), round(min(ys), 1), round(max(xs), 1), round(max(ys), 1))


@dataclass(frozen=True, slots=True)
class PageLine:
    """A line of text on its page; `column` is 1 or 2 where the page is set in two there."""

    page: Page
    line: Line
    column: int = 0
    band: float = 0.0
    """Where the band of the page begins that is set in two columns."""

    @property
    def top(self) -> float:
        """Where the line begins on its page, in points from the top."""
        return self.line.top

    @property
    def order(self) -> tuple[float, int, float]:
        """Where the line comes on its page: the left column is read before the right one."""
        return (self.band, self.column, self.top) if self.column else (self.top, 0, self.top)

    @property
    def box(self) -> Box:
        """Where the line stands on the page as it is displayed."""
        return self.page.place(self.line.box)
