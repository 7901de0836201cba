"""Numbers in sentences are read by the words around them, from left to right."""

import shutil
from pathlib import Path

import pytest

from ingest.errors import ModelError
from ingest.extraction.statements import normalise_keeping_lines, sentences
from ingest.language.vocabulary import default_vocabulary
from ingest.semantics.statement_features import numbers_in
from ingest.semantics.statement_reader import (
    RULE,
    WEIGHTS,
    NumberReading,
    Relation,
    StatementReader,
    shipped_reader,
)
from ingest.types.facts import Role
from tools.train_statements import STATEMENTS, examples


def readings(text: str, section: str = "") -> list[NumberReading]:
    (sentence,) = sentences(text)
    found = default_vocabulary().read(text).quantities
    plain = normalise_keeping_lines(text)
    return list(shipped_reader().read(numbers_in(plain, sentence, found, section=section)))


@pytest.mark.parametrize(
    ("text", "roles"),
    [
        ("拟购置检测车6辆，现已购置4辆。", [Role.TARGET, Role.ACTUAL]),
        ("应急物资储备点须设12处，实设11处。", [Role.TARGET, Role.ACTUAL]),
        ("批复预算70万元，实际列支66.5万元。", [Role.BUDGET, Role.SPENT]),
        ("该项满分15分，得13.5分。", [Role.WEIGHT, Role.SCORE]),
        ("举办讲座31场，参加1,900人次。", [Role.ACTUAL, Role.ACTUAL]),
    ],
)
def test_plans_results_and_money_are_told_apart(text: str, roles: list[Role]) -> None:
    assert [one.role for one in readings(text)] == roles


def test_what_a_number_is_compared_with_is_of_the_year_before() -> None:
    spent, last, more = readings("本年支出205万元，比上年的188万元增加17万元。")
    assert [one.relation for one in (spent, last, more)] == [
        Relation.OWN,
        Relation.BEFORE,
        Relation.CHANGE,
    ]
    assert (spent.role, last.role) == (Role.SPENT, Role.SPENT)


def test_a_number_of_an_article_is_a_rule() -> None:
    (rule,) = readings("抽查比例不低于项目总数的25%。", "第三章 复核 / 第十七条")
    assert rule.role is None


def test_the_data_are_marked_and_what_is_shipped_is_made_of_them() -> None:
    told = examples(STATEMENTS)
    assert len({one.family for one in told}) >= 10
    right = 0
    for one in told:
        (read,) = shipped_reader().read([one.number])
        right += (str(read.role) if read.role else RULE) == one.names["role"]
    assert right > 0.9 * len(told)


def test_damaged_weights_are_refused(tmp_path: Path) -> None:
    copy = tmp_path / "reader"
    shutil.copytree(WEIGHTS, copy)
    (copy / "weights.npz").write_bytes(b"")
    with pytest.raises(ModelError):
        StatementReader.load(copy)
