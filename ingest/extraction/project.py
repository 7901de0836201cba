"""Which project a whole document is about (项目), where its labels name one and no other."""

from collections.abc import Sequence
from itertools import islice

from ingest.extraction.labelled_facts import LabelledFact, role_shares
from ingest.language.form_vocabulary import project_name
from ingest.language.normalise import squeeze
from ingest.language.vocabulary import Vocabulary
from ingest.semantics.label_features import Label, shown
from ingest.semantics.label_reader import CONTENT, shipped_reader
from ingest.types.blocks import Form
from ingest.types.tables import ColumnRole

SURE = 0.6
"""How probable it must be that a label announces a project."""
ASKED = 8
"""How many of the first labels are read by meaning, where the lexicon knows none."""
LENGTHS = range(4, 41)
"""How long names of projects are."""
OF_MANY = (Form.SELF_EVALUATION, Form.SUMMARY, Form.NOTICE, Form.REGULATION)
"""Forms and papers that are about a whole department or about several."""


def project_of(facts: Sequence[LabelledFact], form: Form, vocabulary: Vocabulary) -> str:
    """The only project that labels name, without the code that a system prints before it."""
    if form in OF_MANY:
        return ""
    named = [(fact, name) for fact in facts if (name := project_name(fact.value))]
    listed = [
        (fact, name)
        for fact, name in named
        if vocabulary.read(fact.label).label is ColumnRole.PROJECT and _is_name(name, vocabulary)
    ]
    likely = ((fact, name) for fact, name in named if _may_be_name(name, vocabulary))
    told = listed or list(islice(likely, ASKED))
    shares = role_shares([fact for fact, _ in told], vocabulary)
    sure = {
        squeeze(name)
        for (fact, name), share in zip(told, shares, strict=True)
        if share.get("project", 0.0) > SURE and not _heads_column(fact, vocabulary)
    }
    return sure.pop() if len(sure) == 1 else ""


def _heads_column(fact: LabelledFact, vocabulary: Vocabulary) -> bool:
    """Whether a label is the head of a column of projects: below it stands no other label."""
    below, beside = fact.below
    if not below or not beside:
        return False
    read = vocabulary.read(below)
    if read.label or read.section or read.concept or read.is_level:
        return False
    around = Label(shown(below), right=shown(beside), contents=(shown(beside),))
    return shipped_reader().facts([around])[0][CONTENT] > SURE


def _is_name(name: str, vocabulary: Vocabulary) -> bool:
    """Whether a text beside a label can be what the label announces, by the words of the forms."""
    read = vocabulary.read(name)
    if read.is_any_listed_head:
        return False
    return not (read.value or read.label or read.concept or read.section or read.is_level)


def _may_be_name(name: str, vocabulary: Vocabulary) -> bool:
    return len(squeeze(name)) in LENGTHS and "。" not in name and _is_name(name, vocabulary)
