"""A log line is for people or for programs."""

from __future__ import annotations

import json
import logging

from footfall.cli.log_format import JsonLines, Lines


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


def test_no_record_steers_a_terminal_or_looks_like_two() -> None:
    error = ValueError("no\x1b[2J")
    odd = record("source=%s", "a\x1b]0;b\x07\n2026 INFO forged\x9b\u202e", exc_info=(ValueError, error, None))

    line, *traceback = Lines().format(odd).splitlines()
    as_json = JsonLines().format(odd)

    assert line.endswith(r"WARNING footfall source=a\x1b]0;b\x07\n2026 INFO forged\x9b\u202e")
    assert traceback == [r"ValueError: no\x1b[2J"]
    assert not any(character in as_json for character in "\x1b\x07\x9b\u202e\n")
    assert json.loads(as_json)["message"] == odd.getMessage()
