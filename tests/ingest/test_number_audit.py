"""The number audit: no figure's value differs from what is printed, by a parser of its own
(tests/support/printed_numbers.py). `benchmarks/number_audit.py PATH…` audits any documents.
"""

from pathlib import Path

import pytest

from ingest.extraction.understand import understand
from ingest.loaders import load
from tests.support.builders import FILES, SAMPLES, page, read, sheet, text
from tests.support.pdf_writer import pdf, ruled
from tests.support.printed_numbers import check

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
