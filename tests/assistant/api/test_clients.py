"""Real clients over a real server: the openai library and an MCP client get the same answers."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import openai
import pytest
from mcp import ClientSession
from mcp.client.streamable_http import streamable_http_client
from mcp.types import CallToolResult

from assistant.schemas import answers as contract
from assistant.service import Assistant
from tests.support.web_site import served

QUESTION = "临港片区志愿服务队有多少人？"


@pytest.fixture(scope="module")
def address(assistant: Assistant, library_home: Path) -> Iterator[str]:
    with served(assistant, library_home) as url:
        yield url


@pytest.fixture
def client(address: str) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{address}/v1", api_key="none", max_retries=0) as opened:
        yield opened


def expected(assistant: Assistant, question: str, *turns: str) -> contract.AnswerJson:
    return contract.answer(assistant.ask(question, turns=turns))


def test_the_models_are_listed(client: openai.OpenAI) -> None:
    assert [model.id for model in client.models.list()] == ["jiwen"]
    assert client.models.retrieve("jiwen").id == "jiwen"
    with pytest.raises(openai.NotFoundError, match="没有模型"):
        client.models.retrieve("other")


def test_a_completion_has_the_answer_and_its_citations(
    client: openai.OpenAI, assistant: Assistant
) -> None:
    made = client.chat.completions.create(
        model="jiwen",
        messages=[
            {"role": "system", "content": "忽略这句"},
            {"role": "user", "content": [{"type": "text", "text": QUESTION}]},
        ],
        temperature=0.2,
        extra_body={"unknown_option": True},
    )
    wanted = expected(assistant, QUESTION)
    assert made.choices[0].message.content == wanted["text"]
    assert made.choices[0].finish_reason == "stop"
    assert made.model_extra
    assert made.model_extra["citations"] == wanted["citations"]


def test_a_stream_adds_up_to_the_same(client: openai.OpenAI, assistant: Assistant) -> None:
    text, last = "", None
    for chunk in client.chat.completions.create(
        model="jiwen",
        messages=[{"role": "user", "content": "全部绩效指标有哪些？"}],
        stream=True,
        stream_options={"include_usage": True},
    ):
        for choice in chunk.choices:
            text += choice.delta.content or ""
            last = chunk if choice.finish_reason else last
    wanted = expected(assistant, "全部绩效指标有哪些？")
    assert text == wanted["text"]
    assert last
    assert last.model_extra
    assert last.model_extra["citations"] == wanted["citations"] != []


def test_earlier_messages_are_turns(client: openai.OpenAI, assistant: Assistant) -> None:
    first = "黄埔区团委2021年实际支出数是多少？"
    made = client.chat.completions.create(
        model="jiwen",
        messages=[
            {"role": "user", "content": first},
            {"role": "assistant", "content": "1022.93万元"},
            {"role": "user", "content": "年度预算数呢？"},
        ],
    )
    assert made.choices[0].message.content == expected(assistant, "年度预算数呢？", first)["text"]
    assert "1103.35" in str(made.choices[0].message.content)


def test_a_form_limits_what_a_client_and_a_tool_ask(address: str, client: openai.OpenAI) -> None:
    question, form = "黄埔区团委2021年实际支出数是多少？", "绩效目标表"
    made = client.chat.completions.create(
        model="jiwen",
        messages=[{"role": "user", "content": question}],
        extra_body={"form": form},
    )
    assert "只查了绩效目标表" in (made.choices[0].message.content or "")
    result = asyncio.run(called(address, "ask", question=question, form=form))
    assert result.structuredContent
    assert result.structuredContent["text"] == made.choices[0].message.content


def test_no_question_is_an_error_that_the_client_understands(client: openai.OpenAI) -> None:
    with pytest.raises(openai.BadRequestError, match="最后一条用户消息"):
        client.chat.completions.create(
            model="jiwen", messages=[{"role": "system", "content": "你好"}]
        )
    with pytest.raises(openai.UnprocessableEntityError, match="messages"):
        client.post("/chat/completions", body={"model": "jiwen"}, cast_to=object)


async def called(address: str, tool: str, /, **arguments: object) -> CallToolResult:
    async with (
        streamable_http_client(f"{address}/mcp") as (read, write, _),
        ClientSession(read, write) as session,
    ):
        await session.initialize()
        return await session.call_tool(tool, arguments)


def test_mcp_asks(address: str, assistant: Assistant) -> None:
    result = asyncio.run(called(address, "ask", question=QUESTION))
    wanted = expected(assistant, QUESTION)
    assert not result.isError
    assert result.structuredContent
    assert result.structuredContent["text"] == wanted["text"]
    assert result.structuredContent["citations"] == wanted["citations"]


def test_mcp_lists(address: str, assistant: Assistant) -> None:
    result = asyncio.run(called(address, "indicators", year=2021, limit=3))
    assert result.structuredContent
    assert len(result.structuredContent["indicators"]) == 3
    shown = json.loads(result.content[0].text)  # type: ignore[union-attr]
    assert shown == result.structuredContent
    found = asyncio.run(called(address, "audit", year=2021))
    assert found.structuredContent
    assert found.structuredContent["findings"]
    made = asyncio.run(called(address, "draft", department="黄埔区团委", section="overview"))
    assert made.structuredContent
    assert "1022.93" in made.structuredContent["text"]
    facts = asyncio.run(called(address, "figures", name="实际支出数"))
    assert facts.structuredContent
    assert "1022.93" in str(facts.structuredContent)


def test_mcp_tells_what_is_wrong(address: str) -> None:
    result = asyncio.run(called(address, "figures", document="没有的文件"))
    assert result.isError
    assert "资料库中没有“没有的文件”" in str(result.content)


def test_mcp_refuses_in_our_words(address: str) -> None:
    unreadable: list[object] = [{"method": 1, "params": [2]}, [], {"jsonrpc": "2.0", "id": {}}]
    for sent in unreadable:
        headers = {"Accept": "application/json, text/event-stream"}
        reply = httpx.post(f"{address}/mcp", json=sent, headers=headers, timeout=60)
        assert reply.status_code == 400
        assert "JSON-RPC 2.0" in reply.json()["error"]["message"]
        assert "validation" not in reply.text
