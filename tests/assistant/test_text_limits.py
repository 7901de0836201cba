"""The greatest lengths of texts that come in: held by the Assistant itself, whatever the door."""

from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest

from assistant.config import Settings
from assistant.drafting.types import Draft, Section
from assistant.errors import AssistantError, TextTooLong
from assistant.history.types import FeedbackKind
from assistant.service import Assistant
from assistant.text_limits import (
    DEPARTMENT,
    DRAFT,
    EMPHASIS,
    MAX_TURNS,
    NAME,
    NOTE,
    QUESTION,
    REASON,
    SEARCH,
    TURNS,
    accepted_turns,
    latest_turns,
)
from ingest.corrections.types import Aspect, Wanted
from ingest.errors import IngestError
from ingest.types.library import Scope

EMPTY = Draft(
    section=Section.REPORT, title="", department="", year=2021, tone="", emphasis="", paragraphs=()
)


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """An Assistant over a library without documents."""
    home: Path = tmp_path_factory.mktemp("limits")
    with closing(Assistant(Settings(home=home))) as opened:
        yield opened


def drafted(assistant: Assistant, department: str, emphasis: str = "") -> object:
    return assistant.draft(Section.REPORT, department=department, emphasis=emphasis)


def in_scope(assistant: Assistant, name: str) -> object:
    scope = Scope(departments=(name,))
    return [
        *assistant.figures(scope),
        *assistant.indicators(scope),
        *assistant.audit(scope),
        *assistant.totals(scope),
    ]


def corrected(assistant: Assistant, reason: str) -> object:
    return assistant.correct(Wanted("1", Aspect.YEAR, "2021", by="李明", reason=reason))


Use = Callable[[Assistant, str], object]
USES: tuple[tuple[int, Use], ...] = (
    (QUESTION.length, lambda assistant, text: assistant.ask(text)),
    (TURNS.length, lambda assistant, text: assistant.ask("支出多少？", turns=(text,))),
    (DEPARTMENT.length, lambda assistant, text: assistant.ask("支出多少？", department=text)),
    (DEPARTMENT.length, drafted),
    (EMPHASIS.length, lambda assistant, text: drafted(assistant, "水务局", text)),
    (DEPARTMENT.length, in_scope),
    (NAME.length, lambda assistant, text: assistant.figures(Scope(), name=text)),
    (SEARCH.length, lambda assistant, text: assistant.search_history("", text)),
    (NOTE.length, lambda assistant, text: assistant.feedback("1", FeedbackKind.RIGHT, text)),
    (DRAFT.length, lambda assistant, text: assistant.recheck(EMPTY, text)),
    (REASON.length, corrected),
)


@pytest.mark.parametrize(("length", "use"), USES)
def test_a_text_that_is_too_long_is_refused_in_one_sentence(
    assistant: Assistant, length: int, use: Use
) -> None:
    with pytest.raises(TextTooLong, match=rf"有{length + 1}个字，最多{length}个字"):
        use(assistant, "局" * (length + 1))


@pytest.mark.parametrize(("length", "use"), USES)
@pytest.mark.parametrize("odd", ["\ud800", "\x00", "\ufffe", "支\udfff出", "\u202e", "😀"])
def test_what_is_no_character_raises_nothing_but_our_own_errors(
    assistant: Assistant, length: int, use: Use, odd: str
) -> None:
    with suppress(AssistantError, IngestError):
        use(assistant, odd)


def test_a_conversation_brings_as_many_of_its_questions_as_are_accepted() -> None:
    long = "长" * (QUESTION.length + 1)
    asked = [long, *(f"{number:04}" * (QUESTION.length // 4) for number in range(30))]
    latest = latest_turns(asked)
    assert latest == tuple(asked[-len(latest) :])
    assert len(latest) == TURNS.length // QUESTION.length
    assert accepted_turns(latest) == latest
    assert len(latest_turns(["问"] * 200)) == MAX_TURNS
    with pytest.raises(TextTooLong, match="最多50个"):
        accepted_turns(["问"] * 51)
