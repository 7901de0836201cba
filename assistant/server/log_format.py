"""What the program writes to its log (日志): one line an event, for people or for machines.

Questions, tokens, passwords and the contents of documents are never logged; who asked what is in
the activity log of the library (`assistant.accounts`), where only administrators read it.
"""

import logging
import sys
from collections import Counter
from traceback import format_tb

from assistant.config import LogFormat, Settings

QUIET_LIBRARIES = ("httpx", "httpcore", "openai", "chromadb", "asyncio", "PIL", "matplotlib")
"""Libraries whose lines below a warning tell an administrator nothing."""

LONGEST_MESSAGE = 2000
"""Characters of a message that are kept."""
LONGEST_FOREIGN = 200
"""The same of what mcp says, which names whatever its client sent."""
REPEAT_SECONDS = 60.0
"""Seconds in which a message of a library is kept only so often."""
MAX_REPEATS = 10
"""How often it is kept in that time."""
MAX_MESSAGES = 1000
"""Maximum number of different messages that are counted."""


def configure(settings: Settings) -> None:
    """All loggers of this process write to stderr, as JSON objects or as plain lines."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_formatter(settings.log_format))
    handler.addFilter(FewRepeats())
    handler.addFilter(one_short_line)
    logging.basicConfig(level=settings.log_level.value, handlers=[handler], force=True)
    for name in QUIET_LIBRARIES:
        logging.getLogger(name).setLevel(logging.WARNING)


class FewRepeats(logging.Filter):
    """Leaves out what a library says again and again: strangers can have it said without end.

    Of one message, as it is before names are put in, `MAX_REPEATS` lines are kept in
    `REPEAT_SECONDS`; the next line that is kept tells how many were not.
    """

    def __init__(self) -> None:
        super().__init__()
        self._since: dict[str, float] = {}
        self._told: Counter[str] = Counter()

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the line is kept; ours always is."""
        if record.name.startswith("jiwen"):
            return True
        said = f"{record.name}: {record.msg}"[:LONGEST_FOREIGN]
        if record.created - self._since.get(said, 0.0) > REPEAT_SECONDS:
            left_out = max(self._told.pop(said, 0) - MAX_REPEATS, 0)
            if len(self._since) >= MAX_MESSAGES:
                self._since.clear()
                self._told.clear()
            self._since[said] = record.created
            if left_out:
                record.msg = f"{record.msg}（此前另有{left_out}条相同的，没有列出）"
        self._told[said] += 1
        return self._told[said] <= MAX_REPEATS


def one_short_line(record: logging.LogRecord) -> bool:
    """Leaves one line of a message, no more than anybody reads, and no character that a terminal
    acts on.

    What mcp says of requests that it cannot read holds their whole contents, and is left out; of
    its errors the beginning is kept, and where they came up.
    """
    foreign = "/mcp/" in record.pathname
    if foreign and record.levelno < logging.ERROR:
        return False
    longest = LONGEST_FOREIGN if foreign else LONGEST_MESSAGE
    message = record.getMessage()
    if foreign and record.exc_info and (error := record.exc_info[1]):
        message = f"{type(error).__name__}: {message}"
        record.exc_text = "".join(format_tb(error.__traceback__)).rstrip()
        record.exc_info = None
    lines = "\\n".join(message[:longest].splitlines())
    shown = "".join(one if one.isprintable() else " " for one in lines)
    record.msg, record.args = shown + ("…" if len(message) > longest else ""), ()
    return True


def _formatter(form: LogFormat) -> logging.Formatter:
    if form is LogFormat.TEXT:
        return logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s")
    from pythonjsonlogger.json import JsonFormatter

    return JsonFormatter(
        "{levelname}{name}{message}",
        style="{",
        timestamp="time",
        rename_fields={"levelname": "level", "name": "logger"},
        json_ensure_ascii=False,
    )
