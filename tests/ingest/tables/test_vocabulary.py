"""What a pack of forms may say: a misspelt name is refused, with its file and key."""

from typing import Any

import pytest

from ingest.errors import VocabularyError
from ingest.tables.headers import read_kinds

TASKS: dict[str, Any] = {"require": [["task"]], "columns": {"task": {"is": ["任务名称"]}}}


@pytest.mark.parametrize(
    ("kinds", "key", "name"),
    [
        ({"tusks": TASKS}, "kinds.tusks", "tusks"),
        ({"tasks": {**TASKS, "columns": {"fnud": {"is": []}}}}, "kinds.tasks.columns.fnud", "fnud"),
        ({"tasks": {**TASKS, "require": [["tusk"]]}}, "kinds.tasks.require", "tusk"),
    ],
)
def test_a_misspelt_name_is_refused(kinds: dict[str, Any], key: str, name: str) -> None:
    with pytest.raises(VocabularyError) as error:
        read_kinds({"kinds": kinds})
    assert all(part in str(error.value) for part in ("forms.toml", key, f"“{name}”"))


def test_known_names_are_taken() -> None:
    assert [list(kind.columns) for kind in read_kinds({"kinds": {"tasks": TASKS}}).values()] == [
        ["task"]
    ]
