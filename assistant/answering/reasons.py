"""Answers to why an indicator fell short (未完成原因): the reasons that the forms give."""

from collections.abc import Iterable, Sequence

from assistant.answering.context import AnswerContext
from assistant.answering.lookups import Lookups
from assistant.grounding.citations import Source, Statement, of_passage
from assistant.grounding.composition import Composition, refuse
from assistant.grounding.printed_values import sheet
from assistant.grounding.quotation import in_sentences
from assistant.language.wording import quoted
from assistant.types import Match, QueryPlan
from ingest.types.facts import Indicator, Passage

STATED = "填报的原因是："
TEXT_SAYS = "文中写明："
NOT_STATED = "表中没有说明原因。"


def gives_reason(answer: Composition) -> bool:
    """Whether an answer tells a reason, as a row or a text beside it gives it."""
    return any(one.text.startswith((STATED, TEXT_SAYS)) for one in answer.statements)


class Reasons:
    """Words the completion of an indicator, and the reason that a document gives for it."""

    def __init__(self, context: AnswerContext, lookups: Lookups) -> None:
        self._wording = context.wording
        self._lookups = lookups

    def compose(
        self, plan: QueryPlan, matches: Iterable[Match], passages: Sequence[Passage]
    ) -> Composition:
        """Value, target, verdict and reason of each indicator; `passages` may give reasons too."""
        statements: list[Statement] = []
        for match in matches:
            if not match.indicators:
                continue
            printed = sheet(match)
            name = f"{self._wording.who(match.department, match.year)}{quoted(match.subject)}"
            statements += self._lookups.completion(plan, printed, name)
            if stated := self.stated(match):
                statements += stated
                continue
            department_passages = [p for p in passages if p.department == match.department]
            for passage in department_passages:
                text = passage.text.rstrip("。")
                statements += [
                    Statement(f"{TEXT_SAYS}“{text}”", (of_passage(passage),)),
                    Statement("。\n"),
                ]
            if not department_passages:
                statements.append(Statement(NOT_STATED + "\n"))
        return Composition(tuple(statements)) if statements else refuse("资料中没有相关指标。")

    def stated(self, match: Match) -> list[Statement]:
        """The reason that a row of the indicator gives in its cell for reasons, if one does."""
        row = next((i for i in match.indicators if i.deviation.strip()), None)
        return [*_stated_reason(row), Statement("。\n")] if row else []


def _stated_reason(row: Indicator) -> list[Statement]:
    """The reason as the form gives it, each of its sentences with its source."""
    reason = row.deviation.strip().rstrip("。")
    source = Source(row.document_id, row.location, reason, (), row.department, row.year)
    first, *rest = in_sentences(reason)
    pieces = [f"{STATED}“{first}", *rest]
    return [
        Statement(piece + ("”" if at == len(rest) else ""), (source,))
        for at, piece in enumerate(pieces)
    ]
