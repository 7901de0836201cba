"""Markdown (.md): a text whose marks say what is a heading, a list, a table."""

import re
from dataclasses import replace
from hashlib import sha256

from ingest.loaders.refusals import refusal
from ingest.loaders.text import decode, line_blocks
from ingest.types.blocks import Document, TextBlock

HEADING = re.compile(r"^ {0,3}(#{1,6})\s+(.*?)\s*#*\s*$")
FENCE = re.compile(r"^ {0,3}(```|~~~)")
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)\s]*(?:\s+\"[^\"]*\")?\)")
_STRUCK = re.compile(r"~~(?=\S).+?(?<=\S)~~")
_EMPHASIS = re.compile(r"(\*\*\*|\*\*|__|(?<!\d)\*(?!\d)|`+)(?=\S)(.+?)(?<=\S)\1")
_QUOTE = re.compile(r"^(?:\s{0,3}>\s?)+")
_RULE = re.compile(r"^ {0,3}(?:[-*_]\s*){3,}$")
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+.!|>~-])")


def load_markdown(file: str, data: bytes) -> Document:
    """The paragraphs, headings and tables of a Markdown file, each with its line."""
    lines = decode(file, data).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    levels: dict[int, int] = {}
    plain: list[str] = []
    fenced = False
    for number, line in enumerate(lines, start=1):
        heading = HEADING.match(line)
        if FENCE.match(line):
            fenced, line = not fenced, ""
        elif not fenced:
            if heading:
                levels[number] = len(heading[1])
            line = _plain(heading[2] if heading else line)
        plain.append(line)
    if not any(line.strip() for line in plain):
        raise refusal(file, "文件是空的", "请检查后重新上传")
    blocks = tuple(
        replace(block, level=levels.get(block.location.line_start or 0, 0))
        if isinstance(block, TextBlock)
        else block
        for block in line_blocks(plain)
    )
    return Document(sha256(data).hexdigest(), file, blocks)


def _plain(line: str) -> str:
    """A line as it is shown: marks of emphasis, links and quotes left out, struck text too.

    >>> _plain("> **执行率**为`95.07%`，见[附表](b.md)，~~12~~13项")
    '执行率为95.07%，见附表，13项'
    """
    if _RULE.match(line):
        return ""
    line = _STRUCK.sub("", _LINK.sub(r"\1", _QUOTE.sub("", line)))
    for _ in range(3):
        line = _EMPHASIS.sub(r"\2", line)
    return _ESCAPED.sub(r"\1", line)
