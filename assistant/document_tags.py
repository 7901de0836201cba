"""Tags on documents (标签): words by which people sort them, in the library's database.

A tag is on a document through all its versions, and for everybody who sees the document.
"""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import Column, MetaData, Table, Text, delete, insert, select

from assistant.errors import TagError
from ingest.records.database import OwnTables

MAX_TAGS = 20
"""Maximum number of tags of one document."""
SCHEMA = MetaData()
TAGS = Table(
    "document_tags",
    SCHEMA,
    Column("lineage", Text, primary_key=True),
    Column("tag", Text, primary_key=True),
    Column("by", Text, nullable=False),
    Column("at", Text, nullable=False),
)
"""`lineage` is the identity of the document."""


class TagStore:
    """The tags on the documents of a library. Raises TagError where the database fails."""

    def __init__(self, url: str) -> None:
        self._tables = OwnTables(url, SCHEMA, "标签", TagError)

    def close(self) -> None:
        """Gives the connections back."""
        self._tables.close()

    def change(
        self,
        lineages: Collection[str],
        *,
        add: Collection[str] = (),
        remove: Collection[str] = (),
        by: str,
    ) -> None:
        """Takes tags off documents and puts others on; raises TagError, with nothing changed."""
        now = datetime.now().astimezone().isoformat(timespec="seconds")
        with self._tables.in_turn() as connection:
            for lineage in lineages:
                own = TAGS.c.lineage == lineage
                connection.execute(delete(TAGS).where(own, TAGS.c.tag.in_([*remove])))
                there = {*connection.scalars(select(TAGS.c.tag).where(own))}
                new = [tag for tag in dict.fromkeys(add) if tag not in there]
                if len(there) + len(new) > MAX_TAGS:
                    raise TagError(f"一个文件最多{MAX_TAGS}个标签，请先去掉不用的。")
                for tag in new:
                    row = {"lineage": lineage, "tag": tag, "by": by, "at": now}
                    connection.execute(insert(TAGS).values(row))

    def all(self) -> Mapping[str, tuple[str, ...]]:
        """The tags of each document that has any, by its identity, in order."""
        found: dict[str, list[str]] = {}
        with self._tables.connected() as connection:
            for row in connection.execute(select(TAGS).order_by(TAGS.c.tag)):
                found.setdefault(row.lineage, []).append(row.tag)
        return {lineage: tuple(tags) for lineage, tags in found.items()}
