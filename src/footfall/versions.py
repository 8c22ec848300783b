"""The versions of what footfall agrees on with others, in one table, and the version of footfall itself."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

__all__ = ["BUNDLE", "DATA_FOLDER", "OLDEST_BUNDLE", "PLAN_FORMAT", "VERSION", "VERSIONS", "WIRE"]

VERSION = "0.1.0"
"""The release, which every message names. It is the version of the Python API too."""

WIRE = 1
"""Of the requests and answers between senders and collectors; it is in their path, `/v1/batch`."""

PLAN_FORMAT = 1
"""Of the plan's files: their key `format`."""

BUNDLE = 5
"""Of compiled plans: their key `bundle`. It rises whenever the model gains, loses or changes a key."""

OLDEST_BUNDLE = 3
"""The oldest that is read: since then the model has only gained keys. Data folders have bundles of their day."""

DATA_FOLDER = 3
"""Of data folders: the key `footfall` of their `footfall.json`, and all that the databases and files have."""

VERSIONS: Mapping[str, int | str] = MappingProxyType(
    {"wire": WIRE, "plan format": PLAN_FORMAT, "bundle": BUNDLE, "data folder": DATA_FOLDER, "Python API": VERSION}
)
"""Everything that others rely on, by name."""
