"""How fast documents are taken in, and in how much memory: `python benchmarks/ingest.py PATH…`.

For each format, and for office and text files in one batch, every stage runs in a process of its
own, so that its peak memory is its own:

    load          bytes → blocks, one file after the other
    understand    blocks → facts and passages, one file after the other
    store         the whole of it into a new library without an embedding model, over all cores
    embed         the embedding model alone over the different texts of the same passages
    every         the embedding model alone over the same passages, repeated texts again
    all           the whole of it with the embedding model; its ratios are those two's time to its

Per stage: files and pages a second by the clock, processor seconds (which other programs on the
machine change little), and peak memory of the process and of its largest reader. `store` and `all`
are told as a whole and apart: the seconds until the first document is in (起步: the readers start,
libraries and dictionaries load) and the files a second from then on (其后).
"""

import argparse
import json
import multiprocessing
import resource
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from ingest.config import IngestSettings
from ingest.errors import IngestError, ModelError
from ingest.extraction.understand import understand
from ingest.intake.sources import sources
from ingest.loaders import load
from ingest.pipeline import Library
from ingest.types.blocks import Document
from ingest.vectors.embedder import Embedder
from ingest.vectors.exact_search import Vectors

SCAN = "pdf（扫描）"
OFFICE = ("docx", "html", "txt", "xlsx")
"""Formats that one bar holds for: measured once more together, as one batch."""
FEW_CHARACTERS = 20
AT_ONCE = 0.05
"""Seconds in which the reports on one group of files come."""


class NoModel:
    """An embedding model that is not there."""

    identity = "none"

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        raise ModelError("不用向量模型。")


def format_of(path: Path) -> str:
    suffix = path.suffix.lower().lstrip(".")
    if suffix != "pdf":
        return suffix
    import pypdfium2  # type: ignore[import-untyped]

    opened = pypdfium2.PdfDocument(path)
    characters = sum(page.get_textpage().count_chars() for page in opened)
    return suffix if characters > FEW_CHARACTERS else SCAN


def loaded(paths: Sequence[Path]) -> list[Document]:
    documents = []
    for path in paths:
        try:
            documents.append(load(path.name, path.read_bytes()))
        except IngestError as error:
            print(error, file=sys.stderr)
    return documents


def pages(documents: Sequence[Document]) -> int:
    """Pages as far as the format has them, else one a file."""
    return sum(max(max((b.location.page or 0 for b in d.blocks), default=0), 1) for d in documents)


def texts_of(documents: Sequence[Document]) -> list[str]:
    return [p.text for d in documents for p in understand(d).passages]


def processor_seconds() -> float:
    spent = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in spent)


def measured(step: Callable[[], object]) -> tuple[float, float]:
    clock, processor = time.perf_counter(), processor_seconds()
    step()
    return time.perf_counter() - clock, processor_seconds() - processor


def run_stage(stage: str, paths: Sequence[Path]) -> dict[str, float]:
    """One stage over the files, measured; the model and the readers' libraries load beforehand."""
    load(paths[0].name, paths[0].read_bytes())
    count, passages = 0, 0
    starting, steady = 0.0, 0.0
    if stage == "load":
        held: list[Document] = []
        spent = measured(lambda: held.extend(loaded(paths)))
        count = pages(held)
    elif stage == "understand":
        documents = loaded(paths)
        count = pages(documents)
        understand(documents[0])
        spent = measured(lambda: [understand(document) for document in documents])
    elif stage in ("embed", "every"):
        texts = texts_of(loaded(paths))
        if stage == "embed":
            texts = list(dict.fromkeys(texts))
        passages = len(texts)
        model = Embedder()
        model.warm_up()
        spent = measured(lambda: model.encode_passages(texts))
    else:
        encoder: Embedder | NoModel = NoModel()
        if stage == "all":
            encoder = Embedder()
            encoder.warm_up()
        with TemporaryDirectory() as folder:
            library = Library.open(IngestSettings(Path(folder)), encoder)
            library.vectors.documents()
            library.tokenizer.cut("预算")
            times: list[float] = []
            begun = time.perf_counter()
            spent = measured(
                lambda: times.extend(time.perf_counter() - begun for _ in library.add(paths))
            )
            later = [moment for moment in times if moment > times[0] + AT_ONCE]
            starting = times[0]
            steady = len(later) / (times[-1] - times[0]) if later else 0.0
            passages = len(library.records.passages_of())
            library.close()
    own, readers = (
        resource.getrusage(who).ru_maxrss / 1024
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    result = {"seconds": spent[0], "processor": spent[1], "own": own, "readers": readers}
    return result | {
        "pages": count,
        "passages": passages,
        "starting": starting,
        "steady": steady,
    }


STAGES = ("load", "understand", "store", "embed", "every", "all")


def table(kind: str, paths: Sequence[Path], stages: Sequence[str]) -> None:
    print(f"\n{kind}：{len(paths)}个文件")
    clock: dict[str, dict[str, float]] = {}
    for stage in stages:
        command = [sys.executable, __file__, "--stage", stage, *map(str, paths)]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
        clock[stage] = found = json.loads(done.stdout.splitlines()[-1])
        seconds, processor = found["seconds"], found["processor"]
        speed = f"{len(paths) / seconds:7.1f} 文件/秒 {clock['load']['pages'] / seconds:7.1f} 页/秒"
        if stage in ("embed", "every"):
            speed = f"{found['passages'] / seconds:7.1f} 片段/秒" + " " * 15
        course = ""
        if stage in ("store", "all"):
            course = f"  起步 {found['starting']:.1f} 秒，其后 {found['steady']:.1f} 文件/秒"
        print(
            f"  {stage:<10} {speed}  {seconds:7.2f} 秒  处理器 {processor:7.2f} 秒"
            f"  内存 {found['own']:5.0f} MB，读取进程 {found['readers']:5.0f} MB{course}",
            flush=True,
        )
    if "all" not in clock:
        return
    for stage, of in (("embed", "不同文本"), ("every", "全部片段")):
        both = [clock[stage][name] / clock["all"][name] for name in ("seconds", "processor")]
        print(f"  入库速度为{of}单独向量化的 {both[0]:.0%}（按处理器时间 {both[1]:.0%}）")


def main() -> None:
    given = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    given.add_argument("paths", nargs="+", type=Path)
    given.add_argument("--stage", help=argparse.SUPPRESS)
    given.add_argument("--limit", type=int, default=1000, help="most files of a format")
    given.add_argument("--without-model", action="store_true", help="leave out all that embeds")
    options = given.parse_args()
    found = [source.path for source in sources(options.paths)]
    if options.stage:
        print(json.dumps(run_stage(options.stage, found)))
        return
    formats: dict[str, list[Path]] = defaultdict(list)
    for path in found:
        formats[format_of(path)].append(path)
    print(f"{multiprocessing.cpu_count()} 核")
    for kind, paths in sorted(formats.items()):
        table(kind, paths[: options.limit], STAGES[:3] if options.without_model else STAGES)
    office = [kind for kind in OFFICE if kind in formats]
    if len(office) > 1:
        files = [path for kind in office for path in formats[kind][: options.limit]]
        table("、".join(office), files, STAGES[:3])


if __name__ == "__main__":
    main()
