"""Reads and writes plan.lock.json: one line for each property, so that a change of it can be read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from footfall.cli.plan.output_files import same_content
from footfall.disk import SystemDisk, read_text_file, replace_file
from footfall.errors import BrokenInputError, Problem
from footfall.plan import Plan
from footfall.plan.reading.source_map import SourceMap
from footfall.planning.lock import PlanLock, hash_of, lock_plan, stale

__all__ = ["lock_findings", "lock_path", "place_findings", "read_lock", "write_lock"]

_LOCK_NAME = "plan.lock.json"
_VERSION = 1


def lock_path(path: Path) -> Path:
    """The file of the lock of the plan at `path`: in its folder, or beside its file."""
    return path / _LOCK_NAME if path.is_dir() else path.with_name(_LOCK_NAME)


def read_lock(file: Path) -> PlanLock | None:
    """The lock in a file, None when there is no such file.

    Raises BrokenInputError when it cannot be read, is no lock, was edited by hand, or comes from a newer footfall.
    """
    if file.exists() and not file.is_file():
        raise BrokenInputError(str(file), "the lock is no file; remove it, then run footfall plan lock")
    try:
        data = read_text_file(SystemDisk(), file)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise BrokenInputError(str(file), f"the lock cannot be read: {error.strerror or error}") from None
    remedy = "take the file from git (after a merge: from either side), then run footfall plan lock"
    try:
        lock = msgspec.json.decode(data, type=PlanLock)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BrokenInputError(str(file), f"this is not a lock: {error}; {remedy}") from None
    if lock.footfall_lock != _VERSION:
        message = f"a lock of version {lock.footfall_lock} is not read by this footfall; upgrade footfall"
        raise BrokenInputError(str(file), message)
    for name, event in lock.events.items():
        numbers = event.version.split(".")
        if (
            event.shape.name != name
            or hash_of(event.shape) != event.hash
            or len(numbers) != 2
            or not "".join(numbers).isdecimal()
        ):
            raise BrokenInputError(str(file), f"the lock of {name} was edited by hand; {remedy}")
    return lock


def write_lock(file: Path, lock: PlanLock) -> bool:
    """Write a lock; whether the file has changed. Raises BrokenInputError when it cannot be written."""
    content = _lines(msgspec.to_builtins(lock)).encode() + b"\n"
    try:
        if file.exists() and same_content(file, content):
            return False
        replace_file(SystemDisk(), file, content)
    except OSError as error:
        raise BrokenInputError(str(file), f"the lock cannot be written: {error.strerror or error}") from None
    return True


def _lines(lock: dict[str, Any]) -> str:
    """The JSON of a lock: a line for each property, each rule and each tombstone."""
    parts = [f'  "{key}": {_json(lock[key])}' for key in ("footfall_lock", "plan")]
    parts.append(f'  "events": {_open(lock.get("events", {}), 5, "  ")}')
    parts.append(f'  "removed": {_open(lock.get("removed", {}), 2, "  ")}')
    return "{\n" + ",\n".join(parts) + "\n}"


def _open(value: Any, levels: int, indent: str) -> str:
    """The JSON of a value, opened over several lines as many `levels` deep."""
    if not levels or not value or not isinstance(value, dict | list | tuple):
        return _json(value)
    deeper = f"{indent}  "
    if isinstance(value, dict):
        lines = [f"{deeper}{_json(key)}: {_open(item, levels - 1, deeper)}" for key, item in value.items()]
        return "{\n" + ",\n".join(lines) + f"\n{indent}}}"
    return "[\n" + ",\n".join(f"{deeper}{_open(item, 0, deeper)}" for item in value) + f"\n{indent}]"


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def lock_findings(path: Path, plan: Plan, source_map: SourceMap) -> list[Problem]:
    """What the lock beside a plan says otherwise than the plan; nothing when there is no lock.

    Raises BrokenInputError when there is one that cannot be read.
    """
    is_bundle = path.suffix == ".json" and path.is_file()
    lock = None if is_bundle else read_lock(lock_path(path))
    if lock is None:
        return []
    now, problems = lock_plan(plan, lock)
    return place_findings([*problems, *stale(lock, now)], path, source_map)


def place_findings(problems: list[Problem], path: Path, source_map: SourceMap) -> list[Problem]:
    """The findings with the places that they have in the plan; what is not in the plan is in the lock."""
    placed = []
    for problem in problems:
        place = source_map.find(problem.where)
        placed.append(
            Problem(
                problem.code, problem.message, remedy=problem.remedy, where=problem.where,
                file=place.file if place.line else str(lock_path(path)), line=place.line, column=place.column,
            )
        )  # fmt: skip
    return placed
