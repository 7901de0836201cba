"""Every number of a draft checked, also after a user's edit: what is not shown is marked (复核).

Nothing that a person wrote is removed: an unsupported number, or a marker that points nowhere,
keeps its place and gets 【待核实】 behind it.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from itertools import pairwise

from assistant.drafting.types import Blank, Draft, Paragraph
from assistant.grounding.verification import MARKER, Sentence, check, claimed
from assistant.types import CheckedFigure, Citation, Verdict
from ingest.types.facts import Figure

MARK = "【待核实】"
BLANK = re.compile(r"【待填：([^】]+)】")
MIN_HEADING_LIKENESS = 0.5
"""Minimum likeness, from 0 to 1, at which an edited line still counts as the same heading."""
MAX_REMOVED = 100
"""Maximum number of emptied paragraphs that a draft remembers."""
MAX_CONTEXT_LENGTH = 24
"""Maximum length, in characters, of the text shown beside a blank from its paragraph."""


def checked(
    paragraph: Paragraph, citations: Sequence[Citation], figures: Mapping[str, Figure]
) -> Paragraph:
    """The paragraph with the verdict on each of its numbers, the unsupported ones marked.

    Its numbers rest on the quotes cited in their own sentence and on its own calculations.
    """
    text = paragraph.text.replace(MARK, "")
    named = {int(marker) for marker in MARKER.findall(text)}
    cited = [citation for citation in citations if citation.marker in named]
    sentences = check(text, cited, paragraph.calculations, figures=figures)
    return replace(
        paragraph,
        text="".join(_marked(sentence) for sentence in sentences),
        figures=tuple(figure for sentence in sentences for figure in sentence.figures),
    )


def checked_table(
    paragraph: Paragraph, citations: Sequence[Citation], figures: Mapping[str, Figure]
) -> Paragraph:
    """The caption of a table with its cells checked like sentences, each by what it cites."""
    assert paragraph.table is not None
    found: list[CheckedFigure] = []
    rows = []
    for row in paragraph.table.rows:
        cells = [checked(replace(paragraph, text=cell), citations, figures) for cell in row]
        found += [figure for cell in cells for figure in cell.figures]
        rows.append(tuple(cell.text for cell in cells))
    table = replace(paragraph.table, rows=tuple(rows), figures=tuple(found))
    return replace(paragraph, table=table)


def recheck(draft: Draft, edited: str, figures: Mapping[str, Figure]) -> Draft:
    """The draft with the edited text, one paragraph a line, and the verdicts on its numbers."""
    lines = [" ".join(line.split()) for line in edited.splitlines() if line.strip()]
    old_and_new: list[tuple[Paragraph, Paragraph]] = []
    removed = {p.text: p for p in draft.removed}
    for old, line in _paired([p.text for p in draft.paragraphs], lines):
        known = draft.paragraphs[old] if old is not None else Paragraph("")
        known = removed.pop(line, known)
        if known.level and SequenceMatcher(None, known.text, line).ratio() < MIN_HEADING_LIKENESS:
            known = Paragraph("")  # a heading's place taken by a paragraph
        old_and_new.append((known, checked(replace(known, text=line), draft.citations, figures)))
    kept = {old.text for old, _ in old_and_new}
    removed |= {p.text: p for p in draft.paragraphs if p.text not in kept}
    last = tuple(removed.values())[-MAX_REMOVED:]
    return replace(rewritten(draft, old_and_new), removed=last)


def rewritten(draft: Draft, pairs: Sequence[tuple[Paragraph, Paragraph]]) -> Draft:
    """The draft with each old paragraph replaced by its new one; remedies and blanks follow.

    `pairs` holds (old paragraph, new paragraph) in the order of the new draft.
    """
    renamed = {old.text: new.text for old, new in pairs if old.text}
    paragraphs = tuple(new for _, new in pairs)
    remedies = tuple(
        replace(
            remedy,
            problem=_renamed(remedy.problem, renamed),
            measure=_renamed(remedy.measure, renamed),
        )
        for remedy in draft.remedies
    )
    return replace(
        draft, paragraphs=paragraphs, remedies=remedies, blanks=tuple(blanks(paragraphs))
    )


def _renamed(text: str, renamed: Mapping[str, str]) -> str:
    """The paragraphs, one a line, each by its new text."""
    return "\n".join(renamed.get(line, line) for line in text.split("\n"))


def blanks(paragraphs: Iterable[Paragraph]) -> Iterator[Blank]:
    """Every marked blank of a draft, with its paragraph and some of the text around it."""
    last_heading = ""
    for number, paragraph in enumerate(paragraphs, 1):
        if paragraph.level:
            last_heading = paragraph.text
        about = MARKER.sub("", BLANK.sub("", paragraph.text)).replace("（）", "").strip("。；， ：")
        excerpt = about if len(about) <= MAX_CONTEXT_LENGTH else about[:MAX_CONTEXT_LENGTH] + "……"
        for label in BLANK.findall(paragraph.text):
            yield Blank(label, number, excerpt or last_heading)
        for row in paragraph.table.rows if paragraph.table else ():
            for label in BLANK.findall("".join(row)):
                yield Blank(label, number, MARKER.sub("", row[1]))


def unsupported(draft: Draft) -> tuple[CheckedFigure, ...]:
    """The numbers of a draft that neither a source nor a calculation shows."""
    return tuple(f for f in draft.figures if f.verdict is Verdict.UNSUPPORTED)


def _marked(sentence: Sentence) -> str:
    """The sentence with a mark behind each unsupported number and each unknown marker."""
    text = sentence.text
    ends = [
        number.end
        for number, figure in zip(claimed(text), sentence.figures, strict=True)
        if figure.verdict is Verdict.UNSUPPORTED
    ]
    ends += [m.end() for m in MARKER.finditer(text) if int(m[1]) in sentence.unknown_markers]
    cuts = [0, *sorted(ends), len(text)]
    return MARK.join(text[start:end] for start, end in pairwise(cuts))


def _paired(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[int | None, str]]:
    """Each new line with the number of the paragraph that it comes from, None for a new one."""
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for _, start, stop, first, last in matcher.get_opcodes():
        for offset, line in enumerate(new[first:last]):
            yield (start + offset if start + offset < stop else None), line
