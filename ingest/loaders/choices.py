"""Choices in forms (勾选项): of options with boxes, those that are ticked are what the form says.

The options that were not taken are part of the printed form, as labels are.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from ingest.types.blocks import Block, Cell, Run, TextBlock

TICKED, EMPTY = "☑☒■√✓✔✅⊠●◉🗹", "☐□○◯❏❑"
SYMBOLS = str.maketrans({"\uf0fe": "☑", "\uf0fd": "☒", "\uf052": "☑", "\uf053": "☒"})
SYMBOLS |= str.maketrans({"\uf0a8": "□", "\uf0a3": "□", "\uf06f": "□", "\uf06e": "■"})
"""Boxes of the symbol fonts of office programs, as their files have them."""
NOTHING_TICKED = "（未勾选）"
MAX_OPTION = 24
"""Maximum length of an option; longer text between boxes is no list of choices."""
_BRACKETED = re.compile(rf"[(（\[【]\s*([{TICKED}])\s*[)）\]】]|[(（\[【](\s+)[)）\]】]")
_BOX = re.compile(rf"[{TICKED}{EMPTY}]")
_TICK, _EMPTY_BOX = re.compile(rf"[{TICKED}](?!\d)"), re.compile(f"[{EMPTY}]")
_CHECK = re.compile(r"[√✓✔✅](?!\d)")
"""What ticks a word without any box."""
_LABEL = re.compile(r"^[^：:]{1,20}[：:]\s*(?=\S)")
_BLANKS = re.compile(r"[\s、，,;；/|]+")


def chosen(text: str) -> str:
    """A list of options as what is ticked in it; any other text as it stands.

    >>> chosen("☐优  ☒良  ☐中"), chosen("是否公开：是（√） 否（ ）"), chosen("□一次性 □经常性")
    ('良', '是否公开：是', '（未勾选）')
    >>> chosen("是√ 否"), chosen("■完成河道巡查 ■完成清淤")
    ('是', '■完成河道巡查 ■完成清淤')
    """
    plain = _BRACKETED.sub(lambda m: "☑" if m[1] else "□", text.translate(SYMBOLS))
    ticks = len(_TICK.findall(plain))
    boxes = len(_EMPTY_BOX.findall(plain))
    if ticks + boxes < 2 and not _CHECK.search(plain):
        return text
    label = _LABEL.match(plain)
    head, options = (label.group(), plain[label.end() :]) if label else ("", plain)
    taken = _among_boxes(options) if boxes else _ticked_words(options)
    return text if taken is None else head + taken


def _among_boxes(text: str) -> str | None:
    """The ticked ones of options with a box each, before them or behind; None for no such list."""
    text = text.strip()
    marks = [match.group() for match in _BOX.finditer(text)]
    parts = [_BLANKS.sub(" ", part).strip() for part in _BOX.split(text)]
    behind = not _BOX.match(text) and not parts[-1]
    options = parts[:-1] if behind else parts[1:]
    if len(marks) < 2 or any(not o or len(o) > MAX_OPTION for o in options):
        return None
    taken = "、".join(o for o, mark in zip(options, marks, strict=True) if mark in TICKED)
    if not behind and parts[0]:  # a label without a colon
        return f"{parts[0]} {taken}" if taken and len(parts[0]) <= MAX_OPTION else None
    return taken or NOTHING_TICKED


def _ticked_words(text: str) -> str | None:
    """The ticked ones of options without boxes, set apart by blanks; None for no such list."""
    words = text.replace("/", " ").split()
    ticked = [word for word in words if _CHECK.search(word)]
    if not 0 < len(ticked) < len(words) or any(len(word) > MAX_OPTION for word in words):
        return None
    taken = [_CHECK.sub("", word) for word in ticked]
    return "、".join(taken) if all(taken) else None


def with_choices(blocks: Iterable[Block]) -> Iterator[Block]:
    """The blocks with every list of choices as what is ticked in it."""
    for block in blocks:
        if isinstance(block, TextBlock):
            yield replace(block, runs=_taken(block.runs)) if _has_box(block.text) else block
        elif any(_has_box(cell.text) for cell in block.cells):
            yield replace(block, cells=tuple(map(_filled_in, block.cells)))
        else:
            yield block


def _filled_in(cell: Cell) -> Cell:
    """The cell with what is ticked in it."""
    runs = _taken(cell.runs)
    return cell if runs == cell.runs else replace(cell, runs=runs, ticked=True)


def _has_box(text: str) -> bool:
    return _BOX.search(text.translate(SYMBOLS)) is not None


def _taken(runs: tuple[Run, ...]) -> tuple[Run, ...]:
    """The runs of a paragraph or cell; of options on a line each, the ticked lines."""
    text = "".join(run.text for run in runs)
    whole = chosen(text)
    if whole == text:
        return tuple(replace(run, text=chosen(run.text)) for run in runs)
    first = next((run for run in runs if _TICK.search(run.text.translate(SYMBOLS))), runs[0])
    return (replace(first, text=whole),)
