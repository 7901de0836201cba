"""A board's numbers under any filter, against those of `jiwen status`, `indicators` and `audit`."""

from collections.abc import Iterator
from contextlib import closing
from random import Random
from time import sleep

import pytest

from assistant.config import Settings
from assistant.dashboard.board import NO_DEPARTMENT, Board, Choice
from assistant.dashboard.indicator_list import STANDINGS
from assistant.service import Assistant
from ingest.types.blocks import Form
from ingest.types.library import Scope
from tests.support.builders import page, write
from tests.support.two_departments import documents

FILTERS = 50


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    folder = tmp_path_factory.mktemp("filtered")
    ours, theirs = documents(folder)
    unnamed = write(folder / "无名.html", page("", year=2021, actual=12))
    home = tmp_path_factory.mktemp("home")
    with closing(Assistant(Settings.from_environment({}, home=home))) as assistant:
        list(assistant.add([*ours, *theirs, unnamed]))
        while not assistant.board(Choice()).audited:
            sleep(0.05)
        yield assistant


def drawn(random: Random, board: Board) -> Choice:
    """A choice that leaves something, most of the time."""
    options = board.options
    return Choice(
        department=random.choice(("", "", *options.departments)),
        year=random.choice((None, None, *options.years)),
        form=random.choice((None, *options.forms)),
        family=random.choice(("", "", *options.families)),
        standing=random.choice(("", "", *options.standings)),
    )


def test_every_number_is_that_of_the_command_line_under_any_filter(library: Assistant) -> None:
    random = Random(19)
    whole = library.board(Choice())
    assert whole.rows
    assert whole.findings
    assert NO_DEPARTMENT in whole.options.departments
    for _ in range(FILTERS):
        choice = drawn(random, whole)
        board = library.board(choice)
        if choice.department != NO_DEPARTMENT:
            agrees(library, board)
        consistent(board)


def agrees(library: Assistant, board: Board) -> None:
    """What is listed is what the command line lists within the same documents."""
    choice = board.choice
    scope = Scope(
        departments=(choice.department,) if choice.department else (),
        years=(choice.year,) if choice.year else (),
        forms=(choice.form,) if choice.form else (),
    )
    told = {
        (finding.code, finding.document_id, finding.message) for finding in library.audit(scope)
    }
    shown = {
        (one.finding.code, one.finding.document_id, one.finding.message) for one in board.findings
    }
    whole = not (choice.family or choice.standing)
    assert shown == told if whole else shown <= told, choice
    judged = {one.indicator.id: one for one in library.indicators(scope)}
    assert {row.id for row in board.rows} <= judged.keys(), choice
    for row in board.rows:
        assert row.verdict is judged[row.id].status
    names = {one.indicator.name for one in judged.values()}
    assert {row.name for row in board.rows} == names if whole else True, choice
    if choice.department and choice.year and choice.form is None and whole:
        (total,) = library.totals(scope) or (None,)
        counts = {str(status): number for status, number in total.counts if number} if total else {}
        assert board.tally.counts == counts, choice


def consistent(board: Board) -> None:
    """Tiles, charts and lists of a board tell the same."""
    total = len(board.rows)
    assert board.tally.total == total
    assert sum(tally.total for tally in board.families) == total
    assert sum(line.tally.total for line in board.lines) == total
    assert sum(board.severities.values()) == len(board.findings)
    places = {(line.department, line.year) for line in board.lines}
    assert {(one.department, one.year) for one in board.executions} <= places
    choice = board.choice
    if choice.standing:
        assert {row.standing for row in board.rows} <= {choice.standing} <= {*STANDINGS}
        assert board.tally.attained is None
    if choice.form:
        assert {row.form for row in board.rows} <= {Form(choice.form)}
