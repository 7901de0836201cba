"""Questions → plans: intents, subjects, roles, follow-ups."""

from datetime import date

import pytest

from assistant.questions.planner import Planner, with_scope
from assistant.questions.vocabulary import read_questions
from assistant.types import Dimension, Intent, QueryPlan, RateKind, StatusFamily
from ingest.types.blocks import Form
from ingest.types.facts import Role
from tests.support.departments import DONGGUAN, HEALTH, HUANGPU, LABOUR, RECOGNISER

PLANNER = Planner(
    RECOGNISER,
    vocabulary=read_questions(),
    covered={HUANGPU: (2020, 2021, 2022), DONGGUAN: (2021,), HEALTH: (2020,), LABOUR: (2022,)},
    today=date(2026, 11, 22),
)


def plan(question: str, *turns: str) -> QueryPlan:
    return PLANNER.plan(question, turns)


@pytest.mark.parametrize(
    ("question", "intent"),
    [
        ("黄埔区团委2021年实际支出数是多少？", Intent.LOOKUP),
        ("每名社工全年工时是多少，达标了吗？", Intent.STATUS),
        ("支持港澳青年创新创业的完成情况如何？", Intent.STATUS),
        ("三个片区新增个案数合计多少？", Intent.SUM),
        ("哪个片区的志愿服务队人数最少？", Intent.MINIMUM),
        ("各部门中预算完成率最高的是哪个部门？", Intent.MAXIMUM),
        ("2021年所有部门的预算完成率平均是多少？", Intent.AVERAGE),
        ("东莞2022年设了多少个年度绩效指标？", Intent.COUNT),
        ("2021年实际支出比年度预算数少多少万元？", Intent.DIFFERENCE),
        ("黄埔区团委2022年的预算数和2021年相比变化了多少？", Intent.DIFFERENCE),
        ("“服务人次”的目标完成率（实际值÷目标值）是多少？", Intent.RATE),
        ("自评表填报的预算完成率准确吗？", Intent.CHECK),
        ("经费的各项构成加起来对得上总数吗？", Intent.CHECK),
        ("请概括存在问题。", Intent.NARRATIVE),
        ("请起草“存在问题”部分", Intent.DRAFT),
        ("列出各重点任务及其资金", Intent.LIST),
        ("实际支出是涨了还是跌了", Intent.DIFFERENCE),
        ("服务人次比上年增加百分之多少", Intent.RATE),
        ("还剩多少没花", Intent.DIFFERENCE),
        ("黄埔区团委哪一年预算完成率最低", Intent.MINIMUM),
        ("2021年没做好的指标有哪些，差在哪儿", Intent.LIST),
        ("黄埔区团委2021年为什么没完成目标", Intent.LIST),
    ],
)
def test_intents(question: str, intent: Intent) -> None:
    assert plan(question).intent is intent


@pytest.mark.parametrize(
    ("question", "dimension"),
    [
        ("2021年哪个部门预算执行率最低？", Dimension.DEPARTMENT),
        ("2021年预算执行率最低的部门是哪个？", Dimension.DEPARTMENT),
        ("实际支出数最多的单位是谁？", Dimension.DEPARTMENT),
        ("预算执行率最低的三个部门", Dimension.DEPARTMENT),
        ("资金最多的任务是哪个？", Dimension.TASK),
        ("志愿服务队人数最多的片区是哪个？", Dimension.AREA),
    ],
)
def test_a_ranking_is_over_what_is_asked_for_whatever_the_order_of_words(
    question: str, dimension: Dimension
) -> None:
    assert plan(question).focus is dimension


@pytest.mark.parametrize(
    ("question", "subjects", "roles"),
    [
        ("临港片区志愿服务队有多少人？", ("临港片区志愿服务队",), ()),
        ("东莞志愿者服务人次目标是多少", ("志愿者服务人次",), (Role.TARGET,)),
        ("“志愿者人数”的实施周期（中期）指标值是多少？", ("志愿者人数",), (Role.PERIOD_TARGET,)),
        ("打造几个“青年地带”服务站点？", ("青年地带打造服务站点",), ()),
        ("服务对象满意度是多少，目标是多少？", ("服务对象满意度",), ()),
        ("年初预算数、全年预算数分别是多少？", ("年初预算数", "全年预算数"), ()),
        ("志愿者人数和活动场次分别是多少？", ("志愿者人数", "活动场次"), ()),
    ],
)
def test_subjects_and_roles(
    question: str, subjects: tuple[str, ...], roles: tuple[Role, ...]
) -> None:
    made = plan(question)
    assert (made.subjects, made.roles) == (subjects, roles)


def test_a_quoted_project_is_a_section() -> None:
    made = plan("白石区卫健局2020年“基本公共卫生服务”项目的预算执行率是多少？")
    assert (made.sections, made.terms) == (("基本公共卫生服务",), ("预算完成率",))
    made = plan("“基本公共卫生服务”中的“建档人数”的年度目标值是多少？")
    assert (made.sections, made.subjects, made.exact) == (
        ("基本公共卫生服务",),
        ("建档人数",),
        True,
    )


def test_groups_statuses_and_counts() -> None:
    assert plan("西江市各部门的实际支出数合计是多少？").focus is Dimension.DEPARTMENT
    assert plan("三个片区新增个案数合计多少？").area == "片区"
    assert plan("黄埔区团委有哪些指标没有达到目标？").status_family is StatusFamily.UNMET
    assert plan("黄埔区团委有哪些定性指标？").status_family is StatusFamily.QUALITATIVE
    assert "场" in plan("活动办了多少场？").units


def test_an_absent_department_or_year_is_told() -> None:
    assert plan("广州市越秀区团委2021年支出多少？").absent == ("广州市越秀区团委",)
    assert plan("黄埔区团委2015年支出多少？").absent == ("2015年",)


@pytest.mark.parametrize(
    ("turns", "question", "subjects"),
    [
        (("科学城片区志愿服务队有多少人？",), "那临港片区呢？", ("临港片区志愿服务队",)),
        (("黄埔团区委的服务对象满意度实际是多少？",), "目标是多少？", ("服务对象满意度",)),
        (("黄埔区团委2021年“个案数”的目标是多少？", "完成情况呢？"), "达标了吗？", ("个案数",)),
        (("黄埔区团委2021年实际支出是多少？",), "它的年初预算呢？", ("年初预算数",)),
    ],
)
def test_follow_ups_keep_what_they_do_not_replace(
    turns: tuple[str, ...], question: str, subjects: tuple[str, ...]
) -> None:
    assert plan(question, *turns).subjects == subjects


def test_follow_ups_change_department_or_year() -> None:
    first = "黄埔区团委2021年实际支出是多少？"
    other = plan("那东莞团市委呢？", first)
    assert (other.departments, other.years, other.terms) == ((DONGGUAN,), (2021,), ("实际支出数",))
    before = plan("上一年呢？", first)
    assert (before.departments, before.years, before.terms) == (
        (HUANGPU,),
        (2020,),
        ("实际支出数",),
    )
    same = plan("这个单位当年的年初预算是多少？", first)
    assert (same.departments, same.years) == ((HUANGPU,), (2021,))


def test_last_year_is_the_librarys_last_where_the_calendars_is_not_there() -> None:
    assert plan("黄埔区团委去年支出多少？").years == (2022,)
    assert plan("黄埔区团委前年支出多少？").years == (2020,)
    assert plan("东莞团市委去年支出多少？").years == (2021,)


def test_several_questions_in_one_sentence() -> None:
    parts = PLANNER.split("黄埔区团委2021年支出多少？年初预算又是多少？")
    assert parts == ["黄埔区团委2021年支出多少？", "年初预算又是多少？"]


def test_two_forms_are_compared() -> None:
    assert plan("目标表与自评表中“满意度”的目标值一致吗？").forms == (
        Form.TARGET,
        Form.SELF_EVALUATION,
    )


def test_the_callers_choice_gives_way_to_the_question() -> None:
    asked = plan("白石区卫健局2020年支出多少？")
    assert with_scope(asked, departments=[LABOUR], year=2022).departments == (HEALTH,)
    open_ = plan("支出多少？")
    chosen = with_scope(open_, departments=[LABOUR], year=2022)
    assert (chosen.departments, chosen.years) == ((LABOUR,), (2022,))


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        (
            "各部门2021年的预算完成率平均是多少，哪个最高？",
            ["各部门2021年的预算完成率平均是多少", "哪个最高？"],
        ),
        (
            "黄埔区团委2021年主要问题和整改措施分别是什么？",
            ["黄埔区团委2021年主要问题有哪些？", "黄埔区团委2021年整改措施分别是什么？"],
        ),
        (
            "黄埔区团委2021年存在的不足以及下一步措施",
            ["黄埔区团委2021年存在的不足有哪些？", "黄埔区团委2021年下一步措施"],
        ),
        (
            "东莞志愿者花名册多少页 存放在哪里,谁保管",
            ["东莞志愿者花名册多少页", "存放在哪里", "谁保管"],
        ),
        (
            "黄埔区团委2021年年初预算多少、支出多少？谢谢，急用",
            ["黄埔区团委2021年年初预算多少", "支出多少？"],
        ),
        ("黄埔区团委预算多少，完成率多少", ["黄埔区团委预算多少", "黄埔区团委预算完成率多少"]),
    ],
)
def test_two_things_asked_at_once_are_two_questions(question: str, parts: list[str]) -> None:
    assert PLANNER.split(question) == parts


@pytest.mark.parametrize(
    "question",
    [
        "您好，想请教一下，黄埔区团委2021年支出多少呢，写材料要用",
        "活动少办了三场，为什么",
        "黄埔区团委和东莞团市委哪个支出多，多多少",
    ],
)
def test_a_premise_and_more_of_the_same_are_no_question_of_their_own(question: str) -> None:
    assert PLANNER.split(question) == [question]


def test_a_part_says_what_only_the_turn_before_names() -> None:
    assert plan("招了多少人？", "黄埔区团委2021年夜校开了几期").lent == ("夜校开",)
    assert plan("教室有多大？", "黄埔区团委2021年夜校开了几期").lent == ()


def test_a_ranking_after_an_average_is_over_the_same() -> None:
    made = plan("哪个最高？", "各部门2021年的预算完成率平均是多少")
    assert (made.intent, made.focus, made.years) == (
        Intent.MAXIMUM,
        Dimension.DEPARTMENT,
        (2021,),
    )
    assert made.subjects == ("预算完成率",)


def test_which_year_asks_of_every_year_reported() -> None:
    made = plan("黄埔区团委哪一年预算完成率最低")
    assert (made.years, made.subjects) == ((2020, 2021, 2022), ("预算完成率",))


@pytest.mark.parametrize(
    "question", ["得分最低的指标是哪个", "分值最大的三个指标", "哪个指标的得分最高"]
)
def test_a_superlative_of_indicators_ranks_indicators(question: str) -> None:
    made = plan(f"黄埔区团委2021年{question}")
    assert (made.focus, made.subjects) == (Dimension.INDICATOR, ())
    assert made.intent in (Intent.MAXIMUM, Intent.MINIMUM)


def test_what_grew_is_not_looked_for_among_percentages() -> None:
    made = plan("黄埔区团委2021年服务人次比上年增加百分之多少")
    assert (made.focus, made.units, made.subjects) == (RateKind.GROWTH, (), ("服务人次",))
