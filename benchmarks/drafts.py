"""Drafts every section for every department and year of libraries and judges what a program can.

    python benchmarks/drafts.py HOME… [--show N]
    python benchmarks/drafts.py HOME --base-url http://127.0.0.1:8901/v1 [--model NAME] \\
        [--departments 10] [--sections problems measures] [--out FILE]

Of each whole report it counts what docs/draft-rubric.md leaves to a program: figures that nothing
shows, contradictions, what is told twice, unmet indicators that neither text nor table names,
problems without a measure and measures without a problem, headed problems, blanks in the text,
paragraphs on doubts about data, empty phrases, words a sentence; and what was filled in though no
document says it. It prints how long a section, a report, and a report with its Word file took. With
a language model it also says how many paragraphs the model worded, and --out gets each of them
below the grounded one.
"""

import argparse
import re
import statistics
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from time import perf_counter

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from assistant.config import Settings
from assistant.drafting.consistency import contradictions
from assistant.drafting.self_report import alike
from assistant.drafting.types import Draft, Section
from assistant.drafting.verification import BLANK
from assistant.errors import DraftError
from assistant.grounding.verification import MARKER
from assistant.service import Assistant
from assistant.types import Mode, Verdict
from ingest.types.blocks import Form
from ingest.types.library import Scope

MAX_HEADED, MAX_BLANKS, MAX_DOUBT_PARAGRAPHS = 5, 3, 1
REPEATED = 0.9
"""Share of words, from 0 to 1, at which two paragraphs tell the same."""
SHORTEST = 12
"""Characters of a paragraph below which likeness says nothing."""
DATE = re.compile(r"\d{4}年\d{1,2}月(?:\d{1,2}日)?|(?<!\d)\d{1,2}月\d{1,2}日|\d{1,2}月底")
DOUBT = re.compile(r"两者不一致|勾稽不符|疑似|建议核实|前后不一致或有疑问")
PHRASES = ("高度重视", "狠抓落实", "再上新台阶", "迈上新", "打好组合拳", "提高站位", "凝心聚力")
NAME = "指标名称"
MISSED = r"“([^“”]+)”(?:目标为[^“。；]*未达到目标|实际[^“。；]*年度目标（)"
_SENTENCE = re.compile(r"[^。；]+")


def bare(text: str) -> str:
    return "".join(filter(str.isalnum, text))


def faults(assistant: Assistant, draft: Draft) -> Iterator[tuple[str, str]]:
    """What is wrong with one draft: its kind, and where."""
    for figure in draft.figures:
        if figure.verdict is Verdict.UNSUPPORTED:
            yield "没有出处的数字", figure.raw
    yield from (("前后矛盾", found) for found in contradictions(draft))
    yield from (("重复", text) for text in repeated(draft))
    quotes = bare("".join(citation.quote for citation in draft.citations))
    for paragraph in draft.paragraphs:
        for date in DATE.findall(paragraph.text):
            if bare(date) not in quotes:
                yield "编造的日期", f"{date}：{paragraph.text[:60]}"
        said = (p for p in PHRASES if p in paragraph.text and p not in quotes)
        yield from (("套话", phrase) for phrase in said)
    if draft.section in (Section.PROBLEMS, Section.REPORT):
        yield from (("未达标指标没有写入", name) for name in unnamed(assistant, draft))
    if draft.section is Section.REPORT:
        yield from of_report(draft)


def of_report(draft: Draft) -> Iterator[tuple[str, str]]:
    """What only a whole report shows."""
    for remedy in draft.remedies:
        if not remedy.measure:
            yield "问题没有措施", remedy.subject
        if not remedy.problem:
            yield "措施没有问题", remedy.subject
    if len(draft.remedies) > MAX_HEADED:
        yield "问题标题过多", f"{len(draft.remedies)}个"
    if (blanks := len(BLANK.findall(draft.text))) > MAX_BLANKS:
        yield "正文待填过多", f"{blanks}处"
    if (doubts := len(doubtful(draft))) > MAX_DOUBT_PARAGRAPHS:
        yield "数据疑点超过一段", f"{doubts}段"


def doubtful(draft: Draft) -> list[str]:
    """The paragraphs that tell doubts about data."""
    return [p.text for p in draft.paragraphs if not p.level and DOUBT.search(p.text)]


def repeated(draft: Draft) -> Iterator[str]:
    """What is told twice: paragraphs that say the same, indicators missed in two paragraphs."""
    texts = [bare(MARKER.sub("", p.text)) for p in draft.paragraphs if not p.level and not p.table]
    texts = [text for text in texts if len(text) >= SHORTEST]
    for number, text in enumerate(texts):
        for other in texts[:number]:
            longer = max(len(text), len(other))
            if alike(text, other) >= REPEATED and min(len(text), len(other)) > longer * 2 / 3:
                yield text[:60]
    missed: Counter[str] = Counter()
    for paragraph in draft.paragraphs:
        missed.update({*re.findall(MISSED, paragraph.text)})
    known = Counter(
        row[p.table.columns.index(NAME)]
        for p in draft.paragraphs
        if p.table and NAME in p.table.columns
        for row in p.table.rows
    )
    yield from (f"“{name}”" for name, times in missed.items() if times > max(1, known[name]))


def unnamed(assistant: Assistant, draft: Draft) -> Iterator[str]:
    """The unmet indicators that neither the text nor a table names."""
    years = (draft.year,) if draft.year else ()
    scope = Scope(departments=(draft.department,), years=years, copies=False)
    forms = {record.id: record.form for record in assistant.documents()}
    cells = "".join("".join(row) for p in draft.paragraphs if p.table for row in p.table.rows)
    said = bare(draft.text + cells)
    for standing in assistant.indicators(scope):
        if (
            standing.status.is_unmet
            and forms[standing.indicator.document_id] is not Form.MONITORING
            and bare(standing.indicator.name) not in said
        ):
            yield standing.indicator.name


def chosen(assistant: Assistant, number: int | None) -> list[tuple[str, int]]:
    """Every department and year, or the newest year of so many departments."""
    covered = assistant.drafts.covered
    if number is None:
        return [(name, year) for name, years in covered.items() for year in years]
    return [(name, years[-1]) for name, years in covered.items()][:number]


def beside(assistant: Assistant, draft: Draft, out: Path) -> None:
    """Adds each paragraph that the model worded, below the grounded one."""
    plain = assistant.drafts.draft(
        draft.section, department=draft.department, year=draft.year, reword=False
    )
    with out.open("a", encoding="utf-8") as file:
        for grounded, said in zip(plain.paragraphs, draft.paragraphs, strict=True):
            if said.mode is Mode.LLM:
                print(f"{draft.title}\n  {grounded.text}\n  {said.text}\n", file=file)


class Tally:
    """What was counted over all drafts."""

    def __init__(self) -> None:
        self.wrong: Counter[str] = Counter()
        self.spent: dict[str, list[int]] = {"章节": [], "全文": [], "全文和Word文件": []}
        self.lines: list[str] = []
        self.figures = self.paragraphs = self.worded = 0
        self.reports: list[Draft] = []

    def add(self, draft: Draft, found: list[tuple[str, str]], word_ms: int) -> None:
        """Counts one draft; a report was made a Word file in `word_ms`."""
        if draft.section is Section.REPORT:
            self.spent["全文"].append(draft.elapsed_ms)
            self.spent["全文和Word文件"].append(draft.elapsed_ms + word_ms)
        else:
            self.spent["章节"].append(draft.elapsed_ms)
        self.figures += len(draft.figures)
        self.paragraphs += sum(not p.level for p in draft.paragraphs)
        self.worded += sum(p.mode is Mode.LLM for p in draft.paragraphs)
        self.wrong.update(kind for kind, _ in found)
        name = f"{draft.department}{draft.year}年{draft.section.value}"
        self.lines += [f"{name}：{kind}：{where}" for kind, where in found]
        if draft.section is Section.REPORT:
            self.reports.append(draft)

    def told(self) -> str:
        """All counts, in lines."""
        lengths = [
            len(bare(MARKER.sub("", sentence)))
            for draft in self.reports
            for p in draft.paragraphs
            if not p.level and not p.table
            for sentence in _SENTENCE.findall(p.text)
            if bare(sentence)
        ]
        each = len(self.reports) or 1
        headed = sum(len(d.remedies) for d in self.reports)
        blanks = sum(len(BLANK.findall(d.text)) for d in self.reports)
        checks = sum(len(d.checklist) for d in self.reports)
        text = sum(len(MARKER.sub("", d.text)) for d in self.reports)
        doubts = sum(len(MARKER.sub("", t)) for d in self.reports for t in doubtful(d))
        drafts = len(self.spent["章节"]) + len(self.spent["全文"])
        wrong = (
            "，".join(f"{kind}{number}" for kind, number in self.wrong.items()) or "没有不合要求的"
        )
        return (
            f"{drafts}份初稿，{self.figures}个数字：{wrong}\n"
            f"{len(self.reports)}份全文，平均{text / each:.0f}字，标题问题{headed / each:.1f}个，"
            f"正文待填{blanks / each:.1f}处，核对清单{checks / each:.1f}项，"
            f"数据疑点占正文{100 * doubts / (text or 1):.1f}%，"
            f"每句{statistics.mean(lengths or [0]):.0f}字\n"
            f"{self.paragraphs}段中{self.worded}段由模型改写；"
            f"用时（中位数、最长，毫秒）：{self.times()}"
        )

    def times(self) -> str:
        """How long each kind took, the median and the longest."""
        return "，".join(
            f"{kind}{statistics.median(spent):.0f}、{max(spent)}"
            for kind, spent in self.spent.items()
            if spent
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("homes", type=Path, nargs="+")
    parser.add_argument("--show", type=int, default=20)
    parser.add_argument("--base-url", default="")
    parser.add_argument("--model", default="default")
    parser.add_argument("--timeout", type=float, default=180)
    parser.add_argument("--departments", type=int, help="so many departments, each in one year")
    parser.add_argument("--sections", nargs="*", type=Section, default=list(Section))
    parser.add_argument("--out", type=Path, help="paragraphs without and with the model")
    given = parser.parse_args()
    tally = Tally()
    for home in given.homes:
        settings = Settings(
            home=home,
            llm_base_url=given.base_url,
            llm_model=given.model if given.base_url else "",
            llm_timeout=given.timeout,
        )
        with closing(Assistant(settings)) as assistant:
            for department, year in chosen(assistant, given.departments):
                for section in given.sections:
                    try:
                        draft = assistant.draft(section, department=department, year=year)
                    except DraftError as error:
                        tally.wrong["没有交付"] += 1
                        tally.lines.append(f"{department}{year}年{section.value}：{error}")
                        continue
                    started = perf_counter()
                    if section is Section.REPORT:
                        assistant.docx(draft)
                    word_ms = round((perf_counter() - started) * 1000)
                    tally.add(draft, list(faults(assistant, draft)), word_ms)
                    if given.out:
                        beside(assistant, draft, given.out)
    for line in tally.lines[: given.show]:
        print(line)
    print(tally.told())


if __name__ == "__main__":
    main()
