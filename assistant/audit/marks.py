"""How findings were handled (处理标记): 已看, 误报 or 已整改, by whom and when, in the database.

A mark is about a finding of a document through all its versions. It is no longer shown when the
audit finds something else there, and shown again where that is found again.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Column, MetaData, Table, Text, delete, insert, select

from assistant.errors import MarkError
from assistant.types import FindingMark, Handling
from ingest.records.database import OwnTables

SCHEMA = MetaData()
MARKS = Table(
    "finding_marks",
    SCHEMA,
    Column("lineage", Text, primary_key=True),
    Column("finding", Text, primary_key=True),
    Column("handling", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", Text, nullable=False),
)
"""`lineage` is the identity of the document, `finding` the key of the finding."""


class MarkStore:
    """The marks on the findings of a library. Raises MarkError where the database fails."""

    def __init__(self, url: str) -> None:
        self._tables = OwnTables(url, SCHEMA, "处理标记", MarkError)

    def close(self) -> None:
        """Gives the connections back."""
        self._tables.close()

    def put(
        self, lineage: str, finding: str, handling: Handling | None, *, by: str
    ) -> FindingMark | None:
        """Marks a finding in place of an earlier mark, or takes that away; the mark it has now."""
        now = datetime.now().astimezone().isoformat(timespec="seconds")
        mark = FindingMark(handling, by, now) if handling else None
        columns = MARKS.c
        with self._tables.in_turn() as connection:
            connection.execute(
                delete(MARKS).where(columns.lineage == lineage, columns.finding == finding)
            )
            if mark:
                connection.execute(
                    insert(MARKS).values(
                        lineage=lineage,
                        finding=finding,
                        handling=mark.handling.value,
                        by=mark.by,
                        at=mark.at,
                    )
                )
        return mark

    def all(self) -> Mapping[tuple[str, str], FindingMark]:
        """Every mark, by the identity of the document and the key of the finding."""
        with self._tables.connected() as connection:
            return {
                (row.lineage, row.finding): FindingMark(Handling(row.handling), row.by, row.at)
                for row in connection.execute(select(MARKS))
            }
