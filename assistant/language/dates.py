"""Days in words (12月底前, 2022年8月22日, 9月), to tell whether something came in time (时效)."""

import calendar
import re
from collections.abc import Iterable
from enum import StrEnum

from ingest.language.normalise import normalise
from ingest.language.years import YEAR

_DAY = re.compile(
    rf"(?:(?P<year>{YEAR})年度?)?"
    r"(?P<month>\d{1,2})月(?:份)?"
    r"(?:(?P<day>\d{1,2})日?|(?P<part>初|上旬|中旬|下旬|底|末))?"
)
_PARTS = {"初": 5, "上旬": 10, "中旬": 20, "下旬": 31, "底": 31, "末": 31}
"""The last day that a word for a part of a month can mean."""
_LIMIT = re.compile(r"(?:之|以)?(?:前|内)|截止|不晚于|不迟于|为止")


class Timing(StrEnum):
    """Whether a day keeps the last one allowed; open where its words leave both (11月前: 11月)."""

    KEPT = "kept"
    LATE = "late"
    OPEN = "open"


def timing(target: str, actual: str, around: Iterable[str]) -> Timing | None:
    """Whether the day of `actual` keeps the last day that `target` allows; None if unknown.

    Beside the day, `actual` may say no more than the words `around` (已于…完成): a text that tells
    more may tell of another thing.

    >>> timing("2022年8月25日前", "2022年8月22日完工", ("完工",)).value
    'kept'
    >>> timing("5月底前", "6月2日", ()).value, timing("11月前", "11月", ()).value
    ('late', 'open')
    >>> timing("12月底前", "8月重新启动", ("完工",)) is None
    True
    """
    limit, done = _day(target), _day(actual)
    if limit is None or done is None or not _LIMIT.search(normalise(target)):
        return None
    rest = _DAY.sub("", re.sub(r"\s", "", normalise(actual)))
    for word in around:
        rest = rest.replace(word, "")
    if re.search(r"\w", rest):
        return None
    if limit[0] is None or done[0] is None:
        limit, done = (None, *limit[1:]), (None, *done[1:])
    if done[:2] == limit[:2] and _BEFORE_MONTH.search(re.sub(r"\s", "", normalise(target))):
        return Timing.OPEN
    kept = (done[0] or 0, *done[1:]) <= (limit[0] or 0, *limit[1:])
    return Timing.KEPT if kept else Timing.LATE


_BEFORE_MONTH = re.compile(r"月份?(?:之|以)?前")
"""Before a month, or before its end: the words do not tell."""


def _day(text: str) -> tuple[int | None, int, int] | None:
    """The only day in a text, as the latest one its words can mean."""
    matches = list(_DAY.finditer(re.sub(r"\s", "", normalise(text))))
    if len(matches) != 1 or not 1 <= int(matches[0]["month"]) <= 12:
        return None
    match = matches[0]
    year, month = int(match["year"]) if match["year"] else None, int(match["month"])
    last = calendar.monthrange(year or 2024, month)[1]
    day = int(match["day"]) if match["day"] else _PARTS.get(match["part"] or "底", last)
    return year, month, min(day, last)
