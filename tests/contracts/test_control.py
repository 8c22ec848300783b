"""What every Control keeps to, run over each implementation."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from footfall.errors import JournalError
from footfall.storage import Control, JobRun, KeyRecord, SqliteControl
from footfall.testing import ManualClock
from footfall.testing.control import MemoryControl


def record(key_id: str, *, digest: bytes | None = None, created_at: int = 1, source: str | None = "shop") -> KeyRecord:
    return KeyRecord(key_id, digest or key_id.encode().ljust(32), "write", source, "", created_at)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture(params=["sqlite", "memory"])
def control(request: pytest.FixtureRequest, tmp_path: Path, clock: ManualClock) -> Control:
    is_on_disk = request.param == "sqlite"
    return SqliteControl(tmp_path / "control.db", clock=clock) if is_on_disk else MemoryControl(clock=clock)


def test_a_new_control_is_empty(control: Control) -> None:
    assert control.bundles() == {}
    assert control.bundle_loads() == []
    assert control.key_records() == []
    assert control.job_runs() == {}


def test_every_bundle_is_kept_by_its_hash_and_the_first_one_stays(control: Control) -> None:
    control.put_bundle("b", b"two")
    control.put_bundle("a", b"one")
    control.put_bundle("a", b"other")

    assert control.bundles() == {"a": b"one", "b": b"two"}


def test_bundles_come_in_the_order_in_which_they_were_last_loaded(control: Control) -> None:
    for digest in ("b", "a", "c", "b"):
        control.put_bundle(digest, digest.encode())

    assert list(control.bundles()) == ["a", "c", "b"]


def test_each_load_of_another_bundle_is_kept_with_its_moment(control: Control, clock: ManualClock) -> None:
    start = clock.now_us()
    for digest, seq in (("a", 0), ("a", 3), ("b", 5), ("a", 9)):
        control.put_bundle(digest, digest.encode(), seq=seq)
        clock.advance(60)

    loads = [("a", 0, start), ("b", 5, start + 120_000_000), ("a", 9, start + 180_000_000)]
    assert control.bundle_loads() == loads


def test_a_key_comes_back_as_it_was_added(control: Control) -> None:
    full = KeyRecord("k1", bytes(range(32)), "write", "shop", "The shop\n\u00e9", 7)
    other = KeyRecord("k2", bytes(32), "admin", None, "", 8, 9)

    control.add_key(full)
    control.add_key(other)

    assert control.key_records() == [full, other]


def test_keys_come_in_the_order_of_their_making(control: Control) -> None:
    for key_id, created_at in (("c", 3), ("b", 1), ("a", 3)):
        control.add_key(record(key_id, created_at=created_at))

    assert [key.id for key in control.key_records()] == ["b", "a", "c"]


@pytest.mark.parametrize("again", [record("k", digest=b"2" * 32), record("other", digest=b"1" * 32)])
def test_an_id_or_a_digest_that_is_there_is_refused(control: Control, again: KeyRecord) -> None:
    first = record("k", digest=b"1" * 32)
    control.add_key(first)

    with pytest.raises(JournalError, match="the key cannot be kept"):
        control.add_key(again)
    assert control.key_records() == [first]


def test_a_key_is_revoked_once_and_the_first_moment_stays(control: Control) -> None:
    control.add_key(record("k"))

    assert [control.revoke_key("k", 5), control.revoke_key("k", 6), control.revoke_key("nobody", 7)] == [
        True,
        False,
        False,
    ]
    assert [key.revoked_at for key in control.key_records()] == [5]


def test_the_last_run_of_each_job_is_kept_by_its_name(control: Control) -> None:
    first, other = JobRun("seal", 5, 7, "failed", "the disk is full\n\u00e9", 2), JobRun("backup", 6)
    last = JobRun("seal", -4, 2**40, "running", "", 3)

    for run in (first, other, last):
        control.record_run(run)

    assert list(control.job_runs().items()) == [("backup", other), ("seal", last)]


IDS = st.sampled_from(["a", "b", "c"])
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("add"), IDS, st.integers(0, 2)),
        st.tuples(st.just("revoke"), IDS, st.integers(3, 5)),
        st.tuples(st.just("bundle"), IDS, st.integers(0, 2)),
        st.tuples(st.just("run"), IDS, st.integers(0, 2)),
    ),
    max_size=10,
)


@given(steps=STEPS)
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_both_controls_give_the_same_for_any_steps(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, str, int]]
) -> None:
    path = tmp_path_factory.mktemp("twin") / "control.db"
    results = [carry_out(control, steps) for control in (SqliteControl(path), MemoryControl())]

    assert results[0] == results[1]


def carry_out(control: Control, steps: list[tuple[str, str, int]]) -> list[object]:
    answers: list[object] = []
    for what, name, number in steps:
        try:
            if what == "add":
                control.add_key(record(name, created_at=number, digest=bytes([number]) * 32))
            elif what == "revoke":
                answers.append(control.revoke_key(name, number))
            elif what == "run":
                control.record_run(JobRun(name, number))
            else:
                control.put_bundle(name, bytes([number]))
        except JournalError:
            answers.append("refused")
    return [*answers, control.key_records(), list(control.bundles().items()), list(control.job_runs().items())]
