"""What a question joins, and which texts print the names of what is joined."""

from assistant.questions.operands import MAX_WAYS, Operand, against, together


def test_what_is_compared_is_split_at_bi_first() -> None:
    words = [tuple(one.words for one in way) for way in against("水费和电费比预算多多少")]
    assert words == [("水费和电费", "预算多多少"), ("水费", "电费比预算多多少")]


def test_what_many_words_join_is_split_in_the_likeliest_ways_only() -> None:
    many = against("比".join(["水费和电费"] * 40) + "多多少")
    assert len(many) == MAX_WAYS
    assert many[0][0].words == "水费和电费"


def test_one_thing_alone_is_not_put_together() -> None:
    assert together("南岭村一共多少钱") == ()
    assert together("和谁一共多少") == ()


def test_a_thing_stands_next_to_what_joins_it() -> None:
    first, last = together("专项资金南岭村和北岭村一共多少")[0]
    assert first.named_by("南岭村 | 金额") == 3
    assert last.named_by("北岭村 | 金额") == 3
    assert last.named_by("一共 | 金额") == 0


def test_the_middle_one_is_named_whole() -> None:
    middle = Operand("面粉", first=False, last=False)
    assert middle.named_by("大米、面粉采购量") == 2
    assert middle.named_by("面条采购量") == 0
