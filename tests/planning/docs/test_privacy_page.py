"""The page about people's data."""

from __future__ import annotations

from footfall.plan import read
from footfall.plan.model import Plan
from footfall.planning.docs.privacy_page import privacy_body

PLAN = read({
    "plan": "p",
    "consent": {
        "rule": "opt_in", "default": "none", "purposes": {"statistics": {"description": "Use"}, "marketing": {}},
    },
    "web": {"query": ["q"]},
    "staff": {"traits": {"role": ["admin", True]}, "signed_link": True},
    "events": {"seen": {}, "clicked": {"consent": ["statistics", "marketing"]}, "ordered": {"consent": "full"}},
    "pages": {"Offers": {"consent": "marketing"}},
}).require()  # fmt: skip


def cells(body: str) -> list[list[str]]:
    rows = body.split("<tr>")[2:]
    return [[cell.partition("</td>")[0].partition(">")[2] for cell in row.split("<td")[1:]] for row in rows]


def test_each_purpose_has_the_events_and_pages_that_need_it() -> None:
    rows = cells(privacy_body(PLAN))

    assert [row[0] for row in rows] == ["<code>statistics</code>", "<code>marketing</code>", ""]
    assert [row[2] for row in rows] == ["count_only", "count_only", "full"]
    assert ["seen" in row[3] for row in rows] == [True, False, False]
    assert ["clicked" in row[3] for row in rows] == [True, True, False]
    assert ["ordered" in row[3] for row in rows] == [False, False, True]
    assert "Offers" in rows[1][3]


def test_a_plan_that_says_nothing_is_said_to() -> None:
    body = privacy_body(Plan(id="p"))

    assert "says nothing of consent" in body
    assert "Nobody is recognised" in body
