"""The whole vocabulary of ingestion, and what a text says by it (词库与读出的文字).

Pure functions are handed a `Vocabulary`; only entry points take the one that is shipped.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from typing import Protocol

from ingest.language.budget_terms import BudgetTerms, Concept
from ingest.language.confidence import Confidence
from ingest.language.department_names import DepartmentNames
from ingest.language.form_vocabulary import LIKE, FormVocabulary, label_key
from ingest.language.name_grammar import Grammar
from ingest.language.normalise import REMEMBERED, normalise, squeeze
from ingest.language.packs import open_pack
from ingest.language.quantities import Found, QuantityMatch, Units
from ingest.language.statement_vocabulary import StatementVocabulary
from ingest.language.years import leading_year, without_leading_year
from ingest.types.blocks import Form
from ingest.types.facts import Quantity
from ingest.types.tables import ColumnRole, FormSection, TableKind

MAX_JUDGEMENT_LENGTH = 8
"""Characters of the longest judgement that is a value (基本建立长效机制)."""
MAX_PEOPLE_LINE_LENGTH = 40
"""A line with a telephone number that is longer says something else, too."""


class HeadReader(Protocol):
    """What reads heads by their meaning: `ingest.semantics.label_reader`."""

    def heads(
        self,
        texts: Sequence[str],
        *,
        over: Sequence[str],
        section: str,
        below: Sequence[Sequence[str]],
    ) -> Sequence[Mapping[str, float]]:
        """For each text of a row: role → how probably it heads a column of that role."""

    def announced(self, pairs: Sequence[tuple[str, str]]) -> Sequence[Mapping[str, float]]:
        """For each text with the one behind it: role → how probably it is its label."""


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """The packs by which documents are understood, and what reads words that none of them has."""

    forms: FormVocabulary
    terms: BudgetTerms
    units: Units
    statements: StatementVocabulary
    departments: DepartmentNames
    confidence: Confidence
    meaning: Callable[[], HeadReader] | None = None
    """Loads the reader when it is first needed; None: words that no pack lists stay unknown."""

    @cached_property
    def grammar(self) -> Grammar:
        """How names of public bodies are built."""
        return Grammar(self.departments)

    @cached_property
    def read(self) -> "Callable[[str], ReadText]":
        """What a text says: `vocabulary.read("≥95%").value`.

        The latest texts are kept: the words of forms come again in every table.
        """
        return lru_cache(maxsize=REMEMBERED)(lambda text: ReadText(text, self))


@cache
def default_vocabulary() -> Vocabulary:
    """The vocabulary of data/lexicon; raises PackError where a pack is wrong."""
    return Vocabulary(
        forms=FormVocabulary.from_pack(open_pack("forms")),
        terms=BudgetTerms.from_pack(open_pack("concepts")),
        units=Units.from_pack(open_pack("units")),
        statements=StatementVocabulary.from_pack(open_pack("statements")),
        departments=DepartmentNames.from_pack(open_pack("departments")),
        confidence=Confidence.from_pack(open_pack("confidence")),
    )


class ReadText:
    """What a text says by a vocabulary (读出的文字); each answer is found once, when asked for.

    >>> weight = default_vocabulary().read("二、全年预算数（万元）：")
    >>> weight.key, weight.concept.name, weight.value
    ('全年预算数', '全年预算数', None)
    """

    def __init__(self, text: str, vocabulary: Vocabulary) -> None:
        self.text = text
        self._vocabulary = vocabulary
        self._roles: dict[TableKind, tuple[tuple[ColumnRole, float], ...]] = {}

    @cached_property
    def squeezed(self) -> str:
        """The text without white space, look-alikes folded."""
        return squeeze(self.text)

    @cached_property
    def key(self) -> str:
        """The text as a label for comparing: without notes, numbering and colons."""
        return label_key(self.text)

    @cached_property
    def value(self) -> Quantity | None:
        """The quantity that the text as a whole prints."""
        return self._vocabulary.units.parse(self.text)

    @cached_property
    def quantity_matches(self) -> tuple[QuantityMatch, ...]:
        """Where quantities stand in the text: sooner told than what they are."""
        return self._vocabulary.units.matches(self.text)

    @cached_property
    def quantities(self) -> tuple[Found, ...]:
        """The quantities in the text, in order; a number without a unit is none."""
        return self._vocabulary.units.quantities(self.text, self.quantity_matches)

    @cached_property
    def concept(self) -> Concept | None:
        """The budget term that the text as a label means."""
        return self._vocabulary.terms.find(self.key)

    @cached_property
    def section(self) -> FormSection | None:
        """The block of a form that the text names."""
        return self._vocabulary.forms.sections.find(self.key)

    @cached_property
    def label(self) -> ColumnRole | None:
        """The single fact that the text announces: 部门名称 → `ColumnRole.DEPARTMENT`."""
        return self._vocabulary.forms.labels.get(self.key)

    @cached_property
    def form(self) -> Form:
        """The form that the text as a title names, `Form.UNKNOWN` when it names none."""
        return self._vocabulary.forms.form(self.squeezed)

    @cached_property
    def is_level(self) -> bool:
        """Whether the text names an indicator family (数量指标), not an indicator."""
        return self._vocabulary.forms.is_level(self.key)

    @cached_property
    def is_placeholder(self) -> bool:
        """Whether the text is empty or only marks that nothing is filled in (—, 无, /)."""
        return not self.squeezed or self.squeezed in self._vocabulary.forms.placeholders

    @cached_property
    def looks_like_value(self) -> bool:
        """Whether the text is a target or actual value: a quantity or a short judgement."""
        return self.value is not None or (
            len(self.squeezed) <= MAX_JUDGEMENT_LENGTH
            and self.squeezed.startswith(self._vocabulary.forms.qualitative)
        )

    @cached_property
    def is_people_line(self) -> bool:
        """Whether the text gives contact persons or telephone numbers of the form's authors."""
        line = normalise(self.text).strip()
        first = _LABEL_END.split(line, maxsplit=1)[0]
        if self._vocabulary.read(first).section is FormSection.PEOPLE:
            return True
        return len(line) < MAX_PEOPLE_LINE_LENGTH and bool(_PHONE.search(line))

    @cached_property
    def is_instruction(self) -> bool:
        """Whether the text tells how to fill in the form: its numbers are no figures."""
        return bool(self._vocabulary.forms.instructions.search(self.squeezed))

    # As the head of a column

    @cached_property
    def head_key(self) -> str:
        """The text as a column's head for comparing, without the year of the column."""
        return without_leading_year(self.key) or self.key

    @cached_property
    def year(self) -> int:
        """The year that the text begins with (2023年决算数), 0 for none."""
        return leading_year(self.key) or 0

    def roles(self, kind: TableKind) -> tuple[tuple[ColumnRole, float], ...]:
        """The roles that the text as a head may play in a kind of table, and how surely."""
        roles = self._roles.get(kind)
        if roles is None:
            roles = self._vocabulary.forms.kinds[kind].scores(self.head_key)
            self._roles[kind] = roles
        return roles

    def likeliest_role(self, kind: TableKind) -> ColumnRole | None:
        """The role that the text as a head most surely plays in a kind of table."""
        roles = self.roles(kind)
        return max(roles, key=lambda scored: scored[1])[0] if roles else None

    @cached_property
    def is_known_head(self) -> bool:
        """Whether the text is, or is like, a head of any kind of table."""
        return any(map(self.roles, self._vocabulary.forms.kinds))

    def is_listed_head(self, kind: TableKind) -> bool:
        """Whether the text is one of the heads listed for a kind of table, to the letter."""
        return any(score > LIKE for _, score in self.roles(kind))

    @cached_property
    def is_any_listed_head(self) -> bool:
        """Whether the text is one of the heads listed for any kind of table, to the letter."""
        return any(map(self.is_listed_head, self._vocabulary.forms.kinds))


_LABEL_END = re.compile(r"[：:\s]")
_PHONE = re.compile(r"(?<!\d)(?:1[3-9]\d{9}|0\d{2,3}-?\d{7,8})(?!\d)")
