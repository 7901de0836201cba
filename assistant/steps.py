"""The steps of answering as others may watch or run them (步骤), e.g. as LangChain's Runnables.

A step is run by whoever drives the question; where nobody does, which is how the program itself
answers, it is a plain call.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

_Given = TypeVar("_Given")
_Made = TypeVar("_Made")
Driver = Callable[[str, Callable[[Any], Any], Any], Any]
"""Runs a step: its name, the work, and what it is given."""

_DRIVER: ContextVar[Driver | None] = ContextVar("driver_of_steps", default=None)


def step(name: str, work: Callable[[_Given], _Made], given: _Given) -> _Made:
    """What the work makes of what it is given.

    >>> step("double", lambda number: 2 * number, 4)
    8
    """
    driver = _DRIVER.get()
    if driver is None:
        return work(given)
    made: _Made = driver(name, work, given)
    return made


@contextmanager
def driven_by(driver: Driver) -> Iterator[None]:
    """Within it, steps are run by the driver."""
    token = _DRIVER.set(driver)
    try:
        yield
    finally:
        _DRIVER.reset(token)
