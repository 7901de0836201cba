"""Questions that are made to be expensive: what they cost is bounded, and grows no faster than they
do. Steps are counted, not timed; `benchmarks/crafted_questions.py` measures seconds.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from types import FrameType

import pytest

from assistant.answering.engine import ONLY_SO_MANY, ONLY_SO_MUCH, AnswerEngine
from assistant.errors import OutOfTime
from assistant.text_limits import MAX_PARTS, MAX_SUBJECTS
from assistant.time_limit import TimeLimit, limited
from ingest.pipeline import Library
from ingest.types.library import Scope
from tests.assistant.answering.test_engine import engine_over, knowledge
from tests.support.builders import page, write
from tests.support.library import open_library


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("crafted")
    files = [
        write(folder / "水务.html", page()),
        write(folder / "教育.html", page("青禾市教育局", indicator="校园巡查", actual=31)),
    ]
    with closing(open_library(folder / "home")) as opened:
        assert len(list(opened.add(files))) == 2
        yield opened


@pytest.fixture(scope="module")
def engine(library: Library) -> AnswerEngine:
    return engine_over(library)


def calls(name: str, work: Callable[[], object]) -> int:
    """How often functions of our own of this name are called in the work."""
    count = 0

    def seen(frame: FrameType, event: str, _: object) -> None:
        nonlocal count
        code = frame.f_code
        count += event == "call" and code.co_name == name and "assistant" in code.co_filename

    sys.setprofile(seen)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("count", [1, 5, MAX_PARTS])
def test_each_question_of_a_text_is_read_once(engine: AnswerEngine, count: int) -> None:
    text = "".join(f"青禾市教育局{2001 + number}年支出多少？" for number in range(count))
    # what to ask next is looked up as well
    assert calls("recognise", lambda: engine.answer(text)) in (count, count + 1)


def test_turns_are_read_once_each_however_many_questions_follow(engine: AnswerEngine) -> None:
    turns = ["青禾市教育局2021年支出多少？"] * 10
    text = "校园巡查完成了多少次？目标是多少？达标了吗？"
    assert calls("recognise", lambda: engine.answer(text, turns=turns)) == len(turns) + 3


def test_marks_alone_are_no_questions(engine: AnswerEngine) -> None:
    assert calls("recognise", lambda: engine.answer("。？" * 500)) == 1
    asked = "青禾市教育局2022年校园巡查是多少？"
    assert engine.answer(asked + "。？" * 500).text == engine.answer(asked).text


def test_the_answer_says_that_it_leaves_questions_out(engine: AnswerEngine) -> None:
    one = "青禾市教育局{}年支出多少？"
    most = "".join(one.format(2001 + number) for number in range(MAX_PARTS))
    assert ONLY_SO_MANY not in engine.answer(most).text
    more = engine.answer(most + one.format(2021) * 100)
    assert more.text.endswith(ONLY_SO_MANY)
    assert more.text.removesuffix(ONLY_SO_MANY).strip() == engine.answer(most).text


def test_the_answer_says_that_it_leaves_things_out(engine: AnswerEngine) -> None:
    names = "、".join(f"“第{number}项工作”" for number in range(MAX_SUBJECTS + 1))
    asked = f"青禾市教育局2021年{names}分别是多少？"
    assert ONLY_SO_MUCH in engine.answer(asked).text
    fewer = asked.replace("、“第20项工作”", "")
    assert ONLY_SO_MUCH not in engine.answer(fewer).text


def test_the_library_is_searched_once_for_all_things_of_a_question(engine: AnswerEngine) -> None:
    asked = "2022年“校园巡查”、“校园巡逻”、“校园检查”、“校园安全”分别是多少？"
    assert calls("_scopes", lambda: engine.answer(asked)) <= calls(
        "_scopes", lambda: engine.answer("2022年“校园巡查”是多少？")
    )


MARKS = ('""', "“”", "''", "‘’", "《》", "“。”", "，", "。。", "！", '"" ')


@pytest.mark.parametrize("marks", MARKS)
def test_marks_around_nothing_change_no_answer(engine: AnswerEngine, marks: str) -> None:
    asked = "青禾市教育局2022年校园巡查完成了多少次？"
    plain = engine.answer(asked)
    assert not plain.abstained
    assert engine.answer(marks + asked).text == plain.text


QUESTIONS = (
    "青禾市教育局2021年支出多少？",
    "各部门2021年支出合计多少？",
    "哪个部门支出最多？",
    "青禾市教育局2021年未达标的指标有哪些？",
    "各任务资金加起来对得上吗？",
    "请概括青禾市教育局2021年存在的问题",
    "请起草青禾市教育局2021年“存在问题”部分",
    "青禾市教育局2021年怎么样？",
    "？" * 2000,
    "“甲”" * 600,
)


@pytest.mark.parametrize("question", QUESTIONS)
def test_answering_stops_when_its_time_is_over(library: Library, question: str) -> None:
    engine = engine_over(library)
    with limited(TimeLimit(-1)), pytest.raises(OutOfTime):
        engine.answer(question)


def test_an_answer_stops_soon_after_its_time_is_over(library: Library) -> None:
    """Whenever its time ends, the next check is a bounded number of steps away."""
    engine = engine_over(library)
    text = "".join(f"“第{number}项工作”是多少？" for number in range(MAX_PARTS))
    checks = calls("check", lambda: engine.answer(text))
    clock = 0

    def ticking() -> float:
        nonlocal clock
        clock += 1
        return clock

    for last in (2, checks // 4, checks // 2):
        clock = 0
        with limited(TimeLimit(last, now=ticking)), pytest.raises(OutOfTime):
            engine.answer(text)
        # what is not timed, the loading of models, looks at the clock as well, once a part
        assert clock <= last + 4 + MAX_PARTS


def test_the_audit_of_many_dossiers_stops_when_its_time_is_over(library: Library) -> None:
    _, auditor = knowledge(library)
    with limited(TimeLimit(-1)), pytest.raises(OutOfTime):
        auditor.audit(Scope())
    assert auditor.audit(Scope()) == auditor.audit(Scope())
