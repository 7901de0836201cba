"""Drafts every section for every department and year of a library and checks what they promise.

    python benchmarks/drafts.py HOME [--show N]
    python benchmarks/drafts.py HOME --base-url http://127.0.0.1:8901/v1 [--model NAME] \\
        [--departments 10] [--sections problems measures] [--out FILE]

Counts figures that nothing shows, unmet indicators that no problem names, problems without a
measure, blanks that were filled with what no document says, and the slowest section. With a
language model it also says how many paragraphs the model worded, and --out gets each of them
below the grounded one.
"""

import argparse
import re
import statistics
import sys
from contextlib import closing
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from assistant.config import Settings
from assistant.drafting.types import Draft, Section
from assistant.service import Assistant
from assistant.types import Mode, Verdict
from ingest.types.blocks import Form
from ingest.types.library import Scope

DUTY = re.compile(r"(责任单位|完成时限|量化目标)：(?!【待填：)([^；。]*)")
DATE = re.compile(r"\d{4}年\d{1,2}月(?:\d{1,2}日)?|(?<!\d)\d{1,2}月\d{1,2}日|\d{1,2}月底")


def bare(text: str) -> str:
    return "".join(filter(str.isalnum, text))


def faults(assistant: Assistant, draft: Draft) -> list[str]:
    """What is wrong with one draft."""
    found = [
        f"没有出处的数字 {figure.raw}：{paragraph.text[:80]}"
        for paragraph in draft.paragraphs
        for figure in paragraph.figures
        if figure.verdict is Verdict.UNSUPPORTED
    ]
    quotes = "".join(citation.quote for citation in draft.citations)
    for paragraph in draft.paragraphs:
        for label, filled in DUTY.findall(paragraph.text):
            if bare(filled) not in bare(quotes):
                found.append(f"{label}被填写为“{filled}”")
        found += [f"日期 {d}" for d in DATE.findall(paragraph.text) if bare(d) not in bare(quotes)]
    if draft.section in (Section.PROBLEMS, Section.REPORT):
        found += unnamed(assistant, draft)
    if draft.section in (Section.MEASURES, Section.REPORT):
        found += [f"没有措施：{r.subject}" for r in draft.remedies if not r.measure]
    return found


def unnamed(assistant: Assistant, draft: Draft) -> list[str]:
    """The unmet indicators that the problems do not name."""
    years = (draft.year,) if draft.year else ()
    scope = Scope(departments=(draft.department,), years=years, copies=False)
    forms = {record.id: record.form for record in assistant.documents()}
    said = bare("".join(remedy.problem for remedy in draft.remedies))
    return [
        f"未达标指标没有列入问题：{standing.indicator.name}"
        for standing in assistant.indicators(scope)
        if standing.status.is_unmet
        and forms[standing.indicator.document_id] is not Form.MONITORING
        and bare(standing.indicator.name) not in said
    ]


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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", type=Path)
    parser.add_argument("--show", type=int, default=20)
    parser.add_argument("--base-url", default="")
    parser.add_argument("--model", default="default")
    parser.add_argument("--timeout", type=float, default=180)
    parser.add_argument("--departments", type=int, help="so many departments, each in one year")
    parser.add_argument("--sections", nargs="*", type=Section, default=list(Section))
    parser.add_argument("--out", type=Path, help="paragraphs without and with the model")
    given = parser.parse_args()
    settings = Settings(
        home=given.home,
        llm_base_url=given.base_url,
        llm_model=given.model if given.base_url else "",
        llm_timeout=given.timeout,
    )
    spent: list[int] = []
    problems = figures = number = paragraphs = worded = 0
    wrong: list[str] = []
    with closing(Assistant(settings)) as assistant:
        for department, year in chosen(assistant, given.departments):
            for section in given.sections:
                draft = assistant.draft(section, department=department, year=year)
                number += 1
                spent.append(draft.elapsed_ms)
                figures += len(draft.figures)
                paragraphs += sum(not p.level for p in draft.paragraphs)
                worded += sum(p.mode is Mode.LLM for p in draft.paragraphs)
                if section is Section.PROBLEMS:
                    problems += len(draft.remedies)
                name = f"{department}{year}年{section.value}"
                wrong += [f"{name}：{fault}" for fault in faults(assistant, draft)]
                if given.base_url:
                    print(f"{name} {draft.elapsed_ms}毫秒", file=sys.stderr, flush=True)
                if given.out:
                    beside(assistant, draft, given.out)
    for line in wrong[: given.show]:
        print(line)
    print(
        f"{number}份初稿，{figures}个数字，{problems}个问题，{len(wrong)}处不合要求；"
        f"{paragraphs}段中{worded}段由模型改写；用时中位数{statistics.median(spent):.0f}毫秒，最长{max(spent)}毫秒"
    )


if __name__ == "__main__":
    main()
