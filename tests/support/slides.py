"""Small presentations, as PowerPoint writes them, part by part."""

from collections.abc import Sequence
from io import BytesIO
from zipfile import ZipFile

A = "http://schemas.openxmlformats.org/drawingml/2006/main"
P = "http://schemas.openxmlformats.org/presentationml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
MAIN = "application/vnd.openxmlformats-officedocument.presentationml"
EMU = 12_700
"""Units of a presentation in a point."""


def box(text: str, top: int, *, title: bool = False) -> str:
    """A text box; a run's look may stand before its text: “strike|12” or “30000|1”."""
    runs = "".join(map(_run, text.split("§")))
    holder = '<p:nvPr><p:ph type="title"/></p:nvPr>' if title else "<p:nvPr/>"
    return (
        f'<p:sp><p:nvSpPr><p:cNvPr id="2" name="t"/><p:cNvSpPr/>{holder}</p:nvSpPr><p:spPr><a:xfrm>'
        f'<a:off x="0" y="{top * EMU}"/><a:ext cx="900000" cy="300000"/></a:xfrm></p:spPr>'
        f"<p:txBody><a:bodyPr/><a:p>{runs}</a:p></p:txBody></p:sp>"
    )


def _run(text: str) -> str:
    look, mark, words = text.partition("|")
    if not mark:
        return f"<a:r><a:rPr/><a:t>{text}</a:t></a:r>"
    shown = 'strike="sngStrike"' if look == "strike" else f'baseline="{look}"'
    return f"<a:r><a:rPr {shown}/><a:t>{words}</a:t></a:r>"


def table(rows: Sequence[Sequence[str]], top: int) -> str:
    """A table; “>” stands in a cell merged with the one before it, “^” with the one above."""
    columns = '<a:gridCol w="9"/>' * len(rows[0])
    body = "".join(
        f'<a:tr h="9">{"".join(_cell(rows, r, c) for c in range(len(row)))}</a:tr>'
        for r, row in enumerate(rows)
    )
    return (
        '<p:graphicFrame><p:nvGraphicFramePr><p:cNvPr id="4" name="g"/><p:cNvGraphicFramePr/>'
        f'<p:nvPr/></p:nvGraphicFramePr><p:xfrm><a:off x="0" y="{top * EMU}"/>'
        '<a:ext cx="900000" cy="9"/></p:xfrm><a:graphic><a:graphicData uri="'
        f'{A[:-4]}table"><a:tbl><a:tblGrid>{columns}</a:tblGrid>{body}'
        "</a:tbl></a:graphicData></a:graphic></p:graphicFrame>"
    )


def _cell(rows: Sequence[Sequence[str]], r: int, c: int) -> str:
    text = rows[r][c]
    if text in (">", "^"):
        return (
            f'<a:tc {"hMerge" if text == ">" else "vMerge"}="1"><a:txBody><a:p/></a:txBody></a:tc>'
        )
    wide = next((n for n in range(c + 1, len(rows[r])) if rows[r][n] != ">"), len(rows[r])) - c
    deep = next((n for n in range(r + 1, len(rows)) if rows[n][c] != "^"), len(rows)) - r
    spans = f'gridSpan="{wide}" rowSpan="{deep}"'
    return f"<a:tc {spans}><a:txBody><a:p><a:r><a:t>{text}</a:t></a:r></a:p></a:txBody></a:tc>"


def presentation(*slides: str, hidden: Sequence[int] = ()) -> bytes:
    """A file of slides, each the shapes that stand on it."""
    count = range(1, len(slides) + 1)
    ids = "".join(f'<p:sldId id="{255 + n}" r:id="rId{n}"/>' for n in count)
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{TYPES}"><Default Extension="rels" ContentType="'
        'application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" '
        f'ContentType="application/xml"/><Override PartName="/ppt/presentation.xml" ContentType="'
        f'{MAIN}.presentation.main+xml"/>'
        + "".join(
            f'<Override PartName="/ppt/slides/slide{n}.xml" ContentType="{MAIN}.slide+xml"/>'
            for n in count
        )
        + "</Types>",
        "_rels/.rels": _relations([("officeDocument", "ppt/presentation.xml")]),
        "ppt/presentation.xml": f'<p:presentation xmlns:p="{P}" xmlns:r="{R}"><p:sldIdLst>{ids}'
        '</p:sldIdLst><p:sldSz cx="9144000" cy="6858000"/><p:notesSz cx="9" cy="9"/>'
        "</p:presentation>",
        "ppt/_rels/presentation.xml.rels": _relations(
            [("slide", f"slides/slide{n}.xml") for n in count]
        ),
    }
    for n, shapes in zip(count, slides, strict=True):
        shown = ' show="0"' if n in hidden else ""
        parts[f"ppt/slides/slide{n}.xml"] = (
            f'<p:sld xmlns:p="{P}" xmlns:a="{A}" xmlns:r="{R}"{shown}><p:cSld><p:spTree>'
            '<p:nvGrpSpPr><p:cNvPr id="1" name=""/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr>'
            f"<p:grpSpPr/>{shapes}</p:spTree></p:cSld></p:sld>"
        )
    stream = BytesIO()
    with ZipFile(stream, "w") as package:
        for name, content in parts.items():
            package.writestr(name, f'<?xml version="1.0" encoding="UTF-8"?>{content}')
    return stream.getvalue()


def _relations(named: Sequence[tuple[str, str]]) -> str:
    lines = "".join(
        f'<Relationship Id="rId{n}" Type="{R}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(named, start=1)
    )
    return f'<Relationships xmlns="{RELATIONS}">{lines}</Relationships>'
