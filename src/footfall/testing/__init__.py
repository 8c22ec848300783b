"""Testing: fakes for the seams of footfall, for its own tests and for those of the applications that use it."""

from __future__ import annotations

from footfall.testing.browser import BROWSER
from footfall.testing.clock import ManualClock
from footfall.testing.disk import MemoryDisk
from footfall.testing.recorder import Recorder
from footfall.testing.recording import Recording, recording

__all__ = ["BROWSER", "ManualClock", "MemoryDisk", "Recorder", "Recording", "recording"]
