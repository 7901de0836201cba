"""How a database is connected to (数据库连接): SQLite in a file, or PostgreSQL by its address.

Both hold the same tables and behave alike: who writes takes a turn, and no text is refused.
"""

import ssl
from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any

from sqlalchemy import URL, Connection, Engine, Table, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, OperationalError

from ingest.errors import StoreError

SQLITE, POSTGRESQL = "sqlite", "postgresql"
DRIVER = "postgresql+pg8000"
LOCK_TIMEOUT_MS = 10_000
"""Maximum time that one who writes waits for another's turn to end."""
WRITE_LOCK = 0x4A49_5745
"""PostgreSQL's advisory lock that stands for the turn to write."""
OWNER_LOCK = WRITE_LOCK + 1
"""The one that stands for owning the library."""
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def open_engine(url: str) -> Engine:
    """The database at this address, every connection prepared. Raises StoreError for others.

    `postgresql://user:password@host/database?sslmode=require` asks for an encrypted connection
    with a certificate that holds; `sslrootcert` names the file of the authority that signed it.
    """
    address = _address(url)
    if address.get_backend_name() == SQLITE:
        engine = create_engine(address)
        event.listen(engine, "connect", prepare)
        return engine
    engine = create_engine(
        address.set(drivername=DRIVER).difference_update_query(["sslmode", "sslrootcert"]),
        connect_args=_encrypted(address),
        pool_pre_ping=True,
    )
    event.listen(engine, "connect", _accept_any_text)
    return engine


def prepare(connection: DBAPIConnection, _: object) -> None:
    """How every connection to a SQLite file is set."""
    cursor = connection.cursor()
    wait = f"busy_timeout={LOCK_TIMEOUT_MS}"
    for pragma in ("journal_mode=WAL", "foreign_keys=ON", wait, "secure_delete=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def shown_address(url: str) -> str:
    """The address as a message may show it: a file, or a server without its password."""
    address = _address(url)
    if address.get_backend_name() == SQLITE:
        return address.database or url
    return f"{address.host or 'localhost'}/{address.database or ''}"


def take_turn(connection: Connection) -> None:
    """From here to the end of the transaction nobody else writes."""
    if connection.dialect.name == SQLITE:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITE_LOCK})")


def write_rows(
    connection: Connection, table: Table, rows: Sequence[Mapping[str, str | int | None]]
) -> None:
    """Adds rows that all have the same columns, the quickest way there is."""
    columns = list(rows[0])
    if connection.dialect.name == SQLITE:
        values = ", ".join(f":{name}" for name in columns)
        command = f"INSERT INTO {table.name} ({', '.join(columns)}) VALUES ({values})"
        connection.exec_driver_sql(command, list(rows))
        return
    lines = "".join("\t".join(_copied(row[name]) for name in columns) + "\n" for row in rows)
    command = f"COPY {table.name} ({', '.join(columns)}) FROM STDIN"
    driver: Any = connection.connection.driver_connection
    cursor = driver.cursor()
    try:
        cursor.execute(command, stream=BytesIO(lines.encode()))
    except connection.dialect.loaded_dbapi.Error as error:
        raise OperationalError(command, None, error) from error
    finally:
        cursor.close()


def try_to_own(connection: Connection) -> bool:
    """Whether nobody else owns the library: from now on this connection does, while it lasts."""
    return bool(
        connection.exec_driver_sql(f"SELECT pg_try_advisory_lock({OWNER_LOCK})").scalar_one()
    )


def give_up(connection: Connection) -> None:
    """Owns the library no longer: others may at once, and not when the server has seen the end."""
    connection.exec_driver_sql(f"SELECT pg_advisory_unlock({OWNER_LOCK})")


def _address(url: str) -> URL:
    try:
        address = make_url(url)
    except ArgumentError as error:
        raise StoreError("资料库地址无法识别，请写成 postgresql://用户:口令@主机/库名。") from error
    if address.get_backend_name() not in (SQLITE, POSTGRESQL):
        raise StoreError(
            f"资料库地址不支持 {address.get_backend_name()}，"
            "请改用 sqlite:/// 或 postgresql:// 开头的地址。"
        )
    return address


def _encrypted(address: URL) -> dict[str, ssl.SSLContext]:
    if str(address.query.get("sslmode", "disable")) in ("disable", "allow", "prefer"):
        return {}
    authority = address.query.get("sslrootcert")
    return {"ssl_context": ssl.create_default_context(cafile=str(authority) if authority else None)}


def storable(text: str) -> str:
    """PostgreSQL has no U+0000: it is kept, and looked for, as the sign for what is not shown."""
    return text.replace("\x00", "\ufffd")


def _copied(value: str | int | None) -> str:
    """A value as COPY reads it."""
    if value is None:
        return "\\N"
    if isinstance(value, int):
        return str(value)
    return storable(value).translate(_ESCAPES)


def _accept_any_text(connection: DBAPIConnection, _: object) -> None:
    connection.register_out_adapter(str, storable)
    cursor = connection.cursor()
    cursor.execute(f"SET lock_timeout = {LOCK_TIMEOUT_MS}")
    connection.commit()
    cursor.close()
