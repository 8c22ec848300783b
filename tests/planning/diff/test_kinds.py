"""Every kind of change says why it counts, and what to do where it hurts."""

from __future__ import annotations

from footfall.planning.diff import HURTS, KINDS


def test_every_kind_says_why_and_what_hurts_says_what_to_do() -> None:
    assert all(kind.why.endswith(".") for kind in KINDS.values())
    assert [name for name, kind in KINDS.items() if kind.level != "info" and not kind.remedy] == []


def test_a_kind_that_is_an_error_hurts_somebody_and_a_harmless_one_needs_no_remedy() -> None:
    assert [name for name, kind in KINDS.items() if kind.level == "error" and not kind.hurts] == []
    assert [name for name, kind in KINDS.items() if not set(kind.hurts) <= HURTS.keys()] == []
