"""Conditions on facts (范围): published, and inside a scope."""

import json

from sqlalchemy import Connection, Table, func, select, true
from sqlalchemy.sql import ColumnElement

from ingest.records.engines import POSTGRESQL
from ingest.records.schema import DOCUMENTS, READY
from ingest.types.library import Certainty, Scope

VISIBLE = (DOCUMENTS.c.state == READY).is_(true())
"""No index serves `IS TRUE`, so that no database begins with all documents to find a few facts, and
PostgreSQL still knows by its counts that nearly all are published."""


CONFIRMED = {Certainty.CONFIRMED: 1, Certainty.UNCONFIRMED: 0}
"""What a fact's column `confirmed` holds."""


def within(table: Table, scope: Scope) -> list[ColumnElement[bool]]:
    """Published, and inside the scope: a fact's own department and year count."""
    limits = (
        (table.c.document_id, scope.document_ids),
        (table.c.department, scope.departments),
        (table.c.year, scope.years),
        (DOCUMENTS.c.form, scope.forms),
    )
    confirmed = CONFIRMED.get(scope.certainty)
    return [
        VISIBLE,
        *([] if scope.copies else [DOCUMENTS.c.copy_of == ""]),
        *(column.in_(wanted) for column, wanted in limits if wanted),
        *([] if confirmed is None else [table.c.confirmed == confirmed]),
    ]


def names(connection: Connection, table: Table, key: str = "name") -> tuple[str, ...]:
    """The different names of all confirmed indicators or tasks, without reading those whole.

    An indicator's `key` may be "task": the project that it is of.
    """
    if connection.dialect.name == POSTGRESQL:
        # Its JSON functions refuse U+0000 anywhere; a quote inside a string has a sign before it.
        name = func.substring(table.c.fact, f'"{key}":("(?:[^"\\\\]|\\\\.)*")')
    else:
        name = func.json_quote(func.json_extract(table.c.fact, f"$.{key}"))
    query = select(name).distinct().join(DOCUMENTS).where(VISIBLE, table.c.confirmed == 1)
    decoded = (json.loads(quoted) for quoted in connection.scalars(query) if quoted)
    return tuple(str(name) for name in decoded if name)
