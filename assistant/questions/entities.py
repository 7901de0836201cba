"""What a question names: departments, years, forms, budget terms, quoted and known names (实体).

Each recognised name is blanked in the text; the remainder holds the subject of the question.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from assistant.departments.directory import Directory, Mention
from assistant.language.term_vocabulary import TermVocabulary
from assistant.questions.vocabulary import NameVocabulary
from ingest.language.budget_terms import BudgetTerms
from ingest.language.normalise import normalise
from ingest.language.years import find_spoken_years
from ingest.types.blocks import Form
from ingest.types.budget_terms import BudgetTerm

BLANK = "　"
"""Replaces each recognised character, so that positions in the text do not change."""
MIN_PART = 4
"""Minimum length, in characters, of the part of a task's name that recognises it, if half of it."""
MIN_NAME = 4
"""Minimum length, in characters, of a known name; shorter ones occur in questions by chance."""
MAX_BESIDE = 60
"""Maximum length, in characters, of what is read before and behind a name: no name is longer."""
_HAN = re.compile(r"[\u4e00-\u9fff]*")
_PARTS = re.compile(rf"[{BLANK}，。、；：？！,;:?!（）()\[\]【】“”\"]+")
_OPEN, _CLOSE = "“《「『", "”》」』"
_STRAY = "，。、；：？！,;:!…·~‘’'"
"""Marks that mean nothing before the first word."""
_WORD = re.compile(r"\w")
_LAST_YEARS = re.compile(
    r"(?:(?:近|最近|过去|这)(?=[一二两三四五\d]年)|(?<=\u3000)(?=[两三四]年))"
    r"(.)年(?:来|间)?(?![度内前后以期]|指标|目标|计划|规划)"
)
_COUNTS = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5}
_WORDY = re.compile(r"[\u4e00-\u9fffA-Za-z]{2}|[\u4e00-\u9fff]")
_MEASURES = tuple("率数额量度比")


class TermSpan(NamedTuple):
    """A stretch of a text, from `start` up to `end`, that means a budget term."""

    start: int
    end: int
    term: str


@dataclass(frozen=True, slots=True)
class Entities:
    """What a question names (实体).

    `text` is the question in normal form, `spoken` the same with all but the budget terms blanked,
    in which cue words are looked for, `rest` with these blanked, too. `year_shift` is −1 for 去年,
    `last_years` 3 for 近三年. `quoted` stands in quotes; `known` are names of indicators and tasks
    of the library, `tasks` names of tasks whose money is asked for, `concepts` budget terms.
    """

    text: str
    mentions: tuple[Mention, ...]
    years: tuple[int, ...]
    year_shift: int | None
    last_years: int
    forms: tuple[Form, ...]
    quoted: tuple[str, ...]
    known: tuple[str, ...]
    tasks: tuple[str, ...]
    concepts: tuple[str, ...]
    spoken: str
    rest: str

    @property
    def departments(self) -> tuple[str, ...]:
        """The departments named, each once, by the one name that the library gives them."""
        return tuple(dict.fromkeys(name for m in self.mentions for name in m.names))

    @property
    def unknown_departments(self) -> tuple[str, ...]:
        """Names that look like departments but are not in the library."""
        return tuple(m.text for m in self.mentions if not m.names)


class Terms:
    """Budget terms and their wordings in questions (concepts.toml and terms.toml)."""

    def __init__(self, terms: BudgetTerms, vocabulary: TermVocabulary) -> None:
        self._colloquial = vocabulary.colloquial
        self.sayings = vocabulary.sayings
        self._parts = vocabulary.parts
        self._measured = vocabulary.measured
        self.synonyms: dict[str, str] = {}
        for entry in terms.entries:
            for word in (entry.concept.name, *entry.synonyms):
                self.synonyms.setdefault(normalise(word), entry.concept.name)
        specific = [
            word for word, concept in self.synonyms.items() if concept not in vocabulary.generic
        ]
        ordered = sorted(specific, key=len, reverse=True)
        # 各项目支出进度 is the 支出进度 of each 项目.
        self._exact = re.compile(
            "|".join(
                ("(?<![各个些每])" if w.startswith("项目") else "") + re.escape(w)
                for w in ordered
                if len(w) > 1
            )
        )

    def whole(self, text: str, spans: Sequence[TermSpan]) -> list[TermSpan]:
        """The spans without those that make one longer name: 基本支出 + 执行率."""
        left = list(spans)
        for span in spans:
            longer = self._measured.match(text, span.end) if span.term in self._parts else None
            if longer:
                left = [
                    other
                    for other in left
                    if other.start != span.start and not span.end <= other.start < longer.end()
                ]
        return left

    def find(self, text: str) -> list[TermSpan]:
        """The spans of a text that mean a budget term, none overlapping, in reading order."""
        exact = [
            TermSpan(match.start(), match.end(), self.synonyms[match.group()])
            for match in self._exact.finditer(text)
        ]
        loose = [
            span
            for pattern, term in self._colloquial
            for match in pattern.finditer(text)
            if not _yields_to_exact_term(span := TermSpan(match.start(), match.end(), term), exact)
        ]
        spans: list[TermSpan] = []
        for span in (*loose, *exact):
            end = span.end + (text[span.end : span.end + 1] in ("数", "额"))
            if all(end <= other.start or other.end <= span.start for other in spans):
                spans.append(span._replace(end=end))
        return sorted(spans)


def _yields_to_exact_term(span: TermSpan, exact: Sequence[TermSpan]) -> bool:
    """Whether the exact wording of another term overlaps the span and is at least as long."""
    return any(
        other.term != span.term
        and other.start < span.end
        and span.start < other.end
        and other.end - other.start >= span.end - span.start
        for other in exact
    )


class Tasks:
    """Names of tasks and projects, found in a text by a part of four characters or more."""

    def __init__(self, names: Iterable[str], about: re.Pattern[str]) -> None:
        self._by_gram: dict[str, list[str]] = {}
        for name in {plain_name(n) for n in names}:
            for at in range(len(name) - MIN_PART + 1):
                self._by_gram.setdefault(name[at : at + MIN_PART], []).append(name)
        self._about = about

    def find(self, text: str) -> list[tuple[int, int]]:
        """The longest parts of task names whose money the text asks for, none overlapping."""
        spans: list[tuple[int, int]] = []
        at = 0
        while at <= len(text) - MIN_PART:
            end = at
            for name in self._by_gram.get(text[at : at + MIN_PART], ()):
                size = MIN_PART
                while text[at : at + size + 1] in name and at + size < len(text):
                    size += 1
                if size * 2 >= len(name):
                    end = max(end, at + size)
            if end > at and self._about.match(text, end):
                spans.append((at, end))
            at = max(end, at + 1)
        return spans


class Names:
    """Names of indicators and tasks known to the library, found verbatim in a text."""

    def __init__(self, names: Iterable[str]) -> None:
        self._by_head: dict[str, list[str]] = {}
        for name in {plain_name(n) for n in names}:
            if len(name) >= MIN_NAME:
                self._by_head.setdefault(name[:2], []).append(name)
        for group in self._by_head.values():
            group.sort(key=len, reverse=True)

    def find(self, text: str) -> list[tuple[int, int]]:
        """The longest known names in `text`, none overlapping."""
        spans: list[tuple[int, int]] = []
        at = 0
        while at <= len(text) - MIN_NAME:
            heads = self._by_head.get(text[at : at + 2], ())
            name = next((n for n in heads if text.startswith(n, at)), "")
            if name:
                spans.append((at, at + len(name)))
            at += max(len(name), 1)
        return spans


def plain_name(name: str) -> str:
    """A name without quotes, brackets and blanks, as it is compared."""
    return re.sub(r"[\s“”\"'‘’《》〈〉「」『』（）()、，,：:；;。·]", "", normalise(name))


class Recogniser:
    """Finds what a question names, in a library of given departments and names."""

    def __init__(
        self,
        directory: Directory,
        *,
        names: Names,
        terms: Terms,
        vocabulary: NameVocabulary,
        tasks: Iterable[str] = (),
    ) -> None:
        self._directory = directory
        self._names = names
        self._terms = terms
        self._vocabulary = vocabulary
        self._tasks = Tasks(tasks, vocabulary.about_tasks)

    def recognise(self, question: str) -> Entities:
        """Everything the question names."""
        text = normalise(question).strip()
        text = text.replace("?", "？").replace(" ", "")
        text = _without_empty_quotes(text).lstrip(_STRAY)
        text = self._vocabulary.fillers.sub(lambda m: BLANK * len(m.group()), text)
        for saying, words in self._terms.sayings:
            text = saying.sub(words, text)
        quotes = _quotes(text)
        quoted = tuple(text[start + 1 : end - 1] for start, end in quotes)
        text_left = _blank(text, quotes)
        mentions = self._directory.mentions(text_left)
        text_left = _blank(text_left, [(m.start, m.end) for m in mentions])
        last = _LAST_YEARS.search(text_left)
        text_left = _LAST_YEARS.sub(lambda m: BLANK * len(m.group()), text_left)
        years, shift, text_left = self._years(text_left)
        bare = _blank(text_left, [(s, e) for s, e, _ in self._terms.find(text_left)])
        known_spans = [
            (s, e)
            for s, e in self._names.find(text_left)
            if text_left[s:e] not in self._terms.synonyms and self._stands_alone(bare, s, e)
        ]
        known = tuple(text_left[s:e] for s, e in known_spans)
        text_left = _blank(text_left, known_spans)
        task_spans = self._tasks.find(text_left)
        tasks = tuple(text_left[s:e] for s, e in task_spans)
        text_left = _blank(text_left, task_spans)
        forms, text_left = self._find_forms(text_left)
        spans = self._terms.whole(text_left, self._terms.find(text_left))
        bare = _blank(text_left, [(s, e) for s, e, _ in spans])
        spans = [span for span in spans if not self._qualified(bare, span)]
        if tasks and not spans and (money := self._vocabulary.task_money.search(text_left)):
            spans = [TermSpan(*money.span(), BudgetTerm.TASK_FUNDS)]
        concepts = tuple(dict.fromkeys(concept for _, _, concept in spans))
        rest = _blank(text_left, [(s, e) for s, e, _ in spans])
        return Entities(
            text=text,
            mentions=tuple(mentions),
            years=years,
            year_shift=shift,
            last_years=(_COUNTS.get(last[1]) or int(last[1])) if last else 0,
            forms=forms,
            quoted=quoted,
            known=known,
            tasks=tasks,
            concepts=concepts,
            spoken=text_left,
            rest=rest,
        )

    def _stands_alone(self, text: str, start: int, end: int) -> bool:
        """Whether a known name is not part of a longer one: 预防工作 is, in 预防工作经费."""
        return not any(len(self.content(run)) > 1 for run in _beside(text, start, end))

    def _qualified(self, bare: str, span: TermSpan) -> bool:
        """Whether a term is part of a longer name: 某项工作 + 年初预算, 支出进度 + 达标率.

        In `bare` all terms are blanked.
        """
        before, after = _beside(bare, span.start, span.end)
        tail = self.content(after)
        if len(tail) > 1 and tail.endswith(_MEASURES):
            return True
        return len(self.content(before)) > 1

    def content(self, text: str) -> str:
        """The text without question words."""
        words = self._vocabulary
        parts = (part.strip(words.edges) for part in _PARTS.split(words.stop.sub(BLANK, text)))
        content = "".join(part for part in parts if len(part) > 1 or part.isdigit())
        return content if _WORDY.search(content) else ""

    def beside(self, rest: str) -> str:
        """The longest unrecognised phrase, of two characters or more (低保)."""
        parts = _PARTS.split(self._vocabulary.stop.sub(BLANK, rest))
        return max((p for part in parts if len(p := part.strip("的")) > 1), key=len, default="")

    def _years(self, text: str) -> tuple[tuple[int, ...], int | None, str]:
        named = find_spoken_years(text)
        years = tuple(dict.fromkeys(mention.year for mention in named))
        text = _blank(text, [(mention.start, mention.end) for mention in named])
        relative = self._vocabulary.relative_years
        for word in sorted(relative, key=len, reverse=True):
            if word in text:
                text = text.replace(word, BLANK * len(word))
                return years, relative[word], text
        return years, None, text

    def _find_forms(self, text: str) -> tuple[tuple[Form, ...], str]:
        forms: list[Form] = []
        for form, pattern in self._vocabulary.forms.entries:
            if pattern.search(text):
                forms.append(form)
            text = pattern.sub(lambda m: BLANK * len(m.group()), text)
        return tuple(dict.fromkeys(forms)), text


def says_something(text: str) -> bool:
    """Whether there is a word or a number in a text, not only marks and blanks."""
    return bool(_WORD.search(text))


def _beside(text: str, start: int, end: int) -> tuple[str, str]:
    """The Chinese characters right before and right behind a stretch, as far as they matter."""
    after = _HAN.match(text, end, end + MAX_BESIDE)
    before = _HAN.match(text[max(start - MAX_BESIDE, 0) : start][::-1])
    return before.group()[::-1] if before else "", after.group() if after else ""


def _without_empty_quotes(text: str) -> str:
    """The text without quotes around nothing: they name nothing."""
    for start, end in reversed(_quotes(text)):
        if not says_something(text[start:end]):
            text = text[:start] + text[end:]
    return text


def _quotes(text: str) -> list[tuple[int, int]]:
    """Where the quoted names of a text stand, quotes and all; those inside others are not told."""
    spans: list[tuple[int, int]] = []
    depth, start = 0, 0
    straight = text.count('"') >= 2
    opens = False
    for at, char in enumerate(text):
        if char == '"' and straight:
            opens = not opens
            char = "“" if opens else "”"
        if char in _OPEN:
            start = at if depth == 0 else start
            depth += 1
        elif char in _CLOSE and depth:
            depth -= 1
            if depth == 0:
                spans.append((start, at + 1))
    return spans


def _blank(text: str, spans: Sequence[tuple[int, int]]) -> str:
    characters = list(text)
    for start, end in spans:
        characters[start:end] = BLANK * (end - start)
    return "".join(characters)
