"""Drafts as saved, every version whole, in the library's database (已存初稿).

Each is stored with the documents and settings it came from, and belongs to the id of one user, ""
where no user logs in. A version is never changed: saving again adds one. Only what the page kept by
itself (`automatic`) gives way, and only to what was made from it.
"""

from datetime import UTC, datetime
from json import dumps, loads
from uuid import uuid4

from sqlalchemy import (
    Column,
    Integer,
    Row,
    Table,
    Text,
    UniqueConstraint,
    delete,
    func,
    insert,
    select,
    update,
)

from assistant.drafting.comments import SCHEMA, CommentStore
from assistant.drafting.types import Draft, SavedDraft
from assistant.errors import DraftConflict, DraftError
from ingest.records.codec import decode, encode
from ingest.records.database import OwnTables

OLDER = ("rows", "remedies")
"""Parts of a draft as it was stored up to 0.2, which are no more."""
DRAFTS = Table(
    "drafts",
    SCHEMA,
    Column("number", Integer, primary_key=True),
    Column("id", Text, nullable=False, index=True),
    Column("version", Integer, nullable=False),
    Column("user", Text, nullable=False, index=True),
    Column("saved", Text, nullable=False),
    Column("draft", Text, nullable=False),
    Column("automatic", Integer, nullable=False, server_default="0"),
    UniqueConstraint("id", "version"),
)


class DraftStore:
    """The saved drafts of all users. Raises DraftError where the database cannot be used."""

    def __init__(self, url: str) -> None:
        self._tables = OwnTables(url, SCHEMA, "已存初稿", DraftError)
        self.comments = CommentStore(self._tables)

    def close(self) -> None:
        """Closes the connections to the database."""
        self._tables.close()

    def save(
        self,
        draft: Draft,
        *,
        user: str = "",
        id: str = "",
        automatic: bool = False,
        over: datetime | None = None,
    ) -> SavedDraft:
        """Stores the draft: as the next version of the user's draft `id`, else as a new draft.

        `over` is when the version that it was made from was `saved`. A version that was kept by
        itself gives its place to it then; where a newer one is there, raises DraftConflict. Without
        it the draft is a version of its own, whatever others there are.
        """
        with self._tables.in_turn() as connection:
            theirs = DRAFTS.c.id == id, DRAFTS.c.user == user
            columns = DRAFTS.c.version, DRAFTS.c.automatic, DRAFTS.c.saved
            newest = select(*columns).where(*theirs).order_by(DRAFTS.c.version.desc()).limit(1)
            last = connection.execute(newest).first()
            if last is not None and over is not None and last.saved != over.isoformat():
                raise DraftConflict(_conflict(last.version, last.saved))
            now = datetime.now(UTC)
            row = {"saved": now.isoformat(), "draft": encode(draft), "automatic": int(automatic)}
            replaces = last is not None and over is not None and bool(last.automatic)
            if last is None:
                id, version = uuid4().hex, 1
            else:
                version = last.version if replaces else last.version + 1
            if replaces:
                kept = update(DRAFTS).where(*theirs, DRAFTS.c.version == version)
                connection.execute(kept.values(**row))
            else:
                new = {"id": id, "version": version, "user": user, **row}
                connection.execute(insert(DRAFTS).values(**new))
        return SavedDraft(id, version, user, now, draft, automatic)

    def latest(self, *, user: str = "") -> tuple[SavedDraft, ...]:
        """The newest version of each of the user's drafts, the one saved last first."""
        newest = select(func.max(DRAFTS.c.number)).where(DRAFTS.c.user == user)
        query = select(DRAFTS).where(DRAFTS.c.number.in_(newest.group_by(DRAFTS.c.id)))
        with self._tables.connected() as connection:
            rows = connection.execute(query.order_by(DRAFTS.c.number.desc()))
            return tuple(map(_saved, rows))

    def versions(self, id: str, *, user: str = "") -> tuple[SavedDraft, ...]:
        """All versions of the user's draft, the newest first; none if it is not theirs."""
        query = select(DRAFTS).where(DRAFTS.c.id == id, DRAFTS.c.user == user)
        with self._tables.connected() as connection:
            rows = connection.execute(query.order_by(DRAFTS.c.version.desc()))
            return tuple(map(_saved, rows))

    def forget(self, id: str, *, user: str = "") -> int:
        """Deletes the user's draft with all its versions; returns their number."""
        query = delete(DRAFTS).where(DRAFTS.c.id == id, DRAFTS.c.user == user)
        with self._tables.connected() as connection:
            versions = connection.execute(query).rowcount
        if versions:
            self.comments.forget(id)
        return versions


def _conflict(version: int, saved: str) -> str:
    """Why a draft was not stored, in a sentence."""
    when = datetime.fromisoformat(saved).astimezone()
    return (
        f"这份初稿打开之后，别的窗口或别人在{when:%m月%d日%H:%M}存了新的内容（第{version}版）；"
        "没有覆盖它，您的文字也还在本页，请选择怎样处理。"
    )


def _saved(row: "Row[tuple[object, ...]]") -> SavedDraft:
    saved = datetime.fromisoformat(row.saved)
    draft = decode(Draft, of_today(row.draft))
    return SavedDraft(row.id, row.version, row.user, saved, draft, bool(row.automatic))


def of_today(stored: str) -> str:
    """A stored draft without what drafts had up to 0.2: a table apart, a measure for each doubt."""
    content = loads(stored)
    if "rows" not in content and not any("pace" in one for one in content.get("remedies", ())):
        return stored
    kept = {key: value for key, value in content.items() if key not in OLDER}
    return dumps(kept, ensure_ascii=False)
