"""Reports in running text: sections, lines cut at the margin, figures of a sentence.

Each test is a mistake once made.
"""

from ingest.types.blocks import Form
from ingest.types.facts import Role
from tests.support.builders import read, text, values

REPORT = """溧川市红十字会2021年度部门整体支出绩效自评报告

一、部门概况
（一）预算安排及执行。2021年部门预算收入1,286.40万元，其中一般公共预算拨款1,10
5.20万元，下设3个内设机构；全年支出1,251.77万元，预算执行率97.31%。
二、主要绩效
一是应急救护培训持续扩面。全年举办救护员培训班42期，培训取证救护员3,8
16人，普及培训6.5万余人次。
二是人道救助更加精准。“博爱送万家”活动走访慰问困难家庭，发放款物折合 86.4
万元；三献工作稳步推进。
三、存在问题
部分指标设置偏低。
四、下一步措施
新建AED点位150处。
"""


def test_a_number_cut_at_the_margin_reads_as_one() -> None:
    understood = read("报告.txt", REPORT)
    printed = {f.quantity.raw: f for f in understood.figures}
    assert {"1,105.20万元", "3,816人", "86.4万元"} <= printed.keys()
    assert not {"5.20万元", "16人"} & printed.keys()
    place = printed["3,816人"].location
    assert (place.line_start, place.line_end) == (7, 8)
    assert printed["1,105.20万元"].concept == "一般公共预算"


def test_an_institution_inside_another_is_no_limit() -> None:
    (figure,) = (f for f in read("报告.txt", REPORT).figures if "机构" in f.subject)
    assert (figure.quantity.raw, figure.quantity.comparator) == ("3个", "=")


def test_next_steps_are_targets() -> None:
    (figure,) = (f for f in read("报告.txt", REPORT).figures if f.quantity.unit == "处")
    assert figure.role is Role.TARGET


def test_lines_of_a_list_are_not_joined() -> None:
    lines = [f"第{n}项工作按照年初安排已经全部完成并通过验收的项目共有{n}个" for n in range(1, 9)]
    understood = read("清单.txt", "2022年度工作清单\n" + "。\n".join(lines) + "。\n")
    assert [f.quantity.raw for f in understood.figures] == [f"{n}个" for n in range(1, 9)]


def test_a_report_under_the_headings_of_a_form_is_no_dumped_form() -> None:
    understood = text(
        "舟曲县粮食局2023年度部门整体支出绩效自评报告",
        "二、预算执行情况",
        "2023年年初预算1,260.5万元，实际支出1,275.4万元。",
        "四、存在的主要问题及原因分析",
        "粮情监测设备老化。",
        "五、下一步改进措施及工作建议",
        "2024年6月底前完成3个库点的设备更换。",
    )
    assert understood.table_rows == 0
    sections = {p.text: p.section for p in understood.passages}
    assert sections["粮情监测设备老化。"] == "存在的主要问题及原因分析"
    measure = understood.figures[-1]
    assert (measure.role, measure.quantity.raw) == (Role.TARGET, "3个")


def test_unknown_form_keeps_its_text_and_figures() -> None:
    understood = text("某局2020年大事记", "全年共开展宣传活动36场，覆盖群众1.2万人次。")
    assert understood.document.form is Form.UNKNOWN
    assert understood.document.year == 2020
    assert [(f.quantity.value, f.quantity.unit) for f in understood.figures] == [
        (36, "场"),
        (12000, "人次"),
    ]
    assert understood.passages


def test_words_around_a_number_in_a_sentence() -> None:
    understood = text(
        "2023年部门预算批复金额1,234.50万元，支出决算3,398.24万元，其中基本支出2,760.10万元。"
        "出水达标率98.6%，略低于99%的年度目标。群众满意度完成93.5%，得10分。"
    )
    told = {(f.subject, f.quantity.raw): f.role for f in understood.figures}
    assert told["2023年部门预算批复金额", "1,234.50万元"] is Role.BUDGET
    assert told["基本支出", "2,760.10万元"] is Role.SPENT
    assert told["出水达标率", "低于99%"] is Role.TARGET
    assert told["群众满意度", "10分"] is Role.SCORE


def test_a_word_of_comparison_is_no_subject() -> None:
    understood = text("遂昌县消防救援大队2022年度自评报告", "接警到场率92.4%，低于目标值95%。")
    told = {f.quantity.raw: (f.subject, f.role) for f in understood.figures}
    assert told["95%"] == ("接警到场率", Role.TARGET)


def test_a_project_that_opens_a_sentence_owns_the_money_told_after_it() -> None:
    understood = text(
        "乌审旗林业和草原局2022年度部门决算公开",
        "沙地综合治理项目自评得分94.7分，全年预算数为2,650万元，执行数为2,613.4万元，"
        "完成预算的98.62%。完成人工造林3.2万亩，较计划3万亩超额完成。",
    )
    told = {f.quantity.raw: f for f in understood.figures}
    assert {told[raw].task for raw in ("94.7分", "2,650万元", "98.62%")} == {"沙地综合治理"}
    assert told["98.62%"].concept == "预算完成率"
    assert (told["3万亩"].subject, told["3万亩"].role) == ("人工造林", Role.TARGET)


def test_parts_in_brackets_that_add_up_are_of_the_kind_of_their_sum() -> None:
    read = text(
        "某局2021年度部门整体支出绩效自评报告",
        "实际支出63.4万元（设备经费41.9万元、维护经费21.5万元）。",
        "实际支出80万元（设备经费52万元、维护经费9万元）。",
    )
    told = {figure.quantity.raw: figure.role for figure in read.figures}
    assert told["41.9万元"] is told["21.5万元"] is Role.SPENT
    assert Role.SPENT not in (told["52万元"], told["9万元"])


def test_parts_are_of_the_kind_of_their_whole() -> None:
    read = text(
        "某局2021年度部门整体支出绩效自评报告",
        "实际支出48,950.12万元，预算执行率98.24%。其中，基本支出36,120.4万元，项目支出12,829.72万元。",
        "新增公办学位3200个，完成年度目标（3000个）的106.67%。",
    )
    assert values(read, Role.SPENT)["项目支出"] == "12829.72万元"
    assert "3000个" in values(read, Role.TARGET).values()


def test_a_figure_is_of_the_year_that_its_clause_names() -> None:
    understood = text(
        "岚溪县档案馆2023年度工作总结",
        "全年支出210万元，比上年的198万元增加12万元。2022年度接待查档1,430人次，复印310件。",
        "2021年至2023年共数字化档案5.2万件。",
    )
    told = {f.quantity.raw: f.year for f in understood.figures}
    assert told == {
        "210万元": 2023,
        "198万元": 2022,
        "12万元": 2023,
        "1,430人次": 2022,
        "310件": 2022,
        "5.2万件": 2023,
    }
