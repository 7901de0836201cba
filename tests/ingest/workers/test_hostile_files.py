"""Hostile files: refused by name in one sentence, or read without doing what they ask for."""

import os
import struct
import subprocess
import sys
import zlib
from collections.abc import Iterator, Mapping
from contextlib import closing
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from openpyxl import Workbook

from ingest.config import MEGABYTE, Limits
from ingest.errors import LoadError
from ingest.extraction.understand import understand
from ingest.loaders import load, unpack
from ingest.pipeline import Library
from ingest.types.blocks import TableBlock
from ingest.types.library import Outcome
from tests.support.builders import FILES
from tests.support.library import open_library

WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
SHEET = (
    'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
LINKS = "http://schemas.openxmlformats.org/package/2006/relationships"
LAUGHS = "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
LAUGHS = f'<!DOCTYPE z [<!ENTITY a "哈哈哈哈哈哈哈哈哈哈">{LAUGHS}]>'
FOREIGN = '<!DOCTYPE z [<!ENTITY j SYSTEM "file:///etc/passwd">]>'


def packed(parts: dict[str, str | bytes]) -> bytes:
    stream = BytesIO()
    with ZipFile(stream, "w", ZIP_DEFLATED) as package:
        for name, part in parts.items():
            package.writestr(name, part)
    return stream.getvalue()


def word(body: str, head: str = "", more: Mapping[str, str | bytes] | None = None) -> bytes:
    document = f"{head}<w:document {WORD}><w:body>{body}</w:body></w:document>"
    return packed({"word/document.xml": document, **(more or {})})


def paragraph(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def workbook(rows: str, head: str = "", after: str = "") -> bytes:
    book = f'<workbook {SHEET}><sheets><sheet name="表" sheetId="1" r:id="r1"/></sheets></workbook>'
    link = '<Relationship Id="r1" Type="x/worksheet" Target="worksheets/sheet1.xml"/>'
    sheet = f"{head}<worksheet {SHEET}><sheetData>{rows}</sheetData>{after}</worksheet>"
    return packed(
        {
            "xl/workbook.xml": book,
            "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{LINKS}">{link}</Relationships>',
            "xl/worksheets/sheet1.xml": sheet,
        }
    )


def cell(place: str, text: str) -> str:
    return f'<row r="1"><c r="{place}" t="inlineStr"><is><t>{text}</t></is></c></row>'


def many_pages(count: int) -> bytes:
    kids = "3 0 R " * count
    return (
        "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        f"2 0 obj<</Type/Pages/Count {count}/Kids[{kids}]>>endobj\n"
        "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 10 10]>>endobj\n"
        "trailer<</Root 1 0 R>>\n%%EOF"
    ).encode()


def huge_page() -> bytes:
    """A page of 5 × 5 metres under a picture, which is to be recognised."""
    page = "/MediaBox[0 0 14400 14400]/Resources<</XObject<</I 4 0 R>>>>/Contents 5 0 R"
    return (
        "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        "2 0 obj<</Type/Pages/Count 1/Kids[3 0 R]>>endobj\n"
        f"3 0 obj<</Type/Page/Parent 2 0 R{page}>>endobj\n"
        "4 0 obj<</Type/XObject/Subtype/Image/Width 1/Height 1/ColorSpace/DeviceGray"
        "/BitsPerComponent 8/Length 1>>stream\n0\nendstream endobj\n"
        "5 0 obj<</Length 30>>stream\n14400 0 0 14400 0 0 cm /I Do \nendstream endobj\n"
        "trailer<</Root 1 0 R>>\n%%EOF"
    ).encode()


def huge_picture() -> bytes:
    """A PNG that announces 60000 × 60000 pixels and holds hardly any."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        checksum = struct.pack(">I", zlib.crc32(kind + body))
        return struct.pack(">I", len(body)) + kind + body + checksum

    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 0, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"0" * 1000)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def changed(name: str, at: int, data: bytes) -> bytes:
    """A file of `tests/files` with other bytes at a place, as fuzzing came upon."""
    held = (FILES / name).read_bytes()
    return held[:at] + data + held[at + len(data) :]


def locked(package: bytes) -> bytes:
    """A package whose listing says of its first part that it is encrypted."""
    at = package.index(b"PK\x01\x02") + 8
    return package[:at] + b"\x01" + package[at + 1 :]


WIDE_CELL = '<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val="2147483647"/></w:tcPr>'
WIDE_CELL += f"{paragraph('指标')}</w:tc></w:tr></w:tbl>"
SPANNED = "<table><tr>" + "<td colspan=1000 rowspan=60000>1</td>" * 50 + "</tr>"
SPANNED += "<tr><td>2</td></tr>" * 3000 + "</table>"

REFUSED = {
    "实体膨胀.docx": (word(paragraph("甲&j;乙"), LAUGHS), "损坏"),
    "实体膨胀.xlsx": (workbook(cell("A1", "甲&j;乙"), LAUGHS), "损坏"),
    "页数.pdf": (many_pages(10_000), "页数超过 2000 页"),
    "大页.pdf": (huge_page(), "第1页的尺寸过大"),
    "大图.png": (huge_picture(), "图片过大"),
    "宽格.docx": (word(WIDE_CELL), "单元格超过 2000000 个"),
    "远格.xlsx": (workbook(cell("XFD1048576", "1").replace("1", "1048576", 1)), "单元格超过"),
    "跨格.html": (f"<html><body>{SPANNED}</body></html>".encode(), "单元格超过 2000000 个"),
    "宽行.csv": (b"a,1," * 10_000, "超过 16384 列"),
    "上锁.xlsx": (locked(workbook(cell("A1", "1"))), "损坏"),
    "空字节.txt": (b"2023\x00\x01\x02" * 50, "不是能识别的文档"),
    "半字.txt": (b"\xed\xa0\x80" * 500, "文本编码"),
    "非数.xls": (changed("summary.xls", 2075, b"\xff\xff\xff\xff"), "损坏"),
    "缺页.pdf": (many_pages(1).replace(b"/Type/Page/", b"/Type/Dent/"), "第1页已损坏"),
}


@pytest.mark.parametrize("file", REFUSED)
def test_a_hostile_file_is_refused_by_name(file: str) -> None:
    data, reason = REFUSED[file]
    with pytest.raises(LoadError, match=reason) as refused:
        load(file, data)
    assert file in str(refused.value)
    assert str(refused.value).endswith("。")


def texts(file: str, data: bytes) -> str:
    found = []
    for block in load(file, data).blocks:
        cells = block.cells if isinstance(block, TableBlock) else (block,)
        found += [one.text for one in cells]
    return "\n".join(found)


def test_no_entity_reaches_a_file_of_this_machine() -> None:
    assert "root:" not in texts("外.docx", word(paragraph("甲&j;乙完成率95%"), FOREIGN))
    assert "root:" not in texts("外.xlsx", workbook(cell("A1", "甲&j;乙"), FOREIGN))
    page = f"{FOREIGN}<html><body><p>甲&j;乙</p></body></html>"
    assert "root:" not in texts("外.html", page.encode())


def test_a_page_in_an_unknown_charset_is_read() -> None:
    page = '<html><meta charset="utf-9"><body><p>完成率95%</p></body></html>'.encode()
    assert "完成率95%" in texts("字符集.html", page + b"\xff\xfe\xfd\xff")


def test_a_deeply_nested_page_is_refused_or_read() -> None:
    for depth in (200, 100_000):
        data = f"<html>{'<div>' * depth}完成率95%".encode()
        try:
            assert "95%" in texts("深.html", data)
        except LoadError as error:
            assert "深.html" in str(error)  # noqa: PT017


def test_macros_formulas_and_links_are_text_and_nothing_runs() -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["=CMD|'/c touch /tmp/owned'!A0", '=WEBSERVICE("http://127.0.0.1:9/x")', 12])
    sheet["C1"].hyperlink = "http://127.0.0.1:9/x"
    stream = BytesIO()
    book.save(stream)
    with ZipFile(stream, "a") as package:
        package.writestr("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0 not to be run")
        package.writestr("xl/externalLinks/externalLink1.xml", "<externalLink/>")
    # what calculates formulas knows no function that reaches beyond the sheet
    assert texts("宏.xlsm", stream.getvalue()).split() == ["（公式未计算）", "（公式未计算）", "12"]
    macro = word(paragraph("完成率95%"), more={"word/vbaProject.bin": b"\xd0\xcf\x11\xe0"})
    assert "95%" in texts("宏.docm", macro)


def test_a_merged_range_over_a_whole_sheet_costs_nothing() -> None:
    merged = '<mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    (table,) = load("并.xlsx", workbook(cell("A1", "甲"), after=merged)).blocks
    assert isinstance(table, TableBlock)
    assert table.row_count * table.column_count < 10_000


def test_letters_larger_than_the_page_are_placed_on_it() -> None:
    page = "/MediaBox[0 0 400 200]/Resources<</Font<</F 4 0 R>>>>/Contents 5 0 R"
    drawn = "BT /F 3000000000 Tf 20 20 Td (95.07%) Tj ET"
    data = (
        "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        "2 0 obj<</Type/Pages/Count 1/Kids[3 0 R]>>endobj\n"
        f"3 0 obj<</Type/Page/Parent 2 0 R{page}>>endobj\n"
        "4 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\n"
        f"5 0 obj<</Length {len(drawn)}>>stream\n{drawn}\nendstream endobj\n"
        "trailer<</Root 1 0 R>>\n%%EOF"
    ).encode()
    document = load("大.pdf", data)
    (box,) = (block.location.bbox for block in document.blocks)
    assert box
    left, top, right, bottom = box
    assert 0 <= left <= right <= 400
    assert 0 <= top <= bottom <= 200
    assert [oddity.text for oddity in understand(document).oddities] == ["95.07%"]


def test_marks_that_do_not_show_and_long_ligatures_are_read() -> None:
    data = "完成率\u202e95%\u200f\ufdfa，共\u200b12人。".encode()
    assert "95%" in texts("标记.txt", data)


# Archives


def test_a_nested_bomb_is_told_by_what_it_announces() -> None:
    zeros = packed({"零.txt": b"0" * MEGABYTE})
    middle = packed({f"{n}.zip": zeros for n in range(8)})
    bomb = packed({f"{n}.zip": middle for n in range(8)})
    assert len(bomb) < MEGABYTE
    with pytest.raises(LoadError, match=r"“弹\.zip”：解压后超过 16 MB"):
        unpack("弹.zip", bomb, limits=Limits(unpacked_bytes=16 * MEGABYTE))
    with pytest.raises(LoadError, match=r"“弹\.zip”：压缩包里的文件超过 30 个"):
        unpack("弹.zip", bomb, limits=Limits(archive_files=30))


def test_a_package_that_unpacks_to_too_much_is_refused() -> None:
    bomb = word(paragraph("1"), more={"word/media/x.bin": b"0" * (3 * MEGABYTE)})
    with pytest.raises(LoadError, match="解压后超过 2 MB"):
        load("弹.docx", bomb, limits=Limits(unpacked_bytes=2 * MEGABYTE))


def test_names_in_archives_lead_nowhere() -> None:
    names = ("../../etc/cron.d/x.txt", "/root/y.txt", "C:\\windows\\z.txt", "附件\u202etxt.exe")
    data = packed({name: name.encode() for name in names})
    assert [name for name, _ in unpack("包.zip", data)] == [
        "包.zip/etc/cron.d/x.txt",
        "包.zip/root/y.txt",
        "包.zip/windows/z.txt",
        "包.zip/附件txt.exe",
    ]


# The whole way in


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with closing(open_library(tmp_path / "home")) as opened:
        yield opened


def test_what_is_no_file_or_too_large_is_refused_unread(library: Library, tmp_path: Path) -> None:
    folder = tmp_path / "材料"
    folder.mkdir()
    with (folder / "大.xlsx").open("wb") as sparse:
        sparse.truncate(2 * 1024 * MEGABYTE)
    os.mkfifo(folder / "管道.txt")
    (folder / "好.txt").write_text("青禾市水务局2023年度完成率95%。", encoding="utf-8")
    odd = os.fsencode(folder) + "/坏名".encode() + b"\xff\xfe.txt"
    Path(os.fsdecode(odd)).write_text("青禾市水务局2022年度完成率96%。", encoding="utf-8")
    reports = {report.file: report for report in library.add([folder])}
    assert reports["大.xlsx"].error == "“大.xlsx”超过200MB，请拆分后再入库。"
    assert "不是普通文件" in reports["管道.txt"].error
    assert reports["好.txt"].outcome is Outcome.ADDED
    assert reports["坏名.txt"].outcome is Outcome.ADDED


FUZZ = Path(__file__).parents[3] / "benchmarks" / "fuzz.py"


def test_damaged_files_are_read_or_refused() -> None:
    """A short run of what `benchmarks/fuzz.py` does for an hour."""
    formats = ["pdf", "docx", "xlsx", "xls", "html", "txt", "csv", "zip", "image"]
    command = [sys.executable, str(FUZZ), "--inputs", "60", "--seed", "7", "--only", *formats]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(done.stdout.splitlines()) == len(formats)
