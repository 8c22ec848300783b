"""What holds for every test: properties draw the same examples each time, so that a failure is everybody's failure.

Explore with fresh examples by `pytest --hypothesis-profile=explore`.
"""

from __future__ import annotations

import pytest
from hypothesis import settings

from footfall.client.notices import PROCESS

settings.register_profile("repeatable", derandomize=True, print_blob=True)
settings.register_profile("explore", max_examples=500)
settings.load_profile("repeatable")


@pytest.fixture(autouse=True)
def notices_of_a_new_process() -> None:
    """A fault is logged once in a process; each test sees it as the first."""
    PROCESS.forget()
