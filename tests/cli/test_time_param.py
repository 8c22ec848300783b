"""An option that names a time: a date, a date and time, or how long ago."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import click
import pytest
from click.testing import CliRunner

from footfall.cli.time_param import AsOfParam, SecondsParam, TimeParam, moment

NOW = datetime(2026, 11, 11, 12, tzinfo=UTC)


def test_a_moment_is_a_date_a_time_or_how_long_ago() -> None:
    assert moment("7d", NOW) == NOW - timedelta(days=7)
    assert moment("2026-11-01", NOW) == datetime(2026, 11, 1)  # noqa: DTZ001 - the plan's clock is not known yet
    assert moment("2026-11-01T09:30+02:00", NOW) == datetime(2026, 11, 1, 7, 30, tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "soon", "7", "2026-13-01", "-7d"])
def test_what_is_no_time_is_refused_with_the_forms_that_are(text: str) -> None:
    @click.command()
    @click.option("--since", type=TimeParam())
    def command(since: str) -> None:
        click.secho(since)

    done = CliRunner().invoke(command, ["--since", text])

    assert done.exit_code == 2
    assert "is no time; write a date (2026-11-01)" in done.output


def test_the_refusal_names_the_zone_of_a_time_without_an_offset() -> None:
    with pytest.raises(click.BadParameter, match="with an offset or in UTC"):
        TimeParam("UTC").convert("soon", None, None)


def test_the_text_is_kept_until_the_timezone_is_known() -> None:
    assert TimeParam().convert("2026-11-01", None, None) == "2026-11-01"


@pytest.mark.parametrize(
    ("text", "point"),
    [("12", 12), ("-3", -3), ("007", 7), ("2026-11-01T09:30+02:00", datetime(2026, 11, 1, 7, 30, tzinfo=UTC))],
)
def test_an_earlier_moment_is_a_number_or_a_time(text: str, point: int | datetime) -> None:
    assert AsOfParam().convert(text, None, None) == point
    assert AsOfParam().convert(point, None, None) == point


@pytest.mark.parametrize("text", ["", "soon", "1.5", "1,000", "9" * 19, "2026-13-01"])
def test_what_is_neither_a_number_nor_a_time_is_refused(text: str) -> None:
    with pytest.raises(click.BadParameter, match=r"is no time; write a message's seq \(1200\), a date \(2026-11-01\)"):
        AsOfParam().convert(text, None, None)


@pytest.mark.parametrize("text", ["NaN", "inf", "1e300", "-inf", "0", "-1", "soon"])
def test_what_is_no_number_of_seconds_within_the_limits_is_refused(text: str) -> None:
    with pytest.raises(click.BadParameter):
        SecondsParam(0.1, 600).convert(text, None, None)


def test_a_number_of_seconds_within_the_limits_is_one() -> None:
    assert SecondsParam(0.1, 600).convert("2.5", None, None) == 2.5
