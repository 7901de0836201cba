"""Whether figures are worth what is printed: `python benchmarks/number_audit.py PATH…`.

Reads every file under the paths and holds each value of each figure against its own printed text,
by the independent parser of tests/support/printed_numbers.py. What differs is printed; exit status
1 where anything does.
"""

import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from ingest.errors import IngestError
from ingest.extraction.understand import understand
from ingest.intake.sources import sources
from ingest.loaders import load, unpack
from tests.support.printed_numbers import differing


def main() -> int:
    counts: Counter[str] = Counter()
    for source in sources([Path(path) for path in sys.argv[1:]]):
        if source.problem:
            continue
        try:
            files = unpack(source.file, source.path.read_bytes())
        except IngestError:
            counts["refused"] += 1
            continue
        for file, data in files:
            try:
                understood = understand(load(file, data))
            except IngestError:
                counts["refused"] += 1
                continue
            counts["documents"] += 1
            counts["values"] += sum(len(f.quantity.values) for f in understood.figures)
            for figure in differing(understood):
                counts["differing"] += 1
                values = "、".join(f"{value:f}" for value in figure.quantity.values)
                print(f"{file}: {figure.quantity.raw!r} is read as {values}{figure.quantity.unit}")
    print(
        f"{counts['documents']} documents, {counts['refused']} refused, {counts['values']} values, "
        f"{counts['differing']} differing"
    )
    return 1 if counts["differing"] else 0


if __name__ == "__main__":
    sys.exit(main())
