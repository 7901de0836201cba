"""Pictures of tables inside documents are recognised where they stand, and marked as such."""

from base64 import b64encode
from collections.abc import Callable
from email.message import EmailMessage
from functools import cache
from io import BytesIO

import pytest
from docx import Document as WordDocument
from PIL import Image, ImageDraw

from ingest.config import DEFAULT_LIMITS
from ingest.loaders import load
from ingest.loaders.pdfium import PdfFile
from ingest.types.blocks import TextBlock
from tests.support.builders import FILES, read
from tests.support.pdf_writer import Drawn, Placed, pdf

LINES = ("青岭县民政局2023年度部门整体支出绩效自评报告", "指标完成情况见下图：", "特此报告。")
DPI = 150


@cache
def table_picture() -> Image.Image:
    """The table of a printed form, cut out of its page as a screen shows it."""
    opened = PdfFile("form.pdf", (FILES / "form.pdf").read_bytes(), DEFAULT_LIMITS)
    pixels = opened.render(1, DPI)
    opened.close()
    return Image.fromarray(pixels).convert("L").crop((100, 330, 1140, 640))


def encoded(picture: Image.Image) -> bytes:
    stream = BytesIO()
    picture.save(stream, "PNG")
    return stream.getvalue()


def word(*pictures: Image.Image) -> bytes:
    document = WordDocument()
    for line in LINES[:2]:
        document.add_paragraph(line)
    for picture in pictures:
        document.add_picture(BytesIO(encoded(picture)))
    document.add_paragraph(LINES[2])
    stream = BytesIO()
    document.save(stream)
    return stream.getvalue()


def page(source: str) -> str:
    head, see, end = LINES
    return f"<html><meta charset=utf-8><p>{head}</p><p>{see}</p><img src='{source}'><p>{end}</p>"


def in_page(picture: Image.Image) -> bytes:
    return page(f"data:image/png;base64,{b64encode(encoded(picture)).decode()}").encode()


def in_mht(picture: Image.Image) -> bytes:
    message = EmailMessage()
    message.set_content(page("cid:image001"), subtype="html")
    message.add_related(encoded(picture), "image", "png", cid="<image001>")
    return (
        message.as_bytes()
        .replace(b"MIME-Version: 1.0\n", b"", 1)
        .join([b"MIME-Version: 1.0\n", b""])
    )


def in_pdf(picture: Image.Image) -> bytes:
    texts = [Placed(60, y, line) for y, line in zip((60, 85, 700), LINES, strict=True)]
    width = 450.0
    box = (60.0, 120.0, 60.0 + width, 120.0 + width * picture.height / picture.width)
    return pdf((texts, []), picture=Drawn(*picture.size, picture.tobytes(), box))


WRITERS: dict[str, Callable[[Image.Image], bytes]] = {
    "a.docx": word,
    "a.html": in_page,
    "a.mht": in_mht,
    "a.pdf": in_pdf,
}


@pytest.mark.parametrize("name", WRITERS)
def test_a_picture_of_a_table_is_read_where_it_stands(name: str) -> None:
    understood = read(name, WRITERS[name](table_picture()))
    told = {(f.subject, f.role.value, f.quantity.raw) for f in understood.figures}
    assert ("走访长者第1批", "target", "1200人次") in told
    assert ("走访长者第2批", "actual", "1201人次") in told
    kinds = [type(block).__name__ for block in understood.document.blocks]
    assert kinds[:2] == ["TextBlock"] * 2
    assert kinds.count("TableBlock") == 1
    assert kinds[-1] == "TextBlock"
    (remark,) = understood.document.remarks
    assert "文字识别" in remark.reason
    assert [one.reason for one in understood.open] == [remark.reason]


def test_pictures_that_show_no_table_are_no_text() -> None:
    photo = Image.effect_noise((320, 240), 60)
    logo = Image.new("L", (320, 240), 255)
    for picture in (photo, logo):
        ImageDraw.Draw(picture).text((90, 90), "LIMIT 40", fill=0, font_size=30)
    for name, write in WRITERS.items():
        for picture in (photo, logo):
            document = load(name, write(picture))
            assert all(isinstance(block, TextBlock) for block in document.blocks)
            assert document.remarks == ()


def test_a_picture_is_looked_at_once_and_of_many_some_are_not() -> None:
    noises = [Image.effect_noise((90, 60 + n), 40) for n in range(24)]
    document = load("a.docx", word(*noises, *noises))
    (remark,) = document.remarks
    assert "超过 20 幅" in remark.reason
