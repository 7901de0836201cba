"""Trains the reader (阅读模型): `assistant/reading` says what it does.

    python -m tools.train_reader WORK --public FILE… [--rounds 2] [--out data/models/reader]

WORK is a folder for checkpoints: a run that was stopped goes on from the last whole round. It needs
`onnx` and `opencc-python-reimplemented` beside the project's own packages. A round is some thousand
examples of `tools/reader_examples.py`; all is drawn by a seed. The probability is calibrated on
texts of the trade that are not learned from, and the files are sealed.
"""

import argparse
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from random import Random

import torch
from torch import Tensor
from torch.nn import functional

from assistant.reading.pairs import Pair, PairCutter, feed
from assistant.reading.reader import MODEL, SETTINGS, WEIGHTS, Calibration
from tools.model_files import seal
from tools.reader_calibration import calibrated, measured
from tools.reader_examples import (
    Drawing,
    Example,
    learned_texts,
    most_alike,
    public_examples,
)
from tools.reader_network import Network, started, write_onnx

SEED = 17
MAX_TOKENS = 256
TOKENS_PER_STEP = 2048
RATE, HEADS_RATE, WARM_UP = 2e-4, 1e-3, 0.06


@dataclass(frozen=True, slots=True)
class Round:
    """How many examples of the trade are learned, and which of the public ones of a drawing."""

    trade: int
    drawing: int
    public: slice


ROUNDS = (
    Round(4500, 0, slice(0, 1500)),
    Round(6500, 0, slice(1500, None)),
    Round(12000, 1, slice(0, 7000)),
)


@dataclass(frozen=True, slots=True)
class Learned:
    """A pair of tokens with what is right: the tokens of the span, -1 where there is none."""

    pair: Pair
    first: int
    last: int


def cut(examples: Sequence[Example]) -> list[Learned]:
    """The examples in tokens; those whose answer was cut off are left out."""
    pairs = PairCutter(MAX_TOKENS).cut([(one.question, one.text) for one in examples])
    made: list[Learned] = []
    for example, pair in zip(examples, pairs, strict=True):
        if not example.answered:
            made.append(Learned(pair, -1, -1))
            continue
        inside = [
            at
            for at in pair.places
            if pair.offsets[at][0] < example.end and pair.offsets[at][1] > example.start
        ]
        if inside and pair.offsets[inside[-1]][1] >= example.end:
            made.append(Learned(pair, inside[0], inside[-1]))
    return made


def steps(learned: Sequence[Learned], random: Random) -> list[list[Learned]]:
    """Batches of about as many tokens, like lengths together, in any order."""
    order = sorted(learned, key=lambda one: len(one.pair) + 8 * random.random())
    made: list[list[Learned]] = [[]]
    for one in order:
        if (len(made[-1]) + 1) * len(one.pair) > TOKENS_PER_STEP:
            made.append([])
        made[-1].append(one)
    random.shuffle(made)
    return made


def loss_of(network: Network, batch: Sequence[Learned]) -> Tensor:
    """How wrong the network is: about answers, and about the tokens where they stand."""
    given = feed([one.pair for one in batch])
    ids, mask, kinds = (torch.from_numpy(part).long() for part in given.values())
    answers, spans = network(ids, mask, kinds)
    wanted = torch.tensor([float(one.first >= 0) for one in batch])
    loss = functional.binary_cross_entropy_with_logits(answers, wanted)
    spans = spans.masked_fill((kinds < 2)[:, :, None], -1e4)
    places = torch.tensor([(one.first, one.last) for one in batch])
    found = places[:, 0] >= 0
    if found.any():
        for side in (0, 1):
            loss = loss + functional.cross_entropy(spans[found, :, side], places[found, side]) / 2
    return loss


def train(network: Network, batches: Sequence[Sequence[Learned]]) -> None:
    """One pass; the network computes in bfloat16, what it learns is kept in float32."""
    network.bfloat16()
    named = list(network.named_parameters())
    exact = [parameter.detach().float().clone() for _, parameter in named]
    heads = [name.split(".")[0] in {"pooled", "answers", "spans", "kinds"} for name, _ in named]
    groups = [
        {"params": [e for e, h in zip(exact, heads, strict=True) if h == head], "lr": rate}
        for head, rate in ((False, RATE), (True, HEADS_RATE))
    ]
    optimiser = torch.optim.AdamW(groups, weight_decay=0.01, betas=(0.9, 0.98))
    shares = [max(1, int(WARM_UP * len(batches))), len(batches)]
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser,
        lambda step: min((step + 1) / shares[0], max(0.02, 1 - step / shares[1])),
    )
    begun, mean = time.monotonic(), 0.0
    for step, batch in enumerate(batches):
        loss = loss_of(network, batch)
        loss.backward()  # type: ignore[no-untyped-call]
        for (_, parameter), kept in zip(named, exact, strict=True):
            kept.grad = None if parameter.grad is None else parameter.grad.float()
            parameter.grad = None
        torch.nn.utils.clip_grad_norm_(exact, 1.0)
        optimiser.step()
        schedule.step()
        for (_, parameter), kept in zip(named, exact, strict=True):
            parameter.data.copy_(kept)
        mean += (loss.item() - mean) / min(step + 1, 50)
        if step % 20 == 0 or step + 1 == len(batches):
            spent = time.monotonic() - begun
            print(f"step {step + 1}/{len(batches)} loss {mean:.3f} {spent:.0f}s", flush=True)
    network.float()
    for (_, parameter), kept in zip(named, exact, strict=True):
        parameter.data = kept


class Material:
    """The examples of the rounds."""

    def __init__(self, public: Sequence[Path]) -> None:
        self._public = public
        self._texts, self._free = learned_texts()
        self._alike = most_alike(self._texts)

    def round(self, number: int) -> list[Learned]:
        """The examples of a round."""
        one = ROUNDS[number]
        drawn: list[Example] = []
        seeds = count(SEED + number, 100)
        while len(drawn) < one.trade:
            seed = next(seeds)
            drawn += Drawing(self._texts, self._free, self._alike, seed).drawn()
        known = public_examples(self._public, SEED + one.drawing) if self._public else []
        return cut([*drawn[: one.trade], *known[one.public]])


def write(network: Network, folder: Path) -> None:
    """The model's files: the network in int8, what makes a probability of its number, checksums."""
    folder.mkdir(parents=True, exist_ok=True)
    write_onnx(network, folder / MODEL)
    write_settings(folder, Calibration(1.0, 0.0))
    write_settings(folder, calibrated(measured(folder)))


def write_settings(folder: Path, found: Calibration) -> None:
    """What stands beside the network."""
    told = {
        "max_tokens": MAX_TOKENS,
        "slope": round(found.slope, 4),
        "shift": round(found.shift, 4),
    }
    (folder / SETTINGS).write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    seal(folder, MODEL, SETTINGS)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("work", type=Path)
    parser.add_argument("--public", type=Path, nargs="*", default=[])
    parser.add_argument("--rounds", type=int, default=len(ROUNDS))
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(SEED)
    network = started()
    material = Material(arguments.public)
    arguments.work.mkdir(parents=True, exist_ok=True)
    for number in range(arguments.rounds):
        kept = arguments.work / f"round{number + 1}.pt"
        if kept.is_file():
            network.load_state_dict(torch.load(kept))
            continue
        learned = material.round(number)
        print(f"round {number + 1}: {len(learned)} examples", flush=True)
        train(network, steps(learned, Random(SEED + number)))
        torch.save(network.state_dict(), kept)
    write(network, arguments.out)


if __name__ == "__main__":
    main()
