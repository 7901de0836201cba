"""A language model that answers well, badly or not at all: the facts stand whatever it says."""

import json
import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from langchain_core.language_models import GenericFakeChatModel
from langchain_core.messages import AIMessage

from assistant.config import Settings
from assistant.errors import LanguageModelError, SettingsError
from assistant.llm.model import LanguageModel
from assistant.llm.rewording import Likeness, script
from assistant.llm.vocabulary import RewordingVocabulary
from assistant.service import Assistant
from assistant.types import Answer, Mode, State, Verdict
from ingest.language.packs import open_pack
from tests.support.chat_server import ChatServer, Reply, chat_server

SATISFACTION = "服务对象满意度是多少，目标是多少？"
SUSPENDED = "支持港澳青年创新创业的完成情况如何？"
RATE_RIGHT = "黄埔区团委2021年填报的预算执行率准确吗？"


@pytest.fixture
def server() -> Iterator[ChatServer]:
    with chat_server() as told:
        yield told


@pytest.fixture(scope="module")
def grounded(library_home: Path) -> dict[str, Answer]:
    """What is answered where no model is configured."""
    with closing(Assistant(Settings(home=library_home))) as plain:
        return {question: plain.ask(question) for question in (SATISFACTION, SUSPENDED, RATE_RIGHT)}


def ask(home: Path, url: str, question: str, *, timeout: float = 20) -> Answer:
    settings = Settings(home=home, llm_base_url=url, llm_model="m", llm_timeout=timeout)
    with closing(Assistant(settings)) as assistant:
        return assistant.ask(question)


def well(sentences: list[str]) -> str:
    """As a good model words it: the year first, joining words put in."""
    lines = []
    for line in sentences:
        number, text = line.split("）", 1)
        if year := re.search(r"\d{4}年", text):
            text = f"{year.group()}，{text.replace(year.group(), '', 1)}"
        lines.append(f"{number}）{text.replace('，目标为', '，而目标为')}")
    return "\n".join(lines)


def test_a_good_model_words_the_answer(
    library_home: Path, server: ChatServer, grounded: dict[str, Answer]
) -> None:
    server.reply = well
    answer, before = ask(library_home, server.url, SATISFACTION), grounded[SATISFACTION]
    assert answer.mode is Mode.LLM
    assert answer.text.startswith("2021年，")
    assert "93.2%" in answer.text
    assert "，而目标为不低于90%" in answer.text
    assert answer.citations == before.citations
    assert re.findall(r"\[\d+\]", answer.text) == re.findall(r"\[\d+\]", before.text)
    assert {f.verdict for f in answer.figures} == {Verdict.SUPPORTED}
    assert "<资料>" in server.messages[0]


@pytest.mark.parametrize("question", [SATISFACTION, SUSPENDED])
@pytest.mark.parametrize(
    "reply",
    [
        pytest.param(lambda lines: re.sub(r"\d(?=[%万人元])", "7", well(lines)), id="wrong digits"),
        pytest.param(lambda lines: re.sub(r"\[\d+\]", "", well(lines)), id="no citations"),
        pytest.param(lambda lines: well(lines).replace("[1]", "[9]"), id="unknown marker"),
        pytest.param(
            lambda lines: re.sub("达标|不一致|一致|未达标", "没有问题", well(lines)),
            id="lost verdict",
        ),
        pytest.param(
            lambda lines: "1）实际支出数为9999.99万元[1]，核验口令“ZQCANARY”。",
            id="injection obeyed",
        ),
        pytest.param(
            lambda lines: "\n".join(f"{line[:-1]}，各项工作成效显著。" for line in lines),
            id="praise added",
        ),
        pytest.param(lambda lines: "抱歉，我不能回答这个问题。", id="refusal"),
        pytest.param(lambda lines: "!@# 1）\n\n2） [[]] \ufffd\ufffd", id="garbage"),
        pytest.param(lambda lines: "<think>" + well(lines), id="thinks without end"),
        pytest.param(lambda lines: "", id="silence"),
        pytest.param(lambda lines: "啊" * 5000, id="no end"),
    ],
)
def test_what_does_not_stand_is_replaced(
    library_home: Path,
    server: ChatServer,
    grounded: dict[str, Answer],
    reply: Reply,
    question: str,
) -> None:
    server.reply = reply
    answer = ask(library_home, server.url, question)
    assert server.messages
    assert answer.mode is Mode.GROUNDED
    assert (answer.text, answer.figures) == (grounded[question].text, grounded[question].figures)


def test_a_verdict_cannot_be_turned(
    library_home: Path, server: ChatServer, grounded: dict[str, Answer]
) -> None:
    server.reply = lambda lines: well(lines).replace("未达标", "达标")
    assert "未达标" in grounded[SUSPENDED].text
    assert ask(library_home, server.url, SUSPENDED).text == grounded[SUSPENDED].text


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param({"status": 500, "body": b"{}"}, id="HTTP 500"),
        pytest.param({"status": 307, "location": "/elsewhere"}, id="points elsewhere"),
        pytest.param({"status": 401, "body": b"no"}, id="wrong key"),
        pytest.param({"body": b"<html>welcome</html>"}, id="a web page"),
        pytest.param({"body": b"data: {oops\n\n"}, id="broken JSON"),
        pytest.param({"body": b"data: [1]\n\n"}, id="another protocol"),
        pytest.param({"body": b"data: \xff\xfe\n\n"}, id="no UTF-8"),
        pytest.param({"body": b'data: {"error":{"message":"busy"}}\n\n'}, id="error in stream"),
        pytest.param({"stalled": True}, id="slow"),
        pytest.param({"cut": True}, id="cut off"),
    ],
)
def test_a_failing_server_costs_nothing_but_its_wording(
    library_home: Path,
    server: ChatServer,
    grounded: dict[str, Answer],
    fault: dict[str, object],
    caplog: pytest.LogCaptureFixture,
) -> None:
    server.reply = well
    for name, value in fault.items():
        setattr(server, name, value)
    answer = ask(library_home, server.url, SATISFACTION, timeout=0.5)
    assert len(server.messages) == 1
    assert (answer.mode, answer.text) == (Mode.GROUNDED, grounded[SATISFACTION].text)
    assert "按原文作答" in caplog.text


def test_a_closed_port_is_left_alone_for_a_while(
    library_home: Path, grounded: dict[str, Answer]
) -> None:
    with chat_server() as gone:
        pass
    answer = ask(library_home, gone.url, SATISFACTION)
    assert (answer.mode, answer.text) == (Mode.GROUNDED, grounded[SATISFACTION].text)


def test_after_a_failure_nobody_waits_for_the_model_again(server: ChatServer) -> None:
    server.status = 500
    settings = Settings(llm_base_url=server.url, llm_model="m")
    model = LanguageModel.from_settings(settings)
    assert model is not None
    for _ in range(3):
        with pytest.raises(LanguageModelError):
            list(model.word("问", ["[1] 甲"], ["1）甲[1]。"]))
    assert len(server.messages) == 1


def test_some_sentences_stand_and_some_do_not(library_home: Path, server: ChatServer) -> None:
    question = "黄埔区团委2021年的年初预算数、实际支出数分别是多少？"
    server.reply = lambda lines: well(lines[:1]) + "\n2）黄埔区团委2021年支出了不少。"
    answer = ask(library_home, server.url, question)
    assert answer.mode is Mode.LLM
    assert answer.text.startswith("2021年，")
    assert "1022.93万元" in answer.text
    assert "不少" not in answer.text
    assert {f.verdict for f in answer.figures} <= {Verdict.SUPPORTED, Verdict.COMPUTED}


@pytest.mark.parametrize(
    "question",
    [
        "黄埔区团委2022年实际支出是多少？",
        "黄埔区团委2021年“养殖户满意度”是多少？",
        "黄埔团区委的固定资产利用率是多少？",
        "广州市越秀区团委2021年支出多少？",
        "帮我看看黄埔团委",
    ],
)
def test_an_honest_no_is_not_put_to_the_model(
    library_home: Path, server: ChatServer, question: str
) -> None:
    answer = ask(library_home, server.url, question)
    assert answer.abstained
    assert answer.mode is Mode.GROUNDED
    assert server.messages == []


def test_only_checked_sentences_are_streamed(library_home: Path, server: ChatServer) -> None:
    server.reply = lambda lines: well(lines).replace("93.2", "39.2")
    settings = Settings(home=library_home, llm_base_url=server.url, llm_model="m")
    with closing(Assistant(settings)) as assistant:
        *grown, answer = assistant.stream(SATISFACTION)
    assert isinstance(answer, Answer)
    for piece in grown:
        assert isinstance(piece, str)
        assert answer.text.startswith(piece.rstrip())
    assert "39.2" not in "".join(map(str, grown))


def test_no_key_of_the_machine_is_sent(server: ChatServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "secret")
    for key in ("", "ours"):
        settings = Settings(llm_base_url=server.url, llm_model="m", llm_api_key=key)
        model = LanguageModel.from_settings(settings)
        assert model is not None
        list(model.word("问", [], ["1）甲"]))
    assert server.keys == ["Bearer -", "Bearer ours"]


def test_there_is_no_model_where_none_is_configured() -> None:
    assert LanguageModel.from_settings(Settings()) is None


@pytest.mark.parametrize("given", [{"llm_model": "m"}, {"llm_base_url": "http://127.0.0.1:1/v1"}])
def test_half_a_configuration_is_refused(given: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match="JIWEN_LLM_BASE_URL"):
        LanguageModel.from_settings(Settings.model_validate(given))


def test_any_chat_model_can_stand_behind() -> None:
    fake = GenericFakeChatModel(messages=iter([AIMessage("1）甲局 为5个[1]。")]))
    model = LanguageModel(lambda: fake, timeout=5)
    assert "".join(model.word("问", [], [])) == "1）甲局 为5个[1]。"


GROUNDED = "甲市团委2022年“培训合格率”实际完成96%[1]，目标为不低于95%[2]，达标。"
COMPARED = "甲局2022年支出数为5万元[1]，乙局2022年支出数为7万元[2]，乙局更高，相差2万元[3]。"


@pytest.mark.parametrize(
    ("said", "grounded"),
    [
        (
            "2022年，甲市团委“培训合格率”实际完成值为96%[1]，而目标为不低于95%[2]，已经达标。",
            GROUNDED,
        ),
        (
            "甲市团委2022年度“培训合格率”实际达到96%[1]，其目标则为不低于95%[2]，现已达标。",
            GROUNDED,
        ),
        (
            "2022年，甲局支出数为5万元[1]，而乙局支出数为7万元[2]，乙局更高，相差2万元[3]。",
            COMPARED,
        ),
        ("甲局2022年支出数为1,022.93万元[1]。", "甲局2022年支出数为1022.93万元[1]。"),
    ],
)
def test_joining_words_and_the_place_of_the_year_may_change(said: str, grounded: str) -> None:
    assert Likeness(RewordingVocabulary.from_pack(open_pack("rewording"))).holds(said, grounded)


@pytest.mark.parametrize(
    ("said", "grounded"),
    [
        (GROUNDED.replace("96%", "95%"), GROUNDED),
        (GROUNDED.replace("96%", "九成六"), GROUNDED),
        (GROUNDED.replace("96%", "96个"), GROUNDED),
        (GROUNDED.replace("达标", "未达标"), GROUNDED),
        (GROUNDED.replace("，达标", ""), GROUNDED),
        (GROUNDED.replace("不低于", "低于"), GROUNDED),
        (GROUNDED.replace("不低于", ""), GROUNDED),
        (GROUNDED.replace("甲市团委", "甲团委"), GROUNDED),
        (GROUNDED.replace("甲市团委", ""), GROUNDED),
        (GROUNDED.replace("2022年", ""), GROUNDED),
        (GROUNDED.replace("2022年", "2021年"), GROUNDED),
        (GROUNDED.replace("实际", "目标"), GROUNDED),
        (GROUNDED.replace("[1]", "").replace("[2]", ""), GROUNDED),
        (GROUNDED.replace("[1]", "[2]").replace("95%[2]", "95%[1]"), GROUNDED),
        (GROUNDED.replace("达标", "达标，成效显著"), GROUNDED),
        (GROUNDED.replace("达标", "达标。口令ZQ12"), GROUNDED),
        (COMPARED.replace("乙局更高", "甲局更高"), COMPARED),
        (COMPARED.replace("更高", "更低"), COMPARED),
        (COMPARED.replace("甲局", "丙").replace("乙局", "甲局").replace("丙", "乙局"), COMPARED),
        ("甲局2021年支出数比2022年多5元[1]。", "甲局2022年支出数比2021年多5元[1]。"),
        ("国共青团2022年支出5元[1]。", "中国共青团2022年支出5元[1]。"),
        ("两者一致，无需核实[1]。", "两者不一致，建议核实[1]。"),
    ],
)
def test_nothing_else_may_change(said: str, grounded: str) -> None:
    assert Likeness(RewordingVocabulary.from_pack(open_pack("rewording"))).holds(grounded, grounded)
    assert not Likeness(RewordingVocabulary.from_pack(open_pack("rewording"))).holds(said, grounded)


def test_formulas_and_markers_side_by_side_are_one_marker_to_the_model(
    grounded: dict[str, Answer],
) -> None:
    answer = grounded[RATE_RIGHT]
    made = script(answer)
    assert made.offered
    assert "÷" in answer.text
    assert not any("÷" in sentence for sentence in made.offered)
    assert any("÷" in place for place in made.places)
    markers = re.findall(r"\[(\d+)\]", "".join(made.offered))
    assert markers == [str(n) for n in range(1, len(made.places) + 1)]
    assert "".join(piece.text for piece in made.pieces) == answer.text


def choosing(subject: str) -> Reply:
    """A model that chooses this subject, and words nothing."""
    return lambda sentences: "" if sentences else json.dumps({"subject": subject})


def test_a_question_in_other_words_is_offered_in_those_of_the_documents(
    library_home: Path, server: ChatServer
) -> None:
    server.reply = choosing("实际支出数")
    answer = ask(library_home, server.url, "黄埔区团委2021年到头来使掉了多少")
    assert answer.abstained
    assert answer.citations == ()
    assert "是否想问：黄埔区团委2021年实际支出数是多少？" in answer.text
    assert "社会影响力" not in server.messages[0], "only this department's indicators"


def test_what_is_not_there_is_not_offered(library_home: Path, server: ChatServer) -> None:
    server.reply = choosing("实际支出数")
    answer = ask(library_home, server.url, "东莞团市委2022年到头来使掉了多少")
    assert server.messages
    assert answer.abstained
    assert "是否想问" not in answer.text


@pytest.mark.parametrize("subject", ["无", "不在清单里的事", "黄埔区实际支出9999.99万元", ""])
def test_a_choice_that_is_none_stays_an_honest_no(
    library_home: Path, server: ChatServer, subject: str
) -> None:
    server.reply = choosing(subject)
    answer = ask(library_home, server.url, "黄埔区团委2021年到头来使掉了多少")
    assert server.messages
    assert answer.state in (State.REFUSED, State.QUOTED)  # nothing is asserted
    assert "9999" not in answer.text
    assert "是否想问" not in answer.text


@pytest.mark.parametrize("fault", [{"status": 500}, {"body": b"oops"}, {"stalled": True}])
def test_without_a_choice_the_no_stands(
    library_home: Path, server: ChatServer, fault: dict[str, object]
) -> None:
    server.reply = choosing("实际支出数")
    for name, value in fault.items():
        setattr(server, name, value)
    answer = ask(library_home, server.url, "黄埔区团委2021年到头来使掉了多少", timeout=0.5)
    assert answer.state in (State.REFUSED, State.QUOTED)
    assert answer.mode is Mode.GROUNDED
