"""Facts of one small department, and what an answer about it may rest on."""

from collections.abc import Collection

from assistant.answering.context import AnswerContext, AnswerRules
from assistant.assessment.rule_packs import RuleBook
from assistant.assessment.status import read_status_rules
from assistant.audit.vocabulary import read_words
from assistant.drafting.types import Part, Section
from assistant.grounding.citations import Source, Statement
from assistant.grounding.composition import Composition
from assistant.grounding.quotation import QuotableSentences
from assistant.language.wording import Wording
from assistant.questions.vocabulary import read_questions
from assistant.types import Intent, Match, QueryPlan
from ingest.language.vocabulary import default_vocabulary
from ingest.types.blocks import Form, Location
from ingest.types.facts import Figure, Indicator, Quantity, Role
from ingest.types.library import DocumentRecord

OFFICE = "白石区教育局"


def record(id: str, form: Form) -> DocumentRecord:
    return DocumentRecord(id, f"{id}.txt", form.value, form, OFFICE, 2021, 1, 1, 1, 1)


DOCUMENTS = (
    record("own", Form.SELF_EVALUATION),
    record("goals", Form.TARGET),
    record("told", Form.REPORT),
)
STATUS = read_status_rules()


def drafted(
    wanted: Section | Part, *, department: str, year: int | None, rows: Collection[str] = ()
) -> Composition:
    """What a drafter is asked for, in place of what it would write."""
    asked = f"{department}{year}年{wanted}，指标{len(rows)}项。"
    source = Source("own", Location(line_start=1, line_end=1), asked)
    return Composition((Statement(asked, (source,)),))


RULES = AnswerRules(
    status=STATUS,
    local=lambda department, year: RuleBook().rules((), year),
    vocabulary=read_words(),
    quotable=QuotableSentences(read_questions().planted),
)
CONTEXT = AnswerContext(
    documents={record.id: record for record in DOCUMENTS},
    covered={OFFICE: [2021]},
    canonical=lambda name: name,
    wording=Wording({OFFICE: OFFICE}),
    rules=RULES,
    draft=drafted,
)


def quantity(raw: str, unit: str = "") -> Quantity:
    made = default_vocabulary().units.parse(raw) or Quantity(raw=raw, qualitative=raw)
    return Quantity(
        made.raw,
        made.values,
        made.comparator,
        made.unit or unit,
        made.approximate,
        made.qualitative,
    )


def figure(
    subject: str, raw: str, role: Role, *, document: str = "own", concept: str = "", unit: str = ""
) -> Figure:
    return Figure(
        f"{document}-{subject}-{raw}", document, OFFICE, 2021, "", subject, concept, role,
        quantity(raw, unit), Location(line_start=1), f"{subject} | {raw}",
    )  # fmt: skip


def spent(raw: str, document: str = "own") -> Figure:
    return figure(
        "实际支出数", raw, Role.SPENT, document=document, concept="实际支出数", unit="万元"
    )


def plan(intent: Intent = Intent.LOOKUP, **fields: object) -> QueryPlan:
    whole: dict[str, object] = {
        "question": "", "intent": intent, "departments": (OFFICE,), "years": (2021,),
        "subjects": ("实际支出数",), **fields,
    }  # fmt: skip
    return QueryPlan(**whole)  # type: ignore[arg-type]


def match(*figures: Figure, subject: str = "实际支出数", rows: tuple[Indicator, ...] = ()) -> Match:
    return Match(subject, OFFICE, 2021, figures, rows)


def row(name: str, target: str, actual: str, document: str = "own") -> Indicator:
    return Indicator(
        f"{document}-{name}", document, OFFICE, 2021, "", "", "", name, quantity(target), None,
        quantity(actual) if actual else None, actual, None, None, "", Location(line_start=2),
    )  # fmt: skip


def said(made: Composition) -> str:
    return "".join(statement.text for statement in made.statements).strip()
