"""How measures are worded, by indicator, cause, problem and finding (measures.toml, 改进措施).

`{name}` in a wording is the quoted name of the indicators; a proof is the material that usually
shows that a measure was carried out.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from assistant.drafting.types import Cause
from ingest.language.packs import PackTable

_PLACEHOLDERS = ("name",)
KINDS = ("无法核实", "未填报", "数据疑点", "失分", "超预算", "部门自查")


@dataclass(frozen=True, slots=True)
class MeasurePattern:
    """The wording of a measure, and the material that proves it."""

    lead: str
    proof: str


@dataclass(frozen=True, slots=True)
class IndicatorFamily:
    """Indicators that one measure fits: by words typical of the name, or any words at last."""

    name: str
    names: tuple[str, ...]
    words: tuple[str, ...]
    lead: str
    known: str
    """What is done where the reason is named before it, "" where it is as without one."""
    proof: str
    downward: bool
    """Whether only indicators of which less is better belong to it."""


@dataclass(frozen=True, slots=True)
class CausePattern:
    """The action against a cause that contains one of the words.

    `retarget`: the target may be reset; `only` names the families that it can be the cause of,
    `suits` those that the action fits, whatever else it may be the cause of; all where it is empty.
    """

    words: tuple[str, ...]
    action: str
    retarget: bool
    only: tuple[str, ...]
    suits: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ProblemTopic:
    """A topic of stated problems: `problem` are words of the problems, `answer` of the measures.

    `title` heads the measures against a problem of this topic alone.
    """

    name: str
    cause: Cause
    problem: tuple[str, ...]
    answer: tuple[str, ...]
    title: str
    pattern: MeasurePattern


@dataclass(frozen=True, slots=True)
class FindingWording:
    """A check's finding: its kind, and what to do.

    `doubt`: it says that figures do not agree; `told`: a report says so, too, where it is grave.
    """

    label: str
    lead: str
    proof: str
    doubt: bool
    told: bool


@dataclass(frozen=True, slots=True)
class MeasureLibrary:
    """Wordings of measures; families, causes and topics in the order in which they are tried."""

    families: tuple[IndicatorFamily, ...]
    causes: tuple[CausePattern, ...]
    kinds: Mapping[str, MeasurePattern]
    """What was filled in badly (无法核实), the rest of the indicators, what is only stated."""
    topics: tuple[ProblemTopic, ...]
    findings: Mapping[str, FindingWording]
    """By the code of the check, the gravest first; other codes are not looked at."""

    @classmethod
    def from_pack(cls, pack: PackTable) -> "MeasureLibrary":
        """The pack `measures`; raises PackError where it is wrong."""
        kinds, findings = pack.table("kinds"), pack.table("findings")
        library = cls(
            families=tuple(map(_family, pack.tables("families"))),
            causes=tuple(map(_cause, pack.tables("causes"))),
            kinds={kind: _pattern(kinds.table(kind)) for kind in KINDS},
            topics=tuple(map(_topic, pack.tables("topics"))),
            findings={code: _finding(findings.table(code)) for code in findings},
        )
        if not library.families or "" not in library.families[-1].words:
            pack.fail("families", '的最后一类应适用于所有指标（words = [""]）')
        if not any(topic.cause is Cause.EXECUTION for topic in library.topics):
            pack.fail("topics", "应有一类的 cause 是“执行进度”")
        pack.reject_unread()
        return library

    def family(self, name: str, second: str, *, upward: bool) -> IndicatorFamily:
        """By words typical of the name, the second-level name of a form, or any word at last."""
        families = [f for f in self.families if not (upward and f.downward)]
        for family in families:
            if any(word in name for word in family.names):
                return family
        for family in families if second else ():
            if family.name and family.name[:2] in second:
                return family
        return next(f for f in families if any(word in name for word in f.words))

    def causes_in(self, reason: str) -> list[CausePattern]:
        """The patterns whose words stand in a reason, in their order."""
        return [cause for cause in self.causes if any(word in reason for word in cause.words)]

    def is_answered(self, problem: str, answer: str) -> bool:
        """Whether no topic fits an answer better than that of the problem."""
        topic = self.topic(problem)
        said = {t.name: sum(word in answer for word in t.answer) for t in self.topics}
        return topic is not None and 0 < said[topic.name] == max(said.values())

    def topic(self, text: str) -> ProblemTopic | None:
        """What a stated problem is about: the topic with most words in it, None where none has."""
        scored = [(sum(word in text for word in t.problem), t) for t in self.topics]
        most, topic = max(scored, key=lambda pair: pair[0])
        return topic if most else None

    @property
    def slow_spending(self) -> MeasurePattern:
        """The measure against slow spending."""
        return next(t.pattern for t in self.topics if t.cause is Cause.EXECUTION)


def _family(table: PackTable) -> IndicatorFamily:
    return IndicatorFamily(
        name=table.text("name"),
        names=table.words("names", default=()),
        words=table.words("words"),
        lead=_wording(table, "lead"),
        known=_wording(table, "known") if "known" in table else "",
        proof=table.text("proof"),
        downward=table.flag("downward", default=False),
    )


def _cause(table: PackTable) -> CausePattern:
    return CausePattern(
        words=table.words("words"),
        action=_wording(table, "action"),
        retarget=table.flag("retarget", default=False),
        only=table.words("only", default=()),
        suits=table.words("suits", default=()),
    )


def _topic(table: PackTable) -> ProblemTopic:
    return ProblemTopic(
        name=table.text("name"),
        cause=table.member("cause", Cause),
        problem=table.words("problem"),
        answer=table.words("answer"),
        title=table.text("title"),
        pattern=_pattern(table),
    )


def _finding(table: PackTable) -> FindingWording:
    return FindingWording(
        label=table.text("label"),
        lead=_wording(table, "lead"),
        proof=table.text("proof"),
        doubt=table.flag("doubt", default=False),
        told=table.flag("told", default=False),
    )


def _pattern(table: PackTable) -> MeasurePattern:
    return MeasurePattern(lead=_wording(table, "lead"), proof=table.text("proof"))


def _wording(table: PackTable, key: str) -> str:
    return table.template(key, placeholders=_PLACEHOLDERS)
