"""Judge: what the plan says of a message in the client, and what follows: send, flag, drop or raise."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from footfall.events import Fault

if TYPE_CHECKING:
    from footfall.plan.model import Event, Plan, Policy
    from footfall.plan.validate import Checked

__all__ = ["Judge", "Judged", "OnInvalid", "PlanJudge"]

OnInvalid = Literal["drop", "flag", "raise"]
Action = Literal["drop", "flag", "raise", "send"]

_SEVERITY: tuple[Action, ...] = ("send", "flag", "drop", "raise")

# A plan's word for the client. Only a client that was made with on_invalid="raise" raises; quarantine is a collector's.
_ACTIONS: dict[Policy, Action] = {
    "drop": "drop", "flag": "flag", "keep": "send", "quarantine": "flag", "raise": "flag", "warn": "send",
}  # fmt: skip


class Judged(NamedTuple):
    """What became of a body: its JSON text as it may be sent, what is wrong with it, and what follows."""

    body: bytes
    faults: tuple[Fault, ...]
    warnings: tuple[Fault, ...]
    action: Action


class Judge:
    """The judge of a client without a plan: only what could not be encoded as it was counts against a message."""

    def __init__(self, on_invalid: OnInvalid | None) -> None:
        self._on_invalid: OnInvalid | None = on_invalid

    def event(self, _name: str, body: bytes, changed: tuple[Fault, ...], /) -> Judged:
        """Judge a track message; `changed` is what encoding had to change in its properties."""
        return self.other(body, changed)

    def traits(self, _kind: Literal["account", "user"], body: bytes, changed: tuple[Fault, ...], /) -> Judged:
        """Judge the traits of a `user` or an `account`."""
        return self.other(body, changed)

    def other(self, body: bytes, changed: tuple[Fault, ...]) -> Judged:
        """Judge what the plan does not speak of."""
        return Judged(body, changed, (), self._on_invalid or "flag" if changed else "send")


class PlanJudge(Judge):
    """The judge of a client with a plan. `id` and `bundle` name the plan on every message."""

    def __init__(self, plan: Plan | str | Path, on_invalid: OnInvalid | None, transform_key: bytes | None) -> None:
        super().__init__(on_invalid)
        # Here, so that a client without a plan does not load what reads plans.
        from footfall.plan import bundle_hash, load
        from footfall.plan.transform import Transforms
        from footfall.plan.validate import Validator

        loaded = load(plan) if isinstance(plan, str | Path) else plan
        self.id = loaded.id
        self.bundle = bundle_hash(loaded)
        self._validator = Validator(loaded, place="test" if on_invalid == "raise" else "client")
        self._transforms = Transforms(loaded, transform_key)

    def event(self, name: str, body: bytes, changed: tuple[Fault, ...], /) -> Judged:
        event = self._validator.resolve(name)
        if event is None:
            return self._unknown_event(name, body, changed)
        checked = self._validator.check(event, body)
        sent = self._transforms.transform(event, body)
        if not checked.faults and not changed:
            return Judged(bytes(sent.properties), (), checked.warnings + sent.warnings, "send")
        faults = changed + checked.faults
        return Judged(bytes(sent.properties), faults, checked.warnings + sent.warnings, self._action(event, faults))

    def traits(self, kind: Literal["account", "user"], body: bytes, changed: tuple[Fault, ...], /) -> Judged:
        checked: Checked = self._validator.check_traits(kind, body)
        sent = self._transforms.transform_traits(kind, body)
        faults = changed + checked.faults
        return Judged(bytes(sent.properties), faults, checked.warnings + sent.warnings, self._action(None, faults))

    def _unknown_event(self, name: str, body: bytes, changed: tuple[Fault, ...]) -> Judged:
        policy = self._validator.policy(None).unknown_event
        fault = (Fault("", "unknown_event", "an event of the plan", name[:80]),)
        if policy == "keep":
            return self.other(body, changed)
        if policy == "warn":
            return self.other(body, changed)._replace(warnings=fault)
        return Judged(body, changed + fault, (), self._action(None, changed + fault))

    def _action(self, event: Event | None, faults: tuple[Fault, ...]) -> Action:
        if not faults:
            return "send"
        if self._on_invalid is not None:
            return self._on_invalid
        policy = self._validator.policy(event)
        words: dict[str, Policy] = {
            "unknown_event": policy.unknown_event,
            "unknown_property": policy.unknown_property,
        }
        # What encoding had to change is told even where the plan keeps invalid events without a word.
        actions = [_ACTIONS[words.get(fault.code, policy.invalid)] for fault in faults]
        return max("flag", *actions, key=_SEVERITY.index)
