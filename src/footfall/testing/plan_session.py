"""A pytest session with a plan: whose messages belong to which test, what fails it, and what was covered at the end."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from footfall.client.witness import called_in
from footfall.disk import SystemDisk
from footfall.plan import load
from footfall.testing.plan_coverage import Coverage, Gate
from footfall.testing.recording import Recording, StandIn
from footfall.testing.verdicts import Verdicts

if TYPE_CHECKING:
    from footfall.delivery.transport import Transport

__all__ = ["PlanSession", "Switch"]


class PlanSession:
    """Everything that a session knows. `switch` stands in for the network, from before any client was made.

    `path` is the plan, `gates` the shares that must be covered, `file` where to write what was covered. Raises
    PlanError for a plan that cannot be used, UsageError for a gate over what the plan does not have.
    """

    def __init__(self, path: Path, switch: Switch, *, gates: Sequence[Gate] = (), file: Path | None = None) -> None:
        self.path = path
        self._verdicts = Verdicts(load(path))
        self.coverage = Coverage(self._verdicts.plan)
        self._gates = gates
        self._file = file
        self._switch = switch
        self.coverage.missed(gates)  # a scope that there is not is told before the tests run

    def new_recording(self) -> Recording:
        """An empty recording that judges by the plan."""
        return Recording(self._verdicts)

    @contextmanager
    def test(self, name: str) -> Iterator[Recording]:
        """What is sent inside of this block belongs to the test `name`."""
        sent = self.new_recording()
        before = self._switch.turn_to(sent)
        try:
            yield sent
        finally:
            self._switch.turn_to(before)
            for one in sent.recorded:
                if one.faults:
                    continue  # what the plan refuses does not show that the event can be sent
                message = one.message
                event = self._verdicts.resolve(message["event"]) if message["type"] == "track" else None
                if event is not None:
                    self.coverage.note(event, message.get("properties") or (), name)

    def let_through(self, url: str) -> None:
        """Let clients that are made from this URL reach it: a collector that the test itself runs."""
        self._switch.let_through(url)

    def finish(self) -> list[str]:
        """Write the coverage file, and tell each share that was not reached. Raises UsageError."""
        if self._file is not None:
            self.coverage.write(SystemDisk(), self._file)
        return self.coverage.missed(self._gates)


class Switch(StandIn):
    """Stands in for the network during a whole session, and records into the recording of the test that runs.

    From `start` to `stop` no client that is made from a URL reaches the network.
    """

    def __init__(self) -> None:
        super().__init__(Recording())
        self._block: AbstractContextManager[None] | None = None
        self._turning = threading.Lock()
        self._open: set[str] = set()

    def start(self) -> None:
        """Stand in for the network."""
        self._block = called_in(self)
        self._block.__enter__()

    def stop(self) -> None:
        """Let clients that are made from now on reach the network again."""
        if self._block is not None:
            self._block.__exit__(None, None, None)
            self._block = None

    def turn_to(self, recording: Recording) -> Recording:
        with self._turning:
            before, self.recording = self.recording, recording
        return before

    def let_through(self, url: str) -> None:
        self._open.add(url.rstrip("/"))

    def stand_in(self, collector: str | Transport) -> Transport | None:
        if isinstance(collector, str) and collector.rstrip("/") in self._open:
            return None
        if isinstance(collector, StandIn):
            return collector  # a recording's own transport; its messages come this way as well
        return super().stand_in(collector)
