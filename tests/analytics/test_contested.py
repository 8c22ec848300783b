"""A count of persons is between those who are certain and all, each contested session one of them."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.analytics.asking import context_of

from footfall.analytics import KPIS, Dataset
from footfall.plan.model import Event, Kpi, Plan, Unique
from footfall.storage.journal import Entry

MakeEntry = Callable[..., Entry]
HOUR = 3_600
PLAN = Plan(
    id="p", events={name: Event(name=name, wire_name=name) for name in ("see", "sign_in")},
    kpis={"people": Kpi(name="people", measure=Unique(event="see", property="actor"), window=None)},
)  # fmt: skip

# Of an hour on a device, so that each is a session by itself: who signs in, and whether somebody looks.
hours = st.tuples(st.sampled_from(["x", "y"]), st.sampled_from([None, None, "ann", "bob"]), st.booleans())


@settings(max_examples=60)
@given(log=st.lists(hours, max_size=10), shards=st.sampled_from([1, 3]))
@example(log=[("x", "ann", True), ("x", "bob", False), ("x", None, True), ("x", None, True)], shards=1)
def test_any_range_is_that_of_a_plain_loop(
    entry: MakeEntry, log: list[tuple[str, str | None, bool]], shards: int
) -> None:
    entries = [entry(999, "see", 0, device="gateway")]
    for number, (device, user, looks) in enumerate(log):
        if user is not None:
            entries.append(entry(2 * number, "sign_in", number * HOUR, user=user, anonymous=device))
        if looks:
            entries.append(entry(2 * number + 1, "see", number * HOUR + 1, user=user, anonymous=device))
    with Dataset.of(entries, PLAN) as dataset:
        (kpi,) = context_of(dataset, PLAN, shards=shards).answer(KPIS)

    certain, contested = {"gateway"}, 0
    for device, user, looks in log:
        users = {other for each, other, _ in log if each == device and other is not None}
        if looks and user is None and len(users) > 1:
            contested += 1
        elif looks:
            certain.add(user or next(iter(users), device))
    assert kpi.persons_range == (Decimal(len(certain)), Decimal(len(certain) + contested))
    assert ("Contested sessions" in kpi.definition) is (contested > 0)
