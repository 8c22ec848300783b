"""Event policy: what the plan says of a message in the client, and what follows: send, flag, drop or raise."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import msgspec
import orjson

from footfall.events import Fault

if TYPE_CHECKING:
    from footfall.client.consent_policy import ConsentPolicy
    from footfall.plan.checking.transform import Transforms
    from footfall.plan.checking.validate import Checked
    from footfall.plan.model import Event, Plan, Policy, Property

__all__ = ["EventPolicy", "OnInvalid", "PlanEventPolicy", "PolicyResult"]

OnInvalid = Literal["drop", "flag", "raise"]
Action = Literal["drop", "flag", "raise", "send"]

_SEVERITY: tuple[Action, ...] = ("send", "flag", "drop", "raise")

# A plan's word for the client. Only a client that was made with on_invalid="raise" raises; quarantine is a collector's.
_ACTIONS: dict[Policy, Action] = {
    "drop": "drop", "flag": "flag", "keep": "send", "quarantine": "flag", "raise": "flag", "warn": "send",
}  # fmt: skip


class PolicyResult(msgspec.Struct, frozen=True, gc=False):
    """What became of a body: its JSON text as it may be sent, what is wrong with it, and what follows."""

    body: bytes
    faults: tuple[Fault, ...]
    warnings: tuple[Fault, ...]
    action: Action


class EventPolicy:
    """The policy of a client without a plan: only what could not be encoded as it was counts against a message."""

    plan: Plan | None = None

    consent: ConsentPolicy | None = None

    changes_pages = False
    """Whether anything of a page or a screen may be sent in another form than it was given."""

    def __init__(self, on_invalid: OnInvalid | None) -> None:
        self._on_invalid: OnInvalid | None = on_invalid

    def event(self, _name: str, body: bytes, changed: tuple[Fault, ...], /) -> PolicyResult:
        """Check a track message; `changed` is what encoding had to change in its properties."""
        return self.other(body, changed)

    def traits(self, _kind: Literal["account", "user"], body: bytes, changed: tuple[Fault, ...], /) -> PolicyResult:
        """Check the traits of a `user` or an `account`."""
        return self.other(body, changed)

    def page(self, _type: str, _name: object, body: bytes, changed: tuple[Fault, ...], /) -> PolicyResult:
        """Check a page or a screen."""
        return self.other(body, changed)

    def device_key(self, _name: object, /) -> str | None:
        """The key of the property that names the connected product in an event; None where none does."""
        return None

    def other(self, body: bytes, changed: tuple[Fault, ...]) -> PolicyResult:
        """Check what the plan says nothing of."""
        return PolicyResult(body, changed, (), self._on_invalid or "flag" if changed else "send")


class PlanEventPolicy(EventPolicy):
    """The policy of a client with a plan.

    `plan` is it, `id` and `bundle` name it on every message. `may_transform` says whether the plan has transforms to
    apply.
    """

    def __init__(self, plan: Plan | str | Path, on_invalid: OnInvalid | None, transform_key: bytes | None) -> None:
        super().__init__(on_invalid)
        # Here, so that a client without a plan does not load what reads plans.
        from footfall.plan import bundle_bytes, read
        from footfall.plan.bundle import bundle_name, may_transform
        from footfall.plan.checking.validate import Validator

        self.plan = loaded = read(plan).require() if isinstance(plan, str | Path) else plan
        self.id = loaded.id
        bundle = bundle_bytes(loaded)
        self.bundle = bundle_name(bundle)
        self.may_transform = may_transform(bundle)
        self._device = loaded.identity.device
        if not any(source.kind == "device" for source in loaded.sources.values()):
            self._device = None
        self._validator = Validator(loaded, stage="test" if on_invalid == "raise" else "client")
        self._transforms: Transforms | None = None
        if self.may_transform:
            from footfall.plan.checking.transform import Transforms

            self._transforms = Transforms(loaded, transform_key)
            self.changes_pages = self._transforms.changes_pages
        self._changed_keys: dict[str, tuple[bytes, ...]] = {}
        if loaded.consent is not None:
            from footfall.client.consent_policy import ConsentPolicy

            self.consent = ConsentPolicy(loaded, self._validator)

    def device_key(self, name: object, /) -> str | None:
        event = self._validator.resolve(name) if self._device is not None and isinstance(name, str) else None
        if event is None:
            return self._device
        return next(
            (prop.wire_name or prop.name for prop in event.properties if prop.name == self._device), self._device
        )

    def event(self, name: str, body: bytes, changed: tuple[Fault, ...], /) -> PolicyResult:
        event = self._validator.resolve(name)
        if event is None:
            return self._unknown_event(name, body, changed)
        checked = self._validator.check(event, body)
        faults, warnings = checked.faults, checked.warnings
        if self._transforms is not None and self._is_changed(event, body):
            sent = self._transforms.transform(event, body)
            body, warnings = bytes(sent.properties), warnings + sent.warnings
        if not faults and not changed:
            return PolicyResult(body, (), warnings, "send")
        return PolicyResult(body, changed + faults, warnings, self._action(event, changed + faults))

    def _is_changed(self, event: Event, body: bytes) -> bool:
        """Whether a transform may have something to do; most events, and most of their messages, have none."""
        keys = self._changed_keys.get(event.name)
        if keys is None:
            # As `encode` writes them, so that a body with such a key has these bytes.
            keys = tuple(orjson.dumps(prop.wire_name or prop.name) for prop in event.properties if _transforms(prop))
            self._changed_keys[event.name] = keys
        return any(key in body for key in keys) if keys else False

    def traits(self, kind: Literal["account", "user"], body: bytes, changed: tuple[Fault, ...], /) -> PolicyResult:
        checked: Checked = self._validator.check_traits(kind, body)
        faults, warnings = changed + checked.faults, checked.warnings
        if self._transforms is not None:
            sent = self._transforms.transform_traits(kind, body)
            body, warnings = bytes(sent.properties), warnings + sent.warnings
        return PolicyResult(body, faults, warnings, self._action(None, faults))

    def page(self, type_: str, name: object, body: bytes, changed: tuple[Fault, ...], /) -> PolicyResult:
        if self._transforms is None or not self.changes_pages:
            return self.other(body, changed)
        sent = self._transforms.transform_page(type_, name, body)
        result = self.other(bytes(sent.properties), changed)
        return msgspec.structs.replace(result, warnings=sent.warnings) if sent.warnings else result

    def _unknown_event(self, name: str, body: bytes, changed: tuple[Fault, ...]) -> PolicyResult:
        policy = self._validator.policy(None).unknown_event
        fault = (Fault("", "unknown_event", "an event of the plan", name[:80]),)
        if policy == "keep":
            return self.other(body, changed)
        if policy == "warn":
            return msgspec.structs.replace(self.other(body, changed), warnings=fault)
        return PolicyResult(body, changed + fault, (), self._action(None, changed + fault))

    def _action(self, event: Event | None, faults: tuple[Fault, ...]) -> Action:
        if not faults:
            return "send"
        if self._on_invalid is not None:
            return self._on_invalid
        policy = self._validator.policy(event)
        words: dict[str, Policy] = {
            # Not the plan's business, so no reason for its policy to drop a message.
            "junk_id": "flag",
            "no_usable_id": "flag",
            "timestamp": "flag",
            "unknown_event": policy.unknown_event,
            "unknown_property": policy.unknown_property,
        }
        # What encoding had to change is a fault even where the plan keeps invalid events without a word.
        actions = [_ACTIONS[words.get(fault.code, policy.invalid)] for fault in faults]
        return max("flag", *actions, key=_SEVERITY.index)


def _transforms(prop: Property) -> bool:
    """Whether a property, or anything inside it, has a transform."""
    inside = [*prop.properties, *(part for part in (prop.items, prop.values) if part is not None)]
    return prop.transform is not None or any(_transforms(part) for part in inside)
