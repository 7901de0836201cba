"""Questions read from files: a batch (JSONL) and a conversation's earlier questions."""

import json
from dataclasses import dataclass
from pathlib import Path

from assistant.errors import QuestionsError
from ingest.types.blocks import Form


@dataclass(frozen=True, slots=True)
class Question:
    """One question with what is known around it; `id` is the asker's own name for it."""

    text: str
    id: str = ""
    turns: tuple[str, ...] = ()
    department: str = ""
    year: int | None = None
    form: Form | None = None


def read_batch(path: Path) -> tuple[Question, ...]:
    """The questions of a JSONL file, all checked before the first is answered."""
    questions: list[Question] = []
    for number, line in enumerate(lines(path), start=1):
        if line:
            try:
                questions.append(question(line))
            except ValueError as error:
                raise QuestionsError(
                    f"问题文件“{path.name}”第{number}行有误：{error}，请改正后重试。"
                ) from error
    return tuple(questions)


def read_history(path: Path) -> tuple[str, ...]:
    """Earlier questions, oldest first: one a line, or the answers `jiwen ask --json` printed."""
    turns: list[str] = []
    for number, line in enumerate(lines(path), start=1):
        if line.startswith("{"):
            try:
                turns.append(question(line).text)
            except ValueError as error:
                raise QuestionsError(
                    f"历史文件“{path.name}”第{number}行有误：{error}，请改正后重试。"
                ) from error
        elif line:
            turns.append(line)
    return tuple(turns)


def lines(path: Path) -> list[str]:
    """The lines of a UTF-8 file, without blanks around them; raises QuestionsError."""
    try:
        return [line.strip() for line in path.read_text(encoding="utf-8-sig").split("\n")]
    except UnicodeDecodeError as error:
        raise QuestionsError(
            f"文件“{path.name}”不是 UTF-8 编码，请另存为 UTF-8 后重试。"
        ) from error
    except OSError as error:
        raise QuestionsError(f"文件“{path}”打不开，请检查路径后重试。") from error


def question(line: str) -> Question:
    """One JSON line as a question.

    >>> question('{"id": "q1", "question": "预算多少？", "year": "2021"}')
    Question(text='预算多少？', id='q1', turns=(), department='', year=2021, form=None)
    """
    try:
        fields = json.loads(line)
    except json.JSONDecodeError as error:
        raise ValueError("不是一个 JSON 对象") from error
    if not isinstance(fields, dict):
        raise ValueError("不是一个 JSON 对象")
    text, turns = fields.get("question"), fields.get("turns") or []
    if not isinstance(text, str) or not text.strip():
        raise ValueError("缺少 question")
    if not isinstance(turns, list) or not all(isinstance(turn, str) for turn in turns):
        raise ValueError("turns 要写成此前问题的列表")
    year = str(fields.get("year") or "")
    if year and not year.isdecimal():
        raise ValueError("year 要写成四位数字")
    form = str(fields.get("form") or "")
    if form and form not in list(Form):
        raise ValueError(f"form 要写成 {'、'.join(Form)} 之一")
    return Question(
        text=text,
        id=str(fields.get("id") or ""),
        turns=tuple(turns),
        department=str(fields.get("department") or ""),
        year=int(year) if year else None,
        form=Form(form) if form else None,
    )
