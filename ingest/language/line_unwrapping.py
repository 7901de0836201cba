"""Lines of running text that were broken at a margin → paragraphs again (硬换行).

A text whose long lines mostly end in the middle of a sentence was cut at a fixed width; there a
long line without an ending goes on in the next one, so that a number cut in two reads as one.
"""

import re
from collections.abc import Sequence

from ingest.types.blocks import Block, Run, TextBlock

NARROWEST = 40
"""Narrower texts (a Chinese character counts 2) are columns or lists, not cut prose."""
FULL = 0.75
"""The share of the widest line from which a line counts as full: a word may not fit any more."""
LEAST = 3
"""So many full lines without an ending tell a text that was cut."""
_ENDED = ("。", "；", "：", "！", "？", ";", ":", "!", "?", "”。")
_BEGINS = re.compile(
    r"[ \u3000]{2,}|[（(]?[一二三四五六七八九十]+[)）、]|\d{1,2}[.、．](?!\d)"
    r"|第[一二三四五六七八九十百零〇\d]+[章节条]\s"
)


def unwrapped(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """The blocks, with lines that go on joined; all of them where nothing tells of a margin."""
    lines = [block for block in blocks if isinstance(block, TextBlock) and _is_line(block)]
    widest = max((_width(line.text) for line in lines), default=0)
    full = [line for line in lines if _width(line.text) >= FULL * widest]
    cut = [line for line in full if not ends_sentence(line.text)]
    if widest < NARROWEST or len(cut) < LEAST or 2 * len(cut) < len(full):
        return tuple(blocks)
    joined: list[Block] = []
    before: TextBlock | None = None
    for block in blocks:
        line = block if isinstance(block, TextBlock) and _is_line(block) else None
        above = joined[-1] if joined else None
        if line and before in cut and isinstance(above, TextBlock) and _goes_on(before, line):
            joined[-1] = TextBlock((*above.runs, *_stripped(line)), above.level)
        else:
            joined.append(block)
        before = line
    return tuple(joined)


def _is_line(block: TextBlock) -> bool:
    """Whether a block is one line of a text: it has no page, and is no heading."""
    return len(block.runs) == 1 and block.location.page is None and not block.level


def _goes_on(before: TextBlock | None, line: TextBlock) -> bool:
    """Whether a line stands right below and begins nothing of its own."""
    return (
        before is not None
        and (line.location.line_start or 0) == (before.location.line_end or 0) + 1
        and not begins_anew(line.text)
    )


def _stripped(line: TextBlock) -> tuple[Run, ...]:
    (run,) = line.runs
    return (Run(run.text.lstrip(), run.location),)


def begins_anew(line: str) -> bool:
    """Whether a line begins a paragraph or an item of a list by how it opens."""
    return _BEGINS.match(line) is not None


def ends_sentence(line: str) -> bool:
    """Whether a line ends as a sentence does."""
    return line.rstrip().endswith(_ENDED)


def _width(text: str) -> int:
    """How wide a text is printed: a Chinese character takes two places."""
    return sum(1 if char.isascii() else 2 for char in text.strip())
