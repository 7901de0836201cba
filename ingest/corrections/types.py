"""Corrections by hand (人工更正) as values: what was corrected, by whom, in which figure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from ingest.types.blocks import Form, Location
from ingest.types.facts import Role

MAX_VALUE_LENGTH = 200
"""Maximum number of characters of a corrected value."""
NOTE_OPENING = "（人工更正："
"""How the note begins that stands after the printed words of whatever was corrected."""

ROLE_NAMES: Mapping[Role, str] = {
    Role.TARGET: "年度目标",
    Role.PERIOD_TARGET: "实施周期目标",
    Role.ACTUAL: "实际完成",
    Role.WEIGHT: "分值",
    Role.SCORE: "得分",
    Role.BUDGET: "预算",
    Role.SPENT: "支出",
    Role.ADJUSTMENT: "调整",
    Role.RATE: "比率",
    Role.FUND: "资金",
}


class Aspect(StrEnum):
    """What of a figure or of a document can be corrected (更正项)."""

    VALUE = "value"
    ROLE = "role"
    SUBJECT = "subject"
    DEPARTMENT = "department"
    YEAR = "year"
    FORM = "form"


ASPECT_NAMES: Mapping[Aspect, str] = {
    Aspect.VALUE: "数值",
    Aspect.ROLE: "角色",
    Aspect.SUBJECT: "名称",
    Aspect.DEPARTMENT: "部门",
    Aspect.YEAR: "年度",
    Aspect.FORM: "表种",
}
DOCUMENT_ASPECTS = frozenset({Aspect.DEPARTMENT, Aspect.YEAR, Aspect.FORM})
"""Aspects of a whole document; the others are those of one figure."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A figure as it was read, to find it again in a new version or a new reading of the file.

    `ordinal` counts from 0 among the figures of the document that agree in all but their place.
    """

    figure_id: str
    section: str
    subject: str
    role: Role
    raw: str
    location: Location
    ordinal: int


@dataclass(frozen=True, slots=True)
class Correction:
    """One thing set right by hand; `mark` is the figure, None where it is the whole document.

    `old` is what was read and `new` what holds instead, as text (a role or form by its value, "" a
    year not given); `at` is ISO 8601 with its offset. The greater `number` of two holds.
    """

    number: int
    document_id: str
    file: str
    aspect: Aspect
    old: str
    new: str
    by: str
    at: str
    reason: str = ""
    mark: Mark | None = None

    @property
    def confirms(self) -> bool:
        """Whether it says that what was read is right (确认)."""
        return self.new == " ".join(self.old.split())

    @property
    def words(self) -> str:
        """What was done in one clause: 原文为 96.36%，由 李明 于 2026-11-22 更正为 92.71%."""
        read = "原文为" if self.aspect is Aspect.VALUE else f"{ASPECT_NAMES[self.aspect]}原识别为"
        old, new = (named(self.aspect, text) for text in (self.old, self.new))
        if self.confirms:
            return f"{new} 由 {self.by} 于 {self.at[:10]} 确认"
        return f"{read} {old or '未注明'}，由 {self.by} 于 {self.at[:10]} 更正为 {new}"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants corrected: an aspect of a figure, or of the document without one."""

    document_id: str
    aspect: Aspect
    new: str
    by: str
    figure_id: str = ""
    reason: str = ""


def named(aspect: Aspect, text: str) -> str:
    """A value of an aspect as a reader knows it: a role by its Chinese name."""
    return ROLE_NAMES[Role(text)] if aspect is Aspect.ROLE else text


def printed(quote: str) -> str:
    """The words of a quote that the file itself prints."""
    return quote.partition(NOTE_OPENING)[0]


def checked(aspect: Aspect, text: str) -> str:
    """The value as it is stored; raises ValueError, in words for the user, if it makes no sense."""
    text = " ".join(text.split())
    if not text:
        raise ValueError(f"请写出更正后的{ASPECT_NAMES[aspect]}。")
    if len(text) > MAX_VALUE_LENGTH:
        raise ValueError(f"更正后的{ASPECT_NAMES[aspect]}太长，最多{MAX_VALUE_LENGTH}个字。")
    kinds: Mapping[Aspect, type[StrEnum]] = {Aspect.ROLE: Role, Aspect.FORM: Form}
    choices = [choice.value for choice in kinds.get(aspect, ())]
    if choices and text not in choices:
        known = "、".join(named(aspect, choice) for choice in choices)
        raise ValueError(f"没有“{text}”这种{ASPECT_NAMES[aspect]}，可选 {known}。")
    if aspect is Aspect.YEAR and not (text.isdecimal() and 1900 < int(text) < 2100):
        raise ValueError(f"年度要写成四位数字，如 2021，而不是“{text}”。")
    return text
