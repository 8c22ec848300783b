"""The version of footfall, which every message names."""

from __future__ import annotations

__all__ = ["VERSION"]

VERSION = "0.1.0"
