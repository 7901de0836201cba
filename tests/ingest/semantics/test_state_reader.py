"""States of work told from names: the weights are those that the data make, and hold elsewhere."""

from ingest.config import DATA
from ingest.semantics.state_reader import shipped_state_reader
from tools.train_states import examples, left_out, trained

TOLD = examples(DATA / "labels")


def test_what_is_shipped_is_what_the_data_make() -> None:
    made, shipped = trained(TOLD), shipped_state_reader()
    texts = [text for text, *_ in TOLD]
    assert max(abs(made.probability(t) - shipped.probability(t)) for t in texts) < 0.02


def test_no_name_of_a_file_that_was_left_out_is_taken_for_a_state() -> None:
    read = left_out(TOLD)
    assert sum(found for state, found in read if not state) <= 2
    assert sum(found for state, found in read if state) >= 0.55 * sum(s for s, _ in read)


def test_long_texts_are_not_judged() -> None:
    reader = shipped_state_reader()
    assert reader.is_state("基本完成")
    assert not reader.is_state("全区农田水利设施维修养护基本完成")
    assert not reader.is_state("")
