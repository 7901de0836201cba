"""The visitor's earlier conversations (历史) as HTML: all of them, or what a search found."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape

from assistant.history.types import Conversation, Turn

SNIPPET_RADIUS = 14
"""Characters shown before and after a word that was searched for."""
PINNED = "置顶 · "
TOOLS = (
    '<p class="conversation-actions" role="group" aria-label="这个对话">'
    '<button type="button" data-save-conversation="docx">导出 Word</button>'
    '<button type="button" data-save-conversation="md">导出 Markdown</button>'
    '<button type="button" data-copy-link>复制链接</button></p>'
)
"""What can be done with the conversation that is open."""
MAX_LISTED = 50
"""Maximum number of conversations, or of turns that a search found, in the list."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """One line of the list; `title` and `snippet` are HTML, `name` is what its tools act on."""

    conversation: str
    title: str
    note: str
    turn: str = ""
    snippet: str = ""
    current: bool = False
    name: str = ""
    pinned: bool = False


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
                pinned=conversation.pinned,
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
    return (
        f'<li><button type="button" class="conversation" data-conversation="{conversation}"'
        f'{turn}{current}><span class="title">{entry.title}</span>{snippet}'
        f"<small>{PINNED * entry.pinned}{entry.note}</small></button>{_tools(entry)}</li>"
    )


def _tools(entry: _Entry) -> str:
    """What can be done with a conversation: pinned, given another name, deleted."""
    if not entry.name:
        return ""
    conversation, name = escape(entry.conversation, quote=True), escape(entry.name, quote=True)
    pin = "取消置顶" if entry.pinned else "置顶"
    tools = (
        ("pin", "" if entry.pinned else "1", pin, "⚲"),
        ("rename", "", "改名", "✎"),
        ("forget", "", "删除对话", "×"),
    )
    buttons = "".join(
        f'<button type="button" class="{act}" data-{act}="{conversation}" data-value="{value}"'
        f' data-name="{name}" title="{word}" aria-label="{word}：{name}">{sign}</button>'
        for act, value, word, sign in tools
    )
    return f'<span class="conversation-tools">{buttons}</span>'


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
