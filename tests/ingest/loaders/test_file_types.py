"""What a file is, is told by its content; what cannot be read is refused in one clear sentence."""

import pytest

from ingest.config import Limits
from ingest.errors import LoadError
from ingest.loaders import load
from ingest.loaders.file_types import Kind, kind_of
from ingest.types.blocks import TableBlock


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"%PDF-1.4", Kind.PDF),
        (b"\xef\xbb\xbf <!DOCTYPE html><p>", Kind.HTML),
        (b"<table><tr><td>1</td></tr></table>", Kind.HTML),
        (b"{\\rtf1\\ansi", Kind.LEGACY),
        (b'<?xml version="1.0"?><w:wordDocument/>', Kind.LEGACY),
        (
            b'<?xml?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">',
            Kind.LEGACY_SHEET,
        ),
        (b"\xff\xd8\xff\xe0", Kind.IMAGE),
        (b"GIF89a\x01\x00", Kind.IMAGE),
        (b"RIFF\x10\x00\x00\x00WEBPVP8 ", Kind.IMAGE),
        ("预算\t<p>350</p>".encode("gbk"), Kind.TEXT),
        ("执行率".encode("utf-16"), Kind.TEXT),
    ],
)
def test_the_kind_is_told_by_content_whatever_the_name(data: bytes, kind: Kind) -> None:
    assert kind_of("附件.xls", data, Limits()) is kind


def test_csv_rows_are_a_table_with_their_lines() -> None:
    data = '单位,预算数\r\n"水利局\n本级",“1,133”\r\n"文化馆","1,022.93"\r\n'.encode("gbk")
    (table,) = load("汇总.csv", data).blocks
    assert isinstance(table, TableBlock)
    last = table.cells[-1]
    assert last.text == "1,022.93"
    assert (last.location.row, last.location.column, last.location.line_start) == (3, 2, 4)


def test_semicolons_and_tabs_part_columns_too() -> None:
    for mark in (";", "\t"):
        (table,) = load("a.csv", f"单位{mark}预算数\n水利局{mark}350\n".encode()).blocks
        assert isinstance(table, TableBlock)
        assert (table.row_count, table.column_count) == (2, 2)


@pytest.mark.parametrize(
    ("file", "data", "reason"),
    [
        ("空.docx", b"", "文件是空的"),
        ("空白.txt", b" \r\n ", "文件是空的"),
        ("自评表.pdf", b"MZ\x90\x00\x03" + bytes(90), "程序文件"),
        ("表.xlsx", b"PK\x03\x04" + bytes(60), "损坏"),
        ("表.dat", bytes(range(256)), "不是能识别的文档"),
        (
            "锁.docx",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "密码",
        ),
        (
            "片.ppt",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(99),
            "不是 Word、Excel 或 PowerPoint",
        ),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_sentence(
    file: str, data: bytes, reason: str
) -> None:
    with pytest.raises(LoadError, match=rf"^无法读取“{file}”：[^。]*{reason}[^。]*，请[^。]*。$"):
        load(file, data)


def test_a_file_over_the_limit_is_refused() -> None:
    with pytest.raises(LoadError, match="文件超过 1 MB"):
        load("大.txt", b"1" * (1024 * 1024 + 1), limits=Limits(file_bytes=1024 * 1024))
