"""The plan of a store is the one that was loaded last."""

from __future__ import annotations

from collections.abc import Mapping

from footfall.plan import bundle_bytes, bundle_hash
from footfall.plan.model import Plan
from footfall.storage.as_of import AsOf
from footfall.storage.control import ROLES, latest_plan, plan_as_of, plan_loads
from footfall.testing import ManualClock
from footfall.testing.control import MemoryControl


class Loaded:
    """Bundles as they were put."""

    def __init__(self, *plans: Plan) -> None:
        self._bundles = {plan.id: bundle_bytes(plan) for plan in plans}

    def put_bundle(self, digest: str, bundle: bytes, *, seq: int = 0) -> None:
        self._bundles[digest] = bundle

    def bundles(self) -> Mapping[str, bytes]:
        return self._bundles


def test_the_plan_that_was_loaded_last_is_the_latest() -> None:
    plan = latest_plan(Loaded(Plan(id="first"), Plan(id="second")))

    assert plan is not None
    assert plan.id == "second"


def test_the_plan_of_an_earlier_moment_is_the_one_that_had_been_loaded_last_by_then() -> None:
    clock, control = ManualClock(), MemoryControl(clock=ManualClock())
    for number, seq in enumerate((2, 5, 5)):
        plan = Plan(id=str(number))
        control.put_bundle(bundle_hash(plan), bundle_bytes(plan), seq=seq)
    start = clock.now_us()

    plans = [plan_as_of(control, AsOf(seq, at, by_time=True)) for seq in (1, 2, 5, 6) for at in (start - 1, start)]
    assert [plan and plan.id for plan in plans] == [None, None, None, "0", "0", "2", "2", "2"]
    assert plan_as_of(control, AsOf(5, start)) == Plan(id="0")
    assert plan_as_of(control, None) == Plan(id="2")


def test_without_a_bundle_there_is_no_plan() -> None:
    assert latest_plan(Loaded()) is None


def test_one_role_may_send() -> None:
    assert ROLES[0] == "write"


def test_each_load_of_another_plan_is_there_with_its_time() -> None:
    clock = ManualClock()
    control = MemoryControl(clock=clock)
    for number, seq in enumerate((2, 5, 7)):
        plan = Plan(id=str(number))
        control.put_bundle(bundle_hash(plan), bundle_bytes(plan), seq=seq)
        clock.advance(1)
    control.put_bundle("older", b"{}", seq=9)
    loads = plan_loads(control, None)

    assert [plan.id for _, plan in loads] == ["0", "1", "2"]
    assert [at - loads[0][0] for at, _ in loads] == [0, 1_000_000, 2_000_000]
    assert [plan.id for _, plan in plan_loads(control, AsOf(6, 0))] == ["0", "1"]
