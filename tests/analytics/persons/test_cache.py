"""The cache changes no answer, whatever happened to its files, and removes what no part needs."""

from __future__ import annotations

import errno
import logging
import shutil
import stat
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pyarrow
import pyarrow.parquet
import pytest
from tests.analytics.persons.parts import ListPart, attributions
from tests.maintenance.folders import collect, seal

from footfall.analytics import Dataset
from footfall.analytics.dataset import Contents
from footfall.analytics.persons import Persons, PersonsCache
from footfall.analytics.persons.person_rows import rows_of
from footfall.analytics.persons.reader import PartReader
from footfall.analytics.persons.summary import summarise
from footfall.disk import SystemDisk
from footfall.identity.attribution import Attribution, Observation, attribute, namespace
from footfall.maintenance.backup import backup
from footfall.maintenance.restore import restore
from footfall.maintenance.verify import verify

LOGS = [
    [
        Observation("web", "m1", "identify", 1, "ann", "a1"),
        Observation("web", "m2", "page", 2, None, "a1"),
        Observation("web", "m3", "alias", 3, "ann", None, None, "annie"),
        Observation("web", "m4", "page", 4, None, "quiet"),
    ],
    [Observation("web", "m5", "identify", 5, "bob", "a1"), Observation("web", "m6", "page", 6, None, "a1", "null")],
    [Observation("web", "m7", "page", 10**12, None, "a1"), Observation("web", "m8", "page", 7, "annie", "quiet")],
]
ALL = attribute([observation for log in LOGS for observation in log], namespace("shop"))


def sealed() -> list[ListPart]:
    return [ListPart(log, f"{number:064x}") for number, log in enumerate(LOGS)]


def answer(folder: Path, parts: list[ListPart]) -> dict[tuple[str, str], Attribution]:
    return attributions(Persons.of(parts, "shop", PersonsCache(folder)), parts)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    assert answer(tmp_path / "cache", sealed()) == ALL
    return tmp_path / "cache"


def test_a_second_opening_reads_no_ids_of_any_part(folder: Path) -> None:
    parts = sealed()
    persons = Persons.of(parts, "shop", PersonsCache(folder))
    columns = [persons.column(number).to_pylist() for number in range(3)]

    assert [part.reads for part in parts] == [[], [], []]
    assert [sum(row is not None for row in column) for column in columns] == [4, 2, 2]


@pytest.mark.parametrize("kept", range(4))
@pytest.mark.parametrize("asked", range(4))
@pytest.mark.parametrize("tail", [False, True])
def test_persons_are_counted_the_same_whatever_parts_the_cache_is_of(
    tmp_path: Path, *, kept: int, asked: int, tail: bool
) -> None:
    Persons.of(sealed()[:kept], "shop", PersonsCache(tmp_path))
    parts = [*sealed()[:asked], *([ListPart(LOGS[-1])] if tail else [])]
    expected = Persons.of(parts, "shop").counts

    assert [Persons.of(parts, "shop", PersonsCache(tmp_path)).counts for _ in range(2)] == [expected, expected]


def test_moves_of_any_rows_come_out_of_the_cache_as_the_part_has_them(folder: Path) -> None:
    cache = PersonsCache(folder)
    for part in sealed():
        expected = summarise(part)[1]
        for start in range(part.messages):
            for stop in range(start, part.messages + 1):
                assert cache.moves(part.name, start, stop) == expected.slice(start, stop)


def test_stretches_of_a_part_come_out_of_the_cache_and_those_of_others_are_not_known(folder: Path) -> None:
    cache = PersonsCache(folder)

    assert [list(cache.stretches(part.name)) for part in sealed()] == [list(part.stretches()) for part in sealed()]
    assert (cache.stretches("f" * 64), cache.moves("f" * 64, 0, 1)) == ((), None)


@pytest.mark.parametrize("texts", [[], ["{}", None, '{"ip":"192.0.2.1"}', "{}"]])
def test_marks_come_out_of_the_cache_as_they_went_in_unless_a_byte_was_changed(
    tmp_path: Path, texts: list[str | None]
) -> None:
    name, cache = "a" * 64, PersonsCache(tmp_path)
    before = cache.marks(name)
    marks = pyarrow.array(texts, pyarrow.string()).dictionary_encode()
    cache.keep_marks(name, marks)
    path = tmp_path / f"{name}.marks"

    assert (before, cache.marks(name)) == (None, marks)
    content = path.read_bytes()
    path.write_bytes(content[:-9] + bytes([content[-9] ^ 1]) + content[-8:])
    assert cache.marks(name) is None


def test_nothing_is_written_of_a_part_that_is_not_kept_any_more(tmp_path: Path) -> None:
    parts, gone = sealed(), f"{1:064x}"
    cache = PersonsCache(tmp_path / "cache", is_kept=lambda name: name != gone)

    assert attributions(Persons.of(parts, "shop", cache), parts) == ALL
    assert {path.name for path in (tmp_path / "cache").iterdir()} == {f"{0:064x}.part", f"{2:064x}.part"}


def test_a_block_that_was_changed_is_made_again(folder: Path) -> None:
    (part, *_) = sealed()
    path = folder / f"{part.name}.part"
    content = path.read_bytes()
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    stop = part.messages

    assert PersonsCache(folder).moves(part.name, 0, stop) is None
    assert PartReader([part], PersonsCache(folder), {}).moves(0, 0, stop) == summarise(part)[1]
    assert path.read_bytes() == content


def test_files_of_the_cache_are_their_owners_alone(folder: Path) -> None:
    modes = {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}

    assert (len(list(folder.iterdir())), modes, stat.S_IMODE(folder.stat().st_mode)) == (4, {0o600}, 0o700)


@pytest.mark.parametrize("name", ["persons", f"{0:064x}.part"])
def test_a_link_in_the_cache_chooses_nothing_that_is_written_over(folder: Path, tmp_path: Path, name: str) -> None:
    (tmp_path / "precious").write_text("precious")
    shutil.rmtree(folder)
    folder.mkdir()
    (folder / name).symlink_to(tmp_path / "precious")

    assert answer(folder, sealed()) == ALL
    assert (tmp_path / "precious").read_text() == "precious"
    assert not (folder / name).is_symlink()


@pytest.mark.parametrize("gone", ["", "persons"])
@pytest.mark.parametrize("name", ["persons", f"{0:064x}.part"])
def test_a_file_that_was_cut_anywhere_changes_no_answer(folder: Path, name: str, gone: str) -> None:
    content = (folder / name).read_bytes()

    for size in range(0, len(content), len(content) // 8):
        (folder / name).write_bytes(content[:size])
        (folder / (gone or "nothing")).unlink(missing_ok=True)
        assert answer(folder, sealed()) == ALL


@pytest.mark.parametrize("gone", ["", "persons"])
@pytest.mark.parametrize("name", ["persons", f"{0:064x}.part"])
def test_a_byte_that_was_changed_anywhere_changes_no_answer(folder: Path, name: str, gone: str) -> None:
    content = (folder / name).read_bytes()

    for place in range(0, len(content), len(content) // 8):
        (folder / name).write_bytes(content[:place] + bytes([content[place] ^ 0xFF]) + content[place + 1 :])
        (folder / (gone or "nothing")).unlink(missing_ok=True)
        assert answer(folder, sealed()) == ALL


@pytest.mark.parametrize("content", [b"", b"\n", b"{}\n", b"[]", b"PAR1", b'{"footfall": 2}\n', bytes(100)])
def test_a_foreign_file_changes_no_answer(folder: Path, content: bytes) -> None:
    for path in list(folder.iterdir()):
        path.write_bytes(content)

    assert answer(folder, sealed()) == ALL


def test_a_digit_that_was_changed_in_the_numbers_of_a_dictionary_changes_no_answer(folder: Path) -> None:
    path = folder / "persons"
    content = path.read_bytes()
    start = content.index(b'"numbers":[') + len(b'"numbers":[')
    digits = [place for place in range(start, content.index(b"]", start)) if content[place : place + 1].isdigit()]

    for place in digits:
        path.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
        assert answer(folder, sealed()) == ALL
        path.write_bytes(content)
    assert len(digits) > len(LOGS)


@pytest.mark.parametrize("field", [b'"ruleset":"', b'"version":'])
def test_a_file_of_other_rules_or_another_version_counts_for_nothing(folder: Path, field: bytes) -> None:
    for path in folder.iterdir():
        line, tables = path.read_bytes().split(b"\n", 1)
        header = line.rpartition(b" ")[0].replace(field, field + b"9", 1)
        path.write_bytes(b"%s %08x\n%s" % (header, zlib.crc32(header), tables))
    parts = sealed()
    Persons.of(parts, "shop", PersonsCache(folder))

    assert all("user_id" in part.reads[0] for part in parts)
    assert answer(folder, sealed()) == ALL


def test_a_summary_under_the_name_of_another_part_counts_for_nothing(folder: Path) -> None:
    (folder / "persons").unlink()
    (folder / f"{0:064x}.part").rename(folder / f"{1:064x}.part")

    assert answer(folder, sealed()) == ALL


def test_a_removed_cache_is_made_again(folder: Path) -> None:
    for path in list(folder.iterdir()):
        path.unlink()
    folder.rmdir()

    assert answer(folder, sealed()) == ALL
    assert len(list(folder.iterdir())) == 4


def test_a_cache_that_cannot_be_written_is_one_line_of_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "cache").write_text("in the way")
    with caplog.at_level(logging.INFO, "footfall"):
        assert answer(tmp_path / "cache", sealed()) == ALL

    assert len(caplog.records) == 1
    assert "so who is who is worked out each time" in caplog.text


def test_a_draft_of_another_process_is_no_hindrance(folder: Path) -> None:
    (folder / "persons").unlink()
    (folder / ".persons.draft").write_bytes(b"half a fi")

    assert answer(folder, sealed()) == ALL


class LosingDisk(SystemDisk):
    """Another process writes each file at the same moment."""

    def __init__(self, error: OSError, *, is_late: bool) -> None:
        self._error = error
        self._is_late = is_late

    @contextmanager
    def replacing(self, path: Path, *, private: bool = False) -> Iterator[IO[bytes]]:
        if not self._is_late:
            raise self._error
        with super().replacing(path, private=private) as file:
            yield file
            raise self._error


@pytest.mark.parametrize("disk", [
    LosingDisk(FileExistsError(errno.EEXIST, "it began a draft"), is_late=False),
    LosingDisk(FileNotFoundError(errno.ENOENT, "it took our draft away"), is_late=True),
])  # fmt: skip
def test_a_file_that_another_process_writes_at_the_same_time_is_no_line_of_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, disk: LosingDisk
) -> None:
    parts = sealed()
    with caplog.at_level(logging.INFO, "footfall"):
        persons = Persons.of(parts, "shop", PersonsCache(tmp_path / "cache", disk))

    assert attributions(persons, parts) == ALL
    assert caplog.records == []


def test_parts_without_any_usable_id_come_out_of_the_cache_as_they_went_in(tmp_path: Path) -> None:
    nobody = [ListPart([Observation("web", "n1", "page", 1, "null"), Observation("web", "n2", "page", 2)], "e" * 64)]
    expected = answer(tmp_path, nobody)

    assert answer(tmp_path, nobody) == expected
    assert answer(tmp_path, [*nobody, *sealed()]) == ALL | expected
    (tmp_path / "persons").unlink()
    assert answer(tmp_path, [*sealed(), *nobody]) == ALL | expected


@pytest.fixture
def looked_up(folder: Path) -> Path:
    persons = Persons.of(sealed(), "shop", PersonsCache(folder))
    rows_of(persons, *persons.find("ann"))
    return folder


def persons_behind_a1(folder: Path, parts: list[ListPart]) -> list[str]:
    persons = Persons.of(parts, "shop", PersonsCache(folder))
    assert all(len(rows_of(persons, person)) for person in persons.find("a1"))
    return persons.person_ids(pyarrow.array(persons.find("a1"), pyarrow.int32())).to_pylist()  # type: ignore[no-any-return]


def test_where_ids_are_is_kept_once_somebody_looked_one_up(looked_up: Path) -> None:
    times = {path.name: path.stat().st_mtime_ns for path in looked_up.glob("*.places")}
    persons_behind_a1(looked_up, sealed())
    after = {path.name: path.stat().st_mtime_ns for path in looked_up.glob("*.places")}

    assert set(times) < set(after) == {f"{number:064x}.places" for number in range(3)}
    assert times.items() <= after.items()


@pytest.mark.parametrize("is_cut", [True, False])
def test_places_that_were_cut_or_changed_anywhere_change_no_answer(looked_up: Path, *, is_cut: bool) -> None:
    path = looked_up / f"{0:064x}.places"
    content = path.read_bytes()
    expected = persons_behind_a1(looked_up, sealed())

    for place in range(0, len(content), len(content) // 8):
        changed = b"" if is_cut else bytes([content[place] ^ 0xFF]) + content[place + 1 :]
        path.write_bytes(content[:place] + changed)
        assert persons_behind_a1(looked_up, sealed()) == expected


def test_places_of_parts_that_are_gone_are_removed(looked_up: Path) -> None:
    persons_behind_a1(looked_up, [ListPart([*LOGS[0], *LOGS[1]], "f" * 64), *sealed()[2:]])

    assert not (looked_up / f"{0:064x}.places").exists()


def test_new_parts_add_to_what_is_there(tmp_path: Path) -> None:
    folder = tmp_path / "cache"
    for number in range(1, 4):
        parts = sealed()[:number]
        answers = answer(folder, parts)
        assert answers == attribute([each for log in LOGS[:number] for each in log], namespace("shop"))

    parts = sealed()
    Persons.of(parts, "shop", PersonsCache(folder))
    assert [part.reads for part in parts] == [[], [], []]


def test_files_of_parts_that_are_gone_are_removed(folder: Path) -> None:
    merged = ListPart([*LOGS[0], *LOGS[1]], "f" * 64)
    (folder / "notes.txt").write_text("mine")

    assert answer(folder, [merged, *sealed()[2:]]) == ALL
    assert {path.name for path in folder.iterdir()} == {"notes.txt", "persons", "f" * 64 + ".part", f"{2:064x}.part"}


def test_persons_of_an_earlier_day_leave_those_of_today_there(folder: Path) -> None:
    earlier = answer(folder, sealed()[:1])
    parts = sealed()
    Persons.of(parts, "shop", PersonsCache(folder))

    assert earlier == attribute(LOGS[0], namespace("shop"))
    assert [part.reads for part in parts] == [[], [], []]


def test_what_has_no_name_is_never_kept(tmp_path: Path) -> None:
    folder = tmp_path / "cache"
    parts = [*sealed()[:2], ListPart(LOGS[2])]

    assert answer(folder, parts) == ALL
    assert {path.name for path in folder.iterdir()} == {"persons", f"{0:064x}.part", f"{1:064x}.part"}


def test_every_plan_has_its_own_ids_out_of_the_same_cache(folder: Path) -> None:
    parts = sealed()
    persons = Persons.of(parts, "other", PersonsCache(folder))

    assert attributions(persons, parts) == attribute([each for log in LOGS for each in log], namespace("other"))


def test_a_data_folder_with_a_cache_is_whole_is_used_and_gives_backups_without_it(tmp_path: Path) -> None:
    data = tmp_path / "data"
    collect(data, ["a", "b"])
    seal(data)
    with Dataset.open(data) as dataset:
        persons = dataset.contents().persons
    names = {path.name for path in (data / "cache").iterdir()}
    collect(data, ["c"])
    copy = Path(backup(data, tmp_path / "backups").path)
    restore(copy, tmp_path / "restored")

    assert (persons, "persons" in names, len(names)) == (1, True, 2)
    assert (verify(data).is_whole, verify(data).strays) == (True, ())
    assert not (copy / "cache").exists()
    with Dataset.open(tmp_path / "restored") as dataset:
        assert dataset.contents().messages == 3


def test_ids_that_are_damaged_later_change_no_figure_while_there_is_a_cache_and_are_a_named_loss_without_it(
    tmp_path: Path,
) -> None:
    collect(tmp_path, ["a", "b"])
    (file,) = seal(tmp_path)
    before = contents(tmp_path)
    damage(tmp_path / "warehouse" / file.name, "user_id")
    with_cache = contents(tmp_path)
    shutil.rmtree(tmp_path / "cache")
    without = contents(tmp_path)

    assert (before.persons, before.losses) == (1, ())
    assert with_cache == before
    assert not verify(tmp_path).is_whole
    assert (without.messages, without.persons) == (0, 0)
    assert "2 messages" in without.losses[0]


def contents(data: Path) -> Contents:
    with Dataset.open(data) as dataset:
        return dataset.whole(dataset.contents)


def damage(path: Path, name: str) -> None:
    """Change the last byte of a column."""
    group = pyarrow.parquet.read_metadata(path).row_group(0)
    (column,) = (group.column(n) for n in range(group.num_columns) if group.column(n).path_in_schema == name)
    content = bytearray(path.read_bytes())
    first = column.dictionary_page_offset or column.data_page_offset
    content[first + column.total_compressed_size - 1] ^= 1
    path.write_bytes(content)
