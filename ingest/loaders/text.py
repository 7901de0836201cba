"""Plain text (文本): decoding, and lines with tabs or bars as tables."""

import re
from collections.abc import Iterator
from hashlib import sha256
from itertools import groupby

from ingest.errors import LoadError
from ingest.types.blocks import Block, Cell, Document, Location, Run, TableBlock, TextBlock

# GB18030 covers GBK and GB2312 and accepts nearly any bytes, so it comes last.
_ENCODINGS = ("utf-8-sig", "utf-16", "gb18030")
_BOM16 = (b"\xff\xfe", b"\xfe\xff")
_BAR = re.compile(r"[|│┃｜]")
_BARS = re.compile(r"^\s*[|│┃｜].*[|│┃｜]\s*$")
_ODD = re.compile("[\x00-\x08\x0e-\x1f\ue000-\uf8ff]")
_USUAL = re.compile("[\x00-\x7f\u2000-\u33ff\u4e00-\u9fa5\uff00-\uffef]")
_RULE = re.compile(r"^[\s|│┃｜+\-─━=┌┐└┘├┤┬┴┼:]+$")


def decode(file: str, data: bytes) -> str:
    """The text of the bytes; a `LoadError` when they are not text in a known encoding."""
    for encoding in _ENCODINGS:
        if encoding == "utf-16" and not data.startswith(_BOM16):
            continue
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _readable(text):
            return text
    raise LoadError(f"文件 {file} 不是可识别的文本编码，请另存为 UTF-8 编码后重新上传。")


def _readable(text: str) -> bool:
    """Whether decoded text is writing: few control characters, and mostly usual characters."""
    sample = text[:20_000]
    odd = len(_ODD.findall(sample))
    usual = len(_USUAL.findall(sample))
    return odd <= len(sample) * 0.01 and usual >= len(sample) * 0.85


def load_text(file: str, data: bytes) -> Document:
    """A text file as one `TextBlock` a line, and a `TableBlock` for each run of tabbed lines."""
    text = decode(file, data)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", " ").split("\n")
    if not any(line.strip() for line in lines):
        raise LoadError(f"文件 {file} 是空的，请检查后重新上传。")
    return Document(sha256(data).hexdigest(), file, tuple(_blocks(lines)))


def _blocks(lines: list[str]) -> Iterator[Block]:
    numbered = list(enumerate(lines, 1))
    table = 0
    for tabbed, group in groupby(numbered, key=lambda item: _is_row(item[1])):
        members = list(group)
        if tabbed and (len(members) > 1 or members[0][1].count("\t") > 1):
            table += 1
            yield _table(members, table)
            continue
        for number, line in members:
            if line.strip():
                yield TextBlock((Run(line, Location(line_start=number, line_end=number)),))


def _is_row(line: str) -> bool:
    return "\t" in line.strip("\n") or bool(_BARS.match(line))


def _table(members: list[tuple[int, str]], table: int) -> TableBlock:
    cells: list[Cell] = []
    width = 0
    row = 0
    for number, line in members:
        if _RULE.match(line) and "\t" not in line:
            continue
        parts = _BAR.split(line.strip().strip("|│┃｜")) if _BARS.match(line) else line.split("\t")
        width = max(width, len(parts))
        for column, part in enumerate(parts):
            if part.strip():
                place = Location(
                    table=table, row=row + 1, column=column + 1, line_start=number, line_end=number
                )
                cells.append(Cell(row, column, (Run(part, place),)))
        row += 1
    first, last = members[0][0], members[-1][0]
    place = Location(table=table, line_start=first, line_end=last)
    return TableBlock(tuple(cells), row, width, place)
