"""Scanned pages: set upright, parted by their lines, recognised; misread figures put right."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from ingest.config import DEFAULT_LIMITS, Limits
from ingest.errors import LoadError
from ingest.loaders import load
from ingest.loaders.layout.rotation import STILL
from ingest.loaders.layout.ruled_tables import Ruling
from ingest.loaders.ocr.postcorrection import default_misreadings
from ingest.loaders.ocr.preprocessing import (
    Upright,
    ink_of,
    overlooked_text,
    parted,
    rulings_of,
    straightened,
)
from ingest.loaders.page_images import page_image
from ingest.loaders.pdfium import PdfFile
from ingest.types.blocks import Document, TableBlock, TextBlock
from tests.support.builders import FILES

DPI = 150


def form_picture() -> Image.Image:
    """The upper part of the form's first page, as a scanner sees it."""
    opened = PdfFile("form.pdf", (FILES / "form.pdf").read_bytes(), DEFAULT_LIMITS)
    pixels = opened.render(1, DPI)
    opened.close()
    noise = np.random.default_rng(7).normal(0, 6, pixels.shape)
    noisy = Image.fromarray(np.clip(pixels.astype(np.float64) - 8 + noise, 0, 255).astype(np.uint8))
    return noisy.crop((0, 0, noisy.width, 640))


def scanned(picture: Image.Image) -> bytes:
    stream = BytesIO()
    picture.save(stream, "PDF", resolution=DPI)
    return stream.getvalue()


def table_of(document: Document) -> TableBlock:
    return next(block for block in document.blocks if isinstance(block, TableBlock))


def test_a_scanned_page_lying_on_its_side_and_askew_reads_as_the_printed_one() -> None:
    picture = form_picture().rotate(1.2, expand=True, fillcolor=250).rotate(90, expand=True)
    document = load("扫描件.pdf", scanned(picture))
    title, paragraph = document.blocks[0], document.blocks[1]
    assert isinstance(title, TextBlock)
    assert title.text == "青岭县民政局整体支出绩效自评表"
    assert isinstance(paragraph, TextBlock)
    assert "预算完成率为92.71%，其中走访长者共计服务12345678.25人次。" in paragraph.text
    cells = {(cell.row, cell.column): cell for cell in table_of(document).cells}
    assert [cells[0, c].text for c in range(4)] == [
        "一级指标",
        "三级指标",
        "年度指标值",
        "实际完成值",
    ]
    assert [cells[1, c].text for c in (2, 3)] == ["1200人次", "1200人次"]
    # The title stands at the left edge of the page as it is displayed, and runs upwards.
    box = title.location.bbox
    assert box is not None
    assert box[3] - box[1] > 5 * (box[2] - box[0])
    assert box[2] < 120


def test_a_picture_upside_down_reads_as_the_printed_page() -> None:
    stream = BytesIO()
    form_picture().crop((0, 340, 1240, 640)).rotate(180).save(stream, "PNG")
    document = load("照片.png", stream.getvalue())
    assert "1200人次" in [cell.text for cell in table_of(document).cells]
    assert document.blocks[0].location.page == 1


def test_a_damaged_or_oversized_picture_is_refused() -> None:
    stream = BytesIO()
    Image.new("L", (400, 300), 255).save(stream, "PNG")
    with pytest.raises(LoadError, match=r"“图\.png”：图片不完整或已损坏"):
        load("图.png", stream.getvalue()[:60])
    with pytest.raises(LoadError, match="图片过大"):
        load("图.png", stream.getvalue(), limits=Limits(image_pixels=1000))


def drawn_table() -> "np.ndarray[tuple[int, int], np.dtype[np.uint8]]":
    """A 2 × 2 table of 200 × 100 pixel fields with a stroke of a letter and an arc of a stamp."""
    paper = np.full((300, 500), 240, np.uint8)
    for y in (50, 150, 250):
        paper[y : y + 2, 50:452] = 30
    for x in (50, 250, 450):
        paper[50:252, x : x + 2] = 30
    paper[80:84, 100:134] = 30  # a letter's stroke
    for y in range(20, 120):  # a stamp's edge that crosses the upper border
        paper[y, 350 + (y - 70) ** 2 // 120] = 30
    return paper


def test_table_lines_are_found_and_strokes_and_stamps_are_not() -> None:
    ink = ink_of(drawn_table(), DPI)
    across, down = rulings_of(ink, DPI, [(95, 70, 140, 95)])
    assert [round(line.at) for line in sorted(across)] == [50, 150, 250]
    assert [round(line.at) for line in sorted(down)] == [50, 250, 450]


def test_text_is_cut_where_a_line_runs_through_it() -> None:
    line = Ruling(100.0, 0.0, 300.0)
    assert parted((20, 10, 180, 40), [], [line]) == [(20, 10, 98, 40), (102, 10, 180, 40)]
    assert parted((20, 10, 102, 40), [], [line]) == [(20, 10, 98, 40)]
    assert parted((120, 10, 180, 40), [], [line]) == [(120, 10, 180, 40)]


def test_a_lone_mark_in_an_empty_field_is_found_unless_it_runs_out_of_it() -> None:
    paper = np.full((100, 200), 240, np.uint8)
    paper[40:60, 90:94] = 30
    box = overlooked_text(ink_of(paper, DPI), (0, 0, 200, 100), DPI)
    assert box is not None
    assert box[0] < 90 < 94 < box[2]
    paper[0:100, 90:94] = 30
    assert overlooked_text(ink_of(paper, DPI), (0, 0, 200, 100), DPI) is None


@pytest.mark.parametrize(
    ("read", "printed"),
    [
        ("1;414.43", "1,414.43"),
        ("1,414:43", "1,414.43"),
        ("调整率为1:25%。", "调整率为1.25%。"),
        ("69..9%", "69.9%"),
        ("1O0%", "100%"),
        ("满意度》95%", "满意度≥95%"),
        ("《5%", "≤5%"),
        ("158;226;163", "158;226;163"),
        ("比例为1:2", "比例为1:2"),
        ("《管理办法》2022年", "《管理办法》2022年"),
        ("8:30", "8:30"),
    ],
)
def test_misread_figures_are_put_right_and_others_left_alone(read: str, printed: str) -> None:
    assert default_misreadings().repaired(read) == printed


def test_a_page_with_little_text_is_straightened_by_its_ruling_lines() -> None:
    import cv2

    picture = np.full((1200, 900), 250, np.uint8)
    for y in range(100, 400, 60):
        cv2.line(picture, (80, y), (820, y), 0, 2)
    turn = cv2.getRotationMatrix2D((450, 600), -0.8, 1.0)
    moved = cv2.warpAffine(picture, turn, (900, 1200), borderValue=(250, 250, 250))
    sloped = moved.astype(np.uint8)
    page = Upright(sloped, np.zeros((0, 4, 2), np.float32), STILL)
    straight = ink_of(straightened(page).picture, 200)
    assert max(row.mean() for row in straight[:, 100:800]) > 230
    assert max(row.mean() for row in ink_of(sloped, 200)[:, 100:800]) < 128


def test_a_photo_of_a_telephone_is_read_and_shown() -> None:
    data = (FILES / "photo.heic").read_bytes()
    document = load("照片.heic", data)
    assert document.scanned
    texts = " ".join(cell.text for cell in table_of(document).cells)
    assert "一级指标" in texts
    image = page_image("照片.heic", data, 1)
    assert image is not None
    assert image.png.startswith(b"\x89PNG")
