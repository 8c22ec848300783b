"""Where the output is no terminal the demo says a few times how far the visitors are."""

from __future__ import annotations

from collections import Counter

import pytest

from footfall.cli.demo.progress import counted, progress


def test_a_run_prints_five_lines_or_so_and_the_last_visit(capsys: pytest.CaptureFixture[str]) -> None:
    with progress(12) as show:
        for done in range(1, 13):
            show(done, Counter(pages=done))

    lines = capsys.readouterr().out.splitlines()
    assert len(lines) <= 6 + 1
    assert lines[-1] == "    12 of 12 visits: pages 12, sign-ins 0, orders 0, declined 0"


def test_what_nobody_did_is_counted_as_0() -> None:
    assert counted(Counter(orders=3, other=1)) == "pages 0, sign-ins 0, orders 3, declined 0"
