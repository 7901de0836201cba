"""How long a backup and its restoring take: `python benchmarks/backup.py LIBRARY`.

LIBRARY is the folder of a library; it is only read. Told for each step: seconds by the clock and
by the processor (which other programs on the machine change less), and megabytes of
the originals and the database a processor second.

    backup     the library → one file
    restore    that file → a new folder, every file checked; words and figures answer from here on
    rebuild    words and vectors made anew there (only with --rebuild: it embeds every passage)
"""

import argparse
import resource
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from assistant.config import Settings
from assistant.service import Assistant
from assistant.system_status import size_of

MEGABYTE = 1_000_000


def processor_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def told(name: str, megabytes: float, step: Callable[[], object]) -> None:
    clock, processor = time.perf_counter(), processor_seconds()
    step()
    clock, processor = time.perf_counter() - clock, processor_seconds() - processor
    speed = megabytes / processor
    print(f"{name:<8} {clock:7.2f} s  processor {processor:7.2f} s  {speed:7.1f} MB/s", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("library", type=Path)
    parser.add_argument("--rebuild", action="store_true", help="make words and vectors anew, too")
    given = parser.parse_args()
    held = size_of(given.library / "files") + (given.library / "library.db").stat().st_size
    with TemporaryDirectory() as folder:
        target, restored = Path(folder) / "backup.zip", Settings(home=Path(folder) / "restored")
        with closing(Assistant(Settings(home=given.library))) as assistant:
            print(f"{assistant.count()} documents, {held / MEGABYTE:.1f} MB without vectors")
            told("backup", held / MEGABYTE, lambda: assistant.backup(target))
        print(f"{target.stat().st_size / MEGABYTE:.1f} MB in the backup")
        told("restore", held / MEGABYTE, lambda: Assistant.restore(restored, target))
        if given.rebuild:
            with closing(Assistant(restored)) as assistant:
                told("rebuild", held / MEGABYTE, assistant.rebuild)


if __name__ == "__main__":
    main()
