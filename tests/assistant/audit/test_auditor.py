"""The cache of findings: one department a change, one document a content, scans less sure."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.assessment.rule_packs import RuleBook
from assistant.assessment.status import read_status_rules
from assistant.audit.auditor import Auditor
from assistant.audit.vocabulary import read_words
from assistant.departments.directory import Directory
from assistant.types import Finding, Severity
from ingest.extraction.understand import understand
from ingest.language.name_grammar import Grammar
from ingest.language.tokenizer import Tokenizer
from ingest.language.vocabulary import default_vocabulary
from ingest.loaders import load
from ingest.records.record_store import RecordStore
from ingest.records.rows import pack
from ingest.types.library import Scope

FORM = """{city}教育局部门整体支出绩效自评表
（{year}年度）
单位：万元
部门名称 {city}教育局
部门资金情况
整体支出年度预算数 {final} 整体支出年初预算数 1000.00
实际支出数 990.00
年度调整额 100.00
预算完成率 90.00% 预算调整率 10.00%
存在问题
预算编制不够细化，绩效目标不够明确。
改进措施
细化预算编制，明确绩效目标，由计财科负责，2024年6月底前完成。
"""
GRAMMAR = Grammar(default_vocabulary().departments)


class Bookcase:
    """A record store with an auditor over it."""

    def __init__(self, folder: Path) -> None:
        self.records = RecordStore(f"sqlite:///{folder / 'library.db'}", cut=Tokenizer().cut)
        self.auditor = Auditor(
            self.records,
            lambda: Directory(set(self.records.departments()), GRAMMAR),
            RuleBook(),
            read_status_rules(),
            read_words(),
        )

    def add(
        self, city: str, *, year: int = 2023, final: str = "1100.00", scanned: bool = False,
        like: str = "", note: str = "",
    ) -> str:  # fmt: skip
        text = FORM.format(city=city, year=year, final=final) + note
        document = load(f"{city}{year}{'（扫描件）' if scanned else ''}{note}.txt", text.encode())
        made = understand(replace(document, scanned=scanned))
        self.records.stage(pack(made))
        self.records.publish(document.id, like=like)
        return document.id

    def errors(self) -> list[Finding]:
        found = self.auditor.audit(Scope())
        return [f for f in found if f.code in ("D10", "D11") and f.severity is Severity.ERROR]


@pytest.fixture
def bookcase(tmp_path: Path) -> Iterator[Bookcase]:
    made = Bookcase(tmp_path)
    yield made
    made.records.close()


def test_sums_that_hold_are_no_findings(bookcase: Bookcase) -> None:
    bookcase.add("白石市")
    assert bookcase.errors() == []


def test_a_new_document_costs_its_own_department_only(bookcase: Bookcase) -> None:
    bookcase.add("白石市", final="1200.00")
    first = bookcase.auditor.audit(Scope())
    bookcase.add("云溪市", final="1300.00")
    second = bookcase.auditor.audit(Scope())
    assert {f.evidence[0].department for f in second} == {"白石市教育局", "云溪市教育局"}
    kept = [f for f in second if f.evidence[0].department == "白石市教育局"]
    assert all(one is other for one, other in zip(first, kept, strict=True))


def test_what_leaves_the_library_leaves_the_findings(bookcase: Bookcase) -> None:
    id = bookcase.add("白石市", final="1200.00")
    assert bookcase.errors() != []
    bookcase.records.retire(id)
    assert bookcase.auditor.audit(Scope()) == ()
    assert bookcase.auditor.standings(Scope()) == ()
    assert bookcase.auditor.totals(Scope()) == ()


def test_a_scan_may_be_misread(bookcase: Bookcase) -> None:
    bookcase.add("白石市", final="1200.00", scanned=True)
    assert bookcase.errors() == []
    found = [f for f in bookcase.auditor.audit(Scope()) if f.code == "D11"]
    assert [f.severity for f in found] == [Severity.WARNING]
    assert found[0].message.endswith("建议核对原件。")


def test_of_a_scan_and_its_original_the_original_is_looked_at(bookcase: Bookcase) -> None:
    scan = bookcase.add("白石市", final="1200.00", scanned=True)
    clean = bookcase.add("白石市", final="1200.00", like=scan, note="附注：本表一式两份。")
    sums = [f for f in bookcase.errors() if f.code == "D11"]
    assert [f.document_id for f in sums] == [clean]
    assert bookcase.auditor.audit(Scope(document_ids=(scan,))) == bookcase.auditor.audit(
        Scope(document_ids=(clean,))
    )


def test_last_year_is_compared(bookcase: Bookcase) -> None:
    bookcase.add("白石市", year=2022, note="上年")
    bookcase.add("白石市", year=2023)
    assert [t.year for t in bookcase.auditor.totals(Scope())] == [2022, 2023]
    (total,) = bookcase.auditor.totals(Scope(years=(2023,)))
    assert total.execution is not None
    assert total.execution.formula == "990 ÷ 1100 × 100% = 90.00%"
