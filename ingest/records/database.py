"""The record store's database: its connections, and which steps are one transaction."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Connection, MetaData, event, inspect
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.schema import CreateColumn

from ingest.errors import StoreError, place
from ingest.records.engines import (
    SQLITE,
    give_up,
    open_engine,
    shown_address,
    take_turn,
    try_to_own,
)

WRITES = "writes"
"""The execution option of connections that write."""


class _Transaction(threading.local):
    """The connection on which a thread is in the middle of a transaction."""

    connection: Connection | None = None


class Database:
    """Reads and writes are all or nothing; several steps may be one transaction (`together`)."""

    def __init__(self, url: str) -> None:
        self.name = shown_address(url)
        self._transaction = _Transaction()
        self._owning: Connection | None = None
        self._engine = open_engine(url)
        self.kind = self._engine.dialect.name
        if self.kind == SQLITE:
            event.listen(self._engine, "connect", _leave_beginning)
        event.listen(self._engine, "begin", _begin)

    def close(self) -> None:
        """Lets go of the database, and of owning it."""
        if self._owning is not None:
            with suppress(SQLAlchemyError, OSError):  # a server that is away has forgotten it
                give_up(self._owning)
            self._owning.detach()
            self._owning.close()
            self._owning = None
        self._engine.dispose()

    def own(self) -> bool:
        """Makes this program the only one that writes, whatever machine others run on.

        A file is owned through its folder, so this says yes to SQLite.
        """
        if self.kind == SQLITE:
            return True
        with self._translated("读取"):
            if self._owning is not None:
                try:
                    self._owning.exec_driver_sql("SELECT 1")
                    self._owning.commit()
                    return True
                except (SQLAlchemyError, OSError):  # the server was started anew and has forgotten
                    self._owning.invalidate()
                    self._owning.close()
                    self._owning = None
            connection = self._engine.connect()
            if try_to_own(connection):
                self._owning = connection
                connection.commit()  # what is owned stays so, and no transaction stays open
            else:
                connection.close()
            return self._owning is not None

    @contextmanager
    def together(self) -> Iterator[None]:
        """All that this thread reads and writes inside is one transaction, for speed.

        A step that fails inside is undone alone.
        """
        with self.writing() as connection:
            self._transaction.connection = connection
            try:
                yield
                self._still_open(connection)
            finally:
                self._transaction.connection = None

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection to read by; inside `together`, that of the transaction."""
        current = self._transaction.connection
        with self._translated("读取"):
            if current is not None:
                yield current
                return
            with self._engine.connect() as connection:
                yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction, undone as a whole where it fails; raises StoreError."""
        current = self._transaction.connection
        with self._translated("写入"):
            if current is not None:
                self._still_open(current)
                with current.begin_nested():
                    yield current
                return
            with self._engine.execution_options(**{WRITES: True}).begin() as connection:
                yield connection

    def _still_open(self, connection: Connection) -> None:
        """Raises StoreError where the transaction is none any more.

        SQLite gives up a whole transaction over one step that found no room on the disk: what
        follows would be written step by step, and what went before is not.
        """
        driver = connection.connection.driver_connection
        if self.kind == SQLITE and driver is not None and not driver.in_transaction:
            raise StoreError(f"资料库 {place(self.name)} 无法写入，{self._advice('写入')}")

    @contextmanager
    def _translated(self, doing: str) -> Iterator[None]:
        try:
            yield
        except SQLAlchemyError as error:
            raise StoreError(
                f"资料库 {place(self.name)} 无法{doing}，{self._advice(doing)}"
            ) from error

    def _advice(self, doing: str) -> str:
        if self.kind != SQLITE:
            return "请检查数据库服务是否在运行、磁盘空间，以及地址、用户和口令。"
        if doing == "读取":
            return "请检查目录是否可写；若文件已损坏或不是资料库，请从备份恢复或另选目录。"
        return "请检查目录权限和磁盘空间，若文件已损坏请从备份恢复或另选目录。"


@dataclass(frozen=True, slots=True)
class Upgrade:
    """A change of an older program's tables that making what is missing does not do (改表)."""

    needed: Callable[[Connection], bool]
    run: Callable[[Connection], None]


class OwnTables:
    """Tables beside the record store's, of others who keep something in the same database.

    Tables and columns are made where they are missing, after the `upgrades` that are needed: all
    in one transaction, and by one program where several open the library at once. A column that
    is added later is nullable or has a `server_default`. `error` is raised where the database
    cannot be used, and says that it is `contents` that cannot be read or written.
    """

    def __init__(
        self,
        url: str,
        tables: MetaData,
        contents: str,
        error: Callable[[str], Exception],
        *,
        upgrades: Sequence[Upgrade] = (),
    ) -> None:
        self._engine = open_engine(url)
        address = shown_address(url)
        self._message = (
            f"{contents}所在的数据库 {place(address)} 无法读写，请检查目录权限和磁盘空间。"
        )
        self._error = error
        with self.connected() as connection:
            if _is_up_to_date(connection, tables, upgrades):  # else it would wait for who writes
                return
        with self.in_turn() as connection:
            for upgrade in upgrades:
                if upgrade.needed(connection):
                    upgrade.run(connection)
            tables.create_all(connection)
            for column in _missing_columns(connection, tables):
                added = CreateColumn(column).compile(dialect=connection.dialect)
                connection.exec_driver_sql(f"ALTER TABLE {column.table.name} ADD COLUMN {added}")

    def close(self) -> None:
        """Lets go of the database."""
        self._engine.dispose()

    @contextmanager
    def connected(self) -> Iterator[Connection]:
        """One transaction."""
        try:
            with self._engine.begin() as connection:
                yield connection
        except SQLAlchemyError as failure:
            raise self._error(self._message) from failure

    @contextmanager
    def in_turn(self) -> Iterator[Connection]:
        """One transaction in which nobody else writes: what it reads holds until its end."""
        with self.connected() as connection:
            take_turn(connection)
            yield connection


def _is_up_to_date(connection: Connection, tables: MetaData, upgrades: Sequence[Upgrade]) -> bool:
    there = set(inspect(connection).get_table_names())
    return (
        there >= set(tables.tables)
        and not any(upgrade.needed(connection) for upgrade in upgrades)
        and not _missing_columns(connection, tables)
    )


def _missing_columns(connection: Connection, tables: MetaData) -> tuple[Column[Any], ...]:
    """The columns that the tables, all of which are there, do not have yet."""
    present = {
        (table, column["name"])
        for table in tables.tables
        for column in inspect(connection).get_columns(table)
    }
    columns = (column for table in tables.sorted_tables for column in table.columns)
    return tuple(c for c in columns if (c.table.name, c.name) not in present)


def _leave_beginning(connection: DBAPIConnection, _: object) -> None:
    """The driver begins no transaction by itself: it would not before a savepoint."""
    connection.isolation_level = None


def _begin(connection: Connection) -> None:
    """A transaction that writes takes its turn before it reads anything."""
    if connection.get_execution_options().get(WRITES):
        take_turn(connection)
