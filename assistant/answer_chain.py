"""Answering as LangChain's Runnable (LangChain 链): question in, checked answer out.

The engine stays the one way to an answer. What it does for a question (help, compose, and within
that retrieve, read and weigh, then verify) runs as Runnables while this drives it, so that
callbacks, tracers and `astream_events` see every step; nothing is imported or paid for where nobody
asks so.
"""

from collections.abc import Callable, Mapping
from typing import Any

from langchain_core.runnables import Runnable, RunnableConfig, RunnableLambda

from assistant.service import Assistant
from assistant.steps import driven_by
from assistant.types import Answer

Question = str | Mapping[str, Any]
"""The words of a question, or they and what it is limited to: the keys are those of `ask`."""


class AnswerChain(Runnable[Question, Answer]):
    """An Assistant in chains of others; `invoke`, `batch`, `stream` and their async kin."""

    name: str | None = "jiwen"

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant

    def invoke(
        self, input: Question, config: RunnableConfig | None = None, **kwargs: Any
    ) -> Answer:
        """The checked answer, as `Assistant.ask` gives it."""
        return self._call_with_config(self._answered, input, config, **kwargs)

    def _answered(self, asked: Question) -> Answer:
        given = {"question": asked} if isinstance(asked, str) else asked
        with driven_by(_as_runnable):
            return self._assistant.ask(**given)


def _as_runnable(name: str, work: Callable[[Any], Any], given: Any) -> Any:
    """Runs a step as a Runnable of its name, below the one that runs now."""
    return RunnableLambda(work, name=name).invoke(given)
