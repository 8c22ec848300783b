"""PurgeRule: which messages a purge removes, wherever they are kept."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from footfall.errors import UsageError
from footfall.storage.environments import is_of
from footfall.timestamps import format_day, format_us

__all__ = ["PurgeRule"]


class PurgeRule(msgspec.Struct, frozen=True, kw_only=True):
    """Messages of an event, a source and an environment, received in `since <= time < until`.

    What is None restricts nothing. `event` is the name under which the books count a message. Times are microseconds
    since 1970-01-01 UTC, by the collector's clock. Raises UsageError where neither an event, a source, an environment
    nor a beginning is given, or nothing can match.
    """

    event: str | None = None
    source: str | None = None
    environment: str | None = None
    since: int | None = None
    until: int | None = None

    def __post_init__(self) -> None:
        if (self.event, self.source, self.environment, self.since) == (None, None, None, None):
            raise UsageError("a purge has to name what goes: an event, a source, an environment, or a time since when")
        if self.since is not None and self.until is not None and self.since >= self.until:
            raise UsageError("no message was received in that time: it must begin before it ends")

    def __str__(self) -> str:
        names = {"event": self.event, "source": self.source, "environment": self.environment}
        times = {"since": self.since, "until": self.until}
        parts = [f"{name} {value}" for name, value in names.items() if value is not None]
        parts += [f"received {name} {format_us(us)}" for name, us in times.items() if us is not None]
        return ", ".join(parts)

    def matches(self, source: str, environment: str | None, event: str, received_at: int) -> bool:
        """Whether the rule removes a message. Its `environment` is None for production."""
        is_late_enough = self.since is None or received_at >= self.since
        is_early_enough = self.until is None or received_at < self.until
        return (
            is_late_enough and is_early_enough and is_of(environment, self.environment) and self._names(source, event)
        )

    def may_match(self, day: str, environment: str | None, names: Iterable[tuple[str, str]]) -> bool:
        """Whether the rule may remove messages of an environment that were received on a day (`2026-11-29`, in UTC).

        `names` are their sources and events.
        """
        if not is_of(environment, self.environment):
            return False
        is_before = self.since is not None and day < format_day(self.since)
        is_after = self.until is not None and day > format_day(self.until - 1)
        return not is_before and not is_after and any(self._names(source, event) for source, event in names)

    def _names(self, source: str, event: str) -> bool:
        return self.source in (None, source) and self.event in (None, event)
