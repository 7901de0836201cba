"""Spreadsheet number formats (数字格式): the text a reader sees for a stored value.

0.9507 under `0.00%` is 95.07%, 6637.27 under `#,##0.00` is 6,637.27, a day count under
`yyyy"年"m"月"` is 2024年3月.
"""

import re
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|!(?P<forced>.)|_(?P<space>.)|\*(?P<fill>.)'
    r"|\[(?P<bracket>[^\]]*)\]|(?P<ampm>AM/PM|A/P|上午/下午)"
    r"|(?P<date>[yY]+|[mM]+|[dD]+|[hH]+|[sS]+(?:\.0+)?|a{3,4})"
    r"|(?P<number>[0#?][0#?,]*(?:\.[0#?]*)?(?:[eE][+-]0+)?,*|\.[0#?]+,*)"
    r"|(?P<general>General|G/通用格式)|(?P<text>@)|(?P<other>.)",
    re.IGNORECASE | re.DOTALL,
)
CURRENCY = re.compile(r"\$([^-]*)")
ELAPSED = re.compile(r"^(h+|m+|s+)$", re.IGNORECASE)
GENERAL_WIDTH = 11
"""Maximum number of characters that Excel gives an unformatted number."""
MAX_DIGITS = 15
"""Number of digits that Excel keeps."""
NEGATIVE_SIGNS = frozenset("-−－–(（▲△▼负减")
WEEKDAYS = "一二三四五六日"
EPOCH = datetime(1899, 12, 30)
EPOCH_1904 = datetime(1904, 1, 1)

Token = tuple[str, str]


def render(value: float | int | str | bool, code: str, *, from_1904: bool = False) -> str:
    """The printed text of a stored value under a number format code.

    >>> render(0.9507, "0.00%"), render(6637.27, "#,##0.00"), render(-83.61, "0.0_);(0.0)")
    ('95.07%', '6,637.27', '(83.6)')
    >>> render(-83.61, "0.00;[Red]0.00"), render(123456789012, "General")
    ('-83.61', '123456789012')
    >>> render(45376, 'yyyy"年"m"月"d"日"'), render(0.1 + 0.2, "General"), render(98, '0"分"')
    ('2024年3月25日', '0.3', '98分')
    """
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    sections = _sections(code)
    if isinstance(value, str):
        section = sections[3] if len(sections) > 3 else sections[-1]
        if not any(kind == "text" for kind, _ in section) or len(section) == 1:
            return value
        return _words(section, value)
    number = Decimal(f"{value:.15g}")
    section, shown = _choose(sections, number)
    if any(kind == "date" for kind, _ in section) or _is_elapsed(section):
        return _dated(section, shown, EPOCH_1904 if from_1904 else EPOCH)
    printed = _numbered(section, shown)
    # What is negative by its colour alone reads as positive where there is no colour.
    unsigned = number < 0 < shown and NEGATIVE_SIGNS.isdisjoint(printed)
    return f"-{printed}" if unsigned and not _is_nothing(printed) else printed


def _is_nothing(printed: str) -> bool:
    """Whether a printed number shows no digit but zeros."""
    return not any(character.isdigit() and character != "0" for character in printed)


@lru_cache(maxsize=1024)
def _sections(code: str) -> tuple[tuple[Token, ...], ...]:
    sections: list[list[Token]] = [[]]
    for match in TOKEN.finditer(code or "General"):
        kind = match.lastgroup or "other"
        text = match.group(kind)
        if kind == "other" and text == ";":
            sections.append([])
        else:
            sections[-1].append((kind, text))
    return tuple(tuple(section) for section in sections)


def _choose(
    sections: tuple[tuple[Token, ...], ...], number: Decimal
) -> tuple[tuple[Token, ...], Decimal]:
    """The section that applies, and the number it prints (a section of its own drops the minus)."""
    if any(kind == "text" for kind, _ in sections[-1]) and len(sections) > 1:
        sections = sections[:-1]
    if number < 0 and len(sections) > 1:
        return sections[1], -number
    if number == 0 and len(sections) > 2:
        return sections[2], number
    return sections[0], number


def _numbered(section: tuple[Token, ...], number: Decimal) -> str:
    percent = sum(text == "%" for kind, text in section if kind == "other")
    pattern = "".join(text for kind, text in section if kind == "number")
    if "?" in pattern and ("other", "/") in section:  # a fraction: 1/4 is printed as 0.25
        return general(number)
    scaled = number * (Decimal(100) ** percent)
    scaled /= Decimal(1000) ** (len(pattern) - len(pattern.rstrip(",")))
    pattern = pattern.rstrip(",")
    printed = _digits(abs(scaled), pattern)
    parts: list[str] = []
    for kind, text in section:
        if kind in ("general", "text"):
            parts.append(general(abs(scaled)))
        elif kind == "number":
            # A pattern in pieces (0!.0,"万") fills its places from the right over all of them.
            pattern = pattern[len(text) :]
            cut = len(printed) - sum(character in "0#?" for character in pattern)
            parts.append(printed[:cut])
            printed = printed[cut:]
        else:
            parts.append(_literal(kind, text))
    body = "".join(parts)
    return f"-{body}" if scaled < 0 and not _is_nothing(body) else body


def _digits(number: Decimal, pattern: str) -> str:
    """The digits of a non-negative number under one pattern of 0, # and ?."""
    if "e" in pattern.lower():
        places = len(pattern.lower().split("e")[0].partition(".")[2])
        mantissa, exponent = f"{number:.{places}E}".split("E")
        return f"{mantissa}E{int(exponent):+03d}"
    whole, _, fraction = pattern.partition(".")
    rounded = number.quantize(Decimal(1).scaleb(-len(fraction)), ROUND_HALF_UP)
    integer, _, decimals = f"{rounded:f}".partition(".")
    least = fraction.rfind("0") + 1
    decimals = decimals[:least] + decimals[least:].rstrip("0")
    integer = integer.lstrip("0").rjust(whole.replace(",", "").count("0"), "0")
    if "," in whole and integer:
        integer = f"{int(integer):,}".rjust(len(integer), "0")
    return integer + ("." + decimals if "." in pattern else "")


def general(number: Decimal) -> str:
    """A number as an unformatted cell prints it: at most eleven characters wide.

    A longer whole number is told in full, where Excel shows 1.23457E+11 for want of room.
    """
    plain = f"{number.normalize():f}" if number else "0"
    whole = len(plain.partition(".")[0])
    if len(plain) <= GENERAL_WIDTH or GENERAL_WIDTH < whole == len(plain) <= MAX_DIGITS:
        return plain
    if whole > GENERAL_WIDTH or abs(number) < Decimal("1e-9"):
        mantissa, exponent = f"{number:.5E}".split("E")
        return f"{mantissa.rstrip('0').rstrip('.')}E{int(exponent):+03d}"
    places = max(GENERAL_WIDTH - whole - 1, 0)
    fitted = number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    return f"{fitted.normalize():f}"


def _literal(kind: str, text: str) -> str:
    if kind == "bracket":
        currency = CURRENCY.match(text)
        return currency.group(1) if currency else ""
    if kind in ("fill", "space"):
        return ""
    return text


def _words(section: tuple[Token, ...], value: str) -> str:
    return "".join(value if kind == "text" else _literal(kind, text) for kind, text in section)


def _is_elapsed(section: tuple[Token, ...]) -> bool:
    return any(kind == "bracket" and ELAPSED.match(text) for kind, text in section)


def _dated(section: tuple[Token, ...], number: Decimal, epoch: datetime) -> str:
    try:
        moment = epoch + timedelta(days=float(number))
    except OverflowError:
        return general(number)
    moment = (moment + timedelta(milliseconds=500)).replace(microsecond=0)
    half_day = any(kind == "ampm" for kind, _ in section)
    parts: list[str] = []
    clock = ""  # the last date letter, as mm after hh or before ss is minutes
    letters = [text[0].lower() for kind, text in section if kind == "date"]
    seen = 0
    for kind, text in section:
        if kind == "bracket" and ELAPSED.match(text):
            per_day = {"h": 24, "m": 1440, "s": 86400}[text[0].lower()]
            parts.append(str(int(number * per_day)))
            clock = text[0].lower()
        elif kind == "ampm":
            parts.append(_half(text, moment.hour))
        elif kind == "date":
            letter = text[0].lower()
            following = letters[seen + 1] if seen + 1 < len(letters) else ""
            minutes = letter == "m" and len(text) < 3 and (clock == "h" or following == "s")
            parts.append(_date_part("minute" if minutes else letter, len(text), moment, half_day))
            clock, seen = letter, seen + 1
        elif kind == "number":
            continue
        else:
            parts.append(_literal(kind, text))
    return "".join(parts)


def _half(text: str, hour: int) -> str:
    first, _, second = text.partition("/")
    return first if hour < 12 else second


def _date_part(letter: str, width: int, moment: datetime, half_day: bool) -> str:
    if letter == "a":
        name = WEEKDAYS[moment.weekday()]
        return name if width == 3 else f"星期{name}"
    if letter == "y":
        return f"{moment.year % 100:02d}" if width <= 2 else f"{moment.year:04d}"
    hour = (moment.hour % 12 or 12) if half_day else moment.hour
    numbers = {
        "m": moment.month,
        "d": moment.day,
        "h": hour,
        "minute": moment.minute,
        "s": moment.second,
    }
    if letter in "md" and width >= 3:
        names = moment.strftime("%b %B %a %A").split()
        return names[(0 if letter == "m" else 2) + (width > 3)]
    return f"{numbers[letter]:02d}" if width >= 2 else str(numbers[letter])
