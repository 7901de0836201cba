"""Kinds of pages that other tools get wrong: tables over page breaks, no ruling lines, columns.

The right values were written down before anything was read.
"""

import re
from collections.abc import Sequence
from itertools import zip_longest

import pytest

from ingest.types.facts import Understanding
from tests.support.builders import read
from tests.support.in_formats import Rows, compare
from tests.support.pdf_writer import Placed, Stroke, pdf, ruled

PROJECT = "临川县水务局2024年度项目支出绩效自评表"
WHOLE = "临川县水务局2024年度部门整体支出绩效自评表"
HEAD = ["一级指标", "二级指标", "三级指标", "年度指标值", "实际完成值", "偏差原因"]
EDGES = [40.0, 110.0, 190.0, 300.0, 380.0, 460.0, 555.0]
DREDGED = ["产出指标", "数量指标", "清淤河道长度", "≥12公里", "13公里", ""]
IN_TIME = ["", "时效指标", "按期完工率", "100%", "98%", ""]
ACCEPTED = ["", "质量指标", "验收合格率", "≥95%", "96%", ""]
MONEY = [
    ["项目", "年初预算数", "全年预算数", "全年执行数"],
    ["公用经费", "86.40", "80.15", "79.98"],
    ["人员经费", "1,203.50", "1,240.00", "1,238.70"],
]
TOP, HEIGHT = 50.0, 24.0
Content = tuple[Sequence[Placed], Sequence[Stroke]]
Right = list[tuple[str, str]]


def drawn(
    rows: Rows, *, top: float = TOP, edges: Sequence[float] = EDGES, title: Sequence[str] = ()
) -> Content:
    """A page with a ruled table, under the lines of its title."""
    texts, strokes = ruled(edges, [top + HEIGHT * n for n in range(len(rows) + 1)], rows)
    return [*titled(title), *texts], strokes


def titled(lines: Sequence[str]) -> list[Placed]:
    return [Placed(60, 50 + 28 * n, line, 10.5 if n else 16) for n, line in enumerate(lines)]


def merged(
    edges: Sequence[float], top: float, cells: Sequence[tuple[int, int, int, int, str]]
) -> Content:
    """A table of cells by their first and last row and column, each with its own outline."""
    texts, strokes = [], set()
    for first, left, last, right, text in cells:
        x0, x1 = edges[left], edges[right]
        y0, y1 = top + HEIGHT * first, top + HEIGHT * last
        texts += [Placed(x0 + 3, y0 + 16, text)] if text else []
        strokes |= {(x0, y0, x1, y0), (x0, y1, x1, y1), (x0, y0, x0, y1), (x1, y0, x1, y1)}
    return texts, sorted(strokes)


def indicator(name: str, target: str, actual: str) -> Right:
    return [(f"{name} target", target), (f"{name} actual", actual)]


def amounts(item: str, *values: str) -> Right:
    names = ("年初预算数 budget", "全年预算数 budget", "全年执行数 spent")
    return [(f"{item} {name}", value) for name, value in zip(names, values, strict=False)]


DREDGED_RIGHT = indicator("产出指标 清淤河道长度", "12公里", "13公里")
ACCEPTED_RIGHT = indicator("产出指标 验收合格率", "95%", "96%")
IN_TIME_RIGHT = indicator("产出指标 按期完工率", "100%", "98%")
MONEY_RIGHT = [
    *amounts("公用经费", "86.40万元", "80.15万元", "79.98万元"),
    *amounts("人员经费", "1203.50万元", "1240.00万元", "1238.70万元"),
]
ON_ONE_PAGE = [HEAD, DREDGED]
LOW = 700.0
"""Where a table begins that reaches the end of its page."""
CUT_NAME = ["", "质量指标", "水利工程质量验收一次", "≥95%", "96%", ""]
CUT_RIGHT = [
    *DREDGED_RIGHT,
    *indicator("水利工程质量验收一次性合格率", "95%", "96%"),
    *IN_TIME_RIGHT,
]
REST = ["", "", "性合格率", "", "", ""]

BREAKS: dict[str, tuple[list[Content], Right]] = {
    "a name cut by the break": (
        [
            drawn([*ON_ONE_PAGE, CUT_NAME], top=LOW, title=[PROJECT]),
            drawn([REST, IN_TIME]),
        ],
        CUT_RIGHT,
    ),
    "a name cut by the break, below the heads again": (
        [
            drawn([*ON_ONE_PAGE, CUT_NAME], top=LOW, title=[PROJECT]),
            drawn([HEAD, REST, IN_TIME]),
        ],
        CUT_RIGHT,
    ),
    "two cells cut by the break, one at a short line": (
        [
            drawn(
                [*ON_ONE_PAGE, ["", "质量指标", "工程质量验收", "≥95%", "96%", "因汛期提前施工进"]],
                top=LOW,
                title=[PROJECT],
            ),
            drawn([["", "", "合格率", "", "", "度加快"], IN_TIME]),
        ],
        [*DREDGED_RIGHT, *indicator("工程质量验收合格率", "95%", "96%"), *IN_TIME_RIGHT],
    ),
    "no break inside a row": (
        [drawn([*ON_ONE_PAGE, ACCEPTED], top=LOW, title=[PROJECT]), drawn([IN_TIME])],
        [*DREDGED_RIGHT, *ACCEPTED_RIGHT, *IN_TIME_RIGHT],
    ),
    "the last column is empty and not drawn": (
        [
            drawn(ON_ONE_PAGE, top=LOW, title=[PROJECT]),
            drawn([ACCEPTED[:5], IN_TIME[:5]], edges=EDGES[:-1]),
        ],
        [*DREDGED_RIGHT, *ACCEPTED_RIGHT, *IN_TIME_RIGHT],
    ),
    "the last column is empty, the others are widened in its room": (
        [
            drawn(ON_ONE_PAGE, top=LOW, title=[PROJECT]),
            drawn(
                [ACCEPTED[:5], IN_TIME[:5]],
                edges=[40 + (x - 40) * (555 - 40) / (460 - 40) for x in EDGES[:-1]],
            ),
        ],
        [*DREDGED_RIGHT, *ACCEPTED_RIGHT, *IN_TIME_RIGHT],
    ),
    "the title and the heads again": (
        [
            drawn(ON_ONE_PAGE, top=LOW, title=[PROJECT]),
            drawn([HEAD, ACCEPTED, IN_TIME], top=130, title=[PROJECT, "（续表）"]),
        ],
        [*DREDGED_RIGHT, *ACCEPTED_RIGHT, *IN_TIME_RIGHT],
    ),
    "a family over the break": (
        [
            merged(
                EDGES,
                LOW,
                [
                    *((0, n, 1, n + 1, head) for n, head in enumerate(HEAD)),
                    *((1, 0, 2, 1, "产出指标"), (1, 1, 2, 2, "数量指标")),
                    *((1, n, 2, n + 1, text) for n, text in enumerate(DREDGED[2:], start=2)),
                ],
            ),
            merged(
                EDGES,
                TOP,
                [
                    *((0, 0, 2, 1, ""), (0, 1, 2, 2, "")),
                    *((0, 2, 1, 3, "新建泵站"), (0, 3, 1, 4, "≥2座"), (0, 4, 1, 5, "2座")),
                    *((1, 2, 2, 3, "管网长度"), (1, 3, 2, 4, "≥8公里"), (1, 4, 2, 5, "8.5公里")),
                    *((0, 5, 1, 6, ""), (1, 5, 2, 6, ""), (2, 0, 3, 1, "效益指标")),
                    *((2, 1, 3, 2, "社会效益"), (2, 2, 3, 3, "受益人口"), (2, 3, 3, 4, "≥3万人")),
                    *((2, 4, 3, 5, "3.2万人"), (2, 5, 3, 6, "")),
                ],
            ),
        ],
        [
            *DREDGED_RIGHT,
            *indicator("产出指标 数量指标 新建泵站", "2座", "2座"),
            *indicator("产出指标 数量指标 管网长度", "8公里", "8.5公里"),
            *indicator("效益指标 社会效益 受益人口", "30000人", "32000人"),
        ],
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", BREAKS)
def test_tables_over_page_breaks(kind: str) -> None:
    pages, right = BREAKS[kind]
    compare(read("表.pdf", pdf(*pages)), right)


LEFT_HALF = [row[:2] for row in MONEY]
RIGHT_HALF = [row[2:] for row in MONEY]
MORE = [["项目支出", "300.00"], ["债务付息", "12.00"], ["其他支出", "8.50"]]
MORE_RIGHT = [["310.00", "305.00"], ["12.00", "12.00"], ["9.00", "8.80"]]
HALF = [40.0, 300.0, 555.0]
MORE_MONEY = [
    *amounts("项目支出", "300.00万元", "310.00万元", "305.00万元"),
    *amounts("债务付息", "12.00万元", "12.00万元", "12.00万元"),
    *amounts("其他支出", "8.50万元", "9.00万元", "8.80万元"),
]


def half(rows: Rows, *title: str) -> Content:
    return drawn(rows, top=120, edges=HALF, title=title)


SIDE_BY_SIDE: dict[str, tuple[list[Content], Right]] = {
    "on the next page": (
        [half(LEFT_HALF, WHOLE, "单位：万元"), half(RIGHT_HALF)],
        MONEY_RIGHT,
    ),
    "each behind its left half": (
        [half(LEFT_HALF, WHOLE, "单位：万元"), half(RIGHT_HALF), half(MORE), half(MORE_RIGHT)],
        [*MONEY_RIGHT, *MORE_MONEY],
    ),
    "all behind all left halves": (
        [half(LEFT_HALF, WHOLE, "单位：万元"), half(MORE), half(RIGHT_HALF), half(MORE_RIGHT)],
        [*MONEY_RIGHT, *MORE_MONEY],
    ),
    "in three parts": (
        [
            half([[*row[:1], ""] for row in MONEY], WHOLE, "单位：万元"),
            half([row[1:3] for row in MONEY]),
            half([[*row[3:], ""] for row in MONEY]),
        ],
        MONEY_RIGHT,
    ),
}


@pytest.mark.parametrize("kind", SIDE_BY_SIDE)
def test_right_halves_on_other_pages(kind: str) -> None:
    pages, right = SIDE_BY_SIDE[kind]
    understood = read("表.pdf", pdf(*pages))
    compare(understood, right)
    (spent,) = (f for f in understood.figures if f.quantity.raw == "79.98")
    assert spent.location.page in (2, 3)
    assert spent.location.bbox is not None
    assert 300 < spent.location.bbox[0] < 330 or kind == "in three parts"


def test_two_forms_alike_on_two_pages_stay_two() -> None:
    first = [["项目", "年初预算数"], ["公用经费", "86.40"], ["人员经费", "1,203.50"]]
    second = [["项目", "全年执行数"], ["房屋维修", "12.40"], ["设备采购", "203.50"]]
    understood = read("表.pdf", pdf(half(first, WHOLE, "单位：万元"), half(second)))
    subjects = "，".join(figure.subject for figure in understood.figures)
    assert "公用经费年初预算数" in subjects
    assert "公用经费全年执行数" not in subjects


def money_page() -> list[Placed]:
    texts, _ = drawn(MONEY, top=100, edges=[40, 170, 300, 430, 555], title=[WHOLE, "单位：万元"])
    return list(texts)


def lettered(texts: Sequence[Placed]) -> list[Placed]:
    """Each character placed by itself, short texts wide apart."""
    letters = []
    for placed in texts:
        x = placed.x
        for letter in placed.text:
            letters.append(placed._replace(x=x, text=letter))
            wide = placed.size * (1.6 if len(placed.text) <= 6 else 1.15)
            x += wide if ord(letter) > 255 else placed.size / 2 + 2
    return letters


def set_to_the_right() -> list[Placed]:
    texts = titled([WHOLE, "单位：万元"])
    for n, row in enumerate(MONEY):
        texts.append(Placed(50, 110 + 20 * n, row[0]))
        for end, text in zip((170, 290, 410), row[1:], strict=True):
            width = sum(10.5 if ord(letter) > 255 else 5.25 for letter in text)
            texts.append(Placed(end - width, 110 + 20 * n, text))
    return texts


def wrapped_names() -> list[Placed]:
    """Rows without rules whose values stand halfway between the lines of a long name."""
    left = [40.0, 110.0, 190.0, 320.0, 420.0]
    texts = titled([PROJECT])
    rows = [HEAD[:5], DREDGED[:5], CUT_NAME[:5], IN_TIME[:5]]
    y = 100.0
    for row in rows:
        long = row is rows[2]
        values = [*row[:2], "" if long else row[2], *row[3:]]
        texts += [
            Placed(x, y + 8 * long, text) for x, text in zip(left, values, strict=True) if text
        ]
        if long:
            texts += [Placed(left[2], y, row[2]), Placed(left[2], y + 16, REST[2])]
        y += 26 + 16 * long
    return texts


def footnotes() -> list[Placed]:
    marks = [Placed(460, 139, "1", 6), Placed(345, 163, "②", 6)]
    notes = [Placed(60, 760, "1 不含上年结转。", 8), Placed(60, 775, "② 不含追加。", 8)]
    return [*money_page(), *marks, *notes]


def on_its_side() -> list[Placed]:
    """The page turned: text that runs from below upwards."""
    return [
        Placed(placed.y, 800 - placed.x, placed.text, placed.size, (0.0, 1.0))
        for placed in money_page()
    ]


LOOKS: dict[str, tuple[Sequence[Placed], Right]] = {
    "drawn twice": ([*money_page(), *(p._replace(x=p.x + 0.3) for p in money_page())], MONEY_RIGHT),
    "drawn four times": (
        [
            p._replace(x=p.x + x, y=p.y + y)
            for p in money_page()
            for x, y in ((0, 0), (0.4, 0), (0, 0.4), (0.4, 0.4))
        ],
        MONEY_RIGHT,
    ),
    "letter-spaced": (lettered(money_page()), MONEY_RIGHT),
    "set to the right": (set_to_the_right(), MONEY_RIGHT),
    "names over two lines": (wrapped_names(), CUT_RIGHT),
    "with footnotes": (footnotes(), MONEY_RIGHT),
    "on its side": (on_its_side(), MONEY_RIGHT),
}


@pytest.mark.parametrize("look", LOOKS)
def test_tables_without_rules(look: str) -> None:
    texts, right = LOOKS[look]
    compare(read("表.pdf", pdf((texts, []))), right)


@pytest.mark.parametrize(
    "look", [look for look in LOOKS if look.startswith(("drawn", "letter", "with"))]
)
def test_tables_with_rules(look: str) -> None:
    texts, right = LOOKS[look]
    _, strokes = drawn(MONEY, top=100, edges=[40, 170, 300, 430, 555])
    compare(read("表.pdf", pdf((texts, strokes))), right)


def test_three_rules() -> None:
    rules = [(40.0, y, 555.0, y) for y in (100.0, 124.0, 172.0)]
    compare(read("表.pdf", pdf((money_page(), rules))), MONEY_RIGHT)


LEFT_COLUMN = (
    "临川县水务局为县政府工作部门，内设机构6个，下属事业单位3个。2024年全年预算数为1,320.15万元，"
    "全年执行数为1,318.68万元，预算执行率99.89%。全年完成河道清淤13公里，较好地完成了各项任务，资金管理规范。"
)
RIGHT_COLUMN = (
    "新建泵站2座，受益人口3.2万人，群众满意度96.5%。全年开展防汛演练6次，培训人员320人次，"
    "水利工程质量明显提高，农田灌溉条件得到改善。下一步将继续加强项目管理，确保各项工程按期完成。"
)
PROSE_RIGHT = [
    *(("全年预算数", "1320.15万元"), ("全年执行数", "1318.68万元"), ("执行率", "99.89%")),
    *(("内设机构", "6个"), ("下属事业单位", "3个"), ("河道清淤", "13公里"), ("泵站", "2座")),
    *(
        ("受益人口", "32000人"),
        ("群众满意度", "96.5%"),
        ("防汛演练", "6次"),
        ("培训人员", "320人次"),
    ),
]


def wrapped(text: str, width: float) -> list[str]:
    """The lines of a text, in type sizes; no number is cut, no line begins with a mark."""
    lines, room = [""], width
    for word in re.findall(r"[\d,.%]+[，。]?|.[，。]?", text):
        wide = sum(1.0 if ord(letter) > 255 else 0.5 for letter in word)
        if wide > room + 1:
            lines.append("")
            room = width
        lines[-1] += word
        room -= wide
    return lines


@pytest.mark.parametrize(("left", "right", "shift"), [(50, 310, 0), (45, 300, 7)])
def test_two_columns_of_prose(left: float, right: float, shift: float) -> None:
    """Whether the lines of both stand on the same height or not."""
    texts = [Placed(120, 60, "临川县水务局2024年度部门整体绩效自评报告", 16)]
    sides = (["一、概况", *wrapped(LEFT_COLUMN, 20)], ["二、成效", *wrapped(RIGHT_COLUMN, 20)])
    for n, (one, other) in enumerate(zip_longest(*sides, fillvalue="")):
        texts += [Placed(left, 100 + 18 * n, one)] if one else []
        texts += [Placed(right, 100 + shift + 18 * n, other)] if other else []
    understood = read("报告.pdf", pdf((texts, [])))
    compare(understood, PROSE_RIGHT)
    assert _sections(understood) == ["概况", "成效"]


def _sections(understood: Understanding) -> list[str]:
    return list(dict.fromkeys(figure.section for figure in understood.figures))
