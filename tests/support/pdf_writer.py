"""Small PDF files made of placed texts and lines, as programs that print forms draw them."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

HEIGHT, WIDTH = 842, 595


class Placed(NamedTuple):
    """A text at its left end on its baseline, measured from the top left corner, in points."""

    x: float
    y: float
    text: str
    size: float = 10.5
    angle: tuple[float, float] = (1.0, 0.0)
    """Cosine and sine of the way it is turned, against the clock."""
    grey: float = 0.0


class Drawn(NamedTuple):
    """A grey picture on the first page: its pixels row by row, and its box as `Placed` measures."""

    width: int
    height: int
    pixels: bytes
    box: tuple[float, float, float, float]


Stroke = tuple[float, float, float, float]
"""A line from one point to another, measured from the top left corner."""


def pdf(*pages: tuple[Iterable[Placed], Iterable[Stroke]], picture: Drawn | None = None) -> bytes:
    """A PDF of pages with their texts and lines, in a Chinese font of the reader's."""
    kids = " ".join(f"{6 + 2 * n} 0 R" for n in range(len(pages)))
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Count {len(pages)}/Kids[{kids}]>>",
        "<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UCS2-H"
        "/DescendantFonts[4 0 R]>>",
        "<</Type/Font/Subtype/CIDFontType0/BaseFont/STSong-Light/FontDescriptor 5 0 R/DW 1000"
        "/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 4>>/W[1 95 500]>>",
        "<</Type/FontDescriptor/FontName/STSong-Light/Flags 6/FontBBox[-25 -254 1000 880]"
        "/ItalicAngle 0/Ascent 880/Descent -120/CapHeight 880/StemV 93>>",
    ]
    for n, (texts, strokes) in enumerate(pages):
        shown = picture if n == 0 else None
        image = f"/XObject<</Im {6 + 2 * len(pages)} 0 R>>" if shown else ""
        objects.append(
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 {WIDTH} {HEIGHT}]/Contents {7 + 2 * n} 0 R"
            f"/Resources<</Font<</F1 3 0 R>>{image}>>>>"
        )
        painted = [_picture(shown.box)] if shown else []
        drawn = "\n".join([*painted, *map(_stroke, strokes), *map(_text, texts)])
        objects.append(f"<</Length {len(drawn)}>>stream\n{drawn}\nendstream")
    if picture:
        hexed = picture.pixels.hex()
        objects.append(
            f"<</Type/XObject/Subtype/Image/Width {picture.width}/Height {picture.height}"
            f"/ColorSpace/DeviceGray/BitsPerComponent 8/Filter/ASCIIHexDecode/Length {len(hexed)}>>"
            f"stream\n{hexed}\nendstream"
        )
    out, places = b"%PDF-1.4\n", []
    for n, content in enumerate(objects, 1):
        places.append(len(out))
        out += f"{n} 0 obj{content}endobj\n".encode()
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    end = f"trailer<</Size {len(objects) + 1}/Root 1 0 R>>\nstartxref\n{len(out)}\n%%EOF"
    return out + f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}{end}".encode()


def ruled(
    x: Sequence[float], y: Sequence[float], rows: Sequence[Sequence[str]], size: float = 10.5
) -> tuple[list[Placed], list[Stroke]]:
    """A table between the edges `x` and `y`: its cells' texts and all its ruling lines."""
    texts = [
        Placed(x[c] + 3, y[r + 1] - 5, text, size)
        for r, row in enumerate(rows)
        for c, text in enumerate(row)
        if text
    ]
    across = [(x[0], at, x[-1], at) for at in y]
    down = [(at, y[0], at, y[-1]) for at in x]
    return texts, [*across, *down]


def _text(placed: Placed) -> str:
    a, b = placed.angle
    text = placed.text.encode("utf-16-be").hex()
    return (
        f"{placed.grey} g BT /F1 {placed.size} Tf {a} {b} {-b} {a} {placed.x} {HEIGHT - placed.y}"
        f" Tm <{text}> Tj ET"
    )


def _picture(box: tuple[float, float, float, float]) -> str:
    left, top, right, bottom = box
    return f"q {right - left} 0 0 {bottom - top} {left} {HEIGHT - bottom} cm /Im Do Q"


def _stroke(line: Stroke) -> str:
    x0, y0, x1, y1 = line
    return f"0.5 w {x0} {HEIGHT - y0} m {x1} {HEIGHT - y1} l S"
