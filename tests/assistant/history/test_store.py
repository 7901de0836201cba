"""Conversations as they are kept: whole, in order, their user's own, and gone when forgotten."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from json import dumps
from pathlib import Path

import pytest
from sqlalchemy import update

from assistant.errors import HistoryError
from assistant.history import store as history
from assistant.history.store import History
from assistant.history.types import Feedback, FeedbackKind
from assistant.service import Assistant
from assistant.types import (
    Answer,
    AnswerBlock,
    AnswerScope,
    BlockKind,
    Doubt,
    Mode,
    State,
)
from ingest.records.engines import open_engine
from ingest.types.blocks import Form

QUESTION = "临港片区志愿服务队有多少人？"


@pytest.fixture
def kept(database_url: str) -> Iterator[History]:
    with closing(History(database_url)) as opened:
        yield opened


def said(question: str, text: str = "没有。") -> Answer:
    return Answer(question, text, State.REFUSED, Mode.GROUNDED)


def test_an_answer_comes_back_as_it_was(assistant: Assistant) -> None:
    answer = assistant.ask(QUESTION)
    first = assistant.record(answer, user="甲")
    second = assistant.record(
        assistant.ask("那中新知识城呢？", turns=[QUESTION]),
        user="甲",
        conversation=first.conversation,
    )
    assert assistant.turns(first.conversation, user="甲") == (first, second)
    assert first.answer == answer
    assert first.answer.citations
    assert first.answer.figures
    (listed,) = assistant.conversations("甲")
    assert (listed.title, listed.turns) == (QUESTION, 2)
    assert listed.begun <= listed.changed <= datetime.now(UTC)


def test_a_restart_loses_nothing(database_url: str) -> None:
    with closing(History(database_url)) as before:
        turn = before.record("甲", "", said("问"))
    with closing(History(database_url)) as after:
        assert after.turns("甲", turn.conversation) == (turn,)


def test_each_user_sees_their_own(kept: History) -> None:
    turn = kept.record("甲", "", said("预算多少"))
    assert kept.turns("乙", turn.conversation) == ()
    assert kept.conversations("乙") == ()
    assert kept.search("乙", "预算") == ()
    assert not kept.rate("乙", turn.id, FeedbackKind.RIGHT)
    assert kept.forget("乙", turn.conversation) == 0
    intruding = kept.record("乙", turn.conversation, said("别人的"))
    assert intruding.conversation != turn.conversation
    assert kept.turns("甲", turn.conversation) == (turn,)


def test_the_conversation_touched_last_comes_first(kept: History) -> None:
    first = kept.record("甲", "", said("一"))
    kept.record("甲", "", said("二"))
    assert [c.title for c in kept.conversations("甲")] == ["二", "一"]
    kept.record("甲", first.conversation, said("三"))
    assert [c.title for c in kept.conversations("甲", limit=1)] == ["一"]


def test_the_latest_turns_are_read_in_order(kept: History) -> None:
    talk = kept.record("甲", "", said("一")).conversation
    for question in ("二", "三"):
        kept.record("甲", talk, said(question))
    latest = kept.turns("甲", talk, limit=2)
    assert [turn.answer.question for turn in latest] == ["二", "三"]


@pytest.mark.parametrize(
    ("words", "found"),
    [("预算", 2), ("预算 1103", 1), ("１１０３．３５", 1), ("100%", 1), ("10_%", 0), ("决算", 0)],
)
def test_history_is_searched_in_questions_and_answers(
    kept: History, words: str, found: int
) -> None:
    kept.record("甲", "", said("年度预算数？", "1103.35万元。"))
    kept.record("甲", "", said("预算完成率？", "100%。"))
    assert len(kept.search("甲", words)) == found


def test_feedback_is_kept_with_the_turn(kept: History) -> None:
    turn = kept.record("甲", "", said("问"))
    kept.record("甲", turn.conversation, said("再问"))
    assert kept.rate("甲", turn.id, FeedbackKind.MISSED)
    assert kept.rate("甲", turn.id, FeedbackKind.WRONG_NUMBER, "应为1103.35")
    (rated,) = kept.rated()
    assert rated.id == turn.id
    assert rated.feedback == Feedback(FeedbackKind.WRONG_NUMBER, "应为1103.35")
    assert not kept.rate("甲", "nothing", FeedbackKind.RIGHT)


def test_what_is_forgotten_is_gone(kept: History, database_url: str) -> None:
    gone = kept.record("甲", "", said("机密问题"))
    stays = kept.record("甲", "", said("别的"))
    assert kept.forget("甲", gone.conversation) == 1
    assert kept.turns("甲", gone.conversation) == ()
    assert kept.search("甲", "机密") == ()
    engine = open_engine(database_url)
    with engine.connect() as database:
        assert database.exec_driver_sql("SELECT count(*) FROM turns").scalar_one() == 1
    engine.dispose()
    now = datetime.now(UTC)
    assert kept.forget("甲", before=now - timedelta(days=1)) == 0
    assert kept.turns("甲", stays.conversation)
    assert kept.forget("甲", before=now + timedelta(days=1)) == 1
    kept.record("甲", "", said("又"))
    assert kept.forget("甲") == 1


def test_only_so_many_conversations_are_kept(
    kept: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "MAX_CONVERSATIONS", 3)
    other = kept.record("乙", "", said("别人的"))
    first = kept.record("甲", "", said("0"))
    for number in range(1, 5):
        kept.record("甲", "", said(str(number)))
    assert [c.title for c in kept.conversations("甲")] == ["4", "3", "2"]
    assert kept.turns("甲", first.conversation) == ()
    assert kept.turns("乙", other.conversation) == (other,)


def test_a_database_that_cannot_be_used_is_said(tmp_path: Path) -> None:
    broken = tmp_path / "library.db"
    broken.write_text("not a database" * 100)
    with pytest.raises(HistoryError, match="问答历史") as told:
        History(f"sqlite:///{broken}")
    assert "library.db" in told.value.in_full
    assert "library.db" not in str(told.value)


def test_an_answer_keeps_its_state_and_its_blocks(kept: History) -> None:
    table = AnswerBlock(
        BlockKind.TABLE, columns=("村", "元"), rows=(("甲", "3[1]"), ("乙", "4[2]"))
    )
    quote = AnswerBlock(BlockKind.QUOTE, "由镇政府验收。", marker=1, span=(1, 4))
    answer = Answer(
        "谁验收？",
        "最相关的原文：",
        State.QUOTED,
        Mode.GROUNDED,
        confidence=Decimal("0.6"),
        scope=AnswerScope(("某镇",), (2023,), (Form.NOTICE,), ("d1",), carried=True),
        doubts=(Doubt("D10", "不符", ("f1",)),),
        blocks=(table, quote),
        suggestions=("何时验收？",),
    )
    turn = kept.record("", "", answer)
    assert [one.answer for one in kept.turns("", turn.conversation)] == [answer]


@pytest.mark.parametrize(("abstained", "state"), [(True, State.REFUSED), (False, State.ANSWERED)])
def test_an_answer_of_an_older_program_says_whether_it_abstained(
    kept: History, database_url: str, abstained: bool, state: State
) -> None:
    turn = kept.record("", "", Answer("问", "答", state, Mode.GROUNDED))
    older = dumps({"question": "问", "text": "答", "abstained": abstained, "mode": "grounded"})
    engine = open_engine(database_url)
    with engine.begin() as connection:
        connection.execute(update(history.TURNS).values(answer=older))
    engine.dispose()
    (read,) = kept.turns("", turn.conversation)
    assert (read.answer.state, read.answer.abstained) == (state, abstained)
