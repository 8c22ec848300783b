"""A database that a user brings."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.geo_files import OSLO, geo_file

from footfall.errors import BrokenInputError
from footfall.geo_file import GeoFile


def test_an_address_has_the_record_of_its_network(tmp_path: Path) -> None:
    reader = GeoFile(geo_file(tmp_path / "geo.mmdb", {"192.0.2.0/24": OSLO, "2001:db8::/32": {"country": "SE"}}))

    assert reader.record("192.0.2.77") == OSLO
    assert reader.record("2001:db8::1") == {"country": "SE"}
    assert reader.record("198.51.100.1") is None


@given(st.text() | st.sampled_from(["", "192.0.2", "::1%eth0", "192.0.2.1\x00", "1" * 65_536]))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_no_address_has_no_record(tmp_path: Path, text: str) -> None:
    reader = GeoFile(geo_file(tmp_path / "geo.mmdb", {"192.0.2.0/24": OSLO}))

    assert reader.record(text) in (None, OSLO)


@pytest.mark.parametrize("content", [b"", b"no database", b"\xab\xcd\xefMaxMind.com"])
def test_a_file_of_another_format_is_refused_by_its_name(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "geo.mmdb"
    path.write_bytes(content)

    with pytest.raises(BrokenInputError, match=r"geo\.mmdb: it cannot be read .*MaxMind's format"):
        GeoFile(path)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BrokenInputError, match="cannot be read"):
        GeoFile(tmp_path / "none.mmdb")


def test_a_damaged_file_answers_nothing_or_a_record_and_never_fails(tmp_path: Path) -> None:
    whole = geo_file(tmp_path / "geo.mmdb", {"192.0.2.0/24": OSLO}).read_bytes()
    for position in range(0, whole.index(b"\xab\xcd\xef"), 7):
        path = tmp_path / f"{position}.mmdb"
        path.write_bytes(whole[:position] + b"\xff" + whole[position + 1 :])

        GeoFile(path).record("192.0.2.77")
