"""What a draft condenses stays true: counts, reasons, rates and measures are the documents'."""

from contextlib import closing
from pathlib import Path

import pytest
from openpyxl import Workbook

from assistant.config import Settings
from assistant.drafting.types import Cause, Draft, Section
from assistant.grounding.verification import MARKER
from assistant.service import Assistant

BODY = "云溪市林业局"
HEAD = """部门整体支出绩效自评表
（{year}年度）
部门名称\t云溪市林业局
金额单位：万元
年初预算数\t全年预算数\t实际支出数\t预算完成率
1000\t900\t810\t{rate}
"""
COLUMNS = "一级指标\t二级指标\t三级指标\t年度指标值\t实际完成值\t分值\t得分\t偏差原因分析及改进措施"
LATE = "采购流程较长，设备到货时间晚于计划，今后将提前启动采购程序。"
ROWS = f"""
{COLUMNS}
产出指标\t数量指标\t营造林面积\t≥120公顷\t96公顷\t20\t16\t{LATE}
产出指标\t数量指标\t发放苗木\t≥100株\t190株\t10\t10\t
产出指标\t质量指标\t造林验收合格率\t≥95%\t90%\t10\t9\t{LATE}
产出指标\t时效指标\t部门预算支出进度达标率\t≥100%\t98%\t10\t9\t
效益指标\t社会效益指标\t护林员技能\t有所提升\t有所提升\t10\t8\t
满意度指标\t服务对象满意度指标\t林农满意度\t≥90%\t\t10\t10\t

四、存在问题
一是资金使用效益仍有提升空间，全年结余资金90万元。二是个别项目支出进度偏慢，全年预算完成率为90%。三是专业力量不足，现有编制16人，实有17人。
五、改进措施
一是建立项目支出定期通报制度，每季度至少通报1次。二是加强预算编制与绩效目标的衔接，力争下一年度预算完成率提高到85%以上。
"""


def drafted(folder: Path, *forms: str, section: Section = Section.REPORT) -> Draft:
    files = []
    for number, form in enumerate(forms):
        files.append(folder / f"自评表{number}.txt")
        files[-1].write_text(form, encoding="utf-8")
    with closing(Assistant(Settings(home=folder / "home"))) as assistant:
        assert [read.error for read in assistant.add(files)] == [""] * len(files)
        return assistant.draft(section, department=BODY)


@pytest.fixture(scope="module")
def forest(tmp_path_factory: pytest.TempPathFactory) -> Draft:
    """The report of a form of 2023 beside one of 2022, whose rate does not come out."""
    before = HEAD.format(year=2022, rate="87.5%")
    return drafted(
        tmp_path_factory.mktemp("forest"), HEAD.format(year=2023, rate="90%") + ROWS, before
    )


def text(draft: Draft) -> str:
    return MARKER.sub("", draft.text)


def of(draft: Draft, cause: Cause) -> tuple[str, str]:
    (remedy,) = [one for one in draft.remedies if one.kind is cause]
    return MARKER.sub("", remedy.problem), MARKER.sub("", remedy.measure)


def test_a_reason_that_is_given_for_anything_is_told_as_filled_in(forest: Draft) -> None:
    problem, measure = of(forest, Cause.OUTPUT)
    work, quality = problem.split("\n")[1:3]
    assert "主要原因是采购流程较长" in work
    assert "填报的原因是采购流程较长" in quality
    assert "实际原因有待查明" in quality
    step = next(line for line in measure.split("\n") if "造林验收合格率" in line)
    assert "采购" not in step  # nothing is built on a reason that cannot be one


def test_two_rates_are_not_held_against_each_other(forest: Draft) -> None:
    assert "“部门预算支出进度达标率”在指标表中为" not in text(forest)


def test_an_earlier_year_keeps_the_rate_that_was_filed(forest: Draft) -> None:
    assert "2022年填报的“预算完成率”为87.5%，与按表中数字计算的90%不同" in text(forest)


def test_measures_do_not_contradict_the_facts(forest: Draft) -> None:
    told = text(forest)
    assert "招录" not in told  # there are more people than posts
    assert "85%" not in told  # 90% was reached
    assert "加强预算编制与绩效目标的衔接" in told


def test_one_number_is_told_once_and_the_measure_stands_with_its_problem(forest: Draft) -> None:
    problem, measure = of(forest, Cause.EXECUTION)
    assert problem.count("预算完成率为90%") == 1
    assert "定期通报制度" in measure


def test_lost_points_alone_are_no_first_problem(forest: Draft) -> None:
    assert "护林员技能" not in forest.remedies[0].problem
    assert any("护林员技能" in remedy.problem for remedy in forest.remedies[1:])


def test_no_cell_is_empty_and_what_is_met_is_met(forest: Draft) -> None:
    (table,) = [p.table for p in forest.paragraphs if p.table and "完成情况" in p.table.columns]
    rows = {MARKER.sub("", row[-4]): [MARKER.sub("", cell) for cell in row] for row in table.rows}
    assert all(cell for row in rows.values() for cell in row)
    assert rows["发放苗木"][-1] == "达标"
    assert rows["护林员技能"][-1] == "定性达成（有扣分）"
    assert rows["林农满意度"][-2:] == ["未填报", "未报告"]


def test_doubts_are_a_few_sentences_and_points_are_no_amounts(tmp_path: Path) -> None:
    rows = "\n".join(
        f"产出指标\t数量指标\t{name}\t≥100处\t{done}处\t20\t20\t人手不足。"
        for name, done in (("整治河段", 90), ("清淤池塘", 91), ("更新水表", 92), ("巡查堤段", 93),
                           ("维修泵站", 94))
    )  # fmt: skip
    total = "总分\t\t\t\t\t100\t97\t\n"
    form = HEAD.format(year=2023, rate="97%") + f"\n{COLUMNS}\n{rows}\n{total}"
    problem, _ = of(drafted(tmp_path, form), Cause.REPORTING)
    assert problem.count("。") <= 3
    assert "预算完成率填报为97%" in problem
    assert "另有" in problem
    assert "也受此影响" not in problem


def test_a_count_stays_with_what_is_counted(tmp_path: Path) -> None:
    reached = (
        "1.突出思想引领，建设护林宣传阵地5个。成立志愿队伍，全年开展宣讲活动80余场，覆盖林农约14万人次，"
        "树立先进典型，形成良好氛围，各项工作有序推进2.加强森林防火，修建防火道36公里。"
    )
    head = HEAD.format(year=2023, rate="90%").splitlines()
    goal = ["年度总体目标\t预期目标\t实际完成情况", f"\t增绿护绿。\t{reached}"]
    told = text(in_a_workbook(tmp_path, [*head, *goal, *ROWS.splitlines()[1:8]]))
    assert "80余场，覆盖林农约14万人次" in told
    assert "5个，覆盖" not in told
    assert "推进2." not in told
    assert "修建防火道36公里" in told


def test_a_table_with_basic_money_is_the_departments_own(tmp_path: Path) -> None:
    head = HEAD.format(year=2023, rate="90%").splitlines()[:4]
    money = [
        "部门预算执行情况\t资金类别\t年初预算数\t全年预算数\t全年执行数\t执行率",
        "\t年度资金总额\t1000\t900\t810\t90%",
        "\t（一）基本支出\t600\t500\t500\t100%",
        "\t（二）项目支出\t400\t400\t310\t77.5%",
        "\t1.森林防火道建设\t300\t300\t210\t70%",
        "\t2.造林补助资金\t100\t100\t100\t100%",
    ]
    told = text(in_a_workbook(tmp_path, [*head, *money, *ROWS.splitlines()[1:8]]))
    assert "全年实际支出810万元" in told


def in_a_workbook(folder: Path, rows: list[str]) -> Draft:
    book = Workbook()
    sheet = book.create_sheet("自评表", 0)
    for row in rows:
        sheet.append(row.split("\t"))
    book.save(folder / "自评表.xlsx")
    with closing(Assistant(Settings(home=folder / "home"))) as assistant:
        assert [read.error for read in assistant.add([folder / "自评表.xlsx"])] == [""]
        return assistant.draft(Section.REPORT, department=BODY)
