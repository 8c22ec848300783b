"""The headers of the browser are a person's, for every list of bots."""

from __future__ import annotations

import pytest

from footfall.testing import BROWSER
from footfall.web.bots import judge, judged_headers

HEADERS = {name.lower(): value for name, value in BROWSER.items()}


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_request_with_these_headers_is_a_persons(scheme: str) -> None:
    assert judge(BROWSER["User-Agent"], judged_headers(HEADERS, scheme=scheme)) is None


def test_a_request_of_a_test_client_without_them_is_a_programs() -> None:
    assert judge("Werkzeug/3.1.3", judged_headers({}, scheme="http")) is not None
