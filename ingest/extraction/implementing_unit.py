"""Who carries a project out (实施单位), where the form names another body as over it (主管部门)."""

from collections.abc import Sequence

from ingest.extraction.labelled_facts import LabelledFact
from ingest.language.vocabulary import Vocabulary
from ingest.types.tables import ColumnRole


def operator_of(facts: Sequence[LabelledFact], department: str, vocabulary: Vocabulary) -> str:
    """The only body beside a label like 实施单位, "" if there is none, several, or the department.

    Of several in one file nobody can be said to have done all that it reports.
    """
    grammar = vocabulary.grammar
    named = {
        fact.value
        for fact in facts
        if vocabulary.read(fact.label).label is ColumnRole.OPERATOR and grammar.is_body(fact.value)
    }
    return named.pop() if len(named) == 1 and department not in named else ""
