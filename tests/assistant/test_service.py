"""Questions to a real library of the two samples: cited, checked, and honest."""

import inspect
import textwrap
from contextlib import closing
from pathlib import Path
from shutil import copytree

import pytest

from assistant.config import Settings
from assistant.errors import UnknownDocument
from assistant.service import Assistant
from assistant.types import Answer, Mode, State, Status, Verdict
from ingest.types.library import Scope
from tests.support.builders import SAMPLES

ON_EACH_STORE = True

TARGETS, EVALUATION = "目标表", "自评表"


def cited(answer: Answer) -> str:
    return "\n".join(citation.quote for citation in answer.citations)


@pytest.mark.parametrize(
    ("question", "says", "quote"),
    [
        ("黄埔区团委2021年实际支出数是多少？", "1022.93万元", "1022.93"),
        ("黄埔团区委去年总共花了多少钱", "1022.93万元", "1022.93"),
        ("临港片区志愿服务队有多少人？", "226人", "226人"),
        ("知识城片区组织社区活动几次？", "10次", "10次"),
        ("机关建团涉及几个职能局？", "10个", "10个职能局"),
        ("服务群众多少人次？", "80万人次", "80万人次"),
        ("莞香花服务阵地面积多大？", "1826平方米", "1826平方米"),
        ("东莞社区矫正对象再犯率的年度指标值？", "低于5%", "<5%"),
        ("接单后多久要响应？", "48小时", "48小时内"),
        ("团属新媒体阵地社会影响力的指标值是什么？", "良好", "良好"),
        ("圆梦计划支助人次数的实施周期指标值是多少", "10000人", "10000人"),
        ("黄埔区团委的任务涉及资金是多少？", "262.5万元", "262.5"),
    ],
)
def test_a_fact_is_answered_with_its_words(
    assistant: Assistant, question: str, says: str, quote: str
) -> None:
    answer = assistant.ask(question)
    assert says in answer.text
    assert quote in cited(answer)
    assert not answer.abstained
    assert {figure.verdict for figure in answer.figures} <= {Verdict.SUPPORTED, Verdict.COMPUTED}


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("东莞2022年实际支出是多少？", "绩效目标表"),
        ("黄埔2022年的预算执行率？", "2021年"),
        ("广州市越秀区团委2021年支出多少？", "广州市越秀区团委"),
        ("黄埔团区委的固定资产利用率是多少？", "固定资产利用率"),
        ("黄埔区团委2021年“养殖户满意度”是多少？", "养殖户满意度"),
        ("黄埔区团委书记的电话是多少？", "没有"),
    ],
)
def test_an_honest_no_cites_nothing(assistant: Assistant, question: str, says: str) -> None:
    answer = assistant.ask(question)
    assert answer.abstained
    assert answer.citations == ()
    assert says in answer.text


def test_target_actual_and_verdict_stand_together(assistant: Assistant) -> None:
    answer = assistant.ask("服务对象满意度是多少，目标是多少？")
    assert "93.2%" in answer.text
    assert "不低于90%" in answer.text
    assert "达标" in answer.text


def test_suspended_work_is_not_done(assistant: Assistant) -> None:
    answer = assistant.ask("支持港澳青年创新创业的完成情况如何？")
    assert "暂停" in answer.text
    assert "未达标" in answer.text


def test_a_sum_shows_its_formula_and_cites_each_addend(assistant: Assistant) -> None:
    answer = assistant.ask("三个片区新增个案数合计多少？")
    assert "153" in answer.text
    (made,) = answer.calculations
    assert made.formula.endswith("= 153（个）")
    assert len(made.inputs) == 3


def test_ranking_names_the_lowest(assistant: Assistant) -> None:
    answer = assistant.ask("哪个片区的志愿服务队人数最少？")
    assert answer.text.startswith("科学城片区")
    assert "158人" in answer.text


def test_a_wrong_rate_is_recomputed_and_explained(assistant: Assistant) -> None:
    answer = assistant.ask("预算完成率按实际支出除以年度预算应是多少，和表里填的一致吗？")
    for words in ("92.71%", "96.36%", "不一致", "985.7 ÷ 1022.93", "90.28%"):
        assert words in answer.text


@pytest.mark.parametrize(
    "question", ["黄埔区团委有没有超支？", "黄埔区团委2021年超支了80万，为什么？"]
)
def test_what_was_not_overspent_is_told_with_the_facts(assistant: Assistant, question: str) -> None:
    text = assistant.ask(question).text
    assert "1103.35 − 1022.93 = 80.42（万元）" in text


def test_a_cause_in_the_cell_of_the_result_is_no_missing_one(assistant: Assistant) -> None:
    text = assistant.ask("支持港澳青年创新创业为什么没有完成？").text
    assert "由于疫情原因" in text
    assert "没有说明原因" not in text


def test_a_figure_that_a_check_doubts_is_told_with_the_doubt(assistant: Assistant) -> None:
    answer = assistant.ask("黄埔区团委2021年的预算完成率是多少？")
    (doubt,) = answer.doubts
    assert (doubt.code, doubt.figure_ids) == ("D10", answer.citations[0].figure_ids)
    assert "存疑：预算完成率填报为96.36%" in answer.text
    assert "92.71%" in answer.text
    assert all(figure.verdict is not Verdict.UNSUPPORTED for figure in answer.figures)


def test_a_doubted_rate_casts_none_on_the_amounts_it_is_made_of(assistant: Assistant) -> None:
    answer = assistant.ask("黄埔区团委2021年的实际支出是多少？")
    assert answer.text.startswith("黄埔区团委2021年实际支出数为1022.93万元")
    assert answer.doubts == ()


def test_parts_are_added_up_against_the_total(assistant: Assistant) -> None:
    answer = assistant.ask("预防青少年违法犯罪工作经费的各项构成加起来对得上总数吗？")
    assert "15 + 5 + 4 + 6 + 70.3 = 100.3（万元），与总数一致" in answer.text
    answer = assistant.ask("东莞青年人才驿站2021年总经费多少，由哪些部分构成？")
    assert "162.31" in answer.text
    assert "9.88万元" in answer.text


def test_counting_is_over_all_of_them(assistant: Assistant) -> None:
    answer = assistant.ask("东莞2022年设了多少个年度绩效指标？")
    assert "共20个" in answer.text
    assert len(answer.citations) >= 15


def test_lists_by_status(assistant: Assistant) -> None:
    answer = assistant.ask("黄埔区团委2021年有哪些指标没有达到目标？")
    assert "支持港澳青年创新创业率" in answer.text
    assert "志愿服务队伍" not in answer.text


def test_follow_ups_rest_on_the_turns_passed_in(assistant: Assistant) -> None:
    first = "科学城片区志愿服务队有多少人？"
    assert "226人" in assistant.ask("那临港片区呢？", turns=[first]).text
    goal = assistant.ask("目标是多少？", turns=["黄埔团区委的服务对象满意度实际是多少？"])
    assert "90%" in goal.text
    budget = assistant.ask("它的年初预算呢？", turns=["黄埔区团委2021年实际支出是多少？"])
    assert "1133.01万元" in budget.text


def test_two_questions_at_once(assistant: Assistant) -> None:
    answer = assistant.ask("黄埔区团委2021年实际支出是多少？年初预算又是多少？")
    assert "1022.93万元" in answer.text
    assert "1133.01万元" in answer.text


def test_the_callers_scope_limits_open_questions(assistant: Assistant) -> None:
    both = assistant.ask("满意度目标是多少？", department="中国共产主义青年团东莞市委员会")
    assert "东莞" in both.text
    assert {c.year for c in both.citations} == {2022}
    assert assistant.ask("实际支出是多少？", year=2022).abstained


def test_narrative_questions_quote_the_section(assistant: Assistant) -> None:
    answer = assistant.ask("黄埔区团委2021年存在哪些问题？")
    assert "方法单一" in answer.text
    assert answer.citations


def test_streaming_grows_to_the_answer(assistant: Assistant) -> None:
    pieces = list(assistant.stream("黄埔区团委2021年实际支出数是多少？"))
    *texts, answer = pieces
    assert isinstance(answer, Answer)
    assert texts
    assert all(isinstance(text, str) and answer.text.startswith(text.strip()) for text in texts)
    assert (answer.mode, bool(answer.settings_hash)) == (Mode.GROUNDED, True)


def test_indicators_carry_status_and_reason(assistant: Assistant) -> None:
    scope = Scope(years=(2021,))
    found = {item.indicator.name: item for item in assistant.indicators(scope)}
    paused = found["支持港澳青年创新创业率"]
    assert (paused.status, "暂停" in paused.reason) == (Status.UNMET, True)
    assert found["统筹管理直属团组织覆盖率"].status is Status.UNVERIFIABLE
    assert found["随机调查服务对象满意度"].status is Status.MET


@pytest.mark.parametrize("question", ["", "？", "　", "aaaa", "多少", "[1]", "“”"])
def test_a_question_that_asks_nothing_is_declined(assistant: Assistant, question: str) -> None:
    answer = assistant.ask(question)
    assert answer.abstained
    assert answer.text
    assert answer.citations == ()


@pytest.mark.parametrize("question", [" ", "!!!", "？？", "\u202e"])
def test_what_has_no_word_to_search_is_declined_with_a_warm_model_too(
    library_home: Path, tmp_path: Path, question: str
) -> None:
    home = tmp_path / "home"
    copytree(library_home, home)
    with closing(Assistant(Settings(home=home))) as warm:
        warm.warm_up()
        answer = warm.ask(question)
    assert answer.abstained
    assert not answer.citations


def test_a_greeting_is_answered_without_any_document(assistant: Assistant) -> None:
    answer = assistant.ask("你好")
    assert (answer.state, answer.citations) == (State.HELPED, ())


def test_an_empty_library_says_so(tmp_path: Path) -> None:
    with closing(Assistant(Settings(home=tmp_path))) as empty:
        answer = empty.ask("黄埔区团委2021年实际支出数是多少？")
        assert answer.abstained
        assert "还没有文件" in answer.text


def test_a_library_whose_only_file_names_no_year_says_what_to_do(tmp_path: Path) -> None:
    with closing(Assistant(Settings(home=tmp_path / "home"))) as own:
        undated = tmp_path / "情况.txt"
        undated.write_text("本单位共有志愿服务队226支。", encoding="utf-8")
        assert [report.error for report in own.add([undated])] == [""]
        answer = own.ask("黄埔区团委实际支出数是多少？")
    assert answer.abstained
    assert "没有认出部门和年度" in answer.text


def test_a_removed_document_is_never_answered_from(tmp_path: Path) -> None:
    with closing(Assistant(Settings(home=tmp_path))) as own:
        assert [report.error for report in own.add([SAMPLES])] == ["", ""]
        assert "1022.93" in own.ask("黄埔区团委2021年实际支出数是多少？").text
        gone = next(d for d in own.documents() if EVALUATION in d.file)
        own.remove(gone.file)
        after = own.ask("黄埔区团委2021年实际支出数是多少？")
        assert after.abstained
        assert "1022.93" not in after.text
        with pytest.raises(UnknownDocument, match="没有"):
            own.remove(gone.file)


def test_one_question_in_two_sentences_is_answered_once(assistant: Assistant) -> None:
    text = assistant.ask("2021年实际支出比年度预算数少多少？相差多少万元？").text
    assert text.count("80.42（万元）") == 1


def test_the_example_of_the_docstring_runs(
    library_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = inspect.getdoc(Assistant)
    assert lines is not None
    example = textwrap.dedent(lines.partition(":\n\n")[2])
    exec(
        example,
        {"closing": closing, "Assistant": Assistant, "Settings": Settings, "home": library_home},
    )
    assert "96.36%" in capsys.readouterr().out
