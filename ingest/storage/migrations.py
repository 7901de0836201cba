"""Libraries of older formats brought up to the present one (格式升级), a copy kept before.

Each step makes of one format the next. It speaks SQL of its own where tables have changed since:
those of `schema` are today's. All steps are one transaction, so that a library has one format.
"""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, inspect, make_url, select, text

from ingest.corrections.apply import concerns
from ingest.corrections.types import Correction
from ingest.errors import StoreError, place
from ingest.records import duplicate_links
from ingest.records.codec import decode
from ingest.records.correction_log import facts_as_read, rewrite
from ingest.records.database import Database
from ingest.records.duplicates import (
    MIN_SHARED_FIGURES,
    ContentProfile,
    content_profile,
    same_contents,
)
from ingest.records.schema import FACTS, FIGURES, FORMAT, format_of
from ingest.storage.home import Home
from ingest.storage.sqlite_snapshot import copy_database
from ingest.types.facts import Figure
from ingest.types.library import DocumentRecord

logger = logging.getLogger(__name__)


def upgrade(home: Home, url: str) -> None:
    """Makes a library of an older format one of the present format; does nothing to others.

    Raises StoreError where the format is not known or another program has the library open.
    """
    database = Database(url)
    try:
        with database.reading() as connection:
            version = format_of(connection)
        if version in (None, FORMAT):
            return
        if version not in STEPS:
            raise StoreError(
                f"资料库 {place(database.name)} 的格式是 {version}，本程序只认识到 {FORMAT}，"
                "请换用新版本的程序，或从旧备份恢复到另一个目录。"
            )
        if not home.own():
            raise StoreError(
                f"资料库 {place(database.name)} 是旧格式 {version}，"
                "升级前请先关闭正在使用它的绩问程序。"
            )
        _keep_copy(home, url, version)
        with database.writing() as connection:
            while (version := format_of(connection)) in STEPS:
                STEPS[version](connection)
                _set_format(connection, str(int(version) + 1))
    except (KeyError, TypeError, ValueError) as error:
        home.release()
        raise StoreError(
            f"资料库 {place(database.name)} 的内容有损坏，无法升级，已原样保留，请从备份恢复。"
        ) from error
    except StoreError:
        home.release()
        raise
    finally:
        database.close()


def sqlite_file(url: str) -> Path | None:
    """The file of a SQLite database; None where a server has it."""
    address = make_url(url)
    return Path(address.database or "") if address.get_backend_name() == "sqlite" else None


def _keep_copy(home: Home, url: str, version: str) -> None:
    """The database as it was, in the library's folder `backups`; a server's is not ours to copy."""
    file = sqlite_file(url)
    if file is None:
        return
    target = home.backups / f"library-format-{version}-{datetime.now():%Y%m%d-%H%M%S-%f}.db"
    copy_database(file, target)
    logger.info("资料库升级前已留副本：%s", target)


def _set_format(connection: Connection, version: str) -> None:
    connection.execute(
        text("UPDATE meta SET value = :version WHERE name = 'format'"), {"version": version}
    )


def _know_copies(connection: Connection) -> None:
    """1 → 2: documents know which one they repeat; words are cut anew, as they were not always
    kept the same way under format 1."""
    for statement in (
        "ALTER TABLE documents ADD COLUMN copy_of TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE documents ADD COLUMN year INTEGER",
        "ALTER TABLE documents ADD COLUMN figures INTEGER NOT NULL DEFAULT 0",
        "UPDATE documents SET year = json_extract(record, '$.year'),"
        " figures = json_extract(record, '$.figures')",
        "CREATE INDEX ix_documents_copy_of ON documents (copy_of)",
        "CREATE INDEX ix_documents_state ON documents (state)",
        "DROP TABLE word_counts",
        "DROP TABLE words",
        "DELETE FROM meta WHERE name = 'tokenizer'",
    ):
        connection.execute(text(statement))
    known: dict[str, ContentProfile] = {}
    query = "SELECT record FROM documents WHERE state = 'ready' ORDER BY number"
    for row in connection.scalars(text(query)).all():
        record = decode(DocumentRecord, row)
        profile = content_profile(record.department, _figures(connection, record.id))
        for other in duplicate_links.alike(connection, record, MIN_SHARED_FIGURES):
            if other.id in known and same_contents(profile, known[other.id]):
                duplicate_links.link(connection, record.id, other.id)
                break
        known[record.id] = profile


def _figures(connection: Connection, document_id: str) -> list[Figure]:
    query = select(FIGURES.c.fact).where(FIGURES.c.document_id == document_id)
    return [decode(Figure, fact) for fact in connection.scalars(query)]


def _know_identities(connection: Connection) -> None:
    """2 → 3: corrections belong to a document in all its versions, no longer to a file name.

    One that was in effect stays so where it was made: on these bytes, else on the one document of
    that name which it fits. Where it also was on namesakes, these say again what was read of them.
    """
    for statement in (
        "ALTER TABLE documents ADD COLUMN lineage TEXT NOT NULL DEFAULT ''",
        "UPDATE documents SET lineage = id",
        "CREATE INDEX ix_documents_lineage ON documents (lineage)",
    ):
        connection.execute(text(statement))
    if not inspect(connection).has_table("corrections"):
        return
    for statement in (
        "ALTER TABLE corrections ADD COLUMN lineage TEXT NOT NULL DEFAULT ''",
        "UPDATE corrections SET lineage = document_id",
        "CREATE INDEX ix_corrections_lineage ON corrections (lineage)",
    ):
        connection.execute(text(statement))
    _know_doubts(connection)  # what is rewritten here are rows as they are today
    touched: dict[str, None] = {}
    rows = connection.execute(text("SELECT correction FROM corrections ORDER BY number")).all()
    for correction in (decode(Correction, row.correction) for row in rows):
        ids = _corrected_by_name(connection, correction)
        touched |= dict.fromkeys(ids)
        if correction.document_id not in ids:
            fitting = [id for id in ids if concerns(correction, facts_as_read(connection, id))]
            _follow(connection, correction, fitting)
    moved = [id for id in touched if rewrite(connection, id)]
    if moved:  # words and vectors are set right when the library is opened, as after a kill
        begun = "SELECT value FROM meta WHERE name = 'reowning'"
        moved += (connection.scalars(text(begun)).first() or "").split()
        connection.execute(text("DELETE FROM meta WHERE name IN ('tokenizer', 'reowning')"))
        reowning = text("INSERT INTO meta (name, value) VALUES ('reowning', :ids)")
        connection.execute(reowning, {"ids": " ".join(moved)})


def _corrected_by_name(connection: Connection, correction: Correction) -> list[str]:
    """The documents that format 2 took a correction to be about."""
    query = text(
        "SELECT id FROM documents WHERE (id = :id OR file = :file) AND state <> 'leaving'"
        " ORDER BY number"
    )
    named = {"id": correction.document_id, "file": correction.file}
    return list(connection.scalars(query, named).all())


def _follow(connection: Connection, correction: Correction, ids: Sequence[str]) -> None:
    """A correction of bytes that are gone is about the one version of them that it fits."""
    if len(ids) == 1:
        connection.execute(
            text("UPDATE corrections SET lineage = :id WHERE number = :number"),
            {"id": ids[0], "number": correction.number},
        )
    elif ids:
        logger.warning(
            "更正 %d 对应几个都叫“%s”的文件，不再生效，请用 jiwen corrections 查看后重新更正。",
            correction.number,
            correction.file,
        )


def _know_doubts(connection: Connection) -> None:
    """3 → 4: facts that were read with doubt wait to be confirmed. What older programs read, they
    told as certain, and stays so until the file is read anew."""
    for table in FACTS:
        columns = inspect(connection).get_columns(table.name)
        if "confirmed" not in {column["name"] for column in columns}:
            added = "confirmed INTEGER NOT NULL DEFAULT 1"
            connection.execute(text(f"ALTER TABLE {table.name} ADD COLUMN {added}"))


STEPS: dict[str, Callable[[Connection], None]] = {
    "1": _know_copies,
    "2": _know_identities,
    "3": _know_doubts,
}
"""What makes of each format the next one."""
