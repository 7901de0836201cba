"""A question that the rules find nothing for, put in the words of the documents (换个问法).

A language model only chooses among the things that there are. The chosen one, as a new question,
goes through the same rules as any other and is offered beside the honest no, not answered unasked:
half of what a small model chooses is not what was asked.
"""

import logging
from collections.abc import Sequence

from assistant.errors import LanguageModelError
from assistant.language.wording import quoted, states
from assistant.llm.model import LanguageModel
from assistant.llm.vocabulary import NAME_PLACE, RestatingVocabulary
from assistant.types import QueryPlan

MAX_INDICATORS_OFFERED = 60
"""Maximum number of indicators a model chooses from; with more the question is left alone."""
_log = logging.getLogger(__name__)


class Restater:
    """Asks a question again in words that the documents use."""

    def __init__(self, model: LanguageModel, vocabulary: RestatingVocabulary) -> None:
        self._model = model
        self._standard = vocabulary.standard
        self._indicator = vocabulary.indicator

    def restate(self, plan: QueryPlan, who: str, names: Sequence[str]) -> str:
        """The question in words that the documents use; empty when nothing fits."""
        named = plan.exact or plan.absent or not all(map(states, plan.subjects))
        if named or not plan.subjects or len(names) > MAX_INDICATORS_OFFERED:
            return ""
        try:
            chosen = self._model.plan(plan.question, [*self._standard, *names])
        except LanguageModelError as error:
            _log.warning("%s", error)
            return ""
        question = self._standard.get(chosen) or self._indicator.replace(NAME_PLACE, quoted(chosen))
        return f"{who}{question}" if chosen else ""
