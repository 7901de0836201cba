"""Subscriptions and what is told of them (订阅与消息) as values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from assistant.dashboard.board import Board, Choice


class Channel(StrEnum):
    """By which way changes are told (通知方式); here on the page they always are."""

    PAGE = "站内"
    MAIL = "邮件"
    WEBHOOK = "机器人"


class DeliveryState(StrEnum):
    """How far a message is that goes out (发送状态)."""

    WAITING = "待发送"
    SENT = "已发送"
    FAILED = "没有发出"


@dataclass(frozen=True, slots=True)
class Subscription:
    """A part of the library under a name, of which its user is told what changes."""

    number: int
    user: str
    name: str
    choice: Choice
    channel: Channel
    address: str = ""
    problem: str = ""
    """Why the last message did not go out, "" where it did."""


@dataclass(frozen=True, slots=True)
class Notice:
    """What changed, told on the page (站内消息)."""

    subject: str
    body: str
    choice: Choice
    at: datetime
    read: bool


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message in the queue of what goes out; `scope` are the departments that it may tell of."""

    number: int
    user: str
    channel: Channel
    address: str
    subject: str
    body: str
    scope: tuple[str, ...]
    tries: int


@dataclass(frozen=True, slots=True)
class Look:
    """What a user sees of a choice at one moment; `scope` are their departments, () for all."""

    board: Board
    files: Mapping[str, str]
    """The names of files by the ids of documents."""
    scope: tuple[str, ...]


def covers(scope: tuple[str, ...], told: tuple[str, ...]) -> bool:
    """Whether who sees the scope may be told what was seen under another one.

    >>> covers((), ("水务局",)), covers(("水务局",), ()), covers(("水务局",), ("水务局",))
    (True, False, True)
    """
    return not scope or (bool(told) and set(told) <= set(scope))
