"""The machine's clock: ids that rise, also beside a signal handler and after a fork, and the form of a UUIDv7.

What every clock does is in tests/contracts/test_clock.py.
"""

from __future__ import annotations

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


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_fork_makes_other_ids_than_its_parent() -> None:
    done = subprocess.run([sys.executable, "-c", FORK], capture_output=True, text=True, check=True, timeout=60)

    assert len(set(done.stdout.split())) == 100
