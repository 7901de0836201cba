"""Roles × doors × departments: every route, tool, event and panel function, for everybody.

Generated from what the program really serves, so that a new way in without a rule fails. For each:
a stranger gets nothing; who lacks the right gets nothing, whatever is asked about; who has it is
shown what is theirs, and about another department is answered as about one that is nowhere.
"""

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import product
from pathlib import Path

import httpx
import pytest
from fastapi import APIRouter
from starlette.applications import Starlette
from starlette.routing import BaseRoute, Mount, Route

from assistant.accounts.accounts import Accounts
from assistant.accounts.permissions import RIGHTS, Right, Role
from assistant.api.app import application
from assistant.config import Settings
from assistant.server.deferred_apps import DeferredApp, DeferredApps
from assistant.server.gateway import Gateway
from assistant.service import Assistant
from tests.security.rules import EVENTS, FUNCTIONS, HTTP, TOOLS, Access, Ask, Rule, asked
from tests.security.site import PEOPLE, STRANGER, Person, Site, Target, open_site

REFUSED = {401, 403}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with open_site(tmp_path_factory.mktemp("matrix")) as opened:
        yield opened


@pytest.fixture(autouse=True)
def traced(site: Site) -> Iterator[None]:
    """Whatever is tried here, each request that is answered or refused is in the activity log."""
    lines, requests = site.lines(), site.requests.copy()
    yield
    asked = site.requests - requests
    told = site.lines()
    told.subtract(lines)
    assert {user: told[user] for user in asked} == {
        user: max(told[user], number) for user, number in asked.items()
    }


def lets(person: Person, access: Right | Access) -> bool:
    match access:
        case Access.ANYBODY:
            return True
        case Access.NOBODY:
            return False
        case Access.SIGNED_IN:
            return person.role is not None
        case Right():
            return person.role is not None and access in RIGHTS[person.role]


def sent(site: Site, person: Person, method: str, ask: Ask, default: str) -> httpx.Response:
    files = None
    if ask.file:
        files = {"files": ask.file}
    return site.client(person).request(
        "PUT" if method == "*" else method,
        ask.path or default,
        json=ask.json,
        data=ask.form,
        files=files,
        follow_redirects=False,
    )


def leaked(reply: str, target: Target, *, echoed: str = "") -> list[str]:
    """Words of the target that came back without having been sent."""
    return [
        word
        for word in target.secrets
        if re.search(rf"(?<![\d.]){re.escape(word)}(?!\d)", reply) and word not in echoed
    ]


def without(reply: str, target: Target) -> str:
    """A reply with what names its target taken out, and what differs at every call."""
    numbers = (f"编号为{number}" for number in (target.correction, target.template))
    for word in (*target.secrets, target.figure_id, *numbers):
        reply = reply.replace(word, "…")
    return re.sub(r'(elapsed_ms|id|created)\\*": ?(\\*"[^"]*"|\d+)|chatcmpl-\w+', "…", reply)


@pytest.mark.parametrize(("name", "rule"), HTTP.items(), ids=list(HTTP))
def test_every_address_keeps_its_rule(site: Site, name: str, rule: Rule) -> None:
    method, address = name.split(" ", 1)
    shown: set[Person] = set()
    for person, target in product(PEOPLE, site.targets.values()):
        outside = not person.sees(target)
        allowed = lets(person, rule.access)
        if allowed and rule.changes and not outside:
            continue
        if allowed and rule.changes and not site_scoped(rule, target):
            continue
        asks = rule.asks(target)
        nowhere = rule.asks(Target.invented())
        for ask, control in zip(asks, nowhere, strict=True):
            reply = sent(site, person, method, ask, address)
            told = f"{person.name} {name} {ask}: {reply.status_code} {reply.text[:300]}"
            assert reply.status_code < 500, told
            if not allowed:
                assert reply.status_code in REFUSED | {303}, told
                assert not leaked(reply.text, target, echoed=str(ask)), told
            elif outside and rule.same:
                other = sent(site, person, method, control, address)
                assert not leaked(reply.text, target, echoed=str(ask)), told
                assert reply.status_code == other.status_code, told
                assert without(reply.text, target) == without(other.text, Target.invented()), told
            elif not outside and isinstance(rule.access, Right):
                assert reply.status_code not in REFUSED, told
                if target.indicator in reply.text or target.file in reply.text:
                    shown.add(person)
    if rule.shows:
        assert shown == {person for person in PEOPLE if lets(person, rule.access)}, told


def site_scoped(rule: Rule, target: Target) -> bool:
    """Whether what a rule asks depends on its target at all."""
    return rule.asks(target) != rule.asks(Target.invented())


def test_every_address_has_a_rule(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    with closing(Assistant(settings)) as assistant, closing(Accounts.of(settings)) as accounts:
        nothing = DeferredApp(Starlette)
        app = application(
            Gateway(assistant, accounts),
            DeferredApps(tools=nothing, page=nothing),
            host=settings.host,
            largest_upload=1,
        )
        assert set(declared(app.routes)) == set(HTTP)


def declared(routes: Sequence[BaseRoute]) -> Iterator[str]:
    """Every declared method and address; what takes any method is `*`.

    MCP's one address and the page behind all others have their own rules.
    """
    for route in routes:
        if isinstance(route, Mount) or getattr(route, "path", "") == "/mcp":
            continue
        if not isinstance(route, Route):  # FastAPI keeps what was included as it was declared
            included: APIRouter = vars(route)["original_router"]
            yield from declared(included.routes)
            continue
        methods = sorted((route.methods or set()) - {"HEAD"})
        for method in ["*"] if len(methods) > 3 else methods:
            yield f"{method} {route.path}"


@pytest.mark.parametrize(("name", "rule"), TOOLS.items(), ids=list(TOOLS))
def test_every_tool_keeps_its_rule(site: Site, name: str, rule: Rule) -> None:
    shown: set[Person] = set()
    for person, target in product(PEOPLE, site.targets.values()):
        for ask, control in zip(rule.asks(target), rule.asks(Target.invented()), strict=True):
            reply = site.tool(person, name, ask.json or {})
            told = f"{person.name} {name} {ask}: {reply.status_code} {reply.text[:300]}"
            if person == STRANGER:
                assert reply.status_code == 401, told
                continue
            assert reply.status_code == 200, told
            failed = reply.json()["result"].get("isError", False)
            if not lets(person, rule.access):
                assert failed, told
                assert not leaked(reply.text, target, echoed=str(ask)), told
            elif not person.sees(target):
                other = site.tool(person, name, control.json or {})
                assert not leaked(reply.text, target, echoed=str(ask)), told
                assert without(reply.text, target) == without(other.text, Target.invented()), told
            else:
                assert not failed, told
                if target.indicator in reply.text:
                    shown.add(person)
    if rule.shows:
        assert shown == {person for person in PEOPLE if lets(person, rule.access)}, told


def test_every_tool_has_a_rule(site: Site) -> None:
    listed = site.rpc(Person(Role.ADMIN), "tools/list", {}).json()["result"]["tools"]
    assert {tool["name"] for tool in listed} == set(TOOLS)


def events(site: Site) -> dict[str, list[int]]:
    """The page's events that run on the server, as `EVENTS` names them, with their numbers."""
    numbers: dict[str, list[int]] = {}
    for event in site.page_config["dependencies"]:
        if event["backend_fn"]:
            name = re.sub(r"_\d+$", "", event["api_name"])
            numbers.setdefault(f"{name}/{len(event['inputs'])}", []).append(event["id"])
    return numbers


def test_every_event_has_a_rule(site: Site) -> None:
    assert set(events(site)) == set(EVENTS)


@pytest.mark.parametrize("name", EVENTS)
def test_every_event_keeps_its_rule(site: Site, name: str) -> None:
    rule = EVENTS[name]
    numbers = events(site)
    shown: set[Person] = set()
    for person, target in product(PEOPLE, site.targets.values()):
        for use in rule.uses(target):
            session = site.new_session()
            for before in rule.before:
                site.event(person, session, numbers[before][0], *EVENTS[before].first(target))
            status, reply = site.event(person, session, numbers[name][0], use.data, use.told)
            told = f"{person.name} {name} {use}: {status} {reply[-1500:]}"
            if person == STRANGER:
                assert status == 401, told
                continue
            assert status < 500, told
            if not lets(person, rule.access) or not person.sees(target):
                assert not leaked(reply, target, echoed=f"{use} {asked(target)}"), told
            elif '"success": true' in reply and (
                target.indicator in reply or target.department in reply
            ):
                shown.add(person)
    if rule.shows:
        assert shown == {person for person in PEOPLE if lets(person, rule.access)}, told


def functions(site: Site) -> dict[str, tuple[int, str]]:
    """The functions that panels may call, as `FUNCTIONS` names them: component and name."""
    return {
        f"{part['props']['elem_id']}.{name}": (part["id"], name)
        for part in site.page_config["components"]
        for name in part["props"].get("server_fns") or ()
    }


def test_every_function_of_a_panel_has_a_rule(site: Site) -> None:
    assert set(functions(site)) == set(FUNCTIONS)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_of_a_panel_keeps_its_rule(site: Site, name: str) -> None:
    right, uses = FUNCTIONS[name]
    component, function = functions(site)[name]
    for person, target in product(PEOPLE, site.targets.values()):
        for data in uses(target):
            body = {
                "session_hash": "panel",
                "component_id": component,
                "fn_name": function,
                "data": data,
            }
            reply = site.browser(person).post("/gradio_api/component_server/", json=body)
            told = f"{person.name} {name} {data}: {reply.status_code} {reply.text[:300]}"
            assert reply.status_code < 500, told
            if not lets(person, right):
                assert reply.status_code in REFUSED, told
            if not person.sees(target):
                echoed = json.dumps(data, ensure_ascii=False)
                assert not leaked(reply.text, target, echoed=echoed), told
