"""A pytest session with a plan: which messages belong to which test, what fails it, what was covered at the end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from footfall.disk import SystemDisk
from footfall.plan import read
from footfall.testing.plan_coverage import Coverage, Gate
from footfall.testing.recording import Recording
from footfall.testing.switch import Switch
from footfall.testing.verdicts import Verdicts

__all__ = ["PlanSession"]


class PlanSession:
    """The state of a session. `switch` replaces the network, from before any client was made.

    `path` is the plan, `gates` the shares that must be covered, `file` where to write what was covered. Raises
    PlanError for a plan that cannot be used, UsageError for a gate over what the plan does not have.
    """

    def __init__(self, path: Path, switch: Switch, *, gates: Sequence[Gate] = (), file: Path | None = None) -> None:
        self.path = path
        self._verdicts = Verdicts(read(path).require())
        self.coverage = Coverage(self._verdicts.plan)
        self._gates = gates
        self._file = file
        self._switch = switch
        self.coverage.missed(gates)  # an unknown scope ends the session before the tests run

    @contextmanager
    def test(self, name: str) -> Iterator[Recording]:
        """What is sent inside of this block belongs to the test `name`."""
        with self._switch.recording_into(Recording(self._verdicts)) as sent:
            try:
                yield sent
            finally:
                self._note(sent, name)

    def _note(self, sent: Recording, name: str) -> None:
        for recorded in sent.recorded:
            if recorded.faults:
                continue  # what the plan refuses does not show that the event can be sent
            message = recorded.message
            event = self._verdicts.resolve(message["event"]) if message["type"] == "track" else None
            if event is not None:
                self.coverage.note(event, message.get("properties") or (), name)

    def finish(self) -> list[str]:
        """Write the coverage file; a line for each share that was not reached. Raises UsageError."""
        if self._file is not None:
            self.coverage.write(SystemDisk(), self._file)
        return self.coverage.missed(self._gates)
