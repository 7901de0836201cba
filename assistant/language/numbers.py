"""Numbers in running text with their units, and which of them mean the same (数值比对).

Depends on nothing but text: verification must not trust the extraction that it checks.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from ingest.language.normalise import normalise
from ingest.language.number_writing import amounts_in_words

_NUMBER = re.compile(
    r"(?<![\d.A-Za-z])"
    r"(?P<sign>(?<![\d\u4e00-\u9fff%])[-+])?"
    # An amount in two parts is one number: 3亿2000万元.
    r"(?:(?P<high>\d+(?:\.\d+)?)(?:亿元?零?(?=\d[\d,.]*万)|万(?=\d{4}(?![\d.,万亿]))))?"
    r"(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    r"\s*(?:(?P<scale>万亿|亿|万)(?:余|多)?)?"
    # A unit goes on to the word that bounds or follows it: 10元/平方米以内, 10元/平方米的目标.
    r"(?P<unit>%|‰|个百分点"
    r"|元(?:/[\u4e00-\u9fff]+?(?=以[内上下外]|及以|左右|的|[^\u4e00-\u9fff]|$))*|人次|小时|平方米|公里|工作日|场次"
    r"|[个名人件项场次家户分天月年](?![\d]))?"
)
SCALES = {"万": Decimal(10_000), "亿": Decimal(100_000_000)}
"""What counts and amounts are scaled by."""
PERCENT, POINTS = "%", "个百分点"


@dataclass(frozen=True, slots=True)
class Number:
    """A number as printed; 万 and 亿 belong to its unit."""

    raw: str
    value: Decimal
    unit: str
    start: int
    end: int


def find_numbers(text: str) -> Iterator[Number]:
    """Every number of `text` in reading order, amounts in words first; full-width digits count.

    >>> [(n.value, n.unit) for n in find_numbers("约８０万人次，1,022.93万元，占92.71%")]
    [(Decimal('80'), '万人次'), (Decimal('1022.93'), '万元'), (Decimal('92.71'), '%')]
    """
    folded = normalise(text)
    for start, end, value in amounts_in_words(folded):
        yield Number(text[start:end], value, "元", start, end)
    for match in _NUMBER.finditer(folded):
        value = Decimal(match["digits"].replace(",", ""))
        if match["high"]:
            value += Decimal(match["high"]) * SCALES["万"]
        if match["sign"] == "-":
            value = -value
        unit = (match["scale"] or "") + (match["unit"] or "")
        raw = text[match.start() : match.end()].strip()
        yield Number(raw, value, unit, match.start(), match.end())


def base(value: Decimal, unit: str) -> tuple[Decimal, str]:
    """The value with the 万 or 亿 of its unit multiplied out.

    >>> base(Decimal("1260"), "万人次")
    (Decimal('12600000'), '人次')
    """
    while unit[:1] in SCALES:
        value, unit = value * SCALES[unit[0]], unit[1:]
    return value, unit


def convert(value: Decimal, unit: str, to: str) -> Decimal | None:
    """The value in another unit, None when the units do not measure the same thing.

    >>> convert(Decimal("635448"), "元", "万元")
    Decimal('63.5448')
    """
    amount, dimension = base(value, unit)
    one, other = base(Decimal(1), to)
    return amount / one if dimension == other else None


def same(number: Number, value: Decimal, unit: str) -> bool:
    """Whether a number in a text is the given value: same size, and units that agree.

    A unit left out on either side agrees with any, and so does 个百分点 with %; the sign may be
    worded (减少83.61 for −83.61).
    """
    if not number.unit or not unit:
        return abs(number.value) == abs(value)
    (a, one), (b, other) = base(number.value, number.unit), base(value, unit)
    if abs(a) != abs(b):
        return False
    return one == other or not one or not other or _kind(one) == _kind(other)


def _kind(unit: str) -> str:
    """What a unit measures, as far as a wrong one would mislead: a share, money, or a count."""
    if unit in (PERCENT, POINTS):
        return PERCENT
    return unit if "元" in unit else ""


def plain(value: Decimal) -> str:
    """The value as people write it: no exponent, no trailing zeros.

    >>> plain(Decimal("1049.40")), plain(Decimal("1E+4"))
    ('1049.4', '10000')
    """
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def in_characters(number: int) -> str:
    """A number below a hundred in Chinese characters, as words of our own have it.

    >>> in_characters(20), in_characters(31), in_characters(15)
    ('二十', '三十一', '十五')
    """
    tens, ones = divmod(number, 10)
    digits = "零一二三四五六七八九"
    if not tens:
        return digits[ones]
    return f"{digits[tens] if tens > 1 else ''}十{digits[ones] if ones else ''}"
