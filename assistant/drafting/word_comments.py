"""Comments of a Word file (批注): each at its passage, answers under it, settled ones as such."""

from collections.abc import Iterator, Sequence
from copy import deepcopy
from typing import TYPE_CHECKING

from assistant.drafting.comments import Comment, Remark
from assistant.drafting.word_notes import NOTE_STYLE
from assistant.drafting.word_text import W, plain
from assistant.grounding.verification import MARKER

if TYPE_CHECKING:
    from docx.document import Document as Word
    from docx.text.paragraph import Paragraph as WordParagraph
    from docx.text.run import Run

W14 = "http://schemas.microsoft.com/office/word/2010/wordml"
W15 = "http://schemas.microsoft.com/office/word/2012/wordml"
FIRST_ID = 0x10_0000
"""Ids of the paragraphs of comments, by which Word knows what answers what."""
_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.commentsExtended+xml"
_RELATION = "http://schemas.microsoft.com/office/2011/relationships/commentsExtended"


class WordComments:
    """The comments of a file; `attach` writes what answers what and what is settled."""

    def __init__(self, word: "Word") -> None:
        self._word = word
        self._entries: list[str] = []

    def add(self, paragraph: "WordParagraph", comment: Comment) -> None:
        """The comment with its answers at its passage, at the whole paragraph where that is cut."""
        runs = [*_passage(paragraph, MARKER.sub("", plain(comment.passage)))] or paragraph.runs
        if not runs:
            return
        done = bool(comment.settled)
        first = self._remark(runs, comment.remark, done=done)
        for answer in comment.answers:
            self._remark(runs, answer, done=done, answers=first)

    def _remark(
        self, runs: "Sequence[Run]", remark: Remark, *, done: bool, answers: str = ""
    ) -> str:
        """One remark as a comment of its own; the id by which others answer it."""
        author = plain(remark.by)
        comment = self._word.add_comment(runs, plain(remark.words), author, author[:2])
        comment._comment_elm.date = remark.at
        for paragraph in comment.paragraphs:
            paragraph._p.style = NOTE_STYLE
        id = f"{FIRST_ID + len(self._entries):08X}"
        comment.paragraphs[-1]._p.set(f"{{{W14}}}paraId", id)
        parent = f' w15:paraIdParent="{answers}"' if answers else ""
        self._entries.append(f'<w15:commentEx w15:paraId="{id}"{parent} w15:done="{int(done)}"/>')
        return id

    def attach(self) -> None:
        """Writes the part on what belongs together, where there are comments."""
        from docx.opc.packuri import PackURI
        from docx.opc.part import Part

        if not self._entries:
            return
        xml = f'<w15:commentsEx xmlns:w15="{W15}" xmlns:w="{W}">{"".join(self._entries)}'
        blob = f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>{xml}</w15:commentsEx>'
        part = Part(
            PackURI("/word/commentsExtended.xml"), _TYPE, blob.encode(), self._word.part.package
        )
        self._word.part.relate_to(part, _RELATION)


def _passage(paragraph: "WordParagraph", passage: str) -> "Iterator[Run]":
    """The runs of the passage, cut out of those in which it begins and ends; none if not there."""
    start = paragraph.text.find(passage)
    if start < 0 or not passage or paragraph.text != "".join(run.text for run in paragraph.runs):
        return
    end, at = start + len(passage), 0
    for run in paragraph.runs:
        text = run.text
        begin, stop = max(start - at, 0), min(end - at, len(text))
        at += len(text)
        if begin < stop:
            yield _cut(run, begin, stop) if (begin, stop) != (0, len(text)) else run


def _cut(run: "Run", begin: int, stop: int) -> "Run":
    """The run with that part of its text; what stands before and behind is in runs beside it."""
    text = run.text
    if run._r.xpath("w:fldChar"):  # a number that Word reckons stays whole
        return run
    if text[:begin]:
        before = deepcopy(run._r)
        run._r.addprevious(before)
        before.text = text[:begin]
    if text[stop:]:
        behind = deepcopy(run._r)
        run._r.addnext(behind)
        behind.text = text[stop:]
    run.text = text[begin:stop]
    return run
