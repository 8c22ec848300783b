"""The revalidator checks a kept message by a new plan, and transforms it as only the new plan does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from footfall.plan import Plan, read
from footfall.simulation import Revalidator
from footfall.storage import Entry, Row

AT = 1_767_258_000_000_000  # 2026-01-01T09:00:00Z
PLAN = """
plan: shop
events:
  bought: {properties: {total: {type: integer}, mail: {type: string, MAIL}, lines: {type: array, items: LINE}}}
"""


def plan_of(folder: Path, *, mail: str = "max_length: 90", line: str = "{type: string}", more: str = "") -> Plan:
    file = folder / "plan.yaml"
    file.write_text(PLAN.replace("MAIL", mail).replace("LINE", line) + more, encoding="utf-8")
    return read(file).require()


def kept(event: str = "bought", **properties: Any) -> Entry:
    message = {"type": "track", "event": event, "messageId": "m", "userId": "ann", "properties": properties}
    body = json.dumps({**message, "timestamp": "2026-01-01T09:00:00Z"}).encode()
    ids = ("ann", None, None, None, None)
    return Entry(1, Row("stored", "web", "m", "track", event, *ids, AT, AT + 1, None, None, body, None))


def properties_of(revalidator: Revalidator, entry: Entry) -> Any:
    row = revalidator.outcome(entry).row
    assert row is not None
    return json.loads(row.body)["properties"]


def test_what_the_new_plan_refuses_is_not_stored_and_says_why(tmp_path: Path) -> None:
    outcome = Revalidator(plan_of(tmp_path), None).outcome(kept(total="ten"))

    assert not outcome.is_stored
    assert [(fault.path, fault.code) for fault in outcome.faults] == [("total", "type")]


def test_a_message_keeps_its_times_and_its_bytes_where_nothing_is_transformed(tmp_path: Path) -> None:
    entry = kept(total=1)

    assert Revalidator(plan_of(tmp_path), None).outcome(entry).row == entry.row


@pytest.mark.parametrize(
    ("mail", "line", "where"),
    [("transform: drop", "{type: string}", "mail"), ("", "{type: string, transform: drop}", "lines")],
)
def test_a_transform_that_the_new_plan_adds_is_done_after_the_check(
    tmp_path: Path, mail: str, line: str, where: str
) -> None:
    old = plan_of(tmp_path)
    new = plan_of(tmp_path, mail=mail or "max_length: 90", line=line)

    after = properties_of(Revalidator(new, old), kept(mail="a@b.example", lines=["x"]))

    assert after.get(where) in (None, [])


def test_a_transform_that_the_old_plan_had_is_not_done_again(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, mail="transform: hash")
    hashed = "a" * 64

    outcome = Revalidator(plan, plan).outcome(kept(mail=hashed))

    assert outcome.row is not None
    assert json.loads(outcome.row.body)["properties"] == {"mail": hashed}


CONSENT = """
consent:
  rule: opt_in
  default: DEFAULT
  purposes: {statistics: {description: To see what is used, refused: REFUSED}}
"""


def with_consent(folder: Path, default: str = "full", refused: str = "count_only") -> Plan:
    return plan_of(folder, more=CONSENT.replace("DEFAULT", default).replace("REFUSED", refused))


def counted(**properties: Any) -> Entry:
    body = {"consent": "count_only", "type": "track", "messageId": "m", "timestamp": "2026-01-01T09:00:00Z",
            "event": "bought", "properties": properties}  # fmt: skip
    ids = (None, None, None, None, None)
    text = json.dumps(body, separators=(",", ":")).encode()
    return Entry(1, Row("stored", "web", "m", "track", "bought", *ids, AT, AT, None, None, text, None))


@pytest.mark.parametrize("has_consent", [True, False])
def test_a_message_that_is_only_counted_stays_as_it_is(tmp_path: Path, has_consent: bool) -> None:
    plan = with_consent(tmp_path) if has_consent else plan_of(tmp_path)

    assert Revalidator(plan, plan).outcome(counted()).row == counted().row


def test_what_the_new_plan_requires_is_not_missed_in_a_message_that_is_only_counted(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, mail="required: true")

    assert Revalidator(plan, None).outcome(counted()).row == counted().row


def test_what_may_only_be_counted_under_the_new_plan_is_nobodys_then(tmp_path: Path) -> None:
    row = Revalidator(with_consent(tmp_path, "count_only"), None).outcome(kept(total=1)).row

    assert row is not None
    assert (row.user_id, row.occurred_at, json.loads(row.body)["properties"]) == (None, AT, {})


def test_what_may_not_be_kept_under_the_new_plan_is_lost(tmp_path: Path) -> None:
    outcome = Revalidator(with_consent(tmp_path, "none"), None).outcome(kept(total=1))

    assert (outcome.is_stored, [fault.code for fault in outcome.faults]) == (False, ["consent"])
