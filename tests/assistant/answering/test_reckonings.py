"""What differs, what all come to, which is most: over figures that are found one by one."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from assistant.config import Settings
from assistant.service import Assistant
from assistant.types import Answer, State, Verdict

REPORT = """榆溪县水产站2022年度项目支出绩效自评报告
一、资金情况
2022年鱼苗投放项目预算数480万元。
2022年到位省级补助资金300万元。
2022年到位县级配套资金180万元。
二、产出情况
全年投放鱼苗计划260吨，实际投放鱼苗245吨。
"""
TABLE = """<html><body><h1>榆溪县畜牧站2022年度项目支出绩效自评表</h1>
<table>
<tr><td>项目名称</td><td colspan="5">草场改良</td></tr>
<tr><td>实施单位</td><td colspan="5">榆溪县畜牧站</td></tr>
<tr><td>一级指标</td><td>二级指标</td><td>三级指标</td><td>年度指标值</td><td>实际完成值</td>
<td>分值</td><td>得分</td></tr>
<tr><td rowspan="3">产出指标</td><td rowspan="3">成本指标</td><td>草种购置成本</td><td>20万元</td>
<td>18.5万元</td><td>10</td><td>10</td></tr>
<tr><td>围栏建设成本</td><td>35万元</td><td>33万元</td><td>10</td><td>9</td></tr>
<tr><td>人工管护成本</td><td>12万元</td><td>11.5万元</td><td>10</td><td>7</td></tr>
<tr><td>效益指标</td><td>生态效益指标</td><td>草场覆盖率</td><td>60%</td><td>66%</td><td>20</td>
<td>20</td></tr>
</table></body></html>
"""


@pytest.fixture(scope="module")
def station(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    folder = tmp_path_factory.mktemp("reckonings")
    (folder / "报告.txt").write_text(REPORT, encoding="utf-8")
    (folder / "自评表.html").write_text(TABLE, encoding="utf-8")
    with closing(Assistant(Settings(home=folder / "home"))) as assistant:
        added = assistant.add([folder / "报告.txt", folder / "自评表.html"])
        assert [report.error for report in added] == ["", ""]
        yield assistant


def grounded(answer: Answer) -> bool:
    told = {figure.verdict for figure in answer.figures}
    return bool(answer.citations) and Verdict.UNSUPPORTED not in told


def test_two_amounts_of_one_sentence_are_set_against_each_other(station: Assistant) -> None:
    answer = station.ask("榆溪县水产站省级补助比县级配套多多少")
    assert answer.text.startswith("省级补助资金比县级配套资金多120万元（300 − 180 = 120")
    assert answer.calculations[0].unit == "万元"
    assert grounded(answer)


def test_what_was_done_is_set_against_its_own_target(station: Assistant) -> None:
    answer = station.ask("榆溪县畜牧站围栏建设成本实际比目标少多少")
    assert "35 − 33 = 2" in answer.text
    assert grounded(answer)


def test_a_number_of_rows_is_added_up_where_so_many_stand_under_one_heading(
    station: Assistant,
) -> None:
    answer = station.ask("榆溪县畜牧站三项成本实际一共多少")
    assert "63万元" in answer.text
    assert "18.5" in answer.text
    assert len(answer.citations) == 3
    assert grounded(answer)


def test_a_number_of_rows_that_the_table_does_not_have_is_not_added_up(station: Assistant) -> None:
    answer = station.ask("榆溪县畜牧站五项成本实际一共多少")
    assert not answer.calculations


def test_rows_that_lost_points_are_listed_with_what_they_lost(station: Assistant) -> None:
    answer = station.ask("榆溪县畜牧站哪些指标扣了分")
    assert "共2个" in answer.text
    assert "人工管护成本：扣3分" in answer.text
    assert "草种购置成本" not in answer.text
    assert grounded(answer)


def test_a_part_is_never_told_as_what_two_things_differ_by(station: Assistant) -> None:
    answer = station.ask("榆溪县水产站省级补助比社会捐赠多多少")
    assert answer.state is not State.ANSWERED or "300" not in answer.text
    assert not answer.calculations


def funded(body: str, project: str, amount: str) -> str:
    return (
        f"<html><body><h1>{body}2022年度项目支出绩效自评表</h1><table>"
        f"<tr><td>项目名称</td><td colspan='3'>{project}</td></tr>"
        f"<tr><td>实施单位</td><td colspan='3'>{body}</td></tr>"
        "<tr><td>项目资金（万元）</td><td>年初预算数</td><td>全年预算数</td><td>全年执行数</td></tr>"
        f"<tr><td>年度资金总额</td><td>{amount}</td><td>{amount}</td><td>{amount}</td></tr>"
        "</table></body></html>"
    )


def test_projects_of_several_bodies_are_not_summed_for_a_place_that_is_not_known(
    tmp_path: Path,
) -> None:
    (tmp_path / "甲.html").write_text(funded("榆溪县水产站", "鱼苗投放", "480"), encoding="utf-8")
    (tmp_path / "乙.html").write_text(funded("榆溪县畜牧站", "草场改良", "67"), encoding="utf-8")
    with closing(Assistant(Settings(home=tmp_path / "home"))) as assistant:
        added = assistant.add([tmp_path / "甲.html", tmp_path / "乙.html"])
        assert [report.error for report in added] == ["", ""]
        answer = assistant.ask("柳沟村两个项目加起来安排了多少")
        assert "547" not in answer.text
        assert not answer.calculations
