"""Two departments that must not know of each other, every role in each, and all doors open."""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Any

import httpx

from assistant.accounts.accounts import Accounts
from assistant.accounts.activity_log import ActivityLog
from assistant.accounts.permissions import Role
from assistant.accounts.tokens import TokenScope
from assistant.config import Settings
from assistant.server.noted_requests import is_for_all
from assistant.service import Assistant
from ingest.corrections.types import Aspect, Wanted
from ingest.templates.types import WantedTemplate
from ingest.types.facts import Role as FigureRole
from ingest.types.library import Scope
from ingest.types.tables import ColumnRole, TableKind
from tests.support.builders import page, write
from tests.support.page_events import config_of, sign_in
from tests.support.web_site import served

PASSWORD = "海棠-4417-Dukou"
WATER, CIVIL = "青禾市水务局", "青禾市民政局"
PATIENT = 180
"""Seconds that a request may take on a busy machine."""
Json = Mapping[str, object]
Parts = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Target:
    """What a request is about: a department with things of which outsiders must learn nothing."""

    department: str
    indicator: str
    actual: int
    file: str
    document_id: str
    figure_id: str
    correction: int
    layout: str
    """The signature of a head that stands in this department's documents only."""
    template: int
    finding: str
    """The key of one of the audit's findings in the document."""
    content: bytes

    @property
    def secrets(self) -> tuple[str, ...]:
        """Words that stand in this department's documents only."""
        return (self.department, self.indicator, str(self.actual), self.file, self.document_id)

    @classmethod
    def invented(cls) -> "Target":
        """The same of something that is nowhere."""
        department, indicator, actual = "青禾市档案局", "卷宗整理批次", 86_423
        content = form(department, indicator, actual)
        nowhere = ("档案.html", "0" * 64, "0" * 32, 9_999, "0" * 16, 9_998, "0" * 12)
        return cls(department, indicator, actual, *nowhere, content)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who asks; without a role a stranger, without a department one who sees all."""

    role: Role | None
    department: str = ""

    @property
    def name(self) -> str:
        """How they sign in."""
        scope = {WATER: "水", CIVIL: "民", "": "全"}[self.department]
        return f"{self.role.value if self.role else '生人'}{scope}"

    def sees(self, target: Target) -> bool:
        """Whether the department of the target is theirs."""
        return self.department in ("", target.department)


STRANGER = Person(None)
LIMITED = tuple(role for role in Role if role is not Role.ADMIN)
PEOPLE = (
    STRANGER,
    Person(Role.ADMIN),
    *(Person(role, scope) for role in LIMITED for scope in (WATER, CIVIL, "")),
)


class Site:
    """The running web app with its people and what they may or may not see."""

    def __init__(
        self,
        address: str,
        targets: Mapping[str, Target],
        tokens: Mapping[str, str],
        log: ActivityLog,
    ) -> None:
        self._log = log
        self.address = address
        self.targets = targets
        self._tokens = tokens
        self._clients: dict[str, httpx.Client] = {}
        self._browsers: dict[str, httpx.Client] = {}
        self._sessions = count(1)
        self.requests: Counter[str] = Counter()
        """How many requests of each user have to be in the activity log."""

    def lines(self) -> Counter[str]:
        """How many things of each user the activity log tells."""
        self.client(Person(Role.ADMIN)).get("/api/v1/settings/activities").raise_for_status()
        lines: Counter[str] = Counter()
        for line in self._log.activities(limit=100_000):
            summed = re.fullmatch(r"(?:.* )?(\d+)次", line.subject)
            lines[line.user] += int(summed[1]) if summed else 1
        return lines

    def _count(self, user: str) -> Callable[[httpx.Response], None]:
        def count(reply: httpx.Response) -> None:
            answered = reply.status_code < 400 or reply.status_code in (401, 403, 404)
            if answered and not is_for_all(reply.request.url.path):
                self.requests[user] += 1

        return count

    def _opened(self, user: str, **headers: str) -> httpx.Client:
        hooks = {"response": [self._count(user)]}
        return httpx.Client(
            base_url=self.address, headers=headers, timeout=PATIENT, event_hooks=hooks
        )

    def close(self) -> None:
        """Closes what was opened to ask."""
        for client in (*self._clients.values(), *self._browsers.values()):
            client.close()

    def browser(self, person: Person) -> httpx.Client:
        """One who has signed in; a stranger has not."""
        if person.role is None:
            return self.client(person)
        if person.name not in self._browsers:
            client = self._opened(person.name)
            self._browsers[person.name] = client
            sign_in(client, person.name, PASSWORD)
        return self._browsers[person.name]

    def client(self, person: Person) -> httpx.Client:
        """One who asks with their token; a stranger without any."""
        if person.name not in self._clients:
            token = self._tokens.get(person.name)
            self._clients[person.name] = (
                self._opened(person.name, Authorization=f"Bearer {token}")
                if token
                else self._opened("")
            )
        return self._clients[person.name]

    @cached_property
    def page_config(self) -> Mapping[str, Parts]:
        """What the page is made of, as gradio tells it to a browser."""
        page = config_of(self.browser(Person(Role.ADMIN)))
        return {"components": page.components, "dependencies": page.events}

    def tool(self, person: Person, name: str, arguments: Json) -> httpx.Response:
        """Calls a tool over MCP."""
        return self.rpc(person, "tools/call", {"name": name, "arguments": arguments})

    def rpc(self, person: Person, method: str, parameters: Json) -> httpx.Response:
        """One message of MCP."""
        return self.client(person).post(
            "/mcp",
            json={"jsonrpc": "2.0", "id": 1, "method": method, "params": parameters},
            headers={"Accept": "application/json, text/event-stream"},
        )

    def new_session(self) -> str:
        """The hash of a page that was just opened."""
        return f"matrix{next(self._sessions):06d}"

    def event(
        self, person: Person, session: str, number: int, data: Sequence[object], told: Json | None
    ) -> tuple[int, str]:
        """What an event of the page answers: the status, and all that came back as text."""
        body = {
            "fn_index": number,
            "data": list(data),
            "event_data": told,
            "session_hash": session,
        }
        client = self.browser(person)
        joined = client.post("/gradio_api/queue/join", json=body)
        if joined.status_code != 200:
            return joined.status_code, joined.text
        came: list[str] = []
        address = f"/gradio_api/queue/data?session_hash={session}"
        with client.stream("GET", address) as stream:
            for line in stream.iter_lines():
                if not line.startswith("data:"):
                    continue
                message = json.loads(line.removeprefix("data:"))
                came.append(json.dumps(message, ensure_ascii=False))
                if message.get("msg") in ("process_completed", "close_stream"):
                    break
        return stream.status_code, "\n".join(came)


@contextmanager
def open_site(folder: Path) -> Iterator[Site]:
    """The site over a new library in the folder."""
    home = folder / "home"
    settings = Settings(home=home)
    files = {
        "水务.html": form(WATER, "泵站巡检频次", 31_415),
        "民政.html": form(CIVIL, "养老床位新增数", 27_182),
    }
    with (
        closing(Assistant(settings)) as assistant,
        closing(Accounts.of(settings)) as accounts,
    ):
        paths = [write(folder / "in" / name, data) for name, data in files.items()]
        assert not [report.error for report in assistant.add(paths) if report.error]
        tokens = {}
        for person in sorted(PEOPLE, key=lambda person: person.role is not Role.ADMIN):
            if person.role is not None:
                scope = [person.department] if person.department else []
                accounts.add(person.name, PASSWORD, person.role, departments=scope)
                tokens[person.name] = accounts.tokens.add(person.name, scope=TokenScope.ALL)
        targets = {target.department: target for target in known_targets(assistant, files)}
        with (
            served(assistant, home) as address,
            closing(Site(address, targets, tokens, accounts.activity_log)) as site,
        ):
            yield site


def form(department: str, indicator: str, actual: int) -> bytes:
    """A small self-assessment form (自评表), with a table that no other department has."""
    rows = "".join(f"<tr><td>{n}号</td><td>{n}次</td><td>{n + 1}次</td></tr>" for n in (4, 5, 6))
    table = f"<table><tr><td>{indicator}点位</td><td>甲栏</td><td>乙栏</td></tr>{rows}</table>"
    whole = page(department, indicator=indicator, target=actual - 300, actual=actual)
    return whole.replace(b"</body>", f"<p>附表：</p>{table}</body>".encode())


def known_targets(assistant: Assistant, files: Mapping[str, bytes]) -> Iterator[Target]:
    """What the library holds of each department, with one correction in each."""
    for record in assistant.documents():
        figures = assistant.figures(Scope(document_ids=(record.id,)))
        figure = next(f for f in figures if f.role is FigureRole.ACTUAL)
        layout = next(
            met.layout
            for met in assistant.layouts(record.id)
            if met.layout.heads[0][0] == f"{figure.subject}点位"
        )
        roles = (ColumnRole.NAME, ColumnRole.TARGET, ColumnRole.ACTUAL)
        taught = WantedTemplate(layout.signature, TableKind.INDICATORS, roles, "管理员")
        template = assistant.seen_by([record.department]).confirm_layout(taught)
        wanted = Wanted(record.id, Aspect.YEAR, "2023", "管理员", reason=f"{record.file}的年度")
        yield Target(
            record.department,
            figure.subject,
            int(figure.quantity.values[0]),
            record.file,
            record.id,
            figure.id,
            assistant.correct(wanted).number,
            layout.signature,
            template.number,
            assistant.audit(Scope(document_ids=(record.id,)))[0].key,
            files[record.file],
        )
