"""Ids are compared with a run piece by piece; what is missing from it is what a look-up one by one does not find."""

from __future__ import annotations

import pyarrow
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from footfall.disk import SystemDisk
from footfall.storage.ids.keys import key_of
from footfall.storage.ids.missing import missing_ids
from footfall.storage.ids.run_file import Run, write_run

# Some share their upper half, and some are no UUIDs.
IDS = st.builds("{:08x}-0000-7000-8000-{:012x}".format, st.integers(0, 9), st.integers(0, 9)) | st.sampled_from(
    ["", "a", "ø", "A0000000-0000-7000-8000-000000000000", "a" * 40]
)
SETS = st.sets(IDS, max_size=30)


@given(SETS, SETS, st.integers(1, 40))
@settings(deadline=None)
def test_any_ids_that_a_run_lacks_are_missing(
    tmp_path_factory: pytest.TempPathFactory, in_run: set[str], ids: set[str], piece: int
) -> None:
    path = tmp_path_factory.mktemp("ids") / "ids.run"
    write_run(SystemDisk(), path, {"shop": {key_of(id_): 1 for id_ in in_run}, "app": {key_of("only here"): 1}})
    run = Run(SystemDisk(), path)

    missing = missing_ids(run, "shop", pyarrow.array(sorted(ids), pyarrow.string()), piece=piece)
    of_no_source = missing_ids(run, "till", pyarrow.array(sorted(ids), pyarrow.string()), piece=piece)
    run.close()

    assert sorted(missing) == sorted(ids - in_run)
    assert sorted(of_no_source) == sorted(ids)
