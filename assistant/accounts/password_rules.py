"""What a password must be like (密码要求), in one place and with the reasons.

- NIST SP 800-63B-4 §3.1.1.2 asks for 15 characters where a password is all that is asked for, for a
  list of passwords that are refused (common ones, names of the user and the service), for all
  characters to be allowed, and for neither kinds of characters nor a change every few months.
- GB/T 22239-2019 (等级保护) §8.1.4.1 a) asks for passwords of some complexity (复杂度), which is
  examined as eight characters or more of several kinds.

So ten characters of three kinds will do, or fifteen of any; a Chinese character counts as two, for
there are many more of them. A new password is asked for when one may be known, not by the calendar.
What everybody tries first counts for nothing: of what is left there must be enough. Lists of
millions of words, as zxcvbn has them, would weigh a password better, but that library takes
seconds over one that is made to keep it busy.
"""

import re
from collections.abc import Iterator
from functools import cache
from unicodedata import east_asian_width, normalize

from assistant.errors import AccountError
from ingest.config import DATA
from ingest.language.vocabulary import default_vocabulary

MIN_LENGTH = 10
"""Minimum length of a password."""
MIN_LENGTH_OF_ANY_KIND = 15
"""Length from which a password may be of one kind of characters."""
MIN_KINDS = 3
"""Minimum number of kinds of characters in a shorter one."""
MIN_OWN_LENGTH = 8
"""Minimum length of what is left without all that is tried first."""
MAX_LENGTH_WEIGHED = 100
"""Maximum number of characters that are searched for what is tried first."""

RULES = (
    f"至少{MIN_LENGTH}个字符（汉字算两个），不到{MIN_LENGTH_OF_ANY_KIND}个的要有大写字母、小写字母、"
    "数字和其他字符中的三种；不能含用户名，也不能只是常见的密码、连续或重复的字符"
)
"""The rules as they are told beforehand."""

COMMON = DATA / "lexicon" / "common_passwords.txt"
KEYS_IN_A_ROW = (
    "1234567890-=", "!@#$%^&*()_+", "qwertyuiop[]", "asdfghjkl;'", "zxcvbnm,./",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p", "!qaz@wsx#edc$rfv%tgb^yhn&ujm*ik(ol)p",
    "147258369", "0123456789", "abcdefghijklmnopqrstuvwxyz",
)  # fmt: skip
"""Characters in the order of the alphabet and of keyboards; backwards is no better."""
MIN_RUN = 3
"""Minimum length of a run along one of them."""
YEAR = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])?(?:0[1-9]|[12]\d|3[01])?")
_HAN = re.compile(r"[\u3400-\u9fff]+")
REPEATED = re.compile(r"(.{1,10}?)\1+", re.DOTALL)
LOOKALIKES = str.maketrans("@013457$!|", "aoieastsil")
"""Characters that are put for letters: p@ssw0rd."""
GAP = "\n"
"""What stands in place of what was taken out; it counts for nothing."""


def check_password(password: str, *, user: str) -> None:
    """Raises AccountError where the user called so may not have the password, and says why."""
    lacking = "；".join(shortcomings(password, user=user))
    if lacking:
        raise AccountError(f"这个密码不能用：{lacking}。")


def shortcomings(password: str, *, user: str) -> tuple[str, ...]:
    """What the password lacks, each said as a part of a sentence.

    >>> shortcomings("kT9#vLq2xw", user="李明"), shortcomings("青岭水库春天很安静", user="李明")
    ((), ())
    >>> shortcomings("12345678", user="李明")[0]
    '至少要10个字符（汉字算两个），这个是8个'
    """
    text = normalize("NFKC", password)
    if not text.strip():
        return ("不能是空的，也不能只有空格",)
    size = length(text)
    found = []
    if size < MIN_LENGTH:
        found.append(f"至少要{MIN_LENGTH}个字符（汉字算两个），这个是{size}个")
    if size < MIN_LENGTH_OF_ANY_KIND and len(set(map(_kind, text))) < MIN_KINDS:
        found.append(
            f"不到{MIN_LENGTH_OF_ANY_KIND}个字符的，要有大写字母、小写字母、数字和其他字符中的三种"
        )
    name = normalize("NFKC", user).casefold()
    if length(name) >= MIN_RUN and name in text.casefold():
        found.append("不能含用户名")
    if length(own_part(text)) < MIN_OWN_LENGTH:
        found.append(
            "除去常见的密码、单位名称、连续或重复的字符、键盘上相邻的键和年份，"
            f"至少还要有{MIN_OWN_LENGTH}个字符"
        )
    return tuple(found)


def length(text: str) -> int:
    """How long a text is, where Chinese characters count as two.

    >>> length("abc"), length("密码1")
    (3, 5)
    """
    return sum(2 if east_asian_width(one) in "WF" else 1 for one in text)


def own_part(password: str) -> str:
    """A password without what everybody tries first.

    >>> own_part("Admin@2024"), own_part("P@ssw0rd123"), own_part("aaaaaaaa"), own_part("kT9#vL")
    ('@', '', 'a', 'kt9#vl')
    """
    text = password.casefold()[:MAX_LENGTH_WEIGHED]
    text = re.sub(f"{GAP}+", GAP, YEAR.sub(GAP, _without_words(text)))
    text = _HAN.sub(lambda found: GAP if _names_a_body(found[0]) else found[0], text)
    while (shorter := REPEATED.sub(r"\1", text)) != text:  # what is left may repeat as well
        text = shorter
    return "".join(_without_runs(_without_words(text))).replace(GAP, "")


def _names_a_body(text: str) -> bool:
    """Whether the text is the name of an office, in full or in short: the first that one tries."""
    return default_vocabulary().grammar.is_body(text)


def _without_words(text: str) -> str:
    """The text with a gap for each common word, also where it is written with lookalikes."""
    for seen in (text, text.translate(LOOKALIKES)):  # both are as long as the text
        for found in common_words().finditer(seen):
            start, end = found.span()
            text = text[:start] + GAP * (end - start) + text[end:]
    return text


def _without_runs(text: str) -> Iterator[str]:
    """The characters that are no part of a run along the alphabet or the keys."""
    at = 0
    while at < len(text):
        run = _run(text, at)
        if run < MIN_RUN:
            yield text[at]
            at += 1
        else:
            yield GAP
            at += run


def _run(text: str, at: int) -> int:
    """How long a run begins there."""
    size = 1
    for row in _rows():
        while at + size <= len(text) and text[at : at + size] in row:
            size += 1
    return size - 1


@cache
def _rows() -> tuple[str, ...]:
    return tuple(row[::way] for row in KEYS_IN_A_ROW for way in (1, -1))


@cache
def common_words() -> re.Pattern[str]:
    """The common passwords of the list, the longest first."""
    lines = COMMON.read_text(encoding="utf-8").splitlines()
    words = {word for line in lines if not line.startswith("#") for word in line.split()}
    return re.compile("|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)))


def _kind(character: str) -> str:
    """Which kind of characters one is of."""
    kinds = {"大写": character.isupper(), "小写": character.islower(), "数字": character.isdigit()}
    return next((name for name, fits in kinds.items() if fits), "其他")
