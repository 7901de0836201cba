"""What a user may be called (用户名), so that no two names look like one.

After Unicode's UTS 39 (security mechanisms): names are kept in NFKC, their letters are of its level
Highly Restrictive, narrowed to what our users write, Latin without accents and Han, and no two have
the same skeleton. Of its table of confusable characters that leaves `CONFUSABLE`; `PUT_FOR_LETTERS`
are the digits that people put for letters, and read as them (adm1n).
"""

import re
import unicodedata
from collections.abc import Iterable

from assistant.accounts.permissions import LOCAL
from assistant.errors import AccountError

_LETTER = r"A-Za-z0-9〇\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff"
USER_NAME = re.compile(f"[{_LETTER}][{_LETTER}.@_-]{{0,39}}")
"""What a user may be called; no name begins like an option or is a folder (-rf, ..)."""
CONFUSABLE = str.maketrans({"0": "O", "〇": "O", "1": "l", "I": "l", "m": "rn"})
"""Characters of one look (UTS 39, confusables.txt), among those that a name may have."""
PUT_FOR_LETTERS = str.maketrans("013457", "oieast")
RESERVED = (LOCAL.name, "系统", "命令行", "未登录", "匿名")
"""What the log calls those who are no user, or may come to."""


def checked_name(name: str, taken: Iterable[str]) -> str:
    """The name as it is kept; raises AccountError where it cannot be used or looks like another.

    >>> checked_name("ｌｉ.ming", ["王芳"])
    'li.ming'
    """
    kept = unicodedata.normalize("NFKC", name)
    if not USER_NAME.fullmatch(kept):
        raise AccountError(
            f"用户名“{name}”不能用，请用1到40个字，只含汉字、不带符号的拉丁字母、数字和 . @ _ -，"
            "并以汉字、字母或数字开头。"
        )
    if kept in RESERVED:
        raise AccountError(f"用户名“{kept}”在操作记录里另有所指，请换一个名字。")
    for other in taken:
        if other == kept:
            raise AccountError(f"用户“{kept}”已经存在，请换一个名字。")
        if looks(kept) & looks(other):
            raise AccountError(f"用户名“{kept}”和已有的“{other}”太像，容易认错，请换一个名字。")
    return kept


def looks(name: str) -> frozenset[str]:
    """What a name is read as: without its case, its skeleton, and with letters for digits.

    A number at the end of a name counts on (user1, user5): its digits are no letters.
    """
    kept = unicodedata.normalize("NFKC", name)
    worded = kept.rstrip("0123456789")
    read = worded.translate(PUT_FOR_LETTERS) + kept[len(worded) :]
    return frozenset(one.casefold() for one in (kept, kept.translate(CONFUSABLE), read))
