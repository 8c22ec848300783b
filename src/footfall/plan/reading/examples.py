"""Checks that the examples of a property fit it, with the validator that checks events."""

from __future__ import annotations

import msgspec

from footfall.plan.checking.validate import Validator
from footfall.plan.model import Event, Plan, Property
from footfall.plan.problems import Path, Problems
from footfall.plan.reading.yaml_source import YamlNode

__all__ = ["check_examples"]

_KEY = "example"
_encoder = msgspec.json.Encoder(decimal_format="number")


def check_examples(prop: Property, node: YamlNode, path: Path, problems: Problems) -> None:
    """Report every example that a property would refuse; `node` is where the property is written."""
    alone = msgspec.structs.replace(prop, name=_KEY, wire_name=_KEY, transform=None)
    event = Event(name=_KEY, wire_name=_KEY, properties=(alone,))
    validator = Validator(Plan(id=_KEY, events={_KEY: event}), stage="client")
    for value in prop.examples:
        faults = validator.check(event, _encoder.encode({_KEY: value})).faults
        if faults:
            problems.add(
                "bad_example",
                f"the example {_shown(value)} does not fit: {str(faults[0]).removeprefix(_KEY).strip()}",
                at=node.get("examples") or node,
                path=path,
                remedy="mend the example, or the constraint",
            )


def _shown(value: object) -> str:
    text = _encoder.encode(value).decode()
    return text if len(text) <= 40 else text[:37] + "…"
