"""Figures stated in running text: whose, which role, under which budget term."""

import pytest

from ingest.extraction.statements import StatementFinder
from ingest.language.vocabulary import default_vocabulary
from ingest.types.facts import Role

STATEMENTS = StatementFinder(default_vocabulary())


def stated(text: str, role: Role = Role.ACTUAL) -> list[tuple[str, str, str, str]]:
    return [
        (s.quantity.raw, s.subject, s.concept, s.role.value)
        for s in STATEMENTS.find(text, role=role)
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "东片区服务队人数为 158人、西片区服务队人数为226人及北片区服务队人数为163人。",
            [
                ("158人", "东片区服务队人数", "", "actual"),
                ("226人", "西片区服务队人数", "", "actual"),
                ("163人", "北片区服务队人数", "", "actual"),
            ],
        ),
        (
            "每人每年共2016小时，达到不低于1960小时的目标。",
            [("2016小时", "每人每年", "", "actual"), ("不低于1960小时", "每人每年", "", "target")],
        ),
        ("推动10个职能局建团；", [("10个", "推动职能局建团", "", "actual")]),
        ("155个村社完成换届，", [("155个", "村社完成换届", "", "actual")]),
        ("开展骨干培训班，共45名团干参加。", [("45名", "开展骨干培训班团干参加", "", "actual")]),
        (
            "年初预算726.92万元，年中调整追加33.64万元，全年预算760.56万元，实际支出699.41万元。",
            [
                ("726.92万元", "年初预算", "年初预算数", "budget"),
                ("33.64万元", "年中调整追加", "年度调整额", "adjustment"),
                ("760.56万元", "全年预算", "全年预算数", "budget"),
                ("699.41万元", "实际支出", "实际支出数", "spent"),
            ],
        ),
        (
            "“三公”经费预算60.88万元，决算26.62万元，控制率43.73%。",
            [
                ("60.88万元", "“三公”经费预算", "三公经费", "budget"),
                ("26.62万元", "“三公”经费决算", "三公经费支出", "spent"),
                ("43.73%", "“三公”经费控制率", "三公经费控制率", "rate"),
            ],
        ),
        (
            "服务场次目标>=800场，实际800场；满意度目标92%及以上，实际完成91%",
            [
                (">=800场", "服务场次", "", "target"),
                ("800场", "服务场次", "", "actual"),
                ("92%及以上", "满意度", "", "target"),
                ("91%", "满意度", "", "actual"),
            ],
        ),
    ],
)
def test_subjects_roles_and_terms(text: str, expected: list[tuple[str, str, str, str]]) -> None:
    assert stated(text) == expected


def test_a_number_of_last_year_is_no_figure_of_this_years_term() -> None:
    found = stated("较上年支出8976.07万元减少1028.82万元。")
    assert [(raw, concept) for raw, _, concept, _ in found] == [
        ("8976.07万元", ""),
        ("1028.82万元", ""),
    ]


def test_parts_of_a_cost_keep_their_year() -> None:
    text = (
        "2021年总经费为162.31万元，含租金47.43万元；2022年起每年总经费为157.45万元，含租金47.43万元"
    )
    assert [subject for _, subject, _, _ in stated(text, Role.FUND)] == [
        "2021年总经费",
        "2021年租金",
        "2022年起每年总经费",
        "2022年起每年租金",
    ]


def test_instructions_state_nothing() -> None:
    assert stated("未达到90%的需说明原因。") == []


def test_goals_and_measures_are_targets() -> None:
    found = stated("力争下一年度预算完成率提高到95%以上。", Role.TARGET)
    assert found == [("95%以上", "下一年度预算完成率", "预算完成率", "target")]


def test_a_comparator_apart_from_its_number_makes_it_a_target() -> None:
    told = "完成。北片新增个案数共50个，南片新增个案数53个，达到不低于每片新增45个个案的目标。"
    figures = STATEMENTS.find(told, role=Role.ACTUAL)
    assert [f.role for f in figures] == [Role.ACTUAL, Role.ACTUAL, Role.TARGET]
