"""How often the cards that answer are among the first: `python benchmarks/candidates.py PATH…`.

A PATH that ends in .toml is a file of texts and questions (`[[texts]]` with `title`, `section`,
`text` and `questions` of [question, answer, kind]); each text is a document of one library, and a
question that a text answers looks for the card of that text. Another PATH is a set of questions
(.jsonl, with `library`, `question` and `want`, of every inner list of which one alternative stands
in the answer); `--homes DIR` has a library read beforehand for each of its libraries. There the
first cards together must print all that is wanted; what no card prints is computed and left out.
Prints R@1, R@3 and R@8, and what was not found with `--misses`.
"""

import argparse
import json
import re
import shutil
import sys
import tempfile
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from time import perf_counter

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from assistant.config import Settings
from assistant.service import Assistant

DEPTHS = (1, 3, 8)
FAR = 999
Asked = tuple[str, str, int]
"""The group of a question, the question, and the place up to which all is found."""


def squeezed(text: str) -> str:
    return re.sub(r"[\s,]", "", unicodedata.normalize("NFKC", text)).lower()


def prints(text: str, alternative: str) -> bool:
    """Whether a text prints an answer; numbers stand alone."""
    wanted = re.escape(squeezed(alternative))
    before = r"(?<![\d.])" if re.match(r"\d", alternative) else ""
    after = r"(?!\d|\.[1-9])" if re.search(r"\d$", alternative) else ""
    return re.search(f"{before}{wanted}{after}", text) is not None


def reached(places: Sequence[int | None]) -> int:
    return max((FAR if place is None else place for place in places), default=FAR)


def of_homes(path: Path, homes: Path, seconds: list[float]) -> Iterator[Asked]:
    """The questions of a set over its libraries, read beforehand."""
    items = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]
    for library in dict.fromkeys(item["library"] for item in items):
        with opened(homes / library.replace(":", "_")) as (assistant, find):
            documents = assistant._library.records.documents()
            cards = [c for d in documents for c in assistant._candidates.cards.of(d.id)]
            texts = [squeezed(card.text) for card in cards]
            for item in items:
                asked = item["library"] == library and item["want"] and not item["refuse"]
                if not asked or item["turns"] or not all(_printed(texts, item["want"])):
                    continue
                found = [squeezed(text) for text in find(item["question"], seconds)]
                places = [_first(found, alternatives) for alternatives in item["want"]]
                yield item["group"], item["question"], reached(places)


def _printed(texts: Sequence[str], want: Sequence[Sequence[str]]) -> Iterator[bool]:
    for alternatives in want:
        yield _first(texts, alternatives) is not None


def _first(texts: Sequence[str], alternatives: Sequence[str]) -> int | None:
    numbered = enumerate(texts, 1)
    return next((n for n, text in numbered if any(prints(text, a) for a in alternatives)), None)


def of_texts(path: Path, seconds: list[float]) -> Iterator[Asked]:
    """The questions of a file of texts that the text answers, over a library of these texts."""
    texts = tomllib.loads(path.read_text(encoding="utf-8"))["texts"]
    with tempfile.TemporaryDirectory() as folder:
        files = Path(folder) / "files"
        files.mkdir()
        for number, text in enumerate(texts):
            lines = (text["title"], text["section"], text["text"])
            (files / f"{number:02}.txt").write_text("\n".join(filter(None, lines)), "utf-8")
        with opened(Path(folder) / "home") as (assistant, find):
            for report in assistant.add([files]):
                assert not report.error, report
            for text in texts:
                body = squeezed(text["text"])
                for question, answer, _ in text["questions"]:
                    if answer:
                        found = find(question, seconds)
                        place = (n for n, one in enumerate(found, 1) if _is_of(one, body, answer))
                        yield text["kind"], question, next(place, FAR)


def _is_of(card: str, text: str, answer: str) -> bool:
    """Whether a card is made of a text, and of the part that answers."""
    body = squeezed(card.rpartition("｜")[2])
    return body in text and squeezed(answer) in squeezed(card)


Find = Callable[[str, list[float]], list[str]]


class opened(closing[Assistant]):
    """A copy of the library at `home`, and what finds the texts of candidates in it."""

    def __init__(self, home: Path) -> None:
        self._folder = tempfile.TemporaryDirectory()
        copy = Path(self._folder.name) / "home"
        if home.exists():
            shutil.copytree(home, copy)
        self.assistant = Assistant(Settings(home=copy))
        self.assistant._embedder.warm_up()
        super().__init__(self.assistant)

    def __enter__(self) -> tuple[Assistant, Find]:  # type: ignore[override]
        def find(question: str, seconds: list[float]) -> list[str]:
            started = perf_counter()
            found = self.assistant._candidates.find(question, limit=max(DEPTHS))
            seconds.append(perf_counter() - started)
            return [one.card.text for one in found]

        return self.assistant, find

    def __exit__(self, *error: object) -> None:
        super().__exit__(None, None, None)
        self._folder.cleanup()


def report(asked: Sequence[Asked]) -> None:
    counts = Counter(group for group, _, _ in asked)
    for group, count in [("all", len(asked)), *sorted(counts.items())]:
        places = [place for name, _, place in asked if group in ("all", name)]
        shares = (f"R@{depth} {sum(p <= depth for p in places) / count:.3f}" for depth in DEPTHS)
        print(f"  {group:18} {count:5}  {'  '.join(shares)}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("paths", type=Path, nargs="+")
    parser.add_argument("--homes", type=Path)
    parser.add_argument("--misses", action="store_true")
    args = parser.parse_args()
    seconds: list[float] = []
    for path in args.paths:
        if path.suffix == ".toml":
            asked = [*of_texts(path, seconds)]
        elif args.homes:
            asked = [*of_homes(path, args.homes, seconds)]
        else:
            parser.error("--homes")
        print(path.name)
        report(asked)
        if args.misses:
            for group, question, place in asked:
                if place > DEPTHS[-1]:
                    print(f"    {group}: {question}")
    print(f"  p50 {sorted(seconds)[len(seconds) // 2] * 1000:.1f} ms")


if __name__ == "__main__":
    main()
