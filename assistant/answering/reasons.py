"""Answers to why an indicator fell short (未完成原因): what the forms give as the reason."""

from collections.abc import Iterable, Sequence

from assistant.answering.context import AnswerContext
from assistant.answering.lookups import Lookups
from assistant.grounding.citations import Source, Statement, of_passage
from assistant.grounding.composition import Composition, refuse
from assistant.grounding.printed_values import sheet
from assistant.language.wording import quoted
from assistant.types import Match, QueryPlan
from ingest.types.facts import Indicator, Passage


class Reasons:
    """Words what became of an indicator, and the reason that a document gives for it."""

    def __init__(self, context: AnswerContext, lookups: Lookups) -> None:
        self._wording = context.wording
        self._lookups = lookups

    def compose(
        self, plan: QueryPlan, matches: Iterable[Match], passages: Sequence[Passage]
    ) -> Composition:
        """Of each indicator its value, target, verdict and reason; `passages` speak of them too."""
        out: list[Statement] = []
        for match in matches:
            if not match.indicators:
                continue
            found = sheet(match)
            name = f"{self._wording.who(match.department, match.year)}{quoted(match.subject)}"
            out += self._lookups.completion(plan, found, name)
            row = next((i for i in match.indicators if i.deviation.strip()), None)
            if row is not None:
                out += [_told(row), Statement("。\n")]
                continue
            said = [p for p in passages if p.department == match.department]
            for passage in said:
                told = passage.text.rstrip("。")
                out += [Statement(f"文中写明：“{told}”", (of_passage(passage),)), Statement("。\n")]
            if not said:
                out.append(Statement("表中没有说明原因。\n"))
        return Composition(tuple(out)) if out else refuse("资料中没有相关指标。")


def _told(row: Indicator) -> Statement:
    told = row.deviation.strip()
    source = Source(row.document_id, row.location, told, (), row.department, row.year)
    return Statement(f"填报的原因是：“{told}”", (source,))
