"""Whether a hit is of the team's own people."""

from __future__ import annotations

import msgspec
import pytest
from tests.web.sites import KEY, request

from footfall.web.request import WebRequest
from footfall.web.staff import STAFF_COOKIE, StaffMarks


def of(peer: str) -> WebRequest:
    return msgspec.structs.replace(request(), peer=peer)


@pytest.mark.parametrize(
    ("peer", "is_staff"),
    [("192.0.2.7", True), ("::ffff:192.0.2.7", True), ("2001:db8::7", True), ("203.0.113.9", False), ("", False)],
)
def test_a_network_of_the_plan_is_the_teams(peer: str, is_staff: bool) -> None:
    assert StaffMarks([KEY], ["192.0.2.0/24", "2001:db8::/32"]).marks(of(peer)) is is_staff


def test_the_cookie_of_a_signed_link_is_the_teams_where_the_plan_allows_links() -> None:
    marks = StaffMarks([KEY], has_link=True)
    link = marks.link

    assert link is not None
    assert marks.opens(link)
    assert marks.marks(request(cookie=f"{STAFF_COOKIE}={link}"))
    assert not marks.marks(request(cookie=f"{STAFF_COOKIE}=forged"))
    assert not StaffMarks([KEY]).marks(request(cookie=f"{STAFF_COOKIE}={link}"))
    assert StaffMarks([KEY]).link is None
