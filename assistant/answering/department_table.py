"""What each department reports of what is asked, as one table (各部门一览)."""

from collections.abc import Sequence

from assistant.answering.asked import PLANNED
from assistant.answering.context import AnswerContext
from assistant.grounding.calculations import count
from assistant.grounding.citations import Statement
from assistant.grounding.composition import Composition, TableOfAnswers
from assistant.grounding.printed_values import PrintedValue, sheet
from assistant.language.wording import quoted, value, year_name
from assistant.types import Match, QueryPlan
from ingest.types.facts import Role

MAX_ROWS = 100
"""Maximum number of departments in one table; what is left out is said."""
HEADS = ("部门", "年度")
NOT_REPORTED = "—"
LEFT_OUT = "其余部门从略，可按年度或部门分别查询。"


def department_table(
    plan: QueryPlan, matches: Sequence[Match], context: AnswerContext
) -> Composition | None:
    """A row a department and year, a column a subject; None where fewer than two report any.

    The departments that report nothing of it are named below the count.
    """
    subjects = tuple(dict.fromkeys(match.subject for match in matches))
    rows: dict[tuple[str, int | None], dict[str, Statement]] = {}
    for match in matches:
        cells = rows.setdefault((match.department, match.year), {})
        if printing := _printing(plan, match):
            said = value(printing.quantity)
            cells[match.subject] = Statement(said, (printing.source,))
    reported = {key: cells for key, cells in rows.items() if cells}
    if len(reported) < 2:
        return None
    names = "、".join(map(quoted, subjects))
    counted = count(f"填报{names}的部门", [f"{name}{year or ''}" for name, year in reported])
    things = f"{len(reported)}个部门"
    if len({name for name, _ in reported}) < len(reported):
        things = f"{len(reported)}个（部门按年度分别计）"
    lead = f"填报了{names}的共{things}，逐个列表如下。"
    lacking = [context.wording.who(*key) for key, cells in rows.items() if not cells]
    statements = [Statement(lead)]
    if lacking:
        statements.append(Statement(f"\n没有找到的：{'、'.join(lacking)}。"))
    if len(reported) > MAX_ROWS:
        statements.append(Statement(f"\n{LEFT_OUT}"))
    empty = Statement(NOT_REPORTED)
    table = TableOfAnswers(
        (*HEADS, *subjects),
        tuple(
            (
                Statement(context.wording.department(department)),
                Statement(year_name(year)),
                *(cells.get(subject, empty) for subject in subjects),
            )
            for (department, year), cells in list(reported.items())[:MAX_ROWS]
        ),
        "bar" if len(subjects) == 1 else "",
    )
    return Composition(tuple(statements), (counted,), blocks=(table,))


def _printing(plan: QueryPlan, match: Match) -> PrintedValue | None:
    """The value of a match in the role asked for; what was only planned must be asked for."""
    if not match.found:
        return None
    printed = sheet(match)
    told = (role for role in printed.printings if role not in PLANNED)
    for role in plan.roles or (Role.ACTUAL, *told):
        printing = printed.first(role)
        if printing is not None and printing.quantity.values:
            return printing
    return None
