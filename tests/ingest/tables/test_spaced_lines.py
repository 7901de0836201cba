"""Text whose columns only blanks keep apart is the table that it was."""

from ingest.extraction.understand import understand
from ingest.loaders import load
from ingest.types.facts import Figure, Role

TEXT = """\
2023年度项目支出绩效自评表
单位名称    芦汀县图书馆
         资金        年初      调整后    实际
         构成       预算数    预算数    支付数    权重   支付率    得分
                                                         （%）
         年度资金
                     96.00     92.00     88.32     10     96.00     9.60
         总额
         县级财政
                     80.00     76.00     72.32     —     95.16     —
         安排
指标     指标名称          年初          年末        权重   自评   说明
类别                       设定值        完成值             得分
数量     新购纸质图
         书册数            ≥8200册       8366册      20     20
         举办读书活
         动场次            36场          33场        15     13.75  疫情期间
                                                                   停办三场
质量     图书编目差
         错率              ≤1%           0.6%        15     15
满意     读者满意度        ≥90%          93.5%       10     10
合计                                                 100    97.35
"""


def _figures() -> tuple[Figure, ...]:
    return understand(load("自评表.txt", TEXT.encode())).figures


def test_cells_cut_over_lines_come_together_again() -> None:
    told = {(f.subject, f.role, f.quantity.raw) for f in _figures()}
    assert {
        ("新购纸质图书册数", Role.TARGET, "≥8200册"),
        ("新购纸质图书册数", Role.ACTUAL, "8366册"),
        ("举办读书活动场次", Role.SCORE, "13.75"),
        ("图书编目差错率", Role.ACTUAL, "0.6%"),
        ("读者满意度", Role.WEIGHT, "10"),
    } <= told


def test_a_head_of_several_lines_stands_over_amounts_that_its_names_do_not() -> None:
    told = {(f.role, f.quantity.raw) for f in _figures() if "年度资金总额" in f.subject}
    assert {
        (Role.BUDGET, "96.00"),
        (Role.BUDGET, "92.00"),
        (Role.SPENT, "88.32"),
        (Role.SCORE, "9.60"),
    } <= told


def test_every_value_keeps_its_line() -> None:
    lines = TEXT.splitlines()
    for figure in _figures():
        start, end = figure.location.line_start, figure.location.line_end
        assert start
        assert end
        assert figure.quantity.raw in "".join(lines[start - 1 : end])
