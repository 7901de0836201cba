"""The words of the forms (表种、表块与标签用语): what a title, a label or a column's head means.

All of it is data, `data/lexicon/forms.toml`; texts are compared without spaces and notes.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ingest.language.normalise import normalise, one_line, squeeze
from ingest.language.packs import PackTable
from ingest.types.blocks import Form
from ingest.types.tables import ColumnRole, FormSection, TableKind

EXACT, LIKE = 3.0, 1.5
"""How surely a head plays a role: to the letter as listed, or as a pattern describes it."""
RANK = 0.001
"""What each place further down the list takes from it: the surest words are listed first."""
MAX_SECTION_LENGTH = 20
"""Characters of the longest name of a block, such as 下一步改进措施及有关工作建议."""
MAX_FAMILY_LENGTH = 8
"""Characters of the longest name of an indicator family that no pack lists."""

_NOTE = re.compile(r"[（(](?![一-龥][)）][一-龥])[^（）()]*[)）]")
"""A note in brackets; one character inside a name (因公出国（境）费) is part of it."""
_NUMBERING = re.compile(
    r"^(?:[一二三四五六七八九十]+、|[（(][一二三四五六七八九十]+[)）]|\d+[.、．])"
)


def label_key(text: str) -> str:
    """A label without spaces, notes in brackets, numbering and colons: for comparing.

    >>> label_key("其中：一般公共预算 （万元）："), label_key("五、改进措施")
    ('一般公共预算', '改进措施')
    """
    key = _NUMBERING.sub("", squeeze(text)).removeprefix("其中").strip("：:;；，,。")
    bare = _NOTE.sub("", key)
    return bare or key


@dataclass(frozen=True, slots=True)
class ColumnWords:
    """The heads of a column that plays one role."""

    ranks: Mapping[str, int]
    """The listed words with their rank."""
    like: re.Pattern[str] | None
    term: str
    """The budget term of the column, whatever its head is called; "" where the head says it."""

    def score(self, key: str) -> float:
        """How surely a head plays the role; 0 where it does not."""
        if key in self.ranks:
            return EXACT - RANK * self.ranks[key]
        return LIKE if self.like and self.like.search(key) else 0.0


@dataclass(frozen=True, slots=True)
class KindWords:
    """The heads of a kind of table, and the roles it needs: of each group one of its own."""

    require: tuple[frozenset[ColumnRole], ...]
    columns: Mapping[ColumnRole, ColumnWords]

    def scores(self, key: str) -> tuple[tuple[ColumnRole, float], ...]:
        """The roles that a head may play, and how surely."""
        scored = ((role, column.score(key)) for role, column in self.columns.items())
        return tuple((role, score) for role, score in scored if score)


@dataclass(frozen=True, slots=True)
class SectionWords:
    """The names of a form's blocks."""

    listed: Mapping[str, FormSection]
    like: tuple[tuple[FormSection, re.Pattern[str]], ...]
    """The blocks whose names reports vary freely (下一步改进措施及工作建议)."""
    names: Mapping[FormSection, str]
    """The usual name of each block."""

    def find(self, key: str) -> FormSection | None:
        """The block that a label names (存在问题 → `FormSection.PROBLEMS`)."""
        listed = self.listed.get(key)
        if listed or not 4 <= len(key) <= MAX_SECTION_LENGTH:
            return listed
        return next((section for section, like in self.like if like.fullmatch(key)), None)


@dataclass(frozen=True, slots=True)
class AmountWords:
    """What an amount is (金额用语)."""

    twins: tuple[str, ...]
    """Terms with one for what was planned and one, 支出, for what was spent."""
    spent: re.Pattern[str]
    """How a label ends that is no budget term, over what was spent."""
    budget: re.Pattern[str]
    """How one ends over what was planned."""


@dataclass(frozen=True, slots=True)
class TitleWords:
    """How titles are made (标题用语)."""

    leads: re.Pattern[str]
    """What stands before a department."""
    form: re.Pattern[str]
    """The words of the form, which end a department's name."""
    ends: tuple[str, ...]
    """How titles end that name no form."""


@dataclass(frozen=True, slots=True, eq=False)
class FormVocabulary:
    """All that `forms.toml` says; texts are given as `label_key` or `squeeze` make them."""

    forms: tuple[tuple[Form, re.Pattern[str]], ...]
    papers: tuple[tuple[Form, re.Pattern[str]], ...]
    """Kinds of papers that are no form, by how their titles end."""
    kinds: Mapping[TableKind, KindWords]
    sections: SectionWords
    labels: Mapping[str, ColumnRole]
    """Labels of single facts about the form (部门名称), with what their value is."""
    amounts: AmountWords
    titles: TitleWords
    both: re.Pattern[str]
    """A cell that holds an indicator's target and then its actual value."""
    totals: tuple[str, ...]
    """How the label of a row of money ends that sums up the others."""
    levels: frozenset[str]
    """Standard indicator families."""
    instructions: re.Pattern[str]
    """Cues of a sentence that tells how to fill in the form."""
    placeholders: frozenset[str]
    """What stands in a cell where nothing is filled in."""
    done: frozenset[str]
    """How prose says that something is, or is not, done."""
    done_leads: tuple[str, ...]
    """How such prose begins."""
    qualitative: tuple[str, ...]
    """Words that may be the whole of a target or of an actual value."""

    @classmethod
    def from_pack(cls, pack: PackTable) -> "FormVocabulary":
        """The words of a pack; raises PackError for what is missing, wrong or unknown."""
        levels = pack.table("levels")
        amounts, titles = pack.table("amounts"), pack.table("titles")
        completion = pack.table("completion")
        kinds = pack.table("kinds")
        cues = pack.table("instructions").words("cues")
        vocabulary = cls(
            forms=_titled(pack.table("forms")),
            papers=_titled(pack.table("papers")),
            kinds={
                kind: _kind(kinds.table(name)) for name, kind in kinds.members(TableKind).items()
            },
            sections=_sections(pack.table("sections")),
            labels=_labels(pack.table("labels")),
            amounts=AmountWords(
                amounts.words("twins"), amounts.pattern("spent"), amounts.pattern("budget")
            ),
            titles=TitleWords(
                titles.pattern("leads"), titles.pattern("form"), titles.words("ends")
            ),
            both=_both(pack.table("shared")),
            totals=pack.table("totals").words("ends"),
            levels=frozenset((*levels.words("level1"), *levels.words("level2"))),
            instructions=re.compile("|".join(map(re.escape, cues))),
            placeholders=frozenset(map(squeeze, pack.table("placeholders").words("words"))),
            done=frozenset(map(squeeze, completion.words("done"))),
            done_leads=completion.words("lead"),
            qualitative=pack.table("qualitative").words("words"),
        )
        pack.reject_unread()
        return vocabulary

    def form(self, title: str) -> Form:
        """The form that a title without spaces names, `Form.UNKNOWN` when it names none."""
        return next((form for form, pattern in self.forms if pattern.search(title)), Form.UNKNOWN)

    def paper(self, title: str) -> Form:
        """What a document of this title is, paper or form: a notice about a form is a notice."""
        bare = _NOTES.sub("", title)
        found = (form for form, pattern in self.papers if pattern.search(bare))
        return next(found, None) or self.form(title)

    def is_level(self, key: str) -> bool:
        """Whether a label names an indicator family (数量指标), not an indicator."""
        return key in self.levels or (key.endswith("指标") and len(key) <= MAX_FAMILY_LENGTH)

    def term_of(self, kind: TableKind, role: ColumnRole) -> str:
        """The budget term of a column of money, where its role alone says which; else ""."""
        column = self.kinds[kind].columns.get(role)
        return column.term if column else ""


def _titled(table: PackTable) -> tuple[tuple[Form, re.Pattern[str]], ...]:
    return tuple((table.named(name, name, Form), table.pattern(name)) for name in table)


_NOTES = re.compile(r"(?:[（(][^（）()]*[)）])+$|[》”。]+$")
"""What may stand behind the words that say what a document is: （试行）."""


def _kind(table: PackTable) -> KindWords:
    columns = table.table("columns")
    return KindWords(
        tuple(
            frozenset(table.named("require", role, ColumnRole) for role in group)
            for group in table.word_lists("require")
        ),
        {role: _column(columns.table(name)) for name, role in columns.members(ColumnRole).items()},
    )


def _column(table: PackTable) -> ColumnWords:
    return ColumnWords(
        {label_key(word): rank for rank, word in enumerate(table.words("is"))},
        table.pattern("like") if "like" in table else None,
        table.text("term", default=""),
    )


def _sections(table: PackTable) -> SectionWords:
    tables = [(section, table.table(name)) for name, section in table.members(FormSection).items()]
    words = {section: one.words("is") for section, one in tables}
    return SectionWords(
        {label_key(word): section for section, listed in words.items() for word in listed},
        tuple((section, one.pattern("like")) for section, one in tables if "like" in one),
        {section: listed[0] for section, listed in words.items()},
    )


def _labels(table: PackTable) -> dict[str, ColumnRole]:
    return {
        label_key(word): role
        for name, role in table.members(ColumnRole).items()
        for word in table.table(name).words("is")
    }


def _both(table: PackTable) -> re.Pattern[str]:
    target, actual = table.pattern("target").pattern, table.pattern("actual").pattern
    return re.compile(
        rf"\s*(?:{target})[：:为]?\s*(?P<target>\S.*?)\s*[；;，,、\n/]\s*"
        rf"(?:{actual})[：:为]?\s*(?P<actual>\S.*?)[。；;]?\s*",
        re.DOTALL,
    )


_LABEL = re.compile(r"(?<![^\s|；;，,。)）】\]])([一-龥（）()、/]{2,20}?)\s*[：:]")
"""A label in a line: words at its start or behind a blank or mark, and a colon."""
_BEHIND_VALUE = " \t　\n|；;，,。"
Span = tuple[int, int]


def labels_in(line: str) -> list[tuple[Span, Span]]:
    """Where the labels of a line stand, each with what stands behind it up to the next.

    >>> line = "项目名称：河道清淤；主管部门：某县水务局"
    >>> [(line[slice(*label)], line[slice(*value)]) for label, value in labels_in(line)]
    [('项目名称', '河道清淤'), ('主管部门', '某县水务局')]
    """
    plain = normalise(line)
    if ":" not in plain and "：" not in plain:
        return []
    labels = list(_LABEL.finditer(plain))
    ends = [*(label.start() for label in labels[1:]), len(plain)]
    spans = []
    for label, end in zip(labels, ends, strict=False):
        value = plain[label.end() : end]
        start = label.end() + len(value) - len(value.lstrip())
        spans.append((label.span(1), (start, max(start, label.end() + len(_whole(value))))))
    return spans


def _whole(value: str) -> str:
    return value.rstrip(_BEHIND_VALUE)


_NEXT_LABEL = re.compile(r"[ \t　]{2,}|[（(]?(?:金额)?单位[：:]|\s+\S{2,8}[：:]")


def first_value(text: str) -> str:
    """What stands behind a label, up to the next label on the same line.

    >>> first_value("柳川县交通局（盖章）   填报日期：3月5日 单位：万元")
    '柳川县交通局'
    """
    value = _NEXT_LABEL.split(normalise(text).strip(), maxsplit=1)[0]
    return _CODE.sub("", _SEAL.sub("", squeeze(value)))


def project_name(text: str) -> str:
    """The name of a project without the code that a system prints before it; "" for a code alone.

    >>> project_name("P2021000417-河道清淤"), project_name("000412239901")
    ('河道清淤', '')
    """
    return _MACHINE_CODE.sub("", one_line(normalise(text)).strip())


_MACHINE_CODE = re.compile(
    r"^(?:[\[【（(][A-Z\d]*\d{2}[A-Z\d-]*[\])）】]|[\[【（(]?[A-Z]{0,4}\d[\dA-Z]{5,}(?:[-_][\dA-Z]+)*[\])）】]?"
    r"(?:[-—_:：、\s]+|(?=[^\d年月.,，%])|$))+"
)
"""Codes of at least six characters, digits among them, that open a name."""

_SEAL = re.compile(r"[（(](?:公?章|盖章|签章|公章)[)）]$|[\[【（(]\d{2,8}[)）】\]]$")
"""What may stand behind a department's name: a note for its seal, its code."""
_CODE = re.compile(r"^(?:[\[【（(]\d{2,8}[)）】\]]|\d{3,8}[-—_ ]?(?=[一-龥]))")


_UNIT = re.compile(
    r"[（(]\s*(?:单位[：:])?\s*([亿万千百]?元)\s*[)）]"
    r"|(?:单位|金额)\s*[：:]\s*(?:人民币)?([亿万千百]?元)"
)


def unit_in(text: str) -> str:
    """The unit of amounts that a heading announces (（万元）, 单位：元), or ""."""
    match = _UNIT.search(normalise(text))
    return (match.group(1) or match.group(2)) if match else ""


def is_money_unit(text: str) -> bool:
    """Whether a cell holds a unit of money and nothing else (万元)."""
    return _MONEY_UNIT.fullmatch(text) is not None


_MONEY_UNIT = re.compile("[亿万千百]?元")
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


def only_announces_unit(text: str) -> bool:
    """Whether a text says no more than the unit of the amounts below it (（单位：万元）)."""
    return _ANNOUNCED.fullmatch(squeeze(text).strip("（）()")) is not None


LONGEST_ANNOUNCED = 30
"""So near to either end of a line it announces a unit."""
