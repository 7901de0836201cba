"""Damaged and hostile files by the ten thousand: `python benchmarks/fuzz.py [--inputs 10000]`.

Every loader is given mutated copies of small files of its format: bytes flipped, cut, doubled and
moved, numbers made huge, pieces of another file spliced in; in packed formats (docx, xlsx, zip)
also inside the parts, packed again, so that the damage reaches the parser behind the zip. A loader
may return a document, or raise an IngestError whose message is one Chinese sentence that names the
file. Anything else is a fault: another exception, a crash, more than SECONDS of processor time.
What was loaded goes on through `understand` and `pack` for one input in four.

`image` decodes pictures without recognising them and `scan` recognises a hundredth as many, for
one recognition takes a second; `legacy` starts LibreOffice for a thousandth as many.

Prints one line a loader and each distinct fault once, with the input kept in --keep DIR. The same
--seed gives the same inputs. Exit status 1 when there is a fault.
"""

import argparse
import contextlib
import faulthandler
import gzip
import io
import os
import random
import re
import resource
import signal
import struct
import sys
import traceback
import zlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from time import process_time
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from ingest.config import MEGABYTE, Limits
from ingest.errors import IngestError
from ingest.extraction.understand import understand
from ingest.loaders import load, unpack
from ingest.loaders.image import pictures
from ingest.records.rows import pack
from tests.support.slides import box, presentation, table

SECONDS = 20
"""Processor time in which a small file must be read, thousands of times what a sound one takes."""
LIMITS = Limits(cells=200_000, pages=50, unpacked_bytes=64 * MEGABYTE, image_pixels=20_000_000)
FILES = ROOT / "tests" / "files"
SAMPLES = ROOT / "data" / "samples"
SENTENCE = re.compile(r"[“ ]?损\.bin.*[\u4e00-\u9fff].*。$", re.DOTALL)
NUMBERS = (
    *(b"-1", b"0", b"1", b"65536", b"1048577", b"2147483647", b"2147483648", b"4294967295"),
    *(b"99999999999999999999", b"1e308", b"-1e999", b"NaN", b"0x41", b"", b"\xd9\xa3"),
)
WORDS = (
    *(b"\x00", b"\xff\xfe", b"\xed\xa0\x80", b"\xef\xbf\xbf", b"\xe2\x80\xae", b"&#0;", b"&x;"),
    *(b"<![CDATA[", b"<!--", b"<!DOCTYPE a [<!ENTITY x 'y'>]>", b"<a>" * 300, b"</table>", b"<td>"),
    *(
        b"A1:XFD1048576",
        b"colspan='99999'",
        b"_xD800_",
        b"\xef\xb7\xba",
        b"=1+1",
        b'"',
        b"\r",
        b"\t",
    ),
)
DIGITS = re.compile(rb"\d+")

Mutator = Callable[[bytes, random.Random], bytes]


def damaged(data: bytes, chance: random.Random) -> bytes:
    """The bytes with one to four accidents."""
    held = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 4))):
        at = chance.randrange(len(held) + 1)
        match chance.randrange(9):
            case 0:
                for _ in range(chance.choice((1, 8, 64))):
                    if held:
                        held[chance.randrange(len(held))] ^= 1 << chance.randrange(8)
            case 1:
                del held[at:]
            case 2:
                del held[at : at + chance.randrange(1, 200)]
            case 3:
                piece = held[at : at + chance.randrange(1, 2000)]
                held[at:at] = piece * chance.choice((1, 2, 20))
            case 4:
                there = chance.randrange(len(held) + 1)
                held[there:there] = held[at : at + chance.randrange(1, 500)]
            case 5:
                held[at : at + 4] = struct.pack(
                    chance.choice("<>") + "I", chance.choice((0, 1, 0x7FFFFFFF, 0xFFFFFFFF, 0xFFFF))
                )
            case 6:
                held[at:at] = chance.choice(WORDS)
            case 7:
                numbers = list(DIGITS.finditer(held[at : at + 4000]))
                if numbers:
                    one = chance.choice(numbers)
                    held[at + one.start() : at + one.end()] = chance.choice(NUMBERS)
            case _:
                held[at : at + chance.randrange(1, 40)] = chance.randbytes(chance.randrange(1, 40))
    return bytes(held)


def repacked(data: bytes, chance: random.Random) -> bytes:
    """A package with damage in its parts; one time in five in the package itself."""
    if chance.randrange(5) == 0:
        return damaged(data, chance)
    with ZipFile(io.BytesIO(data)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    names = [name for name in parts if parts[name]]
    for name in chance.sample(names, min(len(names), chance.choice((1, 1, 2)))):
        parts[name] = damaged(parts[name], chance)
    match chance.randrange(12):
        case 0:
            del parts[chance.choice(names)]
        case 1:
            parts[chance.choice(names)] = parts[chance.choice(names)]
    stream = io.BytesIO()
    how = chance.choice((ZIP_STORED, ZIP_DEFLATED))
    with ZipFile(stream, "w", how) as package:
        for name, part in parts.items():
            package.writestr(name, part)
    return stream.getvalue()


STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)


def redrawn(data: bytes, chance: random.Random) -> bytes:
    """A PDF with damage inside one of its packed streams; every other time in the file itself."""
    streams = list(STREAM.finditer(data))
    if not streams or chance.randrange(2):
        return damaged(data, chance)
    stream = chance.choice(streams)
    try:
        plain = zlib.decompress(stream.group(1))
    except zlib.error:
        return damaged(data, chance)
    packed = zlib.compress(damaged(plain, chance), 1)
    return data[: stream.start(1)] + packed + data[stream.end(1) :]


# What is mutated


def of_word() -> list[bytes]:
    from docx import Document as WordDocument

    word = WordDocument()
    word.add_heading("一、部门基本情况", level=1)
    word.add_paragraph("青禾市水务局2023年度执行率95.07%，共1200人次。", style="List Number")
    table = word.add_table(rows=4, cols=4)
    texts = [
        "一级指标",
        "三级指标",
        "年度指标值",
        "实际完成值",
        "产出指标",
        "泵站数量",
        "12座",
        "12座",
        "渠道",
        "≥35公里",
    ]
    for cell, text in zip([c for row in table.rows for c in row.cells], texts, strict=False):
        cell.text = text
    table.cell(1, 0).merge(table.cell(2, 0))
    stream = io.BytesIO()
    word.save(stream)
    with ZipFile(io.BytesIO(stream.getvalue())) as package:  # the template's pictures are no matter
        kept = {n: package.read(n) for n in package.namelist() if "theme" not in n}
        kept = {n: part for n, part in kept.items() if not n.endswith(".jpeg")}
    return [_zipped(kept)]


def of_excel() -> list[bytes]:
    return [(FILES / "calculated.xlsx").read_bytes()]


def _zipped(parts: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with ZipFile(stream, "w") as package:
        for name, part in parts.items():
            package.writestr(name, part)
    return stream.getvalue()


def of_archives() -> list[bytes]:
    inner = _zipped({"表.csv": b"1,2\n3,4", "a/b.txt": "执行率95%".encode()})
    return [_zipped({"局.zip": inner, "说明.txt": b"12", "../x.html": b"<p>1</p>"})]


def of_mails() -> list[bytes]:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@b.example", "c@d.example", "自评材料"
    message.set_content("全年执行数为86.40万元。", charset="gb18030", cte="base64")
    message.add_attachment(b"1,2\n3,4", "text", "csv", filename="表.csv")
    return [message.as_bytes(), gzip.compress(b"a,b\n1,2")]


def of_slides() -> list[bytes]:
    rows = [["指标", "目标"], ["泵站", "12座"], ["^", "合计"], ["合计", ">"]]
    shapes = box("2023年执行率95.07%", 20, title=True), box("全年§30000|1§执行数86.40万元", 60)
    return [presentation("".join(shapes) + table(rows, 90), table(rows, 10), hidden=[2])]


def of_dbf() -> list[bytes]:
    fields = (("NAME", "C", 8), ("AMOUNT", "N", 8), ("DAY", "D", 8), ("COUNT", "I", 4))
    head = b"".join(
        struct.pack("<11sc4xBB14x", name.encode(), kind.encode(), size, 0)
        for name, kind, size in fields
    )
    record = b" " + "泵站".encode("gb18030").ljust(8) + b"   86.40" + b"20241031" + b"\x0c\0\0\0"
    start = struct.pack("<4BIHH20x", 3, 124, 10, 31, 2, 33 + len(head), len(record))
    return [start + head + b"\r" + record * 2 + b"\x1a"]


def of_foreign_archives() -> list[bytes]:
    import libarchive

    parts: list[bytes] = []

    def keep(part: bytes) -> int:
        parts.append(bytes(part))
        return len(part)

    with libarchive.custom_writer(keep, "7zip") as archive:
        for name, data in (("表.csv", b"1,2\n3,4"), ("a/b.txt", "执行率95%".encode())):
            archive.add_file_from_memory(name, len(data), data)
    return [b"".join(parts)]


def of_pdf() -> list[bytes]:
    return [(FILES / name).read_bytes() for name in ("sideways.pdf", "locked.pdf", "cut.pdf")]


PAGE = (
    "<html><head><meta charset='utf-8'></head><body><h1>自评表</h1><p>执行率95.07%</p>"
    "<table><tr><th rowspan=2>指标</th><th colspan=2>目标值</th></tr><tr><td>数量<td>≥12座</tr>"
    "<tr><td><table><tr><td>内表<td>3</table><td>5<br>6</tr></table><pre>a\nb</pre></body></html>"
)
MHT = (
    "MIME-Version: 1.0\nContent-Type: multipart/related; boundary=xx\n\n--xx\n"
    f"Content-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{PAGE}\n--xx--\n"
)


def of_pages() -> list[bytes]:
    return [PAGE.encode(), MHT.encode(), PAGE.encode("gb18030"), PAGE.encode("utf-16")]


OFD = 'xmlns:ofd="http://www.ofdspec.org/2016"'
OFD_PARTS = {
    "OFD.xml": f"<ofd:OFD {OFD}><ofd:DocBody><ofd:DocRoot>D/Document.xml</ofd:DocRoot>"
    "</ofd:DocBody></ofd:OFD>",
    "D/Document.xml": f"<ofd:Document {OFD}><ofd:CommonData><ofd:PageArea>"
    "<ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea>"
    '<ofd:TemplatePage ID="7" BaseLoc="T.xml"/></ofd:CommonData>'
    '<ofd:Pages><ofd:Page ID="1" BaseLoc="P.xml"/></ofd:Pages></ofd:Document>',
    "D/T.xml": f"<ofd:Page {OFD}><ofd:Content><ofd:Layer><ofd:PathObject Boundary='20 40 90 20'>"
    "<ofd:AbbreviatedData>M 0 0 L 90 0 L 90 20 L 0 20 C M 45 0 L 45 20 M 0 10 L 90 10"
    "</ofd:AbbreviatedData></ofd:PathObject></ofd:Layer></ofd:Content></ofd:Page>",
    "D/P.xml": f"<ofd:Page {OFD}><ofd:Template TemplateID='7'/><ofd:Content><ofd:Layer>"
    + "".join(
        f"<ofd:TextObject Boundary='{x} {y} 40 5' CTM='1 0 0 1 0 0' Size='3.7'>"
        f"<ofd:TextCode X='0' Y='3.7' DeltaX='g 4 3.7'>{words}</ofd:TextCode></ofd:TextObject>"
        for x, y, words in ((21, 42, "全年执行数"), (66, 42, "86.40"), (21, 52, "分值"))
    )
    + "</ofd:Layer></ofd:Content></ofd:Page>",
}


def of_ofd() -> list[bytes]:
    return [_zipped({name: part.encode() for name, part in OFD_PARTS.items()})]


def of_text() -> list[bytes]:
    found = [path.read_bytes()[:4000] for path in sorted(SAMPLES.glob("*.txt"))]
    return [*found, "指标\t目标\n数量\t12座\n| a | b |\n|---|---|\n".encode("gb18030")]


def of_csv() -> list[bytes]:
    rows = '部门,年度,指标,目标值\n水务局,2023,"泵站\n数量",≥12座\n'
    return [rows.encode(), rows.encode("gb18030"), rows.replace(",", ";").encode("utf-16")]


def of_old_excel() -> list[bytes]:
    return [(FILES / "summary.xls").read_bytes()]


def of_images() -> list[bytes]:
    from PIL import Image

    made = []
    kinds = (("PNG", "L"), ("PNG", "P"), ("JPEG", "RGB"), ("TIFF", "L"), ("BMP", "RGB"))
    for kind, mode in (*kinds, ("GIF", "L"), ("WEBP", "RGB")):
        stream = io.BytesIO()
        frames = [Image.new(mode, (64, 90), shade) for shade in (255, 40)]
        more = {"save_all": True, "append_images": frames[1:]} if kind == "TIFF" else {}
        frames[0].save(stream, kind, **more)
        made.append(stream.getvalue())
    return made


def of_scans() -> list[bytes]:
    from PIL import Image, ImageDraw

    image = Image.new("L", (400, 300), 255)
    draw = ImageDraw.Draw(image)
    draw.rectangle((20, 20, 380, 280), outline=0, width=2)
    draw.line((20, 150, 380, 150), fill=0, width=2)
    draw.text((40, 60), "2023 95.07%", fill=0)
    made = []
    for kind in ("PNG", "JPEG"):
        stream = io.BytesIO()
        image.save(stream, kind)
        made.append(stream.getvalue())
    return made


def of_legacy() -> list[bytes]:
    return [(FILES / "report.doc").read_bytes(), b"{\\rtf1\\ansi 2023 95.07%\\par}"]


def read(data: bytes) -> None:
    load(NAME, data, limits=LIMITS)


def understood(data: bytes) -> None:
    pack(understand(load(NAME, data, limits=LIMITS)))


def decoded(data: bytes) -> None:
    for _ in pictures(NAME, data, LIMITS):
        pass


def opened(data: bytes) -> None:
    for name, content in unpack(NAME, data, limits=LIMITS):
        with contextlib.suppress(IngestError):
            load(name, content, limits=LIMITS)


NAME = "损.bin"


@dataclass(frozen=True, slots=True)
class Target:
    """A loader: what is mutated, how, and what one input goes through."""

    seeds: Callable[[], list[bytes]]
    mutate: Mutator
    steps: tuple[Callable[[bytes], None], ...] = (read, read, read, understood)
    share: int = 1


TARGETS = {
    "pdf": Target(of_pdf, redrawn),
    "ofd": Target(of_ofd, repacked),
    "docx": Target(of_word, repacked),
    "xlsx": Target(of_excel, repacked),
    "pptx": Target(of_slides, repacked),
    "dbf": Target(of_dbf, damaged),
    "7z": Target(of_foreign_archives, damaged, (opened,)),
    "xls": Target(of_old_excel, damaged),
    "html": Target(of_pages, damaged),
    "txt": Target(of_text, damaged),
    "csv": Target(of_csv, damaged),
    "zip": Target(of_archives, repacked, (opened,)),
    "mail": Target(of_mails, damaged, (opened,)),
    "image": Target(of_images, damaged, (decoded,)),
    "scan": Target(of_scans, damaged, (understood,), share=100),
    "legacy": Target(of_legacy, damaged, (understood,), share=1000),
}


# Judging


@dataclass(slots=True)
class Tally:
    """What became of a loader's inputs."""

    loaded: int = 0
    refused: int = 0
    slowest: float = 0.0
    faults: Counter[str] = field(default_factory=Counter)

    @property
    def inputs(self) -> int:
        return self.loaded + self.refused + sum(self.faults.values())


def judged(step: Callable[[bytes], None], data: bytes) -> str:
    """ "loaded", "refused", or what went wrong and where."""
    try:
        step(data)
    except IngestError as error:
        return "refused" if SENTENCE.search(str(error)) else f"unclear refusal: {error}"
    except BaseException as error:  # whatever a loader lets through
        frames = traceback.extract_tb(error.__traceback__)
        ours = [f for f in frames if "/ingest/" in f.filename] or frames
        place = f"{Path(ours[-1].filename).name}:{ours[-1].lineno}"
        return f"{type(error).__name__} at {place}: {str(error)[:80]}"
    return "loaded"


def attack(name: str, first: int, end: int, seed: int, line: io.FileIO) -> None:
    """A child's life: inputs first … end-1, what became of each on the line."""
    resource.setrlimit(resource.RLIMIT_DATA, (1 << 31, 1 << 31))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    faulthandler.disable()
    target = TARGETS[name]
    seeds = target.seeds()
    for number in range(first, end):
        data = made(target, seeds, seed, number)
        spent = process_time()
        resource.setrlimit(resource.RLIMIT_CPU, (int(spent) + SECONDS, resource.RLIM_INFINITY))
        outcome = judged(target.steps[number % len(target.steps)], data)
        line.write(f"{process_time() - spent:.3f} {outcome}".replace("\n", " ").encode() + b"\n")


def made(target: Target, seeds: list[bytes], seed: int, number: int) -> bytes:
    chance = random.Random(seed * 1_000_003 + number)
    return target.mutate(chance.choice(seeds), chance)


def run(name: str, inputs: int, seed: int, keep: Path | None) -> Tally:
    """All inputs of a loader; a child that dies has found a fault, and the next goes on."""
    tally = Tally()
    done = 0
    while done < inputs:
        reading, writing = os.pipe()
        child = os.fork()
        if not child:
            os.close(reading)
            with open(os.devnull, "wb") as nothing:
                os.dup2(nothing.fileno(), 2)
            attack(name, done, inputs, seed, io.FileIO(writing, "w"))
            os._exit(0)
        os.close(writing)
        with open(reading, encoding="utf-8", errors="replace") as told:
            for text in told:
                seconds, _, outcome = text.rstrip("\n").partition(" ")
                tally.slowest = max(tally.slowest, float(seconds))
                count(tally, name, outcome, done, seed, keep)
                done += 1
        _, status = os.waitpid(child, 0)
        if done < inputs:
            died = signal.Signals(status & 127).name if status & 127 else f"exit {status >> 8}"
            words = "too slow" if died == "SIGXCPU" else f"crash: {died}"
            count(tally, name, words, done, seed, keep)
            done += 1
    return tally


def count(tally: Tally, name: str, outcome: str, number: int, seed: int, keep: Path | None) -> None:
    if outcome == "loaded":
        tally.loaded += 1
    elif outcome == "refused":
        tally.refused += 1
    else:
        if keep and not tally.faults[outcome]:
            keep.mkdir(parents=True, exist_ok=True)
            target = TARGETS[name]
            data = made(target, target.seeds(), seed, number)
            (keep / f"{name}-{seed}-{number}.bin").write_bytes(data)
            print(f"  {name} {number}: {outcome}", flush=True)
        tally.faults[outcome] += 1


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--inputs", type=int, default=10_000, help="for each loader")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", nargs="*", choices=TARGETS, default=tuple(TARGETS))
    parser.add_argument("--keep", type=Path, help="where inputs that found a fault are kept")
    arguments = parser.parse_args()
    faults = 0
    for name in arguments.only:
        inputs = arguments.inputs // TARGETS[name].share
        tally = run(name, inputs, arguments.seed, arguments.keep)
        print(
            f"{name:7}{tally.inputs:7} inputs {tally.loaded:7} loaded {tally.refused:7} refused "
            f"{sum(tally.faults.values()):5} faults, slowest {tally.slowest:.2f} s",
            flush=True,
        )
        for fault, times in tally.faults.most_common():
            print(f"    {times:5}  {fault}", flush=True)
        faults += len(tally.faults)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
