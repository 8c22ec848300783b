"""What holds for every test: properties draw the same examples each time, so that a failure is everybody's failure.

Explore with fresh examples by `pytest --hypothesis-profile=explore`.
"""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("repeatable", derandomize=True, print_blob=True)
settings.register_profile("explore", max_examples=500)
settings.load_profile("repeatable")
