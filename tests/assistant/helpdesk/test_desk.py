"""The help desk inside the pipeline: before the documents where it is sure, else after them."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from assistant.config import Settings
from assistant.service import Assistant
from assistant.types import State

RULES = """云溪县预算绩效评分办法
云财绩〔2099〕8号

第一条 为规范评分，制定本办法。
第二条 自评得分95分以上的评为甲等，75分以上不满95分的评为乙等，其余评为丙等。
"""


def test_a_question_about_the_program_is_answered_from_its_help(assistant: Assistant) -> None:
    answer = assistant.ask("麻烦问下，结果怎么导出来？")
    assert answer.state is State.HELPED
    assert not answer.abstained
    assert "Excel" in answer.text
    assert (answer.citations, answer.figures) == ((), ())


def test_a_greeting_gets_one_sentence_with_what_can_be_asked(assistant: Assistant) -> None:
    answer = assistant.ask("您好！")
    assert answer.state is State.HELPED
    assert "可以问" in answer.text


def test_what_is_far_from_all_documents_is_declined_without_a_passage(assistant: Assistant) -> None:
    answer = assistant.ask("明天会下雪吗？")
    assert answer.state is State.REFUSED
    assert answer.text.startswith("我只回答资料库里的预算绩效文件")
    assert not answer.blocks


def test_a_scoring_rule_is_told_with_its_source(assistant: Assistant) -> None:
    answer = assistant.ask("多少分能评上优？")
    assert answer.state is State.HELPED
    assert answer.text.startswith("评分规则（财预〔2020〕10号")
    assert "优90分及以上" in answer.text


def test_the_rule_is_no_figure_of_a_form(assistant: Assistant) -> None:
    answer = assistant.ask("预算执行率低于多少要关注？")
    assert "低于80%" in answer.text


def test_a_department_named_is_asked_of_the_documents(assistant: Assistant) -> None:
    answer = assistant.ask("黄埔区团委2021年预算完成率是多少？")
    assert answer.state is State.ANSWERED
    assert answer.citations


def test_the_catalogue_counts_what_is_there(assistant: Assistant) -> None:
    answer = assistant.ask("你们这儿有哪些单位的材料")
    assert answer.state is State.ANSWERED
    assert "2个部门" in answer.text


@pytest.fixture(scope="module")
def with_rules(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    folder: Path = tmp_path_factory.mktemp("rules")
    path = folder / "云溪县预算绩效评分办法.txt"
    path.write_text(RULES, encoding="utf-8")
    with closing(Assistant(Settings(home=folder / "home"))) as assistant:
        assert [report.error for report in assistant.add([path])] == [""]
        yield assistant


def test_help_needs_no_documents_and_no_department(with_rules: Assistant) -> None:
    assert with_rules.ask("你能做些什么？").state is State.HELPED
