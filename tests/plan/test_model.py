"""The parts of a plan are frozen, and have defaults that a bundle can leave out."""

from __future__ import annotations

import msgspec
import pytest

from footfall.plan import model
from footfall.plan.model import Event, Plan, Property


def test_only_plans_sources_purposes_and_events_have_defaults_that_are_not_one_object() -> None:
    """msgspec leaves out a default by identity; the bundle sees to the parts whose defaults may have equal copies."""
    singletons = (None, False, "", ())
    kinds = [kind for kind in vars(model).values() if isinstance(kind, type) and issubclass(kind, msgspec.Struct)]
    copies = {
        kind.__name__
        for kind in kinds
        for field in msgspec.structs.fields(kind)
        if field.default is not msgspec.NODEFAULT and not any(field.default is each for each in singletons)
    }

    assert copies == {"Event", "Plan", "Purpose", "Source"}


@pytest.mark.parametrize("part", [Plan(id="p"), Event(name="e", wire_name="e"), Property(type="any")])
def test_a_part_cannot_be_changed(part: msgspec.Struct) -> None:
    with pytest.raises(AttributeError):
        setattr(part, part.__struct_fields__[0], "other")
