"""Questions that are answered out of the rows of tables: named, picked out, added up, compared."""

from collections.abc import Iterator, Sequence

import pytest

from assistant.service import Assistant
from assistant.types import State
from tests.support.library import assistant_over

Rows = Sequence[Sequence[str | float | None]]

FORMS: dict[str, Rows] = {
    "桐溪镇项目台账.xlsx": [
        ["桐溪镇2024年乡村建设项目安排及支付进度表"],
        ["填报单位：桐溪镇人民政府", None, None, "单位：万元"],
        ["序号", "项目名称", "所在村", "安排资金", "累计支付", "支付进度", "状态", "责任人"],
        [1, "晒谷场硬化", "北坪村", 40, 30, "75.00%", "在建", "段守成"],
        [2, "溪堤加固", "北坪村", 60, 54, "90.00%", "已完工", "段守成"],
        [3, "饮水管网延伸", "槐树湾村", 80, 20, "25.00%", "在建", "祝云芬"],
        [4, "文化长廊修缮", "上岭村", 20, 20, "100.00%", "已完工", "祝云芬"],
        ["合计", None, None, 200, 124, "62.00%"],
    ],
    "牧川县水利局监控表.xlsx": [
        ["2024年预算绩效运行监控表"],
        ["部门名称", "牧川县水利局", "单位：万元"],
        ["项目名称", "中型灌区改造"],
        ["资金情况", "年初预算数", "1-8月执行数", "1-8月执行率", "全年预计执行数"],
        ["年度资金总额", 900, 540, "60.00%", 850],
        ["其中：中央补助", 600, 420, "70.00%", 600],
        ["县级配套", 300, 120, "40.00%", 250],
    ],
    "沂岭市财政局通报.xlsx": [
        ["沂岭市财政局关于2024年1—9月市直部门支出进度的通报"],
        ["单位", "项目支出预算（万元）", "9月末支出（万元）", "支出进度"],
        ["市教育局", 800, 640, "80.00%"],
        ["市卫生健康委员会", 400, 300, "75.00%"],
        ["市文化广电和旅游局", 200, 170, "85.00%"],
        ["市住房和城乡建设局", 900, 450, "50.00%"],
        ["合计", 2300, 1560, "67.83%"],
    ],
    "澄湾市林业局分配表.xlsx": [
        ["澄湾市林业局2025年林业补助资金分配表"],
        ["单位：万元"],
        ["序号", "地区", "合计", "造林补助", "湿地保护"],
        [1, "东汀县", 300, 180, 120],
        [2, "西汀县", 260, 200, 60],
        [3, "南汀县", 150, 90, 60],
        ["合计", None, 710, 470, 240],
    ],
}


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    with assistant_over(FORMS, tmp_path_factory.mktemp("forms")) as opened:
        yield opened


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("北坪村两个项目加起来安排了多少", ["100万元", "晒谷场硬化40 + 溪堤加固60"]),
        ("桐溪镇哪个项目安排的钱最多", ["饮水管网延伸", "80"]),
        ("晒谷场跟溪堤一共付了多少", ["84万元"]),
        ("桐溪镇已完工的有几个项目", ["共2项", "溪堤加固", "文化长廊修缮"]),
        ("牧川县灌区改造里县级配套的执行率", ["40.00%"]),
        ("牧川水利局中央补助和县级配套执行率差多少", ["30个百分点"]),
        ("牧川县灌区到8月花了多少钱", ["540"]),
        ("灌区改造年底预计还剩多少没花", ["50万元", "900 − 850 = 50"]),
        ("西汀县湿地保护给了多少钱", ["60"]),
        ("东汀县和南汀县合计一共分了多少", ["450万元"]),
        ("澄湾林业补助合计哪个县分得最多", ["东汀县", "300"]),
        ("沂岭教育局和文旅局支出进度差多少", ["文化广电和旅游局", "5个百分点"]),
        ("沂岭市通报里支出进度最低的是哪个局", ["沂岭市财政局2024年市住房和城乡建设局最低"]),
        ("沂岭市通报里支出进度低于80%的有几个部门", ["共2项", "卫生健康委员会", "50.00%"]),
    ],
)
def test_a_question_is_answered_out_of_rows(
    library: Assistant, question: str, says: list[str]
) -> None:
    answer = library.ask(question)
    assert answer.state is State.ANSWERED, answer.text
    assert [part for part in says if part not in answer.text] == [], answer.text
    assert answer.citations


@pytest.mark.parametrize(
    "question",
    [
        "桐溪镇村干部误工补贴发了多少",
        "牧川县水利局差旅费花了多少",
        "牧川县水利局公务接待花了多少",
        "北汀县分了多少造林补助",
    ],
)
def test_what_no_table_explains_is_not_told_of_another_row(
    library: Assistant, question: str
) -> None:
    assert library.ask(question).state is not State.ANSWERED
