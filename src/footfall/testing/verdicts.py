"""The faults of a message that a test sent: those that the plan's policy for tests refuses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from footfall.events import Fault
from footfall.message_reader import client_word
from footfall.plan.checking.counted import faults_of_counted
from footfall.plan.checking.validate import Validator
from footfall.plan.model import TRAITS_OF, Enforcement, Event, Plan

__all__ = ["Verdicts"]

_LENIENT = frozenset({"keep", "warn"})


class _Bodies(msgspec.Struct):
    properties: msgspec.Raw = msgspec.Raw()
    traits: msgspec.Raw = msgspec.Raw()


_bodies = msgspec.json.Decoder(_Bodies).decode


class Verdicts:
    """Checks messages by one plan. A client with a plan has transformed its values: those are checked as transformed.

    Changed values are what a collector gets, so they are checked as there, under the policy for tests.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._as_sent = Validator(plan, stage="test")
        self._as_received = Validator(_with_tests_policy(plan, self._as_sent), stage="collector")

    def resolve(self, name: str) -> Event | None:
        """The event of a name: that on the wire, that in the plan, or an earlier one."""
        return self._as_sent.resolve(name)

    def faults(self, text: bytes, message: Mapping[str, Any]) -> tuple[Fault, ...]:
        """Everything that is wrong with a message, given as its JSON text and decoded."""
        context = message.get("context") or {}
        validator = self._as_received if client_word(context, "transformed") is not None else self._as_sent
        kind = message["type"]
        if kind in TRAITS_OF:
            return validator.check_traits(TRAITS_OF[kind], _bodies(text).traits).faults
        if kind != "track":
            return ()
        event = validator.resolve(message["event"])
        if event is None:
            lenient = validator.policy(None).unknown_event in _LENIENT
            return () if lenient else (Fault("", "unknown_event", "an event of the plan", str(message["event"])[:80]),)
        faults = validator.check(event, _bodies(text).properties).faults
        return faults_of_counted(faults) if message.get("consent") == "count_only" else faults


def _with_tests_policy(plan: Plan, tests: Validator) -> Plan:
    def judged(enforcement: Mapping[str, Enforcement], event: Event | None) -> Mapping[str, Enforcement]:
        return {**enforcement, "collector": tests.policy(event)}

    events = {
        name: msgspec.structs.replace(event, enforcement=judged(event.enforcement, event))
        for name, event in plan.events.items()
    }
    return msgspec.structs.replace(plan, events=events, enforcement=judged(plan.enforcement, None))
