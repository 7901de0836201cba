"""What was asked and drafted earlier, seen by who somebody is now and may see now."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from math import inf
from pathlib import Path
from shutil import copytree

import pytest

from assistant.accounts.accounts import Accounts, Erased
from assistant.accounts.permissions import Right, Role, Visitor
from assistant.accounts.tokens import TokenScope
from assistant.accounts.users import User
from assistant.config import Settings
from assistant.drafting.types import Draft, Section
from assistant.errors import AccessDenied, AccountError, DraftError
from assistant.history.types import WITHHELD, Turn
from assistant.server.gateway import Gateway
from assistant.server.permitted import PermittedAssistant
from assistant.service import Assistant
from assistant.time_limit import TimeLimit, limited
from ingest.corrections.types import Aspect, Wanted
from ingest.types.library import Outcome, Progress
from ingest.workers.pool import NO_LONGER
from tests.support.builders import write

PASSWORD = "一个足够长的密码口令"
HUANGPU = "中国共产主义青年团广州市黄埔区委员会"
DONGGUAN = "中国共产主义青年团东莞市委员会"
SPENT = "黄埔区团委2021年实际支出数是多少？"
ANSWER = "1022.93"


@dataclass
class Office:
    """A library with its users, and the Assistant as each of them has it."""

    whole: Assistant
    accounts: Accounts
    gateway: Gateway
    home: Path

    def seen_by(self, name: str) -> tuple[PermittedAssistant, User]:
        """The Assistant as the user of this name has it now, and who that is."""
        (user,) = (user for user in self.accounts.users() if user.name == name)
        return self.gateway.for_page(lambda: user.visitor), user

    def asks_and_drafts(self, name: str) -> tuple[Turn, Draft]:
        """One conversation and one saved draft of the user."""
        theirs, user = self.seen_by(name)
        turn = theirs.record(theirs.ask(SPENT), user=user.id)
        draft = theirs.drafts.draft(Section.OVERVIEW, department=HUANGPU, reword=False)
        theirs.drafts.save(draft, user=user.id)
        return turn, draft

    def limit(self, name: str, *departments: str) -> PermittedAssistant:
        """The user's Assistant after a change of departments."""
        self.accounts.change(name, departments=departments)
        return self.seen_by(name)[0]


@pytest.fixture
def office(library_home: Path, tmp_path: Path) -> Iterator[Office]:
    home = tmp_path / "home"
    copytree(library_home, home)
    settings = Settings(home=home)
    with closing(Assistant(settings)) as whole, closing(Accounts.of(settings)) as accounts:
        yield Office(whole, accounts, Gateway(whole, accounts), home)


def test_who_gets_the_name_of_a_removed_user_inherits_nothing(office: Office) -> None:
    gone = office.accounts.add("李明", PASSWORD, Role.DRAFTER)
    conversation = office.asks_and_drafts("李明")[0].conversation
    office.accounts.sessions.sign_in("李明", PASSWORD)
    token = office.accounts.tokens.add("李明")
    assert office.accounts.remove("李明") == Erased(1, 1, 1, 1)
    office.accounts.add("李明", PASSWORD, Role.DRAFTER, departments=[DONGGUAN])
    theirs, user = office.seen_by("李明")
    assert user.id != gone.id
    assert office.accounts.tokens.visitor(token) is None
    for id in (user.id, gone.id, "李明"):
        assert theirs.conversations(id) == theirs.turns(conversation, user=id) == ()
        assert theirs.search_history(id, ANSWER) == theirs.drafts.saved(user=id) == ()


def answers(theirs: PermittedAssistant, user: User, turn: Turn) -> list[str]:
    """The texts of what the user reads again in the turn's conversation."""
    return [one.answer.text for one in theirs.turns(turn.conversation, user=user.id)]


def test_a_lost_department_is_lost_in_what_was_asked_and_drafted_before(office: Office) -> None:
    user = office.accounts.add("李明", PASSWORD, Role.DRAFTER)
    turn, draft = office.asks_and_drafts("李明")
    whole, _ = office.seen_by("李明")
    unlimited = whole.drafts.saved(user=user.id)
    narrowed = office.limit("李明", DONGGUAN)
    (again,) = narrowed.turns(turn.conversation, user=user.id)
    assert (again.answer.question, again.answer.text) == (SPENT, WITHHELD)
    assert again.answer.citations == again.answer.figures == again.answer.calculations == ()
    assert narrowed.search_history(user.id, ANSWER) == ()
    (found,) = narrowed.search_history(user.id, "实际支出数")
    assert found.answer.text == WITHHELD
    (listed,) = narrowed.conversations(user.id)
    assert listed.title == SPENT
    drafts = narrowed.drafts
    assert drafts.saved(user=user.id) == drafts.versions(unlimited[0].id, user=user.id) == ()
    for use in (
        lambda: drafts.recheck(draft, draft.text),
        lambda: narrowed.recheck(draft, draft.text),
        lambda: drafts.renew(draft, 1),
        lambda: drafts.reword(draft),
        lambda: drafts.docx(draft),
        lambda: narrowed.docx(draft),
        lambda: drafts.save(draft, user=user.id),
    ):
        with pytest.raises(DraftError, match="不在您现在可看的范围内"):
            use()
    widened = office.limit("李明", DONGGUAN, HUANGPU)
    assert answers(widened, user, turn) == [WITHHELD]  # it was asked of all departments
    assert [one.draft for one in widened.drafts.saved(user=user.id)] == [draft]
    assert answers(office.limit("李明"), user, turn) == [turn.answer.text]


def test_another_role_within_the_same_departments_changes_nothing(office: Office) -> None:
    user = office.accounts.add("李明", PASSWORD, Role.DRAFTER, departments=[HUANGPU])
    turn, draft = office.asks_and_drafts("李明")
    office.accounts.change("李明", role=Role.SUPERVISOR)
    theirs, _ = office.seen_by("李明")
    assert answers(theirs, user, turn) == [turn.answer.text]
    assert [one.draft for one in theirs.drafts.saved(user=user.id)] == [draft]


def test_who_keeps_a_department_keeps_its_answers_when_the_document_goes(office: Office) -> None:
    user = office.accounts.add("李明", PASSWORD, Role.DRAFTER, departments=[HUANGPU])
    turn, draft = office.asks_and_drafts("李明")
    theirs, _ = office.seen_by("李明")
    office.whole.remove(turn.answer.citations[0].document_id)
    assert answers(theirs, user, turn) == [turn.answer.text]
    assert [one.draft for one in theirs.drafts.saved(user=user.id)] == [draft]
    assert answers(office.limit("李明", DONGGUAN), user, turn) == [WITHHELD]


def test_what_names_no_source_is_withheld_from_who_sees_less_now(office: Office) -> None:
    user = office.accounts.add("李明", PASSWORD, Role.STAFF)
    theirs, _ = office.seen_by("李明")
    turn = theirs.record(theirs.ask("市水务局2021年预算是多少？"), user=user.id)
    assert not turn.answer.citations
    assert answers(theirs, user, turn) == [turn.answer.text]
    assert answers(office.limit("李明", HUANGPU), user, turn) == [WITHHELD]


def test_what_older_programs_kept_is_told_by_its_sources(office: Office) -> None:
    user = office.accounts.add("李明", PASSWORD, Role.STAFF, departments=[HUANGPU])
    theirs, _ = office.seen_by("李明")
    answer = replace(theirs.ask(SPENT), limited_to=None)  # as 0.2.0 wrote it
    turn = theirs.record(answer, user=user.id)
    assert answers(theirs, user, turn) == [answer.text]
    assert answers(office.limit("李明", DONGGUAN), user, turn) == [WITHHELD]


def test_what_was_asked_with_more_in_sight_is_withheld_whatever_it_cites(office: Office) -> None:
    user = office.accounts.add("李明", PASSWORD, Role.STAFF)
    wide, _ = office.seen_by("李明")
    asked = "黄埔区团委2021年实际支出数是多少？东莞团市委2019年的呢？"
    both = wide.record(wide.ask(asked), user=user.id)
    assert len({citation.department for citation in both.answer.citations}) == 1
    assert "东莞" in both.answer.text
    narrowed = office.limit("李明", HUANGPU)
    own = narrowed.record(narrowed.ask(SPENT), user=user.id)
    assert answers(narrowed, user, both) == [WITHHELD]
    assert answers(narrowed, user, own) == [own.answer.text]
    (found,) = narrowed.search_history(user.id, ANSWER)
    assert found.answer == own.answer
    assert answers(office.limit("李明", DONGGUAN, HUANGPU), user, own) == [own.answer.text]


def test_what_lists_documents_goes_when_one_becomes_anothers(office: Office) -> None:
    user = office.accounts.add("李明", PASSWORD, Role.STAFF, departments=[HUANGPU])
    theirs, _ = office.seen_by("李明")
    listed = theirs.record(theirs.ask("有哪些文件？"), user=user.id)
    record = theirs.documents()[0]
    assert not listed.answer.citations
    assert record.file in listed.answer.text
    assert answers(theirs, user, listed) == [listed.answer.text]
    (number,) = moved(office, record.id)
    assert answers(theirs, user, listed) == [WITHHELD]
    again = theirs.record(theirs.ask("有哪些文件？"), user=user.id)
    assert answers(theirs, user, again) == [again.answer.text]
    office.whole.withdraw(number)
    assert answers(theirs, user, again) == [again.answer.text]


def moved(office: Office, *ids: str, to: str = DONGGUAN) -> list[int]:
    """Documents corrected to another department; the numbers of the corrections."""
    wanted = [Wanted(id, Aspect.DEPARTMENT, to, "管理员", reason="另一家的") for id in ids]
    return [office.whole.correct(one).number for one in wanted]


def replaced(office: Office, id: str, folder: Path) -> str:
    """The id of a new version of a document, which says a little more."""
    name, content = office.whole.file_name(id), (office.home / "files" / id).read_bytes()
    (report,) = office.whole.add([write(folder / name, content + b"\n")], replace=True)
    assert report.id not in ("", id), report
    return report.id


@pytest.mark.parametrize("then", ["stays", "leaves", "was replaced", "was replaced and leaves"])
def test_what_cites_a_document_goes_with_it_to_another_department(
    office: Office, tmp_path: Path, then: str
) -> None:
    user = office.accounts.add("李明", PASSWORD, Role.DRAFTER, departments=[HUANGPU])
    turn, draft = office.asks_and_drafts("李明")
    theirs, _ = office.seen_by("李明")
    (saved,) = theirs.drafts.saved(user=user.id)
    ids = list({citation.document_id for citation in (*turn.answer.citations, *draft.citations)})
    if "replaced" in then:
        ids = [replaced(office, id, tmp_path / "new") for id in ids]
        assert answers(theirs, user, turn) == [turn.answer.text]
        assert theirs.drafts.saved(user=user.id) == (saved,)
    numbers = moved(office, *ids)
    if "leaves" in then:
        for id in ids:
            office.whole.remove(id)
    assert answers(theirs, user, turn) == [WITHHELD]
    assert theirs.search_history(user.id, ANSWER) == ()
    assert theirs.drafts.saved(user=user.id) == ()
    for use in (
        lambda: theirs.drafts.opened(draft),
        lambda: theirs.drafts.recheck(draft, draft.text),
        lambda: theirs.drafts.docx(draft),
        lambda: theirs.drafts.save(draft, user=user.id, id=saved.id),
    ):
        with pytest.raises(DraftError, match="不在您现在可看的范围内"):
            use()
    if "leaves" not in then:
        for number in numbers:
            office.whole.withdraw(number)
        assert answers(theirs, user, turn) == [turn.answer.text]


def test_a_document_taken_in_again_is_seen_by_whose_it_is(office: Office, tmp_path: Path) -> None:
    office.accounts.add("李明", PASSWORD, Role.DRAFTER, departments=[HUANGPU])
    theirs, _ = office.seen_by("李明")
    before = theirs.documents()
    id, name = before[0].id, before[0].file
    content = (office.home / "files" / id).read_bytes()
    newer = replaced(office, id, tmp_path / "new")
    (number,) = moved(office, newer)
    assert newer not in {record.id for record in theirs.documents()}
    office.whole.withdraw(number)
    office.whole.remove(newer)
    list(office.whole.add([write(tmp_path / "again" / name, content)]))
    assert {record.id for record in theirs.documents()} == {record.id for record in before}


def test_who_is_limited_administers_nothing(office: Office) -> None:
    with pytest.raises(AccountError, match="不能限定部门"):
        office.accounts.add("管理", PASSWORD, Role.ADMIN, departments=[HUANGPU])
    office.accounts.add("管理", PASSWORD, Role.ADMIN)
    office.accounts.add("另一个", PASSWORD, Role.ADMIN)
    with pytest.raises(AccountError, match="不能限定部门"):
        office.accounts.change("管理", departments=[HUANGPU])
    older = Visitor("管理", Role.ADMIN, (HUANGPU,), id="1")  # up to 0.2 there may be such
    assert not older.may(Right.ADMINISTER)
    assert older.may(Right.REMOVE)
    with pytest.raises(AccessDenied, match="限定了部门，不能管理"):
        office.gateway.for_page(lambda: older).feedback_given()


def test_what_is_being_taken_in_ends_when_nobody_waits_for_it(
    office: Office, tmp_path: Path
) -> None:
    theirs = office.gateway.for_page(lambda: Visitor("李明", Role.SUPERVISOR, id="1"))
    file = write(tmp_path / "甲.txt", f"{HUANGPU}甲的说明".encode())
    limit = TimeLimit(inf)
    with limited(limit):
        reports = [*theirs.add([file], progress=lambda step: limit.abandon())]
    assert [report.error for report in reports] == [NO_LONGER]
    assert "甲.txt" not in {record.file for record in office.whole.documents()}


@pytest.mark.parametrize("change", ["removed", "inactive", "narrowed", "another role", "revoked"])
def test_what_is_being_taken_in_ends_with_what_let_it_in(
    office: Office, tmp_path: Path, change: str
) -> None:
    accounts = office.accounts
    accounts.add("admin", PASSWORD, Role.ADMIN)
    accounts.add("李明", PASSWORD, Role.SUPERVISOR)
    token = accounts.tokens.add("李明", scope=TokenScope.ALL)
    visitor = accounts.tokens.visitor(token)
    assert visitor
    visitor = replace(visitor, anew=lambda: accounts.tokens.visitor(token))
    theirs = office.gateway.for_page(lambda: visitor)
    files = [
        write(tmp_path / f"{name}.txt", f"{HUANGPU}{name}的说明".encode()) for name in "甲乙丙"
    ]
    (before, *_) = theirs.add(files[:1])
    assert before.outcome is Outcome.ADDED

    def meanwhile(progress: Progress) -> None:
        if not done:
            done.append(progress)
            if change == "removed":
                accounts.remove("李明")
            elif change == "inactive":
                accounts.set_active("李明", active=False)
            elif change == "narrowed":
                accounts.change("李明", departments=[DONGGUAN])
            elif change == "another role":
                accounts.change("李明", role=Role.STAFF)
            else:
                accounts.tokens.remove(accounts.tokens.all("李明")[0].number)

    done: list[Progress] = []
    reports = [*theirs.add(files[1:], progress=meanwhile)]
    assert done
    assert [report.error for report in reports] == [NO_LONGER] * 2
    assert {record.file for record in office.whole.documents()}.isdisjoint({"乙.txt", "丙.txt"})
