"""GeoWatch: the geo file of a collector, read anew when another one takes its place."""

from __future__ import annotations

import logging
import stat
from collections.abc import Sequence
from pathlib import Path

from footfall.clock import Clock
from footfall.collector.locator import Locator
from footfall.errors import BrokenInputError
from footfall.geo_file import GeoFile
from footfall.web.geo import location_of

__all__ = ["LOOK_EVERY", "GeoWatch"]

LOOK_EVERY = 5.0
"""Seconds between two looks at the file."""

_log = logging.getLogger("footfall")


class GeoWatch:
    """Has the `locator` of a file; `networks` are those of the plan's staff.

    Raises MissingExtraError, and BrokenInputError where the file cannot be used. When that happens later, what was read
    last stays in force.
    """

    def __init__(self, path: Path, networks: Sequence[str] = (), *, clock: Clock) -> None:
        self._path = path
        self._networks = networks
        self._clock = clock
        self._looked = clock.monotonic()
        self._state = _state_of(path)
        self._fault: tuple[object, str] | None = None
        self.locator = self._read()

    def is_due(self) -> bool:
        """Whether it is time for a look; True once for each."""
        now = self._clock.monotonic()
        if now - self._looked < LOOK_EVERY:
            return False
        self._looked = now
        return True

    def refresh(self) -> None:
        """Look whether the file is another one, and read it then; again at each look where the system hinders it."""
        state = _state_of(self._path)
        if state == self._state:
            return
        if state is None:
            self._log_once(state, f"there is no file {self._path}")
            return
        try:
            self.locator = self._read()
        except BrokenInputError as error:
            if not isinstance(error.__cause__, OSError):
                self._state = state
            self._log_once(state, str(error))
        else:
            self._state, self._fault = state, None
            _log.info("geo file read anew: %s", self._path)

    def _log_once(self, state: object, problem: str) -> None:
        if (state, problem) != self._fault:
            _log.error("the geo file cannot be used; what was read of it before stays in force: %s", problem)
        self._fault = state, problem

    def _read(self) -> Locator:
        return Locator(GeoFile(self._path, location_of).find, self._networks)


def _state_of(path: Path) -> tuple[int, int, int] | None:
    """What differs when a file was replaced or written; None for no file, as a pipe: to read it may take for ever."""
    try:
        status = path.stat()
    except OSError:
        return None
    if not stat.S_ISREG(status.st_mode):
        return None
    return status.st_ino, status.st_size, status.st_mtime_ns
