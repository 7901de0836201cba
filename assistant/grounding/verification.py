"""Every number of an answer against the quotes it cites: the last word on any wording (核验).

A number is supported when a quote cited in its own sentence prints it in the same unit, computed
when a shown calculation uses or yields it, and unsupported otherwise. A sentence that names a year
is supported only by documents of that year, or by quotes that print the year themselves.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from types import MappingProxyType

from assistant import time_limit
from assistant.language.numbers import Number, find_numbers, same
from assistant.types import Calculation, CheckedFigure, Citation, Verdict
from ingest.language.years import YEAR
from ingest.types.facts import Figure

MARKER = re.compile(r"\[(\d+)\]")
_SENTENCE = re.compile(r"[^。！？；;\n]+[。！？；;\n]*(?:\[\d+\])*[。！？；;\n]*")
_QUOTED = re.compile(r"“([^“”]+)”")
_YEAR = re.compile(rf"(?<!\d){YEAR}(?=\s*(?:年|[-—–~至]))")
"""The digits of a year, those of the first year of a range too: no number to be checked."""
_NOT_FIGURES = re.compile(
    r"\[\d+\]|^\s*\d+[.、．](?!\d)|[（(]\d{1,2}[）)]|第\s*\d+\s*[页行条项列]"
    r"|(?<!\d)\d{1,2}\s*(?:月\s*)?[-—–~～至到]\s*\d{1,2}\s*月|(?<=表)\d{1,2}(?![\d.%万亿元])"
)
"""Markers, list numbers, places (表1), and the months of a reporting period (1-7月执行数)."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of an answer, the verdicts on its numbers, and its markers without citation."""

    text: str
    figures: tuple[CheckedFigure, ...]
    unknown_markers: tuple[int, ...]

    @property
    def failed(self) -> bool:
        """Whether it has an unsupported number or a marker without citation."""
        return bool(self.unknown_markers) or any(
            figure.verdict is Verdict.UNSUPPORTED for figure in self.figures
        )

    @property
    def line_end(self) -> str:
        """The line breaks at its end, which are kept where the sentence is left out."""
        return "\n" * (len(self.text) - len(self.text.rstrip("\n")))


@dataclass(frozen=True, slots=True)
class _Source:
    citation: Citation
    numbers: tuple[Number, ...]


def shown(sentences: Iterable[Sentence]) -> str:
    """The text of the sentences, without those that failed: they are left out whole."""
    return "".join(s.line_end if s.failed else s.text for s in sentences).strip()


def check(
    text: str,
    citations: Sequence[Citation],
    calculations: Sequence[Calculation] = (),
    *,
    figures: Mapping[str, Figure] = MappingProxyType({}),
    question: str = "",
) -> tuple[Sentence, ...]:
    """The sentences of `text` in order, together all of it, each with its numbers checked.

    `figures` by id: a table prints 1103.35 and its head 万元, so the unit of a bare number in a
    quote is that of the cited figure.
    """
    known = {
        citation.marker: _Source(
            citation,
            tuple(_printed(citation, [figures[i] for i in citation.figure_ids if i in figures])),
        )
        for citation in citations
    }
    asked = list(find_numbers(question))
    question = re.sub(r"\s", "", question)
    computed = [number for c in calculations for number in find_numbers(c.formula)]
    computed += [Number("", c.result, c.unit, 0, 0) for c in calculations]
    sentences = []
    for match in _SENTENCE.finditer(text):
        time_limit.check()
        sentence = match.group()
        markers = [int(m) for m in MARKER.findall(sentence)]
        cited = [known[m] for m in markers if m in known]
        years = {int(y) for y in _YEAR.findall(sentence)}
        checked = tuple(
            _verdict(number, cited, computed, years, asked)
            for number in claimed(sentence, question)
        )
        unknown = tuple(m for m in markers if m not in known)
        sentences.append(Sentence(sentence, checked, unknown))
    return tuple(sentences)


def claimed(sentence: str, question: str = "") -> Iterator[Number]:
    """The numbers that a sentence claims; those of markers, years, places and of the question's own
    words in quotes are no figures; `question` is without blanks."""
    for quoted in _QUOTED.findall(sentence):
        if quoted in question:
            sentence = sentence.replace(f"“{quoted}”", "　" * (len(quoted) + 2))
    for pattern in (_NOT_FIGURES, _YEAR):
        sentence = pattern.sub(lambda m: "　" * len(m.group()), sentence)
    return find_numbers(sentence)


def _verdict(
    number: Number,
    cited: Sequence["_Source"],
    computed: Sequence[Number],
    years: set[int],
    asked: Sequence[Number],
) -> CheckedFigure:
    def checked(verdict: Verdict, marker: int | None = None) -> CheckedFigure:
        return CheckedFigure(number.raw, number.value, number.unit, verdict, marker)

    for source in cited:
        if _of_year(source.citation, years) and _among(source.numbers, number):
            return checked(Verdict.SUPPORTED, source.citation.marker)
    if _among(computed, number):
        return checked(Verdict.COMPUTED)
    # A number that only repeats the question claims nothing; one with a unit does.
    if not number.unit and any(same(number, n.value, n.unit) for n in asked):
        return checked(Verdict.SUPPORTED)
    return checked(Verdict.UNSUPPORTED)


def _of_year(citation: Citation, years: set[int]) -> bool:
    return (
        not years
        or citation.year is None
        or citation.year in years
        or any(str(year) in citation.quote for year in years)
    )


def _among(printed: Iterable[Number], number: Number) -> bool:
    return any(same(number, other.value, other.unit) for other in printed)


def _printed(citation: Citation, figures: Sequence[Figure]) -> Iterator[Number]:
    """The numbers of a quote, with the units and scales of the cited figures.

    A quote 12.6 of a figure under the head 万平方米 is 126000 平方米.
    """
    for number in find_numbers(citation.quote):
        read = [f.quantity for f in figures if number.value in f.quantity.values]
        yield number if number.unit or not read else replace(number, unit=read[0].unit)
        for figure in figures:
            quantity = figure.quantity
            if len(quantity.values) == 1 and _bare(quantity.raw) == number.value:
                yield replace(number, value=quantity.values[0], unit=quantity.unit)


def _bare(raw: str) -> Decimal | None:
    """The number of a cell that contains nothing else; None for other cells."""
    numbers = list(find_numbers(raw))
    return numbers[0].value if len(numbers) == 1 and numbers[0].raw == raw.strip() else None
