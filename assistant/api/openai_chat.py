"""The OpenAI-compatible API under /v1 (聊天接口): for Open WebUI, the openai client and others.

A question is the last user message, earlier user messages are its turns; what the protocol knows
and we have no use for (temperature, tools, …) is tolerated. The answer's sources come in the extra
field `citations`, when streaming in the last chunk. Its tables and quotes are Markdown in the text.
"""

import json
from collections.abc import Iterator, Mapping
from itertools import chain
from time import time
from typing import Literal
from uuid import uuid4

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict

from assistant.accounts.permissions import Right
from assistant.api.fields import Year
from assistant.api.pooled_route import EventStream, PooledRoute
from assistant.api.rest import AppGateway, Caller
from assistant.errors import AssistantError, QuestionsError
from assistant.schemas.answers import answer as answer_json
from assistant.schemas.markdown import markdown
from assistant.server.middleware import failure
from assistant.server.work_lanes import Lane, in_lane
from assistant.text_limits import QUESTION, latest_turns
from assistant.types import Answer
from ingest.errors import IngestError
from ingest.types.blocks import Form

MODEL = "jiwen"
MAX_TURNS = 30
"""Maximum number of earlier questions that are read, the latest."""
Chunk = Mapping[str, object]
router = APIRouter(prefix="/v1", include_in_schema=False, route_class=PooledRoute)


class MessagePart(BaseModel):
    """A piece of a message; only text is read."""

    model_config = ConfigDict(extra="allow")
    type: str
    text: str = ""


class Message(BaseModel):
    """A message of the conversation."""

    model_config = ConfigDict(extra="allow")
    role: str
    content: str | list[MessagePart] | None = None

    @property
    def plain_text(self) -> str:
        """The text of the message, without blanks around it."""
        if isinstance(self.content, list):
            return "\n".join(part.text for part in self.content if part.type == "text").strip()
        return (self.content or "").strip()


class StreamOptions(BaseModel):
    """What a streamed answer tells beside its text."""

    include_usage: bool = False


class CompletionRequest(BaseModel):
    """What a client asks for; `department`, `year` and `form` are ours."""

    model_config = ConfigDict(extra="allow")
    messages: list[Message]
    model: str = MODEL
    stream: bool | None = False
    stream_options: StreamOptions | None = None
    department: str = ""
    year: Year | None = None
    form: Form | None = None


@router.get("/models")
def models() -> dict[str, object]:
    """The one model that there is."""
    return {"object": "list", "data": [model_json()]}


@router.get("/models/{name}")
def model(name: str) -> Response:
    """The same, if it is that one."""
    if name != MODEL:
        return JSONResponse(failure("/v1/", 404, f"没有模型“{name}”，请用 {MODEL}。"), 404)
    return JSONResponse(model_json())


def model_json() -> dict[str, object]:
    """The model as the protocol describes one."""
    return {"id": MODEL, "object": "model", "created": 1735689600, "owned_by": MODEL}


@router.post("/chat/completions")
@in_lane(Lane.QUESTION)
def complete(request: CompletionRequest, gateway: AppGateway, caller: Caller) -> Response:
    """Answers the last user message, whole or streamed."""
    assistant = gateway.enter(caller, Right.ASK)
    *turns, question = [m.plain_text for m in request.messages if m.role == "user"] or [""]
    if not question:
        raise QuestionsError("最后一条用户消息要写问题，请改正后重试。")
    question = QUESTION.accepted(question)
    pieces = assistant.stream(
        question,
        turns=latest_turns([turn for turn in turns if turn], MAX_TURNS),
        department=request.department,
        year=request.year,
        form=request.form,
    )
    if not request.stream:
        answer = next(piece for piece in pieces if isinstance(piece, Answer))
        return JSONResponse(completion(request.model, answer))
    first = next(pieces)  # what fails at once is answered with its own status
    usage = request.stream_options is not None and request.stream_options.include_usage
    chunks = completion_chunks(request.model, chain([first], pieces), usage=usage)
    return EventStream(events(chunks))


def completion(model: str, answer: Answer) -> Chunk:
    """A complete answer as one object."""
    message = {"role": "assistant", "content": markdown(answer), "refusal": None}
    return {
        **envelope(model, "chat.completion"),
        "choices": [{"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}],
        "usage": token_usage(),
        **answer_fields(answer),
    }


def completion_chunks(
    model: str, pieces: Iterator[str | Answer], *, usage: bool
) -> Iterator[Chunk]:
    """The answer as chunks: its text as it grows, and its sources in the last one."""
    envelope_ = envelope(model, "chat.completion.chunk")

    def chunk(delta: Mapping[str, str], finish: Literal["stop"] | None = None) -> dict[str, object]:
        choice = {"index": 0, "delta": delta, "finish_reason": finish, "logprobs": None}
        return {**envelope_, "choices": [choice]}

    yield chunk({"role": "assistant", "content": ""})
    sent = ""
    for piece in pieces:
        text = markdown(piece) if isinstance(piece, Answer) else piece.rstrip()
        if text.startswith(sent) and text != sent:
            yield chunk({"content": text[len(sent) :]})
            sent = text
        if isinstance(piece, Answer):
            yield {**chunk({}, "stop"), **answer_fields(piece)}
    if usage:
        yield {**envelope_, "choices": [], "usage": token_usage()}


def events(chunks: Iterator[Chunk]) -> Iterator[str]:
    """Chunks as server-sent events; a failure on the way is told in one."""
    try:
        for chunk in chunks:
            yield event(chunk)
    except (AssistantError, IngestError) as error:
        yield event(failure("/v1/", 500, str(error)))
    yield "data: [DONE]\n\n"


def event(chunk: Chunk) -> str:
    """One server-sent event."""
    return f"data: {json.dumps(chunk, ensure_ascii=False)}\n\n"


def envelope(model: str, kind: str) -> dict[str, object]:
    """The fields that an answer and each of its chunks have."""
    return {
        "id": f"chatcmpl-{uuid4().hex}",
        "object": kind,
        "created": int(time()),
        "model": model,
    }


def answer_fields(answer: Answer) -> dict[str, object]:
    """What the protocol has no field for."""
    fields = answer_json(answer)
    return {
        name: value
        for name, value in fields.items()
        if name not in ("id", "question", "text", "elapsed_ms")
    }


def token_usage() -> dict[str, int]:
    """No tokens are counted: figures and texts are found, not generated."""
    return {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}
