"""The record store's database: its connections, and which steps are one transaction."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import SQLAlchemyError

from ingest.errors import StoreError
from ingest.schema import prepare

WRITES = "writes"
"""The execution option of connections that write."""


class _Held(threading.local):
    """The connection on which a thread is in the middle of a transaction."""

    connection: Connection | None = None


class Database:
    """Reads and writes are all or nothing; several steps may be one transaction (`together`)."""

    def __init__(self, url: str) -> None:
        address = make_url(url)
        if address.get_backend_name() != "sqlite":
            raise StoreError("资料库地址目前只支持 sqlite，请改用 sqlite:/// 开头的地址。")
        self.name = address.database or url
        self._held = _Held()
        self._engine = create_engine(address)
        event.listen(self._engine, "connect", prepare)
        event.listen(self._engine, "connect", _leave_beginning)
        event.listen(self._engine, "begin", _begin)

    def close(self) -> None:
        self._engine.dispose()

    @contextmanager
    def together(self) -> Iterator[None]:
        """All that this thread reads and writes inside is one transaction, for speed.

        A step that fails inside is undone alone.
        """
        with self.writing() as connection:
            self._held.connection = connection
            try:
                yield
            finally:
                self._held.connection = None

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        held = self._held.connection
        try:
            if held is not None:
                yield held
                return
            with self._engine.connect() as connection:
                yield connection
        except SQLAlchemyError as error:
            raise StoreError(
                f"资料库 {self.name} 无法读取，文件可能已损坏或不是资料库，请从备份恢复或另选目录。"
            ) from error

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        held = self._held.connection
        try:
            if held is not None:
                with held.begin_nested():
                    yield held
                return
            with self._engine.execution_options(**{WRITES: True}).begin() as connection:
                yield connection
        except SQLAlchemyError as error:
            raise StoreError(
                f"资料库 {self.name} 无法写入，请检查目录权限和磁盘空间，"
                "若文件已损坏请从备份恢复或另选目录。"
            ) from error


def _leave_beginning(connection: DBAPIConnection, _: object) -> None:
    """The driver begins no transaction by itself: it would not before a savepoint."""
    connection.isolation_level = None


def _begin(connection: Connection) -> None:
    """A transaction that writes takes its turn before it reads anything."""
    if connection.get_execution_options().get(WRITES):
        connection.exec_driver_sql("BEGIN IMMEDIATE")
