"""The plan of a store is the one that was loaded last."""

from __future__ import annotations

from collections.abc import Mapping

from footfall.plan import bundle_bytes
from footfall.plan.model import Plan
from footfall.storage.control import ROLES, latest_plan


class Loaded:
    """Bundles as they were put."""

    def __init__(self, *plans: Plan) -> None:
        self._bundles = {plan.id: bundle_bytes(plan) for plan in plans}

    def put_bundle(self, digest: str, bundle: bytes) -> None:
        self._bundles[digest] = bundle

    def bundles(self) -> Mapping[str, bytes]:
        return self._bundles


def test_the_plan_that_was_loaded_last_is_the_latest() -> None:
    plan = latest_plan(Loaded(Plan(id="first"), Plan(id="second")))

    assert plan is not None
    assert plan.id == "second"


def test_without_a_bundle_there_is_no_plan() -> None:
    assert latest_plan(Loaded()) is None


def test_one_role_may_send() -> None:
    assert ROLES[0] == "write"
