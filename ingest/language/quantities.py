"""Values as the forms print them → `Quantity` (指标值).

The grammar is domain.md §C7; the words of it are data (`data/lexicon/units.toml`).
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache

from ingest.language.lexicon import longest_first, read_pack
from ingest.language.normalise import REMEMBERED, normalise
from ingest.language.years import YEAR
from ingest.types.facts import Quantity

LARGE = Decimal(100)
"""From 100万 on, 万 is read as part of the unit: see `Quantity`."""

_SCALES = {"": Decimal(1), "万": Decimal(10_000), "亿": Decimal(100_000_000)}
_DIGITS = dict(zip("〇零一二两三四五六七八九", (0, 0, 1, 2, 2, 3, 4, 5, 6, 7, 8, 9), strict=True))
_TENS = {"十": 10, "百": 100, "千": 1000}
_CHINESE = "[一二两三四五六七八九十百千]"


@dataclass(frozen=True, slots=True)
class Found:
    """A quantity found in a text at [start, end)."""

    quantity: Quantity
    start: int
    end: int


def _any(words: list[str]) -> str:
    return "(?:" + "|".join(re.escape(word) for word in longest_first(words)) + ")"


@dataclass(frozen=True, slots=True)
class _Grammar:
    quantity: re.Pattern[str]
    bare: re.Pattern[str]
    signs: re.Pattern[str]
    comparators: dict[str, str]
    suffixes: dict[str, str]
    after: frozenset[str]


@cache
def _grammar() -> _Grammar:
    pack = read_pack("units")
    comparators = {
        normalise(word): sign for sign, words in pack["comparators"].items() for word in words
    }
    suffixes = {word: sign for sign, words in pack["suffixes"].items() for word in words}
    approximate = pack["approximate"]
    leading = [*comparators, *approximate["before"]]
    prefix = _any(leading)
    # Most characters begin no quantity: they are passed over before any word is tried.
    first = "".join(re.escape(char) for char in sorted({word[0] for word in leading}))
    stops = pack["suffix_stops"]
    suffix = "|".join(
        re.escape(word) + (f"(?![{stops[word]}])" if word in stops else "")
        for word in longest_first([*suffixes, *approximate["after"]])
    )
    between = _any(approximate["between"])
    units = _any([normalise(u) for u in pack["units"]])
    other = _any(pack["not_units"])
    digits = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
    unit = rf"{units}(?:[（(][一-龥]{{1,3}}[)）])?(?:[/·](?:{units}|[一-龥]))*"
    number = rf"(?P<sign>(?:(?<![\d一-龥%])|(?<=[为是达约至到]))-)?(?P<number>{digits})"
    scale = rf"\s?(?P<more>{between})?(?P<scale>[万亿])?(?P<more2>{between})?\s?"
    head = rf"(?P<prefix>{prefix}\s?(?:{prefix})?)?\s?"
    end = (
        rf"(?P<second>\s?[-~～—至到]{{1,2}}\s?(?P<upper>{digits})\s?(?:[万亿])?(?P<unit2>{unit})?)?"
    )
    tail = rf"\s?(?P<suffix>{suffix})?"
    chinese = rf"(?P<chinese>{_CHINESE}{{1,5}})(?P<some>[余多几])(?P<scale_c>[万亿])?"
    head_c = head.replace("prefix", "prefix_c")
    return _Grammar(
        quantity=re.compile(
            rf"(?=[{first}{_CHINESE[1:-1]}\d\s-])(?<![A-Za-z\d.第])(?:{head}{number}{scale}(?!{other})(?P<unit>{unit})?{end}{tail}"
            rf"|{head_c}{chinese}(?P<unit_c>{unit}))"
        ),
        bare=re.compile(
            rf"{head}{number}{scale}(?P<unit>(?![.．)）])[^\d，。；、：\s]{{0,8}}?){tail}"
        ),
        signs=re.compile(prefix),
        comparators=comparators,
        suffixes=suffixes,
        after=frozenset(approximate["after"]),
    )


def _decimal(digits: str) -> Decimal:
    return Decimal(digits.replace(",", ""))


def _chinese_number(text: str) -> Decimal:
    """三十 → 30, 百 → 100: the round numbers that come before 余 and 多."""
    total, digit = 0, 0
    for char in text:
        if char in _DIGITS:
            digit = _DIGITS[char]
        else:
            total += (digit or 1) * _TENS[char]
            digit = 0
    return Decimal(total + digit)


def _signs(grammar: _Grammar, prefix: str, suffix: str) -> tuple[str, bool]:
    """The comparator and whether the value is approximate, from the words around a number."""
    comparator, approximate = "", False
    if prefix:
        for word in grammar.signs.findall(prefix.replace(" ", "")):
            comparator = grammar.comparators.get(word, comparator)
            approximate = approximate or word not in grammar.comparators
    if suffix in grammar.after:
        approximate = True
    elif suffix:
        comparator = grammar.suffixes[suffix]
    return comparator or "=", approximate


def _scaled(values: tuple[Decimal, ...], scale: str, unit: str) -> tuple[tuple[Decimal, ...], str]:
    """Multiplies 万 and 亿 out, but not before 元 and not from 100万 on."""
    if unit.startswith("元") or (scale and max(values) >= LARGE):
        return values, scale + unit
    if not scale:
        return values, unit
    return tuple(_plain(value * _SCALES[scale]) for value in values), unit


def _plain(value: Decimal) -> Decimal:
    """16000.0 → 16000: no zeros that only come from multiplying."""
    return value.quantize(Decimal(1)) if value == value.to_integral() else value.normalize()


def _quantity(grammar: _Grammar, match: re.Match[str], raw: str) -> Quantity:
    part = match.groupdict()
    if part.get("chinese"):
        scale, unit = part["scale_c"] or "", part["unit_c"]
        values, unit = _scaled((_chinese_number(part["chinese"]),), scale, unit)
        comparator, _ = _signs(grammar, part["prefix_c"] or "", "")
        return Quantity(raw, values, comparator, unit, True)
    value = _decimal(part["number"]) * (-1 if part["sign"] else 1)
    values = (value,)
    unit = part["unit"] or ""
    if part.get("upper"):
        values = (value, _decimal(part["upper"]))
        unit = unit or part["unit2"] or ""
    values, unit = _scaled(values, part["scale"] or "", unit)
    comparator, approximate = _signs(grammar, part["prefix"] or "", part["suffix"] or "")
    more = bool(part["more"] or part["more2"])
    return Quantity(raw, values, comparator, "%" if unit == "％" else unit, approximate or more)


def comparator_of(word: str) -> str:
    """The sign of a comparing word: 不低于 → >=."""
    return _grammar().comparators[word]


def find_quantities(text: str) -> list[Found]:
    """The quantities in running text, in order; a number without a unit is none.

    >>> [f.quantity.raw for f in find_quantities("2021年新增团组织305个，覆盖约14万人次")]
    ['305个', '约14万人次']
    """
    return list(_found(text))


def quantity_spans(text: str) -> tuple[tuple[int, int], ...]:
    """Where the quantities of a text stand: sooner told than what they are."""
    return tuple((start, end) for start, end, _ in _matches(text))


@lru_cache(maxsize=REMEMBERED)
def _found(text: str) -> tuple[Found, ...]:
    grammar = _grammar()
    return tuple(
        Found(_quantity(grammar, match, text[start:end]), start, end)
        for start, end, match in _matches(text)
    )


@lru_cache(maxsize=REMEMBERED)
def _matches(text: str) -> tuple[tuple[int, int, re.Match[str]], ...]:
    plain = normalise(text)
    if not _COUNTS.search(plain):
        return ()
    found = []
    for match in _grammar().quantity.finditer(plain):
        unit = match["unit"] or match["unit2"] or match["unit_c"]
        if unit and not _is_date(plain, match, unit):
            whole = match.group()
            start = match.start() + len(whole) - len(whole.lstrip())
            found.append((start, start + len(whole.strip()), match))
    return tuple(found)


_COUNTS = re.compile(r"[\d余多几]")
"""No quantity is without one of these: most texts are told by that alone."""


def _is_date(plain: str, match: re.Match[str], unit: str) -> bool:
    digits = match.group("number") or ""
    if unit == "年" and (re.fullmatch(YEAR, digits) or match.group("upper")):
        return True
    return unit == "日" and "月" in plain[max(0, match.start() - 3) : match.start() + 1]


@lru_cache(maxsize=REMEMBERED)
def parse_value(text: str) -> Quantity | None:
    """The quantity that a whole cell prints, or None when the cell is not a plain value.

    Any short unit is taken, known or not, since the cell holds nothing else; 158/226/163 is a list.

    >>> parse_value("不少于1.6万人").values, parse_value("48小时内").comparator
    ((Decimal('16000'),), '<=')
    """
    grammar = _grammar()
    plain = normalise(text)
    lead = len(plain) - len(plain.lstrip())
    raw, plain = text[lead : len(plain.rstrip())], _BROKEN_WORD.sub("", plain.strip())
    if re.fullmatch(r"\d+(?:\.\d+)?(?:/\d+(?:\.\d+)?){2,}", plain):
        return Quantity(raw, tuple(Decimal(v) for v in plain.split("/")), "=")
    whole = plain.replace("控制在", "≤", 1).removesuffix("。") if "控制在" in plain else plain
    match = grammar.quantity.fullmatch(whole) or grammar.bare.fullmatch(whole)
    if match is None or _date_like(whole):
        return None
    return _quantity(grammar, match, raw)


_BROKEN_WORD = re.compile(r"(?<=[一-龥])\s+(?=[一-龥])")
"""A unit cut by the edge of its cell; digits below each other may be two numbers."""
_DATE = re.compile(rf"{YEAR}年|\d+月(?:\d+日)?(?:底|前|末)?")
"""How a day is told: by its year or its month."""


def _date_like(plain: str) -> bool:
    return bool(_DATE.match(plain)) and not plain.endswith("%")


@cache
def _unit_groups() -> dict[str, int]:
    groups = read_pack("units")["equal"]
    return {unit: number for number, units in enumerate(groups) for unit in units}


def same_unit(one: Quantity, other: Quantity) -> bool:
    """Whether two quantities count the same thing, 万 and 亿 aside (6场次, 8次)."""
    first, second = one.scaled[1], other.scaled[1]
    groups = _unit_groups()
    return first == second or groups.get(first, -1) == groups.get(second, -2)
