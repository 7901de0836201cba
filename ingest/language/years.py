"""Years in texts (年度): as documents print them, and as people say them, which are two things.

A document prints four digits before 年; a number may touch them where a blank was lost
(附件12021年度…). A question may also say 2020-2022, 2021 alone, 21年 or 二〇二一年. Years that are
counted from another one (去年, 上年) are left to the callers, who know that one.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

YEAR = r"(?:19|20)\d\d"
"""The digits of a year as a pattern without groups, for patterns that look for more than a year."""
YEAR_ALONE = re.compile(rf"[（(]?({YEAR})年?度?[)）]?")
"""A text that is a year and nothing else."""
MAX_YEARS_IN_RANGE = 30
"""Maximum number of years in a range (2019-2021) of which each is meant; else only its ends are."""

_PRINTED = re.compile(rf"({YEAR})\s*年")
_LEADING = re.compile(rf"({YEAR})年度?")
DATE = re.compile(
    rf"(?:{YEAR}|二[〇○零][〇○零一二三四五六七八九]{{2}})年(?:\d{{1,2}}|[一二三四五六七八九十]{{1,2}})月"
    r"(?:[\d一二三四五六七八九十]{1,3}日|(?![\d日至到—–~-]))"
    rf"|{YEAR}[-./]\d{{1,2}}[-./]\d{{1,2}}"
)
"""A day or month with its year, as papers are dated: not a span of months (2023年1-8月)."""
_REVISED = rf"[（(]{YEAR}年[^（）()]{{0,6}}(?:修[正订]|版|本)[)）]"
_DATED = re.compile(rf"{DATE.pattern}|{_REVISED}|《[^《》]*》")
_SPOKEN = re.compile(rf"(?<!\d)({YEAR})(?:年度?)?(?:[-—–~至到]+({YEAR})(?:年度?)?)?(?![\d.%])")
_SPOKEN_CHINESE = re.compile(r"([二一][〇○零一二三四五六七八九]{3})年(?:度)?")
_SPOKEN_SHORT = re.compile(r"(?<![\d.])([12]\d)年(?:度)?(?!前|后|来|以)")
_CHINESE_DIGITS = str.maketrans("〇○零一二三四五六七八九", "000123456789")


@dataclass(frozen=True, slots=True)
class YearMention:
    """A year that the characters [start, end) of a text name."""

    year: int
    start: int
    end: int


def find_years(text: str) -> tuple[YearMention, ...]:
    """The years that a text prints, in reading order; each ends behind its 年.

    >>> [mention.year for mention in find_years("附件12021年度预算，比2020 年多5年")]
    [2021, 2020]
    """
    return tuple(YearMention(int(m[1]), *m.span()) for m in _PRINTED.finditer(text))


def without_dates(text: str) -> str:
    """The text without days, months and what else bears the year of a paper, not of a budget.

    >>> without_dates("2024年3月15日填报，2023年1-8月执行，依据预算法（2018年修正）")
    '填报，2023年1-8月执行，依据预算法'
    """
    return _DATED.sub("", text)


def dated_months(text: str) -> tuple[tuple[int, int], ...]:
    """Year and month of the days and months that a text names.

    >>> dated_months("2024年3月15日，二〇二三年十一月，2022-06-17")
    ((2024, 3), (2023, 11), (2022, 6))
    """
    found = (_MONTH.match(match[0]) for match in DATE.finditer(text))
    return tuple((_number(m[1]), _number(m[2])) for m in found if m)


_MONTH = re.compile(r"(.{4})[年./-](\d{1,2}|[一二三四五六七八九十]{1,2})")


def _number(text: str) -> int:
    """A year or month in digits or characters (二〇二三, 十一)."""
    month = text.startswith("十") or text.isdigit()
    plain = text.replace("十", "1" if len(text) > 1 else "10") if month else text
    return int(plain.translate(_CHINESE_DIGITS))


def leading_year(text: str) -> int | None:
    """The year that a text begins with, if it begins with one.

    >>> leading_year("2021年度总经费"), leading_year("总经费2021年")
    (2021, None)
    """
    match = _LEADING.match(text)
    return int(match[1]) if match else None


def without_leading_year(text: str) -> str:
    """The text without the year that it begins with.

    >>> without_leading_year("2021年度决算数"), without_leading_year("决算数")
    ('决算数', '决算数')
    """
    match = _LEADING.match(text)
    return text[match.end() :] if match else text


def find_spoken_years(text: str) -> tuple[YearMention, ...]:
    """The years that a question names: those in full digits, then in characters, then in two
    digits, each in reading order. The years of a range are all named by the same characters.

    >>> [mention.year for mention in find_spoken_years("19年和2021-2023，二〇二四年呢")]
    [2021, 2022, 2023, 2024, 2019]
    """
    mentions = [*_in_digits(text), *_in_characters(text)]
    return (*mentions, *_in_two_digits(text, mentions))


def _in_digits(text: str) -> Iterator[YearMention]:
    for match in _SPOKEN.finditer(text):
        first, last = int(match[1]), int(match[2] or match[1])
        near = 0 <= last - first < MAX_YEARS_IN_RANGE
        for year in range(first, last + 1) if near else (first, last):
            yield YearMention(year, *match.span())


def _in_characters(text: str) -> Iterator[YearMention]:
    for match in _SPOKEN_CHINESE.finditer(text):
        yield YearMention(int(match[1].translate(_CHINESE_DIGITS)), *match.span())


def _in_two_digits(text: str, mentions: list[YearMention]) -> Iterator[YearMention]:
    for match in _SPOKEN_SHORT.finditer(text):
        if not any(mention.start <= match.start() < mention.end for mention in mentions):
            yield YearMention(2000 + int(match[1]), *match.span())
