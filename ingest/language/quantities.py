"""Values as the forms print them → `Quantity` (指标值).

The grammar is domain.md §C7; the words of it are data (`data/lexicon/units.toml`).
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from ingest.language.lexicon import longest_first
from ingest.language.normalise import normalise
from ingest.language.number_writing import count_in_digits, in_digits, whole_number
from ingest.language.packs import PackTable
from ingest.language.years import YEAR
from ingest.types.facts import Quantity

LARGE = Decimal(100)
"""From 100万 on, 万 is read as part of the unit: see `Quantity`."""

MAX_DIGITS = 28
"""Maximum number of digits of a number: as many as decimal arithmetic keeps. No amount has more; a
longer run is text."""

_BRACKETS = re.compile(r"[（(]\s*([^（）()\s]{1,6})\s*[)）]")
_UNIT_BEHIND = re.compile(r"(?<=\d)[（(]([^（）()\s\d]{1,4})[)）]")
_SCALES = {"": Decimal(1), "万": Decimal(10_000), "亿": Decimal(100_000_000)}
_SCALES["万亿"] = _SCALES["万"] * _SCALES["亿"]
_CHINESE = "[一二两三四五六七八九十百千]"


@dataclass(frozen=True, slots=True)
class Found:
    """A quantity found in a text at [start, end)."""

    quantity: Quantity
    start: int
    end: int


def _any(words: Iterable[str]) -> str:
    return "(?:" + "|".join(re.escape(word) for word in longest_first(words)) + ")"


@dataclass(frozen=True, slots=True, eq=False)
class Units:
    """The words of quantities (计量单位、比较词与近似词), put together as patterns."""

    names: frozenset[str]
    """Units that make a number in running text a figure, normalised."""
    quantity: re.Pattern[str]
    """A number with a listed unit."""
    bare: re.Pattern[str]
    """A number with any short unit, or none: for whole cells."""
    signs: re.Pattern[str]
    comparators: Mapping[str, str]
    """Comparing word before a number → its sign."""
    suffixes: Mapping[str, str]
    """Comparing word behind a number → its sign."""
    after: frozenset[str]
    """Words behind a number that make it approximate."""
    groups: Mapping[str, int]
    """Unit → the number of its group; units of a group count the same thing."""
    measures: frozenset[str]
    """Units before which 万 and 亿 stay as printed: land, lengths, volumes, foreign money."""

    @classmethod
    def from_pack(cls, pack: PackTable) -> "Units":
        """The units of a pack; raises PackError for what is missing, wrong or unknown."""
        names = tuple(normalise(unit) for unit in pack.words("units"))
        approximate = pack.table("approximate")
        comparators = {
            normalise(word): sign
            for sign, words in pack.table("comparators").lists().items()
            for word in words
        }
        suffixes = {
            word: sign for sign, words in pack.table("suffixes").lists().items() for word in words
        }
        ends = pack.table("prefix_stops").texts()
        prefix = "|".join(
            (f"(?<![{ends[word]}])" if word in ends else "") + re.escape(word)
            for word in longest_first([*comparators, *approximate.words("before")])
        )
        after = approximate.words("after")
        stops = pack.table("suffix_stops").texts()
        suffix = "|".join(
            re.escape(word) + (f"(?![{stops[word]}])" if word in stops else "")
            for word in longest_first([*suffixes, *after])
        )
        quantity, bare = _patterns(
            _QuantityWords(
                first={word[0] for word in (*comparators, *approximate.words("before"))},
                prefix=f"(?:{prefix})",
                suffix=suffix,
                between=_any(approximate.words("between")),
                unit=_any(names),
                other=_any(pack.words("not_units")),
            )
        )
        groups = enumerate(pack.word_lists("equal"))
        measures = frozenset(map(normalise, pack.words("measures")))
        pack.reject_unread()
        return cls(
            names=frozenset(names),
            quantity=quantity,
            bare=bare,
            signs=re.compile(prefix),
            comparators=comparators,
            suffixes=suffixes,
            after=frozenset(after),
            groups={unit: number for number, units in groups for unit in units},
            measures=measures,
        )

    def parse(self, text: str) -> Quantity | None:
        """The quantity that a whole cell prints, or None when the cell is not a plain value.

        Any short unit is taken, known or not, since the cell holds nothing else; 158/226/163 is a
        list.

        >>> from ingest.language.packs import open_pack
        >>> units = Units.from_pack(open_pack("units"))
        >>> units.parse("不少于1.6万人").values, units.parse("48小时内").comparator
        ((Decimal('16000'),), '<=')
        >>> units.parse("190张（含）以上").unit
        '张'
        """
        plain = normalise(text)
        lead = len(plain) - len(plain.lstrip())
        raw = text[lead : len(plain.rstrip())]
        plain = _INCLUSIVE.sub("", _BROKEN_WORD.sub("", self._bare_units(plain).strip()))
        if has_too_long(plain):
            return None
        if _LIST.fullmatch(plain):
            return Quantity(raw, tuple(Decimal(v) for v in plain.split("/")), "=")
        plain = in_digits(plain)
        whole = plain.replace("控制在", "≤", 1).removesuffix("。") if "控制在" in plain else plain
        match = self.quantity.fullmatch(whole) or self.bare.fullmatch(whole) or self._count(whole)
        if match is None or _date_like(match.string):
            return None
        return self._quantity(match, raw)

    def _count(self, whole: str) -> re.Match[str] | None:
        """A cell that counts in characters (十二公里, 百分之九十五以上): a unit of the lists
        follows; where the number is one character that nothing compares, one that counts."""
        digits, sure = count_in_digits(whole)
        match = self.quantity.fullmatch(digits) if digits else None
        if match is None or not (match["unit"] or match["unit2"]):
            return None
        return match if sure or match["prefix"] or match["unit"] in self.groups else None

    def in_brackets(self, text: str) -> str:
        """The unit in brackets of a head or a name (安装警示灯（套）), the last of several."""
        for inside in reversed(_BRACKETS.findall(normalise(text))):
            if inside.lstrip("百千万亿") in self.names:
                return str(inside)
        return ""

    def _bare_units(self, plain: str) -> str:
        """A normalised text, blanks for the brackets around units behind numbers: 90.00（万元）."""
        return _UNIT_BEHIND.sub(
            lambda m: f" {m[1]} " if m[1].lstrip("百千万亿") in self.names else m[0], plain
        )

    def matches(self, text: str) -> tuple["QuantityMatch", ...]:
        """Where the quantities of running text stand: sooner told than what they are."""
        plain = normalise(text)
        if not _COUNTS.search(plain):
            return ()
        printed, plain = plain, self._bare_units(plain)
        matches = []
        for match in self.quantity.finditer(plain):
            unit = match["unit"] or match["unit2"] or match["unit_c"]
            if unit and not has_too_long(match.group()) and not _is_date(plain, match, unit):
                whole = match.group()
                start = match.start() + len(whole) - len(whole.lstrip())
                end = start + len(whole.strip())
                bracketed = plain[end : end + 1] != printed[end : end + 1]
                matches.append((start, end + bracketed, match))
        return tuple(matches)

    def quantities(self, text: str, matches: Iterable["QuantityMatch"]) -> tuple[Found, ...]:
        """The quantities that `matches`, those of `text`, are."""
        return tuple(
            Found(self._quantity(match, text[start:end]), start, end)
            for start, end, match in matches
        )

    def find(self, text: str) -> tuple[Found, ...]:
        """The quantities in running text, in order; a number without a unit is none.

        >>> from ingest.language.packs import open_pack
        >>> units = Units.from_pack(open_pack("units"))
        >>> [f.quantity.raw for f in units.find("2021年新增团组织305个，覆盖约14万人次")]
        ['305个', '约14万人次']
        """
        return self.quantities(text, self.matches(text))

    def same(self, one: Quantity, other: Quantity) -> bool:
        """Whether two quantities count the same thing, 万 and 亿 aside (6场次, 8次)."""
        first, second = one.scaled[1], other.scaled[1]
        return first == second or self.groups.get(first, -1) == self.groups.get(second, -2)

    def _quantity(self, match: re.Match[str], raw: str) -> Quantity:
        part = match.groupdict()
        if part.get("chinese"):
            scale, unit = part["scale_c"] or "", part["unit_c"]
            values, unit = self._scaled((Decimal(whole_number(part["chinese"])),), scale, unit)
            comparator, _ = self._signs(part["prefix_c"] or "", "")
            return Quantity(raw, values, comparator, unit, True)
        value = _decimal(part["number"])
        if part["high"]:  # 3亿2000万, 1万2500: what stands before is counted in units of the rest
            value += _decimal(part["high"]) * _SCALES["万"]
        value *= -1 if part["sign"] else 1
        values = (value,)
        unit = part["unit"] or ""
        if part.get("upper"):
            values = (value, _decimal(part["upper"]))
            unit = unit or part["unit2"] or ""
        values, unit = self._scaled(values, part["scale"] or "", unit)
        comparator, approximate = self._signs(part["prefix"] or "", part["suffix"] or "")
        more = bool(part["more"] or part["more2"])
        return Quantity(raw, values, comparator, "%" if unit == "％" else unit, approximate or more)

    def _scaled(
        self, values: tuple[Decimal, ...], scale: str, unit: str
    ) -> tuple[tuple[Decimal, ...], str]:
        """Multiplies 万 and 亿 out, but not before 元 and measures, and not from 100万 on."""
        if scale == "万亿" and unit.startswith("元"):
            return tuple(_plain(value * _SCALES["万"]) for value in values), f"亿{unit}"
        kept = unit.startswith("元") or unit in self.measures
        if scale and (kept or max(values) >= LARGE):
            return values, scale + unit
        if not scale:
            return values, unit
        return tuple(_plain(value * _SCALES[scale]) for value in values), unit

    def _signs(self, prefix: str, suffix: str) -> tuple[str, bool]:
        """The comparator and whether the value is approximate, from the words around a number."""
        comparator, approximate = "", False
        if prefix:
            for word in self.signs.findall(prefix.replace(" ", "")):
                comparator = self.comparators.get(word, comparator)
                approximate = approximate or word not in self.comparators
        if suffix in self.after:
            approximate = True
        elif suffix:
            comparator = self.suffixes[suffix]
        return comparator or "=", approximate


QuantityMatch = tuple[int, int, re.Match[str]]
"""Where a quantity begins and ends, and how it was matched."""


@dataclass(frozen=True, slots=True)
class _QuantityWords:
    """Parts of the pattern of a quantity, each a pattern itself but the first characters."""

    first: set[str]
    prefix: str
    suffix: str
    between: str
    unit: str
    other: str


def _patterns(words: _QuantityWords) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What matches a number with a listed unit, and one with any short unit."""
    # Most characters begin no quantity: they are passed over before any word is tried.
    first = "".join(re.escape(char) for char in sorted(words.first))
    prefix, between, units = words.prefix, words.between, words.unit
    digits = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
    unit = rf"{units}(?:[（(](?!含)[一-龥]{{1,3}}[)）])?(?:[/·](?:{units}|[一-龥]))*"
    # An amount in two parts is one: 3亿2000万元, 1万2500元.
    high = (
        rf"(?:(?P<high>{digits})(?:亿元?零?(?={digits}万)|万(?=\d{{4}}(?!\d|[.,]\d|\s?[万亿]))))?"
    )
    sign = r"(?P<sign>(?:(?<![\d一-龥%])|(?<=[为是达约至到]))-|(?<=[一-龥])[▲△▼]-?)?"
    number = rf"{sign}{high}(?P<number>{digits})"
    scale = rf"\s?(?P<more>{between})?(?P<scale>万亿|[万亿])?(?P<more2>{between})?\s?"
    head = rf"(?P<prefix>{prefix}\s?(?:{prefix})?)?\s?"
    end = (
        rf"(?P<second>\s?[-~～—至到]{{1,2}}\s?(?P<upper>{digits})\s?(?:[万亿])?(?P<unit2>{unit})?)?"
    )
    tail = rf"\s?(?P<suffix>{words.suffix})?"
    chinese = rf"(?P<chinese>{_CHINESE}{{1,5}})(?P<some>[余多几])(?P<scale_c>[万亿])?"
    head_c = head.replace("prefix", "prefix_c")
    return (
        re.compile(
            rf"(?=[{first}{_CHINESE[1:-1]}\d\s▲△▼-])(?<![A-Za-z\d.第])(?:{head}{number}{scale}(?!{words.other}|[⁰-⁹¹²³])(?P<unit>{unit})?{end}{tail}"
            rf"|{head_c}{chinese}(?P<unit_c>{unit}))"
        ),
        re.compile(
            rf"{head}{number}{scale}(?P<unit>(?![.．)）⁰-⁹¹²³])[^\d，。；、：\s]{{0,8}}?){tail}"
        ),
    )


def has_too_long(text: str) -> bool:
    """Whether more digits stand together in a text than a number has (`MAX_DIGITS`)."""
    return _TOO_LONG.search(text) is not None


def _decimal(digits: str) -> Decimal:
    return Decimal(digits.replace(",", ""))


def _plain(value: Decimal) -> Decimal:
    """16000.0 → 16000: no zeros that only come from multiplying."""
    return value.quantize(Decimal(1)) if value == value.to_integral() else value.normalize()


_TOO_LONG = re.compile(rf"\d(?:(?:,(?=\d{{3}}(?!\d))|\.)?\d){{{MAX_DIGITS}}}")
_COUNTS = re.compile(r"[\d余多几]")
"""No quantity is without one of these: most texts are told by that alone."""


def _is_date(plain: str, match: re.Match[str], unit: str) -> bool:
    digits = match.group("number") or ""
    if unit == "年" and (re.fullmatch(YEAR, digits) or match.group("upper")):
        return True
    return unit == "日" and "月" in plain[max(0, match.start() - 3) : match.start() + 1]


_LIST = re.compile(r"\d+(?:\.\d+)?(?:/\d+(?:\.\d+)?){2,}")
_BROKEN_WORD = re.compile(r"(?<=[一-龥])\s+(?=[一-龥])")
"""A unit cut by the edge of its cell; digits below each other may be two numbers."""
_INCLUSIVE = re.compile(r"[（(]含(?:本数|[≥≤]?[\d.,]+[^（）()\d]{0,3})?[)）]")
"""A remark that the number itself is meant too, which changes no comparison: 190张（含）."""
_DATE = re.compile(rf"{YEAR}年|\d+月(?:\d+日)?(?:底|前|末)?")
"""How a day is told: by its year or its month."""


def _date_like(plain: str) -> bool:
    return bool(_DATE.match(plain)) and not plain.endswith("%")
