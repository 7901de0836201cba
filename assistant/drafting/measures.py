"""改进措施: one measure a problem, verb first, with what the documents do not say left blank."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assistant.assessment.status import StatusRules, direction
from assistant.drafting.material import Line, Material
from assistant.drafting.measure_library import (
    CausePattern,
    IndicatorFamily,
    MeasureLibrary,
    MeasurePattern,
)
from assistant.drafting.paragraphs import (
    Block,
    Style,
    cited,
    clause,
    goal_phrase,
    paragraph,
    quotation,
)
from assistant.drafting.problems import Problem, about
from assistant.drafting.self_report import Item, shared
from assistant.drafting.types import ProblemKind
from assistant.drafting.vocabulary import DraftingVocabulary
from assistant.grounding.citations import Statement
from assistant.language.wording import quoted, unquoted

MIN_SHARED_RUN = 4
"""Minimum length, in characters, of a run that a problem and a measure about it share."""
SHARED_TOPIC_SCORE = 3
"""Score added for each topic that a problem and a measure share."""


@dataclass(frozen=True, slots=True)
class Measure:
    """The measure against one problem, its pace, and whether the department proposed it."""

    problem: Problem
    pace: str
    block: Block
    proposed: bool


@dataclass(frozen=True, slots=True)
class Measures:
    """Pairs problems with measures: the department's own where it has one, else by pattern."""

    material: Material
    style: Style
    rules: StatusRules
    vocabulary: DraftingVocabulary
    library: MeasureLibrary

    def all(self, problems: Sequence[Problem]) -> tuple[Measure, ...]:
        """One measure a problem, in the order of the problems."""
        proposals = self._matched(problems)
        return tuple(
            self._of(problem, proposals.get(number, [])) for number, problem in enumerate(problems)
        )

    def others(self, problems: Sequence[Problem]) -> list[Block]:
        """The department's measures that fit no problem, each marked as its proposal."""
        matched = {id(item) for items in self._matched(problems).values() for item in items}
        return [
            paragraph(
                *quotation(item, f"（{self.style.department_phrase}提出）"),
                f"。对应问题：{self.style.blank('problem')}；{self._duties(item.text)}。",
            )
            for item in self.material.self_report.get("measures", ())
            if id(item) not in matched
        ]

    # -- the department's own ----------------------------------------------------------------------

    def _matched(self, problems: Sequence[Problem]) -> dict[int, list[Item]]:
        """The department's measures, by the index of the problem that each fits best."""
        by_problem: dict[int, list[Item]] = {}
        for item in self.material.self_report.get("measures", ()):
            scores = [self._fit(problem, item) for problem in problems]
            best = max(scores, default=0)
            if best >= SHARED_TOPIC_SCORE:
                by_problem.setdefault(scores.index(best), []).append(item)
        return by_problem

    def _fit(self, problem: Problem, item: Item) -> int:
        """The score of a measure for a problem: the length of their shared run and their topics."""
        texts = [line.name for line in problem.lines] or [problem.item.text if problem.item else ""]
        run = max(shared(text, item.text) for text in texts)
        score = run if run >= MIN_SHARED_RUN else 0
        if problem.kind is ProblemKind.STATED and problem.item is not None:
            score += SHARED_TOPIC_SCORE * len(self._topics(problem.item.text, item.text))
        return score

    def _topics(self, problem: str, answer: str) -> list[str]:
        return [
            topic.name
            for topic in self.library.topics
            if any(word in problem for word in topic.problem)
            and any(word in answer for word in topic.answer)
        ]

    # -- wording -----------------------------------------------------------------------------------

    def _of(self, problem: Problem, proposals: Sequence[Item]) -> Measure:
        match problem.kind:
            case ProblemKind.UNMET:
                return self._for_indicator(problem, proposals)
            case ProblemKind.STATED if proposals:
                return self._adopted(problem, proposals)
            case _:
                return self._by_pattern(problem, proposals)

    def _for_indicator(self, problem: Problem, proposals: Sequence[Item]) -> Measure:
        """The measure by the family of the indicator and the cause that the form gives."""
        line = problem.lines[0]
        family = self._family(line)
        causes = self._causes(problem.cause)
        retarget = any(cause.retarget for cause in causes)
        # A target that has to be set anew is not to be pursued as it stands.
        patterns = [*([] if retarget else [family.lead]), *(cause.action for cause in causes)]
        action = "，".join(patterns).format(name=quoted(line.name))
        goal = line.goal
        out: list[Statement | str] = [action]
        if retarget and goal is not None:
            out = [cited(action, line.goal_source)]
        if goal is not None and not retarget:
            downward = direction(line.row, self.rules) < 0
            out.append(cited(f"，{goal_phrase(goal, downward)}", line.goal_source))
        out.append(f"（对应问题：{problem.label}）。")
        intended = [problem.intended_measure] if problem.intended_measure else []
        statements = [*intended, *proposals]
        out += self._also(statements)
        duties = self._duties(" ".join(item.text for item in statements))
        out.append(f"{duties}；佐证材料：{family.proof}。")
        return Measure(problem, self.library.unmet_pace, paragraph(*out), bool(statements))

    def _adopted(self, problem: Problem, proposals: Sequence[Item]) -> Measure:
        """The department's own measures, word by word."""
        pattern = self._pattern(problem)
        out: list[Statement | str] = []
        for number, item in enumerate(proposals):
            out += ["；" if number else "", *quotation(item)]
        proposed = " ".join(item.text for item in proposals)
        out.append(f"（{self.style.department_phrase}提出，对应问题：{problem.label}）。")
        goal_blank = f"量化目标：{self.style.blank('goal')}；"
        quantified = any(c.isdigit() for c in proposed)
        lead = "" if quantified else goal_blank
        out.append(f"{lead}{self._duties(proposed)}；佐证材料：{pattern.proof}。")
        return Measure(problem, pattern.pace, paragraph(*out), True)

    def _by_pattern(self, problem: Problem, proposals: Sequence[Item]) -> Measure:
        pattern = self._pattern(problem)
        lead = pattern.lead.format(name=about(problem.finding) if problem.finding else "")
        out: list[Statement | str] = [f"{lead}（对应问题：{problem.label}）。"]
        out += self._also(proposals)
        goal_blank = ""
        if problem.kind is ProblemKind.STATED:
            goal_blank = f"量化目标：{self.style.blank('goal')}；"
        proposed = " ".join(item.text for item in proposals)
        out.append(f"{goal_blank}{self._duties(proposed)}；佐证材料：{pattern.proof}。")
        # The label of the problem may contain the number of its indicators.
        calculations = problem.block.calculations if problem.lines else ()
        return Measure(
            problem, pattern.pace, paragraph(*out, calculations=calculations), bool(proposals)
        )

    def _also(self, proposals: Iterable[Item]) -> list[Statement | str]:
        """The department's proposals, quoted and cited."""
        out: list[Statement | str] = []
        for number, item in enumerate(proposals):
            lead = "；" if number else f"{self.style.department_phrase}已提出："
            out.append(cited(f"{lead}“{unquoted(clause(item.text))}”", item.source))
        return [*out, "。"] if out else []

    def _duties(self, proposed: str) -> str:
        """Owner and deadline: blanks, unless the department's own words state them."""
        parts = []
        if not self.vocabulary.owner_stated.search(proposed):
            parts.append(f"责任单位：{self.style.blank('owner')}")
        if not self.vocabulary.deadline_stated.search(proposed):
            parts.append(f"完成时限：{self.style.blank('deadline')}")
        return "；".join(parts) or "责任单位和完成时限按上述措施执行"

    # -- the library of patterns -------------------------------------------------------------------

    def _family(self, line: Line) -> IndicatorFamily:
        """By words typical of the name, the second-level name of a form, or any word at last."""
        upward = direction(line.row, self.rules) > 0
        families = [f for f in self.library.families if not (upward and f.downward)]
        for family in families:
            if any(word in line.name for word in family.names):
                return family
        if line.family:
            for family in families:
                if family.name and family.name[:2] in line.family:
                    return family
        return next(f for f in families if any(word in line.name for word in f.words))

    def _causes(self, cause: str) -> list[CausePattern]:
        """The first pattern that the cause's words fit, if any does."""
        fits = (c for c in self.library.causes if any(word in cause for word in c.words))
        first = next(fits, None) if cause else None
        return [first] if first else []

    def _pattern(self, problem: Problem) -> MeasurePattern:
        """By the code of the finding, or the topic with most words in the department's text."""
        by_kind = self.library.kinds[problem.kind]
        if problem.finding is not None:
            wording = self.library.findings[problem.finding.code]
            return MeasurePattern(wording.lead, by_kind.pace, wording.proof)
        if problem.item is None or not self.library.topics:
            return by_kind
        text = problem.item.text
        words = [
            (sum(word in text for word in topic.problem), topic) for topic in self.library.topics
        ]
        count, topic = max(words, key=lambda pair: pair[0])
        return topic.pattern if count else by_kind
