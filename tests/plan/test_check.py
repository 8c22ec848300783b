"""`check` tells every fault of a plan, each with its file, line, column, code, place in the plan and remedy."""

from __future__ import annotations

import errno
import io
from collections.abc import Iterator
from pathlib import Path
from typing import IO, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footfall.disk import Mode, SystemDisk
from footfall.plan import read
from footfall.plan.problems import CODES

ACME = Path(__file__).parent / "data" / "acme"


class Case(NamedTuple):
    """A plan with one fault: the finding's code, its place, words of its text; `«` stands where it points."""

    code: str
    where: str
    words: str
    text: str


def corpus() -> Iterator[Case]:
    for block in (Path(__file__).parent / "data" / "faults.txt").read_text().split("\n=== ")[1:]:
        title, _, text = block.partition("\n")
        code, where, words = (part.strip() for part in title.split("|"))
        yield Case(code, where, words, text.rstrip("\n"))


CASES = [
    *corpus(),
    Case("empty_file", "", "empty", "«"),
    Case("not_utf8", "", "UTF-8", "plan: p\nx_a: «\udcff"),
    Case("not_yaml", "", "control characters", "«plan: p\x07"),
    Case("too_large", "", "64 levels", f"x_a: {'[' * 63}«[{']' * 64}"),
    Case(
        "too_large",
        "sold.a",
        "17 deep",
        "plan: p\nevents: {sold: {properties: {a: «" + "{type: array, items: " * 17 + "{type: any}" + "}" * 17 + "}}}",
    ),
    Case("bad_number", "", "digits", "plan: p\nx_a: «1" + "0" * 400),
]
# Findings that no text of a single file can bring about; each has a test of its own below or beside the bundle.
ELSEWHERE = {"bad_bundle", "missing_file", "no_plan_files", "unreadable_file"}


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.code}-{case.where}")
def test_each_fault_is_told_alone_and_at_its_place(case: Case, tmp_path: Path) -> None:
    before, _, after = case.text.partition("«")
    file = tmp_path / "plan.yaml"
    file.write_bytes((before + after).encode("utf-8", "surrogateescape"))

    problems = read(file).problems

    assert [(problem.code, problem.where) for problem in problems] == [(case.code, case.where)]
    assert (problems[0].line, problems[0].column) == (before.count("\n") + 1, len(before) - before.rfind("\n"))
    assert problems[0].file == str(file)
    assert case.words.replace("{file}", str(file)) in str(problems[0])
    assert problems[0].remedy


def test_sixteen_levels_are_taken_and_of_more_only_the_seventeenth_is_told(tmp_path: Path) -> None:
    file = tmp_path / "plan.yaml"
    places = []
    for deep in (16, 20):
        nested = "{type: object, properties: {a: " * deep + "{type: string}" + "}}" * deep
        file.write_text(f"plan: p\nevents: {{sold: {{properties: {{a: {nested}}}}}}}")
        places.append([problem.where for problem in read(file).problems])

    assert places == [[], ["sold" + ".a" * 4]]


def test_every_code_of_the_register_has_a_plan_that_brings_it_about() -> None:
    assert {case.code for case in CASES} | ELSEWHERE == set(CODES)


def test_all_faults_of_all_files_are_told_in_one_go_in_order(tmp_path: Path) -> None:
    (tmp_path / "b.yaml").write_text("plan: p\nevnts: {}\nkpis: {k: {measure: {count: nothing}}}")
    (tmp_path / "a.yaml").write_text("timezone: Nowhere/Land\nevents: {sold: {owner: 5}}")

    problems = read(tmp_path).problems

    assert [(Path(problem.file).name, problem.line, problem.code) for problem in problems] == [
        ("a.yaml", 1, "unknown_timezone"),
        ("a.yaml", 2, "wrong_type"),
        ("b.yaml", 2, "unknown_key"),
        ("b.yaml", 3, "unknown_reference"),
    ]


def test_a_file_that_cannot_be_read_brings_no_faults_on_those_that_refer_to_it(tmp_path: Path) -> None:
    (tmp_path / "types.yaml").write_text("types: {money: [")
    (tmp_path / "plan.yaml").write_text(
        "plan: p\nevents: {sold: {properties: {a: {use: money}}, rules: [{id: r, check: b > 0}]}}"
    )

    assert [problem.code for problem in read(tmp_path).problems] == ["not_yaml"]


def test_nothing_is_concluded_from_what_has_a_fault_of_its_own(tmp_path: Path) -> None:
    file = tmp_path / "plan.yaml"
    file.write_text(
        "plan: p\nevents: {sold: {include: [ctx], properties: {a: {use: gone}}}}\n"
        "kpis: {k: {measure: {sum: sold.a}}, l: {measure: {sum: sold.from_ctx}}}"
    )

    messages = [problem.message for problem in read(file).problems]

    assert messages == ["there is no property group 'ctx'", "there is no type 'gone'"]


def test_aliases_that_multiply_are_refused_before_they_fill_the_memory(tmp_path: Path) -> None:
    lines = ["plan: p", "x_0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]"]
    lines += [f"x_{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    file = tmp_path / "plan.yaml"
    file.write_text("\n".join(lines))

    (problem,) = read(file).problems

    assert problem.code == "too_large"
    assert "aliases" in problem.message


PATCHES = ["", "{", "}", "[", "]", ": ", "*a", "&a ", "null", "- ", "\n", "'", "9e9", "é", "\t"]
texts = [path.read_text() for path in sorted(ACME.rglob("*.yaml"))]


@given(st.data())
def test_no_damage_to_a_plan_makes_the_check_fail(data: st.DataObject) -> None:
    text = data.draw(st.sampled_from(texts))
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(text)))
        end = min(len(text), start + data.draw(st.integers(0, 12)))
        patch = data.draw(st.sampled_from(PATCHES))
        text = text[:start] + patch + text[end:]

    problems = read("plan.yaml", disk=OneFile(text)).problems

    assert all(problem.code in CODES and problem.file == "plan.yaml" for problem in problems)


class OneFile(SystemDisk):
    """A disk with one file, whatever its path."""

    def __init__(self, text: str) -> None:
        self.text = text

    def open(self, path: Path, mode: Mode) -> IO[bytes]:
        return io.BytesIO(self.text.encode())

    def list(self, folder: Path) -> list[Path]:
        raise NotADirectoryError(errno.ENOTDIR, "Not a directory")
