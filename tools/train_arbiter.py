"""Trains the forest that weighs proposals (裁决模型): `assistant.answering.arbiter`.

    python tools/train_arbiter.py collect SET… --scorer FILE --homes DIR --out FILE
    python tools/train_arbiter.py train FILE…

`collect` asks the questions of sets as `benchmarks/first_reading.py` describes them, over the
libraries that it read into DIR/SET/home, and writes what may be told to each question: measures,
words, and whether the scorer of the sets takes it for right. `train` prints how each set is
answered by a forest that did not see it, then writes the forest of all sets to
data/models/arbiter. A one-off developer script; the product never runs it. `train` needs
`pip install skl2onnx==1.20.0 onnx==1.23.2`.
"""

import argparse
import importlib.util
import json
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from pathlib import Path
from random import Random
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import ExtraTreesClassifier  # type: ignore[import-untyped]

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from assistant.answering.arbiter import MODEL, SURE_FROM, TELL_FROM, WEIGHTS, as_rows
from assistant.answering.proposals import Proposal, Way
from assistant.answering.situation import Situation
from assistant.config import Settings
from assistant.grounding.citations import Numbering
from assistant.grounding.composition import QuotedPassage
from assistant.questions.asked_words import shipped_words
from assistant.service import Assistant, Resources
from assistant.steps import driven_by
from benchmarks.first_reading import lines
from ingest.language.normalise import squeeze
from tools.model_files import seal

SEED = 20261201
TREES, LEAF = 150, 3
"""Trees of the forest, and the fewest proposals that a leaf is of."""
MADE = 0.5
"""How heavy a question is that was made unanswerable, beside one of a set."""
LETTERS = "东西南北高青石龙金桐云临平安永新长沙江湖河林山"
"""What names are changed with."""
MIN_RENAMED = 2
"""Minimum number of characters of a name that is changed."""
README = """# arbiter

A forest of {trees} decision trees over {measures} measures of a proposal, none of them words of it:
how probable it is that what may be told to a question is right. Trained by
`tools/train_arbiter.py` (seed {seed}) on {proposals} proposals to {questions} questions of
{sets}. Licence: that of this project.
"""


class Collector:
    """Notes what is weighed for each part of a question; nothing is surely right meanwhile, so
    that every way proposes, and what comes before a part is guessed by two measures."""

    def __init__(self) -> None:
        self.parts: list[Situation | None] = []
        self._within = False

    def drive(self, name: str, work: Callable[[Any], Any], given: Any) -> Any:
        """Runs a step of answering, as `assistant.steps` has it."""
        if name == "compose":
            self.parts, self._within = [*self.parts, None], True
            made = work(given)
            self._within = False
            return made
        if name != "weigh":
            return work(given)
        if self._within:
            self.parts[-1] = given
        guesses = ((one["does"] + one["covered"]) / 2 for one in given.measures)
        return tuple(min(guess, SURE_FROM - 1e-6) for guess in guesses)


def graded(scorer: ModuleType, item: dict[str, Any], one: Proposal, of: Situation) -> str:
    """The scorer's verdict on a proposal, as if it were the whole answer."""
    numbering = Numbering(of.documents)
    text = numbering.text(one.composition.statements)
    for block in one.composition.blocks:
        if isinstance(block, QuotedPassage):
            numbering.markers([block.source])
            text += f"\n{block.text}"
        else:
            text += "".join(f"\n{numbering.text(row)}" for row in block.rows)
    files = [{"file": citation.file} for citation in numbering.citations]
    answer = {"text": text, "abstained": False, "citations": files}
    return str(scorer.grade(item, answer)["verdict"])


def renamed(question: str, situations: Iterable[Situation], rng: Random) -> str:
    """The question with another letter in a name that a place of an answer has, so that nothing
    near is meant any more: 北汀县 for 南汀县; "" where it says no name.
    """
    text = squeeze(question)
    worth = [w for clause in shipped_words().of(text) for w in clause.weights.items()]
    says = {at for at, share in worth if share == 1}
    found = set[tuple[int, int]]()
    for situation in situations:
        for figure in situation.figures.values():
            for name in map(squeeze, (figure.subject, figure.department, figure.task)):
                run = SequenceMatcher(None, text, name, autojunk=False).find_longest_match()
                if run.size >= MIN_RENAMED and says >= {*range(run.a, run.a + run.size)}:
                    found.add((run.a, run.size))
    if not found:
        return ""
    at, size = rng.choice(sorted(found))
    at += rng.randrange(size)
    return text[:at] + rng.choice([one for one in LETTERS if one != text[at]]) + text[at + 1 :]


def weighed(
    collector: "Collector", assistant: Assistant, item: dict[str, Any], scorer: ModuleType
) -> Iterator[list[dict[str, Any]]]:
    """What may be told to each part of a question, with its measures, and whether it is right."""
    with driven_by(collector.drive):
        assistant.ask(item["question"], turns=item["turns"] or ())
    several = len(collector.parts) > 1
    for part in filter(None, collector.parts):
        told = []
        for one, measures in zip(part.proposals, part.measures, strict=True):
            verdict = graded(scorer, item, one, part)
            right = verdict == "right" or (several and verdict == "partly")
            about = {"way": one.way, "does": one.does[0], "text": one.text}
            told.append({**about, "right": right, "measures": measures})
        if told:
            yield told


def collect(folder: Path, homes: Path, scorer: ModuleType) -> Iterator[dict[str, Any]]:
    """A record for every question of a set that is weighed: as it is, with the documents hidden
    that answer it, and with another name in it; then nothing near is right."""
    rng = Random(SEED)
    by_library = defaultdict(list)
    for item in lines(folder / "questions.jsonl"):
        by_library[item["library"]].append(item)
    for library, items in by_library.items():
        settings = Settings(home=homes / folder.name / "home" / library.replace(":", "_"))
        resources = Resources.open(settings)
        parts: dict[frozenset[str], Assistant] = {}

        def without(
            files: frozenset[str],
            settings: Settings = settings,
            resources: Resources = resources,
            parts: dict[frozenset[str], Assistant] = parts,
        ) -> Assistant:
            if files not in parts:
                seen = resources.library.part(lambda record: Path(record.file).name not in files)
                some = replace(resources, library=seen) if files else resources
                parts[files] = Assistant(settings, resources=some)
            return parts[files]

        for item in items:
            about = {key: item[key] for key in ("id", "kind", "question", "expected")}
            answers = frozenset() if item.get("refuse") else frozenset(item.get("files") or ())
            asks = [(item, frozenset[str]()), *([(item, answers)] if answers else [])]
            while asks:
                asked, hidden = asks.pop(0)
                collector = Collector()
                for told in weighed(collector, without(hidden), asked, scorer):
                    yield {
                        "set": folder.name,
                        "refuse": bool(item.get("refuse") or hidden or asked is not item),
                        "hidden": bool(hidden or asked is not item),
                        **about,
                        "told": told,
                    }
                other = renamed(item["question"], filter(None, collector.parts), rng)
                if asked is item and not hidden and other:
                    asks.append(({**item, "question": other}, hidden))
        without(frozenset()).close()


def matrix(records: Iterable[dict[str, Any]]) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Proposals × measures, and which of them are right; none is that has no answer."""
    told = [(one, record["refuse"]) for record in records for one in record["told"]]
    rows = as_rows([one["measures"] for one, _ in told])
    right = [one["right"] and not refuse for one, refuse in told]
    return rows, np.array(right, np.int64)


def forest(records: Sequence[dict[str, Any]]) -> ExtraTreesClassifier:
    """A forest of these records, each question as heavy as any other."""
    rows, right = matrix(records)
    weights = [
        (MADE if record["hidden"] else 1) / len(record["told"])
        for record in records
        for _ in record["told"]
    ]
    made = ExtraTreesClassifier(
        TREES, min_samples_leaf=LEAF, max_features=0.25, n_jobs=2, random_state=SEED
    )
    return made.fit(rows, right, sample_weight=np.array(weights) * len(weights) / sum(weights))


def outcomes(
    weighed: Sequence[tuple[dict[str, Any], NDArray[np.float64]]], tell: float
) -> dict[str, int]:
    """How many questions are answered right, wrong, not at all, or though nothing answers them."""
    counted = dict.fromkeys(("right", "wrong", "refused", "false", "hidden"), 0)
    for record, own in weighed:
        pairs = [(one, p) for one, p in zip(record["told"], own, strict=True) if p >= tell]
        pairs.sort(key=lambda two: (two[0]["way"] == Way.QUOTE or two[1] < SURE_FROM, -two[1]))
        if not pairs:
            counted["refused"] += not record["refuse"]
        elif record["refuse"]:
            counted["hidden" if record["hidden"] else "false"] += not pairs[0][0]["right"]
        else:
            counted["right" if pairs[0][0]["right"] else "wrong"] += 1
    return counted


def report(records: Sequence[dict[str, Any]]) -> None:
    """Prints how each set is answered by a forest of the others."""
    sets = sorted({record["set"] for record in records})
    held: list[tuple[dict[str, Any], NDArray[np.float64]]] = []
    for name in sets:
        out = [record for record in records if record["set"] == name]
        made = forest([record for record in records if record["set"] != name])
        shares = made.predict_proba(matrix(out)[0])[:, 1]
        ends = np.cumsum([len(record["told"]) for record in out])
        some = [*zip(out, np.split(shares, ends[:-1]), strict=True)]
        print(name, outcomes(some, TELL_FROM))
        held += some
    answerable = [record for record in records if not record["refuse"]]
    reachable = sum(any(one["right"] for one in record["told"]) for record in answerable)
    print(f"all: {len(answerable)} with an answer, proposed to {reachable}")
    for tell in (0.2, TELL_FROM, 0.3, 0.36):
        print(tell, outcomes(held, tell))


def train(files: Sequence[Path]) -> None:
    """The forest of all records, as it is kept."""
    records = [record for file in files for record in lines(file)]
    report(records)
    from skl2onnx import to_onnx  # type: ignore[import-not-found]
    from skl2onnx.common.data_types import FloatTensorType  # type: ignore[import-not-found]

    rows, _ = matrix(records)
    kind = [("measures", FloatTensorType([None, rows.shape[1]]))]
    graph = to_onnx(forest(records), initial_types=kind, options={"zipmap": False})
    WEIGHTS.mkdir(parents=True, exist_ok=True)
    (WEIGHTS / MODEL).write_bytes(graph.SerializeToString())
    seal(WEIGHTS, MODEL)
    sets = ", ".join(sorted({record["set"] for record in records}))
    told = README.format(
        trees=TREES,
        measures=rows.shape[1],
        seed=SEED,
        proposals=len(rows),
        questions=len(records),
        sets=sets,
    )
    (WEIGHTS / "README.md").write_text(told, encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True)
    collecting = commands.add_parser("collect")
    collecting.add_argument("sets", type=Path, nargs="+")
    collecting.add_argument("--scorer", type=Path, required=True)
    collecting.add_argument("--homes", type=Path, required=True)
    collecting.add_argument("--out", type=Path, required=True)
    training = commands.add_parser("train")
    training.add_argument("files", type=Path, nargs="+")
    args = parser.parse_args()
    if args.command == "train":
        train(args.files)
        return
    spec = importlib.util.spec_from_file_location("scorer", args.scorer)
    assert spec
    assert spec.loader
    scorer = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(scorer)
    with args.out.open("w", encoding="utf-8") as out:
        for folder in args.sets:
            for record in collect(folder.resolve(), args.homes, scorer):
                out.write(json.dumps(record, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
