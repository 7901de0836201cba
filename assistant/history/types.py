"""A conversation, its turns and the feedback on them, as they are stored."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from assistant.types import Answer, Mode, State


class FeedbackKind(StrEnum):
    """What a user says of an answer (反馈)."""

    RIGHT = "正确"
    WRONG_NUMBER = "数字错"
    WRONG_SOURCE = "引用错"
    MISSED = "没答到"


@dataclass(frozen=True, slots=True)
class Feedback:
    """A user's judgement of an answer, with a note in their own words."""

    kind: FeedbackKind
    note: str = ""


@dataclass(frozen=True, slots=True)
class Turn:
    """A question with its answer as stored (一问一答); `user` is an id, "" where nobody logs in."""

    id: str
    conversation: str
    user: str
    asked: datetime
    answer: Answer
    feedback: Feedback | None = None


WITHHELD = (
    "这个回答所依据的资料不全在您现在可看的范围内，不再显示；如需要请重新提问，或联系管理员。"
)


def withheld(turn: Turn) -> Turn:
    """The turn with its question and without its answer."""
    told = Answer(turn.answer.question, WITHHELD, State.REFUSED, Mode.GROUNDED)
    return replace(turn, answer=told)


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation as lists show it (会话); times are UTC.

    `title` is its first question until its user gives another; the `pinned` stand above the others.
    """

    id: str
    user: str
    title: str
    begun: datetime
    changed: datetime
    turns: int
    pinned: bool = False
