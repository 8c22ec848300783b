"""The parts of a change: each is what one cause alone makes, and together they are the change."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import msgspec
import pytest
from hypothesis import HealthCheck, find, given, settings
from hypothesis import strategies as st
from tests.truth.folders import seal

from footfall import storage
from footfall.analytics import JOURNEYS, KPIS, Dataset, report
from footfall.analytics.why import FigureChange, PurgedBetween, WhyAnswer, why
from footfall.errors import UsageError
from footfall.plan.bundle import bundle_bytes, bundle_hash
from footfall.plan.model import (
    Aggregate,
    Conversion,
    Count,
    Difference,
    Event,
    Journey,
    Kpi,
    Plan,
    Property,
    Ratio,
    Step,
    SumOf,
    Unique,
    Where,
)  # fmt: skip
from footfall.storage import Changes, Row
from footfall.storage.journal import Purge
from footfall.storage.purge_rule import PurgeRule
from footfall.testing import ManualClock

BEGIN = datetime(2026, 11, 1, 12, tzinfo=UTC)
DAY = 86_400
COUNT = Count(event="bought")
BUYERS = Unique(event="bought", property="actor")
VERSION = "b" * 64
PLAN = Plan(
    id="shop",
    events={
        "seen": Event(name="seen", wire_name="seen"),
        "bought": Event(
            name="bought",
            wire_name="bought",
            properties=(
                Property(name="total", wire_name="total", type="decimal", currency="currency"),
                Property(name="currency", wire_name="currency", type="string"),
            ),
        ),
    },
    journeys={
        "buy": Journey(name="buy", by="user", steps=(Step(id="see", event="seen"), Step(id="pay", event="bought")))
    },
    kpis={
        name: Kpi(name=name, measure=measure, window=window)
        for name, measure, window in (
            ("orders", COUNT, None),
            ("orders_of_a_day", COUNT, DAY),
            ("sales", Aggregate(function="sum", event="bought", property="total"), None),
            ("buyers", BUYERS, None),
            ("seen_less_bought", Difference(of=Count(event="seen"), less=SumOf(parts=(COUNT, COUNT))), None),
            ("high", Aggregate(function="percentile", event="bought", property="total", at=Decimal(90)), None),
            ("per_buyer", Ratio(of=COUNT, to=BUYERS), None),
            ("conversion", Conversion(journey="buy", start="see", end="pay"), None),
        )
    },
)
IN_EUR = Count(event="bought", where=(Where(property="currency", op="in", values=("EUR",)),))
OTHER = msgspec.structs.replace(PLAN, kpis={**PLAN.kpis, "orders": Kpi(name="orders", measure=IN_EUR, window=None)})
ADDITIVE = ("orders", "orders_of_a_day", "sales", "seen_less_bought")


class Sent(NamedTuple):
    """A message, received so many seconds after the one before it, that occurred `ago` seconds before that."""

    event: str = "bought"
    pause: int = 60
    ago: int = 0
    user: str | None = "ann"
    anonymous: str | None = None
    total: str = "10.50"
    currency: str = "EUR"
    source: str = "shop"
    release: str | None = "1.0"


def row_of(sent: Sent, number: int, now: int) -> Row:
    context = {} if sent.release is None else {"context": {"app": {"version": sent.release}}}
    properties = f'{{"total":{sent.total},"currency":"{sent.currency}"}}'
    body = json.dumps({"type": "track", "messageId": f"m{number}", **context})[:-1] + f',"properties":{properties}}}'
    return Row(
        "stored", sent.source, f"m{number}", "track", sent.event, sent.user, sent.anonymous, None, None, None,
        now - sent.ago * 1_000_000, now, VERSION, None, body.encode(), None,
    )  # fmt: skip


class Folder:
    """A folder that takes messages one by one."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.clock = ManualClock(BEGIN)
        self.load(PLAN)

    def load(self, plan: Plan) -> None:
        with storage.open(self.data, "write", clock=self.clock) as store:
            seq = store.journal.watermark()
            store.control.put_bundle(bundle_hash(plan), bundle_bytes(plan), seq=seq)

    def take(self, *messages: Sent) -> None:
        with storage.open(self.data, "write", clock=self.clock) as store:
            number = store.journal.watermark()
            for sent in messages:
                number += 1
                self.clock.advance(sent.pause)
                store.journal.commit(Changes([row_of(sent, number, self.clock.now_us())], {}))

    def why(self, earlier: int, later: int) -> WhyAnswer:
        return why(self.data, earlier, later, clock=self.clock)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "data")


def figure(answer: WhyAnswer, name: str, step: str | None = None) -> FigureChange:
    (change,) = [each for each in answer.figures if (each.name, each.step) == (name, step)]
    return change


def parts(change: FigureChange) -> dict[str, Decimal]:
    return {part.part: part.change for part in change.parts if part.change}


def shares(change: FigureChange, part: str) -> dict[tuple[str, str | None], Decimal]:
    (shown,) = [each for each in change.parts if each.part == part]
    return {(share.dimension, share.label): share.change for share in shown.shares}


def test_new_and_late_messages_are_told_apart_by_when_they_occurred(folder: Folder) -> None:
    folder.take(Sent(), Sent(source="app", release="1.1"), Sent(ago=3_600, release=None))

    change, amount = figure(folder.why(1, 3), "sales"), Decimal("10.50")

    assert (change.before, change.after, change.currency) == (amount, 3 * amount, "EUR")
    assert parts(change) == {"late": amount, "new": amount}
    late = {("source", "shop"): amount, ("release", None): amount, ("plan_version", VERSION): amount}
    new = {("source", "app"): amount, ("release", "1.1"): amount, ("plan_version", VERSION): amount}
    assert (shares(change, "late"), shares(change, "new")) == (late, new)


def test_a_person_who_is_identified_later_is_a_change_of_persons(folder: Folder) -> None:
    folder.take(Sent(), Sent(user=None, anonymous="phone"), Sent(event="seen", user="ann", anonymous="phone"))

    answer = folder.why(2, 3)

    assert parts(figure(answer, "buyers")) == {"re_attributed": Decimal(-1)}
    assert parts(figure(answer, "orders")) == {}
    assert parts(figure(answer, "per_buyer")) == {"re_attributed": Decimal(1)}


def test_what_leaves_a_window_leaves_it_by_the_window_alone(folder: Folder) -> None:
    folder.take(Sent(), Sent(pause=DAY + 60))

    answer = folder.why(1, 2)

    assert parts(figure(answer, "orders_of_a_day")) == {"window": Decimal(-1), "new": Decimal(1)}
    assert parts(figure(answer, "orders")) == {"new": Decimal(1)}


def test_another_plan_changes_what_is_asked(folder: Folder) -> None:
    folder.take(Sent(), Sent(currency="SEK"))
    folder.load(OTHER)
    folder.take(Sent())

    change = figure(folder.why(2, 3), "orders")

    assert parts(change) == {"new": Decimal(1), "plan": Decimal(-1)}
    assert shares(change, "plan")["source", "shop"] == -1


def test_the_steps_of_a_journey_change_by_who_reaches_them(folder: Folder) -> None:
    folder.take(Sent(event="seen"), Sent(event="seen", user="bob"), Sent(), Sent(user="bob"))

    answer = folder.why(3, 4)

    assert parts(figure(answer, "buy", "see")) == {}
    assert figure(answer, "buy", "pay").before == 1
    assert parts(figure(answer, "buy", "pay")) == {"new": Decimal(1)}


def test_a_quotient_is_a_share_unless_it_is_over_one_at_either_moment(folder: Folder) -> None:
    folder.take(Sent(event="seen"), Sent(event="seen", user="bob"), Sent(), Sent(user="bob"), Sent())

    first, second = folder.why(3, 4), folder.why(4, 5)

    assert [figure(first, name).is_share for name in ("conversion", "per_buyer", "orders")] == [True, True, False]
    assert [figure(second, name).is_share for name in ("conversion", "per_buyer")] == [True, False]
    assert not figure(first, "buy", "pay").is_share


def test_a_session_of_a_shared_device_is_one_person_before_and_after(folder: Folder) -> None:
    nobody = Sent(user=None, anonymous="tablet")
    folder.take(Sent(anonymous="tablet"), Sent(user="bob", anonymous="tablet"), nobody._replace(pause=40_000), nobody)

    answer = folder.why(3, 4)

    assert parts(figure(answer, "buyers")) == {}
    assert figure(answer, "buyers").after == 3


def test_what_was_purged_between_the_moments_is_in_neither_figure_and_counted(folder: Folder) -> None:
    folder.take(Sent(), Sent(event="seen"), Sent())
    with storage.open(folder.data, "change", command="test", clock=folder.clock) as store:
        store.journal.commit(Changes((), {}, purge=Purge(PurgeRule(event="bought"), {})))
    folder.take(Sent())

    answer = folder.why(3, 4)

    assert answer.purged == (PurgedBetween("event bought", "shop", "bought", 2),)
    assert figure(answer, "orders").before == 0
    assert parts(figure(answer, "orders")) == {"new": Decimal(1)}
    assert folder.why(4, 4).purged == ()


def test_the_same_moment_twice_changes_nothing(folder: Folder) -> None:
    folder.take(Sent(), Sent())

    assert not any(parts(change) for change in folder.why(2, 2).figures)


def test_moments_in_the_wrong_order_are_refused(folder: Folder) -> None:
    folder.take(Sent(), Sent())

    with pytest.raises(UsageError, match="name the earlier first"):
        folder.why(2, 1)


def test_without_a_plan_there_is_no_figure_to_explain(tmp_path: Path) -> None:
    with storage.open(tmp_path / "data", "write") as store:
        store.journal.commit(Changes([row_of(Sent(), 1, 1)], {}))

    with pytest.raises(UsageError, match="name one by --plan"):
        why(tmp_path / "data", 1, 1)


@pytest.mark.parametrize("is_cut", [True, False])
def test_a_damaged_file_is_named_and_the_rest_is_explained(folder: Folder, *, is_cut: bool) -> None:
    folder.take(Sent(), Sent(), Sent(), Sent())
    seal(folder.data, 3, PLAN)
    (file,) = (folder.data / "warehouse").rglob("*.parquet")
    content = bytearray(file.read_bytes())
    content[len(content) // 3] ^= 4
    file.write_bytes(content[:-9] if is_cut else content)

    answer = folder.why(2, 4)

    assert file.name in answer.losses[0]
    assert [figure(answer, "orders").before, figure(answer, "orders").after] == [Decimal(0), Decimal(1)]


MESSAGES = st.lists(
    st.builds(
        Sent,
        event=st.sampled_from(["seen", "bought"]),
        pause=st.sampled_from([0, 60, 1_200, 40_000]),
        ago=st.sampled_from([0, 0, 90, 3_000, 90_000]),
        user=st.sampled_from([None, "ann", "bob"]),
        anonymous=st.sampled_from(["phone", "tablet", None]),
        total=st.sampled_from(["10.50", "0.1", "7"]),
        currency=st.sampled_from(["EUR", "EUR", "SEK"]),
        source=st.sampled_from(["shop", "app"]),
        release=st.sampled_from(["1.0", "1.1", None]),
    ),
    min_size=2,
    max_size=14,
)
Figures = dict[tuple[str, str | None, str | None], Decimal | None]


def reported(folder: Folder, seq: int) -> Figures:
    """The figures of a report as of a number."""
    with Dataset.open(folder.data, as_of=seq, clock=folder.clock) as dataset:
        assert dataset.as_of is not None
        now = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=dataset.as_of.at)
        answers = report(dataset, dataset.plan, now=now, questions=(KPIS, JOURNEYS))
    figures: Figures = {}
    for kpi in answers[KPIS]:
        figures |= {(kpi.name, None, each.currency): each.value for each in kpi.currencies}
        if not kpi.currencies:
            figures[kpi.name, None, None] = kpi.value
    return figures | {
        (each.name, step.id, None): Decimal(step.actors) for each in answers[JOURNEYS] for step in each.steps
    }


def assert_adds_up(folder: Folder, earlier: int, later: int) -> None:
    before, after = reported(folder, earlier), reported(folder, later)
    for change in folder.why(earlier, later).figures:
        key = (change.name, change.step, change.currency)
        assert (change.before, change.after) == (before.get(key), after.get(key))
        assert change.change == (change.after or 0) - (change.before or 0)
        assert sum(part.change for part in change.parts) == change.change
        for part in change.parts:
            for dimension in {share.dimension for share in part.shares}:
                assert sum(each.change for each in part.shares if each.dimension == dimension) == part.change
            assert bool(part.shares) == (change.name in ADDITIVE and bool(part.change))


@pytest.mark.slow
@given(messages=MESSAGES, cut=st.integers(1, 13), sealed=st.integers(0, 14), is_other=st.booleans())
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_the_parts_add_up_to_the_change_and_the_shares_to_the_parts(
    tmp_path_factory: pytest.TempPathFactory, messages: Sequence[Sent], cut: int, sealed: int, is_other: bool
) -> None:
    folder, cut = Folder(tmp_path_factory.mktemp("why") / "data"), min(cut, len(messages) - 1)
    folder.take(*messages[:cut])
    if is_other:
        folder.load(OTHER)
    folder.take(*messages[cut:])
    if sealed:
        seal(folder.data, min(sealed, len(messages)), PLAN)

    assert_adds_up(folder, cut, len(messages))


@pytest.mark.slow
def test_the_messages_of_the_search_are_late_and_of_shared_devices() -> None:
    assert find(MESSAGES, lambda messages: any(sent.ago > sent.pause for sent in messages[1:]))
    assert find(
        MESSAGES,
        lambda messages: {sent.user for sent in messages if sent.anonymous == "phone"} >= {None, "ann", "bob"},
    )
