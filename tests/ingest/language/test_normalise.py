"""Normalised text: same length as the raw text, look-alikes folded, rubbish removed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.language.normalise import normalise, squeeze


@given(st.text())
def test_length_never_changes(text: str) -> None:
    assert len(normalise(text)) == len(text)


@pytest.mark.parametrize(
    ("raw", "plain"),
    [
        ("３２２１．６６％", "3221.66%"),
        ("⻩埔⻘年⼀⼆", "黄埔青年一二"),
        ("≧90", "≥90"),
        ("−83.61", "-83.61"),
        ("a\u00a0b\u3000c", "a b c"),
        ("x\x00\ufdfay", "x  y"),
        ("\ud800z", " z"),
        ("（一）“两新”，。", "（一）“两新”，。"),
    ],
)
def test_folding(raw: str, plain: str) -> None:
    assert normalise(raw) == plain


def test_squeeze_drops_every_space() -> None:
    assert squeeze(" 部门资\n\n金 情况\u3000") == "部门资金情况"
