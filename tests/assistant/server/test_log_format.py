"""A message in the log is one line that somebody can read, whoever wrote what is in it."""

import logging

from assistant.server.log_format import (
    LONGEST_FOREIGN,
    LONGEST_MESSAGE,
    MAX_REPEATS,
    REPEAT_SECONDS,
    FewRepeats,
    one_short_line,
)


def record(path: str, level: int, message: str, *values: object) -> logging.LogRecord:
    return logging.LogRecord("tried", level, path, 1, message, values, None)


def test_no_message_forges_a_line() -> None:
    told = record("/x/assistant/serve.py", logging.WARNING, "工具%s不在", "X\n2026 WARNING 伪造")
    assert one_short_line(told)
    assert told.getMessage() == "工具X\\n2026 WARNING 伪造不在"


def test_a_message_has_an_end() -> None:
    told = record("/x/assistant/serve.py", logging.ERROR, "字" * 900_000)
    assert one_short_line(told)
    assert len(told.getMessage()) == LONGEST_MESSAGE + 1


def test_what_mcp_says_of_requests_is_left_out() -> None:
    path = "/x/site-packages/mcp/server/lowlevel/server.py"
    assert not one_short_line(record(path, logging.WARNING, "Failed to validate request: %s", "问"))
    assert one_short_line(record(path, logging.ERROR, "broken"))


def test_of_what_mcp_says_the_beginning_is_kept_without_what_its_client_sent() -> None:
    path = "/x/site-packages/mcp/server/lowlevel/server.py"
    sent = "编号\x1b[2J\u202e" + "字" * 5_000
    try:
        raise ValueError(sent)
    except ValueError as error:
        told = record(path, logging.ERROR, "Received exception from stream: %s", sent)
        told.exc_info = (type(error), error, error.__traceback__)
    assert one_short_line(told)
    written = logging.Formatter().format(told)
    assert written.startswith("ValueError: Received exception from stream: 编号 [2J 字")
    assert "test_log_format.py" in written
    assert len(written) < LONGEST_FOREIGN + 500
    assert all(one.isprintable() or one == "\n" for one in written)


def test_what_strangers_make_a_library_say_again_and_again_is_summed_up() -> None:
    few = FewRepeats()
    said = [record("uvicorn.py", logging.WARNING, "Invalid request from %s", n) for n in range(500)]
    assert sum(map(few.filter, said)) == MAX_REPEATS
    later = record("uvicorn.py", logging.WARNING, "Invalid request from %s", "x")
    later.created = said[0].created + REPEAT_SECONDS + 1
    assert few.filter(later)
    assert f"另有{500 - MAX_REPEATS}条" in later.getMessage()
    ours = [record("serve.py", logging.WARNING, "请求") for _ in range(500)]
    for one in ours:
        one.name = "jiwen.requests"
    assert all(map(few.filter, ours))
