"""What the reader learns from: the texts of data/questions, and what is drawn from them."""

import json
from pathlib import Path

import pytest

from tools.reader_examples import (
    TEXTS,
    Asked,
    Drawing,
    Example,
    Text,
    held_texts,
    learned_texts,
    own,
    public_examples,
    read_texts,
)

TEXT = Text(
    "report",
    "松阳湖区文化馆2022年免费开放项目自评报告",
    "二、完成情况",
    "2022年举办展览14场，接待观众6.3万人次；开办培训班22期，学员1,180人；全年支出96.50万元。",
    (
        Asked("办了几场展览", "14场", "count"),
        Asked("文化馆22年花了多少", "96.50万元", "lookup"),
        Asked("请了几位老师", "", "count"),
    ),
)
OTHER = Text(
    "form_row",
    "白杨堡县图书馆2023年购书项目自评表",
    "产出指标",
    "白杨堡县图书馆｜2023年｜新购图书：目标 ≥3,000册，完成 3,214册，得分 10",
    (Asked("买了多少册书", "3,214册", "lookup"),),
)


def drawn(seed: int) -> list[Example]:
    alike = [[[1], [1], [1]], [[0]]]
    return Drawing([TEXT, OTHER], [Asked("你好", "", "other")], alike, seed).drawn()


def test_the_same_seed_draws_the_same_examples() -> None:
    assert drawn(1) == drawn(1)
    assert any(drawn(1) != drawn(seed) for seed in range(2, 6))


def test_an_answer_stays_an_answer_in_every_shape() -> None:
    shape_of = str.maketrans("0123456789", "9999999999")
    wanted = {one.answer.translate(shape_of) for t in (TEXT, OTHER) for one in t.questions}
    for seed in range(40):
        for one in drawn(seed):
            if one.answered:
                assert one.text[one.start : one.end].translate(shape_of) in wanted


def test_there_are_near_misses_of_year_body_and_clause() -> None:
    many = [one for seed in range(60) for one in drawn(seed)]
    no = [one for one in many if not one.answered]
    assert any("14场" not in one.text and "22期" in one.text for one in no)
    assert any("白杨堡" in one.question and "松阳湖" in one.text for one in no)
    assert any("花了多少" in one.question and "22年" not in one.question for one in no)
    assert any("你好" in one.question for one in no)


def test_a_question_is_read_with_its_text_under_title_and_section() -> None:
    example = own(TEXT, TEXT.questions[1])
    assert example.text.startswith(f"{TEXT.title}｜{TEXT.section}｜2022年")
    assert example.text[example.start : example.end] == "96.50万元"
    assert not own(TEXT, TEXT.questions[2]).answered


@pytest.mark.parametrize("file", sorted(TEXTS.glob("*.toml")), ids=lambda file: file.name)
def test_every_answer_stands_in_its_text(file: Path) -> None:
    texts, free = read_texts(file)
    assert texts
    assert free


def test_what_measures_is_not_learned() -> None:
    learned = {text.text for text in learned_texts()[0]}
    held = {text.text for texts in held_texts().values() for text in texts}
    assert held
    assert not learned & held


def test_an_answer_that_does_not_stand_in_the_text_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "wrong.toml"
    file.write_text(
        '[[texts]]\nkind = "rule"\ntitle = "办法"\nsection = ""\ntext = "每年3月底前报送。"\n'
        'questions = [["几月报", "4月", "when"]]\n',
        encoding="utf-8",
    )
    with pytest.raises(SystemExit, match=r"wrong\.toml: “4月” is not in"):
        read_texts(file)


def test_public_questions_are_put_against_windows(tmp_path: Path) -> None:
    file = tmp_path / "set.jsonl"
    context = "，".join(f"第{number}座桥建于{1800 + number}年" for number in range(60)) + "。"
    asked = [
        {"question": f"第{number}座桥建于哪年", "answers": [f"{1800 + number}年"]}
        for number in range(0, 60, 7)
    ]
    line = {"title": "长河", "context": context, "questions": asked}
    file.write_text(json.dumps(line, ensure_ascii=False) + "\n", encoding="utf-8")
    made = public_examples([file], 3)
    assert made == public_examples([file], 3)
    answered = [one for one in made if one.answered]
    assert len(answered) == len(asked)
    for one in answered:
        number = int(one.question[1:].partition("座")[0])
        assert one.text[one.start : one.end] == f"{1800 + number}年"
        assert len(one.text) < 260
