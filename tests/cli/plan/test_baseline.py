"""A baseline leaves out the findings that a team has decided to live with, wherever they have moved in their files."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from footfall.cli.plan.baseline import read_baseline, write_baseline
from footfall.errors import BrokenInputError, Problem

PROBLEMS = st.lists(st.sampled_from([("a", "x"), ("a", "y"), ("b", "x")]), max_size=6)


def rest(path: Path, known: list[Problem], problems: list[Problem]) -> tuple[list[Problem], int]:
    write_baseline(path, known)
    return read_baseline(path).subtract(problems)


def test_a_known_finding_stays_known_at_another_line_of_another_file(tmp_path: Path) -> None:
    known = Problem("bad_a", "is wrong", where="sold.total", file="a.yaml", line=3, column=5)
    moved = Problem("bad_a", "is wrong", where="sold.total", file="b.yaml", line=99, column=1)

    assert rest(tmp_path / "b.json", [known], [moved]) == ([], 0)


def test_a_finding_that_names_another_line_is_known_after_that_line_has_moved(tmp_path: Path) -> None:
    known, moved, other = (Problem("c", f"'a' is defined here and at {at}") for at in ("x.yaml:3", "x.yaml:12", "y:12"))

    assert rest(tmp_path / "b.json", [known], [moved]) == ([], 0)
    assert rest(tmp_path / "b.json", [known], [other]) == ([other], 1)


@given(known=PROBLEMS, now=PROBLEMS)
@example(known=[("a", "x")], now=[("a", "x"), ("a", "x")])
@example(known=[("a", "x"), ("a", "x"), ("b", "x")], now=[("a", "x")])
def test_equal_findings_are_counted(
    known: list[tuple[str, str]], now: list[tuple[str, str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("baseline") / "b.json"

    new, gone = rest(path, [Problem(*pair) for pair in known], [Problem(*pair) for pair in now])

    for pair in {*known, *now}:
        many = sum((problem.code, problem.message) == pair for problem in new)
        assert many == max(now.count(pair) - known.count(pair), 0)
    assert gone == sum(max(known.count(pair) - now.count(pair), 0) for pair in set(known))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "cannot be read"),
        (b"", "this is not a baseline"),
        (b"{}", "this is not a baseline"),
        (b"\xff", "this is not a baseline"),
        (b'{"footfall_baseline": 2, "findings": []}', "version 2 is not read"),
        (b'{"footfall_baseline": 1, "findings": [{"code": 1}]}', "this is not a baseline"),
    ],
)
def test_a_broken_baseline_is_an_error_with_its_remedy(content: bytes | None, words: str, tmp_path: Path) -> None:
    file = tmp_path / "baseline.json"
    if content is not None:
        file.write_bytes(content)

    with pytest.raises(BrokenInputError, match=words):
        read_baseline(file)


def test_a_baseline_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(BrokenInputError, match="cannot be written"):
        write_baseline(tmp_path / "no" / "where.json", [])
