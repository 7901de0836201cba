"""Each pack of the assistant is read whole, and a wrong one is refused with its file and key."""

import re
from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any

import pytest

from assistant.assessment.status import StatusRules
from assistant.audit.vocabulary import AuditVocabulary
from assistant.drafting.measure_library import MeasureLibrary
from assistant.drafting.vocabulary import DraftingVocabulary
from assistant.language.name_matching import Synonyms
from assistant.language.term_vocabulary import TermVocabulary
from assistant.llm.vocabulary import RestatingVocabulary, RewordingVocabulary
from ingest.errors import PackError
from ingest.language.lexicon import read_pack
from ingest.language.packs import PackTable
from ingest.language.vocabulary import default_vocabulary

LOADERS: Mapping[str, Callable[[PackTable], object]] = {
    "audit": lambda pack: AuditVocabulary.from_pack(
        pack, planted=re.compile("(?!)"), synonyms=Synonyms({})
    ),
    "drafting": DraftingVocabulary.from_pack,
    "measures": MeasureLibrary.from_pack,
    "rewording": RewordingVocabulary.from_pack,
    "restating": RestatingVocabulary.from_pack,
    "status": StatusRules.from_pack,
    "terms": lambda pack: TermVocabulary.from_pack(pack, concepts=default_vocabulary().terms.names),
}


def load(name: str, values: Mapping[str, Any]) -> object:
    return LOADERS[name](PackTable(values, file=f"data/lexicon/{name}.toml"))


def values(name: str) -> dict[str, Any]:
    return deepcopy(dict(read_pack(name)))


@pytest.mark.parametrize("name", LOADERS)
def test_the_pack_that_ships_is_read(name: str) -> None:
    load(name, values(name))


@pytest.mark.parametrize(
    ("name", "key"), [(name, key) for name in LOADERS for key in read_pack(name)]
)
def test_no_key_of_a_pack_may_be_missing(name: str, key: str) -> None:
    pack = values(name)
    del pack[key]
    with pytest.raises(PackError, match=rf"data/lexicon/{name}\.toml 缺少 {key}"):
        load(name, pack)


@pytest.mark.parametrize("name", LOADERS)
def test_a_misspelt_key_is_refused(name: str) -> None:
    with pytest.raises(PackError, match=rf"data/lexicon/{name}\.toml 的 wrods 不是"):
        load(name, values(name) | {"wrods": []})


@pytest.mark.parametrize(
    ("name", "key", "value", "message"),
    [
        ("audit", "patterns.vague", "(好", "的 patterns.vague 不是有效的正则表达式"),
        ("audit", "patterns.vauge", "好", "的 patterns.vauge 不是这里可以用的键"),
        ("audit", "shortest_reason", "6", "的 shortest_reason 应为整数"),
        ("audit", "totals", "合计", "的 totals 应为字符串的列表"),
        ("drafting", "causes.own_measure", "将(?=提", "的 causes.own_measure 不是有效的正则"),
        ("drafting", "tones", {}, "的 tones 至少要有一种口吻"),
        ("drafting", "sections.summary", "概述", "的 sections.summary 不是这里可以用的键"),
        ("measures", "findings.D10.lead", "重算{nmae}", "的 findings.D10.lead 用了没有的占位符"),
        ("measures", "kinds.部门自查.pace", "马上", "的 kinds.部门自查.pace 不是这里可以用的键"),
        ("measures", "families", [], "的 families 的最后一类应适用于所有指标"),
        ("rewording", "glue", ["是(?!"], "的 glue 不是有效的正则表达式"),
        ("restating", "indicator", "完成情况如何？", "的 indicator 没有写〔〕"),
        ("status", "exceeded_at", "一点三", "的 exceeded_at 应为加引号的数字"),
        ("status", "same_units", ["人", "名"], "的 same_units 应为字符串列表的列表"),
        ("terms", "so_far.实际支出数", "累计", "的 so_far.实际支出数 不是 concepts.toml"),
        ("terms", "colloquial.支出进度率", ["进度"], "的 colloquial.支出进度率 不是 concepts.toml"),
        ("terms", "sayings.公务接待费", ["吃喝("], "的 sayings.公务接待费 不是有效的正则表达式"),
    ],
)
def test_a_wrong_value_is_named(name: str, key: str, value: object, message: str) -> None:
    pack = values(name)
    *tables, last = key.split(".")
    table = pack
    for part in tables:
        table = table[part]
    table[last] = value
    with pytest.raises(PackError) as raised:
        load(name, pack)
    assert f"data/lexicon/{name}.toml {message}" in str(raised.value)
