"""A link is of the campaigns whose marks it has, however they are written, the most exact one first."""

from __future__ import annotations

from footfall.plan.campaigns import CampaignIndex, normal_utm
from footfall.plan.model import PlannedCampaign

SPRING = PlannedCampaign(name="spring", utm={"name": ("spring_sale", "Lent")})
MAIL = PlannedCampaign(name="mail", utm={"name": ("spring_sale",), "source": ("newsletter",)})
INDEX = CampaignIndex({"spring": SPRING, "mail": MAIL})


def test_each_field_that_a_campaign_names_has_one_of_its_values() -> None:
    assert INDEX.candidates({"name": "lent", "source": "google"}) == (SPRING,)
    assert INDEX.candidates({"name": "summer", "source": "newsletter"}) == ()
    assert INDEX.candidates({"source": "newsletter", "name": None}) == ()


def test_the_campaign_that_names_more_fields_comes_first() -> None:
    assert INDEX.candidates({"name": "spring_sale", "source": "newsletter"}) == (MAIL, SPRING)


def test_case_and_white_space_do_not_count() -> None:
    assert normal_utm("  Spring\tSALE ") == "spring sale"
    assert INDEX.candidates({"name": " Spring_Sale", "source": "NEWSLETTER"}) == (MAIL, SPRING)
