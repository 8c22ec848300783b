"""Each import begins with counts of its own."""

from __future__ import annotations

from footfall.web.import_counts import ImportCounts


def test_the_counts_of_two_imports_are_apart() -> None:
    first, second = ImportCounts(), ImportCounts()

    first.uncounted["static"] += 1

    assert second.uncounted == {}
