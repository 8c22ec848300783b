"""Switch: replaces the network while tests run, and records what each of them sends."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING

from footfall.client.capture import capturing
from footfall.testing.recording import Recording, StandIn

if TYPE_CHECKING:
    from footfall.delivery.transport import Transport

__all__ = ["Switch"]


class Switch(StandIn):
    """Replaces the network during a whole session, and records into the recording of the test that runs.

    From `start` to `stop` no client that is made from a URL reaches the network.
    """

    def __init__(self) -> None:
        super().__init__(Recording())
        self._block: AbstractContextManager[None] | None = None
        self._turning = threading.Lock()
        self._open: set[str] = set()
        self.kept = 0  # messages that were recorded by tests that have ended

    def start(self) -> None:
        """Replace the network."""
        self._block = capturing(self)
        self._block.__enter__()

    def stop(self) -> None:
        """Let clients that are made from now on reach the network again."""
        if self._block is not None:
            self._block.__exit__(None, None, None)
            self._block = None

    @contextmanager
    def recording_into(self, recording: Recording) -> Iterator[Recording]:
        """Record into `recording` while this block runs."""
        with self._turning:
            before, self.recording = self.recording, recording
        try:
            yield recording
        finally:
            with self._turning:
                self.recording = before
            self.kept += len(recording.recorded)

    def let_through(self, url: str) -> None:
        """Let clients that are made from this URL reach it: a collector that the test itself runs."""
        self._open.add(url.rstrip("/"))

    def transport_for(self, collector: str | Transport) -> Transport | None:
        if isinstance(collector, str) and collector.rstrip("/") in self._open:
            return None
        if isinstance(collector, StandIn):
            return collector  # a recording's own transport; its messages come this way as well
        return super().transport_for(collector)
