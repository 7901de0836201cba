"""What the library tells: reports of files taken in, records of documents, scopes of queries."""

from dataclasses import dataclass, field
from enum import StrEnum

from ingest.types.blocks import Form
from ingest.types.facts import Oddity


class Outcome(StrEnum):
    """What became of a file that was handed in."""

    ADDED = "added"
    UNCHANGED = "unchanged"
    REPLACED = "replaced"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class FileReport:
    """The ingest report's line for one file (入库报告); `note`: what is well but incomplete."""

    file: str
    outcome: Outcome
    id: str = ""
    title: str = ""
    form: Form = Form.UNKNOWN
    department: str = ""
    year: int | None = None
    error: str = ""
    table_rows: int = 0
    indicators: int = 0
    figures: int = 0
    passages: int = 0
    oddities: tuple[Oddity, ...] = ()
    elapsed_ms: int = 0
    note: str = ""
    needs_attention: tuple[Oddity, ...] = ()

    @property
    def unread(self) -> bool:
        """Whether the file is stored and hardly anything of it was read (需要处理): a form without
        any fact, a file without any text, or more values not understood than understood."""
        if self.outcome not in (Outcome.ADDED, Outcome.REPLACED):
            return False
        facts = self.figures + self.indicators
        empty = not facts and (self.table_rows > 0 or not self.passages)
        return empty or len(self.oddities) > facts > 0


@dataclass(frozen=True, slots=True)
class Progress:
    """How far taking in has come (入库进度): `page` of `page_count` of the file that is number
    `number` of `total`; `pages` of other files have been read, all in `seconds`."""

    doing: str
    file: str
    number: int
    total: int
    pages: int = 0
    seconds: float = 0.0
    page: int = 0
    page_count: int = 0

    @property
    def rate(self) -> str:
        """Files and pages a second, "" as long as nothing is done."""
        done = (self.number - 1, "个文件"), (self.pages + max(self.page - 1, 0), "页")
        seconds = self.seconds
        rates = [f"{count / seconds:.1f}{what}" for count, what in done if count and seconds]
        return "每秒" + "、".join(rates) if rates else ""

    @property
    def place(self) -> str:
        """The page being read, "" for a file without pages."""
        return f"第{self.page}/{self.page_count}页" if self.page else ""

    def __str__(self) -> str:
        """One line for the console: what is being done to which file, where in it, how fast."""
        number = f"（{self.number}/{self.total}）" if self.total > 1 else ""
        parts = f"{self.doing}{number}：{self.file}", self.place, self.rate
        return "，".join(filter(None, parts))


@dataclass(frozen=True, slots=True)
class DocumentRecord:
    """A stored document as listings show it; `copy_of` says the same in another file, "" none.

    `reader` is what read it (读法): the same finds the same in the same file. Older ones have none.
    `needs_attention` is what waits to be confirmed (待确认).
    """

    id: str
    file: str
    title: str
    form: Form
    department: str
    year: int | None
    table_rows: int
    indicators: int
    figures: int
    passages: int
    oddities: tuple[Oddity, ...] = ()
    copy_of: str = ""
    scanned: bool = False
    operator: str = ""
    reader: str = ""
    needs_attention: tuple[Oddity, ...] = ()


class Certainty(StrEnum):
    """Which facts a query is about, by how surely they were read (是否确认)."""

    CONFIRMED = "confirmed"
    """已确认: read surely, or confirmed by a person. These alone are told and reckoned with."""
    UNCONFIRMED = "unconfirmed"
    """未确认: read with doubt; these wait for a person."""
    EVERY = "every"
    """Both, for whoever lists what there is."""

    def covers(self, *, confirmed: bool) -> bool:
        """Whether a fact that is confirmed, or is not, is one of these."""
        return self is Certainty.EVERY or confirmed is (self is Certainty.CONFIRMED)


@dataclass(frozen=True, slots=True)
class Scope:
    """Which facts a query may touch, an empty field any; without `copies`, no document twice.

    Of figures and indicators only the confirmed ones, unless `certainty` says otherwise.
    """

    document_ids: tuple[str, ...] = ()
    departments: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    forms: tuple[Form, ...] = field(default=())
    copies: bool = True
    certainty: Certainty = Certainty.CONFIRMED

    def holds(
        self, document_id: str, department: str, year: int | None, form: str | None = None
    ) -> bool:
        """Whether what is of these is inside; a form that is not given is not looked at."""
        return (
            (not self.document_ids or document_id in self.document_ids)
            and (not self.departments or department in self.departments)
            and (not self.years or year in self.years)
            and (form is None or not self.forms or form in self.forms)
        )


@dataclass(frozen=True, slots=True)
class StoreFault:
    """A disagreement found by `verify-store`."""

    document_id: str
    file: str
    message: str
