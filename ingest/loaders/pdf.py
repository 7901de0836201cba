"""PDF files: each page's text and tables; pages that are only images go through recognition."""

from hashlib import sha256

from ingest.config import DEFAULT_LIMITS, Limits
from ingest.loaders.layout.page import Page
from ingest.loaders.layout.page_blocks import blocks_of
from ingest.loaders.ocr.recognition import DPI, read_scan
from ingest.loaders.pdfium import PdfFile
from ingest.loaders.refusals import OnPage, ignore_page
from ingest.types.blocks import Document


def load_pdf(
    file: str, data: bytes, *, limits: Limits = DEFAULT_LIMITS, on_page: OnPage = ignore_page
) -> Document:
    """Paragraphs and tables of a PDF in reading order, each line with its page and box."""
    opened = PdfFile(file, data, limits)
    try:
        pages = [_page(opened, n, on_page) for n in range(1, opened.page_count + 1)]
    finally:
        opened.close()
    return Document(
        id=sha256(data).hexdigest(),
        file=file,
        blocks=blocks_of(pages),
        scanned=any(page.scanned for page in pages),
    )


def _page(opened: PdfFile, number: int, on_page: OnPage) -> Page:
    on_page(number, opened.page_count)
    raw = opened.read(number)
    return read_scan(opened.render(number, DPI), number) if raw.is_scan else raw.page
