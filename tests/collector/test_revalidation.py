"""A message that is kept is decided about again by the steps of a new one, and keeps what was fixed once."""

from __future__ import annotations

from footfall.collector.bundle_rules import BundleRules
from footfall.collector.revalidation import faults_of, revalidate
from footfall.events import Fault
from footfall.plan.checking.validate import Validator
from footfall.plan.model import Plan
from footfall.storage import Row

ROW = Row(
    "quarantined", "shop", "m", "track", "Order Completed", "u", None, None, None, None, 1, 2, "earlier",
    b'[{"path":"","code":"unknown_event","expected":"","got":""}]', b'{"event":"Order Completed","userId":"u"}', None,
)  # fmt: skip


def rules_of(plan: Plan) -> BundleRules:
    return BundleRules(plan, "newest", Validator(plan, stage="collector"))


def test_without_a_plan_whatever_is_whole_is_stored_with_its_id_times_and_bundle() -> None:
    result = revalidate(ROW, lambda _: None)

    assert result.is_stored
    assert result.row == ROW._replace(kind="stored", faults=None)


def test_what_the_plan_finds_now_is_why_it_stays(plan: Plan) -> None:
    result = revalidate(ROW, lambda _: rules_of(plan))

    assert not result.is_stored
    assert [(fault.path, fault.code) for fault in result.faults] == [("total", "required")]


def test_a_message_of_which_only_the_beginning_was_kept_stays_as_it_is(plan: Plan) -> None:
    row = ROW._replace(faults=b'[{"path":"","code":"too_large","expected":"","got":""}]', body=b'{"head":""}')

    assert revalidate(row, lambda _: rules_of(plan)).row == row


def test_what_the_plan_drops_has_no_row(plan: Plan) -> None:
    row = ROW._replace(event="clicks_counted", body=b'{"event":"clicks_counted","userId":"u","properties":{"n":"x"}}')

    assert revalidate(row, lambda _: rules_of(plan)).row is None


def test_traits_that_a_wire_has_elsewhere_are_found_again() -> None:
    row = ROW._replace(type="identify", event=None, body=b'{"userId":"u"}', envelope=b'{"context":{"traits":{"a":1}}}')

    result = revalidate(row, lambda _: None)

    assert result.row is not None
    assert result.row.traits == b'{"a":1}'


def test_the_faults_of_a_row_are_read_from_its_column() -> None:
    assert faults_of(ROW) == (Fault("", "unknown_event"),)
    assert faults_of(ROW._replace(faults=None)) == ()
