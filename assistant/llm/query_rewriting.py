"""A question that the rules find nothing for, put in the words of the documents (换个问法).

A language model only chooses among the things that there are. The chosen one, as a new question,
goes through the same rules as any other and is offered beside the honest no, not answered unasked:
half of what a small model chooses is not what was meant.
"""

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from assistant.errors import LanguageModelError
from assistant.language.wording import quoted, states
from assistant.llm.model import LanguageModel
from assistant.types import QueryPlan

MOST = 60
"""So many indicators are shown to choose from; with more the question is left alone."""
_log = logging.getLogger(__name__)


class Restater:
    """Asks a question again in words that the documents use."""

    def __init__(self, model: LanguageModel, pack: Mapping[str, Any]) -> None:
        self._model = model
        self._standard: dict[str, str] = pack["standard"]
        self._indicator: str = pack["indicator"]

    def restate(self, plan: QueryPlan, who: str, names: Sequence[str]) -> str:
        """The question in words that the documents use; empty when nothing fits."""
        named = plan.exact or plan.absent or not all(map(states, plan.subjects))
        if named or not plan.subjects or len(names) > MOST:
            return ""
        try:
            chosen = self._model.plan(plan.question, [*self._standard, *names])
        except LanguageModelError as error:
            _log.warning("%s", error)
            return ""
        asked = self._standard.get(chosen) or self._indicator.replace("〔〕", quoted(chosen))
        return f"{who}{asked}" if chosen else ""
