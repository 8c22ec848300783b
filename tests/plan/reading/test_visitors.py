"""What a plan says of web capture and of own people; its faults are among those of tests/plan/data/faults.txt."""

from __future__ import annotations

import pytest

from footfall.plan import read
from footfall.plan.model import Staff, Web


def test_nothing_is_kept_of_a_request_that_the_plan_does_not_name() -> None:
    plan = read({"plan": "p"}).require()

    assert plan.web == Web()
    assert plan.staff is None
    assert not any(getattr(plan.web, field) for field in Web.__struct_fields__)


def test_what_the_plan_says_is_read() -> None:
    web = {"query": ["q"], "click_ids": ["gclid"], "full_url": True, "exclude": ["/admin", "*.txt"]}
    staff = {"traits": {"role": "admin", "level": [1, True]}, "networks": ["192.0.2.7", "2001:db8::/32"]}
    plan = read({"plan": "p", "web": web, "staff": staff}).require()

    assert plan.web == Web(query=("q",), click_ids=("gclid",), full_url=True, exclude=("/admin", "*.txt"))
    assert plan.staff == Staff(traits={"role": ("admin",), "level": (1, True)}, networks=("192.0.2.7", "2001:db8::/32"))


@pytest.mark.parametrize("value", [None, {"a": 1}, 1.5, [["a"]]])
def test_a_trait_of_own_people_has_texts_whole_numbers_and_flags(value: object) -> None:
    (problem,) = read({"plan": "p", "staff": {"traits": {"role": value}}}).problems

    assert (problem.code, problem.where) == ("wrong_type", "staff.traits.role")


def test_any_trait_may_be_named_where_the_plan_has_none() -> None:
    assert read({"plan": "p", "staff": {"traits": {"role": "admin"}}}).problems == []
