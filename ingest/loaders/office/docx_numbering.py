"""Word's automatic numbers (自动编号): the 一、 or 1. that a reader sees and no text run holds."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
VAL = W + "val"

DIGITS = "〇一二三四五六七八九"
FORMAL_DIGITS = "零壹贰叁肆伍陆柒捌玖"
ROMAN = ((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a list: where it starts and how its number is printed."""

    start: int
    style: str
    template: str


class Numbering:
    """Counts list items in reading order and prints each one's number.

    The numbering part of the Word file is read when the first list item comes.
    """

    def __init__(self, part: "Callable[[], Element | None]") -> None:
        self._part = part
        self._counters: dict[str, dict[int, int]] = {}

    @cached_property
    def levels(self) -> dict[str, dict[int, Level]]:
        """List definition → its levels."""
        patterns = self._children("abstractNum")
        return {item.get(W + "abstractNumId", ""): _levels(item) for item in patterns}

    @cached_property
    def lists(self) -> dict[str, str]:
        """List → the definition it follows."""
        lists = self._children("num")
        return {item.get(W + "numId", ""): _value(item, "abstractNumId", "") for item in lists}

    @cached_property
    def _root(self) -> "Element | None":
        return self._part()

    def _children(self, name: str) -> "list[Element]":
        return [] if self._root is None else list(self._root.iterchildren(W + name))

    def label(self, list_id: str, depth: int) -> str:
        """The number of the next item of a list at a depth, such as 一、; "" for a bullet."""
        name = self.lists.get(list_id, "")
        levels = self.levels.get(name, {})
        if depth not in levels:
            return ""
        counter = self._counters.setdefault(name, {})
        counter[depth] = counter.get(depth, levels[depth].start - 1) + 1
        for deeper in [d for d in counter if d > depth]:
            del counter[deeper]
        if levels[depth].style == "bullet":
            return ""
        label = levels[depth].template
        for d, level in levels.items():
            number = counter.get(d, level.start)
            label = label.replace(f"%{d + 1}", _printed(number, level.style))
        return label if not label or label[-1] in "、．.）)】，," else label + " "


def _levels(item: "Element") -> dict[int, Level]:
    return {
        int(level.get(W + "ilvl", "0")): Level(
            start=int(_value(level, "start", "1")),
            style=_value(level, "numFmt", "decimal"),
            template=_value(level, "lvlText", ""),
        )
        for level in item.iterchildren(W + "lvl")
    }


def _value(element: "Element", name: str, default: str) -> str:
    child = element.find(W + name)
    return default if child is None else child.get(VAL, default)


def _printed(number: int, style: str) -> str:
    """A list number in its numeral style.

    >>> _printed(12, "chineseCounting"), _printed(3, "decimalEnclosedCircle"), _printed(2, "x")
    ('十二', '③', '2')
    """
    lowered = style.lower()
    if "letter" in lowered:
        letter = chr(ord("a") + (number - 1) % 26)
        return letter.upper() if style.startswith("upper") else letter
    if "roman" in lowered:
        roman = _roman(number)
        return roman.upper() if style.startswith("upper") else roman
    if "enclosedcircle" in lowered and 1 <= number <= 20:
        return chr(ord("①") + number - 1)
    if "legal" in lowered:
        return _counted(number, FORMAL_DIGITS, "拾")
    if lowered.startswith(("chinese", "taiwanese", "japanese", "ideograph")):
        return _counted(number, DIGITS, "十")
    return "" if style == "none" else str(number)


def _counted(number: int, digits: str, ten: str) -> str:
    if not 0 < number < 100:
        return str(number)
    tens, units = divmod(number, 10)
    head = "" if not tens else ten if tens == 1 else digits[tens] + ten
    return head + (digits[units] if units else "")


def _roman(number: int) -> str:
    text = ""
    for value, letters in ROMAN:
        text += letters * (number // value)
        number %= value
    return text
