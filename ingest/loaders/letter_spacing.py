"""Letter-spaced text (字间加空格): blanks that part letters of one word are there for the look.

自 评 表 2 0 2 4 年 度 prints 自评表2024年度, and a mark that shows nothing parts no number.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TypeVar

from ingest.types.blocks import Block, Cell, TextBlock

MIN_LETTERS = 6
"""Letters of the shortest stretch: fewer may be the options of a list (优 良 中 差)."""
MIN_HAN = 0.5
"""The share of Chinese characters among them: digits with blanks between may be a row of numbers.
"""
_SPACED = re.compile(rf"(?<!\S)[^\s|](?:[ \u3000\xa0]{{1,2}}[^\s|]){{{MIN_LETTERS - 1},}}(?!\S)")
_HAN = re.compile("[一-龥]")
_UNSEEN = re.compile("[\u200b-\u200d\u2060\ufeff]")

Piece = TypeVar("Piece", TextBlock, Cell)


def without_spacing(text: str) -> str:
    """The text without blanks between the letters of words.

    >>> without_spacing("某 市 水 务 局 2 0 2 4 年 度"), without_spacing("优 良 中 差")
    ('某市水务局2024年度', '优 良 中 差')
    """
    return _SPACED.sub(_closed, _UNSEEN.sub("", text))


def closed_up(blocks: Iterable[Block]) -> Iterator[Block]:
    """The blocks without letter-spacing."""
    for block in blocks:
        if isinstance(block, TextBlock):
            yield _closed_up(block)
        else:
            yield replace(block, cells=tuple(map(_closed_up, block.cells)))


def _closed_up(piece: Piece) -> Piece:
    if not any(_SPACED.search(run.text) or _UNSEEN.search(run.text) for run in piece.runs):
        return piece
    runs = tuple(replace(run, text=without_spacing(run.text)) for run in piece.runs)
    return replace(piece, runs=tuple(run for run in runs if run.text))


def _closed(match: re.Match[str]) -> str:
    letters = "".join(match.group().split())
    return letters if len(_HAN.findall(letters)) >= MIN_HAN * len(letters) else match.group()
