"""The facts of a document → its cards (卡片): each row as a sentence, prose as it stands. Pure."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import takewhile
from typing import TypeVar

from ingest.language.headings import heading_level
from ingest.language.normalise import squeeze
from ingest.types.blocks import Location
from ingest.types.cards import BETWEEN_PARTS, Card, CardKind, Mark
from ingest.types.facts import POINT_ROLES, Figure, Indicator, Passage, Quantity, Role, Task

MAX_TITLE = 60
"""Maximum number of characters of a document's title that its cards repeat."""
MIN_ROW_NAME = 3
"""Minimum number of characters that the figures of a row must begin with alike to be its name."""
MAX_LABEL = 12
"""Maximum number of characters of a cell that only says what the next one is."""
MIN_WORDS = 6
"""Minimum number of letters and digits of a card without figures, unless a label of more than
`SHORT_LABEL` says what they are: 单位：万元 tells nothing, 是否公开：是 does."""
SHORT_LABEL = 3
CELL = " | "
"""What stands between the cells of a row in the quote of a figure."""
HEADS = {
    Role.TARGET: "年度指标值",
    Role.PERIOD_TARGET: "阶段目标值",
    Role.ACTUAL: "实际完成值",
    Role.WEIGHT: "分值",
    Role.SCORE: "得分",
}
"""What the values of an indicator are called; other figures carry their column's own head."""
_NO_WORDS = re.compile(r"\W|_")
_BRACKETS = re.compile(r"[（(][^）)]*[）)]")
_ORDINAL = re.compile(r"[\d.\-—–/、]*")
_WORD = re.compile(r"[^\W\d_]")
_DIGIT = re.compile(r"\d")
_NUMBER = re.compile(r"[\d.,]+%?")
_SIGNS = {">=": "≥", "<=": "≤", ">": "＞", "<": "＜"}

_KINDS = {
    Indicator: CardKind.INDICATOR,
    Figure: CardKind.MONEY,
    Passage: CardKind.TEXT,
}

_Place = tuple[object, ...]
Fact = TypeVar("Fact", Figure, Indicator, Task)


@dataclass(frozen=True, slots=True)
class Facts:
    """What one document says, all of it: the doubtful figures too."""

    title: str
    department: str
    year: int | None
    figures: Sequence[Figure] = ()
    indicators: Sequence[Indicator] = ()
    tasks: Sequence[Task] = ()
    passages: Sequence[Passage] = ()


def cards_of(facts: Facts, may_be_told: Callable[[Figure], bool]) -> tuple[Card, ...]:
    """The cards of a document in reading order; figures that may be told are marked in them."""
    return tuple(_Builder(facts, may_be_told).cards())


def titled(title: str, department: str, year: int | None) -> str:
    """A document's title with the body and the year before it that it does not name itself.

    >>> titled("部门整体支出绩效自评表", "青禾县水务局", 2023)
    '青禾县水务局2023年部门整体支出绩效自评表'
    """
    title = squeeze(title)[:MAX_TITLE]
    whose = department if department not in title else ""
    when = f"{year}年" if department and year and str(year) not in title else ""
    return f"{whose}{when}{title}"


@dataclass(slots=True)
class _Sentence:
    """The body of a card as it is put together."""

    text: str = ""
    marks: list[Mark] = field(default_factory=list)

    def say(self, words: str) -> None:
        self.text += words

    def value(self, label: str, printed: str, figure: Figure | None) -> None:
        """A value behind what it is called, the figure marked where it counts."""
        self.say("，" if self.text and not self.text.endswith("：") else "")
        self.say(f"{label} " if label else "")
        if figure:
            self.marks.append(Mark(len(self.text), len(self.text) + len(printed), figure))
        self.say(printed)


class _Builder:
    """Goes through the passages of a document; what its facts tell of a row takes their place."""

    def __init__(self, facts: Facts, may_be_told: Callable[[Figure], bool]) -> None:
        self._facts = facts
        self._may_be_told = may_be_told
        self._by_id = {figure.id: figure for figure in facts.figures}
        places = _Places(facts.passages)
        of_indicators = {id for row in facts.indicators for id in row.figure_ids}
        self._indicators = places.assigned(facts.indicators, lambda row: row.name)
        self._tasks = places.assigned(facts.tasks, lambda task: task.name)
        others = [f for f in facts.figures if f.id not in of_indicators]
        cells = [figure for figure in others if not _is_prose(figure)]
        self._cells = places.assigned(cells, lambda figure: figure.quantity.raw)
        prose = [figure for figure in others if _is_prose(figure)]
        self._prose = places.assigned(prose, lambda figure: figure.quote)

    def cards(self) -> Iterator[Card]:
        label = ""
        for number, passage in enumerate(self._facts.passages):
            cards = [*self._of_row(number, passage)]
            yield from cards
            if cards and _is_told(passage, cards):
                continue
            text = passage.text.strip()
            if not cards and self._is_label(number, text):
                label = f"{text.rstrip('：:')}："
                continue
            yield from self._of_text(number, passage, label)
            label = ""

    def _is_label(self, number: int, text: str) -> bool:
        """Whether a cell says what the next one of its row is."""
        passages = self._facts.passages
        place = passages[number].location
        if place.row is None or number + 1 == len(passages) or number in self._prose:
            return False
        same_row = _row(place) == _row(passages[number + 1].location)
        return same_row and len(text) <= MAX_LABEL and not _DIGIT.search(text)

    def _of_row(self, number: int, passage: Passage) -> Iterator[Card]:
        prose = list(self._prose.get(number, ()))
        for indicator in self._indicators.get(number, ()):
            yield self._indicator(indicator, passage, prose)
        for figures in _groups(self._cells.get(number, ())):
            yield self._amounts(figures, passage)

    def _indicator(self, row: Indicator, passage: Passage, prose: list[Figure]) -> Card:
        figures = [self._by_id[id] for id in row.figure_ids if id in self._by_id]
        said = _Sentence(f"{row.name}：")
        values = (
            (Role.TARGET, row.target),
            (Role.PERIOD_TARGET, row.period_target),
            (Role.ACTUAL, row.actual),
            (Role.WEIGHT, row.weight),
            (Role.SCORE, row.score),
        )
        for role, quantity in values:
            figure = next((f for f in figures if f.role is role), None)
            start = len(said.text)
            at_length = row.actual_text if role is Role.ACTUAL else ""
            if quantity and len(at_length) <= len(quantity.raw):
                said.value(HEADS[role], printed(quantity, role), self._counted(figure))
            elif at_length:
                said.value(HEADS[role], at_length, None)
            told_in_text = prose if role is Role.ACTUAL else [f for f in prose if f.role is role]
            inside = [*(f for f in figures if f.role is role), *told_in_text]
            self._mark(said, start, inside)
        if row.deviation:
            said.value("偏差原因", row.deviation, None)
        _say_rest(said, figures, (row.task, row.level1, row.level2, row.name))
        section = _path(passage.section, row.task, row.level1, row.level2)
        return self._card(row, section, said, passage)

    def _amounts(self, figures: Sequence[Figure], passage: Passage) -> Card:
        name = _row_name(figures)
        said = _Sentence(f"{name}：" if name else "")
        for figure in figures:
            counted = self._counted(figure)
            quantity = figure.quantity
            shown = printed(quantity, figure.role) if counted else quantity.raw
            said.value(figure.subject.removeprefix(name), shown, counted)
        _say_rest(said, figures, (figures[0].task, name))
        section = _path(passage.section, figures[0].section)
        return self._card(figures[0], section, said, passage)

    def _of_text(self, number: int, passage: Passage, label: str) -> Iterator[Card]:
        """A passage as it stands, unless it is a heading and nothing else."""
        said = _Sentence(label + passage.text)
        figures = self._prose.get(number, ())
        self._mark(said, len(label), figures)
        few = len(label) <= SHORT_LABEL and len(_NO_WORDS.sub("", said.text)) < MIN_WORDS
        if not said.marks and (few or self._is_heading(passage.text)):
            return
        task = next(iter(self._tasks.get(number, ())), None)
        tasks = {figure.task for figure in figures} if not task else {task.name}
        more = tasks if len(tasks) == 1 and squeeze(*tasks) not in squeeze(said.text) else ()
        section = _path(passage.section, *more)
        yield self._card(passage, section, said, passage, task)

    def _mark(self, said: _Sentence, start: int, figures: Iterable[Figure]) -> None:
        """Marks where the text from `start` on prints the figures of its sentences."""
        taken = {mark.start for mark in said.marks}
        marked = {mark.figure.id for mark in said.marks}
        for figure in figures:
            raw = figure.quantity.raw
            if figure.id in marked or not raw:
                continue
            sentence = max(said.text.find(figure.quote, start), start)
            whole = rf"(?<!\d){re.escape(raw)}(?!\d)" if _DIGIT.match(raw) else re.escape(raw)
            places = (m.start() for m in re.finditer(whole, said.text))
            at = next((at for at in places if at >= sentence and at not in taken), None)
            if at is not None:
                taken.add(at)
                if self._may_be_told(figure):
                    said.marks.append(Mark(at, at + len(raw), figure))

    def _is_heading(self, text: str) -> bool:
        words = squeeze(text)
        return bool(heading_level(text.strip())[0]) or words == squeeze(self._facts.title)

    def _counted(self, figure: Figure | None) -> Figure | None:
        return figure if figure and self._may_be_told(figure) else None

    def _card(
        self,
        fact: Figure | Indicator | Passage,
        section: str,
        said: _Sentence,
        passage: Passage,
        task: Task | None = None,
    ) -> Card:
        """The card of a row, named by the fact that it is of, or of a passage."""
        title = titled(self._facts.title, fact.department, fact.year)
        before = sum(len(part) + len(BETWEEN_PARTS) for part in (title, section) if part)
        marks = sorted(said.marks, key=lambda mark: mark.start)
        return Card(
            id=fact.id,
            kind=CardKind.TASK if task else _KINDS[type(fact)],
            document_id=fact.document_id,
            department=fact.department,
            year=fact.year,
            title=title,
            section=section,
            body=said.text,
            passage=passage,
            marks=tuple(replace(m, start=m.start + before, end=m.end + before) for m in marks),
            indicator=fact if isinstance(fact, Indicator) else None,
            task=task,
        )


class _Places:
    """Which passage of a document a fact stands in: of its row, or of its lines."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        self._passages = passages
        self._texts = [squeeze(passage.text) for passage in passages]
        self._rows: dict[_Place, list[int]] = {}
        self._lines: dict[_Place, list[int]] = {}
        for number, passage in enumerate(passages):
            place = passage.location
            self._rows.setdefault(_row(place), []).append(number)
            for line in range(place.line_start or 0, (place.line_end or 0) + 1):
                self._lines.setdefault((place.page, line), []).append(number)

    def assigned(
        self, facts: Iterable[Fact], words: Callable[[Fact], str]
    ) -> Mapping[int, list[Fact]]:
        """The facts by the number of the passage that prints their words, else of their place."""
        found: dict[int, list[Fact]] = {}
        for fact in facts:
            place = fact.location
            near = self._rows.get(_row(place)) if place.row else None
            near = near or self._lines.get((place.page, place.line_start or 0))
            near = near or self._rows.get(_row(place), [])
            said = squeeze(words(fact))
            number = next((n for n in near if said in self._texts[n]), None)
            number = near[0] if number is None and near else number
            if number is not None:
                found.setdefault(number, []).append(fact)
        return found


def _groups(figures: Sequence[Figure]) -> Iterable[Sequence[Figure]]:
    """The figures of a row, those of each project or part together."""
    groups: dict[tuple[str, str], list[Figure]] = {}
    for figure in figures:
        groups.setdefault((figure.task, figure.section), []).append(figure)
    return groups.values()


def _say_rest(said: _Sentence, figures: Sequence[Figure], known: Sequence[str]) -> None:
    """The cells of the row that are none of its values: what it explains, for whom it is."""
    told = squeeze(said.text + "".join(known))
    for cell in figures[0].quote.split(CELL) if figures else ():
        if not _is_in(cell, told):
            told += squeeze(cell)
            said.value("", cell, None)


def _is_told(passage: Passage, cards: Sequence[Card]) -> bool:
    """Whether the cards of a row tell every cell of it."""
    told = squeeze("".join(card.text for card in cards))
    return all(_is_in(cell, told) for cell in passage.text.split())


def _is_in(cell: str, told: str) -> bool:
    """Whether a text says what a cell does; the number of a row, or a mark, says nothing."""
    words = squeeze(cell)
    bare = _BRACKETS.sub("", words)
    nothing = _ORDINAL.fullmatch(words) or not _WORD.search(words)
    return bool(nothing or words in told or (bare and bare in told))


def printed(quantity: Quantity, role: Role) -> str:
    """A value with its unit, as a sentence gives it; points go without."""
    raw, unit = quantity.raw.strip(), quantity.unit
    sign = _SIGNS.get(quantity.comparator, "") if _NUMBER.fullmatch(raw) else ""
    shown = raw if role in POINT_ROLES or not unit or unit in raw else f"{raw}{unit}"
    return f"{sign}{shown}"


def _row(location: Location) -> _Place:
    """Which row of which table a place is in, or which page."""
    return location.page, location.sheet, location.table, location.row


def _is_prose(figure: Figure) -> bool:
    """Whether a figure stands in a sentence, not in a cell of its own."""
    quote = figure.quote
    return CELL not in quote and len(squeeze(quote)) > len(squeeze(figure.quantity.raw))


def _row_name(figures: Sequence[Figure]) -> str:
    """What the figures of a row are all of, in its own words; "" where nothing says it."""
    common = common_beginning([figure.subject for figure in figures])
    cells = [squeeze(cell) for cell in figures[0].quote.split(CELL)]
    named = [*cells, figures[0].task] if any(map(_WORD.search, cells)) else [common]
    ends = (common[:size] for size in range(len(common), MIN_ROW_NAME - 1, -1))
    name = next((end for end in ends if any(cell.endswith(end) for cell in named)), "")
    return "" if any(figure.subject == name for figure in figures) else name


def common_beginning(texts: Sequence[str]) -> str:
    """What all the texts begin with."""
    alike = takewhile(lambda letters: len(set(letters)) == 1, zip(*texts, strict=False))
    return "".join(letters[0] for letters in alike)


def _path(section: str, *more: str) -> str:
    """A section and what stands under it, nothing twice."""
    parts = [part for one in (section, *more) for part in one.split(" / ")]
    return " ".join(dict.fromkeys(filter(None, parts)))
