"""How a set that nobody had seen is answered: `python benchmarks/first_reading.py SET… --out DIR`.

A SET is a folder with docs/, libraries.json, questions.jsonl and figures.jsonl, as described in the
README of the scorer's own set; `--scorer FILE` is that scorer. The commands of the program run in
this process, so that the models load once: each library is read once into DIR/SET/home, and read
anew only with `--read`; then every question is asked, and figures, documents and indicators are
listed. The scorer grades what DIR/SET holds. `--fails` prints what is not right, `--against DIR`
which questions another run answered otherwise.
"""

import argparse
import io
import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from time import process_time
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from assistant.cli.main import main as jiwen

SETS = ROOT / "benchmarks" / "sets"
LISTS = ("figures", "documents", "indicators")


def lines(path: Path) -> list[dict[str, Any]]:
    """The objects of a file of JSON lines; none where there is no such file."""
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]


def told(home: Path, *arguments: str) -> str:
    """What a command of the program prints over the library at `home`."""
    os.environ["JIWEN_HOME"] = str(home)
    out = io.StringIO()
    with redirect_stdout(out), redirect_stderr(io.StringIO()):
        try:
            jiwen(list(arguments))
        except SystemExit as ended:
            if ended.code not in (0, 1, None):
                print(home.name, arguments[0], ended.code, file=sys.__stderr__)
    return out.getvalue()


def ask(folder: Path, out: Path, *, read: bool) -> None:
    """Reads the libraries of a set and asks its questions; one folder a library is written."""
    questions, gold = lines(folder / "questions.jsonl"), lines(folder / "figures.jsonl")
    libraries = json.loads((folder / "libraries.json").read_text(encoding="utf-8"))
    spent = 0.0
    for name, holds in libraries.items():
        safe = name.replace(":", "_")
        home, work = out / "home" / safe, out / safe
        work.mkdir(parents=True, exist_ok=True)
        if read or not home.exists():
            shutil.rmtree(home, ignore_errors=True)
            paths = [str(folder / path) for path in holds.get("docs", [])]
            paths += [str(ROOT / "data" / "samples")] if holds.get("samples") else []
            (work / "add.jsonl").write_text(told(home, "add", *paths, "--json"), "utf-8")
        mine = [item for item in questions if item["library"] == name]
        if mine:
            batch = work / "batch.jsonl"
            asked = ({key: item.get(key) for key in ("id", "question", "turns")} for item in mine)
            batch.write_text("".join(f"{json.dumps(one)}\n" for one in asked), "utf-8")
            began = process_time()
            answers = told(home, "ask", "--batch", str(batch), "--json")
            spent += process_time() - began
            (work / "answers.jsonl").write_text(answers, "utf-8")
        if any(one["library"] == name for one in gold):
            for what in LISTS:
                (work / f"{what}.jsonl").write_text(told(home, what, "--json"), "utf-8")
    if questions:
        print(f"{folder.name}: {spent / len(questions):.3f} s of processor time a question")


def states(graded: Iterable[dict[str, Any]], out: Path) -> Iterator[tuple[str, str]]:
    """Each question's verdict with the state of its answer, and what is to be read of it."""
    given = {one["id"]: one for path in out.glob("*/answers.jsonl") for one in lines(path)}
    for one in graded:
        state = given.get(one["id"], {}).get("state", "")
        text = (one["text"] or "").replace("\n", "\n    ")
        asked = " / ".join([*one["turns"], one["question"]])
        yield (
            f"{one['verdict']} {state}",
            f"{one['id']} [{one['kind']}] {asked}\n  expected: {one['expected']}\n    {text}",
        )


def compare(now: Path, before: Path) -> None:
    """Prints what another run answered with another verdict."""
    old = {one["id"]: one for one in lines(before / "graded.jsonl")}
    for one in lines(now / "graded.jsonl"):
        was = old.get(one["id"])
        if was and was["verdict"] != one["verdict"]:
            print(f"{one['id']} {was['verdict']} → {one['verdict']}: {one['question']}")
            print(f"    {was['text']}\n  → {one['text']}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("sets", type=Path, nargs="*", default=[*SETS.glob("*/")])
    parser.add_argument("--scorer", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--read", action="store_true")
    parser.add_argument("--fails", action="store_true")
    parser.add_argument("--against", type=Path)
    args = parser.parse_args()
    for folder in args.sets:
        out = args.out / folder.resolve().name
        ask(folder.resolve(), out, read=args.read)
        command = [sys.executable, args.scorer, "run", "--regrade", "--jiwen", "jiwen"]
        command += ["--set", folder, "--out", out, "--samples", ROOT / "data" / "samples"]
        graded = subprocess.run(command, check=True, capture_output=True, text=True)
        print(graded.stdout)
        verdicts = [*states(lines(out / "graded.jsonl"), out)]
        for verdict, count in sorted(Counter(verdict for verdict, _ in verdicts).items()):
            print(f"  {count:4} {verdict}")
        for verdict, text in verdicts if args.fails else ():
            if not verdict.startswith("right"):
                print(f"\n{verdict}: {text}")
        if args.against:
            compare(out, args.against / folder.resolve().name)


if __name__ == "__main__":
    main()
