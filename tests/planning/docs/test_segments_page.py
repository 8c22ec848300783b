"""The page of segments says who is in each, also in those that every plan has."""

from __future__ import annotations

from footfall.plan import read
from footfall.plan.segments import READY_SEGMENTS
from footfall.planning.docs.segments_page import segments_body

PLAN = read({
    "plan": "p", "events": {"bought": {}},
    "segments": {"loyal": {"description": "Comes <again>", "who": {"did": "bought", "at_least": 2}}},
    "cohorts": {"may": {"segment": "loyal", "as_of": "2026-05-01"}},
}).require()  # fmt: skip


def test_each_segment_and_cohort_has_a_row() -> None:
    page = segments_body(PLAN)

    assert '<code id="loyal">loyal</code>' in page
    assert "had bought at least 2 times" in page
    assert "Comes &lt;again&gt;" in page
    assert "2026-05-01" in page
    assert all(f"<code>{name}</code>" in page for name in READY_SEGMENTS)
