"""Pictures of pages (.png, .jpg, .tif, .bmp, .gif, .webp, .heic), each frame as a scanned page."""

from collections.abc import Iterator
from hashlib import sha256
from io import BytesIO
from typing import TYPE_CHECKING

from ingest.config import DEFAULT_LIMITS, Limits
from ingest.loaders.file_types import HEIF
from ingest.loaders.layout.page_blocks import blocks_of
from ingest.loaders.ocr.recognition import DPI, read_scan
from ingest.loaders.refusals import PARSER_FAULTS, OnPage, ignore_page, refusal
from ingest.types.blocks import Document

if TYPE_CHECKING:
    from PIL.Image import Image

    from ingest.loaders.ocr.preprocessing import Picture

FORMATS = ("PNG", "JPEG", "TIFF", "BMP", "GIF", "WEBP", "HEIF", "AVIF")
"""The decoders that may be tried, as file_types.py tells them by their first bytes."""
PAGE_INCHES = 11.69
"""A picture's longer side is taken for that of an A4 page: cameras know no paper size."""


def load_image(
    file: str, data: bytes, *, limits: Limits = DEFAULT_LIMITS, on_page: OnPage = ignore_page
) -> Document:
    """The text and tables in a picture, placed as on an A4 page."""
    pages = [
        read_scan(picture, number)
        for number, picture in enumerate(pictures(file, data, limits, on_page), start=1)
    ]
    return Document(id=sha256(data).hexdigest(), file=file, blocks=blocks_of(pages), scanned=True)


def pictures(
    file: str, data: bytes, limits: Limits = DEFAULT_LIMITS, on_page: OnPage = ignore_page
) -> "Iterator[Picture]":
    """Each frame of a picture, decoded one by one: what is announced is judged before that."""
    from PIL import Image

    try:
        with opened(data) as image:
            frames = getattr(image, "n_frames", 1)
            for frame in range(frames):
                image.seek(frame)
                if image.width * image.height > limits.image_pixels or frames > limits.pages:
                    raise refusal(file, "图片过大", "请缩小后上传")
                on_page(frame + 1, frames)
                yield _grey(image)
    except Image.DecompressionBombError as error:
        raise refusal(file, "图片过大", "请缩小后上传") from error
    except PARSER_FAULTS as error:
        raise refusal(file, "图片不完整或已损坏", "请重新扫描或另存为 PDF 后上传") from error


def opened(data: bytes) -> "Image":
    """A picture, its frames not decoded yet; photos of telephones (HEIC) too."""
    from PIL import Image

    if HEIF.match(data):
        from pi_heif import register_heif_opener

        register_heif_opener()
    return Image.open(BytesIO(data), formats=FORMATS)


def _grey(image: "Image") -> "Picture":
    """A frame as its camera held it, on white, at the working resolution."""
    import numpy as np
    from PIL import Image, ImageOps

    upright = ImageOps.exif_transpose(image).convert("RGBA")
    paper = Image.new("RGBA", upright.size, "white")
    grey = Image.alpha_composite(paper, upright).convert("L")
    scale = PAGE_INCHES * DPI / max(grey.size)
    size = (max(1, round(grey.width * scale)), max(1, round(grey.height * scale)))
    return np.asarray(grey.resize(size, Image.Resampling.LANCZOS))
