"""What the piece reader sees of the pieces of pasted forms (特征): characters, shapes, seams."""

import re
from enum import StrEnum

from ingest.language.normalise import squeeze
from ingest.semantics.label_features import MAX_LENGTH, hashed, marked_runs, profile

CELL_PLACES, SEAM_PLACES = 8192, 4096
"""Numbers of places into which the features of a cell and of a seam are hashed."""
BUCKETS = (1, 2, 3, 4, 6, 8, 12, 18, 30, 60)
"""Lengths are told apart up to these."""


class CellKind(StrEnum):
    """What a cell or line of a pasted form is (片段类别)."""

    HEAD = "head"  # 列头
    SECTION = "section"  # 表块名
    LABEL = "label"  # 标签
    FACT = "fact"  # 标签后的内容
    PAIR = "pair"  # 标签：内容
    TITLE = "title"  # 标题
    LEVEL = "level"  # 一级指标、二级指标
    NAME = "name"  # 指标名称、项目、任务、资金名目
    VALUE = "value"  # 目标值、完成值
    NUMBER = "number"  # 金额、分值、得分
    RATE = "rate"  # 执行率
    UNIT = "unit"  # 计量单位、比较符
    BODY = "body"  # 单位、地区、人员
    JUDGEMENT = "judgement"  # 是否完成、等次
    TEXT = "text"  # 句子
    BROKEN = "broken"  # part of a cell, or parts of several


class Gap(StrEnum):
    """What stands between two pieces (间隔)."""

    SPACE = "space"
    WIDE = "wide"
    LINE = "line"
    EMPTY_LINE = "empty_line"


def bucket(number: float) -> int:
    """Which of the lengths told apart a number falls under."""
    return sum(number > limit for limit in BUCKETS)


_DIGITS = re.compile(r"\d")


def shape(text: str) -> str:
    """The text with its digits alike and its Chinese characters left out: ≥4500批次 → ≥0000cc."""
    return re.sub(r"[一-龥]+", "c", _DIGITS.sub("0", text))


_QUANTITY = re.compile(r"[≥≤><=＝]?-?\d[\d,]*(?:\.\d+)?([^\d\s]{0,5})")


def _is_quantity(text: str) -> str:
    """Whether a text is a whole quantity: with its unit, bare, or none."""
    found = _QUANTITY.fullmatch(text)
    if found is None:
        return "no"
    return "unit" if found[1] else "bare"


def cell_places(text: str) -> list[int]:
    """The hashed features of a whole cell."""
    own = squeeze(text)[:MAX_LENGTH]
    told = [*marked_runs(_DIGITS.sub("0", own)), f"l{bucket(len(own))}", f"s{shape(own)[:12]}"]
    told += [f"k{at}" for at, share in enumerate(profile([own])) if share]
    return hashed(told, CELL_PLACES)


def seam_places(before: str, after: str, gap: Gap, *, single: float, full: float) -> list[int]:
    """The hashed features of the seam between two pieces.

    `single` is the share of the lines around that are one piece; `full` how much of the longest
    line near by the piece before takes.
    """
    one, other = squeeze(before), squeeze(after)
    mark = f"{gap}{round(single * 3)}"
    opened = one.count("（") + one.count("(") > one.count("）") + one.count(")")
    ends = (one[-1:], one[-2:], shape(one)[-4:])
    begins = (other[:1], other[:2], shape(other)[:4])
    told = [mark, f"f{round(full * 5)}{gap}", f"o{opened}"]
    told += [f"a{k}{end}" for k, end in enumerate(ends)]
    told += [f"b{k}{begin}" for k, begin in enumerate(begins)]
    told += [f"c{one[-1:]}{other[:1]}", f"d{shape(one)[-3:]}|{shape(other)[:3]}"]
    told += [f"n{bucket(len(one))}-{bucket(len(other))}{mark}"]
    told += [f"m{bucket(len(one))}{gap}", f"q{bucket(len(other))}{gap}", f"w{one}"[:9]]
    told += [f"y{_is_quantity(one)}{_is_quantity(other)}{gap}", f"z{one == other}"]
    told += [f"e{ends[2]}{gap}", f"g{begins[2]}{gap}", f"x{other}"[:9]]
    return hashed(told, SEAM_PLACES)
