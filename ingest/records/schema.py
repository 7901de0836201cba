"""Tables of the record store: facts whole as JSON, beside the columns they are found by."""

from sqlalchemy import (
    Column,
    Connection,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    delete,
    insert,
    inspect,
    select,
)

FORMAT = "4"
"""Version of these tables: `migrations` makes older ones this, newer ones are refused."""

STAGED, READY, LEAVING = "staged", "ready", "leaving"
"""States of a document: only ready ones are seen; the others are undone at the next start."""

SCHEMA = MetaData()
META = Table(
    "meta",
    SCHEMA,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)
DOCUMENTS = Table(
    "documents",
    SCHEMA,
    Column("number", Integer, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("state", Text, nullable=False, index=True),
    Column("replaces", Text),
    Column("lineage", Text, nullable=False, index=True),
    Column("copy_of", Text, nullable=False, index=True),
    Column("file", Text, nullable=False, index=True),
    Column("form", Text, nullable=False),
    Column("year", Integer),
    Column("figures", Integer, nullable=False),
    Column("record", Text, nullable=False),
    Column("blocks", LargeBinary, nullable=False),
)
"""`lineage` is what a document is through all its versions (文件身份): the id of the first one."""


def of_document() -> Column[str]:
    """The column of a row that goes with its document."""
    return Column(
        "document_id",
        Text,
        ForeignKey("documents.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    )


COVERAGE = Table(
    "coverage",
    SCHEMA,
    of_document(),
    Column("department", Text, nullable=False),
    Column("year", Integer),
)
"""Each department and year a document has facts of: a summary (汇总表) has many."""


DEPARTED = Table(
    "departed",
    SCHEMA,
    Column("number", Integer, primary_key=True),
    Column("document_id", Text, nullable=False, unique=True),
    Column("lineage", Text, nullable=False, index=True),
    Column("department", Text, nullable=False),
)
"""Whose the documents were that have left, when they left: what was said from them goes by it."""

MOVED = Table(
    "moved",
    SCHEMA,
    Column("department", Text, primary_key=True),
    Column("change", Integer, nullable=False),
)
"""At which change a document last became another department's: what lists that one's is older."""


def _fact_table(name: str) -> Table:
    """`confirmed` is 1, or 0 where the fact is read with too much doubt to count (未确认)."""
    return Table(
        name,
        SCHEMA,
        Column("number", Integer, primary_key=True),
        Column("id", Text, nullable=False, index=True),
        of_document(),
        Column("department", Text, nullable=False, index=True),
        Column("year", Integer),
        Column("label", Text, nullable=False),
        Column("confirmed", Integer, nullable=False, server_default="1"),
        Column("fact", Text, nullable=False),
    )


FIGURES = _fact_table("figures")
INDICATORS = _fact_table("indicators")
TASKS = _fact_table("tasks")
PASSAGES = _fact_table("passages")
FACTS = (FIGURES, INDICATORS, TASKS, PASSAGES)


CHANGES, CHANGE_COUNT = "changes", "corrections"
"""The names in META of how often a document was published, left or was read anew, and of how many
corrections were made and taken back so far."""


def changes(connection: Connection) -> int:
    """How often the library has changed: each change counts at least once."""
    counts = select(META.c.value).where(META.c.name.in_((CHANGES, CHANGE_COUNT)))
    return sum(map(int, connection.scalars(counts)))


def note_move(connection: Connection, before: str, now: str) -> None:
    """Notes, of a document that is another department's, that it is so from this change on.

    To be called when the change has been counted.
    """
    if before in ("", now):
        return
    connection.execute(delete(MOVED).where(MOVED.c.department == before))
    noted = {"department": before, "change": changes(connection)}
    connection.execute(insert(MOVED).values(noted))


def meta(connection: Connection, name: str) -> str | None:
    """What META has under a name."""
    return connection.scalars(select(META.c.value).where(META.c.name == name)).one_or_none()


def set_meta(connection: Connection, name: str, value: str) -> None:
    """Keeps a value under a name in META."""
    connection.execute(delete(META).where(META.c.name == name))
    connection.execute(insert(META).values(name=name, value=value))


def count_up(connection: Connection, name: str) -> int:
    """One more of what META counts under a name: greater than it ever was."""
    number = int(meta(connection, name) or 0) + 1
    set_meta(connection, name, str(number))
    return number


def format_of(connection: Connection) -> str | None:
    """The format of the library, None where there is none yet."""
    if not inspect(connection).has_table(META.name):
        return None
    return meta(connection, "format")
