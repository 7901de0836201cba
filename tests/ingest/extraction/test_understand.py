"""The two sample documents, figure by figure, computed by hand; contact persons are left out."""

import json
from decimal import Decimal
from functools import cache

import pytest

from ingest.config import DATA
from ingest.extraction.understand import understand
from ingest.language.normalise import squeeze
from ingest.loaders.text import load_text
from ingest.types.blocks import Form
from ingest.types.facts import Role, Understanding
from tests.support.builders import FILES

GOLD = json.loads((FILES / "seed_figures.json").read_text("utf-8"))
NAMES = {"huangpu": "黄埔区广州开发区部门整体支出绩效自评表（2021年度）.txt",
         "dongguan": "东莞市部门整体支出预算绩效目标表（2022年度）.txt"}  # fmt: skip
# The hand-made list calls every amount, price and rate of the funds blocks "budget".
MONEY_ROLES = {Role.BUDGET, Role.SPENT, Role.ADJUSTMENT, Role.RATE, Role.FUND}
# Named in other words than the document's: found by value, unit and role alone.
PARAPHRASED = {"圆梦计划 补助标准", "圆梦计划支助人次数 实施周期"}


@cache
def sample(name: str) -> Understanding:
    path = DATA / "samples" / NAMES[name]
    return understand(load_text(path.name, path.read_bytes()))


def plain(text: str) -> str:
    return squeeze(text).translate(str.maketrans("", "", "“”（）()、，,"))


@pytest.mark.parametrize("gold", GOLD["figures"], ids=lambda g: f"{g['doc']}-{g['name']}")
def test_every_figure_of_the_samples(gold: dict[str, object]) -> None:
    name = plain(str(gold["name"]))
    roles = MONEY_ROLES if gold["role"] == "budget" else {Role(str(gold["role"]))}
    matching = [
        f
        for f in sample(str(gold["doc"])).figures
        if f.quantity.value == Decimal(str(gold["value"]))
        and f.quantity.unit == gold["unit"]
        and f.quantity.comparator == gold["comparator"]
        and f.quantity.approximate == gold["approx"]
        and f.role in roles
        and (
            gold["name"] in PARAPHRASED
            or name in plain(f"{f.subject}|{f.section}")
            or plain(f.subject) in name
        )
    ]
    assert matching


@pytest.mark.parametrize("doc", NAMES)
def test_every_figure_stands_at_its_place(doc: str) -> None:
    path = DATA / "samples" / NAMES[doc]
    lines = path.read_text("utf-8").split("\n")
    understood = sample(doc)
    assert understood.figures
    for figure in understood.figures:
        start, end = figure.location.line_start, figure.location.line_end
        assert start is not None
        assert end is not None
        there = squeeze("".join(lines[start - 1 : end]))
        assert squeeze(figure.quantity.raw) in there, figure


@pytest.mark.parametrize(("doc", "name"), GOLD["indicators"])
def test_every_indicator_of_the_samples(doc: str, name: str) -> None:
    assert any(plain(name) in plain(i.name) for i in sample(doc).indicators)


@pytest.mark.parametrize(("name", "value"), GOLD["qualitative"])
def test_qualitative_targets(name: str, value: str) -> None:
    found = [i for i in sample("dongguan").indicators if plain(name) in plain(i.name)]
    assert [i.target.qualitative for i in found if i.target] == [value]


def test_counts_of_indicators() -> None:
    assert len(sample("huangpu").indicators) == 9
    assert len(sample("dongguan").indicators) == 20


def test_what_the_documents_are() -> None:
    found = {
        name: (d.department, d.year, d.form) for name in NAMES for d in [sample(name).document]
    }
    assert found == {
        "huangpu": ("中国共产主义青年团广州市黄埔区委员会", 2021, Form.SELF_EVALUATION),
        "dongguan": ("中国共产主义青年团东莞市委员会", 2022, Form.TARGET),
    }


def test_shifted_rows_are_put_back() -> None:
    """Rows that lost a leading tab (S2-2) keep name and values in their own columns."""
    named = {i.name: i for i in sample("dongguan").indicators}
    saving = named["成本节约率"]
    assert (saving.level2 or saving.level1) == "成本指标"
    assert saving.target
    assert saving.period_target
    assert (saving.target.raw, saving.period_target.raw) == ("5%以上", "5%以上")
    satisfied = named["目标群体满意度"]
    assert satisfied.level1 == "服务对象满意度指标"
    assert satisfied.target
    assert satisfied.target.raw == "≥90%"
    support = named["新生代产业工人“圆梦计划”支助标准"]
    assert support.target
    assert support.target.raw.startswith("补助学员每人1000元")


def test_areas_are_kept_apart() -> None:
    volunteers = next(i for i in sample("huangpu").indicators if "志愿服务队伍" in i.name)
    assert volunteers.actual
    assert volunteers.actual.values == (158, 226, 163)
    assert volunteers.target
    assert (volunteers.target.comparator, volunteers.target.value) == (">=", 150)


def test_a_paused_task_has_no_actual_value() -> None:
    paused = next(i for i in sample("huangpu").indicators if "港澳" in i.name)
    assert paused.actual
    assert paused.actual.values == ()
    assert "暂停" in paused.actual_text


def test_a_number_of_another_unit_is_no_actual_value() -> None:
    cover = next(i for i in sample("huangpu").indicators if "覆盖率" in i.name)
    assert cover.actual
    assert cover.actual.values == ()


def test_reading_is_repeatable() -> None:
    path = DATA / "samples" / NAMES["huangpu"]
    assert understand(load_text(path.name, path.read_bytes())) == sample("huangpu")


def test_contacts_are_left_out() -> None:
    lines = (
        "部门整体支出绩效自评表",
        "部门名称\t某市水务局",
        "指标名称\t年度指标值\t实际完成值",
        "巡河次数\t≥12次\t15次",
        "填表人\t张三丰\t联系电话\t13800138000",
        "联系人：李四光 电话：0769-22334455",
    )
    document = load_text("表.txt", "\n".join(lines).encode())
    hidden, kept = understand(document), understand(document, keep_contacts=True)
    said = str(hidden.passages) + str(hidden.figures) + str(hidden.oddities)
    assert not any(word in said for word in ("张三丰", "13800138000", "李四光", "22334455"))
    assert "张三丰" in str(kept.passages)
