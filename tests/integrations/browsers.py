"""Browsers: what people's browsers send, as headers, for the tests of every integration."""

from __future__ import annotations

from footfall.testing import BROWSER as CHROME

__all__ = ["CHROME"]
