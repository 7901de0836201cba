"""Documents of two departments that share words and sentences, to be told apart all the same."""

from collections.abc import Sequence
from pathlib import Path
from random import Random

from tests.support.builders import page, write

OURS, THEIRS = "青禾市水务局", "青禾市团委"
WORDS = ("河道", "巡查", "志愿", "服务", "活动", "预算", "执行率", "整改", "驿站", "建设", "培训",
         "青年", "防汛", "物资", "采购", "评价", "满意度", "96.36%", "2021年", "600场")  # fmt: skip


def prose(random: Random) -> str:
    said = ("".join(random.choices(WORDS, k=random.randint(3, 14))) for _ in range(12))
    return "".join(f"<p>{one}。</p>" for one in said)


def documents(folder: Path) -> tuple[Sequence[Path], Sequence[Path]]:
    """Forms of two departments with prose of the same words, some of it the same to the letter."""
    random = Random(15)
    ours: list[Path] = []
    theirs: list[Path] = []
    for number in range(4):
        shared = prose(random)
        for made, name, department in ((ours, "水", OURS), (theirs, "团", THEIRS)):
            form = page(department, year=2020 + number % 3, actual=40 + number).decode()
            text = form.replace("</body>", shared + prose(random) + "</body>")
            made.append(write(folder / f"{name}{number}.html", text.encode()))
    return ours, theirs
