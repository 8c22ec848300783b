"""Migrations of data folders, by the format that each begins at. A new one is a file in this folder and a row here."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from footfall.maintenance.migrations.from_1 import FROM_1
from footfall.maintenance.migrations.from_2 import FROM_2
from footfall.maintenance.migrations.migration import Migration

__all__ = ["MIGRATIONS"]

MIGRATIONS: Mapping[int, Migration] = MappingProxyType({1: FROM_1, 2: FROM_2})
