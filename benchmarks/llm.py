"""Answers to the same sampled questions without and with a language model, side by side.

    python benchmarks/llm.py CORPUS --base-url http://127.0.0.1:8901/v1 --model NAME \\
        [--home LIBRARY] [--questions 60] [--timeout 120] [--out FOLDER]

CORPUS holds docs/ and gold/questions.jsonl; its scorer stands beside it as score.py. Without
--home the documents are taken into a new library first. Prints both scores, the seconds of an
answer, and what became of the model's sentences.
"""

import argparse
import json
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from assistant.config import Settings
from assistant.llm.model import LanguageModel
from assistant.llm.rewording import Likeness, Rewriter, script
from assistant.llm.vocabulary import RewordingVocabulary
from assistant.schemas import answers as contract
from assistant.service import Assistant
from assistant.types import Answer, Mode
from ingest.language.packs import open_pack
from ingest.types.facts import Figure
from ingest.types.library import Scope


@dataclass
class Tally:
    """What the model was asked and what became of it."""

    sentences: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)


class Overheard:
    """The model itself, with what it said kept for counting."""

    def __init__(self, model: LanguageModel) -> None:
        self._model = model
        self.said = ""

    def word(
        self, question: str, evidence: Sequence[str], sentences: Sequence[str]
    ) -> Generator[str, None, None]:
        self.said = ""
        for piece in self._model.word(question, evidence, sentences):
            self.said += piece
            yield piece


def sampled(path: Path, number: int) -> list[dict[str, Any]]:
    """Questions of all types in turn, until there are so many."""
    by_type = defaultdict(list)
    for line in path.read_text(encoding="utf-8").splitlines():
        question = json.loads(line)
        by_type[question["type"]].append(question)
    rounds = zip_longest(*(spread(of_type) for of_type in by_type.values()))
    chosen: list[dict[str, Any]] = []
    for question in (q for each in rounds for q in each if q):
        if sum(len(q.get("turns") or [q]) for q in chosen) >= number:
            break
        chosen.append(question)
    return chosen


def spread(questions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same questions in an order whose beginning stands for the whole."""
    step = next(n for n in (7, 11, 13) if len(questions) % n)
    return [questions[i * step % len(questions)] for i in range(len(questions))]


def turns(question: dict[str, Any]) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Id, text and earlier questions of each turn."""
    earlier: list[str] = []
    for k, turn in enumerate(question.get("turns") or [question]):
        id = f"{question['qid']}#{k}" if question.get("turns") else question["qid"]
        yield id, turn["question"], tuple(earlier)
        earlier.append(turn["question"])


def compare(
    assistant: Assistant, model: LanguageModel, questions: list[dict[str, Any]], out: Path
) -> Tally:
    """Answers every turn both ways and writes grounded.jsonl and llm.jsonl."""
    tally = Tally()
    overheard = Overheard(model)
    pack = RewordingVocabulary.from_pack(open_pack("rewording"))
    facts: dict[str, Figure] = {f.id: f for f in assistant.figures(Scope())}
    rewriter = Rewriter(
        overheard,  # type: ignore[arg-type] # counts what the model says
        pack,
        lambda ids: [facts[id] for id in ids if id in facts],
    )
    likeness = Likeness(pack)
    with (out / "grounded.jsonl").open("w") as plain, (out / "llm.jsonl").open("w") as worded:
        for question in questions:
            for id, text, earlier in turns(question):
                grounded = assistant.ask(text, turns=earlier)
                overheard.said = ""
                started = perf_counter()
                answer = next(a for a in rewriter.stream(grounded) if isinstance(a, Answer))
                seconds = perf_counter() - started
                answer = replace(answer, elapsed_ms=grounded.elapsed_ms + round(seconds * 1000))
                print(json.dumps(contract.answer(grounded, id=id), ensure_ascii=False), file=plain)
                print(json.dumps(contract.answer(answer, id=id), ensure_ascii=False), file=worded)
                worded.flush()
                count(tally, grounded, answer, overheard.said, likeness, seconds)
                print(f"{id} {answer.mode.value} {seconds:.1f}s", file=sys.stderr, flush=True)
    return tally


def count(
    tally: Tally, grounded: Answer, answer: Answer, said: str, likeness: Likeness, seconds: float
) -> None:
    offered = () if grounded.abstained else script(grounded).offered
    tally.sentences["answers"] += 1
    tally.sentences["answers worded by the model"] += answer.mode is Mode.LLM
    if not offered:
        return
    tally.seconds.append(seconds)
    tally.sentences["answers offered"] += 1
    tally.sentences["sentences offered"] += len(offered)
    lines = [line.split("）", 1)[-1].strip() for line in said.splitlines() if line.strip()]
    for shown, line in zip_longest(offered, lines[: len(offered)]):
        if not line:
            tally.sentences["not said in time"] += 1
        elif line.rstrip("。") == shown.rstrip("。"):
            tally.sentences["said unchanged"] += 1
        elif likeness.holds(line.rstrip("。") + "。", shown):
            tally.sentences["reworded and stood"] += 1
        else:
            tally.sentences["replaced by the grounded sentence"] += 1
            print(f"   grounded: {shown}\n   model:    {line}", file=sys.stderr, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--base-url", required=True)
    parser.add_argument("--model", default="default")
    parser.add_argument("--home", type=Path)
    parser.add_argument("--questions", type=int, default=60)
    parser.add_argument("--timeout", type=float, default=120)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    with TemporaryDirectory() as scratch:
        out = given.out or Path(scratch) / "out"
        (out / "gold").mkdir(parents=True, exist_ok=True)
        settings = Settings(
            home=given.home or Path(scratch) / "home",
            llm_base_url=given.base_url,
            llm_model=given.model,
            llm_timeout=given.timeout,
        )
        model = LanguageModel.from_settings(settings)
        assert model is not None
        questions = sampled(given.corpus / "gold" / "questions.jsonl", given.questions)
        lines = [json.dumps(q, ensure_ascii=False) for q in questions]
        (out / "gold" / "questions.jsonl").write_text("\n".join(lines), encoding="utf-8")
        plain = settings.model_copy(update={"llm_base_url": "", "llm_model": ""})
        with closing(Assistant(plain)) as assistant:
            if not given.home:
                for report in assistant.add([given.corpus / "docs"]):
                    print(report.file, report.outcome.value, file=sys.stderr)
            tally = compare(assistant, model, questions, out)
        for name in ("grounded", "llm"):
            print(f"== {name}")
            scorer = [sys.executable, str(given.corpus.parent / "score.py"), "answers"]
            files = ["--gold", str(out), "--pred", str(out / f"{name}.jsonl")]
            subprocess.run([*scorer, *files], check=True)
        for what, number in tally.sentences.items():
            print(f"{what}: {number}")
        if tally.seconds:
            print(f"seconds with the model, median: {median(tally.seconds):.1f}")


if __name__ == "__main__":
    main()
