"""Campaigns are read with their marks, days and budget."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from tests.plan.reading.loading import loaded

from footfall.plan.model import CampaignBudget, PlannedCampaign


def test_a_campaign_is_read_whole(tmp_path: Path) -> None:
    plan = loaded(
        tmp_path,
        """
campaigns:
  spring:
    owner: growth
    description: Half the price
    utm: {source: mail, name: [spring, lent]}
    from: 2026-03-01
    until: 2026-03-01
    budget: {amount: 500.50, currency: EUR}
    origins: [email, paid_search]
    no_lint: [misspelt_utm]
    x_code: A1
""",
    )

    assert plan.campaigns["spring"] == PlannedCampaign(
        name="spring",
        owner="growth",
        description="Half the price",
        utm={"name": ("spring", "lent"), "source": ("mail",)},
        first_day="2026-03-01",
        last_day="2026-03-01",
        budget=CampaignBudget(Decimal("500.50"), "EUR"),
        origins=("email", "paid_search"),
        no_lint=("misspelt_utm",),
        x={"x_code": "A1"},
    )


def test_a_campaign_without_marks_is_known_by_its_name(tmp_path: Path) -> None:
    plan = loaded(tmp_path, "defaults: {owner: growth}\ncampaigns: {spring: {}}")

    assert plan.campaigns["spring"] == PlannedCampaign(name="spring", owner="growth", utm={"name": ("spring",)})
