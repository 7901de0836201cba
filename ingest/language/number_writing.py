"""Numbers as offices write them (数字写法) → the plain digits that the grammar of values reads.

Accountants' negatives, thousands set apart by blanks or full-width commas, amounts in words. Only
for whole cells: in running text brackets, blanks and words mean too much else.
"""

import re
from collections.abc import Iterator
from decimal import Decimal

_NUMBER = r"(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
_UNIT = r"\s*[^\d\s()（）,，。.、-]{0,6}"
_PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        # (1) and （2） number a list; an amount shows its decimals, thousands or percent.
        rf"[(（]\s*-?(?P<number>(?=[\d,]*[.,]\d){_NUMBER}|\d+(?=\s*%))\s*(?P<inside>[%％]?)\s*[)）]"
        rf"(?P<unit>{_UNIT})",
        rf"[▲△▼]\s*-?\s*(?P<number>{_NUMBER})(?P<inside>)(?P<unit>{_UNIT})",
        rf"负\s?(?P<number>{_NUMBER})(?P<inside>)(?P<unit>{_UNIT})",
        rf"(?P<number>(?=[\d,]*\.\d){_NUMBER})-(?P<inside>)(?P<unit>{_UNIT})",
    )
)
"""A negative amount in brackets, behind a triangle or 负, or before a minus."""
_WIDE_COMMAS = re.compile(r"(?<![\d，])(\d{1,3})((?:，\d{3})+)(?![\d，])")
_CURRENCY = re.compile(r"^(?:[¥￥]|人民币|RMB|CNY)\s?[:：]?\s?(?=-?\d)")
_UNIT_IN_BRACKETS = re.compile(rf"(-?{_NUMBER})\s*[(（]([亿万千百]?元|[%％])[)）]")
_TORN = re.compile(r"-?\d[\d,]*(?: \.|\. )\d+")
"""A number alone in its cell with a blank at its point; before a unit it is of a list (1. 5座)."""
_SCIENTIFIC = re.compile(rf"(-?\d(?:\.\d+)?[eE][+-]?\d{{1,2}})({_UNIT})")
_SPACED = re.compile(rf"-?\d{{1,3}}(?: \d{{3}})+\.\d+{_UNIT}")
_LETTER_SPACED = re.compile(r"-?(?=[\d, ]+\.)\d(?: [\d,.]){3,}")
_FORMAL = dict(zip("零壹贰叁肆伍陆柒捌玖〇一二三四五六七八九", [*range(10)] * 2, strict=True))
_FORMAL |= {"两": 2, "貳": 2, "陸": 6, "參": 3}
_RANKS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_DIGIT = f"[{''.join(_FORMAL)}]"
_WORDS = re.compile(
    rf"(?:人民币|[(（]?大写[)）]?)*[:：]?\s*(?P<minus>负?)"
    rf"(?P<whole>[{''.join(_FORMAL)}{''.join(_RANKS)}万萬亿億]+)[元圆圓]"
    rf"(?:(?P<tenths>{_DIGIT})角)?零?(?:(?P<cents>{_DIGIT})分)?[整正]?"
)
_COUNTING = frozenset(_FORMAL) | {"十", "拾"}


def in_digits(text: str) -> str:
    """A normalised cell in plain digits; the cell itself where it is written so already.

    >>> in_digits("（35.50）"), in_digits("▲12.30万元"), in_digits("8.80-"), in_digits("（2）")
    ('-35.50', '-12.30万元', '-8.80', '（2）')
    >>> in_digits("1，234，567.80"), in_digits("1 234.50"), in_digits("壹佰壹拾捌万伍仟元整")
    ('1,234,567.80', '1234.50', '1185000元')
    >>> in_digits("1.2E+05元"), in_digits("￥35.50"), in_digits("35.50（元）"), in_digits("35. 50")
    ('120000元', '35.50', '35.50元', '35.50')
    """
    for pattern in _PATTERNS:
        match = pattern.fullmatch(text)
        if match:
            return f"-{match['number']}{match['inside']}{match['unit']}"
    words = _WORDS.fullmatch(text)
    if words and _counts(words):
        return f"{_amount(words)}元"
    power = _SCIENTIFIC.fullmatch(text)
    if power:
        return f"{Decimal(power[1]):f}{power[2]}"
    if " " in text and any(one.fullmatch(text) for one in (_SPACED, _TORN, _LETTER_SPACED)):
        return text.replace(" ", "")
    text = _UNIT_IN_BRACKETS.sub(r"\1\2", text) if text.endswith((")", "）")) else text
    text = _WIDE_COMMAS.sub(lambda match: match.group().replace("，", ","), text)
    return _CURRENCY.sub("", text)


_COUNT = re.compile(
    rf"(?P<before>[^{''.join(_FORMAL)}{''.join(_RANKS)}]*?)(?P<percent>百分之)?"
    rf"(?P<whole>(?:{_DIGIT}?[{''.join(_RANKS)}]零?|{_DIGIT}?万零?)*{_DIGIT}?)"
    rf"(?:点(?P<part>{_DIGIT}+))?(?P<after>[^{''.join(_FORMAL)}{''.join(_RANKS)}]*)"
)


_NUMERAL = re.compile(f"[{''.join(_FORMAL)}{''.join(_RANKS)}]")
_PLAIN_DIGIT = re.compile(r"\d")
LONGEST_COUNT = 24
"""Characters of the longest cell that counts in characters."""


def count_in_digits(text: str) -> tuple[str, bool]:
    """A cell whose number is written in characters, in digits, and whether it is more than one
    character long (三类 may be the third class, 十三类 are thirteen); "" for any other cell.

    >>> count_in_digits("不少于二十场"), count_in_digits("百分之九十五点六以上")
    (('不少于20场', True), ('95.6%以上', True))
    >>> count_in_digits("三场"), count_in_digits("二〇二四年"), count_in_digits("良好")
    (('3场', False), ('', False), ('', False))
    """
    if len(text) > LONGEST_COUNT or not _NUMERAL.search(text) or _PLAIN_DIGIT.search(text):
        return "", False
    match = _COUNT.fullmatch(text)
    if not match or not match["whole"] or match["whole"] in "万零〇":
        return "", False
    number = str(whole_number(match["whole"]))
    if match["part"]:
        number += "." + "".join(str(_FORMAL[digit]) for digit in match["part"])
    sure = bool(match["percent"] or match["part"]) or len(match["whole"]) > 1
    return f"{match['before']}{number}{'%' if match['percent'] else ''}{match['after']}", sure


def amounts_in_words(text: str) -> Iterator[tuple[int, int, Decimal]]:
    """Where a text prints amounts in words (大写金额), and the yuan that each is.

    >>> list(amounts_in_words("合同价（大写）叁万贰仟元整"))
    [(3, 13, Decimal('32000'))]
    """
    for words in _WORDS.finditer(text):
        if _counts(words):
            yield words.start(), words.end(), _amount(words)


def _counts(words: re.Match[str]) -> bool:
    """Whether an amount says how many: 万元 and 二元 do not."""
    whole = words["whole"]
    return len(whole) > 1 and not _COUNTING.isdisjoint(whole)


def _amount(words: re.Match[str]) -> Decimal:
    """The yuan that an amount in words is."""
    tenths, cents = (_FORMAL[words[part]] if words[part] else 0 for part in ("tenths", "cents"))
    amount = Decimal(whole_number(words["whole"])) + Decimal(10 * tenths + cents) / 100
    return -amount if words["minus"] else amount


def whole_number(text: str) -> int:
    """A number in characters; 万 and 亿 multiply what stands before them.

    >>> whole_number("三千二百万"), whole_number("两"), whole_number("十")
    (32000000, 2, 10)
    """
    total = section = digit = 0
    for character in text:
        if character in _FORMAL:
            digit = _FORMAL[character]
        elif character in _RANKS:
            section += (digit or 1) * _RANKS[character]
            digit = 0
        elif character in "万萬":
            total += (section + digit) * 10_000
            section = digit = 0
        else:
            total = (total + section + digit) * 100_000_000
            section = digit = 0
    return total + section + digit
