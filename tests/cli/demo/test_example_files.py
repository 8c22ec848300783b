"""The demo finds its shop, gateway and plan, or says that they are missing."""

from __future__ import annotations

import pytest

from footfall.cli.demo.example_files import example_file
from footfall.errors import UsageError


@pytest.mark.parametrize(
    "relative", ["examples/shop/main.py", "examples/gateway/gateway.py", "tracking_plans/shop_and_gateway"]
)
def test_what_the_demo_needs_is_found(relative: str) -> None:
    assert example_file(relative).exists()


def test_what_is_missing_is_named() -> None:
    with pytest.raises(UsageError, match="no examples/nothing"):
        example_file("examples/nothing")
