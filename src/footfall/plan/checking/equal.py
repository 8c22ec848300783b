"""Which texts mean one value: a UUID in capitals and in small letters, a moment in any offset and spelling.

All code that groups or compares the values of a property (a KPI, a journey, a condition) uses this.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from footfall.plan.checking.formats import UUID
from footfall.plan.model import Property
from footfall.timestamps import canonical_datetime

__all__ = ["CANONICAL", "canonical_text", "kind_of_text"]


def _uuid(text: str) -> str:
    return text.lower() if UUID.fullmatch(text) else text


def _moment(text: str) -> str:
    return canonical_datetime(text) or text


CANONICAL: Mapping[str, Callable[[str], str]] = {
    "uuid": _uuid, "datetime": _moment, "date-time": _moment,
}  # fmt: skip
"""By type or format: the one text for all texts that mean the same value."""


def canonical_text(prop: Property) -> Callable[[str], str] | None:
    """The function to one text for all texts of a property that mean one value; None if each text is its own value.

    A value that a transform changed is plain text.
    """
    kind = None if prop.transform else kind_of_text(prop)
    return None if kind is None else CANONICAL[kind]


def kind_of_text(prop: Property) -> str | None:
    """The type or format of a property by which texts are equal, a key of `CANONICAL`; else None."""
    named = [*(prop.types or (prop.type,)), prop.format or ""]
    return next((name for name in named if name in CANONICAL), None)
