"""Scanned pages and pictures: recognised text put into the cells that their lines draw (OCR).

The recognition models ship inside the rapidocr wheel; nothing is fetched. Detection finds stretches
of text, ruling lines part them into table fields, and each piece is recognised by itself.
"""

import os
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from ingest.loaders.layout.page import POINTS_PER_INCH, Page
from ingest.loaders.layout.rotation import STILL, chained
from ingest.loaders.layout.ruled_tables import Grid, Ruling, find_grids
from ingest.loaders.layout.text_lines import Fragment
from ingest.loaders.ocr.postcorrection import default_misreadings
from ingest.loaders.ocr.preprocessing import (
    LINE_CLEARANCE,
    MIN_HEIGHT_RATIO,
    PixelBox,
    Upright,
    boxes_of,
    ink_of,
    is_sideways,
    overlooked_text,
    parted,
    rows_of,
    rulings_of,
    straightened,
    turned,
)

if TYPE_CHECKING:
    from ingest.loaders.ocr.preprocessing import Picture, Quads

DPI = 200.0
"""Dots per inch of a page for recognition: costs no more than 150, as detection has its own size,
and reads better (measured)."""
DETECTION_DPI = 110.0
"""Dots per inch for detection: it takes a third of the time and misses nothing (measured)."""
BOX_EXPANSION = 1.3
"""How far boxes reach beyond the letters: the library's 1.6 lets neighbouring lines in."""
RECOGNISED_SHAPE = [3, 48, 96]
"""Channels, height and minimum width of a piece, in pixels: the library pads to a width of 320."""
MAX_THREADS = 4
"""Maximum number of threads that recognise the pieces of one page."""
MIN_CONFIDENCE = 0.5
"""Minimum confidence of recognised text; less is a stain."""
MIN_CONFIDENCE_UNDETECTED = 0.9
"""Minimum confidence for marks that detection did not take for text."""
MAX_TURN_SAMPLES = 12
"""Maximum number of stretches of text that vote whether a page stands on its head."""
UPSIDE_DOWN = "180"


@cache
def _engine() -> Any:
    from rapidocr import RapidOCR

    engine = RapidOCR(
        params={
            "Global.log_level": "error",
            "Global.max_side_len": 10_000,
            "EngineConfig.onnxruntime.intra_op_num_threads": 1,
            "Det.limit_type": "max",
            "Det.limit_side_len": 10_000,
            "Det.unclip_ratio": BOX_EXPANSION,
            "Rec.rec_img_shape": RECOGNISED_SHAPE,
            "Rec.rec_batch_num": 1,
        }
    )
    return engine


def read_scan(picture: "Picture", number: int, *, dpi: float = DPI) -> Page:
    """A page from its picture, as upright as its text."""
    quads = _detect(picture, dpi)
    page = _upright(picture, quads)
    ink = ink_of(page.picture, dpi)
    boxes = boxes_of(page.quads, page.picture.shape)
    across, down = rulings_of(ink, dpi, boxes)
    pieces = [piece for box in boxes for piece in parted(box, across, down)]
    pieces = [row for piece in pieces for row in _rows(ink, piece, dpi)]
    scale = POINTS_PER_INCH / dpi
    scaled = [[_scaled(line, scale) for line in lines] for lines in (across, down)]
    overlooked = _missed(ink, pieces, find_grids(*scaled), dpi)
    texts = _recognise(page.picture, pieces, MIN_CONFIDENCE)
    texts += _recognise(page.picture, overlooked, MIN_CONFIDENCE_UNDETECTED)
    pieces += overlooked
    height, width = page.picture.shape
    a, b, c, d, e, f = page.view
    return Page(
        number=number,
        width=width * scale,
        height=height * scale,
        fragments=[
            _fragment(text, box, scale)
            for text, box in zip(texts, pieces, strict=True)
            if text.strip()
        ],
        across=scaled[0],
        down=scaled[1],
        view=(a, b, c * scale, d, e, f * scale),
        scanned=True,
    )


def _scaled(line: Ruling, scale: float) -> Ruling:
    return Ruling(line.at * scale, line.start * scale, line.end * scale)


def _detect(picture: "Picture", dpi: float) -> "Quads":
    """The corners of every stretch of text."""
    import cv2
    import numpy as np

    scale = min(DETECTION_DPI / dpi, 1.0)
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    image = _colour(cast("Picture", small))
    detected = _engine()(image, use_det=True, use_cls=False, use_rec=False)
    if detected.boxes is None:
        return np.zeros((0, 4, 2), np.float32)
    return np.asarray(detected.boxes, np.float32) / scale


def _colour(picture: "Picture") -> "Picture":
    import numpy as np

    return np.repeat(picture[:, :, None], 3, axis=2)


def _upright(picture: "Picture", quads: "Quads") -> Upright:
    """The picture turned so that its text reads from left to right, and straightened."""
    page = Upright(picture, quads, STILL)
    if not len(quads):
        return page
    if is_sideways(quads):
        page = turned(picture, quads, 1)
    widest = sorted(boxes_of(page.quads, page.picture.shape), key=lambda box: box[0] - box[2])[
        :MAX_TURN_SAMPLES
    ]
    crops = [_colour(page.picture[y0:y1, x0:x1]) for x0, y0, x1, y1 in widest]
    _, judged = _engine().cls_and_rotate(crops)
    votes = [label == UPSIDE_DOWN for label, _ in judged.cls_res]
    if 2 * sum(votes) > len(votes):
        over = turned(page.picture, page.quads, 2)
        page = Upright(over.picture, over.quads, chained(over.view, page.view))
    return straightened(page)


def _rows(ink: "Picture", box: PixelBox, dpi: float) -> list[PixelBox]:
    """The lines of a tall stretch: labels in narrow columns run downwards."""
    x0, y0, x1, y1 = box
    if y1 - y0 < MIN_HEIGHT_RATIO * (x1 - x0):
        return [box]
    return rows_of(ink, box, dpi)


def _missed(
    ink: "Picture", pieces: Sequence[PixelBox], grids: Iterable[Grid], dpi: float
) -> list[PixelBox]:
    """Text in empty table fields that detection passed over, such as a lone digit."""
    boxes = []
    for grid in grids:
        for span in grid.spans:
            left, top, right, bottom = (
                int(side * dpi / POINTS_PER_INCH)
                for side in (
                    *(grid.xs[span.left], grid.ys[span.top]),
                    *(grid.xs[span.right], grid.ys[span.bottom]),
                )
            )
            field = (
                left + LINE_CLEARANCE,
                top + LINE_CLEARANCE,
                right - LINE_CLEARANCE,
                bottom - LINE_CLEARANCE,
            )
            empty = not any(_meet(box, field) for box in pieces)
            if empty and field[0] < field[2] and field[1] < field[3]:
                box = overlooked_text(ink, field, dpi)
                boxes += [box] if box else []
    return boxes


def _meet(one: PixelBox, other: PixelBox) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _recognise(picture: "Picture", boxes: Sequence[PixelBox], least: float) -> list[str]:
    """The text in each box; "" where recognition is less certain than `least`."""
    engine = _engine()
    threads = min(MAX_THREADS, os.cpu_count() or 1)
    # The widest first, dealt out in turn, so that all threads finish together.
    order = sorted(range(len(boxes)), key=lambda n: boxes[n][0] - boxes[n][2])
    shares = [share for k in range(threads) if (share := order[k::threads])]

    def read(share: list[int]) -> list[tuple[int, str]]:
        crops = [_colour(picture[y0:y1, x0:x1]) for x0, y0, x1, y1 in (boxes[n] for n in share)]
        result = engine.recognize_txt(crops)
        return [
            (n, text if score >= least else "")
            for n, text, score in zip(share, result.txts, result.scores, strict=True)
        ]

    with ThreadPoolExecutor(threads) as pool:
        texts = dict(pair for pairs in pool.map(read, shares) for pair in pairs)
    return [default_misreadings().repaired(texts[n]) for n in range(len(boxes))]


def _fragment(text: str, box: PixelBox, scale: float) -> Fragment:
    """Recognised text on the page: its size told by its width, as boxes have loose heights."""
    x0, y0, x1, y1 = (side * scale for side in box)
    em = sum(0.55 if character.isascii() else 1.0 for character in text)
    size = min((y1 - y0) * 0.8, (x1 - x0) / em) if em >= 3 else (y1 - y0) * 0.7
    middle = (y0 + y1) / 2
    return Fragment(text, x0, x1, middle + 0.38 * size, size)
