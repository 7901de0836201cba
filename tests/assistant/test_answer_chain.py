"""Answering as a Runnable: the same answers, every step seen by callbacks and events."""

import asyncio
from typing import Any
from uuid import UUID

import pytest
from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.runnables import RunnableLambda

from assistant.answer_chain import AnswerChain
from assistant.errors import AssistantError
from assistant.service import Assistant
from assistant.types import State

SPENT = "黄埔区团委2021年实际支出数是多少？"


class Tree(BaseCallbackHandler):
    """Notes each step below which one it ran."""

    def __init__(self) -> None:
        self.names: dict[UUID, str] = {}
        self.below: list[tuple[str, str]] = []
        self.failed: list[str] = []

    def on_chain_start(
        self,
        serialized: dict[str, Any],
        inputs: Any,
        *,
        run_id: UUID,
        parent_run_id: UUID | None = None,
        **kwargs: Any,
    ) -> None:
        self.names[run_id] = kwargs["name"]
        above = self.names.get(parent_run_id, "") if parent_run_id else ""
        self.below.append((kwargs["name"], above))

    def on_chain_error(self, error: BaseException, *, run_id: UUID, **kwargs: Any) -> None:
        self.failed.append(self.names[run_id])


def test_the_chain_answers_as_the_assistant_does(assistant: Assistant) -> None:
    made, asked = AnswerChain(assistant).invoke(SPENT), assistant.ask(SPENT)
    assert (made.text, made.citations) == (asked.text, asked.citations)


def test_a_mapping_limits_the_question(assistant: Assistant) -> None:
    given = {"question": "实际支出数是多少？", "department": "黄埔区团委", "year": 2021}
    assert "1022.93" in AnswerChain(assistant).invoke(given).text


def test_steps_run_below_the_chain_in_their_order(assistant: Assistant) -> None:
    tree = Tree()
    AnswerChain(assistant).invoke(SPENT, config={"callbacks": [tree]})
    assert tree.below == [
        ("jiwen", ""),
        ("help", "jiwen"),
        ("compose", "jiwen"),
        ("verify", "jiwen"),
    ]


def test_several_questions_and_other_runnables(assistant: Assistant) -> None:
    states = AnswerChain(assistant) | RunnableLambda(lambda answer: answer.state)
    assert states.batch([SPENT, "您好"]) == [State.ANSWERED, State.HELPED]


def test_events_tell_the_steps_and_the_answer(assistant: Assistant) -> None:
    async def events() -> list[dict[str, Any]]:
        told = AnswerChain(assistant).astream_events(SPENT, version="v2")
        return [dict(event) async for event in told]

    told = asyncio.run(events())
    assert {event["name"] for event in told} >= {"jiwen", "help", "compose", "verify"}
    last = told[-1]
    assert (last["event"], last["name"]) == ("on_chain_end", "jiwen")
    assert "1022.93" in last["data"]["output"].text


def test_a_question_that_is_refused_is_told_to_callbacks_as_an_error(assistant: Assistant) -> None:
    tree = Tree()
    with pytest.raises(AssistantError):
        AnswerChain(assistant).invoke("问" * 5000, config={"callbacks": [tree]})
    assert tree.failed == ["jiwen"]
