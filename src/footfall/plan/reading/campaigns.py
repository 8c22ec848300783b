"""Reads campaigns: the links by which they are known, their days and their budget."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from footfall.plan.currencies import ISO_4217
from footfall.plan.model import UTM_FIELDS, CampaignBudget, PlannedCampaign, UtmField
from footfall.plan.problems import MISSING, Path, Problems, did_you_mean
from footfall.plan.reading.merge import Definition
from footfall.plan.reading.names import Names
from footfall.plan.reading.schema import CAMPAIGN
from footfall.plan.reading.yaml_source import YamlNode

__all__ = ["read_campaigns"]


def read_campaigns(definitions: Mapping[str, Definition], names: Names) -> dict[str, PlannedCampaign]:
    """The campaigns in their order; one that cannot be read is left out, with a problem."""
    campaigns = {}
    for definition in definitions.values():
        path, node = ("campaigns", definition.name), definition.node
        values = CAMPAIGN.read(node, path, names.problems)
        if values is MISSING:
            continue
        names.complete("campaigns", values, definition, path)
        first_day, last_day = values.pop("from", ""), values.pop("until", "")
        if first_day and last_day and last_day < first_day:
            names.problems.add(
                "empty_range", f"it ends on {last_day}, before {first_day}", at=node.value["until"],
                path=(*path, "until"), remedy="write a later day, or none",
            )  # fmt: skip
        budget = _budget(values.pop("budget", None), node, path, names.problems)
        utm = _utm(values.pop("utm", {}), definition.name, node, path, names.problems)
        campaigns[definition.name] = PlannedCampaign(
            name=definition.name, utm=utm, first_day=first_day, last_day=last_day, budget=budget, **values
        )
    return campaigns


def _utm(
    values: Mapping[UtmField, tuple[str, ...]], name: str, node: YamlNode, path: Path, problems: Problems
) -> Mapping[UtmField, tuple[str, ...]]:
    """The values by which a campaign is known: without any its own name, as `utm_campaign`."""
    for field, texts in values.items():
        if not texts or not all(text.strip() for text in texts):
            problems.add(
                "missing_key", f"{field!r} has no value", at=node.value["utm"], path=(*path, "utm", field),
                remedy="write what is on the link, or take the key out",
            )  # fmt: skip
    return {field: values[field] for field in UTM_FIELDS if field in values} or {"name": (name,)}


def _budget(values: Mapping[str, Any] | None, node: YamlNode, path: Path, problems: Problems) -> CampaignBudget | None:
    if values is None or not {"amount", "currency"} <= values.keys():
        return None
    part, part_path = node.value["budget"], (*path, "budget")
    if values["amount"] <= 0:
        problems.add(
            "empty_range", f"{values['amount']} is no budget", at=part.value["amount"], path=(*part_path, "amount"),
            remedy="write a number above 0, or take the budget out",
        )  # fmt: skip
    if values["currency"] not in ISO_4217:
        remedy = did_you_mean(values["currency"], ISO_4217, "a code such as EUR")
        problems.add(
            "unknown_value", f"{values['currency']!r} is no currency", at=part.value["currency"],
            path=(*part_path, "currency"), remedy=remedy,
        )  # fmt: skip
    return CampaignBudget(values["amount"], values["currency"])
