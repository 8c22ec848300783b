"""A database that a user brings."""

from __future__ import annotations

import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.geo_files import OSLO, geo_file

from footfall.errors import BrokenInputError
from footfall.geo_file import GeoFile
from footfall.web.geo import location_of


def as_it_is(record: object) -> object:
    return record


def test_an_address_has_the_record_of_its_network(tmp_path: Path) -> None:
    reader = GeoFile(
        geo_file(tmp_path / "geo.mmdb", {"192.0.2.0/24": OSLO, "2001:db8::/32": {"country": "SE"}}), as_it_is
    )

    assert reader.find("192.0.2.77") == OSLO
    assert reader.find("2001:db8::1") == {"country": "SE"}
    assert reader.find("198.51.100.1") is None


@given(st.text() | st.sampled_from(["", "192.0.2", "::1%eth0", "192.0.2.1\x00", "1" * 65_536]))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_no_address_has_no_record(tmp_path: Path, text: str) -> None:
    reader = GeoFile(geo_file(tmp_path / "geo.mmdb", {"192.0.2.0/24": OSLO}), as_it_is)

    assert reader.find(text) in (None, OSLO)


@pytest.mark.parametrize("content", [b"", b"no database", b"\xab\xcd\xefMaxMind.com"])
def test_a_file_of_another_format_is_refused_by_its_name(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "geo.mmdb"
    path.write_bytes(content)

    with pytest.raises(BrokenInputError, match=r"geo\.mmdb: it is cut, .*MaxMind's format"):
        GeoFile(path, as_it_is)


def test_a_file_that_is_cut_anywhere_is_refused(tmp_path: Path) -> None:
    content = geo_file(tmp_path / "geo.mmdb", {"192.0.2.0/24": OSLO}).read_bytes()
    path = tmp_path / "cut.mmdb"
    for length in range(0, len(content), 5):
        path.write_bytes(content[:length])

        with pytest.raises(BrokenInputError, match=r"cut\.mmdb: it is cut"):
            GeoFile(path, as_it_is)


def test_a_database_without_what_is_wanted_is_refused(tmp_path: Path) -> None:
    path = geo_file(tmp_path / "asn.mmdb", {"192.0.2.0/24": {"autonomous_system_organization": "Example"}})

    with pytest.raises(BrokenInputError, match=r"asn\.mmdb: its records have no places \(its type is 'Test'\)"):
        GeoFile(path, location_of)


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "none.mmdb", tmp_path):
        with pytest.raises(BrokenInputError, match=r"it cannot be read \((No such file|Is a) "):
            GeoFile(path, as_it_is)


def test_a_file_that_is_written_over_while_it_is_open_harms_nobody(tmp_path: Path) -> None:
    path = geo_file(tmp_path / "geo.mmdb", {"192.0.2.0/24": OSLO})
    reader = GeoFile(path, as_it_is)

    path.write_bytes(b"")

    assert reader.find("192.0.2.77") == OSLO


def test_a_damaged_file_answers_nothing_or_a_record_and_never_fails(tmp_path: Path) -> None:
    whole = geo_file(tmp_path / "geo.mmdb", {"192.0.2.0/24": OSLO}).read_bytes()
    for position in range(0, whole.index(b"\xab\xcd\xef"), 7):
        path = tmp_path / f"{position}.mmdb"
        path.write_bytes(whole[:position] + b"\xff" + whole[position + 1 :])

        with suppress(BrokenInputError):  # a record that no reader can take may be refused at once
            GeoFile(path, as_it_is).find("192.0.2.77")


OPEN = """
import sys
from footfall.errors import BrokenInputError
from footfall.geo_file import GeoFile
from footfall.web.geo import location_of
try:
    GeoFile(sys.argv[1], location_of)
except BrokenInputError:
    pass
"""


def test_a_tree_that_leads_back_into_itself_does_not_end_the_process(tmp_path: Path) -> None:
    path = geo_file(tmp_path / "geo.mmdb", {"192.0.2.0/24": OSLO, "2001:db8::/32": OSLO})
    content = bytearray(path.read_bytes())
    back = 118 * 6  # where the branch of the 119th node begins that has no network
    content[back : back + 3] = (4).to_bytes(3, "big")
    path.write_bytes(content)

    child = subprocess.run([sys.executable, "-c", OPEN, str(path)], check=False, capture_output=True)

    assert (child.returncode, child.stderr) == (0, b"")


def test_places_that_come_late_in_a_file_are_found(tmp_path: Path) -> None:
    places = {f"192.0.{number}.0/24": {"autonomous_system_organization": "Example"} for number in range(200)}

    assert GeoFile(geo_file(tmp_path / "geo.mmdb", places | {"2001:db8::/32": OSLO}), location_of).find("2001:db8::")
