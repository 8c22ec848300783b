"""Reads what other tools know of each event: how often it is coded (a scan's report) and tested (pytest's)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from footfall.disk import SystemDisk, read_text_file
from footfall.errors import BrokenInputError

__all__ = ["read_coded", "read_tested"]


class _Scanned(msgspec.Struct):
    """What is read of a scan's report: the places in which each event is sent."""

    implemented: dict[str, list[str]]


class _Tested(msgspec.Struct):
    count: int


class _Coverage(msgspec.Struct):
    """What is read of the file that pytest's --footfall-coverage-file writes."""

    footfall_coverage: int
    events: dict[str, _Tested]


def read_coded(path: Path | None) -> Mapping[str, int] | None:
    """In how many places each event is coded; None without a report. Raises BrokenInputError."""
    if path is None:
        return None
    scanned = _read(path, _Scanned, "is not what `footfall plan scan --format json` writes")
    return {event: len(places) for event, places in scanned.implemented.items()}


def read_tested(path: Path | None) -> Mapping[str, int] | None:
    """How often tests sent each event; None without a file. Raises BrokenInputError."""
    if path is None:
        return None
    covered = _read(path, _Coverage, "is not what pytest's --footfall-coverage-file writes")
    return {event: tested.count for event, tested in covered.events.items()}


def _read(path: Path, kind: type[Any], otherwise: str) -> Any:
    try:
        return msgspec.json.decode(read_text_file(SystemDisk(), path), type=kind)
    except OSError as error:
        raise BrokenInputError(str(path), f"cannot be read: {error.strerror or error}") from None
    except msgspec.DecodeError:
        raise BrokenInputError(str(path), otherwise) from None
