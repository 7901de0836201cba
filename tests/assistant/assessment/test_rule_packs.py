"""Rule packs: the default, a place's own, and one that a library brings; a wrong one is named."""

from contextlib import closing
from decimal import Decimal
from pathlib import Path

import pytest

from assistant.assessment.rule_packs import RuleBook
from assistant.config import Settings
from assistant.errors import RulesError
from assistant.service import Assistant
from assistant.types import Finding
from ingest.types.library import Scope
from tests.support.builders import SAMPLES

FORM = """白石市云溪区教育局项目支出绩效自评表
（2023年度）
单位：万元
部门名称\t白石市云溪区教育局
项目名称\t校园安全提升
项目资金\t\t年初预算数\t全年预算数\t全年执行数\t分值\t执行率\t得分
\t年度资金总额\t100.00\t120.00\t90.00\t10\t75.00%\t7.5
\t其中：财政拨款\t100.00\t120.00\t90.00\t—\t—\t—
一级指标\t二级指标\t三级指标\t年度指标值\t实际完成值\t分值\t得分\t偏差原因分析及改进措施
产出指标\t数量指标\t安装监控数量\t≥100个\t125个\t50\t50\t
产出指标\t时效指标\t故障响应时间\t≤24小时\t36小时\t30\t15\t设备到货较晚，已约谈供应商
满意度指标\t满意度指标\t家长满意度\t≥90%\t92%\t10\t10\t
总分\t\t\t\t\t100\t82.5\t
"""
PACK = """
name = "白石市云溪区2023年度"
source = "云溪区财政局自评通知（虚构）"
places = ["云溪区"]
years = [2023, 2023]

[checks]
off = ["D24"]

[thresholds]
over_completion = "120"
execution_low = "70"

[scoring]
downward = "ratio"
execution_weight = "20"

[rating]
"甲" = "80"
"乙" = "0"
"""


def told(findings: tuple[Finding, ...], code: str) -> list[str]:
    return [finding.message for finding in findings if finding.code == code]


@pytest.fixture
def form(tmp_path: Path) -> Path:
    path = tmp_path / "白石市云溪区教育局2023年度项目支出绩效自评表.txt"
    path.write_text(FORM, encoding="utf-8")
    return path


def test_a_pack_of_a_fictional_place_changes_findings_and_scores(
    form: Path, tmp_path: Path
) -> None:
    home = tmp_path / "library"
    with closing(Assistant(Settings(home=home))) as assistant:
        assert [report.error for report in assistant.add([form])] == [""]
        before, (plain,) = assistant.audit(Scope()), assistant.totals(Scope())
    (home / "rules").mkdir()
    (home / "rules" / "yunxi.toml").write_text(PACK, encoding="utf-8")
    with closing(Assistant(Settings(home=home))) as assistant:
        after, (local,) = assistant.audit(Scope()), assistant.totals(Scope())

    assert plain.rules == "通用"
    assert (local.rules, local.source) == ("白石市云溪区2023年度", "云溪区财政局自评通知（虚构）")
    # 125 ÷ 100 is over-completion from 120% on; 75% spent is little below 80%, not below 70%.
    assert told(before, "D12") == []
    assert "达到目标的125%" in told(after, "D12")[0]
    assert "75%" in told(before, "D19")[0]
    assert told(after, "D19") == []
    assert told(before, "D24") != []
    assert told(after, "D24") == []
    # 36 hours for 24: 1 − 12/24 of 30 points, or 24/36 of them.
    assert "= 15（分）" in plain.scores[0].formula
    assert "24 ÷ 36 × 30 = 20（分）" in local.scores[0].formula
    assert (plain.scores[0].recomputed, plain.scores[0].rating) == (Decimal("82.5"), "良")
    assert (local.scores[0].recomputed, local.scores[0].rating) == (Decimal("87.5"), "甲")


def test_a_difference_within_the_packs_tolerance_is_none(tmp_path: Path) -> None:
    """In one sample the budget and its adjustment miss the adjusted budget by 53.95 万元."""
    home = tmp_path / "library"
    with closing(Assistant(Settings(home=home))) as assistant:
        assert [report.error for report in assistant.add([SAMPLES])] == ["", ""]
        strict = told(assistant.audit(Scope()), "D11")
    (home / "rules").mkdir()
    (home / "rules" / "loose.toml").write_text(
        'name = "宽"\nsource = "虚构"\n[tolerance]\namount = "60"\n', encoding="utf-8"
    )
    with closing(Assistant(Settings(home=home))) as assistant:
        loose = told(assistant.audit(Scope()), "D11")
    assert [("53.95" in message) for message in strict] == [True]
    assert loose == []


def test_nearer_packs_and_years_decide(tmp_path: Path) -> None:
    for name, place, years, low in (
        ("b-city", "云州市", "[]", "85"),
        ("a-district", "云溪区", "[]", "75"),
        ("c-old", "云溪区", "[2019, 2020]", "60"),
    ):
        (tmp_path / f"{name}.toml").write_text(
            f'name = "{name}"\nsource = "虚构"\nplaces = ["{place}"]\nyears = {years}\n'
            f'[thresholds]\nexecution_low = "{low}"\n',
            encoding="utf-8",
        )
    book = RuleBook(tmp_path)
    assert book.rules(("云州市", "云溪区"), 2023).thresholds.execution_low == 75
    assert book.rules(("云州市",), 2023).thresholds.execution_low == 85
    assert book.rules(("云州市", "云溪区"), 2020).name == "c-old"
    assert book.rules((), None).name == "通用"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name = ", "坏.toml"),
        ('name = "坏"\n[thresholds]\nexecution_low = "八成"\n', "坏"),
        ('name = "坏"\n[scoring]\ndownward = "随意"\n', "随意"),
    ],
)
def test_a_wrong_pack_is_named(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "坏.toml").write_text(text, encoding="utf-8")
    with pytest.raises(RulesError, match=said):
        RuleBook(tmp_path).rules((), 2023)


def test_shipped_packs_name_their_sources() -> None:
    book = RuleBook()
    for places in (("广东省", "广州市", "黄埔区"), ("东莞市",), ("河北省",)):
        rules = book.rules(places, 2022)
        assert rules.name != "通用"
        assert "(R)" in rules.source
    assert book.rules(("河北省",), 2022).scoring.execution_weight == 20
