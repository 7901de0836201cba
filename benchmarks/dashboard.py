"""How long the dashboard takes over a large library: `python benchmarks/dashboard.py CORPUS`.

CORPUS holds docs/. Its digital documents are copied under other places' names until the library has
`--documents` (2,000). Printed, in a process of their own: the first board after the start, a change
of filters (the board, its HTML and the filters' choices; 200 random ones), the bytes a change
sends to the browser, the workbook, the findings behind it, and the peak memory. With `--browser` a
headless Chromium changes the year and the time until the page shows it is printed as well.

`--keep DIR` builds the library in DIR and uses what is there already.
"""

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from assistant.config import Settings
from assistant.dashboard.board import Board, Choice
from assistant.dashboard.excel_export import board_workbook
from assistant.service import Assistant
from benchmarks.copies import fill, understood

CHANGES = 200


def choices(whole: Board, count: int) -> list[Choice]:
    """Random settings of one to three filters, out of what the library holds."""
    dice = random.Random(7)
    options = whole.options
    offered: dict[str, Sequence[Any]] = {
        "city": options.cities,
        "department": options.departments,
        "year": options.years,
        "form": options.forms,
        "family": options.families,
        "standing": options.standings,
    }
    return [
        replace(
            Choice(),
            **{name: dice.choice(offered[name]) for name in dice.sample(sorted(offered), number)},
        )
        for number in (dice.randint(0, 3) for _ in range(count))
    ]


def measure(home: Path) -> dict[str, object]:
    from assistant.web.html.board import details, overview
    from assistant.web.tabs.dashboard import updates

    with closing(Assistant(Settings(home=home))) as assistant:
        start = time.perf_counter()
        whole = assistant.board(Choice())
        shown = overview(whole) + details(whole)
        first = time.perf_counter() - start
        opened = peak_mb()
        took, spent, sent = [], [], [len(shown.encode())]
        for choice in choices(whole, CHANGES):
            begun, used = time.perf_counter(), time.thread_time()
            made = assistant.board(choice)
            html = overview(made) + details(made) + json.dumps(updates(made), default=str)
            spent.append(1000 * (time.thread_time() - used))
            took.append(1000 * (time.perf_counter() - begun))
            sent.append(len(html.encode()))
        while not assistant.board(Choice()).audited:
            time.sleep(0.2)
        audited = time.perf_counter() - start
        begun = time.perf_counter()
        size = len(board_workbook(assistant.board(Choice()), "全部资料"))
        return {
            "documents": whole.documents,
            "departments": whole.departments,
            "indicators": whole.tally.total,
            "findings": len(assistant.board(Choice()).findings),
            "first_s": round(first, 2),
            "change_p50_ms": share(took, 0.5),
            "change_p95_ms": share(took, 0.95),
            "change_max_ms": share(took, 1),
            "change_p50_cpu_ms": share(spent, 0.5),
            "change_p95_cpu_ms": share(spent, 0.95),
            "sent_max_kb": round(max(sent) / 1024),
            "workbook_s": round(time.perf_counter() - begun, 2),
            "workbook_kb": round(size / 1024),
            "findings_after_s": round(audited, 1),
            "peak_mb_first": opened,
            "peak_mb": peak_mb(),
        }


def in_browser(home: Path, chromium: str) -> dict[str, object]:
    """Seconds from a change of the year until the page shows it."""
    from playwright.sync_api import sync_playwright

    from assistant.serve import launch

    settings = Settings(home=home, port=8497)
    with closing(Assistant(settings)) as assistant, sync_playwright() as playwright:
        site = launch(assistant, settings)
        site.ready()
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1400, "height": 900})
        page.goto(f"http://127.0.0.1:{settings.port}")
        start = time.perf_counter()
        page.get_by_role("tab", name="看板").click()
        page.wait_for_selector("#board .card", timeout=120_000)
        opened = time.perf_counter() - start
        while not assistant.board(Choice()).audited:
            time.sleep(0.2)
        took = []
        for value in [
            *assistant.board(Choice()).options.years,
            *assistant.board(Choice()).options.years,
        ]:
            page.locator("#board-filters").get_by_role("combobox", name="年度").click()
            start = time.perf_counter()
            page.get_by_role("option", name=f"{value}年").click()
            page.wait_for_function(
                f"document.querySelector('#board h2').innerText.includes('{value}')"
            )
            took.append(time.perf_counter() - start)
        browser.close()
        site.close()
    return {
        "browser_first_s": round(opened, 2),
        "browser_change_p50_s": share(took, 0.5),
        "browser_change_max_s": share(took, 1),
    }


def share(values: list[float], part: float) -> float:
    return round(sorted(values)[min(int(len(values) * part), len(values) - 1)], 2)


def peak_mb() -> int:
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--documents", type=int, default=2000)
    parser.add_argument("--keep", type=Path, help="build the library here and keep it")
    parser.add_argument("--browser", help="path of a Chromium to change filters in")
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.measure:
        made = in_browser(args.measure, args.browser) if args.browser else measure(args.measure)
        for name, value in made.items():
            print(f"{name:24}{value}")
        return
    with tempfile.TemporaryDirectory() as temporary:
        home = args.keep or Path(temporary)
        if not (home / "library.db").exists():
            fill(home, understood(args.corpus), args.documents)
        again = [sys.executable, __file__, str(args.corpus), "--measure", str(home)]
        subprocess.run(again, check=True)
        if args.browser:
            subprocess.run([*again, "--browser", args.browser], check=True)


if __name__ == "__main__":
    main()
