"""A geo file that was replaced counts without a restart, and one that cannot be used changes nothing."""

from __future__ import annotations

import gc
import logging
import os
import weakref
from pathlib import Path
from typing import Any

import pytest
from tests.geo_files import OSLO, geo_file

from footfall.collector import Collector
from footfall.collector.geo_watch import LOOK_EVERY, GeoWatch
from footfall.errors import BrokenInputError
from footfall.testing import ManualClock

NETWORK = "192.0.2.0/24"
CONTEXT = {"ip": "192.0.2.7"}
TEXT = b'{"context":{"ip":"192.0.2.7"}}'


def place(watch: GeoWatch) -> Any:
    return watch.locator.apply(TEXT, CONTEXT).partition(b"192.0.2.0")[2]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return geo_file(tmp_path / "geo.mmdb", {NETWORK: OSLO})


def test_a_file_that_was_replaced_counts_after_the_next_look(path: Path, clock: ManualClock) -> None:
    watch = GeoWatch(path, clock=clock)
    assert b'"NO"' in place(watch)

    geo_file(path.with_name("new"), {NETWORK: {"country": "SE"}}).replace(path)
    assert not watch.is_due()
    clock.advance(LOOK_EVERY)
    assert watch.is_due()
    watch.refresh()

    assert b'"SE"' in place(watch)


@pytest.mark.parametrize("content", [None, b"", b"no database"])
def test_what_was_read_last_stays_where_the_file_becomes_unusable(
    path: Path, clock: ManualClock, content: bytes | None, caplog: pytest.LogCaptureFixture
) -> None:
    watch = GeoWatch(path, clock=clock)

    path.write_bytes(content) if content is not None else path.unlink()
    with caplog.at_level(logging.ERROR):
        watch.refresh()
        watch.refresh()

    assert b'"NO"' in place(watch)
    assert [record.message for record in caplog.records if "the geo file cannot be used" in record.message] == [
        record.message for record in caplog.records
    ]
    assert len(caplog.records) == 1


def test_a_file_that_the_system_does_not_let_be_read_is_tried_again(
    path: Path, clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    watch = GeoWatch(path, clock=clock)
    geo_file(path.with_name("new"), {NETWORK: {"country": "SE"}}).replace(path)

    resource.setrlimit(resource.RLIMIT_NOFILE, (0, hard))  # no file can be opened
    try:
        watch.refresh()
        watch.refresh()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    watch.refresh()

    assert b'"SE"' in place(watch)
    assert [record.levelname for record in caplog.records].count("ERROR") == 1


def test_a_file_that_is_cut_while_it_is_used_harms_nobody(path: Path, clock: ManualClock) -> None:
    watch = GeoWatch(path, clock=clock)

    os.truncate(path, 0)

    assert b'"NO"' in place(watch)


def test_a_collector_looks_at_its_file_as_time_goes_by(path: Path, tmp_path: Path, clock: ManualClock) -> None:
    with Collector(tmp_path / "data", geo=path, clock=clock) as collector:
        geo_file(path.with_name("new"), {NETWORK: {"country": "SE"}}).replace(path)
        clock.advance(LOOK_EVERY)
        collector.tick()
        collector.intake.lane.close()  # finishes what waits
        collector.take(b'{"batch":[{"type":"track","event":"e","anonymousId":"a","context":{"ip":"192.0.2.7"}}]}')

        [[entry]] = collector.store.journal.scan("stored")

    assert b'"location":{"country":"SE"}' in entry.row.body


def test_a_collector_with_a_file_of_another_kind_does_not_start(path: Path, tmp_path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])

    with pytest.raises(BrokenInputError, match="it is cut, damaged or of another format"):
        Collector(tmp_path / "data", geo=path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no pipes of a name")
def test_what_is_no_file_is_not_read(path: Path, clock: ManualClock, caplog: pytest.LogCaptureFixture) -> None:
    watch = GeoWatch(path, clock=clock)

    path.unlink()
    os.mkfifo(path)
    writer = os.open(path, os.O_RDWR)  # whoever read it would wait for its end
    watch.refresh()
    watch.refresh()
    os.close(writer)

    assert b'"NO"' in place(watch)
    assert [record.message for record in caplog.records] == [
        f"the geo file cannot be used; what was read of it before stays in force: there is no file {path}"
    ]


def test_a_file_that_was_replaced_is_let_go_at_once(path: Path, clock: ManualClock) -> None:
    watch = GeoWatch(path, clock=clock)
    place(watch)
    before = weakref.ref(watch.locator)

    gc.disable()
    try:
        geo_file(path.with_name("new"), {NETWORK: {"country": "SE"}}).replace(path)
        watch.refresh()
        is_gone = before() is None
    finally:
        gc.enable()

    assert is_gone
