"""The packs of ingestion: a wrong one is refused as it loads, by its file and key."""

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ingest.config import DATA
from ingest.errors import PackError
from ingest.language.budget_terms import BudgetTerms
from ingest.language.department_names import DepartmentNames
from ingest.language.form_vocabulary import FormVocabulary
from ingest.language.packs import PackTable
from ingest.language.quantities import Units
from ingest.language.statement_vocabulary import StatementVocabulary
from ingest.language.vocabulary import default_vocabulary
from ingest.loaders.ocr.postcorrection import OcrMisreadings

LEXICON = DATA / "lexicon"
LOADERS: dict[str, Callable[[PackTable], object]] = {
    "forms": FormVocabulary.from_pack,
    "concepts": BudgetTerms.from_pack,
    "units": Units.from_pack,
    "statements": StatementVocabulary.from_pack,
    "departments": DepartmentNames.from_pack,
    "ocr": OcrMisreadings.from_pack,
}


def load(name: str, values: dict[str, Any]) -> object:
    return LOADERS[name](PackTable(values, file=f"{name}.toml"))


def values_of(name: str) -> dict[str, Any]:
    return tomllib.loads(Path(LEXICON / f"{name}.toml").read_text(encoding="utf-8"))


def changed(name: str, key: str, value: object) -> dict[str, Any]:
    """The pack with another value at a key (`kinds.tasks.require`)."""
    values = values_of(name)
    *path, last = key.split(".")
    table = values
    for part in path:
        table = table[part]
    table[last] = value
    return values


@pytest.mark.parametrize("name", LOADERS)
def test_the_packs_that_are_shipped_load(name: str) -> None:
    assert load(name, values_of(name))


@pytest.mark.parametrize("name", LOADERS)
def test_a_key_that_nothing_reads_is_refused(name: str) -> None:
    with pytest.raises(PackError, match=rf"{name}\.toml 的 (\[)?mistake"):
        load(name, changed(name, "mistake", "x"))


@pytest.mark.parametrize("name", sorted(LOADERS.keys() - {"concepts"}))
def test_a_missing_key_is_named(name: str) -> None:
    values = values_of(name)
    missing = next(iter(values))
    del values[missing]
    with pytest.raises(PackError, match=rf"{name}\.toml 缺少 {missing}"):
        load(name, values)


COLUMN = {"is": ["任务名称"]}


@pytest.mark.parametrize(
    ("name", "key", "value", "message"),
    [
        ("forms", "kinds.tusks", {"require": [["task"]], "columns": {}}, "kinds.tusks"),
        ("forms", "kinds.tasks.columns.fnud", COLUMN, "kinds.tasks.columns.fnud"),
        ("forms", "kinds.tasks.require", [["tusk"]], "kinds.tasks.require"),
        ("forms", "kinds.tasks.require", ["task"], "kinds.tasks.require"),
        ("forms", "kinds.tasks.columns.task.like", "(任务", "kinds.tasks.columns.task.like"),
        ("forms", "kinds.tasks.columns.task.lkie", "任务", "kinds.tasks.columns.task.lkie"),
        ("forms", "sections.problem", {"is": ["问题"]}, "sections.problem"),
        ("forms", "labels.departmnet", {"is": ["部门"]}, "labels.departmnet"),
        ("forms", "forms.自评表", "自评", "forms.自评表"),
        ("forms", "amounts.spent", "(支出", "amounts.spent"),
        ("concepts", "年初预算数.role", "bugdet", "年初预算数.role"),
        ("concepts", "年初预算数.cues", ["年初"], "年初预算数.cues"),
        ("concepts", "年初预算数.synonym", ["年初"], "年初预算数.synonym"),
        ("units", "units", "元", "units"),
        ("units", "approximate.between", None, "approximate.between"),
        ("statements", "unit_roles.分", "socre", "unit_roles.分"),
        ("statements", "remaining", "(?:其余", "remaining"),
        ("departments", "frames.around", [["中国", "委员会", "x"]], "frames.around"),
        ("ocr", "misreadings", [{"why": "x", "find": "(", "put": ""}], "misreadings[1].find"),
        ("ocr", "misreadings", [{"why": "x", "find": "(a)", "put": r"\2"}], "misreadings[1].put"),
    ],
)
def test_a_wrong_value_is_refused(name: str, key: str, value: object, message: str) -> None:
    with pytest.raises(PackError) as error:
        load(name, changed(name, key, value))
    assert f"{name}.toml 的 {message} " in str(error.value)


def test_a_text_is_read_by_the_vocabulary_it_is_given() -> None:
    vocabulary = default_vocabulary()
    text = vocabulary.read("年初预算数（万元）")
    assert (text.key, text.concept and text.concept.name) == ("年初预算数", "年初预算数")
    assert vocabulary.read("年初预算数（万元）") is text
