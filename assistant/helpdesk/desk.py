"""The help desk (帮助台): what is no question over documents, answered or declined in a sentence.

A question that is surely about the program, a greeting or far from all documents is answered before
anything is retrieved; one that only seems so, and one on scoring rules, where the documents have
nothing certain.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import assert_never

from assistant.grounding.citations import Statement
from assistant.grounding.composition import Composition, QuotedPassage
from assistant.helpdesk.catalogue import Held, catalogue
from assistant.helpdesk.help_reader import HelpReading, shipped_help_reader
from assistant.helpdesk.scoring_rules import RuleTopic, ScoringRules
from assistant.helpdesk.texts import HelpKind, Thresholds
from assistant.language.wording import Wording
from assistant.retrieval.library_snapshot import LibrarySnapshot
from assistant.types import Catalogue, State
from ingest.types.blocks import Form

RULE_FORMS = frozenset({Form.REGULATION, Form.NOTICE, Form.UNKNOWN})
"""Forms of documents that set rules."""


@dataclass(frozen=True, slots=True)
class HelpAnswer:
    """What the help desk says, and how surely the question is for it.

    `named` says that the question names a department, so that documents may well be meant.
    """

    composition: Composition
    kind: HelpKind
    sure: bool
    named: bool

    @property
    def comes_first(self) -> bool:
        """Whether no document has to be asked."""
        return self.sure and self.kind is not HelpKind.RULE

    def instead_of(self, found: Composition, library: LibrarySnapshot) -> Composition:
        """What the documents gave, or this where they had nothing certain.

        A rule is told or quoted by a document that sets rules, not by a form that was filled in by
        them, unless something was reckoned from the form.
        """
        if self.kind is HelpKind.RULE and _sets_rules(found, library):
            return found
        if found.state is not State.ANSWERED:
            return self.composition
        overruled = self.kind is HelpKind.RULE and self.sure and not self.named
        return self.composition if overruled and not found.calculations else found


def _sets_rules(found: Composition, library: LibrarySnapshot) -> bool:
    """Whether what was found stands in a document that sets rules."""
    sources = [source for said in found.statements for source in said.sources]
    sources += [block.source for block in found.blocks if isinstance(block, QuotedPassage)]
    return any(library.by_id[one.document_id].form in RULE_FORMS for one in sources)


class HelpDesk:
    """Answers from help texts, rule packs and the list of documents."""

    def __init__(self, rules: ScoringRules) -> None:
        self._rules = rules
        self._thresholds = Thresholds.read()

    def answer(self, question: str, library: LibrarySnapshot) -> HelpAnswer | None:
        """The answer, or None where the question is about what documents say."""
        reading = shipped_help_reader().read(question)
        if reading is None or reading.probability < self._thresholds.likely:
            return None
        composition = self._composed(reading, question, library)
        if composition is None:
            return None
        sure = reading.probability >= self._thresholds.sure
        named = bool(library.directory.mentions(question))
        return HelpAnswer(composition, reading.text.kind, sure, named)

    def _composed(
        self, reading: HelpReading, question: str, library: LibrarySnapshot
    ) -> Composition | None:
        """What there is to say; None where the rules say nothing of it."""
        text = reading.text
        match text.kind:
            case HelpKind.USE | HelpKind.TALK:
                return _said(text.answer, State.HELPED)
            case HelpKind.OFF_TOPIC:
                return _said(text.answer, State.REFUSED)
            case HelpKind.RULE:
                places, year = _whose(question, library)
                told = self._rules.answer(RuleTopic(text.id), question, places, year)
                return _said(told, State.HELPED) if told else None
            case HelpKind.CATALOGUE:
                names = Wording(library.directory.names(question))
                held = Held(
                    library.documents,
                    library.covered,
                    names.department,
                    library.directory.canonical,
                )
                return catalogue(Catalogue(text.id), held)
            case HelpKind.DOCUMENTS:
                raise AssertionError("the reader gives no text of documents")
            case _:
                assert_never(text.kind)


def _said(text: str, state: State) -> Composition:
    return Composition((Statement(text),), state=state)


def _whose(question: str, library: LibrarySnapshot) -> tuple[Sequence[str], int | None]:
    """The places and year whose rules are meant: of the department named, or the only one there."""
    named = [name for mention in library.directory.mentions(question) for name in mention.names]
    if not named and len(library.covered) == 1:
        named = [*library.covered]
    if not named:
        return (), None
    years = library.covered.get(named[0], ())
    return library.directory.places(named[0]), max(years, default=None)
