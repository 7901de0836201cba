"""改进措施: concrete steps against each headed problem, the department's own first, and who does
what by when in one table (责任分工)."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from assistant.assessment.status import StatusRules, direction
from assistant.drafting.doubts import about
from assistant.drafting.execution import FULL, Execution
from assistant.drafting.material import Line, Material, has_digit
from assistant.drafting.matters import Matter, Problem
from assistant.drafting.measure_library import (
    CausePattern,
    IndicatorFamily,
    MeasureLibrary,
    MeasurePattern,
)
from assistant.drafting.misses import reason_source
from assistant.drafting.paragraphs import (
    NUMERALS,
    Block,
    Style,
    attained,
    cited,
    clause,
    completion_phrase,
    goal_phrase,
    paragraph,
    quotation,
    tabled,
)
from assistant.drafting.problems import MARKED_DOWN, OVERSPENT, SLOW, SLOW_SPENDING
from assistant.drafting.self_report import Item, alike, shared
from assistant.drafting.slow_tasks import USUAL_RATE
from assistant.drafting.types import Cause
from assistant.drafting.vocabulary import DraftingVocabulary
from assistant.grounding.citations import Source, Statement
from assistant.grounding.composition import TableOfAnswers
from assistant.language.numbers import plain
from assistant.language.wording import goal, quoted, unquoted
from assistant.types import Calculation, Finding, Status

MIN_SHARED_RUN = 4
"""Minimum length, in characters, of a run that a problem and a measure about it share."""
SHARED_TOPIC_SCORE = 3
"""Score added where a problem and a measure share a topic."""
SAID_ALREADY = 0.5
"""Share of words, from 0 to 1, at which the department itself means to do what a pattern says."""
REPEATED = 0.8
"""Share of words, from 0 to 1, at which two steps say the same."""
MAX_REASON_QUOTED = 24
"""Maximum length, in characters, of a reason that a step quotes."""
MAX_TARGETS_TO_SET = 4
"""Maximum number of targets that are proposed to be set anew, one by one."""
STATED = "部门自查"
"""The kind of problems by the library that the department only states."""
DUTY_COLUMNS = ("序号", "对应问题", "责任单位", "完成时限", "佐证材料")


@dataclass(frozen=True, slots=True)
class Measure:
    """The steps against one headed problem, and whether the department proposed one of them."""

    problem: Problem
    blocks: tuple[Block, ...]
    own: tuple[Item, ...]
    proofs: tuple[str, ...]


@dataclass(frozen=True)
class Measures:
    """Answers each headed problem: the department's own steps first, then those that fit it."""

    material: Material
    style: Style
    rules: StatusRules
    vocabulary: DraftingVocabulary
    library: MeasureLibrary
    problems: Sequence[Problem]
    execution: Execution

    @property
    def rate(self) -> Calculation | None:
        """The rate at which the whole budget was spent, None where it is not known."""
        return self.execution.rate

    @cached_property
    def _proposed(self) -> tuple[Item, ...]:
        """The department's measures, without what was reached already."""
        items = self.material.self_report.get("measures", ())
        kept = (replace(item, text=self.execution.unreached(item.text)) for item in items)
        return tuple(item for item in kept if clause(item.text))

    @property
    def _spends_well(self) -> bool:
        """Whether the whole spends well enough to be what its slow tasks are to reach."""
        return self.rate is not None and USUAL_RATE <= self.rate.result <= FULL

    @cached_property
    def all(self) -> tuple[Measure, ...]:
        """One answer a problem, in the order of the problems."""
        return tuple(self._answer(problem) for problem in self.problems)

    def heading(self, problem: Problem) -> str:
        """The heading over the measures: by the topic where there is one matter, by the cause."""
        items = [item for matter in problem.matters for item in matter.items]
        found = [self.library.topic(item.text) for item in items]
        topics = {topic.title if topic else "" for topic in found}
        alone = len(items) == len(problem.matters) and not any(m.names for m in problem.matters)
        if len(topics) == 1 and alone and (title := topics.pop()):
            return title
        if problem.heading == self.vocabulary.missed:
            return self.vocabulary.missed_answer
        if all(MARKED_DOWN in matter.kinds for matter in problem.matters):
            return self.vocabulary.missed_answer  # of whatever level they are
        if all(OVERSPENT in matter.kinds for matter in problem.matters):
            return self.vocabulary.overspent_answer
        return self.vocabulary.answers[problem.cause]

    def plans(self) -> list[Block]:
        """What the department plans beside: its measures that answer no problem of this report."""
        matched = {id(item) for items in self._matched.values() for item in items}
        return [
            paragraph(*quotation(item, self._whose()), "。")
            for item in self._proposed
            if id(item) not in matched
        ]

    # -- the department's own ----------------------------------------------------------------------

    @cached_property
    def _matched(self) -> dict[int, list[Item]]:
        """The department's measures, by the number of the problem that each fits best."""
        by_problem: dict[int, list[Item]] = {}
        for item in self._proposed:
            scores = [self._fit(problem, item) for problem in self.problems]
            best = max(scores, default=0)
            if best >= SHARED_TOPIC_SCORE:
                by_problem.setdefault(scores.index(best), []).append(item)
        return by_problem

    def _fit(self, problem: Problem, item: Item) -> int:
        """The score of a measure for a problem: the longest run they share, and their topics."""
        return max((self._fit_one(matter, item) for matter in problem.matters), default=0)

    def _fit_one(self, matter: Matter, item: Item) -> int:
        texts = [line.name for line in matter.lines] + [stated.text for stated in matter.items]
        run = max((shared(text, item.text) for text in texts), default=0)
        stated = [stated.text for stated in matter.items]
        if matter.cause is Cause.EXECUTION:
            stated.append(SLOW_SPENDING)
        on_topic = any(self.library.is_answered(text, item.text) for text in stated)
        return (run if run >= MIN_SHARED_RUN else 0) + (SHARED_TOPIC_SCORE if on_topic else 0)

    def _whose(self) -> str:
        return f"（{self.style.department_phrase}提出）" if self.style.reviewing else ""

    # -- wording -----------------------------------------------------------------------------------

    def _answer(self, problem: Problem) -> Measure:
        own = _once(self._matched.get(self.problems.index(problem), []))
        steps = [paragraph(*quotation(item, self._whose()), "。") for item in own]
        proofs: list[str] = []
        for block, proof in self._steps(problem, own):
            steps.append(block)
            proofs += proof.split("；")
        if not proofs:
            items = [item for matter in problem.told for item in matter.items]
            topics = [self.library.topic(item.text) for item in (*items, *own)]
            known = [topic.pattern.proof for topic in topics if topic]
            proofs = known[:1] or [self.library.kinds[STATED].proof]
        intended = [m.intended for m in problem.told if m.intended is not None]
        proposed = (*own, *intended)
        return Measure(problem, tuple(steps), proposed, tuple(dict.fromkeys(proofs)))

    def _steps(self, problem: Problem, own: Sequence[Item]) -> Iterable[tuple[Block, str]]:
        """The steps that fit the matters, those of one kind together, each with its proof."""
        found: dict[str, list[Finding]] = {}
        for matter in problem.told:
            if matter.finding is not None:
                found.setdefault(matter.finding.code, []).append(matter.finding)
        for code, findings in found.items():
            wording = self.library.findings[code]
            lead = wording.lead.format(name="、".join(map(about, findings)))
            yield paragraph(f"{lead}。"), wording.proof
        for matter in problem.told:
            if problem.cause is Cause.EXECUTION and matter.names:
                wording = self.library.findings[SLOW]
                lead = wording.lead.format(name=matter.names)
                until = "，使其预算执行率不低于部门整体水平" if self._spends_well else ""
                yield paragraph(f"{lead}{until}。"), wording.proof
        groups: dict[tuple[str, ...], list[tuple[Matter, Line]]] = {}
        for matter in problem.told:
            for line in matter.lines if not matter.kinds else ():
                groups.setdefault(self._alike(problem, matter, line), []).append((matter, line))
        for group in groups.values():
            patterns = [self._pattern(problem, line) for _, line in group]
            proofs = dict.fromkeys(pattern.proof for pattern in patterns)
            yield self._for_missed(patterns[0], [m for m, _ in group]), "；".join(proofs)
        yield from self._for_small(problem)
        seen: set[str] = set()
        for matter in problem.told:
            for pattern in self._patterns(matter, own):
                lead = pattern.lead.format(name=matter.names or quoted(matter.label))
                if lead not in seen:
                    seen.add(lead)
                    named = has_digit(lead) and "{name}" in pattern.lead
                    sources = [item.source for item in matter.items] if named else []
                    yield paragraph(cited(f"{lead}。", *sources)), pattern.proof

    def _alike(self, problem: Problem, matter: Matter, line: Line) -> tuple[str, ...]:
        """What one step answers: a known cause of any family, or one reason, by its family."""
        intended = matter.intended.text if matter.intended else ""
        if causes := self._causes(matter):
            return (*(cause.action for cause in causes), intended)
        pattern = self._pattern(problem, line)
        why = _in_short(matter.reason) if line.deviation else ""
        return pattern.lead, pattern.proof, why, intended

    def _for_missed(
        self, pattern: IndicatorFamily | MeasurePattern, matters: Sequence[Matter]
    ) -> Block:
        """One step for indicators of one family that were missed for one cause.

        What the department itself means to do comes first, and is not said again in our words;
        where a cause is known, the step answers it, else it is what reaches such indicators.
        """
        lines = [line for matter in matters for line in matter.lines]
        causes = self._causes(matters[0])
        lead = pattern.lead
        known = (pattern.known if isinstance(pattern, IndicatorFamily) else "") or lead
        intended = _once(m.intended for m in matters if m.intended is not None)
        said = "".join(item.text for item in intended)
        actions = [c.action for c in causes if alike(c.action, said) < SAID_ALREADY]
        reason = [] if causes else self._against(matters)
        if not causes:
            actions = [known if reason or intended else lead]
        names = "、".join(quoted(line.name) for line in lines)
        named = [line.goal_source for line in lines if has_digit(line.name)]
        retarget = any(cause.retarget for cause in causes)
        unexplained = all(matter.unexplained for matter in matters)
        out: list[Statement | str] = []
        told = "{name}" in "".join(actions)
        if intended:
            out.append(cited(f"针对{names}，", *named))
            for number, item in enumerate(intended):
                out += ["；" if number else "", *quotation(item)]
            out.append("；同时，" if actions else "")
        elif unexplained:
            out.append(cited(f"先查明{names}未达标的原因，再", *named))
        elif retarget:
            out.append(cited(f"对{names}，", *named))
        else:
            out += reason
        if pointed := bool(intended) or unexplained or retarget:
            names = "该指标" if len(lines) == 1 else "上述指标"
        until = [] if retarget else self._until(lines, pointed or told)
        if not (pointed or told or until):
            out.append(cited(f"对{names}，", *named))
        if actions:
            out.append(cited("，".join(actions).format(name=names), *named))
        out += until
        return paragraph(*out, "。")

    @staticmethod
    def _against(matters: Sequence[Matter]) -> list[Statement | str]:
        """The reason that a step answers, in the department's words where they are short."""
        lines = [line for matter in matters for line in matter.lines if line.deviation is not None]
        reason = _in_short(matters[0].reason)
        if not reason or not lines:
            return []
        return [cited(f"针对“{unquoted(reason)}”的情况，", reason_source(lines[0]))]

    def _until(self, lines: Sequence[Line], told: bool) -> list[Statement | str]:
        """Which targets a step is to reach: 使“甲”不低于5公里、“乙”不低于76场."""
        out: list[Statement | str] = []
        before = ""
        for line in lines:
            if line.goal is None or not line.goal.values:
                continue
            name = "该指标" if told and len(lines) == 1 else quoted(line.name)
            downward = direction(line.row, self.rules) < 0
            phrase = goal_phrase(line.goal, downward, name)
            verb = phrase[:1]
            alike_one = verb == before == "使"
            joint = "、" if alike_one else "，"
            out.append(cited(f"{joint}{phrase[1:] if alike_one else phrase}", line.goal_source))
            before = verb
        return out

    def _for_small(self, problem: Problem) -> Iterable[tuple[Block, str]]:
        """One step for each family of the lesser misses, which a table holds."""
        groups: dict[tuple[str, str], list[Line]] = {}
        for matter in problem.small:
            pattern = self._pattern(problem, matter.lines[0])
            groups.setdefault((pattern.lead, pattern.proof), []).extend(matter.lines)
        for (lead, proof), lines in groups.items():
            names = "、".join(quoted(line.name) for line in lines)
            sources = [line.goal_source for line in lines if has_digit(line.name)]
            step = cited(lead.format(name=names), *sources)
            yield paragraph(step, *self._until(lines, told=len(lines) == 1), "。"), proof

    def _patterns(self, matter: Matter, own: Sequence[Item]) -> Iterable[MeasurePattern]:
        """What answers a matter that is no missed indicator and no finding."""
        yield from (self.library.kinds[kind] for kind in matter.kinds)
        if matter.lines or matter.finding is not None or matter.kinds:
            return
        if not matter.items and not matter.names:  # slow spending that nobody states
            yield self.library.slow_spending
        for item in matter.items:
            topic = self.library.topic(item.text)
            pattern = topic.pattern if topic else self.library.kinds[STATED]
            if matter.names and pattern == self.library.slow_spending:
                continue  # the slow tasks are told how by name
            said = (one.text for one in own if self.library.is_answered(item.text, one.text))
            if not any(alike(pattern.lead, one) >= SAID_ALREADY for one in said):
                yield pattern

    # -- the library of patterns -------------------------------------------------------------------

    def _pattern(self, problem: Problem, line: Line) -> IndicatorFamily | MeasurePattern:
        """What reaches an indicator: of its family, or against slow spending."""
        slow = problem.cause is Cause.EXECUTION
        return self.library.slow_spending if slow else self._family(line)

    def _family(self, line: Line) -> IndicatorFamily:
        upward = direction(line.row, self.rules) > 0
        return self.library.family(line.name, line.family, upward=upward)

    def _causes(self, matter: Matter) -> tuple[CausePattern, ...]:
        """The first pattern that the words of a reason fit, if any does.

        Of a target of none (no accident) nothing is to be set anew.
        """
        goals = [line.goal.value for line in matter.lines if line.goal is not None]
        none = bool(goals) and not any(goals)
        families = {self._family(line).name for line in matter.lines}
        fits = (
            cause
            for cause in self.library.causes_in(matter.reason)
            if not (cause.retarget and none)
            and all(not named or families <= {*named} for named in (cause.only, cause.suits))
        )
        first = next(fits, None) if matter.reason else None
        return (first,) if first else ()

    # -- who does what by when, and next year's targets --------------------------------------------

    def duties(self) -> Block:
        """Who answers for which problem, by when, with which proof; blanks stand here alone."""
        rows = tuple(
            (
                Statement(f"（{NUMERALS[number]}）"),
                Statement(measure.problem.heading, self._sources(measure.problem)),
                self._owner(measure),
                self._deadline(measure),
                Statement("；".join(measure.proofs)),
            )
            for number, measure in enumerate(self.all)
        )
        return tabled("责任分工", TableOfAnswers(DUTY_COLUMNS, rows))

    @staticmethod
    def _sources(problem: Problem) -> tuple[Source, ...]:
        """The rows that a heading names, where their names hold numbers."""
        if not has_digit(problem.heading):
            return ()
        told = problem.told[0]
        return tuple(source for one in told.block.statements for source in one.sources)

    def _owner(self, measure: Measure) -> Statement:
        """The unit that a measure or a form names, else a blank."""
        owners: dict[str, Source] = {}
        for item in measure.own:
            if found := self.vocabulary.owner_stated.search(item.text):
                owners.setdefault(clause(found.group()).removeprefix("由"), item.source)
        if owners:
            return cited("；".join(owners), *dict.fromkeys(owners.values()))
        records = [
            self.material.documents.get(line.row.document_id)
            for matter in measure.problem.matters
            for line in matter.lines
        ]
        units = dict.fromkeys(record.operator if record else "" for record in records)
        carried = [unit for unit in units if unit and unit != self.material.department]
        if carried and len(carried) < len(units):  # the rest is the department's own
            return Statement(f"{'、'.join(carried)}；其余{self.style.blank('owner')}")
        return Statement("、".join(carried) or self.style.blank("owner"))

    def _deadline(self, measure: Measure) -> Statement:
        """The time that a measure states, else a proposal by the year of budgeting."""
        for item in measure.own:
            if self.vocabulary.deadline_stated.search(item.text):
                return Statement("按所列措施")
        return Statement(self.vocabulary.deadlines[measure.problem.cause])

    def targets_to_set(self) -> list[Block]:
        """Targets far exceeded, to be set anew next year, with the numbers that speak for it.

        Those that were set too high stand among the measures.
        """
        exceeded = (line for line in self.material.reported if line.status is Status.EXCEEDED)
        shares = [(line, attained(line)) for line in exceeded if line.goal is not None]
        return [
            paragraph(
                cited(f"{quoted(line.name)}目标为{goal(line.goal)}", line.goal_source),
                cited(f"，{completion_phrase(line)}", line.actual_source),
                f"，为目标的{plain(share.result)}%，目标值偏低，建议编制下一年度绩效目标时"
                "按近年实际完成水平重新测算。",
                calculations=[share],
            )
            for line, share in shares[:MAX_TARGETS_TO_SET]
            if share is not None and line.goal is not None
        ]


def _in_short(reason: str) -> str:
    """The first clauses of a reason, as far as a step can quote them; "" where it cannot."""
    whole = clause(reason).removeprefix("原因是")
    ends = [m.start() for m in re.finditer(r"[，。；]", whole)] + [len(whole)]
    return whole[: max((end for end in ends if end <= MAX_REASON_QUOTED), default=0)]


def _once(items: Iterable[Item]) -> list[Item]:
    """The items without those that repeat another."""
    kept: list[Item] = []
    for item in items:
        if not any(alike(item.text, known.text) >= REPEATED for known in kept):
            kept.append(item)
    return kept
