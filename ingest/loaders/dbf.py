"""Tables of old databases (.dbf, dBASE and FoxPro): one table, its field names as heads."""

import struct
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256

from ingest.config import DEFAULT_LIMITS, Limits
from ingest.loaders.refusals import PARSER_FAULTS, refusal
from ingest.types.blocks import Cell, Document, Location, Run, TableBlock

HEADER, FIELD = 32, 32
"""Bytes of the head of the file, and of each field's description behind it."""
END_OF_FIELDS, DELETED = 0x0D, b"*"
VERSIONS = frozenset((0x02, 0x03, 0x30, 0x31, 0x32, 0x43, 0x63, 0x83, 0x8B, 0xCB, 0xF5))
MAX_REST = 2
"""Bytes behind the last record: the mark of the end."""


def is_dbf(data: bytes) -> bool:
    """Whether bytes are a table of dBASE: it begins with a version, a date and sizes that fit."""
    if len(data) < HEADER + FIELD or data[0] not in VERSIONS:
        return False
    month, day, count, header, record = struct.unpack_from("<xxBBIHH", data)
    room = len(data) - header - count * record
    return (
        1 <= month <= 12
        and 1 <= day <= 31
        and header > HEADER
        and record > 1
        and 0 <= room <= max(MAX_REST, record)
        and data[header - 1] in (END_OF_FIELDS, 0)
    )


@dataclass(frozen=True, slots=True)
class _Field:
    """A field: its name, its kind (C, N, D …), and where it stands in a record."""

    name: str
    kind: str
    start: int
    length: int


def load_dbf(file: str, data: bytes, *, limits: Limits = DEFAULT_LIMITS) -> Document:
    """The records of a table that are not deleted, below the names of its fields."""
    try:
        count, header, record = struct.unpack_from("<IHH", data, 4)
        fields = list(_fields(data[:header]))
        if count * len(fields) > limits.cells:
            raise refusal(file, f"表格单元格超过 {limits.cells} 个", "请拆分后上传")
        rows = [[field.name for field in fields]]
        for at in range(header, header + count * record, record):
            if data[at : at + 1] != DELETED:
                rows.append([_value(field, data[at : at + record]) for field in fields])
    except PARSER_FAULTS as error:
        raise refusal(file, "数据表不完整或已损坏", "请另存为 Excel 后上传") from error
    cells = tuple(
        Cell(r, c, (Run(text, Location(table=1, row=r + 1, column=c + 1)),) if text else ())
        for r, row in enumerate(rows)
        for c, text in enumerate(row)
    )
    blocks = (TableBlock(cells, len(rows), len(fields), Location(table=1)),) if fields else ()
    return Document(id=sha256(data).hexdigest(), file=file, blocks=blocks)


def _fields(header: bytes) -> Iterator[_Field]:
    start = 1  # behind the mark of deletion
    for at in range(HEADER, len(header) - FIELD + 1, FIELD):
        if header[at] == END_OF_FIELDS:
            return
        length, decimals = header[at + 16], header[at + 17]
        kind = chr(header[at + 11])
        if kind == "C":
            length += decimals << 8
        yield _Field(_decoded(header[at : at + 11].split(b"\0")[0]), kind, start, length)
        start += length


def _value(field: _Field, record: bytes) -> str:
    """What a field prints; a memo stands in another file."""
    raw = record[field.start : field.start + field.length]
    known = _BINARY.get(field.kind)
    if known:
        return known(raw) if len(raw) == field.length else ""
    text = _decoded(raw).strip("\0 ")
    if field.kind == "D" and len(text) == 8:
        return f"{text[:4]}-{text[4:6]}-{text[6:]}"
    if field.kind == "L":
        return {"T": "是", "Y": "是", "F": "否", "N": "否"}.get(text.upper(), "")
    return text


def _integer(raw: bytes) -> str:
    return str(int.from_bytes(raw, "little", signed=True))


def _currency(raw: bytes) -> str:
    whole, part = divmod(abs(amount := int.from_bytes(raw, "little", signed=True)), 10_000)
    return f"{'-' if amount < 0 else ''}{whole}.{part:04}".rstrip("0").rstrip(".")


def _unread(raw: bytes) -> str:
    return ""


_BINARY: dict[str, Callable[[bytes], str]] = {
    "I": _integer,
    "Y": _currency,
    **dict.fromkeys("MGPT0@+OB", _unread),
}


def _decoded(raw: bytes) -> str:
    """Text as Chinese programs keep it, whatever code page the file names."""
    for encoding in ("utf-8", "gb18030"):
        with suppress(UnicodeDecodeError):
            return raw.decode(encoding)
    return raw.decode("gb18030", "replace")
