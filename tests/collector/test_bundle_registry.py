"""Every bundle that a collector ever loaded can judge; what is not known is judged by the current plan."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
import pytest

from footfall.collector.bundle_registry import BundleRegistry
from footfall.plan import bundle_bytes, bundle_hash
from footfall.plan.model import Event, Plan


class MemoryControl:
    """Bundles in a mapping."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def put_bundle(self, digest: str, bundle: bytes, *, seq: int = 0) -> None:
        self.kept.setdefault(digest, bundle)

    def bundles(self) -> Mapping[str, bytes]:
        return dict(self.kept)


def test_the_plan_of_a_collector_is_kept_as_a_bundle(plan: Plan) -> None:
    control = MemoryControl()

    registry = BundleRegistry(plan, control)

    assert control.kept == {bundle_hash(plan): bundle_bytes(plan)}
    assert registry.rules_for(None).digest == bundle_hash(plan)


def test_a_sender_is_judged_by_its_own_bundle_or_by_the_current_one(plan: Plan) -> None:
    control = MemoryControl()
    BundleRegistry(plan, control)
    event = Event(name="new_event", wire_name="new_event")
    later = msgspec.structs.replace(plan, events={**plan.events, "new_event": event})

    registry = BundleRegistry(later, control)

    own = registry.rules_for(bundle_hash(plan))
    assert own.validator.resolve("new_event") is None
    assert registry.rules_for(bundle_hash(plan)) is own
    for unknown in (None, 5, "f" * 64, bundle_hash(later)):
        assert registry.rules_for(unknown).validator.resolve("new_event") == event


def test_a_folder_that_changes_to_a_plan_of_another_id_is_told(caplog: pytest.LogCaptureFixture) -> None:
    control = MemoryControl()

    BundleRegistry(Plan(id="first"), control)
    BundleRegistry(Plan(id="first", description="newer"), control)
    assert caplog.messages == []
    BundleRegistry(Plan(id="second"), control)

    assert "'first', and now with 'second'" in caplog.messages[0]
