"""The terms that the program reckons with are those of concepts.toml."""

import pytest

from ingest.errors import PackError
from ingest.language.budget_terms import require_terms
from ingest.language.vocabulary import default_vocabulary
from ingest.types.budget_terms import BudgetTerm


@pytest.mark.parametrize("term", BudgetTerm)
def test_each_term_means_itself(term: BudgetTerm) -> None:
    concept = default_vocabulary().terms.find(term)
    assert concept is not None
    assert concept.name == term


def test_a_pack_without_one_of_them_is_refused() -> None:
    names = [term.value for term in BudgetTerm if term is not BudgetTerm.SPENDING]
    with pytest.raises(PackError, match=r"concepts\.toml 缺少 实际支出数"):
        require_terms(names)
