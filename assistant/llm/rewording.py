"""Grounded sentences reworded by a language model, each checked before it is passed on (改写).

A model may move the year and change the words that only join; names, numbers, findings and markers
must all be there, in their order, and nothing else. So a wrong digit, a lost refusal, a swapped
comparison and an obeyed instruction all fail alike, and the grounded sentence stands instead.
"""

import logging
import re
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace

from assistant import time_limit
from assistant.errors import LanguageModelError
from assistant.grounding.citations import shorten
from assistant.grounding.verification import MARKER, Sentence, check
from assistant.llm.model import LanguageModel
from assistant.llm.vocabulary import RewordingVocabulary
from assistant.types import Answer, Calculation, Citation, Mode
from ingest.language.lexicon import longest_first
from ingest.language.normalise import normalise
from ingest.language.years import YEAR
from ingest.types.facts import Figure

MAX_SENTENCES = 4
MAX_SENTENCE_CHARACTERS = 120
"""Further sentences, and longer ones, keep their grounded wording: nobody waits for them."""
MAX_QUOTE_CHARACTERS = 40
"""Maximum length of a quote as the model is shown it."""
_PIECE = re.compile(r"[^。！？\n]+[。！？\n]*|\n+")
_LISTED = re.compile(r"\s*\d+[.、．]")
_LINE = re.compile(r"\s*[（(]?(\d+)\s*[)）.、:：]\s*(.+)")
THOUGHT = re.compile(r"<think>.*?(?:</think>|\Z)", re.DOTALL)
"""What a model says to itself, ended or not."""
_QUOTE = r"“[^”]*”|《[^》]*》"
_YEAR = rf"(?<!\d){YEAR}年度?"
"""A year as our own sentences print it, whole: it may change its place in the sentence."""
_NUMBER = r"\d[\d,]*(?:\.\d+)?\s*(?:[万亿]?元|[万亿]|%|‰|个百分点)?(?:余|多)?"
_GAP = re.compile(r"[\s，、；：。！？,;:（）()]+")

FiguresById = Callable[[Sequence[str]], Sequence[Figure]]
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Piece:
    """A sentence of the grounded answer; `shown` is how the model sees it, "" if it does not."""

    text: str
    shown: str = ""


@dataclass(frozen=True, slots=True)
class Script:
    """An answer cut into sentences; what its markers stand for, [1] being the first of `places`."""

    pieces: tuple[Piece, ...]
    places: tuple[str, ...]
    evidence: tuple[str, ...]

    @property
    def offered(self) -> tuple[str, ...]:
        """The sentences that the model is shown, in their order."""
        return tuple(piece.shown for piece in self.pieces if piece.shown)


def script(answer: Answer) -> Script:
    """The sentences to be reworded: prose with a source, no lists and nothing quoted.

    Markers side by side and shown formulas become one marker each, so the model has few to copy.
    """
    attached = attachment(answer.calculations)
    places: list[str] = []
    pieces: list[Piece] = []
    offered = 0
    for text in _PIECE.findall(answer.text):
        if offered < MAX_SENTENCES and _is_prose(text, answer.citations):
            mine: list[str] = []
            first = len(places)

            def mark(match: re.Match[str], mine: list[str] = mine, first: int = first) -> str:
                mine.append(match.group())
                return f"[{first + len(mine)}]"

            shown = attached.sub(mark, text.strip())
            if len(shown) <= MAX_SENTENCE_CHARACTERS:
                places += mine
                pieces.append(Piece(text, shown))
                offered += 1
                continue
        pieces.append(Piece(text))
    by_marker = {citation.marker: citation for citation in answer.citations}
    evidence = [f"[{n}] {_behind(place, by_marker)}" for n, place in enumerate(places, start=1)]
    return Script(tuple(pieces), tuple(places), tuple(evidence))


def attachment(calculations: Sequence[Calculation]) -> re.Pattern[str]:
    """What stands behind words to show where they come from: markers and formulas side by side."""
    formulas = [re.escape(f"（{calculation.formula}）") for calculation in calculations]
    return re.compile("(?:" + "|".join([*longest_first(formulas), r"\[\d+\]"]) + ")+")


def _is_prose(text: str, citations: Sequence[Citation]) -> bool:
    if not MARKER.search(text) or _LISTED.match(text) or "；" in text:
        return False
    bare = _bare(text)
    return not any(bare in _bare(citation.quote) for citation in citations)


def _bare(text: str) -> str:
    return re.sub(r"[\s。！？；]", "", MARKER.sub("", normalise(text)))


def _behind(place: str, citations: Mapping[int, Citation]) -> str:
    """What a marker stands for: the quote it cites, or the formula."""
    marker = MARKER.match(place)
    if marker and int(marker[1]) in citations:
        return " ".join(shorten(citations[int(marker[1])].quote, "")[:MAX_QUOTE_CHARACTERS].split())
    return MARKER.sub("", place)


class Likeness:
    """Whether two sentences say the same: the same names, numbers and findings in their order."""

    def __init__(self, vocabulary: RewordingVocabulary) -> None:
        glue = "|".join(longest_first(vocabulary.glue))
        edges = "|".join(longest_first(vocabulary.edges))
        findings = "|".join(map(re.escape, longest_first(vocabulary.findings)))
        self._glue = re.compile(f"{glue}|{edges}")
        self._edges = re.compile(f"^(?:{edges})|(?:{edges})$")
        self._fixed = rf"{_QUOTE}|\[\d+\]|{_YEAR}|{_NUMBER}|{findings}"

    def holds(self, reworded: str, grounded: str) -> bool:
        """Whether `reworded` differs from `grounded` only in joining words and the year's place."""
        names = map(re.escape, longest_first(self._names(grounded)))
        words = re.compile("|".join((*names, self._fixed)))
        rest = self._glue.sub("", words.sub("，", reworded))
        return not _GAP.sub("", rest) and _order(grounded, words) == _order(reworded, words)

    def _names(self, grounded: str) -> Iterator[str]:
        """What stands between numbers, findings and punctuation: names of bodies and measures."""
        for run in _GAP.split(re.sub(self._fixed, "，", grounded)):
            if name := self._edges.sub("", run):
                yield name


def _order(sentence: str, words: re.Pattern[str]) -> tuple[list[str], list[str]]:
    """The words that count in their order, and the years: a single year may stand anywhere."""
    matches = [re.sub(r"[,\s]", "", match.group()) for match in words.finditer(sentence)]
    years = [word[:4] for word in matches if re.fullmatch(_YEAR, word)]
    if len(set(years)) == 1:
        return [word for word in matches if not re.fullmatch(_YEAR, word)], years[:1]
    return matches, years


class Rewriter:
    """Rewords a grounded answer sentence by sentence; every sentence is checked first."""

    def __init__(
        self, model: LanguageModel, vocabulary: RewordingVocabulary, figures: FiguresById
    ) -> None:
        self._model = model
        self._likeness = Likeness(vocabulary)
        self._figures = figures

    def stream(self, answer: Answer) -> Iterator[str | Answer]:
        """The text as it grows by sentences that stand, and at last the answer they make."""
        answer_script = script(answer)
        facts = self._facts(answer)
        grown, changed = "", False
        offered = answer_script.offered if not answer.abstained else ()
        with closing(self._model_lines(answer.question, answer_script, len(offered))) as lines:
            reworded: dict[int, str] = {}
            number = 0
            for piece in answer_script.pieces:
                time_limit.check()
                text = piece.text
                if piece.shown and offered:
                    number += 1
                    while number not in reworded and (line := next(lines, None)):
                        reworded[line[0]] = line[1]
                    text = self._accepted(
                        reworded.get(number, ""), piece, answer_script, answer, facts
                    )
                    changed = changed or text != piece.text
                grown += text
                yield grown
        yield self._answer(answer, grown, facts) if changed else answer

    def _model_lines(
        self, question: str, answer_script: Script, offered: int
    ) -> Generator[tuple[int, str], None, None]:
        """The model's finished lines with their numbers; ends where the model does or fails."""
        if not offered:
            return
        sentences = [f"{n}）{shown}" for n, shown in enumerate(answer_script.offered, start=1)]
        limit = 3 * sum(map(len, sentences)) + 200
        text, done = "", 0
        try:
            with closing(self._model.word(question, answer_script.evidence, sentences)) as chunks:
                for chunk in chunks:
                    time_limit.check()
                    text += chunk
                    *finished, _ = THOUGHT.sub("", text).split("\n")
                    for line in finished[done:]:
                        yield from _numbered(line, offered)
                    done = max(done, len(finished))
                    if len(text) > limit and "<think>" not in text:
                        return
        except LanguageModelError as error:
            _log.warning("%s", error)
            return
        yield from _numbered(THOUGHT.sub("", text).split("\n")[-1], offered)

    def _accepted(
        self,
        reworded: str,
        piece: Piece,
        answer_script: Script,
        answer: Answer,
        facts: Mapping[str, Figure],
    ) -> str:
        """The model's sentence with our markers if it passes the checks, else the grounded one."""
        reworded = reworded.strip().rstrip("。！？；") + "。"
        if reworded == piece.shown or not self._likeness.holds(reworded, piece.shown):
            return piece.text
        full = MARKER.sub(lambda m: answer_script.places[int(m[1]) - 1], reworded)
        if any(sentence.failed for sentence in _checked(full, answer, facts)):
            return piece.text
        ending = piece.text[len(piece.text.rstrip("\n")) :]
        return full + ending

    def _facts(self, answer: Answer) -> dict[str, Figure]:
        ids = [id for citation in answer.citations for id in citation.figure_ids]
        return {figure.id: figure for figure in self._figures(ids)}

    def _answer(self, answer: Answer, text: str, facts: Mapping[str, Figure]) -> Answer:
        checked = _checked(text, answer, facts)
        return replace(
            answer,
            text=text,
            mode=Mode.LLM,
            figures=tuple(figure for sentence in checked for figure in sentence.figures),
        )


def _checked(text: str, answer: Answer, facts: Mapping[str, Figure]) -> Sequence[Sentence]:
    calculations: Sequence[Calculation] = answer.calculations
    return check(text, answer.citations, calculations, figures=facts, question=answer.question)


def _numbered(line: str, offered: int) -> Iterator[tuple[int, str]]:
    """A line's number and words; where one sentence was asked for, its number may be missing."""
    if match := _LINE.fullmatch(line):
        yield int(match[1]), match[2]
    elif offered == 1 and line.strip():
        yield 1, line


def grown(answer: Answer) -> Iterator[str | Answer]:
    """A text that is there at once, line by line, and then its answer."""
    text = ""
    for line in answer.text.splitlines(keepends=True):
        text += line
        yield text
    yield answer
