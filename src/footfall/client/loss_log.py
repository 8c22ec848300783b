"""Loss log: when to log how much was lost, in one line for each episode and not one for each message."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

__all__ = ["LossLog", "in_words"]

_EVERY = 60.0  # seconds between two lines

_WORDS = {
    "gave_up": "given up after the retry policy's limit",
    "queue_full": "by a full queue (queue_full: see why nothing gets through, or raise ClientOptions.queue_bytes)",
    "refused": "refused by the collector",
    "too_large": "larger than the collector takes (too_large)",
}


class LossLog:
    """Compares what was lost with what was said of it. Times are seconds of a clock that never goes back."""

    def __init__(self) -> None:
        self._logged: Counter[str] = Counter()
        self._since: float | None = None
        self._quiet_until = float("-inf")

    def unsaid(self, lost: Mapping[str, int]) -> dict[str, int]:
        """What was lost, by reason, since this was last said."""
        return {reason: count - self._logged[reason] for reason, count in lost.items() if count > self._logged[reason]}

    def due(self, lost: Mapping[str, int], now: float, *, is_calm: bool) -> dict[str, int]:
        """What to say now of all that was `lost`; empty for nothing.

        An episode is said when it is over (`is_calm`), or has gone on for a minute; and no more than once a minute.
        """
        new = self.unsaid(lost)
        if not new:
            self._since = None
            return {}
        self._since = now if self._since is None else self._since
        if now < self._quiet_until or not (is_calm or now - self._since >= _EVERY):
            return {}
        return self.say(lost, now)

    def say(self, lost: Mapping[str, int], now: float) -> dict[str, int]:
        """What to say now in any case."""
        new = self.unsaid(lost)
        self._logged.update(new)
        self._since, self._quiet_until = None, now + _EVERY
        return new


def in_words(lost: Mapping[str, int]) -> str:
    """Counts by reason, for a line of the log."""
    return ", ".join(f"{count:,} {_WORDS.get(reason, reason)}" for reason, count in sorted(lost.items()))
