"""What the program writes to its log (日志): one line an event, for people or for machines.

Questions, tokens, passwords and the contents of documents are never logged; who asked what is in
the activity log of the library (`assistant.accounts`), where only administrators read it.
"""

import logging
import sys

from assistant.config import LogFormat, Settings

QUIET_LIBRARIES = ("httpx", "httpcore", "openai", "chromadb", "mcp", "asyncio", "PIL", "matplotlib")
"""Libraries whose lines below a warning tell an administrator nothing."""


def configure(settings: Settings) -> None:
    """All loggers of this process write to stderr, as JSON objects or as plain lines."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_formatter(settings.log_format))
    logging.basicConfig(level=settings.log_level.value, handlers=[handler], force=True)
    for name in QUIET_LIBRARIES:
        logging.getLogger(name).setLevel(logging.WARNING)


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
