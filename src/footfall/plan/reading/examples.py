"""Checks that the examples in a plan fit the properties that they illustrate, by the same validator as real events."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from footfall.plan.checking.validate import Validator
from footfall.plan.model import Event, Plan
from footfall.plan.problems import Problems
from footfall.plan.reading.resolve import Example

__all__ = ["check_examples"]

_KEY = "example"
_encoder = msgspec.json.Encoder(decimal_format="number")


def check_examples(examples: Sequence[Example], problems: Problems) -> None:
    """Tell every example that its property would refuse."""
    for example in examples:
        prop = msgspec.structs.replace(example.property, name=_KEY, wire_name=_KEY, transform=None)
        event = Event(name=_KEY, wire_name=_KEY, properties=(prop,))
        validator = Validator(Plan(id=_KEY, events={_KEY: event}), stage="client")
        for value in prop.examples:
            checked = validator.check(event, _encoder.encode({_KEY: value}))
            if checked.faults:
                fault = checked.faults[0]
                node = example.node
                problems.add(
                    "bad_example",
                    f"the example {_shown(value)} does not fit: {str(fault).removeprefix(_KEY).strip()}",
                    at=node.get("examples") or node,
                    path=example.path,
                    remedy="mend the example, or the constraint",
                )


def _shown(value: object) -> str:
    text = _encoder.encode(value).decode()
    return text if len(text) <= 40 else text[:37] + "…"
