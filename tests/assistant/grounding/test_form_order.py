"""The orders of forms: every form has its place in each that ranks them all."""

import pytest

from assistant.grounding.form_order import PLANNING_RANK, REPORTING_RANK, STAGE_RANK
from ingest.types.blocks import Form


@pytest.mark.parametrize("rank", [REPORTING_RANK, PLANNING_RANK, STAGE_RANK])
def test_every_form_has_one_place(rank: dict[Form, int]) -> None:
    assert sorted(rank.values()) == list(range(len(Form)))


def test_a_plan_speaks_first_for_what_was_planned_and_late_for_what_was_done() -> None:
    assert PLANNING_RANK[Form.TARGET] == 0
    assert REPORTING_RANK[Form.REPORT] < REPORTING_RANK[Form.TARGET]
