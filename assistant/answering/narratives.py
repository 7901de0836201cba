"""Answers in the documents' own sentences: goals, problems, measures, reasons (叙述类问题).

Sentences are quoted, never paraphrased.
"""

import re
from collections.abc import Iterable, Mapping

from assistant.answering.context import AnswerContext
from assistant.grounding.citations import Statement, of_passage
from assistant.grounding.composition import Composition, deny, refuse
from assistant.types import Evidence, Focus, QueryPlan, Topic
from ingest.types.facts import Passage

MAX_SENTENCES_QUOTED = 8
"""Maximum number of sentences in an answer; its citations point to the rest."""
_NAMES: Mapping[Focus | None, str] = {
    Topic.PROBLEMS: "存在的问题",
    Topic.MEASURES: "改进措施",
    Topic.GOALS: "总体目标",
    Topic.GOAL_COMPLETION: "目标完成情况",
    Topic.TASKS: "任务内容",
    Topic.OVERVIEW: "基本情况",
}


class Narratives:
    """Quotes the documents on a topic."""

    def __init__(self, context: AnswerContext) -> None:
        self._wording = context.wording
        self._sentences = context.rules.quotable.of

    def compose(self, plan: QueryPlan, evidence: Evidence) -> Composition:
        """The sentences on the topic, each with its source."""
        passages = evidence.passages
        if not passages:
            return deny("资料中没有相关内容。")
        chosen = self._chosen(passages)
        if not chosen:
            return refuse("资料中没有可以引用的相关内容。")
        first = passages[0]
        topic = _NAMES.get(plan.focus, "")
        who = self._wording.who(first.department, first.year)
        statements = [Statement(f"{who}{topic or '相关内容'}如下：\n")]
        for passage, sentences in chosen:
            source = of_passage(passage)
            statements += [Statement(part, (source,)) for s in sentences for part in _clauses(s)]
            statements.append(Statement("\n"))
        return Composition(tuple(statements))

    def _chosen(self, passages: Iterable[Passage]) -> list[tuple[Passage, list[str]]]:
        chosen: list[tuple[Passage, list[str]]] = []
        seen: set[str] = set()
        remaining = MAX_SENTENCES_QUOTED
        for passage in passages:
            sentences: list[str] = []
            for sentence in self._sentences(passage.text):
                key = re.sub(r"\W", "", sentence)
                if remaining > 0 and key and key not in seen:
                    seen.add(key)
                    sentences.append(sentence)
                    remaining -= 1
            if sentences:
                chosen.append((passage, sentences))
        return chosen


def _clauses(sentence: str) -> list[str]:
    """The parts of a sentence that are cited separately: clauses with numbers that end in ；."""
    parts = [""]
    for clause in re.findall(r"[^；;]+[；;]?", sentence):
        parts[-1] += clause
        if clause.endswith(("；", ";")) and re.search(r"\d", clause):
            parts.append("")
    return [part for part in parts if part]
