"""What can free a quarantined message: a plan that passes it now, a changed plan, or nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from footfall.plan import Plan, read
from footfall.quarantine import Judging, Prospect
from footfall.storage import Row
from footfall.testing.control import MemoryControl


def plan_of(folder: Path, properties: str) -> Plan:
    file = folder / "plan.yaml"
    file.write_text(f"plan: p\nevents: {{bought: {{properties: {properties}}}}}\n", encoding="utf-8")
    return read(file).require()


def quarantined(faults: bytes, *, user: str | None = "ann") -> Row:
    message: dict[str, object] = {
        "type": "track",
        "event": "bought",
        "messageId": "m",
        "userId": user,
        "properties": {},
    }
    body = json.dumps(message).encode()
    return Row(
        "quarantined", "web", "m", "track", "bought", user, None, None, None, None, 1, 2, None, faults, body, None
    )


REQUIRED = b'[{"path":"total","code":"required"}]'
STRICT, MENDED = "{total: {type: integer, required: true}}", "{total: {type: integer}}"


@pytest.mark.parametrize(
    ("plan", "row", "prospect"),
    [
        (MENDED, quarantined(REQUIRED), "now"),
        (STRICT, quarantined(REQUIRED), "plan"),
        (MENDED, quarantined(b'[{"path":"","code":"identity"}]', user=None), "never"),
        (MENDED, quarantined(b'[{"path":"","code":"too_large"}]'), "never"),
    ],
)
def test_a_message_is_free_now_with_another_plan_or_never(
    tmp_path: Path, plan: str, row: Row, prospect: Prospect
) -> None:
    assert Judging(plan_of(tmp_path, plan), MemoryControl()).prospect(row) == prospect


def test_a_device_that_only_the_plan_finds_names_its_message_whatever_plan_comes(tmp_path: Path) -> None:
    file = tmp_path / "plan.yaml"
    file.write_text(
        "plan: p\nidentity: {device: hub}\nevents: {read: {status: draft, properties: {hub: {type: string}}}}"
    )
    body = b'{"type":"track","event":"read","messageId":"m","properties":{"hub":"h1"}}'
    row = quarantined(b'[{"path":"event","code":"draft"}]')._replace(event="read", user_id=None, body=body)
    judging = Judging(read(file).require(), MemoryControl())

    assert judging.prospect(row._replace(device_id="h1")) == "plan"
    assert judging.prospect(row) == "never"


def test_without_a_plan_everything_that_is_whole_passes() -> None:
    judging = Judging(None, MemoryControl())

    assert judging.judge(quarantined(REQUIRED)).is_stored
    assert not judging.judge(quarantined(b'[{"path":"","code":"too_large"}]')).is_stored


def test_judging_puts_no_plan_into_the_folder(tmp_path: Path) -> None:
    control = MemoryControl()

    Judging(plan_of(tmp_path, MENDED), control).judge(quarantined(REQUIRED))

    assert control.bundles() == {}
