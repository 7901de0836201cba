"""The words of the forms (表种、表块与标签用语): what a title, a label or a short cell means.

All of it is data, `data/lexicon/forms.toml`; texts are compared without spaces and notes.
"""

import re
from functools import cache, lru_cache

from ingest.language.lexicon import pack_name, read_pack
from ingest.language.normalise import REMEMBERED, normalise, squeeze
from ingest.language.quantities import parse_value
from ingest.types.blocks import Form
from ingest.types.tables import ColumnRole

_NOTE = re.compile(r"[（(](?![一-龥][)）][一-龥])[^（）()]*[)）]")
"""A note in brackets; one character inside a name (因公出国（境）费) is part of it."""
_NUMBERING = re.compile(
    r"^(?:[一二三四五六七八九十]+、|[（(][一二三四五六七八九十]+[)）]|\d+[.、．])"
)


@lru_cache(maxsize=REMEMBERED)
def label_key(text: str) -> str:
    """A label without spaces, notes in brackets, numbering and colons: for comparing.

    >>> label_key("其中：一般公共预算 （万元）："), label_key("五、改进措施")
    ('一般公共预算', '改进措施')
    """
    key = _NUMBERING.sub("", squeeze(text)).removeprefix("其中").strip("：:;；，,。")
    bare = _NOTE.sub("", key)
    return bare or key


@cache
def _names(group: str) -> dict[str, str]:
    return {
        label_key(word): name
        for name, spec in read_pack("forms")[group].items()
        for word in spec["is"]
    }


@lru_cache(maxsize=REMEMBERED)
def section_of(text: str) -> str:
    """The form block that a text names (存在问题 → "problems"), or ""."""
    key = label_key(text)
    named = _names("sections").get(key, "")
    if named or not 4 <= len(key) <= LONGEST_SECTION:
        return named
    return next((name for name, like in _sections_like() if like.fullmatch(key)), "")


LONGEST_SECTION = 20
"""Characters of the longest name of a block, such as 下一步改进措施及有关工作建议."""


@cache
def _sections_like() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """The blocks whose names reports vary freely (下一步改进措施及工作建议)."""
    sections = read_pack("forms")["sections"]
    return tuple((n, re.compile(s["like"])) for n, s in sections.items() if "like" in s)


def section_name(section: str) -> str:
    """The usual Chinese name of a form block; "" for none."""
    spec = read_pack("forms")["sections"].get(section)
    return str(spec["is"][0]) if spec else ""


def label_of(text: str) -> ColumnRole | None:
    """The single fact that a label announces: 部门名称 → `ColumnRole.DEPARTMENT`."""
    return _labels().get(label_key(text))


@cache
def _labels() -> dict[str, ColumnRole]:
    return {
        word: pack_name(ColumnRole, name, f"labels.{name}")
        for word, name in _names("labels").items()
    }


@lru_cache(maxsize=REMEMBERED)
def form_of(title: str) -> Form:
    """The form that a title names, `Form.UNKNOWN` when it names none."""
    key = squeeze(title)
    for name, pattern in read_pack("forms")["forms"].items():
        if re.search(pattern, key):
            return Form(name)
    return Form.UNKNOWN


_NEXT_LABEL = re.compile(r"[ \t　]{2,}|[（(]?(?:金额)?单位[：:]|\s+\S{2,8}[：:]")


def first_value(text: str) -> str:
    """What stands behind a label, up to the next label on the same line.

    >>> first_value("柳川县交通局（盖章）   填报日期：3月5日 单位：万元")
    '柳川县交通局'
    """
    value = _NEXT_LABEL.split(normalise(text).strip(), maxsplit=1)[0]
    return _CODE.sub("", _SEAL.sub("", squeeze(value)))


_SEAL = re.compile(r"[（(](?:公?章|盖章|签章|公章)[)）]$|[\[【（(]\d{2,8}[)）】\]]$")
"""What may stand behind a department's name: a note for its seal, its code."""
_CODE = re.compile(r"^(?:[\[【（(]\d{2,8}[)）】\]]|\d{3,8}[-—]?(?=[一-龥]))")


@cache
def _placeholders() -> frozenset[str]:
    return frozenset(squeeze(w) for w in read_pack("forms")["placeholders"]["words"])


def is_placeholder(text: str) -> bool:
    """Whether a cell only marks that nothing is filled in (—, 无, /)."""
    key = squeeze(text)
    return not key or key in _placeholders()


_PHONE = re.compile(r"(?<!\d)(?:1[3-9]\d{9}|0\d{2,3}-?\d{7,8})(?!\d)")


@lru_cache(maxsize=REMEMBERED)
def is_people_line(text: str) -> bool:
    """Whether a text gives contact persons or telephone numbers of the form's authors."""
    key = normalise(text).strip()
    first = re.split(r"[：:\s]", key, maxsplit=1)[0]
    return section_of(first) == "people" or (len(key) < 40 and bool(_PHONE.search(key)))


@cache
def _levels() -> frozenset[str]:
    levels = read_pack("forms")["levels"]
    return frozenset((*levels["level1"], *levels["level2"]))


@lru_cache(maxsize=REMEMBERED)
def is_level(text: str) -> bool:
    """Whether a text names an indicator family (数量指标), not an indicator."""
    key = label_key(text)
    return key in _levels() or (key.endswith("指标") and len(key) <= 8)


@cache
def _qualitative() -> tuple[str, ...]:
    return tuple(read_pack("forms")["qualitative"]["words"])


@lru_cache(maxsize=REMEMBERED)
def looks_like_value(text: str) -> bool:
    """Whether a cell prints a target or actual value: a quantity or a short judgement."""
    key = squeeze(text)
    return parse_value(text) is not None or (len(key) <= 8 and key.startswith(_qualitative()))


_UNIT = re.compile(
    r"[（(]\s*(?:单位[：:])?\s*([亿万千百]?元)\s*[)）]"
    r"|(?:单位|金额)\s*[：:]\s*(?:人民币)?([亿万千百]?元)"
)


def unit_in(text: str) -> str:
    """The unit of amounts that a heading announces (（万元）, 单位：元), or ""."""
    match = _UNIT.search(normalise(text))
    return (match.group(1) or match.group(2)) if match else ""


_ANNOUNCED = re.compile(r"(?:单位|金额|币种)[：:](?:人民币)?([亿万千百]?元)(?=$|[）)。：:；;，,])")


def unit_announced(text: str) -> str:
    """The unit that a line announces for the amounts below it, or "".

    A sentence may end so (见下表，单位：万元); a heading may (预算执行情况（万元）).
    """
    key = squeeze(text)
    found = _ANNOUNCED.search(key[-LONGEST_ANNOUNCED:]) or _ANNOUNCED.search(
        key[:LONGEST_ANNOUNCED]
    )
    return found.group(1) if found else unit_in(text) if len(key) <= LONGEST_ANNOUNCED else ""


LONGEST_ANNOUNCED = 30
"""So near to either end of a line it announces a unit."""
