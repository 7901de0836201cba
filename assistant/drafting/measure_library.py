"""How measures are worded, by indicator, cause, problem and finding (measures.toml, 改进措施).

`{name}` in a wording is the quoted name of the indicator. A pace is one of `paces`; a proof is the
material that usually shows that a measure was carried out.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from assistant.drafting.types import ProblemKind
from ingest.language.packs import PackTable

_PLACEHOLDERS = ("name",)


@dataclass(frozen=True, slots=True)
class MeasurePattern:
    """The wording of a measure, its pace, and the material that proves it."""

    lead: str
    pace: str
    proof: str


@dataclass(frozen=True, slots=True)
class IndicatorFamily:
    """Indicators that one measure fits: by words typical of the name, or any words at last."""

    name: str
    names: tuple[str, ...]
    words: tuple[str, ...]
    lead: str
    proof: str
    downward: bool
    """Whether only indicators of which less is better belong to it."""


@dataclass(frozen=True, slots=True)
class CausePattern:
    """The action against a cause that contains one of the words.

    `retarget`: the target is to be reset.
    """

    words: tuple[str, ...]
    action: str
    retarget: bool


@dataclass(frozen=True, slots=True)
class ProblemTopic:
    """A topic of stated problems: `problem` are words of the problems, `answer` of the measures."""

    name: str
    problem: tuple[str, ...]
    answer: tuple[str, ...]
    pattern: MeasurePattern


@dataclass(frozen=True, slots=True)
class FindingWording:
    """A check's finding as a problem; `unless_unmet`: not where the indicator already is one."""

    label: str
    lead: str
    proof: str
    unless_unmet: bool


@dataclass(frozen=True, slots=True)
class MeasureLibrary:
    """Wordings of measures; families, causes and topics in the order in which they are tried."""

    paces: tuple[str, ...]
    families: tuple[IndicatorFamily, ...]
    causes: tuple[CausePattern, ...]
    kinds: Mapping[ProblemKind, MeasurePattern]
    """All kinds of problems but missed targets, which go by family and cause."""
    unmet_pace: str
    topics: tuple[ProblemTopic, ...]
    findings: Mapping[str, FindingWording]
    """By the code of the check; other codes are no problems of a report."""

    @classmethod
    def from_pack(cls, pack: PackTable) -> "MeasureLibrary":
        """The pack `measures`; raises PackError where it is wrong."""
        paces = pack.words("paces")
        kinds, findings = pack.table("kinds"), pack.table("findings")
        library = cls(
            paces=paces,
            families=tuple(map(_family, pack.tables("families"))),
            causes=tuple(map(_cause, pack.tables("causes"))),
            kinds={
                kind: _pattern(kinds.table(kind.value), paces)
                for kind in ProblemKind
                if kind is not ProblemKind.UNMET
            },
            unmet_pace=_pace(kinds.table(ProblemKind.UNMET.value), paces),
            topics=tuple(_topic(table, paces) for table in pack.tables("topics")),
            findings={code: _finding(findings.table(code)) for code in findings},
        )
        if not library.families or "" not in library.families[-1].words:
            pack.fail("families", '的最后一类应适用于所有指标（words = [""]）')
        pack.reject_unread()
        return library


def _family(table: PackTable) -> IndicatorFamily:
    return IndicatorFamily(
        name=table.text("name"),
        names=table.words("names", default=()),
        words=table.words("words"),
        lead=_wording(table, "lead"),
        proof=table.text("proof"),
        downward=table.flag("downward", default=False),
    )


def _cause(table: PackTable) -> CausePattern:
    return CausePattern(
        words=table.words("words"),
        action=_wording(table, "action"),
        retarget=table.flag("retarget", default=False),
    )


def _topic(table: PackTable, paces: tuple[str, ...]) -> ProblemTopic:
    return ProblemTopic(
        name=table.text("name"),
        problem=table.words("problem"),
        answer=table.words("answer"),
        pattern=_pattern(table, paces),
    )


def _finding(table: PackTable) -> FindingWording:
    return FindingWording(
        label=table.text("label"),
        lead=_wording(table, "lead"),
        proof=table.text("proof"),
        unless_unmet=table.flag("unless_unmet", default=False),
    )


def _pattern(table: PackTable, paces: tuple[str, ...]) -> MeasurePattern:
    return MeasurePattern(
        lead=_wording(table, "lead"), pace=_pace(table, paces), proof=table.text("proof")
    )


def _pace(table: PackTable, paces: tuple[str, ...]) -> str:
    pace = table.text("pace")
    return pace if pace in paces else table.fail("pace", f"应为{'、'.join(paces)}之一")


def _wording(table: PackTable, key: str) -> str:
    return table.template(key, placeholders=_PLACEHOLDERS)
