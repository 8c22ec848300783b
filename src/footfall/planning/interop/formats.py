"""The table of formats that plans are exchanged in: import and export by the name of a format."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec

from footfall.errors import UsageError
from footfall.plan.model import Plan
from footfall.planning.interop import jsonschema, rudderstack, segment, snowplow
from footfall.planning.interop.differences import compare_plans
from footfall.planning.interop.losses import Loss, LossReport
from footfall.planning.interop.plan_builder import Imported, PlanBuilder
from footfall.planning.interop.schema_out import note_unchecked

__all__ = ["FORMATS", "Exported", "Format", "export_plan", "import_plan"]


class Format(msgspec.Struct, frozen=True):
    """A format: its title, how its files are read into a builder, and how a plan is written as its files."""

    title: str
    read: Callable[[Mapping[str, Any], PlanBuilder], None]
    write: Callable[[Plan], dict[str, Any]]


FORMATS: Final[Mapping[str, Format]] = {
    "jsonschema": Format("JSON Schema", jsonschema.read, jsonschema.write),
    "rudderstack": Format("RudderStack", rudderstack.read, rudderstack.write),
    "segment": Format("Segment", segment.read, segment.write),
    "snowplow": Format("Snowplow", snowplow.read, snowplow.write),
}
"""Word on the command line -> the format."""


class Exported(msgspec.Struct, frozen=True, kw_only=True):
    """What an export gives: documents by the path of their file (plain values), and what they do not say."""

    files: Mapping[str, Any]
    losses: tuple[Loss, ...]


def import_plan(files: Mapping[str, Any], form: str, *, name: str = "imported") -> Imported:
    """The plan in parsed documents of a format, by the path of their file; fractions are to be Decimal.

    `name` is the id of a plan that the documents give no name. Raises UsageError for an unknown format.
    """
    builder = PlanBuilder()
    _format(form).read(files, builder)
    return builder.finish(name=name)


def export_plan(plan: Plan, form: str) -> Exported:
    """The plan as documents of a format, and every difference once they are read back.

    Raises UsageError for an unknown format.
    """
    files = _format(form).write(plan)
    losses = LossReport()
    note_unchecked(plan, losses)
    compare_plans(plan, import_plan(files, form, name=plan.id).plan, losses)
    return Exported(files=files, losses=losses.all())


def _format(form: str) -> Format:
    if form not in FORMATS:
        raise UsageError(f"there is no format {form!r}: choose one of {', '.join(FORMATS)}")
    return FORMATS[form]
