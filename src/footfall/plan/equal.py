"""Which texts stand for one value: a UUID in capitals and in small letters, a moment in whatever offset and spelling.

Whoever groups or compares the values of a property (a KPI, a journey, a condition) goes by this.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from footfall.moments import canonical_datetime
from footfall.plan.formats import UUID
from footfall.plan.model import Property

__all__ = ["canonical_text"]


def _uuid(text: str) -> str:
    return text.lower() if UUID.fullmatch(text) else text


def _moment(text: str) -> str:
    return canonical_datetime(text) or text


_SAME: Mapping[str, Callable[[str], str]] = {
    "uuid": _uuid, "datetime": _moment, "date-time": _moment,
}  # fmt: skip


def canonical_text(prop: Property) -> Callable[[str], str] | None:
    """One text for all texts of a property that stand for one value; None where each text is a value by itself.

    What a transform changed before it was sent is text and nothing more.
    """
    if prop.transform:
        return None
    named = [*(prop.types or (prop.type,)), prop.format or ""]
    return next((_SAME[name] for name in named if name in _SAME), None)
