"""A log line is for people or for programs."""

from __future__ import annotations

import json
import logging

from footfall.cli.log_format import JsonLines


def record(message: str, *args: object, **more: object) -> logging.LogRecord:
    made = logging.LogRecord("footfall", logging.WARNING, "file.py", 1, message, args, None)
    made.created = 1_767_225_600.5
    vars(made).update(more)
    return made


def test_a_record_is_one_object_with_its_own_fields() -> None:
    line = JsonLines().format(record("%d were\nlost", 3, fields={"count": 3, "event": "e"}))

    assert "\n" not in line
    assert json.loads(line) == {
        "time": "2026-01-01T00:00:00.500000Z", "level": "WARNING", "logger": "footfall", "message": "3 were\nlost",
        "count": 3, "event": "e",
    }  # fmt: skip


def test_an_exception_is_a_field() -> None:
    error = ValueError("no")

    line = JsonLines().format(record("failed", exc_info=(ValueError, error, None)))

    assert json.loads(line)["exception"].endswith("ValueError: no")
