"""Boards: what is counted, how it ranks, what the page and the files of it show."""

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from io import BytesIO

import pytest
from openpyxl import load_workbook

from assistant.dashboard.board import NO_DEPARTMENT, Board, Boards, Choice
from assistant.dashboard.board_facts import (
    BoardDocument,
    DepartmentFinding,
    Execution,
    Library,
    SelfScore,
)
from assistant.dashboard.excel_export import board_workbook, findings_workbook
from assistant.dashboard.indicator_list import Row, merged
from assistant.dashboard.years import attained_of, change, paired, yearly
from assistant.grounding.calculations import Term, rate
from assistant.service import Assistant
from assistant.types import Calculation, Citation, Finding, Severity, Status
from assistant.web.html.board import EMPTY, details, overview
from assistant.web.html.board_charts import rate_chart, score_chart
from assistant.web.html.board_parts import MAX_BARS
from assistant.web.html.board_tables import ROWS_PER_PAGE
from assistant.web.html.print_page import print_page
from assistant.web.html.source_link import QuotedPlace, SourceLink, read_link
from ingest.types.blocks import Form, Location
from ingest.types.facts import Figure, Quantity, Role

HOSTILE = '=HYPERLINK("http://x")<img src=x onerror=alert(1)>'
LONG = "某某省某某市某某自治县人力资源和社会保障局（医疗保障局）" * 4


def row(name: str, **given: object) -> Row:
    base = Row(
        id=name,
        document_id="d1",
        file="自评表.docx",
        form=Form.SELF_EVALUATION,
        city="清岚市",
        department="清岚市教育局",
        year=2022,
        task="",
        family="数量指标",
        name=name,
        target="不低于90%",
        actual="95%",
        verdict=Status.MET,
        reason="目标为不低于90%，实际为95%，达到目标。",
        location=Location(table=1, row=3, column=4),
        quote=f"{name} | ≥90% | 95%",
        same=((Decimal(90),), "%"),
    )
    return replace(base, **given)  # type: ignore[arg-type]


def figure(raw: str, concept: str, id: str = "") -> Figure:
    quantity = Quantity(raw, (Decimal(raw.rstrip("%")),), "=", "%" if "%" in raw else "万元")
    place = Location(table=1, row=2)
    role = Role.SPENT
    return Figure(
        id or concept, "d1", "清岚市教育局", 2022, "", concept, concept, role, quantity, place, raw
    )


def execution(spent: str, budget: str, told: str = "", **given: object) -> Execution:
    made = rate(Term(Decimal(spent), "万元"), Term(Decimal(budget), "万元"))
    base = Execution(
        *("清岚市", "清岚市教育局", 2022, Form.SELF_EVALUATION, "自评表.docx"),
        made,
        (figure(spent, "实际支出数"), figure(budget, "全年预算数")),
        figure(told, "预算完成率") if told else None,
    )
    return replace(base, **given)  # type: ignore[arg-type]


def held(department: str = "清岚市教育局", **given: object) -> BoardDocument:
    base = BoardDocument("清岚市", department, 2022, Form.SELF_EVALUATION)
    return replace(base, **given)  # type: ignore[arg-type]


def made(rows: Iterable[Row] = (), choice: Choice | None = None, **given: object) -> Board:
    library = replace(Library(documents=(held(),)), rows=tuple(rows), **given)  # type: ignore[arg-type]
    return Boards(library).board(choice or Choice())


def noted(message: str = "执行率不一致", **given: object) -> DepartmentFinding:
    cited = Citation(
        1, "d1", "自评表.docx", "自评表", "清岚市教育局", 2022, Location(line_start=3), "96.36%"
    )
    finding = Finding("D10", Severity.ERROR, message, "d1", (cited,), "1 ÷ 2 = 50%", ("口径一",))
    base = DepartmentFinding(
        "清岚市", "清岚市教育局", 2022, Form.SELF_EVALUATION, "自评表.docx", finding
    )
    return replace(base, **given)  # type: ignore[arg-type]


# -- one indicator, one row ------------------------------------------------------------------------


def test_an_indicator_in_several_documents_is_one_row_of_the_one_that_reports_it() -> None:
    planned = row("学位数", document_id="d2", form=Form.TARGET, family="数量指标")
    watched = row("学位数", document_id="d3", form=Form.MONITORING, verdict=Status.UNMET)
    told = row("学位数", family="未分类", task="扩建")
    (one,) = merged([planned, watched, told])
    assert (one.document_id, one.family, one.standing) == ("d1", "数量指标", "达标")
    assert one.elsewhere == 2


def test_rows_of_two_tasks_stay_two() -> None:
    rows = [row("满意度", task="甲"), row("满意度", task="乙"), row("满意度", document_id="d2")]
    assert sorted(one.task for one in merged(rows)) == ["乙", "甲"]


def test_another_target_without_a_task_is_another_indicator() -> None:
    own = row("满意度", document_id="d2", same=((Decimal(80),), "%"))
    rows = [own, row("满意度", task="甲"), row("满意度", task="乙")]
    assert len(merged(rows)) == 3


def test_a_second_document_of_one_form_does_not_double() -> None:
    assert len(merged([row("学位数"), row("学位数", document_id="d2")])) == 1


def test_names_are_compared_without_their_marks() -> None:
    rows = [row("“三公”经费控制率"), row("三公经费控制率", document_id="d2", form=Form.TARGET)]
    assert len(merged(rows)) == 1


def test_what_only_plans_or_monitors_does_not_count_as_reported() -> None:
    found = made(
        [
            row("一"),
            row("二", verdict=Status.UNMET),
            row("三", form=Form.TARGET, verdict=Status.UNREPORTED),
            row("四", form=Form.MONITORING, verdict=Status.UNMET),
        ]
    ).tally
    assert found.counts == {"达标": 1, "未达标": 1, "监控中": 1, "仅有目标": 1}
    assert (found.total, found.reported) == (4, 2)
    assert found.attained is not None
    assert found.attained.formula == "1 ÷ 2 × 100% = 50.00%"


def test_without_a_self_evaluation_there_is_no_rate() -> None:
    assert made([row("一", form=Form.TARGET)]).tally.attained is None


# -- choosing --------------------------------------------------------------------------------------


def test_each_filter_offers_what_the_others_leave() -> None:
    other = {"city": "岭安市", "department": "岭安市教育局", "year": 2021}
    rows = [row("一"), row("二", family="质量指标", verdict=Status.UNMET, **other)]
    documents = (held(), held("岭安市教育局", city="岭安市", year=2021), held(copy=True))
    found = made(rows, Choice(city="岭安市"), documents=documents)
    assert found.options.cities == ("岭安市", "清岚市")
    assert found.options.departments == ("岭安市教育局",)
    assert found.options.years == (2021,)
    assert found.options.families == ("质量指标",)
    assert found.options.standings == ("未达标",)
    assert [one.name for one in found.rows] == ["二"]


def test_a_family_takes_in_its_parts() -> None:
    rows = [row("一", family="满意度指标"), row("二", family="服务对象满意度指标"), row("三")]
    found = made(rows, Choice(family="满意度指标"))
    assert [one.name for one in found.rows] == ["二", "一"]


def test_a_standing_chosen_limits_all_that_is_shown() -> None:
    missed = row("二", verdict=Status.UNMET, year=2021, documents=("d2",), figures=("f2",))
    about = noted("目标没有达到", year=2021)
    cited = replace(about.finding.evidence[0], year=2021, figure_ids=("f2",))
    about = replace(about, finding=replace(about.finding, evidence=(cited,)))
    found = made(
        [row("一", documents=("d1",), figures=("f1",)), missed],
        Choice(standing="未达标"),
        documents=(held(id="d1"), held(id="d2", year=2021)),
        executions=(execution("90", "100"), execution("80", "100", year=2021)),
        findings=(noted(), about),
    )
    assert [one.name for one in found.rows] == ["二"]
    assert (found.tally.total, found.documents, found.departments) == (1, 1, 1)
    assert [one.year for one in found.executions] == [2021]
    assert [one.finding.message for one in found.findings] == ["目标没有达到"]
    assert [(one.year, one.tally.total) for one in found.lines] == [(2021, 1)]
    assert found.tally.attained is None
    page = overview(found)
    assert "只算有这些指标的" in page
    assert "按状态筛选时不计" in page


def test_what_names_no_department_can_be_chosen_and_stands_in_the_ranking() -> None:
    given = [row("一"), row("二", department="", city="")]
    documents = (held(id="d1"), held("", id="d2", city=""))
    found = made(given, documents=documents)
    assert found.options.departments[-1] == NO_DEPARTMENT
    assert NO_DEPARTMENT in overview(found)
    unnamed = made(given, Choice(department=NO_DEPARTMENT), documents=documents)
    assert ([one.name for one in unnamed.rows], unnamed.documents) == (["二"], 1)


def test_a_finding_on_two_years_is_shown_for_each() -> None:
    both = noted(years=frozenset({2021, 2022}))
    for year in (2021, 2022):
        assert made((), Choice(year=year), findings=(both,)).findings == (both,)
    assert made((), Choice(year=2020), findings=(both,)).findings == ()


def test_a_projects_code_does_not_make_it_another_project() -> None:
    coded = row("学位数", task="45478023T614051241058-扩建")
    again = row("学位数", task="61978323T852805320920-扩建", document_id="d2")
    bare = row("学位数", task="扩建", document_id="d3")
    assert len(merged([coded, again, bare])) == 1


def test_a_form_shows_its_own_rows() -> None:
    rows = [row("学位数"), row("学位数", document_id="d2", form=Form.TARGET)]
    found = made(rows, Choice(form=Form.TARGET))
    assert [one.standing for one in found.rows] == ["仅有目标"]


def test_copies_are_documents_but_not_counted_twice() -> None:
    found = made([row("一")], documents=(held(), held(copy=True)))
    assert (found.documents, found.copies, found.tally.total) == (2, 1, 1)


def test_what_needs_attention_stands_first() -> None:
    statuses = [Status.MET, Status.UNREPORTED, Status.UNMET, Status.QUALITATIVE_MET]
    found = made(row(status, verdict=status) for status in statuses)
    assert [one.standing for one in found.rows] == ["未达标", "未报告", "达标", "定性达成"]


# -- rates, scores, ranks --------------------------------------------------------------------------


def test_a_reported_rate_that_does_not_follow_is_marked() -> None:
    assert execution("1022.93", "1103.35", "96.36%").differs
    assert not execution("1022.93", "1103.35", "92.71%").differs


def test_the_lowest_rate_stands_first_and_one_year_has_one() -> None:
    rates = (
        execution("95", "100", department="甲局"),
        execution("50", "100", department="乙局"),
        execution("96", "100", department="甲局"),
    )
    found = made(executions=rates)
    assert [(one.department, one.value) for one in found.executions] == [
        ("乙局", Decimal("50.00")),
        ("甲局", Decimal("95.00")),
    ]


def over_years() -> Board:
    rows = [
        row("一", year=2021),
        row("二", year=2021, verdict=Status.UNMET),
        row("一"),
        row("一", department="乙局"),
    ]
    rates = (
        execution("50", "100", year=2021),
        execution("90", "100"),
        execution("30", "300", department="乙局"),
    )
    return made(rows, executions=rates)


def test_the_years_of_a_board_come_with_both_rates_over_all_departments() -> None:
    old, new = yearly(over_years())
    assert (old.year, attained_of(old), old.executed) == (2021, Decimal("50.00"), 1)
    assert old.execution
    assert old.execution.result == Decimal("50.00")
    assert (new.year, attained_of(new), new.executed) == (2022, Decimal("100.00"), 2)
    assert new.execution
    assert new.execution.result == Decimal("30.00")  # 120 of 400, no mean of the two rates
    assert new.execution.formula.startswith("120 ÷ 400")
    assert new.inputs


def test_two_years_are_compared_department_by_department() -> None:
    both, single = paired(over_years(), 2021, 2022)
    assert both.before
    assert both.after
    assert change(attained_of(both.before), attained_of(both.after)) == 50
    assert (single.department, single.before) == ("乙局", None)
    assert change(attained_of(single.before), attained_of(single.after)) is None


def test_years_are_shown_for_what_is_chosen_alone() -> None:
    html = overview(over_years())
    assert "逐年走势" in html
    assert "部门不尽相同" in html
    assert html.count("+50.00") == 1  # of the department of both years, none of the sums
    rows = [row("一", year=2021), row("一"), row("一", year=2020)]
    assert '比较<select data-year><option value="2020" selected>' in overview(
        made(rows, Choice(compared="2020-2022"))
    )
    for choice in (Choice(year=2022), Choice(department="无此部门")):
        assert "逐年走势" not in overview(made(rows, choice))
    assert "达标率 2021" not in overview(made(rows[:1]))


def test_equal_rates_share_a_rank() -> None:
    rows = [row("一", department=name) for name in ("甲局", "乙局")]
    rows.append(row("一", department="丙局", verdict=Status.UNMET))
    lines = made(rows).lines
    assert [(line.department, line.rank) for line in lines] == [
        ("乙局", 1),
        ("甲局", 1),
        ("丙局", 3),
    ]


def test_a_task_is_scored_on_the_chart_only_where_it_does_not_add_up() -> None:
    fine = SelfScore("", "甲局", 2022, Form.REPORT, "a", "甲", figure("90", "自评得分"))
    off = replace(fine, task="乙", recomputed=Calculation("80 = 80（分）", (), Decimal(80), "分"))
    assert [one.task for one in made(scores=(fine, off)).scores] == ["乙"]
    chosen = made(scores=(fine, off), choice=Choice(department="甲局"))
    assert [one.task for one in chosen.scores] == ["甲", "乙"]


# -- pages and files -------------------------------------------------------------------------------


def test_bars_begin_at_zero() -> None:
    html = rate_chart(made(executions=(execution("25", "100"), execution("1", "4", year=2021))))
    assert html.count('style="width:25.00%"') == 2
    assert 'style="left:0.00%">0<' in html


def test_a_rate_beyond_the_axis_is_told_by_its_number() -> None:
    html = rate_chart(
        made(executions=(execution("9000", "100"), execution("50", "100", year=2021)))
    )
    assert "9000.00%" in html
    assert "width:100.00%" in html
    assert "width:33.33%" in html


@pytest.mark.parametrize("text", [HOSTILE, LONG])
def test_texts_of_documents_are_escaped_everywhere(text: str) -> None:
    rows = [
        row(text, department=text, target=text, actual=text, reason=text, file=text, quote=text)
    ]
    findings = (noted(text, department=text, file=text),)
    told = made(
        rows,
        executions=(execution("1", "2", department=text, file=text),),
        findings=findings,
        audited=True,
    )
    for html in (overview(told), details(told), print_page(told)):
        assert "<img" not in html
        assert text.replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;") in html


def test_the_page_is_bounded_whatever_the_library_holds() -> None:
    names = [f"第{number}局" for number in range(2 * MAX_BARS)]
    found = made(
        [row(f"指标{n}", department=name) for name in names for n in range(3)],
        documents=tuple(held(name) for name in names),
        executions=tuple(execution("1", "2", department=name) for name in names),
    )
    assert rate_chart(found).count("bar-row") == MAX_BARS
    assert overview(found).count("data-pick") < MAX_BARS + 20
    assert details(found).count("<tr data-open") == ROWS_PER_PAGE
    assert details(found, 10**9).count("<tr data-open") == ROWS_PER_PAGE
    assert len(overview(found)) + len(details(found)) < 400_000


def test_nothing_and_nothing_chosen_are_said() -> None:
    empty = Boards(Library()).board(Choice())
    assert overview(empty) == EMPTY
    assert details(empty) == ""
    none = made([row("一")], Choice(year=1999))
    assert "所选范围内没有指标" in overview(none)
    assert "所选范围内没有自评得分" in score_chart(none)


def test_the_workbook_runs_nothing_and_names_its_sources() -> None:
    names = [HOSTILE, "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "正常\x07名称"]
    told = made(
        [row(name) for name in names], executions=(execution("1", "2"),), findings=(noted(),)
    )
    book = load_workbook(BytesIO(board_workbook(told, "全部资料")))
    assert book.sheetnames == [
        "概览",
        "逐年走势",
        "部门排名",
        "指标清单",
        "预算执行率",
        "自评得分",
        "监控信号灯",
        "校核发现",
    ]
    sheet = book["指标清单"]
    assert sheet.freeze_panes == "A2"
    assert [cell.value for cell in sheet[1]][-3:] == ["文件", "位置", "另见文件数"]
    cells = [cell for line in sheet.iter_rows(min_row=2) for cell in line]
    assert not [cell for cell in cells if cell.data_type == "f"]
    marked = {cell.value for cell in cells if cell.quotePrefix}
    assert marked == set(names[:4]) | {"\t=1", "\r=1"}
    assert "表1 第3行第4列" in {cell.value for cell in cells}
    rates = book["预算执行率"]
    assert rates["D2"].value == 50
    assert rates["E2"].value == "1 ÷ 2 × 100% = 50.00%"


def test_findings_are_exported_with_their_evidence() -> None:
    sheet = load_workbook(BytesIO(findings_workbook([noted()])))["校核发现"]
    names, values = ([cell.value for cell in row] for row in sheet.iter_rows(max_row=2))
    row = dict(zip(names, values, strict=True))
    assert (row["编号"], row["程度"], row["处理"]) == ("D10", "错误", "未处理")
    assert row["出处"] == "自评表.docx 第3段"


def test_what_is_opened_comes_back_as_it_was() -> None:
    place = QuotedPlace("d1", Location(page=2, table=1, row=3, bbox=(1.0, 2.0, 3.0, 4.0)), '"引文"')
    wanted = SourceLink("标题", "1 + 1 = 2", ("f1",), (place,))
    sent = wanted.attribute.removeprefix('data-open="').removesuffix('"')
    assert read_link(sent.replace("&quot;", '"')) == wanted


@pytest.mark.parametrize(
    "sent", ["", "[]", '{"places":[["d",{"page":"x"},"q"]]}', '{"places":[["d",{"x":1},"q"]]}']
)
def test_what_no_page_of_ours_sends_is_refused(sent: str) -> None:
    with pytest.raises(ValueError, match=r"no |EOF"):
        read_link(sent)


# -- the samples -----------------------------------------------------------------------------------


def test_the_samples_on_a_board(assistant: Assistant) -> None:
    found = assistant.board(Choice())
    (spent,) = found.executions
    assert spent.calculation is not None
    assert spent.calculation.result == Decimal("92.71")
    assert spent.differs
    assert [one.quantity.raw.strip() for one in spent.inputs] == ["1022.93", "1103.35"]
    assert found.options.cities == ("东莞市", "广州市")
    assert found.tally.counts["仅有目标"] == 20
    assert assistant.board(Choice(year=2022)).executions == ()
    for one in found.rows:
        assert assistant.blocks(one.document_id)
