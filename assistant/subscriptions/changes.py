"""What changed between two looks at a part of the library (变化). Pure."""

import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from assistant.subscriptions.types import Look

MAX_LINES = 30
"""Maximum number of changes that a message tells one by one."""
_Values = Mapping[str, list[str]]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A part of the library as it was looked at: each thing by what it is known by.

    `documents` have their ids, by file name; `indicators` how they stand and in which document;
    `findings` their words, file and how they were handled.
    """

    documents: Mapping[str, str]
    indicators: _Values
    findings: _Values

    @classmethod
    def of(cls, look: Look) -> "Snapshot":
        """What is seen now; the findings have to be in."""
        board, files = look.board, look.files
        indicators: dict[str, list[str]] = {}
        for row in board.rows:
            year = f"{row.year}年" if row.year else ""
            of = "，".join(part for part in (row.department, year, row.task) if part)
            indicators.setdefault(f"“{row.name}”（{of}）", [row.standing, row.document_id])
        findings = {
            f"{entry.file} {entry.finding.key}": [
                f"{entry.finding.code} {entry.finding.message}（{entry.file}）",
                entry.file,
                entry.finding.mark.handling.value if entry.finding.mark else "",
            ]
            for entry in board.findings
        }
        documents = {files[id]: id for id in board.document_ids if id in files}
        return cls(documents, indicators, findings)

    def packed(self) -> bytes:
        """As it is stored."""
        whole = [self.documents, self.indicators, self.findings]
        return zlib.compress(json.dumps(whole, ensure_ascii=False).encode())

    @classmethod
    def unpacked(cls, stored: bytes) -> "Snapshot":
        """What was stored."""
        return cls(*json.loads(zlib.decompress(stored)))


def changes(old: Snapshot, new: Snapshot) -> tuple[str, ...]:
    """What changed, a line each: documents, then how indicators stand, then findings."""
    return (*_documents(old, new), *_indicators(old, new), *_findings(old, new))


def told(lines: tuple[str, ...]) -> str:
    """The changes as the text of a message."""
    rest = [f"另有{len(lines) - MAX_LINES}处，请到绩问查看。"] if lines[MAX_LINES:] else []
    return "\n".join([*lines[:MAX_LINES], *rest])


def _documents(old: Snapshot, new: Snapshot) -> Iterator[str]:
    for file, id in new.documents.items():
        if file not in old.documents:
            yield f"收入文件：{file}"
        elif old.documents[file] != id:
            yield f"文件有了新版本：{file}"
    for file in old.documents:
        if file not in new.documents:
            yield f"文件不在了：{file}"


def _indicators(old: Snapshot, new: Snapshot) -> Iterator[str]:
    """What stands otherwise; what came or went with its document is told by that."""
    stayed = {*old.documents.values()} & {*new.documents.values()}
    for name, (standing, document) in new.indicators.items():
        before = old.indicators.get(name)
        if before is not None and before[0] != standing:
            yield f"指标{name}由{before[0]}变为{standing}"
        elif before is None and document in stayed:
            yield f"指标{name}现为{standing}"
    for name, (standing, document) in old.indicators.items():
        if name not in new.indicators and document in stayed:
            yield f"指标{name}不再是{standing}"


def _findings(old: Snapshot, new: Snapshot) -> Iterator[str]:
    for key, (words, _, handling) in new.findings.items():
        before = old.findings.get(key)
        if before is None:
            yield f"新的校核发现：{words}"
        elif before[2] != handling:
            yield f"校核发现{f'标为{handling}' if handling else '取消了标记'}：{words}"
    for key, (words, file, _) in old.findings.items():
        if key not in new.findings and file in new.documents:
            yield f"校核发现不再有：{words}"
