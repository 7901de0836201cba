"""What the characters of a question say, and which of them a text says as well."""

import pytest

from assistant.language.name_matching import in_order
from assistant.questions.asked_words import AskedWords, shipped_words


def test_words_that_only_ask_are_worth_nothing_and_others_all() -> None:
    (clause,) = AskedWords({"多少": 0.0, "预算": 0.3}).of("农机预算多少")
    assert clause.worth == (1.0, 1.0, 0.3, 0.3, 0.0, 0.0)


def test_what_a_text_says_is_found_in_pairs_and_in_order() -> None:
    (clause,) = AskedWords({}).of("农机补贴")
    assert clause.said_by("农业机械购置补贴") == {0, 1, 2, 3}
    assert clause.said_by("补贴标准") == {2, 3}
    assert clause.said_by("机关农场") == frozenset()


def test_two_letters_side_by_side_that_nothing_says_stay_untold() -> None:
    (clause,) = AskedWords({}).of("食堂补贴")
    assert clause.untold(clause.said_by("补贴"))
    assert not clause.untold(clause.said_by("食堂误餐补贴"))


def test_clauses_end_at_punctuation_and_keep_their_places() -> None:
    first, second = AskedWords({}).of("东县，西县")
    assert (first.text, second.text, second.start) == ("东县", "西县", 3)


@pytest.mark.parametrize("asking", ["麻烦问下", "一共多少", "哪个最多", "为什么"])
def test_the_shipped_words_know_what_only_asks(asking: str) -> None:
    (clause,) = shipped_words().of(asking)
    assert not clause.untold(frozenset())


@pytest.mark.parametrize("said", ["满意度调查", "护林员", "三公经费"])
def test_what_names_something_is_kept(said: str) -> None:
    (clause,) = shipped_words().of(f"{said}多少")
    assert sum(clause.worth) >= 0.9


def test_an_abbreviation_must_stand_close() -> None:
    assert in_order("卫健委", "卫生健康委员会")
    assert not in_order("农机", "农村公路养护与机关运转")
