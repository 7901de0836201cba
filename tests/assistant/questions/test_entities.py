"""What a question names, in any wording, in a library of any departments."""

import pytest

from assistant.departments.directory import Directory
from ingest.language.name_grammar import Grammar
from ingest.language.vocabulary import default_vocabulary
from ingest.types.blocks import Form
from tests.support.departments import DIRECTORY, DONGGUAN, HEALTH, HUANGPU, LABOUR, RECOGNISER

GRAMMAR = Grammar(default_vocabulary().departments)


@pytest.mark.parametrize(
    ("said", "department"),
    [
        ("黄埔区团委2021年支出多少", HUANGPU),
        ("黄埔团区委的预算", HUANGPU),
        ("广州市黄埔区团委", HUANGPU),
        ("共青团黄埔区委员会", HUANGPU),
        ("共青团广州市黄埔区委", HUANGPU),
        ("团区委今年花了多少", HUANGPU),
        ("黄埔2022年的执行率", HUANGPU),
        ("东莞团市委", DONGGUAN),
        ("团市委", DONGGUAN),
        (f"{DONGGUAN}2022年", DONGGUAN),
        ("白石区卫健局2020年", HEALTH),
        ("西江市白石区卫生健康局", HEALTH),
        ("请问一下卫健局的预算", HEALTH),
        ("西江市人社局", LABOUR),
    ],
)
def test_a_department_by_any_of_its_names(said: str, department: str) -> None:
    assert RECOGNISER.recognise(said).departments == (department,)


@pytest.mark.parametrize(
    ("said", "unknown"),
    [
        ("广州市越秀区团委2021年支出多少？", "广州市越秀区团委"),
        ("西江市团委2021年", "西江市团委"),
        ("白石区教育局的满意度", "白石区教育局"),
        ("星河区审计局2020年的预算完成率", "星河区审计局"),
        ("审计局2020年支出多少", "审计局"),
    ],
)
def test_a_department_that_is_not_there_is_noticed(said: str, unknown: str) -> None:
    found = RECOGNISER.recognise(said)
    assert found.unknown_departments == (unknown,)
    assert found.departments == ()


@pytest.mark.parametrize(
    "said",
    ["知识城片区组织社区活动几次？", "打造几个服务站点", "检察院配合了几次", "居民对社区的评价"],
)
def test_words_that_only_look_like_departments(said: str) -> None:
    assert RECOGNISER.recognise(said).mentions == ()


def test_two_departments_in_one_question() -> None:
    found = RECOGNISER.recognise("东莞市团委和黄埔区团委相比谁更高")
    assert found.departments == (DONGGUAN, HUANGPU)


def test_a_city_stands_for_all_its_departments() -> None:
    assert set(RECOGNISER.recognise("西江市各部门").departments) == {HEALTH, LABOUR}


@pytest.mark.parametrize(
    ("said", "years"),
    [
        ("2021年实际支出", (2021,)),
        ("2020—2022年", (2020, 2021, 2022)),
        ("2020年至2021年", (2020, 2021)),
        ("二〇二一年度", (2021,)),
        ("21年支出", (2021,)),
        ("２０２２年度支出", (2022,)),
        ("打造21年以来最好成绩", ()),
        ("12355平台", ()),
    ],
)
def test_years(said: str, years: tuple[int, ...]) -> None:
    assert RECOGNISER.recognise(said).years == years


def test_relative_years_are_shifts() -> None:
    assert RECOGNISER.recognise("去年支出多少").year_shift == -1
    assert RECOGNISER.recognise("上一年呢").year_shift == -1
    assert RECOGNISER.recognise("前年的预算").year_shift == -2


@pytest.mark.parametrize(
    ("said", "terms"),
    [
        ("实际支出数是多少", ("实际支出数",)),
        ("总共花了多少钱", ("实际支出数",)),
        ("预算花完没有，花了几成", ("预算完成率",)),
        ("执行率", ("预算完成率",)),
        ("调整之后总盘子是多少钱", ("全年预算数",)),
        ("年初批了多少钱", ("年初预算数",)),
        ("中途预算动了多少", ("年度调整额",)),
        ("预算变动幅度多大", ("预算调整率",)),
        ("年度预算数和年初预算数分别是多少", ("全年预算数", "年初预算数")),
        ("预防青少年违法犯罪工作经费", ()),
    ],
)
def test_budget_terms_in_any_wording(said: str, terms: tuple[str, ...]) -> None:
    assert RECOGNISER.recognise(said).concepts == terms


def test_a_known_name_is_not_taken_apart() -> None:
    found = RECOGNISER.recognise("部门预算支出进度达标率是多少")
    assert (found.known, found.concepts) == (("部门预算支出进度达标率",), ())


def test_quoted_names_may_nest() -> None:
    assert RECOGNISER.recognise("““三公”经费控制率”是多少").quoted == ("“三公”经费控制率",)


def test_forms() -> None:
    found = RECOGNISER.recognise("目标表与自评表一致吗")
    assert found.forms == (Form.TARGET, Form.SELF_EVALUATION)


def test_one_department_under_several_names() -> None:
    """Full, short and cut off by a scan: one department, named in full."""
    names = [
        "西江市白石区卫生健康局",
        "白石区卫健局",
        "白石区卫生健康",
        "西江市教育局",
        "年初预算数",
    ]
    directory = Directory(names, GRAMMAR)
    assert [body.name for body in directory.bodies] == ["西江市白石区卫生健康局", "西江市教育局"]
    assert set(directory.members("西江市白石区卫生健康局")) == set(names[:3])
    assert directory.canonical("白石区卫健局") == "西江市白石区卫生健康局"


def test_departments_are_called_as_the_question_calls_them() -> None:
    assert DIRECTORY.names("黄埔团区委的预算")[HUANGPU] == "黄埔团区委"
    assert DIRECTORY.names("")[HEALTH] == "白石区卫健局"


def test_a_well_known_place_that_is_not_there_is_told() -> None:
    directory = Directory(["广州市黄埔区教育局", "东莞市团委"], GRAMMAR)
    for text, place in [("深圳有多少志愿者？", "深圳"), ("苏州市2022年的预算", "苏州市")]:
        (mention,) = directory.mentions(text)
        assert (mention.text, mention.names) == (place, ())
    for text in (
        "东莞有多少志愿者？",
        "对口支援新疆干部人数",
        "西安路改造长度",
    ):
        assert all(mention.names for mention in directory.mentions(text))


def test_departments_are_told_apart_among_thousands() -> None:
    places = [f"{a}{b}市" for a in "甲乙丙丁戊己庚辛壬癸" for b in "子丑寅卯辰巳午未申酉"]
    organs = ["教育局", "水务局", "人力资源和社会保障局", "农业农村局", "交通运输局"]
    names = [f"{place}{organ}" for place in places for organ in organs]
    directory = Directory([*names, "甲子市人社局"], GRAMMAR)
    assert len(directory.bodies) == 500
    (mention,) = directory.mentions("丙寅市人社局2021年的预算是多少")
    assert mention.names == ("丙寅市人力资源和社会保障局",)
    (mention,) = directory.mentions("丁卯的各部门")
    assert len(mention.names) == len(organs)
    assert directory.canonical("甲子市人社局") == "甲子市人力资源和社会保障局"
