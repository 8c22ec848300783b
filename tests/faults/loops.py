"""How often a fault is tried: a few times in the suite, and as often as `FAULT_LOOPS` says where somebody asks."""

from __future__ import annotations

import os

import pytest

__all__ = ["long_only", "loops"]

_ASKED = int(os.environ.get("FAULT_LOOPS", "0"))

long_only = pytest.mark.skipif(not _ASKED, reason="takes long: say how often to try by FAULT_LOOPS=20")


def loops(short: int) -> int:
    """How often to try; `short` is for the suite."""
    return _ASKED or short
