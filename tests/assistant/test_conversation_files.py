"""Files of one conversation alone: asked first, seen by nobody else, gone with it, or kept."""

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from assistant.config import Settings
from assistant.conversation_files import MAX_FILES, Order, Where
from assistant.errors import RequestError, UnknownDocument
from assistant.history.own_libraries import FOLDER
from assistant.history.types import FeedbackKind
from assistant.service import Assistant
from assistant.types import Answer, AskedFiles
from ingest.types.library import Outcome, Scope
from tests.support.builders import write

FORM = """青禾市水务局2022年度部门整体支出绩效自评表
单位名称：青禾市水务局
年初预算数（万元）：812.40
全年执行数（万元）：790.15
全年共完成河道巡查347次。
"""
PATROLS = "青禾市水务局2022年河道巡查多少次？"
SPENT = "黄埔区团委2021年实际支出数是多少？"


@pytest.fixture
def assistant(library_home: Path, tmp_path: Path) -> Iterator[Assistant]:
    """The library of the samples, which may be changed."""
    home = shutil.copytree(library_home, tmp_path / "home")
    with closing(Assistant(Settings(home=home))) as opened:
        yield opened


@pytest.fixture
def form(tmp_path: Path) -> Path:
    return write(tmp_path / "水务局自评.txt", FORM.encode())


def asked(assistant: Assistant, question: str, where: Where) -> Answer:
    return next(p for p in assistant.files.stream(question, where) if isinstance(p, Answer))


def attached(assistant: Assistant, form: Path, *, user: str = "甲") -> str:
    conversation = assistant.files.begin(form.name, user=user)
    (report,) = assistant.files.add(conversation, [form], user=user)
    assert report.outcome is Outcome.ADDED
    return conversation


def test_they_are_asked_first_then_the_library(assistant: Assistant, form: Path) -> None:
    own = attached(assistant, form)
    answer = asked(assistant, PATROLS, Where(own, "甲"))
    assert "347" in answer.text
    assert answer.asked_files is AskedFiles.ANSWERED
    other = asked(assistant, SPENT, Where(own, "甲"))
    assert "1022.93" in other.text
    assert other.asked_files is AskedFiles.SILENT
    assert asked(assistant, SPENT, Where(own, "甲", Order.FILES)).abstained
    assert "347" not in asked(assistant, PATROLS, Where(own, "甲", Order.LIBRARY)).text


def test_nobody_else_and_nothing_else_learns_of_them(assistant: Assistant, form: Path) -> None:
    own = attached(assistant, form)
    (record,) = assistant.files.of(own, user="甲")
    assert record.id not in {one.id for one in assistant.documents()}
    assert not [f for f in assistant.figures(Scope()) if f.document_id == record.id]
    assert "347" not in assistant.ask(PATROLS).text
    for stranger in ("乙", ""):
        assert assistant.files.of(own, user=stranger) == ()
        assert "347" not in asked(assistant, PATROLS, Where(own, stranger)).text
        assert assistant.files.blocks(record.id, user=stranger) == ()
        with pytest.raises(UnknownDocument):
            assistant.files.remove(own, record.id, user=stranger)
        with pytest.raises(UnknownDocument):
            next(assistant.files.keep(own, record.id, user=stranger))
        with pytest.raises(UnknownDocument):
            next(assistant.files.add(own, [form], user=stranger))
    assert assistant.files.blocks(record.id, user="甲")
    assert assistant.files.blocks(f"../{own}/files/{record.id}", user="甲") == ()
    turn = assistant.record(
        asked(assistant, PATROLS, Where(own, "甲")), user="甲", conversation=own
    )
    assistant.feedback(turn.id, FeedbackKind.RIGHT, user="甲")
    assert assistant.feedback_given() == ()
    limited = assistant.seen_by(["东莞市"])
    (shown,) = limited.turns(own, user="甲")
    assert "347" in shown.answer.text


def test_they_are_gone_with_their_conversation(assistant: Assistant, form: Path) -> None:
    own, other = attached(assistant, form), attached(assistant, form, user="乙")
    folder = Path(assistant._settings.home) / FOLDER
    assert {path.name for path in folder.iterdir()} == {own, other}
    assistant.forget("甲")
    assert {path.name for path in folder.iterdir()} == {other}
    assert assistant.files.of(other, user="乙")


def test_they_are_there_after_a_restart(assistant: Assistant, form: Path) -> None:
    own = attached(assistant, form)
    assistant.close()
    with closing(Assistant(assistant._settings)) as later:
        later.warm_up()
        assert "347" in asked(later, PATROLS, Where(own, "甲")).text


def test_what_is_kept_is_the_librarys(assistant: Assistant, form: Path) -> None:
    own = attached(assistant, form)
    (record,) = assistant.files.of(own, user="甲")
    (report,) = assistant.files.keep(own, record.id, user="甲")
    assert report.outcome is Outcome.ADDED
    assert report.file == form.name
    assert assistant.files.of(own, user="甲") == ()
    assert "347" in assistant.ask(PATROLS).text


def test_what_the_library_refuses_stays(assistant: Assistant, form: Path) -> None:
    own = attached(assistant, form)
    (record,) = assistant.files.of(own, user="甲")
    limited = assistant.seen_by(["东莞市"])
    (report,) = limited.files.keep(own, record.id, user="甲")
    assert report.outcome is Outcome.FAILED
    assert assistant.files.of(own, user="甲") == (record,)


def test_a_conversation_has_room_for_some(assistant: Assistant, form: Path) -> None:
    own = attached(assistant, form)
    with pytest.raises(RequestError, match=f"最多放{MAX_FILES}个"):
        next(assistant.files.add(own, [form] * MAX_FILES, user="甲"))
