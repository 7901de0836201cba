"""What only stores on servers can do to a library: be away, be shared, be somebody else's."""

from contextlib import closing
from pathlib import Path
from time import sleep

import pytest
from sqlalchemy import text

from assistant.config import Settings
from assistant.service import Assistant
from ingest.config import IngestSettings
from ingest.errors import StoreError
from ingest.pipeline import Library
from ingest.records.engines import open_engine
from ingest.records.record_store import RecordStore
from tests.support import servers
from tests.support.builders import SAMPLES
from tests.support.library import PlumbingEncoder
from tests.support.servers import PostgreSQL


def test_a_database_that_is_away_is_told_without_its_password() -> None:
    with pytest.raises(StoreError, match=r"资料库无法.*数据库服务是否在运行") as told:
        RecordStore("postgresql://user:secret@127.0.0.1:9/x", cut=str.split)
    assert "资料库 127.0.0.1/x 无法" in told.value.in_full
    assert "secret" not in told.value.in_full


def test_one_program_writes_whatever_machine_it_runs_on(
    postgresql: PostgreSQL, tmp_path: Path
) -> None:
    url = postgresql.database()
    first, second = (
        Library.open(IngestSettings(tmp_path / name, database_url=url), PlumbingEncoder())
        for name in ("one", "other")
    )
    with closing(second):
        with closing(first):
            assert [report.error for report in first.add([SAMPLES])] == ["", ""]
            assert len(second.records.documents()) == 2
            with pytest.raises(StoreError, match="另一个绩问程序"):
                list(second.add([SAMPLES]))
        assert {report.error for report in second.add([SAMPLES])} == {""}


def test_questions_are_answered_while_the_vectors_are_away(tmp_path: Path) -> None:
    with servers.chroma(tmp_path) as address:
        settings = Settings(home=tmp_path / "home", chroma_url=address)
        with closing(Assistant(settings)) as assistant:
            assert [report.error for report in assistant.add([SAMPLES])] == ["", ""]
    with closing(Assistant(settings)) as assistant:
        with pytest.raises(StoreError, match="请检查 Chroma 服务是否在运行"):
            assistant.warm_up()
        assistant._embedder.warm_up()
        assert "1022.93" in assistant.ask("黄埔区团委2021年实际支出数是多少？").text
        assert assistant.ask("志愿服务开展得怎么样？").text
        with pytest.raises(StoreError, match="请检查 Chroma 服务是否在运行"):
            list(assistant.add([SAMPLES], replace=True))


def test_the_owner_leaves_no_transaction_open_and_owns_again_after_a_restart(
    postgresql: PostgreSQL,
) -> None:
    url = postgresql.database()
    first, second = (RecordStore(url, cut=str.split) for _ in range(2))
    assert first.own()
    assert first.own()
    assert not second.own()
    engine = open_engine(url)
    with engine.connect() as connection:
        others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> "
        others += "pg_backend_pid()"
        states = set(connection.scalars(text(f"SELECT state {others}")))
        assert states == {"idle"}
        connection.execute(text(f"SELECT pg_terminate_backend(pid) {others}"))
    engine.dispose()
    assert first.own()
    assert not second.own()
    first.close()
    # The server gives the ownership free when it has seen the connection end.
    for _ in range(300):
        if second.own():
            break
        sleep(0.1)
    else:
        pytest.fail("the connection ended, and the ownership is still taken")
    second.close()
