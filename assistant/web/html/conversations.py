"""The visitor's earlier conversations (历史) as HTML: all of them, or what a search found."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape

from assistant.history.types import Conversation, Turn

SNIPPET_RADIUS = 14
"""Characters shown before and after a word that was searched for."""
MAX_LISTED = 50
"""Maximum number of conversations, or of turns that a search found, in the list."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """One line of the list; `title` and `snippet` are HTML, `name` is what × deletes."""

    conversation: str
    title: str
    note: str
    turn: str = ""
    snippet: str = ""
    current: bool = False
    name: str = ""


def listing(conversations: Sequence[Conversation], *, current: str, now: datetime) -> str:
    """The conversations in the order given; `current` is the open one's id."""
    if not conversations:
        return '<p class="none" data-empty>问过的问题会留在这里。</p>'
    entries = "".join(
        _entry(
            _Entry(
                conversation.id,
                escape(conversation.title),
                f"{when(conversation.changed, now)} · {conversation.turns}问",
                current=conversation.id == current,
                name=conversation.title,
            )
        )
        for conversation in conversations
    )
    full = len(conversations) >= MAX_LISTED
    more = '<p class="none">更早的对话可以搜索。</p>' if full else ""
    return f'<ul class="conversations">{entries}</ul>{more}'


def search_results(turns: Sequence[Turn], words: str, *, current: str, now: datetime) -> str:
    """The questions and answers that say the words, each a way into its conversation."""
    if not turns:
        return f'<p class="none">没有问过与“{escape(words)}”有关的问题。</p>'
    entries = "".join(
        _entry(
            _Entry(
                turn.conversation,
                highlighted(turn.answer.question, words),
                when(turn.asked, now),
                turn=turn.id,
                snippet=highlighted(snippet(turn.answer.text, words), words),
                current=turn.conversation == current,
            )
        )
        for turn in turns
    )
    return f'<ul class="conversations">{entries}</ul>'


def _entry(entry: _Entry) -> str:
    conversation = escape(entry.conversation, quote=True)
    turn = f' data-turn="{escape(entry.turn, quote=True)}"' if entry.turn else ""
    current = ' aria-current="true"' if entry.current else ""
    snippet = f"<q>{entry.snippet}</q>" if entry.snippet else ""
    name = escape(entry.name, quote=True)
    forget = (
        f'<button type="button" class="forget" data-forget="{conversation}"'
        f' data-name="{name}" title="删除这个对话" aria-label="删除对话：{name}">×</button>'
        if entry.name
        else ""
    )
    return (
        f'<li><button type="button" class="conversation" data-conversation="{conversation}"'
        f'{turn}{current}><span class="title">{entry.title}</span>{snippet}'
        f"<small>{entry.note}</small></button>{forget}</li>"
    )


def when(moment: datetime, now: datetime) -> str:
    """When something was, as short as it can be said; `now` is in the reader's time zone."""
    local = moment.astimezone(now.tzinfo)
    days = (now.date() - local.date()).days
    if days == 0:
        return f"今天{local:%H:%M}"
    if days == 1:
        return f"昨天{local:%H:%M}"
    day = f"{local.month}月{local.day}日"
    return day if local.year == now.year else f"{local.year}年{day}"


def snippet(text: str, words: str) -> str:
    """The text around the first of the words that stands in it, "" if none does."""
    line = " ".join(text.split())
    match = _any(words).search(line)
    if match is None:
        return ""
    start, end = max(0, match.start() - SNIPPET_RADIUS), match.end() + SNIPPET_RADIUS
    return f"{'…' * (start > 0)}{line[start:end]}{'…' * (end < len(line))}"


def highlighted(text: str, words: str) -> str:
    """The text as HTML with the words marked."""
    pieces: list[str] = []
    end = 0
    for match in _any(words).finditer(text):
        pieces += [escape(text[end : match.start()]), f"<mark>{escape(match.group())}</mark>"]
        end = match.end()
    return "".join([*pieces, escape(text[end:])])


def _any(words: str) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, words.split())) or "(?!)", re.IGNORECASE)
