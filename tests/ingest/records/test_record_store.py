"""The record store: exact round trips, visibility, scope, words, and clear errors."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select, text

from ingest.errors import StoreError
from ingest.language.tokenizer import Tokenizer
from ingest.records.codec import decode, encode, encode_whole
from ingest.records.lexical_index import MAX_MATCHES_WEIGHED
from ingest.records.record_store import RecordStore
from ingest.records.rows import pack
from ingest.records.schema import DOCUMENTS, FIGURES
from ingest.records.scope_filters import VISIBLE
from ingest.types.blocks import Block, Cell, Document, Form, Location, Run, TableBlock, TextBlock
from ingest.types.facts import (
    Figure,
    Indicator,
    Oddity,
    Passage,
    Quantity,
    Role,
    Task,
    Understanding,
)
from ingest.types.library import Certainty, Scope
from ingest.types.tables import How

TOKENIZER = Tokenizer()


def understanding(
    id: str = "a" * 64,
    *,
    file: str = "自评表.txt",
    department: str = "团市委",
    year: int | None = 2022,
    form: Form = Form.SELF_EVALUATION,
    texts: tuple[str, ...] = ("预算完成率96.36%，低于目标。", "全年开展志愿服务活动600场。"),
) -> Understanding:
    """A small document with one of each kind of fact."""
    places = [Location(line_start=n, line_end=n) for n in range(1, len(texts) + 1)]
    rate = Quantity("96.36%", (Decimal("96.36"),), unit="%")
    figure = Figure(
        f"{id}#1", id, department, year, "部门资金情况", "预算完成率", "预算完成率", Role.RATE,
        rate, Location(page=2, table=1, row=3, column=2, bbox=(1.5, 2.0, 30.25, 4.0)), texts[0],
    )  # fmt: skip
    indicator = Indicator(
        id=f"{id}#i1",
        document_id=id,
        department=department,
        year=year,
        task="",
        level1="产出指标",
        level2="数量指标",
        name="志愿服务活动场次",
        target=Quantity("≥600场", (Decimal("600"),), "≥", "场"),
        period_target=None,
        actual=Quantity("80万人次", (Decimal("8E+5"),), unit="人次", approximate=True),
        actual_text="全年开展600场",
        weight=None,
        score=None,
        deviation="",
        location=places[0],
        figure_ids=(figure.id,),
    )
    return Understanding(
        document=Document(
            id,
            file,
            (
                *(TextBlock((Run(t, p),)) for t, p in zip(texts, places, strict=True)),
                TableBlock(
                    (Cell(0, 0, (Run("预算", Location(table=1, row=1, column=1)),), 1, 2),),
                    1,
                    2,
                    Location(table=1),
                ),
            ),
            "部门整体支出绩效自评表",
            form,
            department,
            year,
        ),
        table_rows=1,
        figures=(figure,),
        indicators=(indicator,),
        tasks=(Task(f"{id}#t1", id, department, year, "志愿服务", "", "完成", places[0]),),
        passages=tuple(
            Passage(f"{id}:{n}", id, department, year, "正文", text, place)
            for n, (text, place) in enumerate(zip(texts, places, strict=True), 1)
        ),
        oddities=(Oddity("……", "空行", places[0]),),
    )


@pytest.fixture
def store(database_url: str) -> Iterator[RecordStore]:
    opened = RecordStore(database_url, cut=TOKENIZER.cut)
    yield opened
    opened.close()


def add(store: RecordStore, *documents: Understanding) -> None:
    for document in documents:
        store.stage(pack(document))
        store.publish(document.document.id)


def hits(store: RecordStore, words: str, scope: Scope = Scope()) -> list[str]:  # noqa: B008
    return [id for id, _ in store.search(TOKENIZER.query(words), scope, 10)]


def test_everything_comes_back_exactly_as_it_was_staged(store: RecordStore) -> None:
    given = understanding()
    add(store, given)
    id = given.document.id
    assert store.figures() == given.figures
    assert store.indicators() == given.indicators
    assert str(store.indicators()[0].actual.values[0]) == "8E+5"  # type: ignore[union-attr]
    assert store.tasks() == given.tasks
    assert store.passages_of() == given.passages
    assert store.blocks(id) == given.document.blocks
    record = store.document(id)
    assert record is not None
    assert record.oddities == given.oddities
    assert (record.file, record.form, record.year) == ("自评表.txt", Form.SELF_EVALUATION, 2022)


def test_the_codec_tells_text_from_tables() -> None:
    blocks = understanding().document.blocks
    assert decode(tuple[Block, ...], encode(blocks)) == blocks
    assert decode(tuple[Block, ...], encode_whole(blocks)) == blocks


def test_a_staged_document_is_seen_by_no_read(store: RecordStore) -> None:
    given = understanding()
    id = given.document.id
    store.stage(pack(given))
    assert store.interrupted() == (id,)
    assert store.documents() == ()
    assert store.count() == 0
    assert store.document(id) is None
    assert store.named(given.document.file) == ()
    assert store.blocks(id) == ()
    assert store.figures() == store.indicators() == store.tasks() == store.passages_of() == ()
    assert store.passages([f"{id}:1"]) == store.figures_by_id([f"{id}#1"]) == ()
    assert hits(store, "预算完成率") == []
    assert store.departments() == ()
    assert store.years() == ()


def test_a_retired_document_is_gone_at_once_and_its_rows_after_discard(store: RecordStore) -> None:
    given = understanding()
    id = given.document.id
    add(store, given)
    assert hits(store, "预算完成率") == [f"{id}:1"]
    store.retire(id)
    assert hits(store, "预算完成率") == []
    assert store.documents() == ()
    store.discard(id)
    assert store.interrupted() == ()
    assert store.orphan_words() == 0
    add(store, given)
    assert hits(store, "预算完成率") == [f"{id}:1"]


def test_discard_leaves_a_published_document_alone(store: RecordStore) -> None:
    add(store, understanding())
    store.discard("a" * 64)
    assert len(store.documents()) == 1


def test_publishing_a_new_version_hides_the_old_in_the_same_moment(store: RecordStore) -> None:
    old = understanding("a" * 64)
    new = understanding("b" * 64, texts=("预算完成率92.71%。",))
    add(store, old)
    store.stage(pack(new), replaces=old.document.id)
    assert [r.id for r in store.documents()] == [old.document.id]
    assert store.publish(new.document.id) == old.document.id
    assert [r.id for r in store.documents()] == [new.document.id]
    assert store.count() == 1
    assert hits(store, "96.36%") == []
    assert hits(store, "92.71%") == [f"{new.document.id}:1"]


def test_it_is_known_of_whom_a_document_became_anothers(store: RecordStore) -> None:
    old, new = understanding("a" * 64), understanding("b" * 64, department="民政局")
    store.stage(pack(old))
    store.publish(old.document.id)
    before = store.revision()[1]
    assert store.moved() == {}
    store.stage(pack(new), lineage=old.document.id, replaces=old.document.id)
    store.publish(new.document.id)
    assert before < store.moved()["团市委"] <= store.revision()[1]
    assert store.departed(old.document.id) == "民政局"
    before = store.revision()[1]
    store.reread(pack(understanding("b" * 64, department="教育局")))
    assert before < store.moved()["民政局"] <= store.revision()[1]
    assert store.departed(old.document.id) == "教育局"
    assert store.departed("c" * 64) is None


def test_publishing_what_was_never_staged_is_an_error(store: RecordStore) -> None:
    with pytest.raises(StoreError, match="尚未写入"):
        store.publish("a" * 64)


def test_steps_together_are_one_transaction_and_a_failed_one_is_undone_alone(
    store: RecordStore,
) -> None:
    one, two = understanding("a" * 64, file="甲.txt"), understanding("b" * 64, file="乙.txt")
    with store.together():
        store.stage(pack(one))
        with pytest.raises(StoreError):
            store.stage(pack(one))  # the same id again
        store.stage(pack(two))
        store.publish("a" * 64)
        assert len(store.documents()) == 1
    assert [record.file for record in store.documents()] == ["甲.txt"]
    assert store.figures() == one.figures
    assert store.interrupted() == ("b" * 64,)


def test_steps_together_leave_nothing_when_they_are_broken_off(store: RecordStore) -> None:
    def broken_off() -> None:
        with store.together():
            store.stage(pack(understanding()))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        broken_off()
    assert store.interrupted() == ()
    add(store, understanding())
    assert len(store.documents()) == 1


def test_scope_narrows_every_read_before_ranking(store: RecordStore) -> None:
    first = understanding("a" * 64, file="甲.txt", department="团市委", year=2021)
    second = understanding(
        "b" * 64, file="乙.txt", department="水务局", year=2022, form=Form.TARGET
    )
    add(store, first, second)
    for scope in (
        Scope(document_ids=("b" * 64,)),
        Scope(departments=("水务局",)),
        Scope(years=(2022,)),
        Scope(forms=(Form.TARGET,)),
        Scope(departments=("水务局",), years=(2022, 2023)),
    ):
        assert store.figures(scope) == second.figures
        assert store.indicators(scope) == second.indicators
        assert store.tasks(scope) == second.tasks
        assert store.passages_of(scope) == second.passages
        assert store.search(["预算"], scope, 1)[0][0] == f"{'b' * 64}:1"
    assert hits(store, "预算完成率", Scope(departments=("水务局",), years=(2021,))) == []


def test_a_summary_is_found_under_each_department_it_reports_on(store: RecordStore) -> None:
    summary = understanding(department="财政局", form=Form.SUMMARY)
    row = replace(summary.figures[0], id="x#2", department="教育局", year=2020)
    add(store, replace(summary, figures=(*summary.figures, row)))
    assert store.departments() == ("教育局", "财政局")
    assert store.years() == (2020, 2022)
    assert store.figures(Scope(departments=("教育局",))) == (row,)


def test_figures_are_found_by_name_whatever_the_width_or_blanks(store: RecordStore) -> None:
    given = understanding()
    add(store, given)
    assert store.figures(name="预算 完成率") == given.figures
    assert store.figures(name="资金情况") == given.figures
    assert store.figures(name="调整率") == ()
    assert store.figures(name="%") == ()


def test_facts_come_by_id_in_the_order_asked(store: RecordStore) -> None:
    given = understanding()
    add(store, given)
    first, second = given.passages
    assert store.passages([second.id, "none", first.id]) == (second, first)
    assert store.figures_by_id([given.figures[0].id]) == given.figures


def test_names_are_those_of_what_is_published(store: RecordStore) -> None:
    one = understanding("a" * 64, file="1.txt")
    other = understanding("b" * 64, file="2.txt")
    for document in (one, other):
        store.stage(pack(document))
        assert store.names() == ((), ())
    for document in (one, other):
        store.publish(document.document.id)
    assert store.names() == ((one.indicators[0].name,), (one.tasks[0].name,))


def test_what_was_read_with_doubt_is_left_out_unless_it_is_asked_for(store: RecordStore) -> None:
    given = understanding()
    figure, indicator = given.figures[0], given.indicators[0]
    doubtful = replace(figure, id="doubtful", confidence=Decimal("0.4"), how=How.CONTENTS)
    guessed = replace(indicator, name="基本完成", confidence=Decimal("0.4"), how=How.CONTENTS)
    told = replace(given, figures=(figure, doubtful), indicators=(guessed, indicator))
    add(store, told)
    assert store.figures() == (figure,)
    assert store.indicators() == (indicator,)
    assert store.names()[0] == (indicator.name,)
    unconfirmed, every = Scope(certainty=Certainty.UNCONFIRMED), Scope(certainty=Certainty.EVERY)
    assert store.figures(unconfirmed) == (doubtful,)
    assert store.indicators(unconfirmed) == (guessed,)
    assert store.figures(every) == told.figures
    assert store.indicators(every) == told.indicators
    assert store.figures_by_id(["doubtful"]) == (doubtful,)
    assert store.passages_of() == given.passages


def test_few_facts_are_found_without_going_through_all_documents(
    store: RecordStore,
) -> None:
    add(store, understanding(texts=("甲",)))
    with store._database.reading() as connection:
        ids = select(FIGURES.c.fact).join(DOCUMENTS).where(VISIBLE, FIGURES.c.id.in_(["x", "y"]))
        sql = str(ids.compile(connection, compile_kwargs={"literal_binds": True}))
        if store._database.kind == "sqlite":
            steps = connection.execute(text(f"EXPLAIN QUERY PLAN {sql}")).all()
            assert "ix_figures_id" in steps[0].detail
        else:
            connection.execute(text("SET LOCAL enable_seqscan = off"))  # a table of one row
            plan = "\n".join(connection.scalars(text(f"EXPLAIN {sql}")))
            assert "ix_figures_id" in plan


@pytest.mark.parametrize(
    ("question", "expected"),
    [("预算", 1), ("活动", 2), ("完成率", 1), ("96.36", 1), ("96.36%", 1), ("600", 2), ("志愿", 2)],
)
def test_a_short_question_hits_its_passage(
    store: RecordStore, question: str, expected: int
) -> None:
    add(store, understanding())
    assert hits(store, question) == [f"{'a' * 64}:{expected}"]


def test_part_of_a_number_is_no_hit(store: RecordStore) -> None:
    add(store, understanding())
    assert hits(store, "36") == []
    assert hits(store, "6.3") == []


def test_words_of_the_query_language_are_only_words(store: RecordStore) -> None:
    add(store, understanding())
    for words in (['"'], ["AND", "OR"], ["NEAR(", "*"], ["words:预算"]):
        assert store.search(words, Scope(), 5) == []
    assert store.search([], Scope(), 5) == []


def test_different_questions_get_different_passages(store: RecordStore) -> None:
    topics = ("垃圾分类覆盖率", "公务接待费支出", "青年人才驿站租金", "应急演练场次", "河长制巡查")
    texts = tuple(f"{topic}的完成情况见下表。" for topic in topics)
    add(store, understanding(texts=texts))
    firsts = [hits(store, f"{topic}怎么样？")[0] for topic in topics]
    assert firsts == [f"{'a' * 64}:{n}" for n in range(1, len(topics) + 1)]


def test_a_new_tokenizer_rebuilds_the_words(database_url: str) -> None:
    store = RecordStore(database_url, cut=lambda text: ["旧词"])
    given = understanding()
    add(store, given)
    store.close()
    store = RecordStore(database_url, cut=TOKENIZER.cut)
    assert store.unindexed("a" * 64) == tuple(p.id for p in given.passages)
    store.rebuild_words(TOKENIZER.version)
    assert store.unindexed("a" * 64) == ()
    assert store.search(["旧词"], Scope(), 5) == []
    assert hits(store, "预算") == [f"{'a' * 64}:1"]
    assert store.meta("tokenizer") == TOKENIZER.version
    store.close()


def test_a_file_that_is_no_database_is_told_clearly(tmp_path: Path) -> None:
    (tmp_path / "library.db").write_text("这不是数据库" * 100, encoding="utf-8")
    with pytest.raises(StoreError, match="资料库无法写入") as told:
        RecordStore(f"sqlite:///{tmp_path / 'library.db'}", cut=TOKENIZER.cut)
    assert f"资料库 {tmp_path / 'library.db'} 无法写入" in told.value.in_full


def test_a_folder_that_cannot_be_written_is_told_clearly(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="无法写入"):
        RecordStore(f"sqlite:///{tmp_path / 'missing' / 'library.db'}", cut=TOKENIZER.cut)


def test_a_library_of_another_format_is_refused(database_url: str) -> None:
    store = RecordStore(database_url, cut=TOKENIZER.cut)
    store.set_meta("format", "99")
    store.close()
    with pytest.raises(StoreError, match="格式是 99"):
        RecordStore(database_url, cut=TOKENIZER.cut)


def test_other_databases_are_refused_by_name() -> None:
    with pytest.raises(StoreError, match="postgresql"):
        RecordStore("mysql://localhost/x", cut=TOKENIZER.cut)


def test_a_search_of_common_words_is_led_by_the_rare_ones(store: RecordStore) -> None:
    """With more matches than a search may weigh, the commonest words go, never the rarest."""
    count = MAX_MATCHES_WEIGHED // 2 + 100
    texts = tuple(f"预算执行第{n}条" for n in range(count))
    add(store, understanding(texts=(*texts, "驿站预算执行情况")))
    assert hits(store, "驿站的预算执行")[0] == f"{'a' * 64}:{count + 1}"
    assert len(store.search(["预算"], Scope(), 5)) == 5


def test_a_scope_of_many_documents_is_searched(store: RecordStore) -> None:
    add(store, understanding())
    scope = Scope(document_ids=("a" * 64, *(f"{n:064x}" for n in range(2000))))
    assert hits(store, "预算完成率", scope) == [f"{'a' * 64}:1"]


@pytest.mark.parametrize("department", ["", 'a "b" AND (c)', "办公室（综合科）", "局 OR 委"])
def test_any_department_name_can_be_a_scope(store: RecordStore, department: str) -> None:
    add(store, understanding("b" * 64, file="他.txt", department="别的部门"))
    add(store, understanding(department=department))
    assert hits(store, "预算", Scope(departments=(department,))) == [f"{'a' * 64}:1"]


def test_servers_rank_as_the_embedded_store_does(database_url: str, tmp_path: Path) -> None:
    """The same passages in the same order, with the same scores, on either kind of database."""
    topics = ("垃圾分类", "公务接待费", "人才驿站租金", "应急演练", "河长制巡查")
    texts = tuple(
        "，".join([f"{topic}预算执行率{n}.5%", *[topic] * (n % 4), "全年开展志愿服务" * (n % 3)])
        for n, topic in enumerate(topics * 12)
    )
    documents = [
        understanding("a" * 64, file="甲.txt", texts=texts[:40]),
        understanding("b" * 64, file="乙.txt", department="水务局", year=2021, texts=texts[40:]),
    ]
    stores = [
        RecordStore(url, cut=TOKENIZER.cut)
        for url in (database_url, f"sqlite:///{tmp_path / 'other.db'}")
    ]
    for store in stores:
        add(store, *documents, understanding("c" * 64, file="丙.txt", texts=texts[::-1]))
        store.retire("c" * 64)  # what is gone no longer counts
    for scope in (Scope(), Scope(departments=("水务局",)), Scope(years=(2021, 2022))):
        for question in ("垃圾分类志愿服务", "预算执行率7.5%", "河长制巡查的应急演练"):
            ranks = [store.search(TOKENIZER.query(question), scope, 30) for store in stores]
            assert len(ranks[0]) >= 5
            assert ranks[0] == [(id, pytest.approx(score, abs=1e-6)) for id, score in ranks[1]]
    for store in stores:
        store.close()


def test_text_that_a_database_cannot_hold_is_kept_exactly(store: RecordStore) -> None:
    odd = "团\x00委\\\t'\ufffd"
    given = understanding(department=odd, texts=("预算\x00完成率\\'96.36%'\n", "\t\\N"))
    add(store, given)
    assert store.passages_of(Scope(departments=(odd,))) == given.passages
    assert store.unindexed("a" * 64) == ()
    assert store.names() == ((given.indicators[0].name,), (given.tasks[0].name,))
