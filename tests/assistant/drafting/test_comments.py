"""Comments on drafts: at their passage, for who may read the draft, and in the Word file."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import gradio as gr
import pytest
from docx import Document as read_docx

from assistant.accounts.accounts import Accounts
from assistant.accounts.permissions import Role
from assistant.config import Settings
from assistant.drafting.comments import anchored
from assistant.drafting.types import Draft, SavedDraft, Section
from assistant.errors import DraftError, TextTooLong
from assistant.service import Assistant
from assistant.web.tabs.draft_comments import DraftComments, SentComment
from assistant.web.tabs.drafting import Drafting
from tests.support.web_site import for_local

HUANGPU = "中国共产主义青年团广州市黄埔区委员会"
PASSAGE = "年初预算数为1133.01万元"
AUTHOR, READER = "u1", "u2"


@pytest.fixture(scope="module")
def copied_home(library_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shutil.copytree(library_home, tmp_path_factory.mktemp("comments") / "home")


@pytest.fixture(scope="module")
def assistant(copied_home: Path) -> Iterator[Assistant]:
    with closing(Assistant(Settings(home=copied_home))) as opened:
        yield opened


@pytest.fixture
def saved(assistant: Assistant) -> SavedDraft:
    draft = assistant.draft(Section.OVERVIEW, department=HUANGPU, year=2021)
    return assistant.drafts.save(draft, user=AUTHOR)


def at_passage(draft: Draft) -> tuple[int, str]:
    numbers = [n for n, p in enumerate(draft.paragraphs, 1) if PASSAGE in p.text]
    return numbers[0], PASSAGE


def test_a_draft_is_its_users_alone_until_it_is_shared(
    assistant: Assistant, saved: SavedDraft
) -> None:
    drafts, place = assistant.drafts, at_passage(saved.draft)
    for refused in (
        lambda: drafts.readable(saved.id, user=READER),
        lambda: drafts.comments(saved.id, user=READER),
        lambda: drafts.comment(saved.id, "改", at=place, user=READER, by="乙"),
        lambda: drafts.answer_comment(saved.id, 1, "改", user=READER, by="乙"),
        lambda: drafts.settle_comment(saved.id, 1, user=READER, by="乙"),
        lambda: drafts.share(saved.id, user=READER, by="乙", shared=True),
    ):
        with pytest.raises(DraftError, match="没有这份初稿"):
            refused()
    drafts.share(saved.id, user=AUTHOR, by="甲", shared=True)
    assert (saved.id, "甲") in [(one.id, by) for one, by in drafts.shared(user=READER)]
    assert not any(one.id == saved.id for one, _ in drafts.shared(user=AUTHOR))
    drafts.comment(saved.id, "请核对", at=place, user=READER, by="乙")
    (comment,) = drafts.comments(saved.id, user=AUTHOR)
    assert (comment.paragraph, comment.passage, comment.remark.by) == (*place, "乙")

    drafts.settle_comment(saved.id, comment.number, user=AUTHOR, by="甲")
    assert drafts.comments(saved.id, user=READER)[0].settled == "甲"
    drafts.answer_comment(saved.id, comment.number, "已核对", user=AUTHOR, by="甲")
    (answered,) = drafts.comments(saved.id, user=READER)
    assert [answer.words for answer in answered.answers] == ["已核对"]
    assert not answered.settled  # what is answered is open again

    elsewhere = assistant.seen_by(["没有文件的局"])  # sharing opens nothing out of scope
    with pytest.raises(DraftError):
        elsewhere.drafts.comments(saved.id, user=READER)
    assert elsewhere.drafts.shared(user=READER) == ()
    drafts.share(saved.id, user=AUTHOR, by="甲", shared=False)
    with pytest.raises(DraftError):
        drafts.comments(saved.id, user=READER)
    drafts.forget(saved.id, user=AUTHOR)
    again = drafts.save(saved.draft, user=AUTHOR, id=saved.id)
    assert drafts.comments(again.id, user=AUTHOR) == ()


def test_a_comment_has_words_and_stays_with_its_draft(
    assistant: Assistant, saved: SavedDraft
) -> None:
    drafts, place = assistant.drafts, at_passage(saved.draft)
    other = drafts.save(saved.draft, user=AUTHOR)
    drafts.comment(saved.id, "请核对", at=place, user=AUTHOR, by="甲")
    number = drafts.comments(saved.id, user=AUTHOR)[0].number
    with pytest.raises(DraftError, match="没有这条批注"):
        drafts.settle_comment(other.id, number, user=AUTHOR, by="甲")
    with pytest.raises(DraftError, match="先写"):
        drafts.comment(saved.id, " \n", at=place, user=AUTHOR, by="甲")
    with pytest.raises(TextTooLong):
        drafts.comment(saved.id, "字" * 1001, at=place, user=AUTHOR, by="甲")


def test_a_comment_goes_with_its_words(assistant: Assistant, saved: SavedDraft) -> None:
    drafts, place = assistant.drafts, at_passage(saved.draft)
    drafts.comment(saved.id, "请核对", at=place, user=AUTHOR, by="甲")
    (comment,) = drafts.comments(saved.id, user=AUTHOR)
    paragraphs = saved.draft.paragraphs
    index = place[0] - 1
    assert anchored(comment, paragraphs) == index
    assert anchored(comment, (paragraphs[0], *paragraphs)) == index + 1
    changed = [replace(p, text=p.text.replace(PASSAGE, "改写")) for p in paragraphs]
    assert anchored(comment, changed) is None


def test_comments_stand_in_the_word_file(assistant: Assistant, saved: SavedDraft) -> None:
    drafts, place = assistant.drafts, at_passage(saved.draft)
    drafts.comment(saved.id, "请核对\x0b口径", at=place, user=AUTHOR, by="乙")
    first = drafts.comments(saved.id, user=AUTHOR)[0].number
    drafts.answer_comment(saved.id, first, "已核对", user=AUTHOR, by="甲")
    drafts.settle_comment(saved.id, first, user=AUTHOR, by="甲")
    found = drafts.comments(saved.id, user=AUTHOR)
    made = assistant.docx(saved.draft, comments=found)
    word = read_docx(BytesIO(made))
    assert [(c.author, c.text) for c in word.comments] == [("乙", "请核对口径"), ("甲", "已核对")]
    (paragraph,) = (p for p in word.paragraphs if PASSAGE in p.text)
    body = paragraph._p.xml
    start, end = body.index("<w:commentRangeStart"), body.index("<w:commentRangeEnd")
    assert PASSAGE in body[start:end]
    assert "年中" not in body[start:end]  # the rest of the sentence is not commented on
    with ZipFile(BytesIO(made)) as parts:
        extended = parts.read("word/commentsExtended.xml").decode()
    assert extended.count('w15:done="1"') == 2
    assert extended.count("w15:paraIdParent=") == 1

    gone = tuple(replace(comment, passage="没有的话") for comment in found)
    kept = read_docx(BytesIO(assistant.docx(saved.draft, comments=gone)))
    assert len(list(kept.comments)) == 2
    plain = assistant.docx(saved.draft, notes=False, comments=found)
    with ZipFile(BytesIO(plain)) as parts:
        assert "word/commentsExtended.xml" not in parts.namelist()


def test_who_reads_a_shared_draft_cannot_edit_it_and_comments_are_escaped(
    assistant: Assistant, saved: SavedDraft
) -> None:
    drafts, place = assistant.drafts, at_passage(saved.draft)
    drafts.share(saved.id, user=AUTHOR, by="甲", shared=True)
    drafts.comment(saved.id, "<img src=x>", at=place, user=READER, by="<b>乙")
    tab, reader = Drafting(for_local(assistant)), gr.Request(username=READER)
    draft, sheet, *_ = tab.load(saved.id, reader)
    assert draft is None
    assert "contenteditable=" not in str(sheet).replace('contenteditable="false"', "")
    assert any(id == saved.id and "甲请您批注" in name for name, id in tab._listed(reader))
    listed: SentComment = {
        "draft": saved.id,
        "act": "list",
        "words": "",
        "passage": "",
        "number": 0,
        "on": False,
    }
    html = DraftComments(for_local(assistant)).comments(listed, reader)
    assert "&lt;img" in html
    assert "&lt;b&gt;乙" in html
    assert "<img" not in html
    assert "data-share" not in html  # not theirs to share
    assert "停止共享" in DraftComments(for_local(assistant)).comments(
        listed, gr.Request(username=AUTHOR)
    )
    stranger = gr.Request(username="u3")
    drafts.share(saved.id, user=AUTHOR, by="甲", shared=False)
    assert DraftComments(for_local(assistant)).comments(listed, stranger) == ""


def test_comments_and_sharing_go_with_the_user(
    assistant: Assistant, copied_home: Path, saved: SavedDraft
) -> None:
    with closing(Accounts.of(Settings(home=copied_home))) as accounts:
        accounts.add("主任", "海棠-4417-Dukou", Role.ADMIN)
        gone = accounts.add("甲", "渡口-7714-Haitang", Role.DRAFTER, departments=[HUANGPU])
        draft = assistant.drafts.save(saved.draft, user=gone.id)
        assistant.drafts.share(draft.id, user=gone.id, by="甲", shared=True)
        place = at_passage(saved.draft)
        assistant.drafts.comment(draft.id, "请核对", at=place, user=READER, by="乙")
        accounts.remove("甲")
    assert not assistant.drafts.is_shared(draft.id)
    with closing(sqlite3.connect(copied_home / "library.db")) as database:
        left = database.execute("SELECT draft FROM draft_comments").fetchall()
    assert (draft.id,) not in left
