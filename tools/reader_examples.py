"""What the reader learns from: questions with a text that answers them, or with one that does not.

Of the trade: `data/questions/texts`, each question with its own text, and drawn from these what
looks alike and answers nothing: another body or year, the answering clause left out, the most alike
other text. Public sets: questions with a window of their paragraph. All is drawn by a seed.
"""

import json
import re
import tomllib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from ingest.config import DATA
from ingest.vectors.embedder import Embedder

TEXTS = DATA / "questions" / "texts"
SEPARATOR = "｜"
HARD = 8
"""How many of the most alike other texts a near miss is drawn from."""
HELD_OUT = {"q07.toml": 22, "q08.toml": 0}
"""Files of which only the first texts are learned from; the others measure."""
BODY = re.compile(r"^(?P<body>[^0-9（(“《关]{3,14}?)(?P<year>20\d\d)年")
PLACE = re.compile(r"^.{1,4}?[省市县区州旗镇乡]")
YEAR = re.compile(r"(?<!\d)20[12]\d(?!\d)|(?<!\d)[12]\d(?=年)")
CLAUSE = re.compile(r"[^；，。｜、;,|\n]+[；，。｜、;,|\n]?")


@dataclass(frozen=True, slots=True)
class Example:
    """A question, a text, and where in it the answer stands; nowhere where `end` is 0."""

    question: str
    text: str
    start: int = 0
    end: int = 0

    @property
    def answered(self) -> bool:
        """True where the text answers."""
        return self.end > 0


@dataclass(frozen=True, slots=True)
class Asked:
    """A question about a text, and the words of the text that answer it; "" where none do."""

    question: str
    answer: str
    wants: str


@dataclass(frozen=True, slots=True)
class Text:
    """A text of the trade with its questions."""

    kind: str
    title: str
    section: str
    text: str
    questions: tuple[Asked, ...]

    @property
    def card(self) -> str:
        """The text as the reader is given it."""
        return card(self.title, self.section, self.text)


def card(*parts: str) -> str:
    """Title, section and body in one line; empty ones are left out."""
    return SEPARATOR.join(part for part in parts if part)


def read_texts(file: Path) -> tuple[list[Text], list[Asked]]:
    """The texts of a file, and its questions without one; refused where an answer is not there."""
    told = tomllib.loads(file.read_text(encoding="utf-8"))
    texts = [
        Text(one["kind"], one["title"], one["section"], one["text"], asked(one["questions"]))
        for one in told["texts"]
    ]
    for text in texts:
        for one in text.questions:
            if one.answer not in text.text:
                raise SystemExit(f"{file}: “{one.answer}” is not in “{text.text[:20]}…”")
    return texts, [Asked(one["question"], "", one["wants"]) for one in told.get("free", [])]


def asked(lines: Sequence[Sequence[str]]) -> tuple[Asked, ...]:
    """The questions of a text."""
    return tuple(Asked(*line) for line in lines)


def learned_texts(folder: Path = TEXTS) -> tuple[list[Text], list[Asked]]:
    """The texts to learn from, and the questions without text to learn from."""
    learned: list[Text] = []
    free: list[Asked] = []
    for file in sorted(folder.glob("*.toml")):
        texts, alone = read_texts(file)
        learned += texts[: HELD_OUT.get(file.name)]
        free += [] if file.name in HELD_OUT else alone
    return learned, free


def held_texts(folder: Path = TEXTS) -> dict[str, list[Text]]:
    """The texts that measure, by their file."""
    return {name: read_texts(folder / name)[0][kept:] for name, kept in HELD_OUT.items()}


def own(text: Text, one: Asked) -> Example:
    """A question with its own text, as it stands."""
    body = text.card
    start = len(body) - len(text.text) + text.text.index(one.answer) if one.answer else 0
    return Example(one.question, body, start, start + len(one.answer))


Alike = Sequence[Sequence[Sequence[int]]]
"""Text → question of it → other texts."""


def most_alike(texts: Sequence[Text]) -> Alike:
    """For each question of each text the other texts that the encoder finds most like it."""
    embedder = Embedder()
    vectors = embedder.encode_passages([text.card for text in texts])
    made: list[list[list[int]]] = []
    for at, text in enumerate(texts):
        rows = np.stack([embedder.encode_query(one.question) for one in text.questions])
        order = np.argsort(-(rows @ vectors.T), axis=1)
        made.append([[int(o) for o in row if o != at][:HARD] for row in order])
    return made


class Drawing:
    """Draws examples of the trade by a seed.

    `alike` has the other texts that are most like each question of each text, the most alike first.
    """

    def __init__(
        self, texts: Sequence[Text], free: Sequence[Asked], alike: Alike, seed: int
    ) -> None:
        self._texts = texts
        self._free = free
        self._alike = alike
        self._random = Random(seed)
        self._bodies = sorted({found["body"] for t in texts if (found := BODY.match(t.title))})

    def drawn(self) -> list[Example]:
        """Every question with its text in some shape, and about as many that nothing answers."""
        made: list[Example] = []
        for at, text in enumerate(self._texts):
            for one, alike in zip(text.questions, self._alike[at], strict=True):
                example = own(text, one)
                made.append(self._shaped(self._renamed(text, example)))
                made += self._near_misses(text, example, alike)
        made += [Example(one.question, self._any().card) for one in self._free]
        self._random.shuffle(made)
        return made

    def _near_misses(self, text: Text, example: Example, alike: Sequence[int]) -> Iterator[Example]:
        """What looks like an answer to the question of the example and is none."""
        chance = self._random.random()
        if example.answered and chance < 0.3:
            yield from self._without_clause(example)
        elif chance < 0.45:
            yield from self._misnamed(text, example)
        elif chance < 0.75:
            yield from self._of_another(text, example, self._texts[self._random.choice(alike)])
        elif chance < 0.85:
            yield self._shaped(Example(example.question, self._any().card))

    def _of_another(self, text: Text, example: Example, other: Text) -> Iterator[Example]:
        """The question, which says whose it is, with the most alike text of another body."""
        found, question = BODY.match(text.title), example.question
        if found and not self._names(question, found["body"]):
            question = (
                self._put(found["body"], found["year"], self._random.random() < 0.5) + question
            )
        elif not found:
            other = self._any()
        if not found or not other.title.startswith(found["body"]):
            yield self._shaped(Example(question, other.card))

    def _any(self) -> Text:
        return self._random.choice(self._texts)

    def _without_clause(self, example: Example) -> Iterator[Example]:
        """The text without the clause that answers: its sister figures stay."""
        for clause in CLAUSE.finditer(example.text):
            if clause.start() <= example.start < clause.end():
                rest = (
                    example.text[: clause.start()] + example.text[max(clause.end(), example.end) :]
                )
                if example.text[example.start : example.end] not in rest and len(rest) > 20:
                    yield self._shaped(Example(example.question, rest))

    def _misnamed(self, text: Text, example: Example) -> Iterator[Example]:
        """The question asked about another body or another year than the text is of."""
        random = self._random
        years = YEAR.findall(example.text)
        named = YEAR.search(example.question)
        if named and random.random() < 0.7:
            short = named[0][-2:]
            other = random.choice([y for y in range(15, 26) if str(y) != short])
            changed = f"{named[0][:-2]}{other}"
            if not any(year.endswith(str(other)) for year in years):
                question = YEAR.sub(changed, example.question, count=1)
                yield self._shaped(Example(question, example.text))
            return
        found = BODY.match(text.title)
        if not found or self._names(example.question, found["body"]):
            return
        if random.random() < 0.5:
            other_body = random.choice(self._bodies)
            if other_body[:2] != found["body"][:2]:
                yield Example(self._put(other_body, found["year"]) + example.question, example.text)
        elif not named:
            year = str(random.choice([y for y in range(2015, 2026) if str(y) not in years]))
            yield Example(self._put(found["body"], year, True) + example.question, example.text)

    def _put(self, body: str, year: str, with_year: bool = False) -> str:
        """How a question may begin that says whose and of when it is."""
        random = self._random
        place = PLACE.match(body)
        if place and len(body) - place.end() >= 3 and random.random() < 0.5 and with_year:
            body = body[place.end() :]
        told = random.choice([f"{year}年", f"{year[2:]}年", f"{year}年度"])
        if not with_year and random.random() < 0.5:
            told = ""
        link = random.choice(["", "", "的", "，"])
        return random.choice([f"{body}{told}{link}", f"{told}{body}{link}"])

    @staticmethod
    def _names(question: str, body: str) -> bool:
        """True where the question names a body: two characters of it stand in the question."""
        pairs = {body[at : at + 2] for at in range(len(body) - 1)}
        return any(pair in question for pair in pairs)

    def _renamed(self, text: Text, example: Example) -> Example:
        """Sometimes the question says by itself whose and of when it is, rightly."""
        found = BODY.match(text.title)
        if not found or self._random.random() > 0.25:
            return example
        if self._names(example.question, found["body"]) or YEAR.search(example.question):
            return example
        if set(YEAR.findall(text.text)) - {found["year"]}:
            return example  # the answer may be another year's
        start = self._put(found["body"], found["year"], self._random.random() < 0.5)
        return replace(example, question=start + example.question)

    def _shaped(self, example: Example) -> Example:
        """The same in another shape: other separators, other digits, a row more, other words."""
        example = self._reseparated(example)
        if self._random.random() < 0.25 and not re.search(r"\d", example.question):
            example = self._other_digits(example)
        if self._random.random() < 0.2:
            example = self._row_more(example)
        if self._random.random() < 0.25:
            example = self._reworded(example)
        return example

    def _reworded(self, example: Example) -> Example:
        """The question with or without what people put around it."""
        question = example.question.rstrip("？?。")
        before = self._random.choice(["", "", "请问", "麻烦问一下，", "想了解", "帮我看看"])
        after = self._random.choice(["", "？", "?", "呢", "啊？", "。"])
        return replace(example, question=f"{before}{question}{after}")

    def _reseparated(self, example: Example) -> Example:
        sign, chance = "", self._random.random()
        if chance < 0.3 and "｜" in example.text[example.text.find("｜") + 1 :]:
            sign = self._random.choice(["；", "，", " | ", "\n", "　"])
        if not sign:
            return example
        head, mark, _ = example.text.partition("｜")
        first = len(head) + len(mark)
        if example.answered and example.start < first:
            return example
        before = example.text[first : example.start].replace("｜", sign)
        answer = example.text[max(first, example.start) : example.end]
        after = example.text[max(first, example.end) :].replace("｜", sign)
        if not example.answered:
            return replace(example, text=head + mark + after)
        start = first + len(before)
        return Example(
            example.question, head + mark + before + answer + after, start, start + len(answer)
        )

    def _other_digits(self, example: Example) -> Example:
        """Other figures, equally long; years and the digits of 第3条 and the like stay."""
        random = self._random

        def other(found: re.Match[str]) -> str:
            number = found[0]
            if YEAR.fullmatch(number) or len(number) < 3:
                return number
            first = random.choice("123456789") if number[0] != "0" else "0"
            return first + "".join(
                random.choice("0123456789") if digit.isdigit() else digit for digit in number[1:]
            )

        head = example.text.find("｜") + 1
        body = re.sub(r"\d[\d,]*(?:\.\d+)?", other, example.text[head:])
        return replace(example, text=example.text[:head] + body)

    def _row_more(self, example: Example) -> Example:
        """A row of another form behind or before it, as several rows of one form stand together."""
        other = self._random.choice(self._texts)
        if other.kind != "form_row" or len(other.text) > 120 or len(example.text) > 180:
            return example
        row = other.text.partition("｜")[2] or other.text
        if self._random.random() < 0.5:
            return replace(example, text=f"{example.text}；{row}")
        head = example.text.find("｜") + 1
        if example.answered and example.start < head:
            return example
        text = f"{example.text[:head]}{row}；{example.text[head:]}"
        moved = len(row) + 1 if example.answered else 0
        return Example(example.question, text, example.start + moved, example.end + moved)


def public_paragraphs(file: Path) -> Iterator[tuple[str, str, list[tuple[str, str]]]]:
    """Title, paragraph and the questions with an answer of a public set, in simplified Chinese."""
    simple = simplified() if "drcd" in file.name else str
    if file.suffix == ".jsonl":
        lines: list[Any] = [json.loads(line) for line in read_lines(file)]
    else:
        data = json.loads(file.read_text(encoding="utf-8"))["data"]
        lines = [
            {"title": "", "context": one["context"], "questions": one["qas"]}
            for article in data
            for one in article["paragraphs"]
        ]
    for line in lines:
        pairs = [(q["question"], q["answers"][0]) for q in line["questions"] if q["answers"]]
        pairs = [(q, a["text"] if isinstance(a, dict) else a) for q, a in pairs]
        yield (
            simple(line["title"]),
            simple(line["context"]),
            [(simple(question), simple(answer)) for question, answer in pairs],
        )


def read_lines(file: Path) -> list[str]:
    """The lines of a file that are not empty."""
    return [line for line in file.read_text(encoding="utf-8").split("\n") if line]


def simplified() -> Callable[[str], str]:
    """What writes traditional characters as simplified ones."""
    from opencc import OpenCC  # only for whoever trains on such a set

    convert: Callable[[str], str] = OpenCC("t2s").convert
    return convert


def public_examples(files: Sequence[Path], seed: int) -> list[Example]:
    """Each question with a window that answers it, and a third of them with one that does not."""
    random = Random(seed)
    paragraphs = [one for file in files for one in public_paragraphs(file)]
    of_title: dict[str, list[str]] = {}
    for title, context, _ in paragraphs:
        of_title.setdefault(title, []).append(context)
    made: list[Example] = []
    for title, context, pairs in paragraphs:
        for question, answer in pairs:
            place = likeliest(context, question, answer)
            if place < 0 or len(answer) > 60:
                continue
            head = title if title and random.random() < 0.6 else ""
            made.append(window(random, question, head, context, (place, place + len(answer))))
            if random.random() < 0.4:
                other = random.choice(of_title[title]) if random.random() < 0.5 else context
                at = random.randrange(max(1, len(other) - 120))
                example = window(random, question, head, other, (at, at))
                if answer not in example.text:
                    made.append(example)
    random.shuffle(made)
    return made


def likeliest(context: str, question: str, answer: str) -> int:
    """Where the answer stands, among most of the question's characters; -1 where it does not."""
    places = [found.start() for found in re.finditer(re.escape(answer), context)]
    shared = [
        sum(character in context[max(0, at - 40) : at + 40] for character in set(question))
        for at in places
    ]
    return max(zip(shared, places, strict=True), default=(0, -1))[1]


def window(
    random: Random, question: str, head: str, context: str, span: tuple[int, int]
) -> Example:
    """A part of a paragraph around a span, from the start of a sentence where one is near."""
    size = random.randint(70, 180)
    start = max(0, span[0] - random.randint(0, max(0, size - (span[1] - span[0]))))
    sentence = max(context.rfind(sign, max(0, start - 30), start) for sign in "。；！？") + 1
    start = sentence or start
    end = min(len(context), max(start + size, span[1]))
    before = f"{head}{SEPARATOR}" if head else ""
    moved = len(before) - start if span[1] > span[0] else 0
    spans = (span[0] + moved, span[1] + moved) if span[1] > span[0] else (0, 0)
    return Example(question, before + context[start:end], *spans)
