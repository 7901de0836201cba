"""Tables of old databases: field names as heads, records as rows, deleted ones left out."""

import struct
from collections.abc import Sequence

import pytest

from ingest.config import Limits
from ingest.errors import LoadError
from ingest.loaders import load
from ingest.loaders.dbf import is_dbf
from ingest.types.blocks import TableBlock
from tests.support.builders import read
from tests.support.in_formats import compare

FIELDS = [
    ("项目", "C", 20),
    ("预算数", "N", 10),
    ("执行数", "N", 10),
    ("DAY", "D", 8),
    ("OK", "L", 1),
]
RECORDS = [
    (b" ", "河道清淤", "120.00", "118.50", "20241031", "T"),
    (b"*", "已删项目", "999.00", "999.00", "20240101", "F"),
    (b" ", "泵站维修", "1203.40", "-6.25", "20240930", "F"),
]


def dbf(encoding: str = "gb18030", records: Sequence[Sequence[object]] = RECORDS) -> bytes:
    length = 1 + sum(size for *_, size in FIELDS)
    head = b"".join(
        struct.pack("<11sc4xBB14x", name.encode(encoding), kind.encode(), size, 0)
        for name, kind, size in FIELDS
    )
    start = struct.pack("<4BIHH20x", 3, 124, 10, 31, len(records), 33 + len(head), length)
    body = b""
    for mark, *values in records:
        assert isinstance(mark, bytes)
        body += mark
        for value, (_, kind, size) in zip(values, FIELDS, strict=True):
            raw = str(value).encode(encoding)
            body += raw.rjust(size) if kind == "N" else raw.ljust(size)
    return start + head + b"\r" + body + b"\x1a"


def test_records_are_rows_below_the_names_of_their_fields() -> None:
    for encoding in ("gb18030", "utf-8"):
        (table,) = load("项目.dbf", dbf(encoding)).blocks
        assert isinstance(table, TableBlock)
        texts = [cell.text for cell in table.cells]
        assert texts[:5] == ["项目", "预算数", "执行数", "DAY", "OK"]
        assert texts[5:10] == ["河道清淤", "120.00", "118.50", "2024-10-31", "是"]
        assert texts[10:] == ["泵站维修", "1203.40", "-6.25", "2024-09-30", "否"]
    right = [
        ("河道清淤", "120.00"),
        ("河道清淤", "118.50"),
        ("泵站维修", "1203.40"),
        ("泵站维修", "-6.25"),
    ]
    compare(read("项目.dbf", dbf()), right)


def test_what_does_not_fit_is_no_table_or_refused() -> None:
    assert is_dbf(dbf())
    assert not is_dbf(dbf()[:-40])
    assert not is_dbf(b"\x03" + b"a" * 200)
    with pytest.raises(LoadError, match=r"“项目\.dbf”：表格单元格超过 9 个"):
        load("项目.dbf", dbf(), limits=Limits(cells=9))
