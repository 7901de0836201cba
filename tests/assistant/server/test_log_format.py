"""A message in the log is one line that somebody can read, whoever wrote what is in it."""

import logging

from assistant.server.log_format import LONGEST_MESSAGE, one_short_line


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
