"""The steps of a manifest: which files count after them."""

from __future__ import annotations

from footfall.storage.warehouse import FileCount, ManifestStep, SealedFile, live_files


def file(name: str) -> SealedFile:
    return SealedFile(name, "2026-11-29", 1, 2, 2, 100, "ab" * 32, (FileCount("shop", "order_completed", 2),))


def test_files_count_in_the_order_in_which_they_were_added() -> None:
    steps = [ManifestStep("sealed", "", (file("b"),)), ManifestStep("sealed", "", (file("a"),))]

    assert list(live_files(steps)) == ["b", "a"]


def test_what_a_step_replaces_counts_no_more() -> None:
    sealed = ManifestStep("sealed", "", (file("a"), file("b")))
    compacted = ManifestStep("compacted", "", (file("ab"),), replaced=("a", "b"))

    assert list(live_files([sealed, compacted])) == ["ab"]


def test_what_a_missing_step_added_may_be_replaced() -> None:
    assert list(live_files([ManifestStep("compacted", "", (file("ab"),), replaced=("a", "b"))])) == ["ab"]


def test_a_purge_may_leave_nothing_of_a_file() -> None:
    steps = [ManifestStep("sealed", "", (file("a"),)), ManifestStep("purged", "", (), replaced=("a",), rule="event a")]

    assert live_files(steps) == {}
