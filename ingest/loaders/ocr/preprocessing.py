"""The picture of a scanned page: set upright, its ruling lines, its stretches of text. Pixels.

A picture is a grey array; a quad is the four corners of a detected stretch of text; a box is
(x0, y0, x1, y1).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from ingest.loaders.layout.rotation import STILL, Affine, chained, inverse
from ingest.loaders.layout.ruled_tables import Ruling

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Picture = NDArray[np.uint8]
    Quads = NDArray[np.float32]

PixelBox = tuple[int, int, int, int]

MIN_STROKE_INCHES, MAX_GAP_INCHES = 0.2, 0.03
"""Minimum length of a line, below which strokes are letters; maximum gap in a line, in inches."""
MIN_LOOSE_LINE_INCHES = 1.0
"""Minimum length of a line with a loose end; shorter ones are left by letters and stamps."""
MAX_LINE_THICKNESS_INCHES = 0.05
MAX_LINE_SLOPE = 0.006
"""Maximum rise of a line on its way along the page."""
MIN_SKEW_DEGREES = 0.15
"""Minimum slope of a page that is turned straight, in degrees."""
MIN_TEXT_LINES = 3
"""Minimum number of lines of text that show how a page slopes; else its ruling lines do."""
MIN_RULING_SHARE, MAX_RULING_DEGREES, INK_DPI = 0.25, 5.0, 200
"""Of lines that show how a page slopes: minimum length as a share of its width, maximum slope; and
the dots per inch at which ink is told from paper for them."""
MIN_WIDTH_RATIO = 5.0
"""Minimum ratio of width to height of a stretch that shows how its text slopes."""
MIN_HEIGHT_RATIO = 1.8
"""Minimum ratio of height to width of a stretch whose text runs downwards."""
TRIMMED_SHARE = 0.25
"""Minimum size of what a line cuts off a stretch, as a share of its height; less is trimmed."""
LINE_CLEARANCE = 2
"""Pixels on each side of a line that belong to it."""
MIN_LETTER_INCHES, MAX_LETTER_INCHES = 0.05, 0.3
"""Minimum and maximum height of letters: from small print to the largest title."""


@dataclass(frozen=True, slots=True)
class Upright:
    """A picture set upright with its text quads, and the way back to the page as displayed."""

    picture: "Picture"
    quads: "Quads"
    view: Affine


def turned(picture: "Picture", quads: "Quads", quarters: int) -> Upright:
    """The picture turned clockwise by quarter turns."""
    import numpy as np

    height, width = picture.shape
    moves: tuple[Affine, ...] = (
        STILL,
        (0, -1, height, 1, 0, 0),
        (-1, 0, width, 0, -1, height),
        (0, 1, 0, -1, 0, width),
    )
    move = moves[quarters % 4]
    return Upright(np.rot90(picture, -quarters).copy(), _placed(quads, move), inverse(move))


def straightened(page: Upright) -> Upright:
    """The picture turned by the few degrees by which its lines slope, of text or else drawn."""
    import cv2
    import numpy as np

    slopes = [slope for quad in page.quads if (slope := _slope(quad)) is not None]
    if len(slopes) < MIN_TEXT_LINES:
        slopes = _drawn_slopes(page.picture) or slopes
    angle = float(np.median(slopes)) if slopes else 0.0
    if abs(angle) < MIN_SKEW_DEGREES:
        return page
    height, width = page.picture.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
    straight = cv2.warpAffine(
        page.picture, matrix, (width, height), flags=cv2.INTER_CUBIC, borderValue=(255, 255, 255)
    )
    move = cast(Affine, tuple(float(value) for value in matrix.flatten()))
    return Upright(
        cast("Picture", straight), _placed(page.quads, move), chained(inverse(move), page.view)
    )


def _drawn_slopes(picture: "Picture") -> list[float]:
    """Degrees by which the long, nearly level lines of a picture fall to the right."""
    import cv2
    import numpy as np

    length = picture.shape[1] * MIN_RULING_SHARE
    segments = cv2.HoughLinesP(
        ink_of(picture, INK_DPI), 1, np.pi / 1800, 200, minLineLength=length, maxLineGap=8
    )
    lines = [] if segments is None else segments.reshape(-1, 4).tolist()
    slopes = [float(np.degrees(np.arctan2(y1 - y0, x1 - x0))) for x0, y0, x1, y1 in lines]
    return [slope for slope in slopes if abs(slope) < MAX_RULING_DEGREES]


def _slope(quad: "Quads") -> float | None:
    """Degrees by which a long stretch of text falls to the right; its corners in any order."""
    import numpy as np

    one, other = quad[1] - quad[0], quad[2] - quad[1]
    long, short = sorted((one, other), key=lambda side: -float(np.linalg.norm(side)))
    if np.linalg.norm(long) < MIN_WIDTH_RATIO * max(float(np.linalg.norm(short)), 1.0):
        return None
    degrees = float(np.degrees(np.arctan2(long[1], long[0])))
    return (degrees + 90) % 180 - 90


def _placed(quads: "Quads", move: Affine) -> "Quads":
    import numpy as np

    a, b, c, d, e, f = move
    x, y = quads[..., 0], quads[..., 1]
    return np.stack([a * x + b * y + c, d * x + e * y + f], axis=-1).astype(np.float32)


def is_sideways(quads: "Quads") -> bool:
    """Whether the text runs up or down the page."""
    import numpy as np

    spans = quads.max(axis=1) - quads.min(axis=1)
    return bool(
        np.sum(spans[:, 1] * (spans[:, 1] > MIN_HEIGHT_RATIO * spans[:, 0]))
        > np.sum(spans[:, 0] * (spans[:, 0] > MIN_HEIGHT_RATIO * spans[:, 1]))
    )


def boxes_of(quads: "Quads", shape: tuple[int, ...]) -> list[PixelBox]:
    """The upright boxes around quads, within the picture."""
    boxes = []
    for quad in quads:
        (x0, y0), (x1, y1) = quad.min(axis=0), quad.max(axis=0)
        right, bottom = min(int(x1) + 1, shape[1]), min(int(y1) + 1, shape[0])
        box = (max(int(x0), 0), max(int(y0), 0), right, bottom)
        if box[0] < box[2] and box[1] < box[3]:
            boxes.append(box)
    return boxes


def ink_of(picture: "Picture", dpi: float) -> "Picture":
    """The dark marks of a picture as 255 on 0, whatever the paper's shade."""
    import cv2

    block = int(dpi / 6) | 1
    return cast(
        "Picture",
        cv2.adaptiveThreshold(
            picture, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, block, 15
        ),
    )


def rulings_of(
    ink: "Picture", dpi: float, texts: Sequence[PixelBox]
) -> tuple[list[Ruling], list[Ruling]]:
    """Horizontal and vertical lines, in pixels; strokes of letters and stamps left out."""
    across = _outside(_lines(ink, dpi), texts)
    down = _outside(_lines(ink.T, dpi), [(y0, x0, y1, x1) for x0, y0, x1, y1 in texts])
    down = _held(down, across, dpi)
    return _held(across, down, dpi), down


def _lines(ink: "Picture", dpi: float) -> list[Ruling]:
    """Horizontal straight lines of a picture."""
    import cv2
    import numpy as np

    length, gap = int(MIN_STROKE_INCHES * dpi), int(MAX_GAP_INCHES * dpi)
    drawn = cv2.morphologyEx(
        np.ascontiguousarray(ink), cv2.MORPH_CLOSE, np.ones((1, gap), np.uint8)
    )
    drawn = cv2.morphologyEx(drawn, cv2.MORPH_OPEN, np.ones((1, length), np.uint8))
    count, _, stats, centers = cv2.connectedComponentsWithStats(drawn)
    lines = []
    for n in range(1, count):
        x, _, width, height, area = stats[n].tolist()
        thickness = area / width
        if (
            thickness <= MAX_LINE_THICKNESS_INCHES * dpi
            and height - thickness <= 2 + MAX_LINE_SLOPE * width
        ):
            lines.append(Ruling(float(centers[n][1]), float(x), float(x + width)))
    return lines


def _outside(rulings: Iterable[Ruling], texts: Sequence[PixelBox]) -> list[Ruling]:
    """The lines that are not strokes within a stretch of text."""
    return [
        line
        for line in rulings
        if not any(
            y0 - 2 < line.at < y1 + 2 and x0 - 2 <= line.start and line.end <= x1 + 2
            for x0, y0, x1, y1 in texts
        )
    ]


def _held(rulings: Iterable[Ruling], others: Sequence[Ruling], dpi: float) -> list[Ruling]:
    """The lines but for short ones with a loose end, which letters and stamps leave behind."""
    reach = MAX_GAP_INCHES * dpi

    def held(line: Ruling, end: float) -> bool:
        return any(
            abs(other.at - end) <= reach and other.start - reach <= line.at <= other.end + reach
            for other in others
        )

    return [
        line
        for line in rulings
        if line.end - line.start > MIN_LOOSE_LINE_INCHES * dpi
        or (held(line, line.start) and held(line, line.end))
    ]


def parted(box: PixelBox, across: Iterable[Ruling], down: Iterable[Ruling]) -> list[PixelBox]:
    """A stretch of text cut where lines run through it, and trimmed where they run along it."""
    x0, y0, x1, y1 = box
    columns = _cut(x0, x1, (y0 + y1) / 2, down, (y1 - y0) * TRIMMED_SHARE)
    pieces = []
    for left, right in columns:
        rows = _cut(y0, y1, (left + right) / 2, across, (y1 - y0) * TRIMMED_SHARE)
        pieces += [(left, top, right, bottom) for top, bottom in rows]
    return pieces


def _cut(
    start: int, end: int, middle: float, rulings: Iterable[Ruling], least: float
) -> list[tuple[int, int]]:
    """The stretches of [start, end) between the lines that pass through `middle`."""
    marks = sorted(line.at for line in rulings if line.start <= middle <= line.end)
    stretches = []
    for mark in [mark for mark in marks if start < mark < end] + [float(end)]:
        stop = int(mark) - LINE_CLEARANCE if mark < end else end
        if stop - start > least:
            stretches.append((start, stop))
        start = int(mark) + LINE_CLEARANCE
    return stretches


def overlooked_text(ink: "Picture", field: PixelBox, dpi: float) -> PixelBox | None:
    """The box around a line of letter-sized ink in a table field; strokes that run out of the
    field are stamps and signatures."""
    import cv2
    import numpy as np

    x0, y0, x1, y1 = field
    _, _, stats, _ = cv2.connectedComponentsWithStats(np.ascontiguousarray(ink[y0:y1, x0:x1]))
    least, most = MIN_LETTER_INCHES * dpi, MAX_LETTER_INCHES * dpi
    letters = [
        (x, y, x + width, y + height)
        for x, y, width, height, area in stats[1:].tolist()
        if least <= height <= most and width <= most and area >= least
        if x > 0 and y > 0 and x + width < x1 - x0 and y + height < y1 - y0
    ]
    if not letters:
        return None
    top, bottom = min(box[1] for box in letters), max(box[3] for box in letters)
    if bottom - top > most:
        return None
    left, right = min(box[0] for box in letters), max(box[2] for box in letters)
    pad = 2 * LINE_CLEARANCE
    return (
        max(x0 + left - pad, x0),
        max(y0 + top - pad, y0),
        min(x0 + right + pad, x1),
        min(y0 + bottom + pad, y1),
    )


def rows_of(ink: "Picture", box: PixelBox, dpi: float) -> list[PixelBox]:
    """A stretch of text of several lines, cut between them where no ink stands."""
    x0, y0, x1, y1 = box
    inked = (ink[y0:y1, x0:x1] > 0).sum(axis=1) > 1
    rows: list[PixelBox] = []
    start: int | None = None
    for y, dark in enumerate([*inked.tolist(), False]):
        if dark and start is None:
            start = y
        elif not dark and start is not None:
            if y - start >= MIN_LETTER_INCHES * dpi:
                rows.append(
                    (x0, y0 + max(start - LINE_CLEARANCE, 0), x1, min(y0 + y + LINE_CLEARANCE, y1))
                )
            start = None
    return rows
