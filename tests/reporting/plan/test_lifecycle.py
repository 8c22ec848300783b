"""The lifecycle of each event is a row: planned, coded, tested, seen, used."""

from __future__ import annotations

from footfall.planning.profiling import Lifecycle
from footfall.reporting.plan.lifecycle import LIFECYCLE_FORMS

BOUGHT = Lifecycle(
    event="bought", planned="active", owner="till", coded=2, tested=0, messages=1_200, first="2026-11-01T10:00:00Z",
    last="2026-11-04T10:00:00Z", used=("kpi:r",),
)  # fmt: skip
STRAY = Lifecycle(event="a|b\x1b", messages=0, first=None, last=None)


def test_a_row_has_counts_days_and_users_and_a_dash_for_what_is_not_known() -> None:
    head, bought, stray = LIFECYCLE_FORMS["text"]([BOUGHT, STRAY]).splitlines()

    assert head.split() == ["event", "planned", "coded", "tested", "seen", "first", "last", "used", "by"]
    assert bought.split() == ["bought", "active", "2", "no", "1,200", "2026-11-01", "2026-11-04", "kpi:r"]
    assert stray.split() == [r"a|b\x1b", "no", "-", "-", "never", "-", "-", "nothing"]
    assert head.index("planned") == bought.index("active") == stray.index("no")


def test_in_markdown_a_name_cannot_end_its_cell() -> None:
    row = LIFECYCLE_FORMS["markdown"]([STRAY]).splitlines()[2]

    assert row.startswith(r"| `a\|b")
    assert row.count(" | ") == 7
