"""Trains what tells which help text a question asks for (帮助问题识别), from data/help.

    python -m tools.train_help [--out data/models/help-reader]

Its counterpart, questions over documents, are those of data/help/asides.toml and data/questions.
Prints how well the wordings that are held out are told, trained without half of the latter, by how
probable a question must be to count. Nothing is drawn by chance.
"""

import argparse
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix, hstack  # type: ignore[import-untyped]
from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]

from assistant.helpdesk.help_reader import NAMES, WEIGHTS, HelpReader, features, spoken
from assistant.helpdesk.texts import HelpKind, HelpText, help_texts
from ingest.config import DATA
from ingest.semantics.label_features import HASHED, TextVectors
from ingest.semantics.label_reader import Head
from tools.model_files import centred_vectors, hashed_rows, layer_arrays, write_layers

TEXTS = DATA / "questions" / "texts"
NOT_OF_RULES = {"rule", "notice"}
"""Kinds of texts whose questions may be those of the help desk's rules, too."""
ABOUT_THE_PROGRAM = {"help", "other"}
STRENGTH = 30.0
ROUNDS = 200
SHARE_OF_DOCUMENTS = 0.4
"""How much a question over documents counts: there are more of them than of any text's."""
LEVELS = (0.4, 0.5, 0.6, 0.7, 0.85, 0.95)
ANSWERED = (HelpKind.USE, HelpKind.TALK, HelpKind.OFF_TOPIC, HelpKind.RULE, HelpKind.CATALOGUE)


@dataclass(frozen=True, slots=True)
class Example:
    """A question and the id of the text that it asks for."""

    question: str
    text: str


def document_questions(paths: Sequence[Path]) -> Iterator[str]:
    """The questions over texts of files, but for those that rules or help could answer."""
    for path in paths:
        for text in tomllib.loads(path.read_text(encoding="utf-8"))["texts"]:
            if text["kind"] not in NOT_OF_RULES:
                for question, _, wanted in text["questions"]:
                    if wanted not in ABOUT_THE_PROGRAM:
                        yield question


def trained(told: Sequence[Example], vectors: TextVectors, asides: str) -> LogisticRegression:
    """A layer over what is seen of the examples; `asides` is the text that stands for documents."""
    dense, marks = features(vectors, [one.question for one in told])
    data = hstack([csr_matrix(dense), hashed_rows(marks, HASHED)]).tocsr()
    texts = np.array([one.text for one in told])
    weights = np.where(texts == asides, SHARE_OF_DOCUMENTS, 1.0)
    layer = LogisticRegression(C=STRENGTH, max_iter=ROUNDS)
    return layer.fit(data, texts, sample_weight=weights)


def measured(reader: HelpReader, texts: Sequence[HelpText], over: Sequence[str]) -> None:
    """Prints, for each kind and level, how many held-out wordings find their text, find another,
    and how many questions over documents are taken for the kind."""
    read = {q: reader.read(q) for text in texts for q in text.held_out}
    aside = [reader.read(q) for q in over]
    for kind in ANSWERED:
        own = [(q, text) for text in texts if text.kind is kind for q in text.held_out]
        for level in LEVELS:
            found = [(read[q], t) for q, t in own if (r := read[q]) and r.probability >= level]
            right = sum(one is not None and one.text.id == text.id for one, text in found)
            taken = sum(
                bool(one and one.text.kind is kind and one.probability >= level) for one in aside
            )
            print(
                f"{kind:10} ≥{level}: {right} right, {len(found) - right} another of {len(own)}; "
                f"{taken} of {len(over)} over documents"
            )


def main() -> None:
    """Measures, then trains on all wordings that teach and writes the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    given = parser.parse_args()
    texts = help_texts()
    by_id = {text.id: text for text in texts}
    (asides,) = (text.id for text in texts if text.kind is HelpKind.DOCUMENTS)
    told = [Example(question, text.id) for text in texts for question in text.asked]
    paths = sorted(TEXTS.glob("*.toml"))
    halves = [list(document_questions(paths[half::2])) for half in (0, 1)]
    every = [spoken(q) for q in (*(one.question for one in told), *halves[0], *halves[1])]
    vectors = centred_vectors(list(dict.fromkeys(every)))

    def layer(over: Sequence[str]) -> LogisticRegression:
        return trained([*told, *(Example(q, asides) for q in over)], vectors, asides)

    half = layer(halves[0])
    reader = HelpReader(Head(half.classes_, layer_arrays(half, HASHED)), vectors, by_id)
    measured(reader, texts, [*halves[1], *by_id[asides].held_out])
    whole = layer([*halves[0], *halves[1]])
    names = [str(name) for name in whole.classes_]
    write_layers(given.out, (NAMES, names), {"mean": vectors.mean, **layer_arrays(whole, HASHED)})


if __name__ == "__main__":
    main()
