"""Form templates (表样) and the layouts of documents' tables in the record store's database.

Every confirmation is kept as a version; of those for the same layout and departments the latest
holds. A layout stands beside the document that has it, so that it is known which documents a
template is about; these are read anew when it is confirmed or taken back (`Library.confirm`).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Column, Connection, Integer, Table, Text, delete, func, insert, select
from typing_extensions import override

from ingest.errors import CorrectionError
from ingest.language.vocabulary import default_vocabulary
from ingest.records.codec import decode, encode
from ingest.records.database import Database
from ingest.records.record_reader import FormTemplates
from ingest.records.schema import DOCUMENTS, READY, SCHEMA, count_up, of_document
from ingest.templates.checked import checked
from ingest.templates.types import FormTemplate, Taught, WantedTemplate
from ingest.types.layouts import Layout, MetLayout
from ingest.types.library import DocumentRecord

TEMPLATES = Table(
    "templates",
    SCHEMA,
    Column("number", Integer, primary_key=True),
    Column("signature", Text, nullable=False, index=True),
    Column("template", Text, nullable=False),
)
LAYOUTS = Table(
    "layouts",
    SCHEMA,
    Column("number", Integer, primary_key=True),
    of_document(),
    Column("signature", Text, nullable=False, index=True),
    Column("confirmed", Integer, nullable=False),
    Column("layout", Text, nullable=False),
)
"""`confirmed` is 1 where the meaning of every column was told surely enough."""
READINGS = Table(
    "readings",
    SCHEMA,
    Column("number", Integer, primary_key=True),
    of_document(),
)
"""A row each time that a document was read anew."""
TEMPLATE_COUNT = "templates"
"""The name in META of the number of templates made and taken back so far."""
GONE = "没有编号为{number}的表样，请用 jiwen templates 查看。"
NO_LAYOUT = "没有这样的表头，资料可能已经变动，请刷新后重试。"


class TemplateLog(FormTemplates):
    """All templates of a library, and every layout that its documents have."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @override
    def all(self) -> tuple[FormTemplate, ...]:
        with self._database.reading() as connection:
            return tuple(reversed(_stored(connection)))

    def taught(self, department: str | None = None) -> tuple[Taught, ...]:
        """What the templates in force say: all of them, or those for documents of a department."""
        held: dict[tuple[str, tuple[str, ...]], Taught] = {}
        for one in reversed(self.all()):
            held.pop(key := (one.signature, one.departments), None)
            held[key] = one.taught  # the latest stands last
        return tuple(
            one
            for one in held.values()
            if department is None or not one.departments or department in one.departments
        )

    @override
    def layouts(
        self, document_id: str = "", *, within: frozenset[str] | None = None
    ) -> tuple[MetLayout, ...]:
        columns = LAYOUTS.c
        query = select(columns.number, columns.document_id, columns.signature, columns.confirmed)
        query = query.join(DOCUMENTS).where(DOCUMENTS.c.state == READY).order_by(columns.number)
        by_signature: dict[str, list[tuple[int, int, str]]] = {}
        with self._database.reading() as connection:
            for number, owner, signature, confirmed in connection.execute(query):
                if within is None or owner in within:
                    by_signature.setdefault(signature, []).append((confirmed, number, owner))
            listed = [
                _met_layout(connection, met)
                for met in by_signature.values()
                if not document_id or any(owner == document_id for _, _, owner in met)
            ]
        return tuple(sorted(listed, key=lambda one: (not one.unconfirmed, -len(one.documents))))

    @override
    def readings(self) -> Mapping[str, int]:
        query = select(READINGS.c.document_id, func.count()).group_by(READINGS.c.document_id)
        with self._database.reading() as connection:
            return {id: count for id, count in connection.execute(query)}

    @override
    def add(
        self,
        wanted: WantedTemplate,
        *,
        departments: tuple[str, ...] = (),
        within: frozenset[str] | None = None,
    ) -> FormTemplate:
        layouts = (met.layout for met in self.layouts(within=within))
        layout = next((one for one in layouts if one.signature == wanted.signature), None)
        if layout is None:
            raise CorrectionError(NO_LAYOUT)
        roles = checked(wanted.kind, wanted.roles, layout.heads, default_vocabulary())
        with self._database.writing() as connection:
            earlier = [
                one.version
                for one in _stored(connection)
                if (one.signature, one.departments) == (wanted.signature, departments)
            ]
            template = FormTemplate(
                number=count_up(connection, TEMPLATE_COUNT),
                version=max(earlier, default=0) + 1,
                signature=wanted.signature,
                kind=wanted.kind,
                heads=layout.heads,
                roles=roles,
                by=wanted.by,
                at=datetime.now().astimezone().isoformat(timespec="seconds"),
                departments=departments,
            )
            row = {"number": template.number, "signature": template.signature}
            connection.execute(insert(TEMPLATES).values(**row, template=encode(template)))
        return template

    @override
    def remove(self, number: int) -> FormTemplate:
        with self._database.writing() as connection:
            template = next((one for one in _stored(connection) if one.number == number), None)
            if template is None:
                raise CorrectionError(GONE.format(number=number))
            connection.execute(delete(TEMPLATES).where(TEMPLATES.c.number == number))
            count_up(connection, TEMPLATE_COUNT)
        return template

    def reach(self, template: FormTemplate) -> tuple[str, ...]:
        """The documents that are read otherwise by a template, or without it."""
        query = select(DOCUMENTS.c.record).join(LAYOUTS).order_by(DOCUMENTS.c.number)
        query = query.where(DOCUMENTS.c.state == READY, LAYOUTS.c.signature == template.signature)
        with self._database.reading() as connection:
            records = [decode(DocumentRecord, text) for text in connection.scalars(query)]
        own = template.departments
        return tuple(record.id for record in records if not own or record.department in own)


def _stored(connection: Connection) -> list[FormTemplate]:
    """Every template that was not taken back, the oldest first."""
    query = select(TEMPLATES.c.template).order_by(TEMPLATES.c.number)
    return [decode(FormTemplate, text) for text in connection.scalars(query)]


def _met_layout(connection: Connection, met: Sequence[tuple[int, int, str]]) -> MetLayout:
    """A layout as the document shows it whose columns were told least surely."""
    _, number, shown_in = min(met)
    text = connection.scalars(select(LAYOUTS.c.layout).where(LAYOUTS.c.number == number)).one()
    return MetLayout(
        decode(Layout, text),
        shown_in,
        documents=tuple(dict.fromkeys(owner for _, _, owner in met)),
        unconfirmed=sum(not confirmed for confirmed, _, _ in met),
    )
