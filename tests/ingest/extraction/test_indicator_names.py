"""What stands where an indicator's name should be, and is none."""

import pytest

from ingest.extraction.indicator_names import is_doubtful, why_not
from ingest.language.vocabulary import default_vocabulary
from ingest.types.tables import How
from tests.support.builders import read_rows

HEAD = ["一级指标", "二级指标", "三级指标", "年度指标值", "实际完成值"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("基本完成", "完成情况"),
        ("正在组织实施", "完成情况"),
        ("95%", "数值"),
        ("第3页", "数值或页码"),
        ("三级指标", "表头"),
        ("绩效指标", "表头或表块"),
        ("2023年度部门整体支出绩效自评表", "标题"),
        ("渠道已疏通。群众反映较好，下一步继续巩固", "一段话"),
    ],
)
def test_values_states_heads_titles_and_sentences_name_nothing(text: str, problem: str) -> None:
    assert problem in why_not(default_vocabulary().read(text))


@pytest.mark.parametrize(
    "text",
    ["渠道疏通长度", "保障人数", "水质达标率", "群众满意度", "按时完成率", "带动就业", "清淤"],
)
def test_names_name_indicators(text: str) -> None:
    assert why_not(default_vocabulary().read(text)) == ""
    assert not is_doubtful(default_vocabulary().read(text))


def test_a_row_without_a_name_is_no_indicator_and_its_values_wait() -> None:
    understood = read_rows(
        [
            HEAD,
            ["产出指标", "数量指标", "渠道疏通长度", "≥12公里", "13公里"],
            ["产出指标", "质量指标", "基本完成", "≥90%", "92%"],
        ]
    )
    assert [row.name for row in understood.indicators] == ["渠道疏通长度"]
    doubtful = {(f.quantity.raw, f.how) for f in understood.figures if f.confidence < 1}
    assert doubtful == {("≥90%", How.CONTENTS), ("92%", How.CONTENTS)}


def test_a_name_that_holds_a_value_too_waits() -> None:
    understood = read_rows([HEAD, ["产出指标", "数量指标", "演出场次≥45场", "≥45场", "48场"]])
    (row,) = understood.indicators
    assert (row.how, row.confidence < default_vocabulary().confidence.confirmed_from) == (
        How.CONTENTS,
        True,
    )


@pytest.mark.parametrize(
    ("text", "doubtful"),
    [
        ("合格率≥", True),
        ("投诉次数<5次", True),
        ("投诉次数＜＝五次", True),
        ("到场人数>", True),
        ("编印<水利简报>数量", False),
        ("泵站<img src=x onerror=owned=1>数量", False),
    ],
)
def test_brackets_compare_nothing(text: str, doubtful: bool) -> None:
    assert is_doubtful(default_vocabulary().read(text)) is doubtful


def test_the_number_of_the_next_indicator_is_no_part_of_a_name() -> None:
    understood = read_rows(
        [HEAD, ["产出指标", "数量指标", "指标1：维修面积 指标2：", "≥450平方米", "460平方米"]]
    )
    assert [row.name for row in understood.indicators] == ["维修面积"]
