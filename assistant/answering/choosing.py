"""All that may be told to a question, and how probably each is right (拟答与权衡)."""

from collections.abc import Sequence
from dataclasses import replace

from assistant.answering.arbiter import SURE_FROM, Arbiter, ranked
from assistant.answering.asked import Asked
from assistant.answering.context import AnswerContext
from assistant.answering.exactness import is_exact
from assistant.answering.proposals import Proposal, Way, of_plan
from assistant.answering.read_answers import ReadAnswers
from assistant.answering.read_cards import ReadCard
from assistant.answering.reckonings import Reckonings
from assistant.answering.row_queries import RowQueries
from assistant.answering.situation import Situation
from assistant.grounding.composition import Composition
from assistant.questions.operations import Operation
from assistant.steps import step
from assistant.types import Dimension
from ingest.records.record_reader import RecordReader
from ingest.types.cards import BETWEEN_PARTS

MAX_HEARD = 200
"""Maximum number of characters of what may be told that are read against the question."""
Ranked = list[tuple[Proposal, float]]
"""Proposals that may be told, the best first, with how probably each is right."""


class Chooser:
    """Gathers what plan, tables, places and reckonings propose, and has it weighed."""

    def __init__(
        self,
        records: RecordReader,
        reading: ReadAnswers,
        rows: RowQueries,
        reckonings: Reckonings,
        arbiter: Arbiter,
    ) -> None:
        self._records = records
        self._reading = reading
        self._rows = rows
        self._reckonings = reckonings
        self._arbiter = arbiter

    def ranked(
        self, asked: Asked, planned: Composition, context: AnswerContext
    ) -> tuple[Ranked, list[ReadCard]]:
        """The proposals, and the cards that were read for them. What takes time is looked for only
        where nothing is surely right so far."""
        plan, reading = asked.plan, self._reading
        lacks = planned.abstained or reading.lacks(asked, planned)
        proposals = [] if lacks else [of_plan(plan, planned)]
        read, more = self._found(asked, reading.read(asked), context)
        proposals += more
        ranges = isinstance(plan.focus, Dimension)  # of what is told of all, one row is no answer
        exactly = planned.abstained and (is_exact(plan) or ranges)
        proposals += reading.quotes(asked, read, exactly=exactly)
        heard: dict[str, float] = {}
        best = self._weighed(asked, read, proposals, context, heard)
        if not _is_sure(best) and asked.scope.departments:
            # a name may be that of a row or of a place, too, and not only of a body
            beyond = replace(asked, scope=replace(asked.scope, departments=()))
            elsewhere, more = self._found(beyond, reading.read(beyond), context)
            read = reading.together(read, elsewhere)
            proposals += filter(_is_of_row, more)
            best = self._weighed(asked, read, proposals, context, heard)
        more = [] if _is_sure(best) else [*self._reckonings.proposals(asked, read, context)]
        if more:
            best = self._weighed(asked, read, [*proposals, *more], context, heard)
        return best, read

    def _found(
        self, asked: Asked, read: list[ReadCard], context: AnswerContext
    ) -> tuple[list[ReadCard], list[Proposal]]:
        """What was read, with the rows that tables have of what is named; and what both propose."""
        fits = self._rows.fits(asked, read, context)
        read = self._reading.beside(asked, read, self._rows.named(fits))
        told = [*self._rows.proposals(asked, fits, read, context)]
        return read, [*told, *self._reading.proposals(asked, read, context)]

    def _weighed(
        self,
        asked: Asked,
        read: Sequence[ReadCard],
        proposals: Sequence[Proposal],
        context: AnswerContext,
        heard: dict[str, float],
    ) -> Ranked:
        """Those that may be told. `heard` keeps how sure the reader is of each text."""
        unlike = {(one.way is Way.QUOTE, one.text): one for one in reversed(proposals)}
        told = [*reversed(unlike.values())]
        said = (statement for one in told for statement in one.composition.statements)
        ids = {id for one in said for source in one.sources for id in source.figure_ids}
        figures = {one.id: one for one in self._records.figures_by_id(sorted(ids))}
        texts = [_heard(one, context) for one in told]
        new = [text for text in dict.fromkeys(texts) if text not in heard]
        heard |= zip(new, self._reading.hear(asked, new), strict=True)
        sures = [heard[text] for text in texts]
        situation = Situation(asked, told, read, figures, context.documents, sures)
        best = ranked(situation, step("weigh", self._arbiter.weigh, situation))
        return [(one, share) for one, share in best if not self._is_other(asked, one)]

    def _is_other(self, asked: Asked, one: Proposal) -> bool:
        """Whether it is about another thing than the one named word by word, or tells one value
        where several are to be reckoned with."""
        if one.way not in (Way.PLAN, Way.QUOTE) and not asked.is_said_by(one.text):
            return True
        limits = self._reading.thresholds
        single = one.way in (Way.ROWS, Way.CARD) and Operation.LOOKUP in one.does
        sure = one.card is not None and one.card.sure >= limits.sure_from
        return single and not sure and asked.wants_many(limits.wanted_from)


def _is_sure(best: Ranked) -> bool:
    """Whether something is surely right."""
    return bool(best) and best[0][1] >= SURE_FROM


def _is_of_row(one: Proposal) -> bool:
    """Whether it tells of the one row of a table that the question names."""
    groups = one.rows.fit.groups if one.rows else ()
    return len(groups) == 1 and len(groups[0].rows) == 1 and groups[0].by_name


def _heard(one: Proposal, context: AnswerContext) -> str:
    """What may be told, written as the reader reads a card: title and body."""
    sources = (source for told in one.composition.statements for source in told.sources)
    first = next(sources, None)
    title = context.documents[first.document_id].title if first else ""
    return BETWEEN_PARTS.join(filter(None, (title, one.text[:MAX_HEARD])))
