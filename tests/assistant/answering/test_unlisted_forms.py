"""Questions about projects, slips and places over forms of other places; each was a mistake."""

from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from assistant.config import Settings
from assistant.departments.directory import Directory
from assistant.retrieval.project_matching import project_meant
from assistant.service import Assistant
from ingest.language.name_grammar import Grammar
from ingest.language.vocabulary import default_vocabulary
from ingest.types.facts import Role
from tests.support.builders import read, text

SUMMARY = (
    "<table><tr><td colspan=7>莱西市2022年度部门项目支出绩效自评情况汇总表"
    "<tr><td colspan=7>编制单位：莱西市财政局　　单位：万元"
    "<tr><td>序号<td>主管部门<td>项目名称<td>年初预算<td>调整后预算<td>支出金额<td>支出进度"
    "<tr><td>1<td rowspan=2>市卫生健康局<td>基本公共卫生服务<td>6,215<td>6,400<td>6,377.6<td>99.65%"
    "<tr><td>2<td>乡村医生补助<td>1,130.4<td>1,110<td>1,098.35<td>98.95%"
    "<tr><td>3<td>市综合行政执法局<td>渣土车监管平台<td>268<td>200<td>121.6<td>60.8%</table>"
)
REPORT = (
    "永康市民政局2023年度部门整体绩效自评报告\n"
    "全年实际支出18,943.62万元，预算执行率98.68%。各专项资金见下表（单位：万元）：\n"
    "专项名称\t年初预算\t实际支出\n低保及特困供养\t7,860.00\t8,106.48\n居家养老服务\t1,486.00\t1,523.54\n"
)
TOWN = (
    "<table><tr><td>部门名称<td colspan=3>武胜县街子镇人民政府（2021年度）"
    "<tr><td>三级指标<td>指标值<td>完成值<td>得分"
    "<tr><td>改造危房户数<td>≥26户<td>24户<td>9.2<tr><td>硬化村道里程<td>8公里<td>8.5公里<td>10</table>"
)

TARGETS = (
    "<table><tr><td colspan=3>大姚县林业站项目支出绩效目标表（2024年度）"
    "<tr><td>三级指标<td>指标值<tr><td>抚育幼林面积<td>≥1300亩<tr><td>新建防火隔离带<td>≥7公里</table>"
)


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., str]]:
    folder = tmp_path_factory.mktemp("unseen")
    for name, body in (
        ("汇总.html", SUMMARY),
        ("报告.txt", REPORT),
        ("镇.html", TOWN),
        ("目标.html", TARGETS),
    ):
        (folder / name).write_text(body, encoding="utf-8")
    settings = Settings.from_environment({}, home=tmp_path_factory.mktemp("home"))
    with closing(Assistant(settings)) as opened:
        assert len(list(opened.add([folder]))) == 4
        yield lambda question, *turns: opened.ask(question, turns=turns).text


def test_the_money_of_a_project_called_by_a_short_name(ask: Callable[..., str]) -> None:
    assert "8106.48万元" in ask("永康民政局低保花了多少")
    assert "1486.00万元" in ask("永康市民政局居家养老年初预算")
    assert "18943.62万元" in ask("永康民政局2023年花了多少")


def test_projects_of_departments_that_a_finance_office_lists(ask: Callable[..., str]) -> None:
    assert "6377.6" in ask("莱西卫健局基本公共卫生服务支出多少")
    assert "7475.95万元" in ask("莱西市卫健局两个项目一共支出多少")
    ranked = ask("莱西市2022年各项目支出进度排名")
    assert ranked.index("基本公共卫生服务") < ranked.index("渣土车监管平台")
    followed = ask("进度呢", "莱西市乡村医生补助支出多少")
    assert "98.95%" in followed
    assert "渣土车" not in followed


def test_a_county_before_its_town_and_a_task_met_or_not(ask: Callable[..., str]) -> None:
    assert "24户" in ask("武胜街子镇改造了多少户危房")
    assert "未达标" in ask("街子镇危房改造完成任务没有")


@pytest.mark.parametrize("question", ["指标达标了几个", "有哪些指标没完成", "指标达标率是多少"])
def test_nobody_can_count_what_was_met_where_only_targets_stand(
    ask: Callable[..., str], question: str
) -> None:
    told = ask(f"大姚县林业站2024年{question}")
    assert "没有填报可核对的实际完成值" in told
    assert "1300亩" in told
    assert "共0个" not in told
    assert "达标率为" not in told


def test_a_department_typed_by_its_sound(ask: Callable[..., str]) -> None:
    told = ask("永康民证局2023年支出")
    assert "18943.62万元" in told
    assert "民证局" not in told
    assert "没有" in ask("永康市教育局2023年支出")


def test_organs_that_exist_are_no_slips_of_each_other() -> None:
    directory = Directory(
        ["江油市水务局", "临海市水利局"], Grammar(default_vocabulary().departments)
    )
    (taxes,) = directory.mentions("江油市税务局2023年花了多少")
    assert taxes.names == ()
    (water,) = directory.mentions("临海市水力局2023年花了多少")
    assert water.names == ("临海市水利局",)


@pytest.mark.parametrize(
    ("about", "meant"),
    [
        ("低保", "低保及特困供养"),
        ("毛乌素沙地治理项目", "毛乌素沙地综合治理"),
        ("河湖管护的项目支出", "河湖管护"),
        ("资金", ""),
        ("基本", ""),
    ],
)
def test_which_project_a_short_name_means(about: str, meant: str) -> None:
    tasks = ["低保及特困供养", "毛乌素沙地综合治理", "河湖管护", "养老服务基本保障"]
    assert project_meant(about, tasks) == meant


def test_target_and_result_in_one_cell() -> None:
    understood = read(
        "街道.html",
        "<table><tr><td>指标名称<td>指标值及完成情况<td>自评得分"
        "<tr><td>老旧小区改造数<td>目标值：8个；完成值：7个<td>13.13"
        "<tr><td>居民满意度<td>目标值：≥90%；完成值：92.4%<td>10</table>",
    )
    told = [(i.target and i.target.raw, i.actual and i.actual.raw) for i in understood.indicators]
    assert told == [("8个", "7个"), ("≥90%", "92.4%")]


def test_what_is_still_to_be_done_is_no_result() -> None:
    understood = read(
        "专项.html",
        "<table><tr><td>指标名称<td>目标值<td>完成情况说明"
        "<tr><td>渔船减船数量<td>15艘<td>已拆解减船12艘，其余3艘手续办理中</table>",
    )
    assert [i.actual.raw for i in understood.indicators if i.actual] == ["12艘"]


def test_parts_of_a_project_are_not_told_as_the_departments_own() -> None:
    understood = text(
        "平果市人民法院2023年绩效运行监控表（单位：万元）",
        "资金来源\t年初预算数\t1-7月执行数",
        "财政拨款\t385.00\t201.36",
        "其中：中央政法转移支付\t160.00\t92.18",
    )
    terms = {f.quantity.raw: (f.concept, f.role) for f in understood.figures}
    assert terms["92.18"] == ("", Role.SPENT)
