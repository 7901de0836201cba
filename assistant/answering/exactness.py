"""Whether a plan recognised exactly what is asked (确切所问), or a reader has to find it."""

from collections.abc import Collection

from assistant.types import Catalogue, Dimension, Intent, QueryPlan
from ingest.language.vocabulary import default_vocabulary


def is_exact(plan: QueryPlan) -> bool:
    """Whether every subject was named word by word or is a budget term with nothing beside it."""
    if plan.exact or not plan.subjects:
        return True
    return not plan.about and all(is_recognised(subject, plan) for subject in plan.subjects)


def is_recognised(subject: str, plan: QueryPlan) -> bool:
    """Whether a subject is what somebody named: what cutting left over of a question is not."""
    listed = default_vocabulary().terms.is_listed
    return plan.exact or subject in plan.terms or listed(subject)


def is_placed(plan: QueryPlan) -> bool:
    """Whether it says whose value is wanted and of which year, or over what it ranges."""
    return bool(plan.departments and plan.years) or isinstance(plan.focus, Dimension)


def mixes(plan: QueryPlan, bodies: Collection[str]) -> bool:
    """Whether what is within a body was reckoned over several that the question does not name.

    What it does name then was not understood: the village, the team, the batch.
    """
    within = plan.focus in (Dimension.TASK, Dimension.INDICATOR, Dimension.AREA, Dimension.PART)
    return within and not plan.departments and len(bodies) > 1


def may_be_read(plan: QueryPlan) -> bool:
    """Whether the answer may stand in a text: not in a list of the library, nor in a draft."""
    return plan.intent is not Intent.DRAFT and not isinstance(plan.focus, Catalogue)


def absent_bodies(plan: QueryPlan) -> tuple[str, ...]:
    """The bodies that the question names and no document is of; years are left out."""
    return tuple(name for name in plan.absent if not name[:4].isdigit())
