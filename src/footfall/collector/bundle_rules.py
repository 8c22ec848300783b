"""BundleRules: what one plan says of a message: its event's name, who may send it, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from footfall.events import Fault
from footfall.plan.model import Enforcement, Event, Plan, Policy

if TYPE_CHECKING:
    from footfall.collector.bundle_consent import BundleConsent
    from footfall.collector.door import Door
    from footfall.plan.checking.validate import Validator

__all__ = ["BundleRules", "RulesFor"]


class BundleRules:
    """The rules of one bundle. `digest` is the bundle's hash.

    `validator` checks what was transformed before it came, `clear` what was not. `door` applies transforms, and
    `consent` says what may be kept; without them there are none, and all may. `is_newest` says that this is the plan in
    force.
    """

    def __init__(
        self,
        plan: Plan,
        digest: str,
        validator: Validator,
        *,
        clear: Validator | None = None,
        door: Door | None = None,
        consent: BundleConsent | None = None,
        is_newest: bool = True,
    ) -> None:
        self.plan = plan
        self.digest = digest
        self.validator = validator
        self.clear = clear or validator
        self.door = door
        self.consent = consent
        self.is_newest = is_newest
        # A key without a named source belongs to `default`, which is nobody in the plan unless the plan says so.
        self.checks_default = "default" in plan.sources
        self._devices = {name for name, source in plan.sources.items() if source.kind == "device"}
        self._device_keys: dict[str, str | None] = {}

    def allows(self, event: Event, source: str) -> bool:
        """Whether this source may send this event."""
        return not event.sources or source in event.sources or (source == "default" and not self.checks_default)

    def device_key(self, event: Event | None, source: str) -> str | None:
        """The key, among an event's properties on the wire, that names the connected product; None when none does."""
        name = self.plan.identity.device
        if name is None or source not in self._devices:
            return None
        if event is None:
            return name
        if event.name not in self._device_keys:
            wire_names = (part.wire_name for part in event.properties if part.name == name)
            self._device_keys[event.name] = next(wire_names, name)
        return self._device_keys[event.name]

    def policy(self, event: Event | None, fault: Fault) -> Policy:
        """What the plan does about a fault of an event at the collector."""
        enforcement: Enforcement = self.validator.policy(event)
        return enforcement.unknown_property if fault.code == "unknown_property" else enforcement.invalid


RulesFor = Callable[[object], BundleRules | None]
"""Finds the rules for what a message says of the bundle that it was checked with."""
