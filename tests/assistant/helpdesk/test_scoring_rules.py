"""What the rule packs say of scoring, with the source that stands in them."""

from pathlib import Path

import pytest

from assistant.assessment.rule_packs import RuleBook
from assistant.helpdesk.scoring_rules import TO_BE_CHECKED, RuleTopic, ScoringRules
from ingest.language.vocabulary import default_vocabulary

TERMS = default_vocabulary().terms
PACK = """
name = "云溪县"
source = "云财绩〔2099〕9号（虚构）"
places = ["云溪县"]
years = [2099, 2099]
[scoring]
downward = "ratio"
[scoring.satisfaction]
"100" = "95"
"70" = "80"
[rating]
"甲" = "85"
"乙" = "0"
"""


@pytest.fixture
def rules(tmp_path: Path) -> ScoringRules:
    (tmp_path / "own.toml").write_text(PACK, encoding="utf-8")
    return ScoringRules(RuleBook(tmp_path), TERMS)


@pytest.mark.parametrize("topic", list(RuleTopic))
def test_every_topic_has_its_words_and_source(rules: ScoringRules, topic: RuleTopic) -> None:
    told = rules.answer(topic, "怎么算")
    assert told.startswith("评分规则（财预〔")
    assert TO_BE_CHECKED in told
    assert "(R)" not in told


def test_bands_and_limits_are_those_of_the_pack(rules: ScoringRules) -> None:
    assert "优90分及以上，良80分及以上、不满90分" in rules.answer(RuleTopic.RATING, "")
    assert "低于80%或高于120%" in rules.answer(RuleTopic.EXECUTION_LOW, "")
    assert "超过30%" in rules.answer(RuleTopic.ADJUSTMENT_LIMIT, "")


def test_a_place_is_told_its_own_rule_and_its_source(rules: ScoringRules) -> None:
    told = rules.answer(RuleTopic.RATING, "", ("云溪县",), 2099)
    assert told == "评分规则（云溪县：云财绩〔2099〕9号（虚构））：甲85分及以上，乙不满85分。"
    assert "目标值 ÷ 实际完成值 × 分值" in rules.answer(RuleTopic.DOWNWARD, "", ("云溪县",), 2099)
    told = rules.answer(RuleTopic.SATISFACTION, "", ("云溪县",), 2099)
    assert "满意度得分值的70%：80%及以上、不满95%" in told


def test_what_a_place_does_not_say_is_told_with_the_general_source(rules: ScoringRules) -> None:
    told = rules.answer(RuleTopic.OVER_COMPLETION, "", ("云溪县",), 2099)
    assert told.startswith("评分规则（财预〔2020〕10号")


def test_the_formula_is_that_of_the_rate_named(rules: ScoringRules) -> None:
    told = rules.answer(RuleTopic.FORMULA, "预算执行率是怎么算的")
    assert "预算完成率 = 实际支出数 ÷ 全年预算数 × 100%" in told
    assert "年初预算数" in told
    told = rules.answer(RuleTopic.FORMULA, "请问政府采购执行率的公式")
    assert told.count("\n") == 1
    assert "实际政府采购金额 ÷ 政府采购预算" in told


def test_a_rate_that_no_rule_has_is_not_told(rules: ScoringRules) -> None:
    assert rules.answer(RuleTopic.FORMULA, "绿化覆盖率怎么算") == ""
