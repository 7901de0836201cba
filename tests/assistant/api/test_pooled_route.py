"""Every address does its work in a lane: none that is added can forget it."""

from collections.abc import Iterator
from contextlib import closing
from inspect import iscoroutinefunction

import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, RouteContext, iter_route_contexts
from starlette.applications import Starlette

from assistant.accounts.accounts import Accounts
from assistant.api.app import application
from assistant.api.pooled_route import PooledRoute
from assistant.config import Settings
from assistant.server.deferred_apps import DeferredApp, DeferredApps
from assistant.server.gateway import Gateway
from assistant.service import Assistant

AT_ONCE = {"/healthz", "/api/v1/healthz", "/api/{rest:path}", "/v1/{rest:path}"}
"""Addresses that answer without any work."""


@pytest.fixture(scope="module")
def routes(
    assistant: Assistant, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[list[RouteContext]]:
    """Every route of the app that FastAPI serves."""

    def build() -> Starlette:
        raise NotImplementedError

    deferred = DeferredApps(tools=DeferredApp(build), page=DeferredApp(build))
    settings = Settings(home=tmp_path_factory.mktemp("routes"))
    with closing(Gateway(assistant, Accounts.of(settings))) as gateway:
        app = application(gateway, deferred, host="127.0.0.1", largest_upload=1)
        yield [
            one
            for one in iter_route_contexts(app.routes)
            if isinstance(one.original_route, APIRoute)
        ]


def test_every_route_is_of_the_kind_that_has_lanes(routes: list[RouteContext]) -> None:
    others = [route.path for route in routes if not isinstance(route.original_route, PooledRoute)]
    assert others == []


def test_every_endpoint_does_its_work_in_a_lane(routes: list[RouteContext]) -> None:
    addresses = {str(route.path) for route in routes}
    assert addresses >= {"/api/v1/ask", "/v1/chat/completions", "/login", "/metrics"} | AT_ONCE
    for route in routes:
        if route.path in AT_ONCE:
            assert iscoroutinefunction(route.endpoint), route.path
        else:
            work = getattr(route.endpoint, "__wrapped__", None)
            assert iscoroutinefunction(route.endpoint), route.path
            assert callable(work), route.path
            assert not iscoroutinefunction(work), route.path


def calls(dependant: Dependant) -> Iterator[object]:
    for one in dependant.dependencies:
        yield one.call
        yield from calls(one)


def test_nothing_before_the_work_needs_a_thread(routes: list[RouteContext]) -> None:
    for route in routes:
        for call in calls(route.dependant):
            assert iscoroutinefunction(call), f"{route.path} {call}"
