"""Segmentation: what is protected, what a short question hits, and equal backends."""

import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.config import DATA
from ingest.language.tokenizer import LEXICON, Tokenizer

TOKENIZER = Tokenizer()
PLAIN = Tokenizer(accelerated=False)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("投入23,876元", "23876"),
        ("投入23,876.5元", "23876.5"),
        ("预算完成率96.36%", "96.36%"),
        ("年度调整额 -83.61", "-83.61"),
        ("同比-26.95%", "-26.95%"),
        ("比例为0.07‰", "0.07‰"),
        ("共１０３人", "103"),
        ("2022年12月底前", "2022年12月"),
        ("2022年1月03日", "2022年1月3日"),
        ("二〇二一年度", "2021年"),
        ("依据财预〔2020〕10号", "〔2020〕10号"),
        ("依据财预［2020］第10号", "〔2020〕10号"),
        ("“圆梦计划”支助人次", "“圆梦计划”"),
        ("《关于“十四五”规划的意见》", "“关于十四五规划的意见”"),
        ("《关于“十四五”规划的意见》", "十四五"),
        ("PM2.5浓度", "pm2.5"),
        ("Ｗｉ-Ｆｉ覆盖", "wi-fi"),
        ("一般公共预算拨款", "一般公共预算"),
        ("三公经费控制率", "三公经费"),
    ],
)
def test_a_thing_that_is_one_stays_one(text: str, word: str) -> None:
    if word in ("一般公共预算", "三公经费"):
        assert TOKENIZER.cut(word)[-1] == word
    else:
        assert word in TOKENIZER.cut(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("23,876", ["23876"]),
        ("96.36%", ["96.36", "96.36%"]),
        ("80%-90%", ["80", "80%", "90", "90%"]),
        ("158/226/163", ["158", "226", "163"]),
        ("2021-2022年", ["2021", "2022", "2022年"]),
        ("≥1,500", ["1500"]),
        ("12,34", ["12", "34"]),
    ],
)
def test_numbers_are_cut_into_these(text: str, words: list[str]) -> None:
    assert TOKENIZER.cut(text) == words


@pytest.mark.parametrize(
    ("document", "question"),
    [
        ("部门预算完成率较高", "完成"),
        ("政府性基金预算", "基金"),
        ("莞香花服务品牌", "莞香"),
        ("莞香花服务品牌", "香花"),
        ("黄埔靠埔青年铁军", "靠埔"),
        ("知识城片区", "片区"),
        ("满意度指标", "满意"),
        ("单 位\n名 称", "单位"),
        ("青少\n年思想", "青少年"),
        ("支出進度緩慢", "進度"),
        ("统计㐀字", "㐀"),
        ("人口𠮷县", "𠮷"),
    ],
)
def test_a_short_question_shares_a_word_with_its_document(document: str, question: str) -> None:
    assert set(TOKENIZER.query(question)) & set(TOKENIZER.cut(document))


def test_stop_words_go_unless_nothing_else_is_left() -> None:
    assert TOKENIZER.query("请问什么是预算完成率？") == TOKENIZER.query("预算完成率")
    assert TOKENIZER.query("是多少？") == ["是", "多少"]
    assert TOKENIZER.query("？！") == []


def test_a_question_names_each_word_once() -> None:
    words = TOKENIZER.query("预算、预算、预算执行率")
    assert len(words) == len(set(words))


def test_punctuation_and_control_characters_are_no_words() -> None:
    assert TOKENIZER.cut("，。！\x00\x1f\t|—…※★\u200b\ufeff") == []


@pytest.mark.parametrize("sample", sorted((DATA / "samples").glob("*.txt")), ids=lambda p: p.stem)
def test_the_accelerator_cuts_the_samples_like_jieba(sample: Path) -> None:
    text = sample.read_text(encoding="utf-8")
    assert TOKENIZER.cut(text) == PLAIN.cut(text)


def test_the_accelerator_cuts_every_word_of_the_dictionary_like_jieba() -> None:
    words = (LEXICON / "jieba.txt").read_text(encoding="utf-8").split("\n")
    entries = [line.split()[0] for line in words if line]
    joined = "".join(entries)
    assert len(entries) > 500
    assert TOKENIZER.cut(joined) == PLAIN.cut(joined)
    assert [TOKENIZER.cut(word)[-1] for word in entries] == entries


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=40))
def test_both_backends_agree_on_any_text(text: str) -> None:
    assert TOKENIZER.cut(text) == PLAIN.cut(text)


@settings(max_examples=300, deadline=None)
@given(
    st.text(
        alphabet="预算完成率年度调整支出人次的了一不在中与团市委0123456789.,%-年月日〔〕号“”",
        max_size=30,
    )
)
def test_both_backends_agree_on_our_kind_of_text(text: str) -> None:
    words = TOKENIZER.cut(text)
    assert words == PLAIN.cut(text)
    assert all(words)
    assert not any(" " in word for word in words)


def test_the_version_changes_with_the_dictionary_only(tmp_path: Path) -> None:
    shutil.copytree(LEXICON, tmp_path / "lexicon")
    other = Tokenizer(lexicon=tmp_path / "lexicon")
    assert other.version == TOKENIZER.version == PLAIN.version
    with (tmp_path / "lexicon" / "jieba.txt").open("a", encoding="utf-8") as file:
        file.write("莞香花 50 n\n")
    changed = Tokenizer(lexicon=tmp_path / "lexicon")
    assert changed.version != TOKENIZER.version
    assert "莞香花" in changed.cut("莞香花品牌")
