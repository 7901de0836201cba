"""Named sets of filters of a board (已存视图), in the library's database.

Each belongs to the id of one user, "" where no user logs in, and is that user's alone.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import (
    Column,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    delete,
    func,
    insert,
    select,
    update,
)

from assistant.dashboard.board import Choice
from assistant.errors import ViewError
from ingest.records.codec import decode, encode
from ingest.records.database import OwnTables

MAX_VIEWS = 100
"""Maximum number of views of a user."""
SCHEMA = MetaData()
VIEWS = Table(
    "views",
    SCHEMA,
    Column("number", Integer, primary_key=True),
    Column("user", Text, nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("choice", Text, nullable=False),
    Column("saved", Text, nullable=False),
    UniqueConstraint("user", "name"),
)


@dataclass(frozen=True, slots=True)
class SavedView:
    """Filters under the name that their user gave them."""

    name: str
    choice: Choice


class ViewStore:
    """The views of all users. Raises ViewError where the database cannot be used."""

    def __init__(self, url: str) -> None:
        self._tables = OwnTables(url, SCHEMA, "已存视图", ViewError)

    def close(self) -> None:
        """Closes the connections to the database."""
        self._tables.close()

    def all(self, *, user: str = "") -> tuple[SavedView, ...]:
        """The user's views, by name."""
        query = select(VIEWS.c.name, VIEWS.c.choice).where(VIEWS.c.user == user)
        with self._tables.connected() as connection:
            rows = connection.execute(query.order_by(VIEWS.c.name)).all()
        return tuple(SavedView(row.name, decode(Choice, row.choice)) for row in rows)

    def save(self, view: SavedView, *, user: str = "") -> None:
        """Keeps a view, in place of the user's one of that name; raises ViewError for too many."""
        row = {"choice": encode(view.choice), "saved": datetime.now(UTC).isoformat()}
        theirs = VIEWS.c.user == user
        with self._tables.in_turn() as connection:
            named = update(VIEWS).where(theirs, VIEWS.c.name == view.name)
            if connection.execute(named.values(**row)).rowcount:
                return
            number = connection.scalar(select(func.count()).select_from(VIEWS).where(theirs)) or 0
            if number >= MAX_VIEWS:
                raise ViewError(f"已有{number}个视图，最多{MAX_VIEWS}个，请先删除不用的。")
            connection.execute(insert(VIEWS).values(user=user, name=view.name, **row))

    def forget(self, name: str, *, user: str = "") -> bool:
        """Deletes the user's view of that name; False if there is none."""
        query = delete(VIEWS).where(VIEWS.c.user == user, VIEWS.c.name == name)
        with self._tables.connected() as connection:
            return bool(connection.execute(query).rowcount)
