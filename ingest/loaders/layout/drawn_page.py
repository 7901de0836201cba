"""A page as read, drawn again (版面重绘), for formats that no library here can show.

Its text and lines become a PDF page, set in a Chinese font that PDF readers bring along.
"""

from collections.abc import Iterable

from ingest.loaders.layout.page import Page
from ingest.loaders.layout.text_lines import Fragment

FONT = (
    "/Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UTF16-H/DescendantFonts[5 0 R]"
)
GLYPHS = (
    "/Type/Font/Subtype/CIDFontType0/BaseFont/STSong-Light/FontDescriptor 6 0 R/DW 1000"
    "/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 5>>/W[1 95 500]"
)
METRICS = (
    "/Type/FontDescriptor/FontName/STSong-Light/Flags 6/FontBBox[-25 -254 1000 880]/ItalicAngle 0"
    "/Ascent 880/Descent -120/CapHeight 880/StemV 93"
)


def as_pdf(page: Page) -> bytes:
    """The page as a PDF file of one page."""
    drawn = "\n".join([*_lines(page), *_texts(page.fragments, page.height)]).encode()
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
        f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 {page.width} {page.height}]/Contents 7 0 R"
        "/Resources<</Font<</F1 4 0 R>>>>>>".encode(),
        *(f"<<{font}>>".encode() for font in (FONT, GLYPHS, METRICS)),
        b"<</Length %d>>stream\n%b\nendstream" % (len(drawn), drawn),
    ]
    out, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj%bendobj\n" % (number, content)
    table = "".join(f"{place:010} 00000 n \n" for place in places).encode()
    head = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    end = f"trailer<</Size {len(objects) + 1}/Root 1 0 R>>\nstartxref\n{len(out)}\n%%EOF".encode()
    return out + head + table + end


def _lines(page: Page) -> Iterable[str]:
    yield "0.5 w"
    for at, start, end in page.across:
        yield f"{start:.2f} {page.height - at:.2f} m {end:.2f} {page.height - at:.2f} l S"
    for at, start, end in page.down:
        yield f"{at:.2f} {page.height - start:.2f} m {at:.2f} {page.height - end:.2f} l S"


def _texts(fragments: Iterable[Fragment], height: float) -> Iterable[str]:
    for text, x0, _, baseline, size in fragments:
        code = text.encode("utf-16-be", "replace").hex()
        place = f"1 0 0 1 {x0:.2f} {height - baseline:.2f} Tm"
        yield f"BT /F1 {size:.2f} Tf {place} <{code}> Tj ET"
