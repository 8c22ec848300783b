"""Settings of the jobs are checked when they are read."""

from __future__ import annotations

import pytest

from footfall.collector.job_settings import JobSettings
from footfall.errors import UsageError


def test_the_defaults_are_good() -> None:
    assert JobSettings().seal_rows == 250_000


@pytest.mark.parametrize(
    ("name", "value"),
    [("seal_at", "noon"), ("compact_at", "25:00"), ("backup_at", ""), ("verify_at", "sunday"), ("seal_rows", 0)],
)
def test_what_cannot_be_is_refused_with_its_name(name: str, value: object) -> None:
    with pytest.raises(UsageError, match=f"^{name} must be"):
        JobSettings(**{name: value})  # type: ignore[arg-type]
