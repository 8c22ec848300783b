"""PurgeRule: which messages a purge removes, wherever they are kept."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from footfall.errors import UsageError
from footfall.timestamps import format_day, format_us

__all__ = ["PurgeRule"]


class PurgeRule(msgspec.Struct, frozen=True, kw_only=True):
    """Messages of an event and a source, received in `since <= time < until`; what is None restricts nothing.

    `event` is the name under which the books count a message. Times are microseconds since 1970-01-01 UTC, by the
    collector's clock. Raises UsageError where neither an event, a source nor a beginning is given, or nothing can
    match.
    """

    event: str | None = None
    source: str | None = None
    since: int | None = None
    until: int | None = None

    def __post_init__(self) -> None:
        if self.event is None and self.source is None and self.since is None:
            raise UsageError("a purge has to name what goes: an event, a source, or a time since when")
        if self.since is not None and self.until is not None and self.since >= self.until:
            raise UsageError("no message was received in that time: it must begin before it ends")

    def __str__(self) -> str:
        names, times = {"event": self.event, "source": self.source}, {"since": self.since, "until": self.until}
        parts = [f"{name} {value}" for name, value in names.items() if value is not None]
        parts += [f"received {name} {format_us(us)}" for name, us in times.items() if us is not None]
        return ", ".join(parts)

    def matches(self, source: str, event: str, received_at: int) -> bool:
        """Whether the rule removes a message."""
        is_late_enough = self.since is None or received_at >= self.since
        is_early_enough = self.until is None or received_at < self.until
        return is_late_enough and is_early_enough and self._names(source, event)

    def may_match(self, day: str, names: Iterable[tuple[str, str]]) -> bool:
        """Whether the rule may remove messages that were received on a day (`2026-11-29`, in UTC).

        `names` are their sources and events.
        """
        is_before = self.since is not None and day < format_day(self.since)
        is_after = self.until is not None and day > format_day(self.until - 1)
        return not is_before and not is_after and any(self._names(source, event) for source, event in names)

    def _names(self, source: str, event: str) -> bool:
        return self.source in (None, source) and self.event in (None, event)
