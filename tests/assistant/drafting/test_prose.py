"""A model joins the sentences of a draft: connected prose stands, everything else does not."""

from collections.abc import Iterator
from decimal import Decimal

import pytest

from assistant.config import Settings
from assistant.drafting.prose import MAX_RUN_LENGTH, Joiner
from assistant.llm.model import LanguageModel
from assistant.llm.vocabulary import RewordingVocabulary
from assistant.types import Calculation
from ingest.language.packs import open_pack
from tests.support.chat_server import ChatServer, chat_server

FORMULA = Calculation("20 − 17 = 3", (), Decimal(3), "场")
TASK = (
    "“青年讲堂”任务设置绩效指标2项，达标1项。“听课人数”实际完成520人[8]（目标不低于500人[9]）。"
    "“讲座场次”目标为不低于20场[11]，实际完成17场[12]，相差3场（20 − 17 = 3），未达标。"
)
JOINED = (
    "“青年讲堂”任务设置绩效指标2项，达标1项；其中，“听课人数”实际完成520人[1]，目标为不低于500人[2]。"
    "但“讲座场次”目标为不低于20场[3]，而实际完成17场[4]，两者相差3场[5]，未达标。"
)
MEASURE = (
    "6. 按月调度“讲座场次”，使该指标不低于20场[3]。我单位已提出：“下一步早排计划”[4]。"
    "责任单位：【待填：责任单位】；完成时限：【待填：完成时限】。"
)


@pytest.fixture
def server() -> Iterator[ChatServer]:
    with chat_server() as told:
        yield told


@pytest.fixture
def joiner(server: ChatServer) -> Joiner:
    settings = Settings(llm_base_url=server.url, llm_model="m", llm_timeout=60)
    model = LanguageModel.from_settings(settings)
    assert model is not None
    return Joiner(model, RewordingVocabulary.from_pack(open_pack("rewording")))


def test_sentences_are_joined_and_keep_their_sources(server: ChatServer, joiner: Joiner) -> None:
    server.reply = lambda shown: f"<think>连起来</think>\n{JOINED}\n"
    assert joiner.joined(TASK, [FORMULA]) == (
        "“青年讲堂”任务设置绩效指标2项，达标1项；其中，“听课人数”实际完成520人[8]，目标为不低于500人[9]。"
        "但“讲座场次”目标为不低于20场[11]，而实际完成17场[12]，两者相差3场（20 − 17 = 3），未达标。"
    )
    assert "相差3场[5]，未达标" in server.messages[0], "the formula is a marker to the model"


@pytest.mark.parametrize(
    ("grounded", "said"),
    [
        ("520人", "502人"),
        ("520人[1]", "520人"),
        ("[4]", "[3]"),
        ("[5]", "[6]"),
        ("，未达标", "，基本达标"),
        ("，未达标", ""),
        ("不低于20场", "低于20场"),
        ("“听课人数”", "“观众人数”"),
        ("达标1项", "达标2项"),
        ("未达标。", "未达标，主要是组织不力。"),
        ("未达标。", "未达标。相差3场[5]。"),
        ("达标1项；其中，", "达标1项；但其中，"),
        ("目标为不低于20场[3]，而实际完成17场[4]", "实际完成17场[4]，而目标为不低于20场[3]"),
    ],
)
def test_what_changes_more_than_the_joints_falls_back(
    server: ChatServer, joiner: Joiner, grounded: str, said: str
) -> None:
    assert grounded in JOINED
    server.reply = lambda shown: JOINED.replace(grounded, said)
    assert joiner.joined(TASK, [FORMULA]) == TASK


def test_sentences_with_a_blank_and_the_number_of_a_list_are_not_touched(
    server: ChatServer, joiner: Joiner
) -> None:
    server.reply = lambda shown: shown[0].replace("我单位", "同时，我单位")
    assert joiner.joined(MEASURE, []) == MEASURE.replace("我单位", "同时，我单位")
    assert len(server.messages) == 1
    assert "待填" not in server.messages[0]
    assert "6." not in server.messages[0].partition("原文")[2]


def test_a_long_paragraph_loses_only_the_part_that_fails(
    server: ChatServer, joiner: Joiner
) -> None:
    sentence = "“听课人数”实际完成520人[1]（目标不低于500人[2]），按季组织，逐场登记，资料齐全。"
    text = sentence * (MAX_RUN_LENGTH // len(sentence) * 2)

    def reply(shown: list[str]) -> str:
        first = len(server.messages) == 1
        return shown[0].replace("520", "530") if first else shown[0].replace("。“", "；“")

    server.reply = reply
    got = joiner.joined(text, [])
    assert len(server.messages) == 2
    half = len(text) // 2
    assert got[:half] == text[:half]
    assert got[half:] == text[half:].replace("。“", "；“")


@pytest.mark.parametrize("how", ["status", "cut", "rambling"])
def test_a_model_that_fails_costs_nothing_but_its_words(
    server: ChatServer, joiner: Joiner, how: str
) -> None:
    server.reply = lambda shown: JOINED * 9
    if how == "status":
        server.status = 500
    server.cut = how == "cut"
    assert joiner.joined(TASK, [FORMULA]) == TASK
    assert len(server.messages) == 1


def test_a_single_sentence_is_not_put_to_the_model(server: ChatServer, joiner: Joiner) -> None:
    text = "（一）全年实际支出985.7万元[1]，预算完成率为92.71%[2]。"
    assert joiner.joined(text, []) == text
    assert server.messages == []
