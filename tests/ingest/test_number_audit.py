"""The number audit: no figure's value differs from what is printed, by a parser of its own.

The parser here shares nothing with the program's: it takes the numbers of the printed text one by
one, full width or not, and multiplies out what stands behind them.
"""

import unicodedata
from decimal import Decimal
from pathlib import Path

import pytest

from ingest.extraction.understand import understand
from ingest.loaders import load
from ingest.types.facts import Figure, Understanding
from tests.support.builders import FILES, SAMPLES, page, read, sheet, text
from tests.support.pdf_writer import pdf, ruled

NEGATIVE = "-−▲△▼负("
SCALES = {"": 1, "万": 10**4, "亿": 10**8}
ROWS = [
    ["项目", "年初预算数", "全年预算数", "年度调整额", "全年执行数"],
    ["公用经费", "86.40", "80.15", "(6.25)", "79.98"],
    ["人员经费", "１，２０３．５０", "1,240.00", "36.50", "1,238.7¹"],
    ["项目支出", "3 250.60", "3,198.45", "▲52.15", "3,001.20"],
]
PROSE = (
    "全年预算数为4,518.60万元，实际支出4,319.88万元，执行率95.60%，较上年▲36.20万元。",
    "举办培训12场，培训3.6万人次，群众满意度达到96.4%³，总投资2亿3600万元。",
)


def printed(raw: str) -> list[Decimal]:
    """The numbers that a text prints, its marks of notes left out, each as it may be meant."""
    plain = "".join(
        "" if "SUPERSCRIPT" in unicodedata.name(mark, "") else unicodedata.normalize("NFKC", mark)
        for mark in raw
    )
    numbers: list[Decimal] = []
    at = 0
    while at < len(plain):
        end = at
        while end < len(plain) and (
            plain[end].isdigit()
            or (plain[end] in "., " and end > at and plain[end + 1 : end + 2].isdigit())
        ):
            end += 1
        if end == at:
            at += 1
            continue
        digits = plain[at:end].replace(",", "").replace(" ", "")
        if digits.count(".") <= 1:
            scales = {1, SCALES.get(plain[end : end + 1], 1)}
            numbers += [Decimal(digits) * scale for scale in scales]
        at = end
    return numbers or [_in_words(plain)]


def _in_words(plain: str) -> Decimal:
    """十余 is 10, 三百多 300."""
    total = digit = Decimal(0)
    for mark in plain:
        number = Decimal(int(unicodedata.numeric(mark, 0)))
        if number >= 10:
            total, digit = total + (digit or 1) * number, Decimal(0)
        elif number:
            digit = number
    return total + digit


def check(understood: Understanding) -> int:
    """Holds every figure against its printed text; how many values there were."""
    counted = 0
    for figure in understood.figures:
        numbers = printed(figure.quantity.raw)
        for value in figure.quantity.values:
            counted += 1
            assert abs(value) in numbers or _in_parts(abs(value), numbers), figure
            assert (value < 0) == _is_negative(figure), figure
    return counted


def _in_parts(value: Decimal, numbers: list[Decimal]) -> bool:
    """2亿3600万 is 23600 of its unit."""
    wholes = {a + b for a in numbers for b in numbers}
    return any(value * scale in wholes for scale in SCALES.values())


def _is_negative(figure: Figure) -> bool:
    raw = unicodedata.normalize("NFKC", figure.quantity.raw).strip()
    return raw[:1] in NEGATIVE and any(mark.isdigit() for mark in raw[:4])


@pytest.mark.parametrize("path", sorted(SAMPLES.iterdir()), ids=lambda path: path.name)
def test_samples(path: Path) -> None:
    assert check(understand(load(path.name, path.read_bytes()))) > 20


@pytest.mark.parametrize("name", ["form.pdf", "cut.pdf", "sideways.pdf", "summary.xls"])
def test_fixtures(name: str) -> None:
    check(understand(load(name, (FILES / name).read_bytes())))


def test_made_forms_in_five_formats() -> None:
    edges = [40.0, 130.0, 230.0, 330.0, 430.0, 550.0]
    table = "".join(f"<tr>{''.join(f'<td>{c}</td>' for c in row)}</tr>" for row in ROWS)
    lines = ["某市档案馆2023年度部门整体支出绩效自评表", "单位：万元", *PROSE]
    made = [
        read("表.xlsx", sheet(lines[:1], lines[1:2], *ROWS, *([line] for line in PROSE))),
        read("表.html", f"<html>{''.join(f'<p>{x}</p>' for x in lines)}<table>{table}</table>"),
        read("表.pdf", pdf(ruled(edges, [60, 90, 120, 150, 180], ROWS))),
        read("表.csv", "\n".join(";".join(row) for row in ROWS)),
        text(*lines, *("\t".join(row) for row in ROWS)),
        read("表.html", page()),
    ]
    counts = [check(understood) for understood in made]
    assert min(counts[:5]) >= 12, counts
