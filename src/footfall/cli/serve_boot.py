"""Reads and tries all that `footfall serve` needs before it starts; reports every problem at once."""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from footfall import storage
from footfall.collector.key_lines import KeyLine, lines_of_file, read_key_lines, unknown_sources
from footfall.collector.keys import Keyring, read_secret_file, read_transform_key
from footfall.collector.read_settings import SettingsReading
from footfall.collector.serve_settings import SETTINGS
from footfall.collector.server import listen
from footfall.errors import FootfallError, PlanError, UsageError
from footfall.geo_file import GeoFile
from footfall.plan import read
from footfall.plan.model import Plan
from footfall.printable import counted
from footfall.storage.control import KeyRecord
from footfall.web.geo import location_of

__all__ = ["Boot", "prepare"]

T = TypeVar("T")

_log = logging.getLogger("footfall")
_VISIBLE = (
    "a write key in the arguments can be read by every user of this machine (ps); make keys by `footfall keys create`,"
    " or give --write-key-file or FOOTFALL_WRITE_KEYS"
)
_NO_DATA = "there is no data folder: give --data PATH, FOOTFALL_DATA, or `data` in footfall.toml"
_NO_KEY = (
    "there is no write key, so nobody could send: make one by `footfall keys create --data {data} --source NAME`,"
    " or give --write-key-file PATH, or FOOTFALL_WRITE_KEYS"
)
_UNKNOWN = "name one of its sources, or give --allow-unknown-sources"


@dataclass(frozen=True, kw_only=True)
class Boot:
    """What was read and opened. Whoever takes it closes the listener."""

    data: Path
    plan: Plan | None
    keyring: Keyring
    transform_key: bytes | None = field(repr=False)
    listener: socket.socket


class _Problems:
    """Gathers what is wrong, in order."""

    def __init__(self, texts: list[str]) -> None:
        self.texts = list(texts)

    def tried(self, action: Callable[[], T], label: str = "") -> T | None:
        """What `action` gives, or None and its error as a problem, with `label` before it."""
        try:
            return action()
        except PlanError as error:
            self.texts += [f"{label}{problem}" for problem in error.problems]
        except FootfallError as error:
            self.texts.append(f"{label}{error}")
        return None

    def raise_any(self) -> None:
        """Raise UsageError with all of them."""
        if len(self.texts) == 1:
            raise UsageError(self.texts[0])
        if self.texts:
            raise UsageError(
                "\n  ".join([f"the collector cannot start, {counted(len(self.texts), 'problem')}:", *self.texts])
            )


def prepare(reading: SettingsReading) -> Boot:
    """Read and try everything. Nothing in the data folder is changed.

    Raises UsageError with every problem: of the settings, the plan, the keys, the data folder and the address.
    """
    settings, problems = reading.settings, _Problems(reading.problems)
    plan = None if settings.plan is None else problems.tried(_plan(settings.plan), reading.label("plan"))
    stored = _stored(reading, problems)
    keyring = _keyring(reading, stored, plan, problems)
    transform_key = None
    if (path := settings.transform_key_file) is not None:
        transform_key = problems.tried(lambda: read_transform_key(path), reading.label("transform_key_file"))
    if (geo := settings.geo) is not None:
        problems.tried(lambda: GeoFile(geo, location_of).close(), reading.label("geo"))
    problems.texts += _backup_problems(reading)
    listener = problems.tried(lambda: listen(settings.host, settings.port), _address_label(reading))
    try:
        problems.raise_any()
    except UsageError:
        if listener is not None:
            listener.close()
        raise
    assert settings.data is not None
    assert listener is not None
    return Boot(data=settings.data, plan=plan, keyring=keyring, transform_key=transform_key, listener=listener)


def _backup_problems(reading: SettingsReading) -> Iterator[str]:
    """What no backup can ever go to; a disk that is not there now is for the job to say."""
    data, backup = reading.settings.data, reading.settings.jobs.backup
    if backup is None:
        return
    label = reading.label("backup")
    with suppress(OSError):
        if backup.is_file():
            yield f"{label}{backup}: is a file; name a folder for backups, or one that does not exist yet"
    if data is not None and Path(os.path.realpath(backup)).is_relative_to(os.path.realpath(data)):
        yield f"{label}{backup}: is in the data folder {data}; name a folder for backups outside of it"


def _address_label(reading: SettingsReading) -> str:
    """Where the address is from, as `SettingsReading.label` says it: two settings give it."""
    labels = [label.removesuffix(": ") for label in map(reading.label, ("host", "port")) if label]
    return f"{', '.join(labels)}: " if labels else ""


def _plan(path: Path) -> Callable[[], Plan]:
    return lambda: read(path).require()


def _stored(reading: SettingsReading, problems: _Problems) -> list[KeyRecord] | None:
    """The keys of the data folder, which is tried too; None where it cannot be read."""
    data = reading.settings.data
    if data is None:
        problems.texts.append(_NO_DATA)
        return None

    def look() -> list[KeyRecord]:
        with storage.open(data, "check") as store:
            return store.control.key_records()

    return problems.tried(look, reading.label("data"))


def _keyring(
    reading: SettingsReading, stored: list[KeyRecord] | None, plan: Plan | None, problems: _Problems
) -> Keyring:
    count, settings = len(problems.texts), reading.settings
    lines = list(_lines(reading, problems))
    given, faults = read_key_lines(lines)
    problems.texts += faults
    keyring = Keyring(given)
    keyring.take_stored(stored or [])
    if plan is not None and not settings.allow_unknown_sources:
        places = {given[key].source: line.place for line in reversed(lines) if (key := line.key) in given}
        for source in dict.fromkeys(sender.source for sender in given.values()):
            unknown = unknown_sources(plan, [source])
            problems.texts += [f"{places[source]}: {text}; {_UNKNOWN}" for text in unknown]
        for record in stored or []:
            if record.source is not None and record.revoked_at is None:
                unknown = unknown_sources(plan, [record.source])
                problems.texts += [f"the stored key {record.id}: {text}; revoke it, or {_UNKNOWN}" for text in unknown]
    if not keyring.has_senders() and stored is not None and len(problems.texts) == count:
        problems.texts.append(_NO_KEY.format(data=settings.data))
    return keyring


def _lines(reading: SettingsReading, problems: _Problems) -> Iterator[KeyLine]:
    settings, place = reading.settings, reading.places.get("write_keys", "")
    if place == SETTINGS["write_keys"].flag:
        _log.warning(_VISIBLE)
    yield from (KeyLine(f"{place} {number}", text) for number, text in enumerate(settings.write_keys, 1))
    if (path := settings.write_key_file) is not None:
        content = problems.tried(lambda: read_secret_file(path, "write key file"), reading.label("write_key_file"))
        yield from lines_of_file(str(path), content or b"")
