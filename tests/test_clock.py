"""The machine's clock: ids that rise, also beside a signal handler and after a fork, and the form of a UUIDv7.

What every clock does is in tests/contracts/test_clock.py.
"""

from __future__ import annotations

import functools
import operator
import os
import subprocess
import sys
from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from footfall.clock import SystemClock, uuid7


@given(st.integers(0, 2**48 - 1), st.integers(0, 2**74 - 1))
@example(0, 0)
@example(2**48 - 1, 2**74 - 1)
def test_a_uuid7_has_its_time_its_version_its_variant_and_all_of_its_entropy(unix_ms: int, entropy: int) -> None:
    made = UUID(uuid7(unix_ms, entropy))

    assert (made.int >> 80, made.version, made.variant) == (unix_ms, 7, "specified in RFC 4122")
    assert (made.int >> 64 & 0xFFF) << 62 | made.int & (1 << 62) - 1 == entropy
    assert str(made) == uuid7(unix_ms, entropy)


def test_ids_rise_also_within_a_millisecond() -> None:
    clock = SystemClock()
    ids = [clock.new_id() for _ in range(10_000)]

    assert ids == sorted(ids)


FORK = """
import os
from footfall.clock import SystemClock
clock = SystemClock()
clock.new_id()
is_child = os.fork() == 0
os.write(1, ("\\n".join(clock.new_id() for _ in range(50)) + "\\n").encode())
if not is_child:
    os.wait()
"""

POOL = """
import multiprocessing, sys
from footfall.clock import SystemClock
clock = SystemClock()

def ids(_number):
    ids, end = [], clock.monotonic() + 0.02
    while clock.monotonic() < end:
        ids.append(clock.new_id())
    return ids

if __name__ == "__main__":
    clock.new_id()
    with multiprocessing.get_context("fork").Pool(4) as pool:
        print("\\n".join(id for ids_ in pool.map(ids, range(8), 1) for id in [*ids_, *ids(0)]))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_fork_makes_other_ids_than_its_parent() -> None:
    done = subprocess.run([sys.executable, "-c", FORK], capture_output=True, text=True, check=True, timeout=60)

    assert len(set(done.stdout.split())) == 100


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_processes_of_a_pool_and_their_parent_share_no_id() -> None:
    done = subprocess.run([sys.executable, "-c", POOL], capture_output=True, text=True, check=True, timeout=60)
    ids = done.stdout.split()

    assert len(ids) > 8
    assert len(set(ids)) == len(ids)


def test_all_bits_of_an_id_vary_but_for_its_time_its_version_and_its_variant() -> None:
    clocks = [SystemClock() for _ in range(200)]
    ids = [UUID(clock.new_id()).int for clock in clocks]
    chance = 0xFFF << 64 | (1 << 61) - 1

    assert functools.reduce(operator.or_, ids) & chance == chance
    assert functools.reduce(operator.and_, ids) & chance == 0
    assert {UUID(int=each).version for each in ids} == {7}
