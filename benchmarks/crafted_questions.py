"""What questions cost that are made to be expensive: `python benchmarks/crafted_questions.py HOME`.

HOME is a library. Each kind of question is asked in growing lengths; the table gives seconds of
processor time for each and, last, the exponent of growth (the slope of log time over log length):
1 is linear, 2 is quadratic. Lengths after one that took `--patience` seconds are left out.
"""

import argparse
import math
import random
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from itertools import chain, cycle, repeat
from pathlib import Path
from time import process_time

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from assistant.config import Settings
from assistant.errors import AssistantError
from assistant.service import Assistant
from ingest.config import DATA
from ingest.types.library import Scope

LENGTHS = (250, 500, 1000, 2000)
LEAST = 0.02
"""Seconds that are counted at least: what is quicker tells nothing about growth."""
PER_TURN = 700


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it is handed in."""

    question: str
    turns: tuple[str, ...] = ()
    department: str = ""


Craft = Callable[[int], Asked]


def filled(pieces: Iterable[str]) -> Craft:
    """A question made of these pieces one after another, of just the length asked for."""
    kept = tuple(pieces)
    endless = kept if len(kept) > 1 else kept * 2

    def craft(length: int) -> Asked:
        text = ""
        for piece in cycle(endless):
            text += piece
            if len(text) >= length:
                return Asked(text[:length])
        raise AssertionError("no pieces")

    return craft


def nested(opening: str, closing: str) -> Craft:
    """A question of quotes or brackets inside each other."""
    return lambda length: Asked(opening * (length // 2) + closing * (length // 2))


def after(start: str, craft: Craft, end: str = "") -> Craft:
    """The question with a beginning and an end that make sense."""
    return lambda length: Asked(start + craft(length - len(start + end)).question + end)


def shuffled(words: Iterable[str]) -> Craft:
    """A question of words by chance, the same at each run."""
    known = sorted(set(words))

    def craft(length: int) -> Asked:
        chance = random.Random(length)
        text = "".join(chain.from_iterable(chance.choice(known) for _ in range(length)))
        return Asked(text[:length])

    return craft


def words_of_packs() -> list[str]:
    """The words of the vocabulary packs, those in patterns, too."""
    texts = [file.read_text(encoding="utf-8") for file in (DATA / "lexicon").glob("*.toml")]
    return re.findall(r"[\u4e00-\u9fff]{1,8}", "\n".join(texts))


def kinds(assistant: Assistant) -> Mapping[str, Craft]:
    """Every kind of crafted question, out of the library's own names and our own vocabulary."""
    departments = list(dict.fromkeys(r.department for r in assistant.documents() if r.department))
    indicators = list(dict.fromkeys(s.indicator.name for s in assistant.indicators(Scope())))
    figures = list(dict.fromkeys(f.subject for f in assistant.figures(Scope())))[:400]
    years = [f"{year}年" for year in range(2015, 2030)]
    who = departments[0]
    words = [*words_of_packs(), *departments, *indicators, *years, "。", "？", "，", "、", "和"]
    return {
        "ends of sentences 。？": filled(["。？"]),
        "问 增长率多少？": filled(["增长率多少？"]),
        "问 是多少": filled(f"{name}是多少？" for name in indicators),
        "问 department and year": filled(
            f"{d}{y}实际支出数是多少？" for d in departments for y in years
        ),
        "commas with 多少": filled(f"{name}多少，" for name in indicators),
        "和": filled(["和"]),
        "A和B": filled(f"{name}和" for name in indicators),
        "list of departments": filled(f"{name}、" for name in departments),
        "departments, a question": after("", filled(f"{n}、" for n in departments), "支出多少"),
        "list of indicators": after(who, filled(f"{name}、" for name in indicators), "分别多少"),
        "list of figures": after(who, filled(f"{name}、" for name in figures), "各是多少"),
        "list of years": filled(years),
        "years and departments": filled(
            chain.from_iterable(zip(years, cycle(departments), repeat("、"), strict=False))
        ),
        "years of one department": after(who, filled(years), "支出多少"),
        "2019年比2020年": filled(f"{a}比" for a in years),
        "ranges of years": filled(["2000-2029年、", "1990到2019、"]),
        "quotes in quotes": nested("“", "”"),
        "brackets in brackets": nested("（", "）"),
        "《 only": filled(["《"]),
        "quoted names": filled(f"“{name}”" for name in indicators),
        "straight quotes": filled(['"']),
        "digits": filled(["1234567890"]),
        "numbers with commas": filled(["1,234,567.89万元"]),
        "one long word": filled(["a"]),
        "one character 的": filled(["的"]),
        "局": filled(["局"]),
        "市区县": filled(["市区县"]),
        "委员会": filled(["委员会"]),
        "places": filled(["广州市黄埔区"]),
        "blanks": after("支出", filled([" "]), "多少"),
        "ideographic blanks": after("支出", filled(["\u3000"]), "多少"),
        "lines": filled(["\n"]),
        "emoji": filled(["😀🏻‍🚀"]),
        "combining": filled(["e\u0301\u0300\u0302"]),
        "ligatures that grow": filled(["\ufdfa"]),
        "占占占": filled(["占"]),
        "比比比": filled(["比"]),
        "最最最": filled(["最"]),
        "多少": filled(["多少"]),
        "words of the packs": shuffled(words),
        "words of the packs again": shuffled(words_of_packs()),
        "50 turns": lambda length: Asked(
            "那2022年呢？",
            turns=(filled(f"{n}多少？" for n in indicators)(length * PER_TURN // 2000).question,)
            * 50,
        ),
        "50 turns of one word": lambda length: Asked(
            "那2022年呢？", turns=("的" * (length * PER_TURN // 2000),) * 50
        ),
        "long department": lambda length: Asked("支出多少？", department="局" * (length * 5 // 2)),
        "department of names": lambda length: Asked(
            "支出多少？", department=filled(departments)(length * 5 // 2).question
        ),
    }


def seconds(assistant: Assistant, asked: Asked) -> tuple[float, str]:
    """Processor time of one answer, and the refusal where it was refused."""
    started = process_time()
    refusal = ""
    try:
        assistant.ask(asked.question, turns=asked.turns, department=asked.department)
    except AssistantError as error:
        refusal = str(error)
    return process_time() - started, refusal


def growth(points: Mapping[int, float]) -> float:
    """The exponent by which time grows with length: the slope through the points in logarithms."""
    logs = [(math.log(length), math.log(max(time, LEAST))) for length, time in points.items()]
    mean_x = sum(x for x, _ in logs) / len(logs)
    mean_y = sum(y for _, y in logs) / len(logs)
    across = sum((x - mean_x) ** 2 for x, _ in logs)
    return sum((x - mean_x) * (y - mean_y) for x, y in logs) / across if across else 0.0


def main() -> None:
    """Measures every kind and prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", type=Path)
    parser.add_argument("--lengths", type=int, nargs="+", default=LENGTHS)
    parser.add_argument("--patience", type=float, default=10.0, help="seconds of the longest")
    parser.add_argument("--only", default="", help="kinds whose name has this in it")
    given = parser.parse_args()
    with closing(Assistant(Settings(home=given.home))) as assistant:
        assistant.warm_up()
        assistant.ask("支出多少？")
        print("| kind | " + " | ".join(map(str, given.lengths)) + " | exponent |")
        print("|---|" + "---|" * (len(given.lengths) + 1))
        for kind, craft in kinds(assistant).items():
            if given.only not in kind:
                continue
            points: dict[int, float] = {}
            cells = []
            for length in given.lengths:
                if max(points.values(), default=0) > given.patience:
                    cells.append("—")
                    continue
                took, refusal = seconds(assistant, craft(length))
                cells.append(f"{took:.2f}" + ("*" if refusal else ""))
                if not refusal:
                    points[length] = took
            exponent = f"{growth(points):.1f}" if len(points) > 1 else ""
            print(f"| {kind} | {' | '.join(cells)} | {exponent} |", flush=True)
        print("\n* refused, with one sentence")


if __name__ == "__main__":
    main()
