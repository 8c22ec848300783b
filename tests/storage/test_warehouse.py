"""The steps of a manifest: which files count after them."""

from __future__ import annotations

from footfall.storage.warehouse import FileCount, ManifestStep, SealedFile, live_files, resting_files


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


def test_what_a_compaction_replaced_lately_rests_for_those_who_read_it() -> None:
    steps = [
        ManifestStep("sealed", "2026-11-29T00", (file("a"), file("b"), file("c"))),
        ManifestStep("compacted", "2026-11-29T01", (file("ab"),), replaced=("a", "b")),
        ManifestStep("compacted", "2026-11-29T02", (file("abc"),), replaced=("ab", "c")),
    ]

    assert [file.name for file in resting_files(steps, "2026-11-29T02")] == ["ab", "c"]
    assert [file.name for file in resting_files(steps, "2026-11-29T00")] == ["a", "b", "ab", "c"]
    assert resting_files(steps, "2026-11-29T03") == []


def test_what_was_purged_and_all_before_it_rests_no_more() -> None:
    steps = [
        ManifestStep("sealed", "1", (file("a"), file("b"))),
        ManifestStep("compacted", "2", (file("ab"),), replaced=("a", "b")),
        ManifestStep("purged", "3", (file("rest"),), replaced=("ab",), rule="event a"),
    ]

    assert resting_files(steps, "1") == []
