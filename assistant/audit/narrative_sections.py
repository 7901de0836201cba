"""Problems, measures and prose (问题与措施: D21, D22, D23, D24, D26)."""

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from assistant.assessment.status import StatusRules, judge
from assistant.audit.dossier import DraftFinding, Sheet, named, of_passage, of_row
from assistant.audit.vocabulary import AuditVocabulary
from assistant.grounding.citations import Source
from assistant.language.wording import quoted
from assistant.types import Severity, Status
from ingest.types.blocks import Form
from ingest.types.facts import Indicator, Passage

MIN_SHARED_CHARACTERS = 4
"""Minimum number of characters in a row that a measure shares with the problem it answers."""
MIN_ITEM_CHARACTERS = 12
"""Minimum length of a point of a text; a shorter one only announces the next."""
CHARACTERS_AROUND_A_YEAR = 12
"""Where words may stand that say why another year is named."""
MAX_YEARS_APART = 3
"""Years further apart are not mixed up."""
_NUMBER = re.compile(r"\d")
_SKIP = re.compile(r"[，。；、：:“”\s]")


def check_problems(
    sheet: Sheet, words: AuditVocabulary, status: StatusRules
) -> Iterator[DraftFinding]:
    """D21: problems without a measure, measures without a problem, missed targets in neither."""
    if sheet.form not in (Form.SELF_EVALUATION, Form.REPORT):
        return
    problems = sheet.section(words.problem_headings)
    measures = sheet.section(words.measure_headings)
    if problems:
        yield from _silent(sheet, problems, words, status)
    if not problems or not measures:
        return
    asked, answered = _items(problems, words), _items(measures, words)
    loose = [m for m in answered if not any(_shares(m, p) for p in asked)]
    unmet = [p for p in asked if not any(_shares(m, p) for m in answered)]
    if not loose and not unmet:
        return
    parts = []
    if unmet:
        parts.append(f"{len(unmet)}个问题没有对应措施（{'；'.join(_brief(p) for p in unmet[:3])}）")
    if loose:
        parts.append(
            f"{len(loose)}条措施没有对应所列问题（{'；'.join(_brief(m) for m in loose[:3])}）"
        )
    yield DraftFinding(
        "D21",
        Severity.NOTE,
        f"存在问题{len(asked)}点、改进措施{len(answered)}条，疑似{'，'.join(parts)}，"
        "建议逐一对应。",
        (of_passage(problems[0]), of_passage(measures[0])),
        "",
        tuple(_brief(text) for text in (*unmet, *loose)),
        "存在问题与改进措施",
    )


def _silent(
    sheet: Sheet, problems: Sequence[Passage], words: AuditVocabulary, status: StatusRules
) -> Iterator[DraftFinding]:
    """Missed or unreported indicators that the problems do not speak of."""
    text = words.synonyms.plain("".join(p.text for p in problems))
    standings = [(row, judge(row, status).status) for row in sheet.indicators]
    rows = [
        row for row, standing in standings if standing.is_unmet or standing is Status.UNREPORTED
    ]
    absent = [row for row in rows if not _named_in(row, text, words)]
    if absent:
        yield DraftFinding(
            "D21",
            Severity.NOTE,
            f"{len(absent)}项未达标或未报告的指标没有写入存在问题："
            f"{named([r.name for r in absent])}，建议补充。",
            (*(of_row(row) for row in absent), of_passage(problems[0])),
            "",
            tuple(row.name for row in absent),
            "存在问题",
        )


def _named_in(row: Indicator, text: str, words: AuditVocabulary) -> bool:
    name = words.synonyms.plain(row.name)
    return name in text or _longest(name, text) >= max(MIN_SHARED_CHARACTERS, len(name) * 2 // 3)


def _items(passages: Sequence[Passage], words: AuditVocabulary) -> list[str]:
    """The points of a text: 一是……二是……; the whole of it where it is not divided."""
    text = "".join(p.text for p in passages)
    parts = [part.strip() for part in words.items.split(text)]
    lead, rest = parts[0], parts[1:]
    points = [part for part in rest if len(part) >= MIN_ITEM_CHARACTERS]
    # Words before the first point only announce it (主要是一是……), unless they are a point.
    if len(lead) >= MIN_ITEM_CHARACTERS * 2 or not points:
        points.insert(0, lead)
    return points


def _shares(one: str, other: str) -> bool:
    return _longest(_SKIP.sub("", one), _SKIP.sub("", other)) >= MIN_SHARED_CHARACTERS


def _longest(one: str, other: str) -> int:
    return SequenceMatcher(None, one, other, autojunk=False).find_longest_match().size


def _brief(text: str) -> str:
    head = re.split(r"[，。；]", text, maxsplit=1)[0].strip()
    return head if len(head) <= 24 else head[:24] + "……"


def check_measures(sheet: Sheet, words: AuditVocabulary) -> Iterator[DraftFinding]:
    """D22: measures without who, by when, how much."""
    if sheet.form not in (Form.SELF_EVALUATION, Form.REPORT):
        return
    measures = sheet.section(words.measure_headings)
    text = "".join(p.text for p in measures)
    if not text:
        return
    lacking = [
        label
        for label, pattern in (("责任单位", words.owner), ("完成时限", words.deadline))
        if not pattern.search(text)
    ]
    if not _NUMBER.search(re.sub(words.items.pattern, "", text)):
        lacking.append("量化目标")
    if lacking:
        yield DraftFinding(
            "D22",
            Severity.NOTE,
            f"改进措施没有写明{'、'.join(lacking)}，建议细化。",
            (of_passage(measures[0]),),
            "",
            tuple(lacking),
            "改进措施",
        )


def check_prose(sheet: Sheet, words: AuditVocabulary) -> Iterator[DraftFinding]:
    """D23: placeholders left in; D24: satisfaction without a sample; D26: praise, no figures."""
    for passage in sheet.passages:
        if placeholder := words.placeholders.search(passage.text):
            yield DraftFinding(
                "D23",
                Severity.WARNING,
                f"文中留有占位内容“{placeholder.group()}”，疑似未填写完整，建议核实。",
                (of_passage(passage, _around(passage.text, placeholder.start())),),
                "",
                (),
                placeholder.group(),
            )
            break
    yield from _samples(sheet, words)
    for task in sheet.tasks:
        completion = task.completion
        if (
            len(completion) >= MIN_ITEM_CHARACTERS * 2
            and words.boasting.search(completion)
            and not _NUMBER.search(completion)
        ):
            source = Source(
                task.document_id, task.location, completion[:100], (), task.department, task.year
            )
            yield DraftFinding(
                "D26",
                Severity.NOTE,
                f"{quoted(task.name)}的完成情况没有数据支撑：“{completion[:40]}……”，建议补充实际数值。",
                (source,),
                "",
                (),
                task.name,
            )


def check_identity(sheet: Sheet, words: AuditVocabulary) -> Iterator[DraftFinding]:
    """D23: prose that speaks of another year, or as another kind of body: taken from elsewhere?"""
    record = sheet.record
    body_kind = "委" if record.department.endswith("委员会") else record.department[-1:]
    seen: set[str] = set()
    for passage in sheet.passages:
        for match in words.own_year.finditer(passage.text):
            named_year = int(match.group(1))
            near = passage.text[
                max(0, match.start() - CHARACTERS_AROUND_A_YEAR) : match.end()
                + CHARACTERS_AROUND_A_YEAR
            ]
            strange = (
                record.year is not None and 0 < abs(named_year - record.year) <= MAX_YEARS_APART
            )
            if strange and not words.other_years.search(near):
                text = f"文中写到“{match.group()}”，本表为{record.year}年度，疑似年度写错或沿用旧稿"
                yield from _identity(passage, match, text, seen)
        for match in words.own_name.finditer(passage.text):
            if body_kind and match.group(1) != body_kind:
                text = (
                    f"文中自称“{match.group()}”，与部门名称“{record.department}”不符，疑似沿用他稿"
                )
                yield from _identity(passage, match, text, seen)


def _identity(
    passage: Passage, match: re.Match[str], text: str, seen: set[str]
) -> Iterator[DraftFinding]:
    if match.group() in seen:
        return
    seen.add(match.group())
    source = of_passage(passage, _around(passage.text, match.start()))
    yield DraftFinding(
        "D23", Severity.NOTE, f"{text}，建议核实。", (source,), "", (), match.group()
    )


def _samples(sheet: Sheet, words: AuditVocabulary) -> Iterator[DraftFinding]:
    if not sheet.reports:
        return
    rows = [
        row
        for row in sheet.indicators
        if words.satisfaction.search(row.name) and row.actual and row.actual.values
    ]
    if not rows or any(words.sample.search(row.actual_text) for row in rows):
        return
    if any(
        words.sample.search(p.text) for p in sheet.passages if words.satisfaction.search(p.text)
    ):
        return
    yield DraftFinding(
        "D24",
        Severity.NOTE,
        f"{len(rows)}项满意度指标没有说明调查方式和样本量：{named([r.name for r in rows])}，"
        "建议补充问卷或抽样情况。",
        tuple(of_row(row) for row in rows),
        "",
        (),
        "满意度",
    )


def _around(text: str, at: int) -> str:
    return text[max(0, at - 30) : at + 30]
