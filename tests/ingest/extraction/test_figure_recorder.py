"""How sure a figure is: as sure as the least certain of the columns that it is read by."""

from ingest.language.vocabulary import default_vocabulary
from ingest.types.tables import How
from tests.support.builders import html_table, read_rows, text

SURE = default_vocabulary().confidence.contents


def test_what_known_heads_tell_is_certain() -> None:
    understood = read_rows(
        [
            ["一级指标", "二级指标", "三级指标", "年度指标值", "实际完成值", "分值", "得分"],
            ["产出指标", "数量指标", "清淤河道长度", "≥12公里", "13公里", 20, 20],
            ["效益指标", "社会效益指标", "受益村庄数", "≥8个", "9个", 20, 18],
        ]
    )
    assert len(understood.figures) == 8
    assert {(f.confidence, f.how) for f in understood.figures} == {(1, How.WORDS)}
    assert {(i.confidence, i.how) for i in understood.indicators} == {(1, How.WORDS)}


def test_a_column_that_only_its_contents_tell_decides_for_its_values_and_rows() -> None:
    understood = read_rows(
        [
            ["一级指标", "三级指标", "甲乙丙", "实际完成值", "分值", "得分"],
            ["产出指标", "清淤河道长度", "≥12公里", "13公里", 20, 20],
            ["效益指标", "受益村庄数", "≥8个", "9个", 20, 18],
        ]
    )
    told = {(f.role.value, f.confidence, f.how) for f in understood.figures}
    assert told == {
        ("target", SURE.values, How.CONTENTS),
        ("actual", 1, How.WORDS),
        ("weight", 1, How.WORDS),
        ("score", 1, How.WORDS),
    }
    assert {(i.confidence, i.how) for i in understood.indicators} == {(SURE.values, How.CONTENTS)}


def test_a_value_beside_words_that_no_header_heads_is_a_guess_unless_they_are_a_label() -> None:
    understood = html_table(
        "<tr><td>石桥村</td><td>36</td><td>柳林村</td><td>41</td></tr>"
        "<tr><td>全年预算数</td><td>120.5万元</td><td>建筑面积：</td><td>320平方米</td></tr>"
    )
    told = {f.subject: (f.confidence, f.how) for f in understood.figures}
    assert told == {
        "石桥村": (SURE.headless, How.CONTENTS),
        "柳林村": (SURE.headless, How.CONTENTS),
        "全年预算数": (1, How.WORDS),
        "建筑面积": (1, How.WORDS),
    }


def test_a_value_of_which_nothing_says_whose_it_is_waits() -> None:
    understood = text("一、存在问题", "力量不足，余54人。", "二、受训农户", "经核实，值为67人。")
    assert {(f.quantity.raw, f.confidence) for f in understood.figures} == {
        ("54人", SURE.nameless),
        ("67人", 1),
    }


def test_what_running_text_says_with_half_a_subject_waits() -> None:
    understood = text(
        "桐溪县水务局2021年度绩效自评报告",
        "全县新建蓄水池30处，完工27处，复耕率由62%提高到71%。",
        "评价组走访了9个街道21个社区。大坪镇分配260万元，支出214.5万元。",
        "问卷满意度87.5%，低于88%的目标。",
    )
    told = {f.quantity.raw: (f.subject, f.confidence) for f in understood.figures}
    assert told["30处"][1] == told["71%"][1] == told["87.5%"][1] == 1
    waiting = ("27处", "62%", "21个", "214.5万元", "低于88%")
    assert {told[raw][1] for raw in waiting} == {SURE.cut}
    assert told["71%"][0] == "复耕率"


def test_what_a_cell_says_is_of_its_row_however_short() -> None:
    understood = read_rows(
        [
            ["一级指标", "二级指标", "三级指标", "年度指标值", "实际完成值", "分值", "得分"],
            ["产出指标", "数量指标", "资助人数", "≥60人", "城区40人、乡镇30人，合计70人", 20, 20],
        ]
    )
    assert {figure.confidence for figure in understood.figures} == {1}
