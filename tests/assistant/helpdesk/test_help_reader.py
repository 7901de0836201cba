"""Which help text a question asks for: wordings that taught nothing, and questions of documents."""

import pytest

from assistant.helpdesk.help_reader import HelpReading, shipped_help_reader
from assistant.helpdesk.texts import HelpKind, Thresholds, read_help

LEVELS = Thresholds.read()


def read(question: str) -> HelpReading | None:
    reading = shipped_help_reader().read(question)
    return reading if reading and reading.probability >= LEVELS.likely else None


def test_most_held_out_wordings_find_their_kind_and_hardly_any_another() -> None:
    kinds = (HelpKind.USE, HelpKind.TALK, HelpKind.OFF_TOPIC, HelpKind.RULE, HelpKind.CATALOGUE)
    held = [
        (text, read(asked))
        for text in read_help().values()
        if text.kind in kinds
        for asked in text.held_out
    ]
    own = sum(bool(found and found.text.kind is text.kind) for text, found in held)
    other = sum(bool(found and found.text.kind is not text.kind) for text, found in held)
    assert own >= 0.65 * len(held)
    assert other <= 0.06 * len(held)


def test_no_held_out_question_over_documents_is_surely_for_the_desk() -> None:
    (asides,) = (text for text in read_help().values() if text.kind is HelpKind.DOCUMENTS)
    readings = [read(question) for question in asides.held_out]
    assert not [one for one in readings if one and one.probability >= LEVELS.sure]


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("咋把这些结果导成excel表呀", "export"),
        ("我传的资料会不会被别的局看到", "privacy"),
        ("密码想改一下，在哪改？", "password"),
        ("你能不能替我们写份自评报告", "draft"),
        ("您好呀", "hello"),
        ("明天会下雪吗", "off_topic"),
        ("多少分能评上优", "rating"),
        ("库里现在有哪几个单位的材料", "departments"),
    ],
)
def test_peoples_own_words_find_the_text(question: str, text: str) -> None:
    found = read(question)
    assert found
    assert found.text.id == text


@pytest.mark.parametrize(
    "question",
    [
        "白石区水务局2023年导出管网改造花了多少钱",
        "云溪县信息中心密码改造项目执行率是多少",
        "档案数字化修改完善了几个系统",
        "青禾镇诗歌节一共办了几场",
        "",
        "白石区教育局的校园安全提升项目年初安排多少，年中又追加多少，到年底实际支出多少，完成率是多少，为什么没有达到年初设定的目标，下一步打算怎么改",
    ],
)
def test_questions_that_only_mention_such_words_are_left_to_the_documents(question: str) -> None:
    found = read(question)
    assert found is None or found.probability < LEVELS.sure
