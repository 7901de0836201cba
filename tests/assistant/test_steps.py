"""Steps are plain calls, unless somebody drives them."""

from collections.abc import Callable
from typing import Any

from assistant.steps import driven_by, step


def test_a_driver_runs_the_steps_within_it_alone() -> None:
    seen: list[tuple[str, Any]] = []

    def driver(name: str, work: Callable[[Any], Any], given: Any) -> Any:
        seen.append((name, given))
        return work(given)

    assert step("before", len, "ab") == 2
    with driven_by(driver):
        assert step("within", len, "abc") == 3
    assert step("after", len, "a") == 1
    assert seen == [("within", "abc")]
