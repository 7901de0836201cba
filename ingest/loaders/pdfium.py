"""PDF pages through pdfium: characters with their boxes, and ruling lines. The pdfium wall.

pdfium gives characters as they are meant where fonts map them to radical code points, and is an
order of magnitude faster than a parser in Python. It is not thread-safe: one lock for all calls.
"""

import math
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from ctypes import byref, c_double, c_float, c_int, c_uint
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from ingest.config import Limits
from ingest.loaders.file_types import UNLOCK
from ingest.loaders.layout.drawn_lines import Shape, lines_in, rulings
from ingest.loaders.layout.page import (
    LARGE_TYPE,
    MAX_SLANT,
    MIN_CHARACTERS,
    MIN_IMAGE_SHARE,
    PALE,
    POINTS_PER_INCH,
    Page,
)
from ingest.loaders.layout.rotation import STILL, Affine, chained, inverse, moved, quarter_turn
from ingest.loaders.layout.text_lines import Box, Fragment
from ingest.loaders.refusals import refusal

if TYPE_CHECKING:
    from numpy import uint8
    from numpy.typing import NDArray

PDFIUM = threading.RLock()
WRONG_PASSWORD = 4
MAX_OBJECTS = 20_000
"""Maximum number of drawn objects that are read: no form has more, but maps and plans do."""
SOFT_HYPHEN = "\x02"
"""pdfium's mark for a hyphen at the end of a line."""
MIN_PICTURE = 0.04
"""The share of a page that a picture covers at least which may show a table."""
INVISIBLE_MODE = 3
"""The way of drawing text that recognition programs lay over a scan: unseen, but to be selected."""


@dataclass(frozen=True, slots=True)
class RawPage:
    """What a page holds: ready to compose, or only an image to recognise."""

    page: Page
    is_scan: bool
    pictures: tuple[Box, ...] = ()
    """Where larger pictures stand on an upright page, in points from its top left."""


def _pdfium() -> Any:
    """pdfium's own functions, which carry no types; loaded on first use."""
    import pypdfium2.raw as pdfium  # type: ignore[import-untyped]

    return pdfium


class PdfFile:
    """An open PDF. Raises LoadError, with the reason, where one cannot be opened or read."""

    def __init__(self, file: str, data: bytes, limits: Limits) -> None:
        from pypdfium2 import PdfDocument, PdfiumError

        self._file = file
        self._pixels = limits.image_pixels
        with PDFIUM:
            try:
                self._document: Any = PdfDocument(data)
                self.page_count = len(self._document)
            except PdfiumError as error:
                if error.err_code == WRONG_PASSWORD:
                    raise refusal(file, "文件设有打开密码", UNLOCK) from error
                raise refusal(file, "PDF 文件不完整或已损坏", "请重新导出 PDF 后上传") from error
        if not self.page_count:
            raise refusal(file, "PDF 文件里没有页面", "请重新导出 PDF 后上传")
        if self.page_count > limits.pages:
            raise refusal(file, f"页数超过 {limits.pages} 页", "请拆分后上传")

    def close(self) -> None:
        """Gives back what pdfium holds of the file."""
        with PDFIUM:
            self._document.close()

    def read(self, number: int) -> RawPage:
        """The text and lines of page `number` (from 1), turned so that its text stands upright."""
        with self._at(number) as page:
            text = page.get_textpage()
            try:
                return _read(page, text, number)
            finally:
                text.close()

    def render(self, number: int, dpi: float) -> "NDArray[uint8]":
        """Page `number` as a grey image, as displayed."""
        with self._at(number) as page:
            width, height = page.get_size()
            if width * height * (dpi / POINTS_PER_INCH) ** 2 > self._pixels:
                raise refusal(self._file, f"第{number}页的尺寸过大", "请缩小页面后重新导出")
            bitmap = page.render(scale=dpi / POINTS_PER_INCH, grayscale=True)
            pixels: NDArray[uint8] = bitmap.to_numpy().copy()
            return pixels

    @contextmanager
    def _at(self, number: int) -> Iterator[Any]:
        """A page, closed in the end; a LoadError that names it where pdfium gives it up."""
        from pypdfium2 import PdfiumError

        with PDFIUM:
            try:
                page = self._open(number)
                try:
                    yield page
                finally:
                    page.close()
            except PdfiumError as error:
                raise refusal(self._file, f"第{number}页已损坏", "请重新导出 PDF 后上传") from error

    def _open(self, number: int) -> Any:
        """A page with filled-in form fields and stamps drawn into it."""
        pdfium = _pdfium()

        page = self._document[number - 1]
        if pdfium.FPDFPage_GetAnnotCount(page) > 0:
            pdfium.FPDFPage_Flatten(page, pdfium.FLAT_NORMALDISPLAY)
            page.close()
            page = self._document[number - 1]
        return page


def _read(page: Any, text: Any, number: int) -> RawPage:
    pdfium = _pdfium()

    bounds = pdfium.FS_RECTF()
    pdfium.FPDF_GetPageBoundingBox(page, byref(bounds))
    frame = (bounds.left, bounds.bottom, bounds.right, bounds.top)
    glyphs, turned = _glyphs(text)
    displayed = int(pdfium.FPDFPage_GetRotation(page))
    reading = turned if glyphs else displayed
    width, height, move = quarter_turn(frame, reading)
    shapes, images, hidden = _shapes(page)
    across, down = rulings(shapes, move)
    upright = Page(
        number=number,
        width=width,
        height=height,
        fragments=[_fragment(glyph, move) for glyph in glyphs],
        across=across,
        down=down,
        view=chained(inverse(move), quarter_turn(frame, displayed)[2]),
    )
    area = (frame[2] - frame[0]) * (frame[3] - frame[1])
    largest = max((_area(image) / area for image in images), default=0.0)
    scanned = largest >= MIN_IMAGE_SHARE and (len(glyphs) < MIN_CHARACTERS or hidden)
    upright_images = images if reading == displayed == 0 else []
    pictures = (_box(image, move) for image in upright_images if _area(image) >= MIN_PICTURE * area)
    return RawPage(upright, scanned, tuple(pictures))


def _area(shape: Shape) -> float:
    return (shape.x1 - shape.x0) * (shape.y1 - shape.y0)


def _box(shape: Shape, move: Affine) -> Box:
    """An area on the upright page: left, top, right, bottom."""
    placed = Shape.between(moved(move, shape.x0, shape.y0), moved(move, shape.x1, shape.y1))
    return (placed.x0, placed.y0, placed.x1, placed.y1)


class Glyph(NamedTuple):
    """A character in the page's own coordinates: its box, its origin and its type size."""

    text: str
    left: float
    bottom: float
    right: float
    top: float
    x: float
    y: float
    size: float


def _glyphs(text: Any) -> tuple[list[Glyph], int]:
    """The characters of a page, and the quarter turns clockwise that set most of them upright."""
    pdfium = _pdfium()

    box, matrix = pdfium.FS_RECTF(), pdfium.FS_MATRIX()
    x, y = c_double(), c_double()
    glyphs: list[Glyph] = []
    turns: Counter[int] = Counter()
    for n in range(pdfium.FPDFText_CountChars(text)):
        code = pdfium.FPDFText_GetUnicode(text, n)
        if pdfium.FPDFText_IsGenerated(text, n) or (code < 32 and code != ord(SOFT_HYPHEN)):
            continue
        pdfium.FPDFText_GetLooseCharBox(text, n, byref(box))
        pdfium.FPDFText_GetCharOrigin(text, n, byref(x), byref(y))
        pdfium.FPDFText_GetMatrix(text, n, byref(matrix))
        size = pdfium.FPDFText_GetFontSize(text, n) * math.hypot(matrix.c, matrix.d)
        character = "-" if code == ord(SOFT_HYPHEN) else chr(code)
        quarters = math.atan2(matrix.b, matrix.a) / (math.pi / 2)
        # What lies aslant, or is large and pale, is a watermark over what is written.
        aslant = abs(quarters - round(quarters)) > MAX_SLANT
        if aslant or (size >= LARGE_TYPE and _is_pale(text, n)):
            continue
        turns[round(quarters) % 4] += 1
        glyphs.append(
            Glyph(character, box.left, box.bottom, box.right, box.top, x.value, y.value, size)
        )
    return glyphs, turns.most_common(1)[0][0] if turns else 0


def _is_pale(text: Any, n: int) -> bool:
    """Whether a character is drawn so light or so thin that what is under it can be read."""
    pdfium = _pdfium()

    colour = [c_uint() for _ in range(4)]
    if not pdfium.FPDFText_GetFillColor(text, n, *map(byref, colour)):
        return False
    red, green, blue, opacity = (part.value for part in colour)
    return min(red, green, blue) >= PALE or opacity <= 255 - PALE


def _fragment(glyph: Glyph, move: Affine) -> Fragment:
    """A character on the upright page."""
    x0, x1 = sorted(
        moved(move, x, y)[0] for x, y in ((glyph.left, glyph.bottom), (glyph.right, glyph.top))
    )
    return Fragment(glyph.text, x0, x1, moved(move, glyph.x, glyph.y)[1], glyph.size)


def _shapes(page: Any) -> tuple[list[Shape], list[Shape], bool]:
    """Straight lines and thin boxes; the areas of images; whether all text on the page is drawn
    invisibly, as recognition programs lay it over a scan."""
    pdfium = _pdfium()

    images: list[Shape] = []
    shown = hidden = 0
    shapes: list[Shape] = []
    for n, (item, matrix) in enumerate(_objects(page)):
        kind = pdfium.FPDFPageObj_GetType(item)
        if kind == pdfium.FPDF_PAGEOBJ_PATH and n < MAX_OBJECTS:
            shapes += _path(item, matrix)
        elif kind == pdfium.FPDF_PAGEOBJ_TEXT:
            invisible = pdfium.FPDFTextObj_GetTextRenderMode(item) == INVISIBLE_MODE
            hidden, shown = hidden + invisible, shown + (not invisible)
        elif kind == pdfium.FPDF_PAGEOBJ_IMAGE:
            images.append(_bounds(item, matrix))
    return shapes, images, hidden > 0 and shown == 0


def _objects(page: Any) -> Iterator[tuple[Any, Affine]]:
    """Every drawn object with the transformation of the form it stands in."""
    pdfium = _pdfium()

    pending: list[tuple[Any, Affine]] = [
        (pdfium.FPDFPage_GetObject(page, n), STILL)
        for n in reversed(range(pdfium.FPDFPage_CountObjects(page)))
    ]
    while pending:
        item, matrix = pending.pop()
        if pdfium.FPDFPageObj_GetType(item) != pdfium.FPDF_PAGEOBJ_FORM:
            yield item, matrix
            continue
        inner = chained(_matrix(item), matrix)
        pending += [
            (pdfium.FPDFFormObj_GetObject(item, n), inner)
            for n in reversed(range(pdfium.FPDFFormObj_CountObjects(item)))
        ]


def _matrix(item: Any) -> Affine:
    pdfium = _pdfium()

    m = pdfium.FS_MATRIX()
    pdfium.FPDFPageObj_GetMatrix(item, byref(m))
    return (m.a, m.c, m.e, m.b, m.d, m.f)


def _bounds(item: Any, matrix: Affine) -> Shape:
    pdfium = _pdfium()

    left, bottom, right, top = c_float(), c_float(), c_float(), c_float()
    pdfium.FPDFPageObj_GetBounds(item, byref(left), byref(bottom), byref(right), byref(top))
    one, other = moved(matrix, left.value, bottom.value), moved(matrix, right.value, top.value)
    return Shape.between(one, other)


def _path(item: Any, matrix: Affine) -> Iterator[Shape]:
    """The straight lines of a stroked path; the bounds of a filled one that is thin."""
    pdfium = _pdfium()

    fill, stroke = c_int(), c_int()
    pdfium.FPDFPath_GetDrawMode(item, byref(fill), byref(stroke))
    if not stroke.value and not fill.value:
        return
    bounds = _bounds(item, matrix)
    if bounds.is_thin:
        yield bounds
        return
    for subpath in _subpaths(item, chained(_matrix(item), matrix)):
        yield from lines_in(subpath, stroked=bool(stroke.value))


def _subpaths(item: Any, matrix: Affine) -> Iterator[list[tuple[float, float]]]:
    """The corner points of each part of a path; curves break a part off."""
    pdfium = _pdfium()

    x, y = c_float(), c_float()
    points: list[tuple[float, float]] = []
    for n in range(pdfium.FPDFPath_CountSegments(item)):
        segment = pdfium.FPDFPath_GetPathSegment(item, n)
        kind = pdfium.FPDFPathSegment_GetType(segment)
        pdfium.FPDFPathSegment_GetPoint(segment, byref(x), byref(y))
        if kind != pdfium.FPDF_SEGMENT_LINETO:
            if len(points) > 1:
                yield points
            points = []
        points.append(moved(matrix, x.value, y.value))
        if pdfium.FPDFPathSegment_GetClose(segment):
            points.append(points[0])
    if len(points) > 1:
        yield points
