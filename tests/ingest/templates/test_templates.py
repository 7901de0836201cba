"""Layouts told apart and found again, and what a template makes of a form nobody here knows."""

from collections.abc import Sequence

import pytest

from ingest.extraction.understand import understand
from ingest.language.vocabulary import default_vocabulary
from ingest.loaders import load
from ingest.templates.types import Taught
from ingest.types.facts import Role, Understanding
from ingest.types.tables import ColumnRole, FormSection, TableKind
from tests.support.builders import said, sheet
from tests.support.unknown_form import HEAD, ROLES, unknown_form


def understood(rows: Sequence[Sequence[object]], *taught: Taught) -> Understanding:
    return understand(load("表.xlsx", sheet(*rows)), taught=taught)


def signature(rows: Sequence[Sequence[object]]) -> str:
    (layout,) = understood(rows).layouts
    return layout.signature


@pytest.fixture
def taught() -> Taught:
    return Taught(signature(unknown_form()), TableKind.INDICATORS, ROLES)


def test_a_head_of_unknown_words_is_a_layout_to_be_taught() -> None:
    (layout,) = understood(unknown_form()).layouts
    assert layout.heads == tuple((text,) for text in HEAD)
    assert layout.confidence < default_vocabulary().confidence.confirmed_from
    assert layout.rows[0] == ("1", "巡查河道长度", "123公里", "120公里", "")


def test_labels_with_their_values_are_no_layout() -> None:
    rows = (("项目名称", "河道养护", "项目金额", "120万元"), ("联系单位", "临江区水务局", "", ""))
    assert understood(rows).layouts == ()


@pytest.mark.parametrize(
    "head",
    [
        ("号码", "事由", "2024年甲栏（万元）", "乙栏 ", "附言"),
        ("号码", "事 由", "甲栏", "乙栏(A)", "附 言"),
        ("号码", "事由", "甲栏", "临江区水务局乙栏", "附言"),
    ],
)
def test_what_differs_from_copy_to_copy_does_not_count(head: Sequence[str]) -> None:
    assert signature(unknown_form(head=head)) == signature(unknown_form())


def test_other_words_another_order_or_more_columns_are_another_layout() -> None:
    others = [
        ("号码", "事由", "乙栏", "甲栏", "附言"),
        ("号码", "事由", "甲栏", "丙栏", "附言"),
        (*HEAD, "经办"),
    ]
    assert signature(unknown_form()) not in {signature(unknown_form(head=head)) for head in others}


def test_how_wide_columns_are_does_not_count(taught: Taught) -> None:
    row = "<tr>{}</tr>"
    head = row.format(
        "".join(f'<td colspan="{n}">{t}</td>' for n, t in zip("13112", HEAD, strict=True))
    )
    below = row.format(
        "".join(
            f'<td colspan="{n}">{t}</td>'
            for n, t in zip("13112", ("1", "巡查河道长度", "95公里", "90公里", ""), strict=True)
        )
    )
    data = f"<table>{head}{below}{below.replace('巡查', '疏浚')}</table>".encode()
    read = understand(load("表.html", data), taught=(taught,))
    assert said(read, "疏浚河道长度") == {Role.TARGET: "90公里", Role.ACTUAL: "95公里"}


def test_a_template_holds_for_every_document_of_its_layout(taught: Taught) -> None:
    before, after = (
        understood(unknown_form("城管局", river=80)),
        understood(unknown_form("城管局", river=80), taught),
    )
    assert said(before, "巡查河道长度") != said(after, "巡查河道长度")
    assert said(after, "巡查河道长度") == {Role.TARGET: "80公里", Role.ACTUAL: "83公里"}
    assert [layout.confidence for layout in after.layouts] == [1]


def test_a_template_of_one_department_holds_for_its_documents_alone(taught: Taught) -> None:
    own = Taught(taught.signature, taught.kind, ROLES, ("临江区水务局",))
    assert said(understood(unknown_form("水务局"), own), "投诉办结比例")[Role.TARGET] == "95%"
    assert said(understood(unknown_form("城管局"), own), "投诉办结比例").get(Role.TARGET) != "95%"


def test_the_template_of_a_department_holds_before_that_of_all(taught: Taught) -> None:
    swapped = (*ROLES[:2], ColumnRole.TARGET, ColumnRole.ACTUAL, ROLES[-1])
    own = Taught(taught.signature, taught.kind, swapped, ("临江区水务局",))
    for both in ((own, taught), (taught, own)):
        assert said(understood(unknown_form("水务局"), *both), "投诉办结比例")[Role.TARGET] == "97%"
        assert said(understood(unknown_form("城管局"), *both), "投诉办结比例")[Role.TARGET] == "95%"


def test_two_rows_of_heads_and_the_block_beside_them_are_part_of_the_layout() -> None:
    rows = """<tr><td rowspan="5">{block}</td><td rowspan="2">用款事由</td>
    <td colspan="2">两会核给</td><td rowspan="2">花掉</td></tr>
    <tr><td>起初</td><td>后改</td></tr>
    <tr><td>河道清淤</td><td>100</td><td>120</td><td>90</td></tr>
    <tr><td>闸站维修</td><td>50</td><td>60</td><td>55</td></tr>
    <tr><td>巡查补助</td><td>20</td><td>20</td><td>20</td></tr>"""
    money = f"<table>{rows.format(block='资金情况')}</table>".encode()
    (layout,) = understand(load("表.html", money)).layouts
    assert layout.section is FormSection.FUNDS
    assert layout.heads == (("用款事由",), ("两会核给", "起初"), ("两会核给", "后改"), ("花掉",))
    kinds = (ColumnRole.ITEM, ColumnRole.INITIAL, ColumnRole.FINAL, ColumnRole.SPENT)
    taught = Taught(layout.signature, TableKind.FUNDS, kinds)
    read = understand(load("表.html", money), taught=(taught,))
    printed = [f.quantity.raw for f in read.figures if "清淤" in f.subject]
    assert printed == ["100", "120", "90"]


def test_columns_of_one_role_under_several_bodies_are_told_apart() -> None:
    rows = """<tr><td rowspan="2">事由</td><td colspan="2">甲栏</td></tr>
    <tr><td>东坪区</td><td>西坪区</td></tr>
    <tr><td>巡查河道长度</td><td>90公里</td><td>70公里</td></tr>
    <tr><td>疏浚河道长度</td><td>30公里</td><td>20公里</td></tr>"""
    document = load("表.html", f"<table>{rows}</table>".encode())
    (layout,) = understand(document).layouts
    roles = (ColumnRole.NAME, ColumnRole.TARGET, ColumnRole.TARGET)
    read = understand(document, taught=(Taught(layout.signature, TableKind.INDICATORS, roles),))
    targets = {f.subject: f.quantity.raw for f in read.figures if f.role is Role.TARGET}
    assert targets["东坪区巡查河道长度"] == "90公里"
    assert targets["西坪区疏浚河道长度"] == "20公里"


def test_a_head_with_a_value_in_it_is_none_that_copies_share() -> None:
    rows = [("甲栏", "乙栏", "35.5万元"), ("1", "2", "3"), ("4", "5", "6"), ("7", "8", "9")]
    assert understood(rows).layouts == ()
