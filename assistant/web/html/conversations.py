"""The visitor's earlier conversations (历史) as HTML: all of them, or what a search found."""

import re
from collections.abc import Sequence
from datetime import datetime
from html import escape

from assistant.history.types import Conversation, Turn

AROUND = 14
"""Characters shown before and after a word that was searched for."""
SHOWN = 50
"""So many conversations or finds are listed."""


def listed(talks: Sequence[Conversation], *, current: str, now: datetime) -> str:
    """The conversations, the one touched last first; `current` is the open one's id."""
    if not talks:
        return '<p class="none" data-empty>问过的问题会留在这里。</p>'
    items = "".join(
        item(
            talk.id,
            escape(talk.title),
            f"{when(talk.changed, now)} · {talk.turns}问",
            current=talk.id == current,
            forget=talk.title,
        )
        for talk in talks
    )
    more = '<p class="none">更早的对话可以搜索。</p>' if len(talks) >= SHOWN else ""
    return f'<ul class="talks">{items}</ul>{more}'


def found(turns: Sequence[Turn], words: str, *, current: str, now: datetime) -> str:
    """The questions and answers that say the words, each a way into its conversation."""
    if not turns:
        return f'<p class="none">没有问过与“{escape(words)}”有关的问题。</p>'
    items = "".join(
        item(
            turn.conversation,
            marked(turn.answer.question, words),
            when(turn.asked, now),
            turn=turn.id,
            around=marked(around(turn.answer.text, words), words),
            current=turn.conversation == current,
        )
        for turn in turns
    )
    return f'<ul class="talks">{items}</ul>'


def item(
    talk: str,
    title: str,
    note: str,
    *,
    turn: str = "",
    around: str = "",
    current: bool = False,
    forget: str = "",
) -> str:
    """One line of the list; `title` and `around` are HTML, `forget` names what × deletes."""
    place = f' data-turn="{escape(turn, quote=True)}"' if turn else ""
    here = ' aria-current="true"' if current else ""
    quote = f"<q>{around}</q>" if around else ""
    name = escape(forget, quote=True)
    gone = (
        f'<button type="button" class="forget" data-forget="{escape(talk, quote=True)}"'
        f' data-name="{name}" title="删除这个对话" aria-label="删除对话：{name}">×</button>'
        if forget
        else ""
    )
    return (
        f'<li><button type="button" class="talk" data-talk="{escape(talk, quote=True)}"{place}'
        f'{here}><span class="title">{title}</span>{quote}<small>{note}</small></button>{gone}</li>'
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


def around(text: str, words: str) -> str:
    """The text around the first of the words that stands in it, "" if none does."""
    line = " ".join(text.split())
    hit = _any(words).search(line)
    if hit is None:
        return ""
    start, end = max(0, hit.start() - AROUND), hit.end() + AROUND
    return f"{'…' * (start > 0)}{line[start:end]}{'…' * (end < len(line))}"


def marked(text: str, words: str) -> str:
    """The text as HTML with the words marked."""
    pieces: list[str] = []
    end = 0
    for hit in _any(words).finditer(text):
        pieces += [escape(text[end : hit.start()]), f"<mark>{escape(hit.group())}</mark>"]
        end = hit.end()
    return "".join([*pieces, escape(text[end:])])


def _any(words: str) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, words.split())) or "(?!)", re.IGNORECASE)
