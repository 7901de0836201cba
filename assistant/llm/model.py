"""The language model behind any OpenAI-compatible address: the only file with chat models (大模型).

It is asked for words, never for facts, and whatever goes wrong with it is a LanguageModelError:
the grounded answer stands. There is no network attempt where none is configured.
"""

import logging
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from functools import cached_property
from time import monotonic
from typing import TYPE_CHECKING, Self

from pydantic import BaseModel

from assistant.config import Settings
from assistant.errors import LanguageModelError, SettingsError
from assistant.llm.prompts import load
from assistant.time_limit import outside

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

NONE_OF_THEM = "无"
"""What a model says when none of the things it may choose is asked about."""
RETRY_AFTER_SECONDS = 30.0
"""How long a model that could not be reached is left alone: nobody waits for it again."""
# What langchain_openai and openai raise on an answer that is not what the protocol promises.
_MALFORMED = (ValueError, TypeError, AttributeError, LookupError)
_log = logging.getLogger(__name__)


class Choice(BaseModel):
    """What comes back from a model asked to choose (结构化输出)."""

    subject: str


class LanguageModel:
    """A chat model that answers within `timeout` seconds or not at all."""

    def __init__(self, connect: "Callable[[], BaseChatModel]", timeout: float) -> None:
        self._connect = connect
        self._timeout = timeout
        self._wording = load("wording")
        self._planning = load("planning")
        self._joining = load("joining")
        self._resting_until = 0.0

    @classmethod
    def from_settings(cls, settings: Settings) -> Self | None:
        """The model that the settings name, None where they name none; nothing is sent yet."""
        if not (settings.llm_base_url or settings.llm_model):
            return None
        if not (settings.llm_base_url and settings.llm_model):
            raise SettingsError(
                "JIWEN_LLM_BASE_URL 和 JIWEN_LLM_MODEL 要同时设置；不使用语言模型时两项都留空。"
            )
        return cls(lambda: _connect(settings), settings.llm_timeout)

    def warm_up(self) -> None:
        """Imports the library, which takes seconds; the first answer does it otherwise."""
        _ = self._chat

    @cached_property
    def _chat(self) -> "BaseChatModel":
        return self._connect()

    def word(
        self, question: str, evidence: Sequence[str], sentences: Sequence[str]
    ) -> Generator[str, None, None]:
        """The reworded sentences, as they come, one a line and numbered; unchecked."""
        message = self._wording.fill(
            question=question, evidence="\n".join(evidence), sentences="\n".join(sentences)
        )
        return self._stream(self._wording.system, message)

    def join(self, paragraph: str) -> Generator[str, None, None]:
        """The sentences of a paragraph joined into connected prose, as it comes; unchecked."""
        return self._stream(self._joining.system, self._joining.fill(paragraph=paragraph))

    def plan(self, question: str, known: Sequence[str]) -> str:
        """Which of the known things the question asks about, "" for none of them."""
        message = self._planning.fill(question=question, known="\n".join(known))
        with self._speaking() as came:
            chooser = self._chat.with_structured_output(_choice(known), method="json_schema")
            with outside():
                said = chooser.invoke([("system", self._planning.system), ("human", message)])
            chosen = Choice.model_validate(said)
            came.append(True)
        return chosen.subject if chosen.subject in known else ""

    def _stream(self, system: str, message: str) -> Generator[str, None, None]:
        """The model's text piece by piece; raises LanguageModelError when it fails or is late."""
        with self._speaking() as came:
            started = monotonic()
            chunks = self._chat.stream([("system", system), ("human", message)])
            while True:
                with outside():
                    chunk = next(chunks, None)
                if chunk is None:
                    return
                yield chunk.text
                came.append(True)
                if monotonic() - started > self._timeout:
                    raise LanguageModelError(
                        f"语言模型在 {self._timeout:g} 秒内没有答完，其余按原文作答。"
                    )

    @contextmanager
    def _speaking(self) -> Generator[list[bool], None, None]:
        """Turns every failure into LanguageModelError; rests after one before anything came."""
        from openai import OpenAIError

        if monotonic() < self._resting_until:
            raise LanguageModelError("语言模型刚才不可用，稍后再试；本次按原文作答。")
        came: list[bool] = []
        try:
            yield came
        except (OpenAIError, *_MALFORMED) as error:
            if not came:
                self._resting_until = monotonic() + RETRY_AFTER_SECONDS
            raise LanguageModelError(
                f"语言模型无法使用（{type(error).__name__}），已按原文作答；"
                "请检查 JIWEN_LLM_BASE_URL、JIWEN_LLM_MODEL 和模型服务。"
            ) from error


def _choice(known: Sequence[str]) -> dict[str, object]:
    """The schema of `Choice` that leaves a server which keeps to it nothing else to say."""
    subject = {"type": "string", "enum": [*known, NONE_OF_THEM]}
    return {
        "title": "choice",
        "type": "object",
        "properties": {"subject": subject},
        "required": ["subject"],
        "additionalProperties": False,
    }


def _connect(settings: Settings) -> "BaseChatModel":
    from langchain_openai import ChatOpenAI
    from openai import DefaultHttpxClient

    return ChatOpenAI(
        # Excerpts of documents go to the address of the settings, and nowhere that it points to.
        http_client=DefaultHttpxClient(follow_redirects=False, timeout=settings.llm_timeout),
        base_url=settings.llm_base_url,
        model=settings.llm_model,
        # Never empty: the library would send the OPENAI_API_KEY of the machine instead.
        api_key=lambda: settings.llm_api_key or "-",
        temperature=0,
        timeout=settings.llm_timeout,
        max_retries=0,
        stream_usage=False,
    )
