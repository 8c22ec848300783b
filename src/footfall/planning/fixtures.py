"""Contract tests of a plan: payloads that it must take, and payloads that it must fault in just the way they say.

They are in `fixtures/<event>/valid/*.json` (the properties of one event) and `fixtures/<event>/invalid/*.json`
(`{"payload": {…}, "errors": [[path, code], …]}`, every fault and no other), at any depth of the plan's folder. They are
judged as a client judges them; an unknown property is a warning even where a client would let it pass.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final, Literal

import msgspec

from footfall.disk import Disk, SystemDisk, read_text_file
from footfall.errors import BrokenInputError, Problem
from footfall.events import Fault
from footfall.plan.checking.validate import Validator
from footfall.plan.model import Event, Plan
from footfall.plan.problems import did_you_mean
from footfall.printable import counted

__all__ = ["FIXTURE_CODES", "check_fixtures"]

FIXTURE_CODES: Final[Mapping[str, str]] = {
    "fixture_faulty": "What a valid fixture shows is right to send; the plan has become stricter than its senders.",
    "fixture_accepted": "What an invalid fixture shows must be faulted; the plan has become laxer than was meant.",
    "fixture_differs": "An invalid fixture names every fault that it must be given, so that none changes unseen.",
    "fixture_unknown_property": "A valid fixture shows only what the plan knows; the rest cannot be reported on.",
    "fixture_unknown_event": "Fixtures are in a folder with the name of their event, not its name on the wire.",
    "fixture_misplaced": "Only .json files in valid/ and invalid/ are tested; others look as if they were.",
    "fixture_shape": "An invalid fixture has its `payload` and its `errors`, each a path and a code.",
}
"""Every code of a finding about fixtures, and why it is one."""

_FOLDER = "fixtures"
_KINDS = ("valid", "invalid")


class _Invalid(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    payload: msgspec.Raw
    errors: tuple[tuple[str, str], ...]


def check_fixtures(path: Path, plan: Plan) -> tuple[list[Problem], int]:
    """What is wrong with the fixtures of the plan in the folder `path`, by file, and how many there are.

    A plan that is one file, or a bundle, has none. Raises BrokenInputError, which names every one, for fixtures that
    cannot be read or are no JSON.
    """
    tester = _Tester(plan, SystemDisk())
    for folder in _fixture_folders(path, tester.disk):
        for event in tester.list(folder):
            tester.event(event)
    if tester.broken:
        count = len(tester.broken)
        what = "a fixture" if count == 1 else f"{count} fixtures"
        raise BrokenInputError(str(path), f"{what} cannot be used: {'; '.join(tester.broken)}")
    return tester.problems, tester.count


def _fixture_folders(path: Path, disk: Disk) -> Iterator[Path]:
    try:
        children = disk.list(path)
    except OSError:
        return
    for child in children:
        if child.name == _FOLDER:
            yield child
        elif not child.name.startswith(".") and not child.is_symlink():  # a link back up would go round for ever
            yield from _fixture_folders(child, disk)


class _Tester:
    """Goes through the fixtures, and keeps what is wrong with them."""

    def __init__(self, plan: Plan, disk: Disk) -> None:
        self.disk = disk
        self.problems: list[Problem] = []
        self.broken: list[str] = []
        self.count = 0
        self._events = plan.events
        self._validator = Validator(plan, stage="client")

    def list(self, folder: Path) -> list[Path]:
        """What is in a folder; nothing when it is none."""
        try:
            return [child for child in self.disk.list(folder) if not child.name.startswith(".")]
        except OSError:
            return []

    def event(self, folder: Path) -> None:
        """Test all fixtures of the event that the folder is named after."""
        event = self._events.get(folder.name)
        if event is None:
            message = f"the plan has no event {folder.name!r}"
            remedy = did_you_mean(folder.name, self._events) or "remove the folder"
            self._add("fixture_unknown_event", message, remedy, folder, "")
            return
        for kind in self.list(folder):
            if kind.name not in _KINDS:
                remedy = "put fixtures into valid/ or invalid/"
                self._add("fixture_misplaced", f"{kind.name!r} is not tested", remedy, kind, event.name)
                continue
            for file in self.list(kind):
                if file.suffix == ".json":
                    self._test(event, "valid" if kind.name == "valid" else "invalid", file)
                else:
                    message = f"{file.name!r} is not tested"
                    self._add("fixture_misplaced", message, "name it with .json at the end", file, event.name)

    def _test(self, event: Event, kind: Literal["valid", "invalid"], file: Path) -> None:
        self.count += 1
        try:
            text = read_text_file(self.disk, file)
            msgspec.json.decode(text)
        except OSError as error:
            self.broken.append(f"{file}: cannot be read: {error.strerror or error}")
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            self.broken.append(f"{file}: is no JSON: {error}")
        else:
            (self._valid if kind == "valid" else self._invalid)(event, file, text)

    def _valid(self, event: Event, file: Path, text: bytes) -> None:
        checked = self._validator.check(event, text)
        if checked.faults:
            message = f"is to be valid, and has {_faults(checked.faults)}: {'; '.join(map(str, checked.faults))}"
            self._add("fixture_faulty", message, "mend the fixture, or loosen the plan", file, event.name)
        for fault in checked.warnings:
            if fault.code == "unknown_property":
                message, remedy = f"has {fault.path}, which the plan does not know", "plan the property, or take it out"
                self._add("fixture_unknown_property", message, remedy, file, event.name, warning=True)

    def _invalid(self, event: Event, file: Path, text: bytes) -> None:
        try:
            fixture = msgspec.json.decode(text, type=_Invalid)
        except msgspec.ValidationError as error:
            remedy = 'write {"payload": {…}, "errors": [["total", "min"]]}'
            self._add("fixture_shape", f"is no invalid fixture: {error}", remedy, file, event.name)
            return
        checked = self._validator.check(event, fixture.payload)
        # What a client lets pass with a warning is a fault of the fixture when the fixture names it.
        named = (warned for warned in checked.warnings if (warned.path, warned.code) in fixture.errors)
        faults = (*checked.faults, *named)
        if not faults:
            remedy = "mend the plan, or make it a valid fixture"
            self._add("fixture_accepted", "is to be invalid, and has no fault", remedy, file, event.name)
            return
        wanted, got = Counter(fixture.errors), Counter((fault.path, fault.code) for fault in faults)
        lost, new = wanted - got, got - wanted
        parts = [f"without {_pairs(lost)}" if lost else "", f"with {_pairs(new)}" if new else ""]
        if lost or new:
            message = f"has other faults than it names: {', '.join(part for part in parts if part)}"
            self._add("fixture_differs", message, "name every fault under errors, or mend the plan", file, event.name)

    def _add(self, code: str, message: str, remedy: str, file: Path, where: str, *, warning: bool = False) -> None:
        level: Literal["error", "warning"] = "warning" if warning else "error"
        self.problems.append(
            Problem(code, message, remedy=remedy, where=where, file=str(file), line=1, column=1, level=level)
        )


def _faults(faults: tuple[Fault, ...]) -> str:
    return "a fault" if len(faults) == 1 else counted(len(faults), "fault")


def _pairs(pairs: Counter[tuple[str, str]]) -> str:
    return ", ".join(" ".join(part for part in pair if part) for pair in sorted(pairs.elements()))
