"""Which texts stand for one value: a UUID in capitals and in small letters, a moment in whatever offset and spelling.

Whoever groups or compares the values of a property (a KPI, a journey, a condition) goes by this.
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
"""A type or format whose texts may stand for one value -> one text for all that do."""


def canonical_text(prop: Property) -> Callable[[str], str] | None:
    """One text for all texts of a property that stand for one value; None where each text is a value by itself.

    What a transform changed before it was sent is text and nothing more.
    """
    kind = None if prop.transform else kind_of_text(prop)
    return None if kind is None else CANONICAL[kind]


def kind_of_text(prop: Property) -> str | None:
    """The type or format of a property by which texts are equal, a key of `CANONICAL`; None where each is a value."""
    named = [*(prop.types or (prop.type,)), prop.format or ""]
    return next((name for name in named if name in CANONICAL), None)
