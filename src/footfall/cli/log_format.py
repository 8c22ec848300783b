"""How the log of a command looks: lines for people, or one JSON object a line for a log collector."""

from __future__ import annotations

import logging
import sys
from typing import Any

import msgspec

from footfall.printable import printable, printable_lines, tame_json
from footfall.timestamps import format_us

__all__ = ["JsonLines", "Lines", "log_to_stderr"]

_TEXT = "%(asctime)s %(levelname)s %(name)s %(message)s"


class Lines(logging.Formatter):
    """A record as one line, and the lines of its traceback; what strangers wrote into them steers no terminal."""

    def __init__(self) -> None:
        super().__init__(_TEXT)

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging names it so
        """See logging.Formatter."""
        return printable(super().formatMessage(record))

    def formatException(self, ei: Any) -> str:  # noqa: N802 - logging names it so
        """See logging.Formatter."""
        return printable_lines(super().formatException(ei))


class JsonLines(logging.Formatter):
    """A record as one JSON object: `time` (RFC 3339, UTC), `level`, `logger`, `message`, and its own `fields`."""

    def format(self, record: logging.LogRecord) -> str:
        fields: dict[str, object] = {
            "time": format_us(int(record.created * 1_000_000)),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            fields["exception"] = self.formatException(record.exc_info)
        return tame_json(msgspec.json.encode(fields)).decode()


def log_to_stderr(format_: str, level: int) -> None:
    """Write all logs from `level` on to standard error, as `text` or as `json`."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if format_ == "json" else Lines())
    logging.basicConfig(level=level, handlers=[handler])
