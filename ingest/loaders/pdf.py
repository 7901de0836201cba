"""PDF files: each page's text and tables; pages that are only images go through recognition."""

from dataclasses import dataclass, field, replace
from hashlib import sha256

from ingest.config import DEFAULT_LIMITS, Limits
from ingest.loaders.embedded_pictures import (
    MAX_PICTURES,
    NAME,
    RECOGNISED,
    TOO_MANY,
    is_light,
    shows_table,
)
from ingest.loaders.layout.page import MIN_CHARACTERS, POINTS_PER_INCH, Page
from ingest.loaders.layout.page_blocks import blocks_of
from ingest.loaders.layout.ruled_tables import Ruling
from ingest.loaders.layout.text_lines import Box
from ingest.loaders.ocr.recognition import DPI, read_scan
from ingest.loaders.pdfium import PdfFile
from ingest.loaders.refusals import OnPage, ignore_page
from ingest.types.blocks import Document, Location, Remark

MIN_PIXELS = 120
"""Pixels of the shorter side of the smallest picture that may show a table."""


def load_pdf(
    file: str, data: bytes, *, limits: Limits = DEFAULT_LIMITS, on_page: OnPage = ignore_page
) -> Document:
    """Paragraphs and tables of a PDF in reading order, each line with its page and box."""
    opened = PdfFile(file, data, limits)
    try:
        reader = _PageReader(opened, on_page)
        pages = [reader.page(n) for n in range(1, opened.page_count + 1)]
    finally:
        opened.close()
    return Document(
        id=sha256(data).hexdigest(),
        file=file,
        blocks=blocks_of(pages),
        scanned=any(page.scanned for page in pages),
        remarks=tuple(reader.remarks),
    )


@dataclass(slots=True)
class _PageReader:
    """Reads page after page, and what is recognised in pictures of tables."""

    opened: PdfFile
    on_page: OnPage
    remarks: list[Remark] = field(default_factory=list)
    looked_at: int = 0

    def page(self, number: int) -> Page:
        """A page as its text and lines stand on it, or as it is recognised where it is a scan."""
        self.on_page(number, self.opened.page_count)
        raw = self.opened.read(number)
        if raw.is_scan:
            return read_scan(self.opened.render(number, DPI), number)
        page = raw.page
        for box in raw.pictures:
            if _holds_text(page, box):
                continue
            self.looked_at += 1
            if self.looked_at <= MAX_PICTURES:
                page = self._with_picture(page, box)
            elif self.looked_at == MAX_PICTURES + 1:
                self.remarks.append(Remark(NAME, TOO_MANY, Location(page=number)))
        return page

    def _with_picture(self, page: Page, box: Box) -> Page:
        """The page with what a picture on it shows, if that is a table."""
        scale = DPI / POINTS_PER_INCH
        left, top, right, bottom = (max(0, round(edge * scale)) for edge in box)
        pixels = self.opened.render(page.number, DPI)[top:bottom, left:right]
        if min(pixels.shape) < MIN_PIXELS or not is_light(pixels):
            return page
        shown = read_scan(pixels, page.number)
        if not shows_table(blocks_of([shown])):
            return page
        place = Location(page=page.number, bbox=page.place(box))
        self.remarks.append(Remark(NAME, RECOGNISED, place))
        x, y = box[0], box[1]
        moved = [
            piece._replace(x0=piece.x0 + x, x1=piece.x1 + x, baseline=piece.baseline + y)
            for piece in shown.fragments
        ]
        return replace(
            page,
            fragments=[*page.fragments, *moved],
            across=[*page.across, *(Ruling(at + y, a + x, b + x) for at, a, b in shown.across)],
            down=[*page.down, *(Ruling(at + x, a + y, b + y) for at, a, b in shown.down)],
        )


def _holds_text(page: Page, box: Box) -> bool:
    """Whether a picture only lies under text of the page."""
    left, top, right, bottom = box
    inside = sum(left < p.x0 < right and top < p.baseline < bottom for p in page.fragments)
    return inside >= MIN_CHARACTERS
