"""Every way in with the rule that it follows: what `test_matrix` tries for every role and scope.

A route, tool, event or panel function without a line here fails the matrix.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from assistant.accounts.permissions import Right
from assistant.conversation_files import Order
from assistant.drafting.types import Section
from tests.security.site import Target

Body = Mapping[str, object]


class Access(Enum):
    """Who is let in where no single right decides."""

    ANYBODY = auto()
    SIGNED_IN = auto()
    NOBODY = auto()


@dataclass(frozen=True, slots=True)
class Ask:
    """One request about a target: where, with what."""

    path: str = ""
    json: Body | None = None
    form: Mapping[str, str] | None = None
    file: tuple[str, bytes] | None = None


Asks = Callable[[Target], Sequence[Ask]]


@dataclass(frozen=True, slots=True)
class Rule:
    """Who may, and what is asked about a target.

    `shows`: whoever may is shown the indicator or file of a target in their scope.
    `changes`: it is tried only where it must be refused, for the library is used again.
    `same`: about a target out of scope it answers as about one that is nowhere.
    """

    access: Right | Access
    asks: Asks = lambda target: [Ask()]
    shows: bool = False
    changes: bool = False
    same: bool = True


def path(template: str) -> Asks:
    """An address with the target's ids and names in it."""

    def asks(target: Target) -> Sequence[Ask]:
        return [Ask(filled(template, target))]

    return asks


def filled(template: str, target: Target) -> str:
    """The template with fields of the target in it: {document_id}, {department}…"""
    return template.format(
        document_id=target.document_id,
        figure_id=target.figure_id,
        correction=target.correction,
        template=target.template,
        department=target.department,
        indicator=target.indicator,
        file=target.file,
    )


FIRST = Order.FILES_FIRST.value


def asked_again(target: Target) -> Sequence["Event"]:
    free = ("全部部门", "全部年度", "全部表种")
    return [
        Event(("new", "", FIRST, *free), {"question": words, "without": without})
        for words in question(target)
        for without in ("", "context")
    ]


def lists(address: str) -> Asks:
    """A list, asked for whole and by what names a target."""

    def asks(target: Target) -> Sequence[Ask]:
        return [
            Ask(address),
            Ask(f"{address}?department={target.department}"),
            Ask(f"{address}?document={target.document_id}"),
            Ask(f"{address}?document={target.file}"),
        ]

    return asks


def question(target: Target) -> Sequence[str]:
    """Questions that fish for a target."""
    return (
        f"{target.department}{target.indicator}的实际完成值是多少？",
        f"{target.indicator}完成了多少？",
        "资料库里有哪些部门？",
        "各部门的实际完成值分别是多少？",
        f"{target.department}2022年的自评情况怎么样？",
    )


def rest_ask(target: Target) -> Sequence[Ask]:
    by_words = [Ask("/api/v1/ask", {"question": words}) for words in question(target)]
    scoped = {"question": f"{target.indicator}完成了多少？", "department": target.department}
    turns = {"question": "那实际完成值呢？", "turns": [question(target)[0]]}
    return [*by_words, Ask("/api/v1/ask", scoped), Ask("/api/v1/ask", turns)]


def chat(target: Target) -> Sequence[Ask]:
    return [
        Ask(
            "/v1/chat/completions",
            {"model": "jiwen", "stream": stream, "messages": [{"role": "user", "content": words}]},
        )
        for words in question(target)
        for stream in (False, True)
    ]


def correction(target: Target) -> Sequence[Ask]:
    base = {"document_id": target.document_id, "new": "2019", "reason": "试"}
    return [
        Ask("/api/v1/corrections", {**base, "aspect": "year"}),
        Ask("/api/v1/corrections", {**base, "aspect": "value", "figure_id": target.figure_id}),
    ]


def template(target: Target) -> Sequence[Ask]:
    """What the head of a target's table means; others have tables of the same layout."""
    return [Ask("/api/v1/templates", {"signature": target.layout, "kind": "funds", "roles": []})]


def marks(target: Target) -> Sequence[Ask]:
    """A finding of a target marked: an outsider is told that there is none."""
    said = {"document_id": target.document_id, "finding": target.finding}
    return [Ask("/api/v1/audit/marks", {**said, "handling": one}) for one in ("误报", None)]


def upload(target: Target) -> Sequence[Ask]:
    """The very bytes of a target would say whether they are held."""
    return [Ask("/api/v1/documents", file=(target.file, target.content))]


NOBODYS = f"/api/v1/conversations/{'0' * 32}/files"
"""The files of a conversation that is not there."""


def attach(target: Target) -> Sequence[Ask]:
    """The bytes of a target into a conversation that is not there."""
    return [Ask(NOBODYS, file=(target.file, target.content))]


def draft(address: str) -> Asks:
    def asks(target: Target) -> Sequence[Ask]:
        return [
            Ask(address, {"department": target.department, "section": section})
            for section in (Section.REPORT, Section.COMPLETION)
        ]

    return asks


HTTP: Mapping[str, Rule] = {
    "GET /healthz": Rule(Access.ANYBODY),
    "GET /api/v1/healthz": Rule(Access.ANYBODY),
    "GET /login": Rule(Access.ANYBODY),
    "POST /login": Rule(Access.ANYBODY, lambda t: [Ask("/login", form={"name": "x"})], same=False),
    "POST /logout": Rule(Access.SIGNED_IN),
    "GET /account": Rule(Access.NOBODY),
    **{  # people of the matrix come with tokens, and one's own account is for sessions alone
        f"{method} /api/v1/me{rest}": Rule(Access.NOBODY)
        for method, rest in (
            ("GET", ""),
            ("POST", "/password"),
            ("GET", "/sessions"),
            ("DELETE", "/sessions/{id}"),
            ("GET", "/tokens"),
            ("POST", "/tokens"),
            ("DELETE", "/tokens/{number}"),
        )
    },
    "GET /metrics": Rule(Right.ADMINISTER, same=False),
    "GET /api/docs": Rule(Access.SIGNED_IN),
    "GET /api/v1/openapi.json": Rule(Access.SIGNED_IN),
    "GET /v1/models": Rule(Access.SIGNED_IN),
    "GET /v1/models/{name}": Rule(Access.SIGNED_IN, path("/v1/models/jiwen")),
    "POST /v1/chat/completions": Rule(Right.ASK, chat, shows=True),
    "POST /api/v1/ask": Rule(Right.ASK, rest_ask, shows=True),
    "GET /api/v1/documents": Rule(Right.ASK, shows=True),
    "POST /api/v1/documents": Rule(Right.UPLOAD, upload, changes=True),
    "POST /api/v1/documents/tags": Rule(
        Right.CORRECT,
        lambda t: [
            Ask("/api/v1/documents/tags", {"document_ids": [t.document_id], change: ["重点"]})
            for change in ("add", "remove")
        ],
        changes=True,
    ),
    "DELETE /api/v1/documents/{document_id}": Rule(
        Right.REMOVE,
        lambda t: [Ask(f"/api/v1/documents/{t.document_id}"), Ask(f"/api/v1/documents/{t.file}")],
        changes=True,
    ),
    "POST /api/v1/conversations/{conversation}/files": Rule(Right.UPLOAD, attach, changes=True),
    "GET /api/v1/conversations/{conversation}/files": Rule(Right.ASK, path(NOBODYS)),
    "DELETE /api/v1/conversations/{conversation}/files/{document_id}": Rule(
        Right.UPLOAD, path(NOBODYS + "/{document_id}"), changes=True
    ),
    "POST /api/v1/conversations/{conversation}/files/{document_id}/keep": Rule(
        Right.UPLOAD, path(NOBODYS + "/{document_id}/keep"), changes=True
    ),
    "GET /api/v1/figures": Rule(Right.ASK, lists("/api/v1/figures"), shows=True),
    "GET /api/v1/indicators": Rule(Right.ASK, lists("/api/v1/indicators"), shows=True),
    "GET /api/v1/audit": Rule(Right.AUDIT, lists("/api/v1/audit")),
    "POST /api/v1/audit/marks": Rule(Right.AUDIT, marks, changes=True),
    "GET /api/v1/status": Rule(Right.AUDIT, lists("/api/v1/status")),
    "POST /api/v1/draft": Rule(Right.DRAFT, draft("/api/v1/draft"), shows=True),
    "POST /api/v1/draft.docx": Rule(Right.DRAFT, draft("/api/v1/draft.docx")),
    "GET /api/v1/corrections": Rule(
        Right.ASK,
        lambda t: [
            Ask("/api/v1/corrections"),
            Ask(f"/api/v1/corrections?document={t.document_id}"),
        ],
        shows=True,
    ),
    "POST /api/v1/corrections": Rule(Right.CORRECT, correction, changes=True),
    "DELETE /api/v1/corrections/{number}": Rule(
        Right.CORRECT, path("/api/v1/corrections/{correction}"), changes=True
    ),
    "GET /api/v1/layouts": Rule(
        Right.ASK,
        lambda t: [Ask("/api/v1/layouts"), Ask(f"/api/v1/layouts?document={t.document_id}")],
        shows=True,
    ),
    "GET /api/v1/templates": Rule(Right.ASK),
    "POST /api/v1/templates": Rule(Right.CORRECT, template, changes=True),
    "DELETE /api/v1/templates/{number}": Rule(
        Right.CORRECT, path("/api/v1/templates/{template}"), changes=True
    ),
    "POST /api/v1/templates/reading": Rule(Right.CORRECT),
    "GET /api/v1/settings/users": Rule(Right.ADMINISTER, same=False),
    "POST /api/v1/settings/users": Rule(
        Right.ADMINISTER,
        lambda t: [Ask("/api/v1/settings/users", {"name": "新人", "password": "海棠-4417-Dukou"})],
        changes=True,
    ),
    "PATCH /api/v1/settings/users/{name}": Rule(
        Right.ADMINISTER, lambda t: [Ask("/api/v1/settings/users/staff全", {})], changes=True
    ),
    "DELETE /api/v1/settings/users/{name}": Rule(
        Right.ADMINISTER, path("/api/v1/settings/users/staff全"), changes=True
    ),
    "GET /api/v1/settings/departments": Rule(Right.ADMINISTER),
    "GET /api/v1/settings/tokens": Rule(Right.ADMINISTER, same=False),
    "POST /api/v1/settings/tokens": Rule(
        Right.ADMINISTER,
        lambda t: [Ask("/api/v1/settings/tokens", {"user": "admin全"})],
        changes=True,
    ),
    "DELETE /api/v1/settings/tokens/{number}": Rule(
        Right.ADMINISTER, path("/api/v1/settings/tokens/1"), changes=True
    ),
    "GET /api/v1/settings/feedback": Rule(Right.ADMINISTER),
    "GET /api/v1/settings/activities": Rule(Right.ADMINISTER, same=False),
    "GET /api/v1/settings/activities.csv": Rule(Right.ADMINISTER, same=False),
    "GET /api/v1/settings/state": Rule(Right.ADMINISTER),
    "GET /source/{document_id}": Rule(
        Right.ASK, path("/source/{document_id}?table=1&row=3&quote={indicator}"), shows=True
    ),
    "GET /source/{document_id}/page/{number}.png": Rule(
        Right.ASK, path("/source/{document_id}/page/1.png")
    ),
    "* /api/{rest:path}": Rule(Access.SIGNED_IN, path("/api/v2/nowhere")),
    "* /v1/{rest:path}": Rule(Access.SIGNED_IN, path("/v1/nowhere")),
}
"""By method and declared address."""


def tool_lists(target: Target) -> Sequence[Ask]:
    return [
        Ask(json={}),
        Ask(json={"department": target.department}),
        Ask(json={"document": target.file}),
    ]


TOOLS: Mapping[str, Rule] = {
    "ask": Rule(
        Right.ASK, lambda t: [Ask(json={"question": words}) for words in question(t)], shows=True
    ),
    "figures": Rule(Right.ASK, tool_lists, shows=True),
    "indicators": Rule(Right.ASK, tool_lists, shows=True),
    "audit": Rule(Right.AUDIT, tool_lists),
    "draft": Rule(Right.DRAFT, lambda t: [Ask(json={"department": t.department})], shows=True),
}
"""The tools of MCP by name."""


@dataclass(frozen=True, slots=True)
class Event:
    """One use of an event of the page: its inputs, and what the browser tells of the click."""

    data: tuple[object, ...] = ()
    told: Body | None = None


@dataclass(frozen=True, slots=True)
class EventRule:
    """Who may have an event of the page handled, and its uses about a target."""

    access: Right | Access
    uses: Callable[[Target], Sequence[Event]]
    shows: bool = False
    before: tuple[str, ...] = ()
    """The events that come before it on the page, and fill what can be chosen."""

    def first(self, target: Target) -> tuple[tuple[object, ...], Body | None]:
        """The first of its uses, as `Site.event` takes it."""
        use = self.uses(target)[0]
        return use.data, use.told


def board(target: Target) -> tuple[object, ...]:
    return (
        "全部地区",
        target.department,
        "全部年度",
        "全部表种",
        "全部类别",
        "全部状态",
        "最近两年",
    )


FREE_BOARD = ("全部地区", "全部部门", "全部年度", "全部表种", "全部类别", "全部状态", "最近两年")
FREE_AUDIT = ("全部部门", "全部年度", "全部程度", "全部编号", "全部处理")


def audit(target: Target) -> tuple[object, ...]:
    return (target.department, *FREE_AUDIT[1:])


def asked(target: Target) -> Sequence[Event]:
    free = ("全部部门", "全部年度", "全部表种")
    return [
        *(Event((words, "new", "", FIRST, *free)) for words in question(target)),
        Event((question(target)[1], "new", "", FIRST, target.department, *free[1:])),
    ]


def once(*data: object, told: Body | None = None) -> Callable[[Target], Sequence[Event]]:
    return lambda target: [Event(data, told)]


def about_board(
    name: str, value: Callable[[Target], object]
) -> Callable[[Target], Sequence[Event]]:
    return lambda target: [Event(board(target), {name: value(target)})]


def of_department(target: Target) -> str:
    """The filters of a page that choose a department, as its address and its bars say them."""
    return f'{{"department": "{target.department}"}}'


def marked(target: Target) -> Sequence[Event]:
    """A finding of a target marked on the page, and the mark taken back."""
    said = {"document": target.document_id, "finding": target.finding, "page": 0}
    return [Event(audit(target), {**said, "mark": mark}) for mark in ("误报", "")]


def drafted(target: Target) -> Sequence[Event]:
    return [
        Event((target.department, None, section, "自评", "", "中"))
        for section in ("自评报告全文", "绩效目标完成情况")
    ]


EVENTS: Mapping[str, EventRule] = {
    "ask/7": EventRule(Right.ASK, asked, shows=True),
    "ask_again/6": EventRule(Right.ASK, asked_again, shows=True),
    "stop/0": EventRule(Right.ASK, once()),
    "change/2": EventRule(
        Right.ASK,
        once("", "new", told={"conversation": "0" * 32, "pinned": True, "title": "改名"}),
    ),
    "find/2": EventRule(Right.ASK, lambda t: [Event((t.indicator, "new"))]),
    "reopen/1": EventRule(Right.ASK, once("", told={"conversation": "0" * 32, "turn": ""})),
    "forget/2": EventRule(Right.ASK, once("", "new", told={"conversation": "0" * 32})),
    "open/1": EventRule(Right.ASK, once("new"), shows=True),
    "files/1": EventRule(Right.ASK, once("0" * 32)),
    "attached/1": EventRule(Right.ASK, once("", told={"conversation": "0" * 32})),
    "arrive/0": EventRule(Right.ASK, once(), shows=True),
    "title/0": EventRule(Right.ASK, once()),
    "show/7": EventRule(Right.AUDIT, lambda t: [Event(FREE_BOARD), Event(board(t))], shows=True),
    "refresh/7": EventRule(Right.AUDIT, lambda t: [Event(FREE_BOARD), Event(board(t))]),
    "pick/7": EventRule(
        Right.AUDIT,
        about_board("chosen", of_department),
        before=("show/7",),
    ),
    "go_to/7": EventRule(
        Right.AUDIT,
        about_board("chosen", of_department),
        before=("show/7",),
    ),
    "order/7": EventRule(Right.AUDIT, about_board("order", lambda t: "score"), before=("show/7",)),
    "views/0": EventRule(Right.AUDIT, once()),
    "open_view/1": EventRule(Right.AUDIT, once(None)),
    "keep_view/8": EventRule(Right.AUDIT, once("", *FREE_BOARD)),
    "drop_view/1": EventRule(Right.AUDIT, once(None)),
    "compare/7": EventRule(
        Right.AUDIT, about_board("years", lambda t: [2021, 2022]), before=("show/7",)
    ),
    "page/7": EventRule(
        Right.AUDIT, about_board("page", lambda t: 0), shows=True, before=("show/7",)
    ),
    "show/5": EventRule(Right.AUDIT, lambda t: [Event(FREE_AUDIT), Event(audit(t))]),
    "refresh/5": EventRule(Right.AUDIT, lambda t: [Event(FREE_AUDIT), Event(audit(t))]),
    "turn/5": EventRule(Right.AUDIT, lambda t: [Event(audit(t), {"page": 0})], before=("show/5",)),
    "go_to/5": EventRule(
        Right.AUDIT,
        lambda t: [Event(FREE_AUDIT, {"chosen": of_department(t), "finding": "0" * 12})],
        before=("show/5",),
    ),
    "mark/5": EventRule(Right.AUDIT, marked, before=("show/5",)),
    "offer/1": EventRule(Right.DRAFT, once(None), shows=True),
    "years/1": EventRule(Right.DRAFT, lambda t: [Event((t.department,))], before=("offer/1",)),
    "write/6": EventRule(Right.DRAFT, drafted, shows=True, before=("offer/1", "years/1")),
    "check/2": EventRule(Right.DRAFT, once("", None)),
    "renew/3": EventRule(Right.DRAFT, once("", 1, None)),
    "polish/2": EventRule(Right.DRAFT, once("", None)),
    "save/3": EventRule(Right.DRAFT, once("", None, None)),
    "save_beside/3": EventRule(Right.DRAFT, once("", None, None)),
    "keep/3": EventRule(Right.DRAFT, once("", None, None)),
    "compare/1": EventRule(Right.DRAFT, once(None)),
    "changes/3": EventRule(Right.DRAFT, once(None, 1, 2)),
    "go_to/0": EventRule(Right.DRAFT, once(told={"draft": "0" * 32})),
    "export/4": EventRule(Right.DRAFT, once("", None, None, None)),
    "load/1": EventRule(Right.DRAFT, once("0" * 32)),
    "back/2": EventRule(Right.DRAFT, once(None, 1)),
}
"""The page's events by the function that handles them and how many inputs it has: they are few
enough that this names one."""


def opened(target: Target) -> Sequence[object]:
    """What a link to a source says; a place and a figure."""
    place = {"document_id": target.document_id, "table": 0, "row": 3, "quote": target.indicator}
    return [
        json.dumps({"figures": [target.figure_id]}),
        json.dumps({"places": [place]}),
        target.document_id,
    ]


def files(target: Target) -> Sequence[object]:
    return [
        {"kind": kind, "choice": choice}
        for kind in ("print", "xlsx")
        for choice in ({}, {"department": target.department})
    ]


def findings(target: Target) -> Sequence[object]:
    names = ("department", "year", "severity", "code", "handling")
    return [{"kind": "xlsx", "choice": dict(zip(names, audit(target), strict=True))}]


def subscriptions(target: Target) -> Sequence[object]:
    """A subscription to a department, ended again at once; and all that was told."""
    sent = {"choice": {"department": target.department}, "channel": "站内", "address": ""}
    return [{**sent, "act": act, "number": 0} for act in ("list", "add", "drop", "read")]


def comments(target: Target) -> Sequence[object]:
    """Everything that is done with the comments of a draft that is not there."""
    sent = {"draft": "0" * 32, "words": target.indicator, "passage": "数", "number": 1, "on": True}
    return [{**sent, "act": act} for act in ("list", "add", "answer", "settle", "share")]


FUNCTIONS: Mapping[str, tuple[Right, Callable[[Target], Sequence[object]]]] = {
    "conversations.rate": (Right.ASK, lambda t: [{"turn": "0" * 32, "kind": "正确", "note": ""}]),
    "conversations.file": (
        Right.ASK,
        lambda t: [{"conversation": "0" * 32, "kind": kind} for kind in ("docx", "md")],
    ),
    "board.file": (Right.AUDIT, files),
    "audit.file": (Right.AUDIT, findings),
    "subscriptions.subscriptions": (Right.AUDIT, subscriptions),
    "draft-comments.comments": (Right.DRAFT, comments),
    "beside.open": (Right.ASK, opened),
}
"""The functions that panels of the page call, by the panel's name and theirs."""
