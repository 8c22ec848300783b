"""What people meet on their way: bad statuses of their pages, and faults of their messages in quarantine."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from tests.analytics.asking import context_of
from tests.analytics.quarantined import dataset_with

from footfall.analytics.questions.journey.things import bad_statuses, faults, step_names, steps, unattributed_faults
from footfall.events import Fault
from footfall.plan.model import Page, Plan, Property
from footfall.storage.journal import Entry

MakeEntry = Callable[..., Entry]
# A plan may know the status of pages by another type.
PLAN = Plan(
    id="test", pages={"page": Page(name="page", properties=(Property(name="status", wire_name="s", type="string"),))}
)


def page(make: MakeEntry, seq: int, status: object, **ids: str) -> Entry:
    body = msgspec.json.encode({"type": "page", "name": "/a", "properties": {"status": status}})
    return make(seq, None, seq, type="page", body=body, **ids)


def test_a_status_of_400_and_over_is_one_of_a_page_of_the_person(entry: MakeEntry) -> None:
    log = [page(entry, seq, status, user="ann") for seq, status in enumerate((200, 399, 400, 503, 9_000, "x", None), 1)]
    with dataset_with([*log, page(entry, 8, 404, device="gateway")], [], PLAN) as dataset:
        (context,) = context_of(dataset, PLAN).shards
        rows = dataset.rows(f"SELECT time, name FROM ({bad_statuses(context, 'user')}) ORDER BY time")
        device = dataset.rows(f"SELECT name FROM ({bad_statuses(context, 'device')})")

    assert rows == [(3_000_000, "status 400"), (4_000_000, "status 503")]
    assert device == [("status 404",)]


def test_a_fault_says_what_is_wrong_where_and_whose_it_is(entry: MakeEntry) -> None:
    wrong = msgspec.json.encode([Fault("lines[3].price", "type"), Fault("lines[4].price", "type")])
    quarantined = [
        entry(seq, "buy", seq, kind="quarantined", faults=wrong, user=user) for seq, user in ((2, "ann"), (3, "eve"))
    ]
    with dataset_with([entry(1, "buy", 1, user="ann")], quarantined) as dataset:
        (context,) = context_of(dataset).shards
        ((ann,),) = dataset.rows(f"SELECT person FROM {dataset.messages()}")
        rows = dataset.rows(f"SELECT * FROM ({faults(context)}) ORDER BY time")

        assert unattributed_faults(dataset, "TRUE") == 1
        assert unattributed_faults(dataset, "occurred_at < 3000000") == 0
    assert rows == [
        (ann, 2_000_000, "fault type at lines[].price of buy"), (None, 3_000_000, "fault type at lines[].price of buy")
    ]  # fmt: skip


def test_what_somebody_did_has_a_name_and_who_they_are_is_nothing_done(entry: MakeEntry) -> None:
    log = [
        entry(1, "buy", 1, user="ann"),
        page(entry, 2, 200, user="ann"),
        entry(3, None, 3, user="ann", type="identify"),
    ]
    with dataset_with(log, []) as dataset:
        (context,) = context_of(dataset).shards
        rows = dataset.rows(f"SELECT seq, name FROM ({steps(context, 'user')}) JOIN {step_names(context)} USING (step)")

    assert sorted(rows) == [(1, "buy"), (2, "page:/a")]
