"""Names of public bodies: what can be one, where one ends, and which are the same."""

import pytest

from ingest.language.name_grammar import Grammar
from ingest.language.vocabulary import default_vocabulary

GRAMMAR = Grammar(default_vocabulary().departments)


@pytest.mark.parametrize(
    ("name", "places", "organ"),
    [
        ("枫溪市市场监督管理局", ("枫溪市",), "市场监督管理局"),
        ("市市场监督管理局", (), "市场监督管理局"),
        ("市教育局", (), "教育局"),
        ("枫溪县市政园林中心", ("枫溪县",), "市政园林中心"),
        ("上陵县中医院", ("上陵县",), "中医院"),
        ("下渡区教育局", ("下渡区",), "教育局"),
        ("中牟河县水利局", ("中牟河县",), "水利局"),
        ("中共枫溪县委组织部", ("枫溪县",), "委组织部"),
    ],
)
def test_a_name_keeps_all_its_characters(name: str, places: tuple[str, ...], organ: str) -> None:
    body = GRAMMAR.body(name)
    assert (body.places, body.organ) == (places, organ)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("枫溪县市场监督管理局", "枫溪县市监局"),
        ("枫溪县柳林镇", "柳林镇人民政府"),
        ("枫溪区桃园街道", "枫溪区桃园街道办事处"),
        ("中共枫溪县委组织部", "中国共产党枫溪县委员会组织部"),
        ("枫溪县教体局", "枫溪县教育体育局"),
        ("枫溪县城管局", "枫溪县城市管理综合执法局"),
        ("枫溪县发展改革局", "枫溪县发展和改革局"),
    ],
)
def test_names_of_one_body(one: str, other: str) -> None:
    assert GRAMMAR.is_one_body(one, other)
    assert GRAMMAR.is_one_body(other, one)


@pytest.mark.parametrize(
    "text",
    [
        "会展项目名称",
        "枫溪县财政局关于下达",
        "全部",
        "各镇人民政府",
        "第三方机构",
        "我局",
        "枫溪县",
    ],
)
def test_words_that_are_no_body(text: str) -> None:
    assert not GRAMMAR.is_body(text)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("枫溪县财政局枫溪县水利局关于下达补助资金的通知", "枫溪县财政局"),
        ("枫溪县中心小学校舍维修项目", "枫溪县中心小学"),
        ("县级部门整体绩效自评", ""),
        ("枫溪县农村生活污水治理项目", ""),
    ],
)
def test_the_name_that_a_text_begins_with(text: str, name: str) -> None:
    assert GRAMMAR.leading_body(text) == name
