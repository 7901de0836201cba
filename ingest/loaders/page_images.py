"""A page of a stored file as a picture (页面图像), for a reader to look at the place itself."""

from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

from ingest.config import DEFAULT_LIMITS, Limits
from ingest.errors import LoadError
from ingest.loaders.file_types import Kind, kind_of
from ingest.loaders.image import PAGE_INCHES, opened
from ingest.loaders.layout.drawn_page import as_pdf
from ingest.loaders.layout.page import POINTS_PER_INCH
from ingest.loaders.ofd import ofd_page
from ingest.loaders.pdfium import PdfFile
from ingest.loaders.refusals import PARSER_FAULTS

if TYPE_CHECKING:
    from PIL.Image import Image

DOTS_PER_INCH = 110
"""Enough to read small print; a page weighs some 100 KB."""


@dataclass(frozen=True, slots=True)
class PageImage:
    """A PNG, and the size of the page in points, in which a Location's bbox is measured."""

    png: bytes
    width: float
    height: float


def page_image(
    file: str, data: bytes, number: int, limits: Limits = DEFAULT_LIMITS
) -> PageImage | None:
    """Page `number` (from 1) as it is displayed; None where the file has no such page."""
    kind = kind_of(file, data, limits)
    if kind is Kind.PDF:
        return _of_pdf(file, data, number, limits)
    if kind is Kind.OFD:
        return _of_ofd(file, data, number, limits)
    if kind is Kind.IMAGE:
        return _of_picture(file, data, number)
    return None


def _of_pdf(file: str, data: bytes, number: int, limits: Limits) -> PageImage | None:
    from PIL import Image

    opened = PdfFile(file, data, limits)
    try:
        if not 1 <= number <= opened.page_count:
            return None
        pixels = opened.render(number, DOTS_PER_INCH)
    finally:
        opened.close()
    image = Image.fromarray(pixels)
    return _as_png(image)


def _of_ofd(file: str, data: bytes, number: int, limits: Limits) -> PageImage | None:
    found = ofd_page(file, data, number) if number > 0 else None
    if found is None:
        return None
    page, picture = found
    return _of_picture(file, picture, 1) if picture else _of_pdf(file, as_pdf(page), 1, limits)


def _of_picture(file: str, data: bytes, number: int) -> PageImage | None:
    """A frame of a picture, measured as the loader measures it: its longer side is an A4 page's."""
    from PIL import ImageOps

    try:
        with opened(data) as picture:
            if not 1 <= number <= getattr(picture, "n_frames", 1):
                return None
            picture.seek(number - 1)
            image = ImageOps.exif_transpose(picture).convert("L")
    except PARSER_FAULTS as error:
        raise LoadError(f"图片“{file}”已损坏，无法显示，请重新收入。") from error
    scale = PAGE_INCHES * DOTS_PER_INCH / max(image.size)
    image = image.resize((max(1, round(image.width * scale)), max(1, round(image.height * scale))))
    return _as_png(image)


def _as_png(image: "Image") -> PageImage:
    """A picture of `DOTS_PER_INCH`, and its size in points."""
    png = BytesIO()
    image.save(png, "PNG", optimize=False)
    width, height = (side * POINTS_PER_INCH / DOTS_PER_INCH for side in image.size)
    return PageImage(png.getvalue(), width, height)
