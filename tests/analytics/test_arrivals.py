"""The context of a message names the link and the origin by which somebody came, whatever else is in it."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from footfall.analytics.arrivals import LinkMarks, link_marks
from footfall.web.campaign import Campaign

SEARCH, AWAY = {"origin": {"type": "organic_search", "name": "Google"}}, {"origin": {"type": "internal"}}
MAIL = {"origin": {"type": "email"}, "campaign": {"name": "spring", "source": "news"}}


@pytest.mark.parametrize(
    ("context", "marks"),
    [
        (MAIL, LinkMarks(Campaign("spring", "news"), "email")),
        (SEARCH, LinkMarks(Campaign(), "organic_search", "Google")),
        ({"campaign": {"source": "google", "medium": "cpc"}},
         LinkMarks(Campaign(source="google", medium="cpc"), "paid_search", "Google")),
        (AWAY, None),
        ({"campaign": {"clickIds": {"gclid": True}}}, None),
        ({"campaign": "spring", "origin": ["x"]}, None),
        ({"campaign": {"name": 5, "source": " "}, "origin": {"type": 7}}, None),
        ({}, None),
    ],
)  # fmt: skip
def test_a_context_names_the_link_or_nothing(context: dict[str, Any], marks: LinkMarks | None) -> None:
    assert link_marks(msgspec.json.encode(context).decode()) == marks


def test_what_is_no_json_names_nothing() -> None:
    assert (link_marks(None), link_marks('{"campaign": {'), link_marks("[1]")) == (None, None, None)
