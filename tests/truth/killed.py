"""Seals a folder, or compacts it, killed at one step after another, and asks for its report each time.

    python -m tests.truth.killed (owner|child|compaction) FOLDER EVERY

Prints how many of these reports were right. See `tests.maintenance.killed_seals`.
"""

from __future__ import annotations

import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from tests.maintenance.killed_seals import compact_folder, in_fork, seal_folder
from tests.truth.folders import EVERYTHING, assert_exact, fill
from tests.truth.log import make_log, wide_plan

ROWS = 16


def main() -> None:
    who, folder, every = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    plan, log = wide_plan(), make_log(seed=5, messages=3 * ROWS)
    template, data = folder / "template", folder / "data"
    work: Callable[..., None] = seal_folder
    options = {"rows": ROWS}

    def look() -> None:
        assert_exact(data, plan, log.stored, log.quarantined, EVERYTHING)

    assert in_fork(lambda: fill(template, log, plan))[0] == 0
    if who == "compaction":
        assert in_fork(lambda: seal_folder(template, rows=ROWS))[0] == 0
        work, options = compact_folder, {}
    killed, step = -signal.SIGKILL, 1
    while killed:
        shutil.copytree(template, data)
        killed, _ = in_fork(lambda: work(data, **options, **{f"{who}_dies_at": step}))  # noqa: B023 - done at once
        assert killed in (0, -signal.SIGKILL), (who, step, killed)
        assert in_fork(look)[0] == 0, (who, step)
        assert in_fork(lambda: work(data, **options))[0] == 0, (who, step)
        assert in_fork(look)[0] == 0, (who, step)
        shutil.rmtree(data)
        step += every
    sys.stdout.write(f"{step // every}\n")


if __name__ == "__main__":
    main()
