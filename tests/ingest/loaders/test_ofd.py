"""OFD files as two producers write them: text and tables by geometry, places, what is left out."""

from collections.abc import Mapping, Sequence
from io import BytesIO
from zipfile import ZipFile

import pytest
from PIL import Image

from ingest.config import Limits
from ingest.errors import LoadError
from ingest.loaders import load
from ingest.loaders.page_images import page_image
from ingest.types.blocks import Document, TableBlock, TextBlock

NS = 'xmlns:ofd="http://www.ofdspec.org/2016"'
ROWS = [
    ["三级指标", "年度指标值", "实际完成值"],
    ["改造灌渠长度", "≥18公里", "17.4公里"],
    ["按期完工率", "100%", "100%"],
    ["灌区农户满意度", "≥90%", "92.6%"],
]
X, Y = (20, 70, 110, 150), (40, 50, 60, 70, 80)


def package(parts: Mapping[str, str | bytes]) -> bytes:
    stream = BytesIO()
    with ZipFile(stream, "w") as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return stream.getvalue()


def text(x: float, y: float, words: str, size: float = 3.7, more: str = "") -> str:
    """Text with its boundary at the left top, as converters of office files write it."""
    step = f' DeltaX="g {len(words) - 1} {size}"' if len(words) > 1 else ""
    return (
        f'<ofd:TextObject Boundary="{x} {y} {len(words) * size} {size * 1.4}" Size="{size}"{more}>'
        f'<ofd:TextCode X="0" Y="{size}"{step}>{words}</ofd:TextCode></ofd:TextObject>'
    )


def line(x0: float, y0: float, x1: float, y1: float) -> str:
    path = f"M 0 0 L {x1 - x0} {y1 - y0}"
    return (
        f'<ofd:PathObject Boundary="{x0} {y0} {x1 - x0} {y1 - y0}" LineWidth="0.3">'
        f"<ofd:AbbreviatedData>{path}</ofd:AbbreviatedData></ofd:PathObject>"
    )


def ruled(rows: Sequence[Sequence[str]]) -> str:
    across = [line(X[0], y, X[-1], y) for y in Y]
    down = [line(x, Y[0], x, Y[-1]) for x in X]
    cells = [
        text(X[c] + 1, Y[r] + 2, words) for r, row in enumerate(rows) for c, words in enumerate(row)
    ]
    return "".join([*across, *down, *cells])


def content(body: str, head: str = "") -> str:
    layer = f"<ofd:Content><ofd:Layer ID='1'>{body}</ofd:Layer></ofd:Content>"
    return f"<ofd:Page {NS}>{head}{layer}</ofd:Page>"


def top(document: str) -> str:
    body = f"<ofd:DocBody><ofd:DocRoot>{document}</ofd:DocRoot></ofd:DocBody>"
    return f"<ofd:OFD {NS}>{body}</ofd:OFD>"


def by_boundaries(*pages: str, **more: str | bytes) -> bytes:
    """As one producer writes: relative paths, a boundary and steps for each text."""
    listed = "".join(
        f'<ofd:Page ID="{n}" BaseLoc="Pages/Page_{n}/Content.xml"/>' for n in range(len(pages))
    )
    box = "<ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea>"
    resources = "<ofd:DocumentRes>DocumentRes.xml</ofd:DocumentRes>" if more else ""
    root = top("Doc_0/Document.xml")
    document = (
        f"<ofd:Document {NS}><ofd:CommonData>{box}{resources}</ofd:CommonData>"
        f"<ofd:Pages>{listed}</ofd:Pages></ofd:Document>"
    )
    parts: dict[str, str | bytes] = {"OFD.xml": root, "Doc_0/Document.xml": document}
    parts |= {f"Doc_0/Pages/Page_{n}/Content.xml": content(page) for n, page in enumerate(pages)}
    return package(parts | {name.replace("__", "/"): data for name, data in more.items()})


def by_matrices() -> bytes:
    """As another writes: absolute paths, a template with the frame, texts scaled by a matrix."""

    def scaled(x: float, y: float, words: str) -> str:
        return (
            f'<ofd:PageBlock ID="9"><ofd:TextObject Boundary="{x} {y} 60 6" CTM="0.37 0 0 0.37 0 0"'
            f' Size="10"><ofd:TextCode X="0" Y="10" DeltaX="{" ".join(["10"] * (len(words) - 1))}">'
            f"{words}</ofd:TextCode></ofd:TextObject></ofd:PageBlock>"
        )

    frame = "".join([*(line(X[0], y, X[-1], y) for y in Y), *(line(x, Y[0], x, Y[-1]) for x in X)])
    at = [(X[c] + 1, Y[r] + 2, w) for r, row in enumerate(ROWS) for c, w in enumerate(row)]
    cells = "".join(scaled(*placed) for placed in at)
    area = "<ofd:Area><ofd:PhysicalBox>0 0 200 280</ofd:PhysicalBox></ofd:Area>"
    head = f'{area}<ofd:Template TemplateID="7" ZOrder="Background"/>'
    root = (
        f"<ofd:OFD {NS}><ofd:DocBody><ofd:DocRoot>/D/Doc.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>"
    )
    document = (
        f"<ofd:Document {NS}><ofd:CommonData><ofd:PageArea><ofd:PhysicalBox>0 0 210 297"
        '</ofd:PhysicalBox></ofd:PageArea><ofd:TemplatePage ID="7" BaseLoc="/D/T.xml"/>'
        '</ofd:CommonData><ofd:Pages><ofd:Page ID="1" BaseLoc="/D/P.xml"/></ofd:Pages>'
        "</ofd:Document>"
    )
    parts = {"OFD.xml": root, "D/Doc.xml": document, "D/T.xml": content(frame)}
    return package(parts | {"D/P.xml": content(cells, head)})


def tables(document: Document) -> list[list[list[str]]]:
    found = []
    for block in document.blocks:
        if isinstance(block, TableBlock):
            rows: list[list[str]] = [[] for _ in range(block.row_count)]
            for cell in block.cells:
                rows[cell.row].append(cell.text)
            found.append(rows)
    return found


@pytest.mark.parametrize("data", [by_boundaries(ruled(ROWS)), by_matrices()])
def test_both_producers_tables_are_read_with_their_places(data: bytes) -> None:
    document = load("公文.ofd", data)
    assert tables(document) == [ROWS]
    (table,) = document.blocks
    assert isinstance(table, TableBlock)
    place = next(cell for cell in table.cells if cell.text == "17.4公里").location
    assert (place.page, place.row, place.column) == (1, 2, 3)
    assert place.bbox == pytest.approx((314.6, 148, 375.6, 158.5), abs=6)


def test_titles_paragraphs_and_rows_of_the_next_page() -> None:
    first = text(70, 15, "灌区改造项目支出绩效自评表", 5) + ruled(ROWS)
    second = text(20, 30, "全年执行数为86.40万元。")
    document = load("公文.ofd", by_boundaries(first, second))
    texts = [block.text for block in document.blocks if isinstance(block, TextBlock)]
    assert texts == ["灌区改造项目支出绩效自评表", "全年执行数为86.40万元。"]
    assert document.blocks[-1].location.page == 2


def test_columns_without_lines() -> None:
    body = "".join(
        text(X[c], 40 + 9 * r, words) for r, row in enumerate(ROWS) for c, words in enumerate(row)
    )
    assert tables(load("公文.ofd", by_boundaries(body))) == [ROWS]


def test_watermarks_hidden_text_and_notes_are_left_out() -> None:
    body = ruled(ROWS) + text(40, 45, "内部资料", 9, ' CTM="0.8 0.6 -0.6 0.8 0 0"')
    body += text(30, 52, "9999", 4, ' Visible="false"')
    body += text(X[2] + 1 + 6 * 3.7, Y[1] + 2.5, "3", 2)
    assert tables(load("公文.ofd", by_boundaries(body))) == [ROWS]


def test_a_page_is_shown() -> None:
    data = by_boundaries(ruled(ROWS))
    image = page_image("公文.ofd", data, 1)
    assert image is not None
    assert (image.width, image.height) == pytest.approx((595, 842), abs=1)
    shown = Image.open(BytesIO(image.png)).convert("L")
    assert min(shown.crop((85, 170, 640, 260)).tobytes()) < 100
    assert page_image("公文.ofd", data, 2) is None


@pytest.mark.parametrize(
    "data",
    [
        package({"OFD.xml": f"<ofd:OFD {NS}/>"}),
        package({"OFD.xml": "<OFD"}),
        by_boundaries("<ofd:TextObject Boundary='1'/>" + text(1, 1, "数", 3, ' CTM="a b"')),
        by_boundaries(line(0, 0, 9, 9).replace("L 9 9", "L 9")),
    ],
)
def test_damaged_files_are_refused_by_name(data: bytes) -> None:
    with pytest.raises(LoadError, match=r"无法读取“公文\.ofd”"):
        load("公文.ofd", data)


def test_announced_steps_are_bounded_and_pages_counted() -> None:
    steps = text(9, 9, "执行率").replace("g 2", "g 999999999")
    (block,) = load("公文.ofd", by_boundaries(steps)).blocks
    assert isinstance(block, TextBlock)
    assert block.text == "执行率"
    with pytest.raises(LoadError, match="页数超过 1 页"):
        load("公文.ofd", by_boundaries(steps, steps), limits=Limits(pages=1))
