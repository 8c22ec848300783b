"""The page of experiments says what each asks and when it is decided."""

from __future__ import annotations

from tests.planning.diff.plans import plan_of
from tests.planning.diff.test_experiments import PLAN
from tests.planning.docs.pages import Page

from footfall.plan.model import Plan
from footfall.planning.docs.experiment_page import experiments_body
from footfall.planning.docs.site import site


def test_an_experiment_is_there_with_all_that_is_decided() -> None:
    text = Page(site(plan_of(PLAN), history={})["experiments.html"]).text

    for words in (
        "B sells more", "shown; look names the variant", "a 1, b 1", "whether there is bought", "2d", "sales",
        "from 100 persons of each variant on",
    ):  # fmt: skip
        assert words in text, words


def test_a_plan_without_experiments_says_so() -> None:
    assert "The plan has none." in experiments_body(Plan(id="p"))
