"""The way from a question to a checked answer, over a library of two departments."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from assistant.answering.context import AnswerRules
from assistant.answering.engine import AnswerEngine, AnswerMeans
from assistant.answering.read_answers import ReadAnswers
from assistant.answering.read_cards import CardReader, read_thresholds
from assistant.assessment.rule_packs import RuleBook
from assistant.assessment.status import read_status_rules
from assistant.audit.auditor import Auditor
from assistant.audit.vocabulary import read_words
from assistant.drafting.drafter import Drafter
from assistant.drafting.types import Section
from assistant.grounding.quotation import QuotableSentences
from assistant.helpdesk.desk import HelpDesk
from assistant.helpdesk.scoring_rules import ScoringRules
from assistant.questions.operations import shipped_operations
from assistant.questions.vocabulary import read_questions
from assistant.reading.reader import shipped_reader
from assistant.retrieval.candidates import Candidates
from assistant.retrieval.library_snapshot import SnapshotCache
from assistant.retrieval.retriever import FusedRetriever
from assistant.types import Mode, Verdict
from ingest.language.vocabulary import default_vocabulary
from ingest.pipeline import Library
from ingest.types.blocks import Form
from ingest.vectors.embedder import Embedder
from tests.support.builders import page, write
from tests.support.library import open_library

STATUS = read_status_rules()


def knowledge(library: Library) -> tuple[SnapshotCache, Auditor]:
    """What is known of the library, and the checks over it."""
    snapshots = SnapshotCache(library.records, library.tokenizer, lambda text, scope, limit: [])
    return snapshots, Auditor(
        library.records, snapshots.directory, RuleBook(), STATUS, read_words()
    )


def engine_over(library: Library) -> AnswerEngine:
    """An engine without a language model; passages are found by nothing but their section."""
    snapshots, auditor = knowledge(library)
    questions = read_questions()
    rules = AnswerRules(
        status=STATUS,
        local=auditor.rules,
        vocabulary=read_words(),
        quotable=QuotableSentences(questions.planted),
    )
    retriever = FusedRetriever(
        words=library.records,
        nearest=library.nearest,
        cutter=library.tokenizer,
        encoder=Embedder(),  # not loaded: words alone find
    )
    candidates = Candidates(
        library.records,
        retriever,
        questions.planted,
        directory=snapshots.directory,
        cut=library.tokenizer.cut,
    )
    cards = CardReader(candidates, candidates.cards.of, shipped_reader(), warm_up=lambda: None)
    drafter = Drafter(library.records, auditor.audit, auditor.rules, settings_hash="")
    return AnswerEngine(
        library.records,
        snapshots=snapshots,
        rules=rules,
        means=AnswerMeans(
            auditor,
            drafter,
            ReadAnswers(cards, shipped_operations, read_thresholds()),
            HelpDesk(ScoringRules(RuleBook(), default_vocabulary().terms)),
        ),
    )


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("engine")
    files = [
        write(folder / "水务.html", page()),
        write(folder / "教育.html", page("青禾市教育局", indicator="校园巡查", actual=31)),
    ]
    with closing(open_library(folder / "home")) as library:
        assert [report.error for report in library.add(files)] == ["", ""]
        yield library


@pytest.fixture(scope="module")
def engine(library: Library) -> AnswerEngine:
    return engine_over(library)


def test_every_number_is_cited_and_checked(engine: AnswerEngine) -> None:
    answer = engine.answer("青禾市水务局2022年“河道巡查”实际完成多少场？")
    assert "57场[1]" in answer.text
    assert "57场" in answer.citations[0].quote
    assert {figure.verdict for figure in answer.figures} == {Verdict.SUPPORTED}
    assert (answer.abstained, answer.mode) == (False, Mode.GROUNDED)


def test_two_questions_are_answered_in_order_with_one_count_of_markers(
    engine: AnswerEngine,
) -> None:
    answer = engine.answer("青禾市水务局“河道巡查”实际完成多少？青禾市教育局“校园巡查”呢？")
    first, second = answer.text.splitlines()
    assert ("57场" in first, "31场" in second) == (True, True)
    assert [citation.marker for citation in answer.citations] == list(
        range(1, len(answer.citations) + 1)
    )


def test_earlier_turns_complete_a_question(engine: AnswerEngine) -> None:
    turns = ["青禾市水务局2022年“河道巡查”实际完成多少？"]
    assert "目标" in engine.answer("目标是多少？", turns=turns).text


def test_the_department_given_beside_the_question_limits_it(engine: AnswerEngine) -> None:
    answer = engine.answer("有哪些绩效指标？", department="青禾市教育局")
    assert ("校园巡查" in answer.text, "河道巡查" in answer.text) == (True, False)


def test_an_honest_no_in_one_form_says_that_only_that_form_was_read(engine: AnswerEngine) -> None:
    answer = engine.answer("青禾市水务局2022年“河道巡查”实际完成多少？", form=Form.MONITORING)
    assert answer.abstained
    assert Form.MONITORING.value in answer.text.splitlines()[-1]


def test_a_draft_asked_for_is_the_text_of_the_drafter(library: Library) -> None:
    """One request, one text: in the chat, at the command line and in the tab."""
    answer = engine_over(library).answer("请起草青禾市水务局2022年的指标完成情况")
    snapshots, auditor = knowledge(library)
    drafter = Drafter(library.records, auditor.audit, auditor.rules, settings_hash="")
    draft = drafter.draft(snapshots.read(), Section.COMPLETION, department="青禾市水务局")
    assert answer.text == f"{draft.title}\n{draft.text}"
    assert "“河道巡查”实际完成57场[1]" in answer.text
    assert answer.citations == draft.citations
    assert answer.calculations == draft.calculations
    assert Verdict.UNSUPPORTED not in {figure.verdict for figure in answer.figures}
