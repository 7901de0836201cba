"""OFD files (版式文件, GB/T 33190): each page's text and tables, as of a PDF.

A zip package of XML: text stands in boxes, in millimetres from the top left corner, with the way
from each character to the next. Signatures and stamps are left alone.
"""

import posixpath
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from hashlib import sha256
from io import BytesIO
from itertools import islice
from typing import TYPE_CHECKING
from zipfile import ZipFile

from ingest.config import DEFAULT_LIMITS, Limits
from ingest.loaders.image import pictures
from ingest.loaders.layout.drawn_lines import Point, Shape, lines_in, rulings
from ingest.loaders.layout.page import (
    LARGE_TYPE,
    MAX_SLANT,
    MIN_CHARACTERS,
    MIN_IMAGE_SHARE,
    PALE,
    POINTS_PER_INCH,
    Page,
)
from ingest.loaders.layout.page_blocks import blocks_of
from ingest.loaders.layout.rotation import STILL, Affine, chained, moved
from ingest.loaders.layout.text_lines import Fragment
from ingest.loaders.ocr.recognition import read_scan
from ingest.loaders.refusals import PARSER_FAULTS, OnPage, ignore_page, refusal
from ingest.types.blocks import Document

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

REMEDY = "请重新导出 OFD 或另存为 PDF 后上传"
POINTS: float = POINTS_PER_INCH / 25.4
"""Points in a millimetre."""
A4 = (0.0, 0.0, 210.0, 297.0)
MAX_NESTING = 20
"""Maximum depth of blocks inside blocks."""
OPAQUE = 255


def load_ofd(
    file: str, data: bytes, *, limits: Limits = DEFAULT_LIMITS, on_page: OnPage = ignore_page
) -> Document:
    """Paragraphs and tables of an OFD file in reading order, each line with its page and box."""
    pages = list(ofd_pages(file, data, limits, on_page))
    if not pages:
        raise refusal(file, "OFD 文件里没有页面", REMEDY)
    return Document(
        id=sha256(data).hexdigest(),
        file=file,
        blocks=blocks_of(pages),
        scanned=any(page.scanned for page in pages),
    )


def ofd_pages(
    file: str, data: bytes, limits: Limits = DEFAULT_LIMITS, on_page: OnPage = ignore_page
) -> Iterator[Page]:
    """The pages of an OFD file, those that are only pictures recognised."""
    with _faults_named(file):
        package = _Package(ZipFile(BytesIO(data)))
        places = list(package.pages())
        if len(places) > limits.pages:
            raise refusal(file, f"页数超过 {limits.pages} 页", "请拆分后上传")
        for number, place in enumerate(places, start=1):
            on_page(number, len(places))
            page, picture = package.page(place, number)
            yield _recognised(file, picture, page, limits) if picture else page


def ofd_page(file: str, data: bytes, number: int) -> tuple[Page, bytes] | None:
    """Page `number` as drawn, with the picture that a scanned one is; None beyond the last."""
    with _faults_named(file):
        package = _Package(ZipFile(BytesIO(data)))
        place = next(islice(package.pages(), number - 1, None), None)
        return package.page(place, number) if place else None


@contextmanager
def _faults_named(file: str) -> Iterator[None]:
    try:
        yield
    except PARSER_FAULTS as error:
        raise refusal(file, "OFD 文件不完整或已损坏", REMEDY) from error


def _recognised(file: str, data: bytes, page: Page, limits: Limits) -> Page:
    """What a picture that covers a page shows, measured as the page is."""
    picture = next(pictures(file, data, limits))
    scan = read_scan(picture, page.number)
    size = page.width / scan.width
    view: Affine = (size, 0, 0, 0, size, 0)
    return replace(scan, view=chained(scan.view, view))


@dataclass(slots=True)
class _Place:
    """Where a page's content stands, its size, and the templates under it."""

    part: str
    box: tuple[float, float, float, float]
    templates: dict[str, str]
    pictures: dict[str, str]


@dataclass(slots=True)
class _Package:
    """The parts of an OFD file."""

    zip: ZipFile

    def read(self, part: str) -> bytes:
        """What a part holds; a KeyError where there is none."""
        return self.zip.read(part)

    def xml(self, part: str) -> "Element":
        """The root of a part; no entity is resolved and nothing is fetched."""
        from lxml.etree import XMLParser, fromstring

        parser = XMLParser(resolve_entities=False, no_network=True)
        return fromstring(self.read(part), parser)

    def pages(self) -> Iterator[_Place]:
        """All pages of all documents in the package, in order."""
        for root in self.xml("OFD.xml").iterfind("{*}DocBody/{*}DocRoot"):
            main = _beside("", root.text or "")
            document = self.xml(main)
            common = document.find("{*}CommonData")
            if common is None:
                continue
            box = _numbers(_text(common, "{*}PageArea/{*}PhysicalBox")) or A4
            templates = {
                page.get("ID", ""): _beside(main, page.get("BaseLoc", ""))
                for page in common.iterfind("{*}TemplatePage")
            }
            pictures: dict[str, str] = {}
            for kind in ("PublicRes", "DocumentRes"):
                for resource in common.iterfind("{*}" + kind):
                    pictures |= self.pictures(_beside(main, resource.text or ""))
            for page in document.iterfind("{*}Pages/{*}Page"):
                part = _beside(main, page.get("BaseLoc", ""))
                yield _Place(part, _box(box), templates, pictures)

    def pictures(self, part: str) -> dict[str, str]:
        """The pictures that a list of resources names, by their ids."""
        try:
            resources = self.xml(part)
        except KeyError:
            return {}
        folder = resources.get("BaseLoc", "")
        return {
            media.get("ID", ""): _beside(part, posixpath.join(folder, _text(media, "{*}MediaFile")))
            for media in resources.iterfind("{*}MultiMedias/{*}MultiMedia")
        }

    def page(self, place: _Place, number: int) -> tuple[Page, bytes]:
        """A page, and the picture that covers it where it shows hardly anything else."""
        drawn = self._drawn(place)
        page, picture = drawn.page(number), b""
        if len(page.fragments) < MIN_CHARACTERS and drawn.picture:
            with suppress(KeyError):  # a picture that the package names and does not hold
                picture = self.read(drawn.picture)
        return page, picture

    def _drawn(self, place: _Place) -> "_Drawn":
        """What is drawn on a page, what its template draws first."""
        root = self.xml(place.part)
        own = _numbers(_text(root, "{*}Area/{*}PhysicalBox"))
        drawn = _Drawn(_box(own) if own else place.box, place.pictures)
        for template in root.iterfind("{*}Template"):
            part = place.templates.get(template.get("TemplateID", ""))
            if part:
                drawn.add(self.xml(part))
        drawn.add(root)
        return drawn


@dataclass(slots=True)
class _Drawn:
    """The characters and lines of a page, in millimetres from its top left corner."""

    box: tuple[float, float, float, float]
    pictures: dict[str, str]
    fragments: list[Fragment] = field(default_factory=list)
    shapes: list[Shape] = field(default_factory=list)
    picture: str = ""
    """The largest picture where it covers the page."""

    def page(self, number: int) -> Page:
        """The page in points."""
        left, top, width, height = self.box
        across, down = rulings(self.shapes, (POINTS, 0, -left * POINTS, 0, POINTS, -top * POINTS))
        return Page(
            number, width * POINTS, height * POINTS, self.fragments, across=across, down=down
        )

    def add(self, root: "Element") -> None:
        """Draws what a content part holds."""
        for layer in root.iterfind("{*}Content/{*}Layer"):
            self._objects(layer, 0)

    def _objects(self, parent: "Element", depth: int) -> None:
        for item in parent:
            kind = str(item.tag).rpartition("}")[2]
            if item.get("Visible", "true") == "false":
                continue
            if kind == "TextObject":
                self._write(item)
            elif kind == "PathObject":
                self._stroke(item)
            elif kind == "ImageObject":
                self._show(item)
            elif kind == "PageBlock" and depth < MAX_NESTING:
                self._objects(item, depth + 1)

    def _write(self, item: "Element") -> None:
        move = _move(item)
        size = float(item.get("Size", "0")) * (move[1] ** 2 + move[4] ** 2) ** 0.5 * POINTS
        if _lies_aslant(move) or (size >= LARGE_TYPE and _is_pale(item)):
            return
        stretch = float(item.get("HScale", "1"))
        x = y = 0.0
        for code in item.iterfind("{*}TextCode"):
            x, y = float(code.get("X", x)), float(code.get("Y", y))
            text = code.text or ""
            right, lower = _steps(code.get("DeltaX", "")), _steps(code.get("DeltaY", ""))
            for n, character in enumerate(text):
                step = right[n] if n < len(right) else 0.0
                wide = float(item.get("Size", "0")) * stretch
                narrow = wide * (0.5 if character.isascii() else 1)
                end = x + (step if 0 < step <= MAX_STEP * wide else narrow)
                (x0, base), (x1, _) = (self._at(move, at, y) for at in (x, end))
                if not character.isspace():
                    self.fragments.append(Fragment(character, x0, x1, base, size))
                x += step
                y += lower[n] if n < len(lower) else 0.0

    def _at(self, move: Affine, x: float, y: float) -> Point:
        """A point of an object on the page, in points."""
        px, py = moved(move, x, y)
        return (px - self.box[0]) * POINTS, (py - self.box[1]) * POINTS

    def _stroke(self, item: "Element") -> None:
        move = _move(item)
        stroked = item.get("Stroke", "true") != "false"
        if not stroked and item.get("Fill", "false") != "true":
            return
        for subpath in _subpaths(_text(item, "{*}AbbreviatedData")):
            points = [moved(move, x, y) for x, y in subpath]
            if len(points) > 1:
                self.shapes += lines_in(points, stroked=stroked)

    def _show(self, item: "Element") -> None:
        box = _numbers(item.get("Boundary", ""))
        if box and len(box) == 4 and box[2] * box[3] >= MIN_IMAGE_SHARE * self.box[2] * self.box[3]:
            self.picture = self.pictures.get(item.get("ResourceID", ""), "")


def _move(item: "Element") -> Affine:
    """The way from an object's own coordinates to the page's."""
    boundary = _numbers(item.get("Boundary", "")) or (0.0, 0.0)
    matrix = _numbers(item.get("CTM", ""))
    move: Affine = STILL
    if len(matrix) == 6:
        a, b, c, d, e, f = matrix
        move = (a, c, e, b, d, f)
    return chained(move, (1, 0, boundary[0], 0, 1, boundary[1]))


def _lies_aslant(move: Affine) -> bool:
    """Whether text is turned so that nobody sets a form in it."""
    return abs(move[3]) > MAX_SLANT * abs(move[0])


def _is_pale(item: "Element") -> bool:
    colour = item.find("{*}FillColor")
    if colour is None:
        return False
    shades = _numbers(colour.get("Value", ""))
    alpha = float(colour.get("Alpha", item.get("Alpha", str(OPAQUE))))
    return alpha <= OPAQUE - PALE or (len(shades) == 3 and min(shades) >= PALE)


def _steps(text: str) -> list[float]:
    """The steps that a DeltaX or DeltaY names, repetitions (g count step) written out.

    >>> _steps("3.5 g 3 2 1")
    [3.5, 2.0, 2.0, 2.0, 1.0]
    """
    words = iter(text.split())
    steps: list[float] = []
    for word in words:
        if word == "g":
            count, step = int(next(words, "0")), float(next(words, "0"))
            steps += [step] * min(count, MAX_STEPS - len(steps))
        else:
            steps.append(float(word))
    return steps


MAX_STEP = 1.2
"""Maximum step from one character to the next that shows no blank, in type sizes."""
MAX_STEPS = 100_000
"""Maximum number of characters in a row of text."""


def _subpaths(text: str) -> Iterator[list[Point]]:
    """The corner points of each part of a path; curves break a part off."""
    words = text.split()
    points: list[Point] = []
    at = 0
    while at < len(words):
        sign, at = words[at], at + 1
        taken = OPERANDS.get(sign, 0)
        numbers = [float(word) for word in words[at : at + taken]]
        at += taken
        if sign == "C" and points:
            points.append(points[0])
        elif sign == "L":
            points.append((numbers[-2], numbers[-1]))
        elif numbers:
            if len(points) > 1:
                yield points
            points = [(numbers[-2], numbers[-1])]
    if len(points) > 1:
        yield points


OPERANDS = {"S": 2, "M": 2, "L": 2, "Q": 4, "B": 6, "A": 7, "C": 0}
"""Number of operands of each operator of a path."""


def _numbers(text: str) -> tuple[float, ...]:
    return tuple(float(word) for word in text.split())


def _box(numbers: tuple[float, ...]) -> tuple[float, float, float, float]:
    x, y, width, height = numbers
    if width <= 0 or height <= 0:
        raise ValueError("a page without size")
    return x, y, width, height


def _text(element: "Element", path: str) -> str:
    found = element.find(path)
    return "" if found is None else (found.text or "").strip()


def _beside(part: str, target: str) -> str:
    """The part that another names, from where it stands or from the top."""
    where = posixpath.join("/", posixpath.dirname(part), target.strip())
    return posixpath.normpath(where).lstrip("/")
