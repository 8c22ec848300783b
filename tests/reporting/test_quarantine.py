"""What is in quarantine has its faults and its way out, and a replay says what it did."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from footfall.events import Fault
from footfall.quarantine import EventReplay, Prospect, Quarantined, Replay
from footfall.quarantine.replay import StayingFault
from footfall.reporting.quarantine import quarantined_markup, replay_lines, way_out_lines

FAULT = Fault("total", "type", "decimal", '"x"')
ITEM = Quarantined(1, "2026-11-01T09:00:00Z", "web", "production", "track", "[red]sold\x1b", "m1", (FAULT,), 1, "now")
FAULTS = tuple(StayingFault(f"p{number}", "type", 4 - number) for number in range(4))
REPLAY = Replay(False, "shop", "abcdef0123456789", 2, 4, 0, 0, (EventReplay("sold", 2, 4, FAULTS),))


def item(replay: Prospect) -> Quarantined:
    return msgspec.structs.replace(ITEM, replay=replay)


def replayed(**changes: object) -> list[str]:
    return list(replay_lines(msgspec.structs.replace(REPLAY, **changes), "again --plan new", "footfall report"))


def test_a_message_has_its_faults_below_and_its_names_are_no_markup() -> None:
    head, fault = quarantined_markup([ITEM], "Europe/Oslo")

    assert head == r"2026-11-01 10:00  web  [bold]\[red]sold\x1b[/bold]  m1  1 byte  (can be replayed)"
    assert fault.startswith("    total type")


@pytest.mark.parametrize(
    ("replay", "way"),
    [
        ("now", "1 would pass now. Store them: footfall quarantine replay --data 'my data'"),
        ("plan", "1 would pass another plan. Mend it, and try it: "),
        ("never", "1 cannot pass whatever the plan says."),
    ],
)
def test_each_message_has_a_way_out(replay: Prospect, way: str) -> None:
    head, line = way_out_lines([item(replay)], 1, Path("my data"))

    assert head == "\n1 message in quarantine:"
    assert line.strip().startswith(way)


def test_a_list_that_is_cut_says_so() -> None:
    assert next(iter(way_out_lines([ITEM], 2_000, Path("data")))) == (
        "\n2,000 messages in quarantine, 1 of them listed:"
    )


def test_a_replay_says_what_left_and_what_stays_and_why() -> None:
    assert replayed() == [
        "6 messages judged by the plan shop (abcdef012345)",
        "  sold: 2 released, 4 staying",
        "    4 x p0 type",
        "    3 x p1 type",
        "    2 x p2 type",
        "    and 1 other fault",
        "2 released, 4 staying in quarantine",
        "They count now: footfall report",
        "The plan that judged them is the folder's newest: start the collector with it from now on.",
    ]


def test_a_dry_run_says_how_to_do_it() -> None:
    lines = replayed(is_dry_run=True, passed_over=3, truncated=1)

    assert "2 would be released, 4 would stay in quarantine, 3 not asked for" in lines
    assert "1 was too large to be kept whole: have them sent again in smaller parts" in lines
    assert lines[-1] == "Nothing was changed. To do it: again --plan new"
