"""What `jiwen` prints for people: tables, answers with their sources, progress."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from json import dumps
from pathlib import PurePosixPath
from typing import TypeVar

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)
from rich.progress import Progress as Bar
from rich.table import Table
from rich.text import Text

from assistant.assessment.department_totals import Colour, DepartmentTotals
from assistant.drafting.types import Draft, Section
from assistant.grounding.locations import place
from assistant.language.wording import SEVERITY_NAMES, outcome, year_name
from assistant.schemas.selection import is_confirmed
from assistant.types import (
    Answer,
    AnswerBlock,
    BlockKind,
    Finding,
    IndicatorStatus,
    Mode,
    Severity,
    Status,
)
from ingest.corrections.types import ROLE_NAMES
from ingest.types.facts import Figure, Quantity
from ingest.types.library import DocumentRecord, FileReport, Outcome, Progress, StoreFault

Item = TypeVar("Item")

PIPE_COLUMNS = 10_000
"""Columns where the output is not a terminal: wide enough that no row is folded."""
MAX_ODDITIES = 3

OUTCOME_STYLES = {
    Outcome.ADDED: "green",
    Outcome.REPLACED: "green",
    Outcome.UNCHANGED: "dim",
    Outcome.FAILED: "red",
}
STATUS_STYLES = {
    status: "green" if status.is_met else "red" if status.is_unmet else "yellow"
    for status in Status
}
SEVERITY_STYLES = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.NOTE: "dim"}


def console(*, stderr: bool = False) -> Console:
    """A console that prints document text as it stands: no markup, no highlighting."""
    screen = Console(stderr=stderr, markup=False, highlight=False, emoji=False)
    return (
        screen
        if screen.is_terminal
        else Console(stderr=stderr, markup=False, highlight=False, emoji=False, width=PIPE_COLUMNS)
    )


def plain(text: str, style: str = "") -> Text:
    """Document text made safe for a terminal: control characters become visible blanks."""
    return Text("".join(c if c.isprintable() else " " for c in text), style=style)


def table(*headings: str) -> Table:
    """An empty table without rules, whose cells fold."""
    rows = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 2, 0, 0))
    for heading in headings:
        rows.add_column(heading, overflow="fold")
    return rows


def indented(text: Text, columns: int) -> Padding:
    """Text that begins some columns further right."""
    return Padding(text, (0, 0, 0, columns), expand=False)


@contextmanager
def progress(screen: Console, *, quiet: bool = False) -> Iterator[Callable[[Progress], None]]:
    """A bar on a terminal with the file in hand and the rate; nothing elsewhere."""
    with Bar(
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}", markup=False),
        TimeElapsedColumn(),
        console=screen,
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
        disable=quiet or not screen.is_terminal,
    ) as bar:
        line = bar.add_task("正在准备", total=None, rate="")

        def show(step: Progress) -> None:
            name = PurePosixPath(step.file).name
            bar.update(
                line,
                description=f"{step.doing} {plain(name)} {step.place}".rstrip(),
                completed=step.number - 1,
                total=step.total,
                rate=step.rate,
            )

        yield show


def report(line: FileReport) -> Group:
    """One file of the ingest report, with what was not understood and where."""
    style = "yellow" if line.unread else OUTCOME_STYLES[line.outcome]
    words = outcome(line)
    head = Text.assemble((words, style), "  ", plain(line.file))
    if line.outcome is Outcome.FAILED:
        return Group(head)
    facts = [
        part
        for part in (
            line.department,
            year_name(line.year),
            line.form.value,
            f"表格{line.table_rows}行",
            f"指标{line.indicators}项",
            f"数据{line.figures}个",
            f"片段{line.passages}个",
        )
        if part
    ]
    rows: list[Padding] = [indented(plain(" · ".join(facts), "dim"), 8)]
    for title, oddities in (("待确认", line.needs_attention), ("未识别", line.oddities)):
        for oddity in oddities[:MAX_ODDITIES]:
            where = place(oddity.location, file=line.file)
            words = f"{title}  {where}：{oddity.proposal or oddity.text}（{oddity.reason}）"
            rows.append(indented(plain(words, "yellow"), 8))
        if len(oddities) > MAX_ODDITIES:
            rest = f"{title}  另有{len(oddities) - MAX_ODDITIES}处，用 --json 查看全部"
            rows.append(indented(plain(rest, "yellow"), 8))
    if line.note:
        rows.append(indented(plain(line.note, "yellow"), 8))
    return Group(head, *rows)


def documents(records: Iterable[DocumentRecord]) -> Table:
    """One line a document; a copy names the document that it is a copy of."""
    listed = list(records)
    files = {record.id: record.file for record in listed}
    rows = table(
        *("编号", "文件", "表种", "部门", "年度", "指标", "数据", "待确认", "未识别", "内容同")
    )
    for record in listed:
        rows.add_row(
            record.id[:12],
            plain(record.file),
            record.form.value,
            plain(record.department),
            year_name(record.year),
            str(record.indicators),
            str(record.figures),
            str(len(record.needs_attention)),
            str(len(record.oddities)),
            plain(files.get(record.copy_of, "")),
        )
    return rows


def faults(faults: Iterable[StoreFault]) -> Table:
    """One line for each part of the library that does not agree with the rest."""
    rows = table("文件", "问题")
    for fault in faults:
        rows.add_row(plain(fault.file), plain(fault.message))
    return rows


def figures(facts: Iterable[Figure], *, documents: Iterable[DocumentRecord]) -> Group:
    """Every figure under the document it stands in."""
    groups: list[RenderableType] = []
    by_document = grouped(facts, lambda fact: fact.document_id)
    for record in documents:
        rows = table("名称", "口径", "值", "位置", "置信度")
        for fact in by_document.get(record.id, ()):
            rows.add_row(
                plain(fact.subject),
                ROLE_NAMES[fact.role],
                plain(printed(fact.quantity)),
                plain(place(fact.location, file=record.file)),
                Text(f"{fact.confidence:.0%}{'' if is_confirmed(fact) else ' 未确认'}"),
            )
        if rows.rows:
            groups += [heading(record), rows, Text()]
    return Group(*groups)


def indicators(
    statuses: Iterable[IndicatorStatus], *, documents: Iterable[DocumentRecord]
) -> Group:
    """Every indicator with its status, under the document it stands in."""
    groups: list[RenderableType] = []
    by_document = grouped(statuses, lambda status: status.indicator.document_id)
    for record in documents:
        rows = table("指标", "目标", "实际", "状态", "说明", "位置")
        for status in by_document.get(record.id, ()):
            fact = status.indicator
            rows.add_row(
                plain(fact.name),
                plain(printed(fact.target)),
                plain(printed(fact.actual) or fact.actual_text),
                Text(status.status.value, STATUS_STYLES[status.status]),
                plain(status.reason),
                plain(place(fact.location, file=record.file)),
            )
        if rows.rows:
            groups += [heading(record), rows, Text()]
    return Group(*groups)


def totals(totals: Iterable[DepartmentTotals]) -> Table:
    """One line a department and year; the scores are as reported and as recomputed."""
    rows = table(
        *("部门", "年度", "指标", "达标", "未达标", "待核实", "预算执行率", "自评得分", "复核得分"),
        *("评级", "信号灯"),
    )
    for total in totals:
        counts = dict(total.counts)
        met = sum(counts[status] for status in Status if status.is_met)
        unmet = sum(counts[status] for status in Status if status.is_unmet)
        all_ = sum(counts.values())
        unverified = all_ - met - unmet
        execution = total.execution
        lights = Counter(light.colour for light in total.lights)
        rows.add_row(
            plain(total.department),
            year_name(total.year),
            str(all_),
            Text(str(met), "green"),
            Text(str(unmet), "red" if unmet else ""),
            Text(str(unverified), "yellow" if unverified else ""),
            f"{execution.result}%（{execution.formula.split(' × ')[0]}）" if execution else "",
            "" if total.reported is None else str(total.reported),
            str(total.recomputed.result) if total.recomputed else "",
            total.rating,
            " ".join(f"{colour.value}{lights[colour]}" for colour in Colour if lights[colour]),
        )
    return rows


def findings(findings: Iterable[Finding]) -> Group:
    """Every finding, under the department and year that it is about."""
    groups: list[RenderableType] = []
    by_owner = grouped(
        findings, lambda f: f"{f.evidence[0].department} {year_name(f.evidence[0].year)}".strip()
    )
    for owner, owned in by_owner.items():
        rows = table("校核", "程度", "发现", "位置")
        for finding in owned:
            source = finding.evidence[0]
            where = f"{PurePosixPath(source.file).name} {place(source.location, file=source.file)}"
            severity = Text(SEVERITY_NAMES[finding.severity], SEVERITY_STYLES[finding.severity])
            rows.add_row(finding.code, severity, plain(finding.message), plain(where))
        groups += [Text(owner, "bold"), rows, Text()]
    return Group(*groups) if groups else Group(Text("没有发现疑似问题；这不等于材料没有问题。"))


def heading(record: DocumentRecord) -> Text:
    """Whose document it is, and its file."""
    owner = " ".join(part for part in (record.department, year_name(record.year)) if part)
    return Text.assemble((owner, "bold"), "  ", (record.file, "dim"))


def grouped(items: Iterable[Item], key: Callable[[Item], str]) -> dict[str, list[Item]]:
    """The items by key, each group in their order."""
    groups: dict[str, list[Item]] = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    return groups


def printed(quantity: Quantity | None) -> str:
    """The value as the document prints it, with its unit where that stands elsewhere."""
    if quantity is None:
        return ""
    return quantity.raw if quantity.unit in quantity.raw else quantity.raw + quantity.unit


def answer(answer: Answer) -> Group:
    """An answer with its numbered sources and calculations below."""
    rows: list[RenderableType] = [Text()]
    rows += [plain(line) for line in answer.text.splitlines()]
    rows += map(block, answer.blocks)
    rows += [plain(f"（存疑 {doubt.code}）{doubt.message}", "yellow") for doubt in answer.doubts]
    if answer.calculations:
        rows += [Text(), Text("计算过程", "bold")]
        rows += [indented(plain(calculation.formula), 4) for calculation in answer.calculations]
    if answer.citations:
        rows += [Text(), Text("出处", "bold")]
    for source in answer.citations:
        where = f"{source.file}  {place(source.location, file=source.file)}"
        rows.append(Text.assemble((f"[{source.marker}] ", "cyan"), plain(where)))
        rows.append(indented(plain(f"“{source.quote}”", "dim"), 4))
    if answer.mode is Mode.LLM:
        rows += [Text(), Text("（由语言模型组织文字，数字已逐一核对）", "dim")]
    return Group(*rows, Text())


def block(block: AnswerBlock) -> RenderableType:
    """A passage with the words that answer marked, or a table."""
    if block.kind is BlockKind.QUOTE:
        words = plain(block.text)
        if block.span:
            words.stylize("bold green", *block.span)
        return indented(Text.assemble(words, (f" [{block.marker}]", "cyan")), 4)
    rows = table(*block.columns)
    for row in block.rows:
        rows.add_row(*map(plain, row))
    return rows


def draft(draft: Draft) -> Group:
    """A draft with what is left to fill in and to check, and its sources below."""
    rows: list[RenderableType] = [Text(), plain(draft.title, "bold"), Text()]
    for paragraph in draft.paragraphs:
        rows.append(plain(paragraph.text, "bold" if paragraph.level else ""))
        if paragraph.table is not None:
            shown = table(*paragraph.table.columns)
            for row in paragraph.table.rows:
                shown.add_row(*map(plain, row))
            rows.append(shown)
    if draft.blanks:
        rows += [Text(), Text(f"待填（{len(draft.blanks)}处）", "bold")]
        rows += [indented(plain(f"{b.label}：{b.about}", "yellow"), 4) for b in draft.blanks]
    if draft.checklist and draft.section is not Section.CHECKLIST:
        told = f"核对清单（{len(draft.checklist)}项）：jiwen draft checklist 逐项列出"
        rows += [Text(), Text(told, "bold")]
    if draft.citations:
        rows += [Text(), Text("出处", "bold")]
    for source in draft.citations:
        where = f"{source.file}  {place(source.location, file=source.file)}"
        rows.append(Text.assemble((f"[{source.marker}] ", "cyan"), plain(where)))
    return Group(*rows, Text())


def print_result(as_json: Mapping[str, object], text: str, *, json: bool) -> None:
    """What a command did, as one JSON object on a line or in words, at once."""
    print(dumps(as_json, ensure_ascii=False) if json else text, flush=True)
