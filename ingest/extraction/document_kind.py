"""Which form or paper a document is (表种与文种): by its title, the shape of its text, and what its
indicators report."""

import re
from collections.abc import Sequence

from ingest.extraction.department import called_itself
from ingest.language.normalise import squeeze
from ingest.language.vocabulary import Vocabulary
from ingest.types.blocks import Form
from ingest.types.facts import Indicator

CLAUSES = 3
"""How many clauses (第N条) make a text a regulation."""
_CLAUSE = re.compile(r"\s*第[一二三四五六七八九十百]+条")
COVERS = (Form.NOTICE, Form.EXPLANATION, Form.UNKNOWN)
"""Papers that may only cover a form: with indicators in it, a document is that form."""


def kind_by_text(title: str, texts: Sequence[str], vocabulary: Vocabulary) -> Form:
    """The form or paper that the title and the shape of the text tell."""
    kind = vocabulary.forms.paper(squeeze(title))
    if kind is Form.EVALUATION_REPORT and called_itself(
        texts, vocabulary.departments.bodies.selves
    ):
        return Form.REPORT  # whoever says 我局 evaluates itself
    if kind is Form.UNKNOWN and sum(bool(_CLAUSE.match(text)) for text in texts) >= CLAUSES:
        return Form.REGULATION
    return kind


def kind_by_contents(kind: Form, indicators: Sequence[Indicator]) -> Form:
    """What a document is by what its indicators report, where its title tells no form."""
    if not indicators or kind not in COVERS:
        return kind
    if any(indicator.score for indicator in indicators):
        return Form.PROJECT_SELF_EVALUATION
    if any(indicator.actual or indicator.actual_text for indicator in indicators):
        return Form.SELF_EVALUATION
    return Form.TARGET
