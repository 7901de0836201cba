"""What heads a document: the title, year and department that its first lines and labels tell.

Each test is a mistake once made.
"""

from collections.abc import Callable

import pytest

from ingest.extraction.understand import understand
from ingest.loaders.text import load_text
from ingest.types.blocks import Form
from ingest.types.facts import Role, Understanding
from tests.support.builders import html_table, read, read_rows, text


@pytest.mark.parametrize(
    ("title", "department"),
    [
        ("青岭县民政局整体支出绩效自评表", "青岭县民政局"),
        ("2021年度柳川县交通局部门整体支出绩效自评表", "柳川县交通局"),
        ("关于霞浦湾区教育局2021年度部门整体绩效的自评报告", "霞浦湾区教育局"),
        ("某县科学技术协会部门整体支出绩效自评表（2022年度）", "某县科学技术协会"),
        ("部门整体支出绩效自评表（2021年度）", ""),
        ("2023年度县级部门预算项目绩效自评表", ""),
    ],
)
def test_the_department_that_a_title_names(title: str, department: str) -> None:
    assert read_rows([[title], ["甲", "乙"]]).document.department == department


def test_the_department_that_begins_a_title_without_a_mark_of_its_end() -> None:
    understood = text("2022年度谷城县图书馆免费开放专项自评表", "新增图书5480册。")
    assert understood.document.department == "谷城县图书馆"


def test_the_title_of_a_page_below_its_menu() -> None:
    understood = text(
        "网站首页 | 政务公开 | 今天是2024年9月12日 星期四",
        "柞水县市场监督管理局2023年度部门决算公开",
        "公务接待费决算3.12万元。",
    )
    document = understood.document
    assert (document.department, document.year) == ("柞水县市场监督管理局", 2023)


def test_the_title_of_a_page_whose_menu_names_a_paper() -> None:
    understood = text(
        "首页 > 信息公开 > 街镇 > 财政预决算",
        "石梁镇人民政府2021年度整体支出情况评议",
        "来源：石梁镇财政所",
        "公用经费支出86.42万元。",
    )
    document = understood.document
    assert (document.department, document.year) == ("石梁镇人民政府", 2021)


@pytest.mark.parametrize(
    ("over", "department"),
    [("云岭省水利厅", "云岭省水利厅"), ("", "云岭省水利厅、云岭省财政厅")],
)
def test_two_bodies_behind_one_label_unless_another_singles_one_out(
    over: str, department: str
) -> None:
    understood = text(
        "2024年度水利发展资金绩效目标表",
        "制表单位：云岭省水利厅　云岭省财政厅",
        *([f"省级主管部门：{over}"] if over else []),
    )
    assert understood.document.department == department


def test_a_page_laid_out_in_one_column_is_read_as_paragraphs() -> None:
    understood = html_table(
        "<tr><td>当前位置：首页<tr><td><p>乌审旗林业和草原局2022年度单位决算公开</p>"
        "<p>第四部分 预算绩效情况说明</p><p>机关运行经费支出86.42万元。</p>"
    )
    document = understood.document
    assert (document.department, document.year) == ("乌审旗林业和草原局", 2022)


def test_the_department_stands_only_behind_the_label_of_who_carried_it_out() -> None:
    understood = text("2022年度项目支出绩效自评表", "项目单位：云霄县第一实验小学")
    assert understood.document.department == "云霄县第一实验小学"


def test_the_department_behind_the_second_label_of_a_line() -> None:
    understood = text(
        "中小企业技改奖补政策绩效评价结果表", "评价年度：2022年　　被评价单位：余干县工业和信息化局"
    )
    assert understood.document.department == "余干县工业和信息化局"


@pytest.mark.parametrize(
    "line",
    [
        "填报单位（盖章）：柳川县交通局          填报日期：2024年3月15日        金额单位：万元",
        "填报单位：柳川县交通局 单位：万元",
        "部门名称：柳川县交通局（盖章）",
    ],
)
@pytest.mark.parametrize("read", [text, lambda line: read_rows([[line], ["甲", "乙"]])])
def test_a_department_ends_where_the_next_label_begins(
    line: str, read: Callable[[str], Understanding]
) -> None:
    assert read(line).document.department == "柳川县交通局"


def test_the_code_beside_a_department() -> None:
    understood = html_table(
        "<tr><td colspan=4>2022年度项目支出绩效自评表"
        "<tr><td>主管部门及代码<td>[186]国家矿山安全监察局<td>实施单位<td>信息中心"
    )
    assert understood.document.department == "国家矿山安全监察局"


def test_a_budget_term_is_no_department() -> None:
    lines = ("部门整体支出绩效自评表", "部门名称\t年初预算数\t100", "单位名称\t某市水务局")
    assert understand(load_text("表.txt", "\n".join(lines).encode())).document.department == (
        "某市水务局"
    )


def test_column_heads_name_no_department() -> None:
    lines = (
        "2022年度县直部门整体绩效自评结果一览表（金额单位：元）",
        "序号,预算单位,预算安排,实际支付,支付率,自评分数",
        '1,临泽县档案馆,"2,315,600.00","2,204,118.35",95.19%,93.6',
        '2,临泽县融媒体中心,"9,664,010.00","9,660,010.00",99.96%,97.05',
    )
    understood = read("汇总.csv", "\n".join(lines).encode("gbk"))
    assert understood.document.department == ""
    budgets = {f.department: f.quantity for f in understood.figures if f.role is Role.BUDGET}
    assert {name: str(quantity.value) for name, quantity in budgets.items()} == {
        "临泽县档案馆": "2315600.00",
        "临泽县融媒体中心": "9664010.00",
    }
    assert {quantity.unit for quantity in budgets.values()} == {"元"}


def test_who_explains_a_regulation_has_made_it() -> None:
    understood = text(
        "云岭市预算绩效评价结果应用管理办法",
        "第一条 为加强评价结果应用，市财政局统筹组织，预算部门落实整改。",
        "第二条 本办法由市财政局负责解释，自2023年10月1日起施行。",
    )
    assert understood.document.department == "云岭市财政局"


def test_the_office_of_a_government_in_a_street_is_one_body() -> None:
    understood = text(
        "双桥区石井街道办事处2023年度项目支出绩效自评表", "填报单位：双桥区人民政府石井街道办事处"
    )
    assert understood.document.department == "双桥区石井街道办事处"


def test_a_chapter_about_a_form_is_not_the_title_of_a_notice() -> None:
    understood = text(
        "临沅市财政局文件",
        "临沅市财政局关于2023年度绩效评价结果的通报",
        "市直各部门：",
        "一、部门整体支出绩效自评复核情况",
        "复核结果为优的4个。",
    )
    assert understood.document.title == "临沅市财政局关于2023年度绩效评价结果的通报"
    assert understood.document.form is Form.NOTICE
