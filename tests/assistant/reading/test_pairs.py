"""A question and a text as tokens."""

import numpy as np

from assistant.reading.pairs import PairCutter, feed

QUESTION, TEXT = "水利局2022年花了多少", "柳河县水利局2022年决算｜全年支出806.20万元"


def test_words_that_stand_on_both_sides_are_marked() -> None:
    (pair,) = PairCutter(256).cut([(QUESTION, TEXT)])
    both = {0: QUESTION, 1: TEXT}
    marked = {
        both[side][start:end]
        for side, (start, end), kind in zip(pair.sides, pair.offsets, pair.kinds, strict=True)
        if side is not None and kind == 2 * side + 1
    }
    assert {"水利", "局", "2022", "年"} <= marked
    assert not marked & {"支出", "花了", "多少", "柳", "万元"}


def test_the_end_of_a_long_text_is_cut_off_and_the_question_kept() -> None:
    (pair,) = PairCutter(64).cut([(QUESTION, TEXT * 20)])
    assert len(pair) == 64
    assert sum(side == 0 for side in pair.sides) == sum(
        side == 0 for side in PairCutter(256).cut([(QUESTION, "无")])[0].sides
    )


def test_the_best_span_lies_in_the_text_and_does_not_end_before_it_starts() -> None:
    (pair,) = PairCutter(256).cut([(QUESTION, TEXT)])
    scores = np.zeros((len(pair), 2), np.float32)
    scores[1] = 9  # the question never answers itself
    scores[pair.places[3], 0] = 5
    scores[pair.places[1], 1] = 5
    scores[pair.places[5], 1] = 4
    start, end = pair.best_span(scores)
    assert (start, end) == (pair.offsets[pair.places[3]][0], pair.offsets[pair.places[5]][1])
    assert 0 < start < end


def test_pairs_are_padded_to_the_longest() -> None:
    pairs = PairCutter(256).cut([(QUESTION, TEXT), ("谁", "甲")])
    given = feed(pairs)
    assert {part.shape for part in given.values()} == {(2, max(map(len, pairs)))}
    assert given["attention_mask"].sum(axis=1).tolist() == [len(pair) for pair in pairs]
