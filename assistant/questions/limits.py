"""The number of results that a question asks for."""

import re

from assistant.types import MAX_RANKED
from ingest.language.number_writing import whole_number

_NUMERALS = "一二三四五六七八九十"

_HOW_MANY = tuple(
    re.compile(p)
    for p in (
        rf"前(\d+|[{_NUMERALS}])",
        rf"最[高低多少大小]的?(\d+|[{_NUMERALS}])(?:个|项|家|名|条)",
    )
)


def asked_for(question: str) -> int:
    """The number of ranks asked for: 前三名, 最高的5个; `MAX_RANKED` where none is given.

    >>> asked_for("支出最大的前三名"), asked_for("得分最低的5个指标"), asked_for("谁最高")
    (3, 5, 10)
    """
    for pattern in _HOW_MANY:
        if match := pattern.search(question):
            return int(match[1]) if match[1].isdigit() else whole_number(match[1])
    return MAX_RANKED
