"""What no plan recognises is read: told where it is sure, quoted where near, refused where not."""

from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from pathlib import Path

import pytest

from assistant.answering.asked import Asked
from assistant.answering.read_answers import ReadAnswers
from assistant.answering.read_cards import CardReader, ReadCard, read_thresholds
from assistant.config import Settings
from assistant.questions.operations import (
    AskedRole,
    AskedText,
    Operation,
    Ranging,
    Wanted,
    shipped_operations,
)
from assistant.reading.reader import shipped_reader
from assistant.retrieval.candidates import Candidate
from assistant.service import Assistant
from assistant.types import BlockKind, Intent, QueryPlan, State
from ingest.records.record_reader import WHOLE
from ingest.types.blocks import Location
from ingest.types.cards import Card, CardKind
from ingest.types.facts import Passage, Role
from ingest.types.library import Scope
from tests.support.answers import figure

RULES = """临浦市村级光伏电站运维管理办法
第一条 村级光伏电站由市能源站统一登记。
第二条 电站停机超过七日的，由运维单位书面说明停机情况，并报送市能源站备案。
第三条 本办法自发布之日起施行。
"""


class NoCards:
    """A library in which nothing is found."""

    def find(self, question: str, scope: Scope = WHOLE, limit: int = 8) -> tuple[Candidate, ...]:
        return ()


def card(body: str) -> Card:
    passage = Passage(body, "d", "", None, "", body, Location(line_start=1))
    return Card(body, CardKind.TEXT, "d", "", None, "", "", body, passage)


def read_as(*sure: str) -> list[ReadCard]:
    """Cards that tell different things, as surely as given."""
    cards = [card(f"第{number}条规定的内容") for number, _ in enumerate(sure)]
    shares = read_thresholds().choice.shares([*map(float, sure)], [one.body for one in cards])
    return [
        ReadCard(one, Decimal(said), 0, 4, Decimal(str(share)))
        for one, said, share in zip(cards, sure, shares, strict=True)
    ]


def asked_for(question: str, operation: Operation) -> Asked:
    wanted = Wanted(((operation, 0.9),), ((AskedRole.PLAIN, 0.9),), (), ())
    return Asked(QueryPlan(question, Intent.LOOKUP), Scope(), wanted)


def test_one_that_is_far_ahead_is_likelier_than_one_among_equals() -> None:
    choice = read_thresholds().choice
    alone, *_ = choice.shares([0.1, 0.004], ["甲", "乙"])
    among, *_ = choice.shares([0.5, 0.5], ["甲", "乙"])
    agreed, *_ = choice.shares([0.5, 0.5], ["甲", "甲"])
    nothing, *_ = choice.shares([0.001], ["甲"])
    assert alone > 0.75 > 0.5 > among > nothing
    assert agreed > 0.9


def test_what_is_told_is_sure_and_ahead_and_what_is_quoted_is_one_of_them() -> None:
    cards = CardReader(NoCards(), lambda id: (), shipped_reader(), lambda: None)
    reading = ReadAnswers(cards, shipped_operations, read_thresholds())
    plain = asked_for("停机多久要说明", Operation.LOOKUP)
    assert [one.sure for one in reading.answering(read_as("0.6", "0.02"))] == [Decimal("0.6")]
    assert not reading.answering(read_as("0.8", "0.7"))  # two that tell different things
    assert len(reading.near(plain, read_as("0.8", "0.7"), exactly=False)) == 2
    assert not reading.near(plain, read_as("0.09", "0.004"), exactly=False)
    low = read_as("0.16", "0.004")
    assert len(reading.near(plain, low, exactly=False)) == 1
    assert not reading.near(plain, low, exactly=True)
    assert not reading.near(asked_for("停机共几次", Operation.COUNT), low, exactly=False)
    title = asked_for("第0条规定的内容是什么", Operation.LOOKUP)
    assert not reading.near(title, low, exactly=False)  # it only repeats the question


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """A library that names no department and no year."""
    folder = tmp_path_factory.mktemp("rules")
    page = folder / "办法.txt"
    page.write_text(RULES, encoding="utf-8")
    with closing(Assistant(Settings(home=folder / "home"))) as assistant:
        assert [report.error for report in assistant.add([Path(page)])] == [""]
        yield assistant


def test_who_is_told_in_the_documents_own_sentence(rules: Assistant) -> None:
    answer = rules.ask("电站停机超过七日由谁书面说明停机情况？")
    assert answer.state in (State.ANSWERED, State.QUOTED)
    assert not answer.abstained
    shown = answer.text + "".join(block.text for block in answer.blocks)
    assert "由运维单位书面说明停机情况" in shown
    assert answer.confidence > 0
    assert [citation.file for citation in answer.citations] == ["办法.txt"]


def test_a_quoted_passage_is_a_block_with_its_source(rules: Assistant) -> None:
    answer = rules.ask("村级光伏电站停机备案和登记的情况怎么样？")
    for block in answer.blocks:
        assert block.kind is BlockKind.QUOTE
        (source,) = (c for c in answer.citations if c.marker == block.marker)
        assert source.quote in block.text
        start, end = block.span or (0, 0)
        assert 0 <= start <= end <= len(block.text)


def test_nothing_near_is_refused_without_a_source(rules: Assistant) -> None:
    answer = rules.ask("游泳馆门票收入怎样分成？")
    assert (answer.state, answer.citations, answer.blocks) == (State.REFUSED, (), ())


STATION = """望溪县水利站2023年工作总结
全年清淤渠道46.5公里，疏通涵管128处。
清淤共投入资金73.2万元，其中县级补助50万元。
"""


@pytest.fixture(scope="module")
def station(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    folder = tmp_path_factory.mktemp("station")
    page = folder / "水利站总结.txt"
    page.write_text(STATION, encoding="utf-8")
    with closing(Assistant(Settings(home=folder / "home"))) as assistant:
        assert [report.error for report in assistant.add([page])] == [""]
        yield assistant


def test_each_part_of_a_question_is_answered(station: Assistant) -> None:
    answer = station.ask("望溪县水利站2023年清淤渠道多少公里，疏通涵管多少处，投入资金多少")
    assert answer.state is State.ANSWERED
    assert all(value in answer.text for value in ("46.5公里", "128处", "73.2万元"))


def test_a_part_that_finds_nothing_is_said_and_the_others_stand(station: Assistant) -> None:
    answer = station.ask("望溪县水利站2023年清淤渠道多少公里 水库养了几种鱼")
    assert answer.state is State.ANSWERED
    assert "46.5公里" in answer.text
    assert answer.text.splitlines()[1] == "没有找到能够回答“水库养了几种鱼”的数据。"


def test_one_refusal_tells_of_an_unknown_body_whatever_is_asked_of_it(station: Assistant) -> None:
    answer = station.ask("清河县体育局2023年支出多少，办了几场比赛")
    assert (answer.state, answer.text.count("没有清河县体育局")) == (State.REFUSED, 1)


REVIEW = """岩口县林场2023年度项目绩效评价报告
一、绩效目标完成情况
苗木抚育年初任务数640亩，全年完成值575亩。
二、存在的主要问题
（一）防火道维护没有完成。
四月山体滑坡冲断了进场便道，机械三个月进不了场。
"""


@pytest.fixture(scope="module")
def review(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    folder = tmp_path_factory.mktemp("review")
    page = folder / "林场评价.txt"
    page.write_text(REVIEW, encoding="utf-8")
    with closing(Assistant(Settings(home=folder / "home"))) as assistant:
        assert [report.error for report in assistant.add([page])] == [""]
        yield assistant


def test_a_cause_is_told_from_the_sentence_behind_the_shortfall(review: Assistant) -> None:
    answer = review.ask("岩口县林场防火道维护为什么没完成？")
    assert answer.state in (State.ANSWERED, State.QUOTED)
    assert any("冲断了进场便道" in text for text in (answer.text, *(b.text for b in answer.blocks)))


def test_whether_a_target_of_prose_was_met_is_told_with_the_verdict(review: Assistant) -> None:
    answer = review.ask("岩口县林场苗木抚育达标了吗？")
    assert "640亩" in answer.text
    assert "575亩，未达标" in answer.text


def test_a_target_is_no_result_however_unsure_the_role_is_read() -> None:
    unsure = Wanted(
        ((Operation.LOOKUP, 1.0),),
        ((AskedRole.ACTUAL, 0.6), (AskedRole.PLAIN, 0.4)),
        ((Ranging.ONE, 1.0),),
        ((AskedText.NONE, 1.0),),
    )
    plan = QueryPlan("护坡长度实际完成值是多少", Intent.LOOKUP, roles=(Role.ACTUAL,))
    asked = Asked(plan, WHOLE, unsure)
    assert not asked.wants_role(figure("护坡长度", "60", role=Role.TARGET), 0.7)
    assert asked.wants_role(figure("护坡长度", "58", role=Role.ACTUAL), 0.7)
