"""Bursts: page views of one visitor that come faster than a person can open pages; pure."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["BURSTS", "in_burst"]

BURSTS: Sequence[tuple[int, int]] = ((20, 1_000_000), (90, 60_000_000))
"""So many views within so many microseconds are a burst. A folder of bookmarks that somebody opens at once is none."""


def in_burst(times_us: Sequence[int]) -> list[bool]:
    """For each view of one visitor, by its time in microseconds: whether it is in a burst.

    The times may come in any order; the answers have the same one. A window ends with its last microsecond excluded.
    """
    order = sorted(range(len(times_us)), key=times_us.__getitem__)
    ordered = [times_us[index] for index in order]
    answers = [False] * len(ordered)
    for views, window in BURSTS:
        marked = 0  # all before it that are to be marked are
        for last in range(views - 1, len(ordered)):
            first = last - views + 1
            if ordered[last] - ordered[first] < window:
                for position in range(max(first, marked), last + 1):
                    answers[order[position]] = True
                marked = last + 1
    return answers
