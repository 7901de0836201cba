"""The JSON of conversations: an answer as everywhere else, with when and where it was given."""

from typing_extensions import TypedDict

from assistant.history.types import Conversation, Turn
from assistant.schemas.answers import AnswerJson, answer


class FeedbackJson(TypedDict):
    kind: str
    note: str


class TurnJson(TypedDict):
    id: str
    conversation: str
    asked: str
    answer: AnswerJson
    feedback: FeedbackJson | None


class ConversationJson(TypedDict):
    id: str
    title: str
    begun: str
    changed: str
    turns: int


def turn(kept: Turn) -> TurnJson:
    """A turn; times are ISO 8601 in UTC."""
    given = kept.feedback
    return {
        "id": kept.id,
        "conversation": kept.conversation,
        "asked": kept.asked.isoformat(),
        "answer": answer(kept.answer, id=kept.id),
        "feedback": {"kind": given.kind.value, "note": given.note} if given else None,
    }


def conversation(kept: Conversation) -> ConversationJson:
    return {
        "id": kept.id,
        "title": kept.title,
        "begun": kept.begun.isoformat(),
        "changed": kept.changed.isoformat(),
        "turns": kept.turns,
    }
