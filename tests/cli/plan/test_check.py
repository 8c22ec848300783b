"""`footfall plan` as its user runs it: a process, its output, its exit code."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from tests.cli.in_process import footfall

from footfall.plan import bundle_bytes, bundle_hash, read

SHOP = Path(__file__).parents[3] / "tracking_plans" / "shop_and_gateway"


@pytest.fixture
def faulty(tmp_path: Path) -> Path:
    (tmp_path / "plan.yaml").write_text("plan: p\ntimezone: Europe/Oslu\n")
    (tmp_path / "events.yaml").write_text("events:\n  sold:\n    descripton: x\n")
    return tmp_path


def test_a_clean_plan_is_told_with_its_counts() -> None:
    done = footfall("plan", "check", SHOP)

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (
        f"{SHOP}: the plan 'fjordhome' is clean: 15 events, 68 properties, 3 goals, 22 KPIs, 3 journeys, 2 segments\n"
    )


def test_each_finding_is_a_line_that_an_editor_can_jump_to(faulty: Path) -> None:
    done = footfall("plan", "check", ".", cwd=faulty)

    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.splitlines() == [
        "events.yaml:3:5 sold: unknown key 'descripton' (did you mean 'description'?) [unknown_key]",
        "plan.yaml:2:11 timezone: there is no timezone 'Europe/Oslu' (did you mean 'Europe/Oslo'?) [unknown_timezone]",
        ".: 2 problems in 2 files",
    ]


def test_findings_for_programs_are_json(faulty: Path) -> None:
    done = footfall("plan", "check", faulty, "--format", "json")
    answer = json.loads(done.stdout)

    assert done.returncode == 1
    assert (answer["clean"], answer["plan"], answer["counts"]) == (False, None, None)
    assert answer["problems"][0] == {
        "code": "unknown_key",
        "column": 5,
        "file": str(faulty / "events.yaml"),
        "line": 3,
        "message": "unknown key 'descripton'",
        "remedy": "did you mean 'description'?",
        "where": "sold",
    }


def test_a_clean_plan_for_programs_names_its_bundle() -> None:
    done = footfall("plan", "check", SHOP, "--format", "json")
    answer = json.loads(done.stdout)

    assert done.returncode == 0
    assert (answer["clean"], answer["plan"], answer["bundle"]) == (True, "fjordhome", bundle_hash(read(SHOP).require()))
    assert answer["counts"] == {
        "events": 15,
        "properties": 68,
        "goals": 3,
        "kpis": 22,
        "journeys": 3,
        "segments": 2,
        "cohorts": 0,
    }
    assert answer["problems"] == []


@pytest.mark.parametrize("command", [("check",), ("bundle", "-o", "plan.json")])
def test_a_path_where_nothing_stands_is_one_line_and_exit_code_2(command: tuple[str, ...], tmp_path: Path) -> None:
    done = footfall("plan", *command, "nowhere", cwd=tmp_path)

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "footfall: nowhere: no such file or folder (check the path)\n"


UNREADABLE = [
    ("plan.yaml", "", "plan.yaml:1 the file is empty"),
    ("plan.yaml", "plan: [}", "plan.yaml:1 not YAML"),
    ("plan.yaml", "a: \udcff", "plan.yaml:1 byte 3 is not UTF-8"),
    ("plan.json", "{}", "plan.json: this is not a bundle"),
    ("folder", None, "folder: the folder has no .yaml file"),
]


@pytest.mark.parametrize(("name", "content", "words"), UNREADABLE)
def test_what_cannot_be_read_as_a_plan_is_one_line_and_exit_code_2(
    name: str, content: str | None, words: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    if content is None:
        path.mkdir()
    else:
        path.write_bytes(content.encode("utf-8", "surrogateescape"))

    done = footfall("plan", "check", name, cwd=tmp_path)
    for_programs = footfall("plan", "check", name, "--format", "json", cwd=tmp_path)

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"footfall: {words}")
    assert done.stderr.count("\n") == 1
    assert for_programs.returncode == 2
    assert len(json.loads(for_programs.stdout)["problems"]) == 1


def test_a_broken_file_among_others_is_a_finding(tmp_path: Path) -> None:
    (tmp_path / "plan.yaml").write_text("plan: p")
    (tmp_path / "events.yaml").write_text("events: [}")

    done = footfall("plan", "check", ".", cwd=tmp_path)

    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.startswith("events.yaml:1:10 not YAML")


def test_a_bundle_is_the_plan_in_one_file(tmp_path: Path) -> None:
    output = tmp_path / "shop.json"

    done = footfall("plan", "bundle", SHOP, "-o", output)

    assert (done.returncode, done.stderr) == (0, "")
    assert read(output).require() == read(SHOP).require()
    assert bundle_hash(read(SHOP).require()) in done.stdout
    assert footfall("plan", "check", output).returncode == 0


def test_a_plan_with_problems_is_not_bundled(faulty: Path) -> None:
    done = footfall("plan", "bundle", faulty, "-o", faulty / "plan.json")

    assert (done.returncode, done.stdout) == (1, "")
    assert "did you mean 'description'?" in done.stderr
    assert not (faulty / "plan.json").exists()


@pytest.mark.parametrize(
    ("output", "words"), [("no/where.json", "cannot be written"), ("plan.txt", "name it plan.json")]
)
def test_an_output_that_cannot_be_is_one_line_and_exit_code_2(output: str, words: str, tmp_path: Path) -> None:
    done = footfall("plan", "bundle", SHOP, "-o", output, cwd=tmp_path)

    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr
    assert done.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_fixtures_are_contract_tests_of_the_plan(tmp_path: Path) -> None:
    (tmp_path / "plan.yaml").write_text("plan: p\nevents: {sold: {properties: {price: {type: integer}}}}")
    fixture = tmp_path / "fixtures" / "sold" / "valid" / "text.json"
    fixture.parent.mkdir(parents=True)
    fixture.write_text('{"price": "x"}')

    done = footfall("plan", "check", ".", cwd=tmp_path)

    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.splitlines() == [
        (
            "fixtures/sold/valid/text.json:1:1 sold: is to be valid, and has a fault: price type (expected an integer, "
            'got "x") (mend the fixture, or loosen the plan) [fixture_faulty]'
        ),
        ".: 1 problem in 1 file",
    ]


def test_a_fixture_that_is_no_json_is_one_line_and_exit_code_3(tmp_path: Path) -> None:
    (tmp_path / "plan.yaml").write_text("plan: p\nevents: {sold: {}}")
    fixture = tmp_path / "fixtures" / "sold" / "valid" / "text.json"
    fixture.parent.mkdir(parents=True)
    fixture.write_text("{")

    done = footfall("plan", "check", ".", cwd=tmp_path)

    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.startswith("footfall: .: a fixture cannot be used: fixtures/sold/valid/text.json: is no JSON")
    assert done.stderr.count("\n") == 1


@pytest.mark.skipif(not Path("/dev/stdout").exists(), reason="this platform has no /dev/stdout")
def test_a_bundle_goes_into_a_pipe_whatever_the_name_of_that_is() -> None:
    command = [sys.executable, "-m", "footfall", "plan", "bundle", str(SHOP), "-o", "/dev/stdout"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    bundle, _, _ = done.stdout.rpartition("/dev/stdout: ")
    assert bundle.encode() == bundle_bytes(read(SHOP).require())
