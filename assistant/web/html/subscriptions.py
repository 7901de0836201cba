"""Subscriptions and what was told of them (订阅与消息), under the filters of the board."""

import json
from collections.abc import Sequence
from html import escape
from urllib.parse import urlencode

from assistant.subscriptions.types import Channel, Notice, Subscription
from assistant.text_limits import WAY_OUT
from assistant.web.html.board import choice_fields

HINTS = {Channel.MAIL: "邮箱地址", Channel.WEBHOOK: "机器人的 https 地址"}


def subscriptions(
    made: Sequence[Subscription],
    notices: Sequence[Notice],
    channels: Sequence[Channel],
    *,
    problem: str = "",
) -> str:
    """What is subscribed and told; `problem` is why something could not be done."""
    unread = sum(not notice.read for notice in notices)
    new = f" <b>{unread}条新</b>" if unread else ""
    told = f'<p class="failure" role="alert">{escape(problem)}</p>' if problem else ""
    listed = "".join(map(_subscription, made))
    news = "".join(map(_notice, notices)) or "<li>还没有消息。有变化时会出现在这里。</li>"
    return (
        f"<summary>订阅与消息{new}</summary>{told}{_form(channels)}"
        f'<ul class="subscribed" aria-label="订阅">{listed}</ul>'
        f'<ol class="notices" aria-label="消息">{news}</ol>'
    )


def _form(channels: Sequence[Channel]) -> str:
    """What subscribes to the filters as they are, by the ways that the settings offer."""
    options = "".join(f'<option value="{one.value}">{one.value}</option>' for one in channels)
    outside = [HINTS[one] for one in channels if one in HINTS]
    address = (
        f'<label hidden>地址<input name="address" maxlength="{WAY_OUT.length}" autocomplete="off"'
        f' placeholder="{"，或".join(outside)}"></label>'
        if outside
        else ""
    )
    return (
        "<form><p>现在的筛选有文件收入、指标状态或校核发现变化时通知我：</p>"
        f'<label>方式<select name="channel">{options}</select></label>{address}'
        '<button type="submit">订阅现在的筛选</button></form>'
    )


def _subscription(made: Subscription) -> str:
    where = f"{made.channel.value} {made.address}".strip()
    problem = f'<em class="failure">{escape(made.problem)}</em>' if made.problem else ""
    return (
        f'<li><a href="{_link(choice_fields(made.choice))}">{escape(made.name)}</a>'
        f'<span>{escape(where)}</span>{problem}<button type="button" data-drop="{made.number}"'
        f' aria-label="取消订阅{escape(made.name, quote=True)}">取消订阅</button></li>'
    )


def _notice(notice: Notice) -> str:
    when = notice.at.astimezone().strftime("%m-%d %H:%M")
    lines = "".join(f"<li>{escape(line)}</li>" for line in notice.body.splitlines())
    new = "" if notice.read else ' class="new"'
    return (
        f"<li{new}><details><summary>{escape(notice.subject)} <time>{when}</time></summary>"
        f'<ul>{lines}</ul><a href="{_link(choice_fields(notice.choice))}">看这些资料</a>'
        "</details></li>"
    )


def _link(fields: dict[str, str | int]) -> str:
    shown = json.dumps(fields, ensure_ascii=False)
    return escape("/?" + urlencode({"tab": "board", "show": shown}), quote=True)
