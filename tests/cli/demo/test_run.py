"""The demo runs as a newcomer would run it: no terminal, no question, and every command that it names works."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from collections import Counter
from pathlib import Path

import httpx
import pytest

from footfall.cli.demo.processes import FOOTFALL, running
from footfall.cli.demo.run import counted, example_file, prepare, progress
from footfall.clock import SystemClock
from footfall.disk import SystemDisk
from footfall.errors import DataFolderError, DataFolderHeldError, UsageError
from footfall.storage.folder import DataFolder

WITHIN = 60.0  # seconds that the demo may take to start on a busy machine
WITHOUT_HISTORY = ("--days", "0")
QUICK = ("--visitors", "12", "--seconds", "2", *WITHOUT_HISTORY)


def footfall(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *FOOTFALL, *arguments],
        check=False,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )


def figures(folder: Path) -> dict[str, object]:
    report = footfall(folder, "report", "--data", "footfall-demo", "--plan", "footfall-demo/plan", "--format", "json")
    kpis = {kpi["name"]: kpi["value"] for kpi in json.loads(report.stdout)["kpis"]}
    return {name: kpis[name] for name in ("orders", "revenue", "shoppers", "sign_ups", "average_score")}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("newcomer")


@pytest.fixture(scope="module")
def printed(folder: Path) -> str:
    """What a first run of the demo prints."""
    done = footfall(folder, "demo", *QUICK)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.slow
def test_it_shows_the_run_the_report_a_story_and_the_books_in_this_order(printed: str) -> None:
    places = [
        printed.index(text)
        for text in ("12 of 12 visits", "The report", "One person, from anonymous to customer", "The books", "Try next")
    ]

    assert places == sorted(places)
    assert "the books balance" in printed
    assert "\N{ESCAPE}[" not in printed


@pytest.mark.slow
def test_the_story_leads_from_an_unknown_browser_to_an_order(printed: str) -> None:
    story = printed.partition("One person")[2].partition("The books")[0]

    assert re.search(r"product_viewed.* sole_owner", story)
    assert re.search(r"identify .* explicit", story)
    assert re.search(r"order_completed.* explicit", story)


@pytest.mark.slow
def test_the_books_have_faults_and_repeats_and_balance(folder: Path, printed: str) -> None:
    shop = re.search(r"the shop is closed: (\d+) messages delivered, 0 not", printed)
    gateways = re.findall(r"gateway \d: (\d+) delivered", printed)
    books = json.loads(footfall(folder, "stats", "--data", "footfall-demo", "--format", "json").stdout)

    assert books["balanced"]
    assert books["total"]["quarantined"] > 0
    assert books["total"]["duplicate"] > 0
    assert books["total"]["rejected"] == 0
    assert shop is not None
    assert books["total"]["received"] == sum(map(int, [shop[1], *gateways]))


@pytest.mark.slow
def test_every_command_it_advises_works_as_printed(folder: Path, printed: str) -> None:
    advised = [line.partition("#")[0].strip() for line in printed.partition("Try next")[2].splitlines() if "#" in line]

    assert len(advised) >= 5
    for line in advised:
        program, *arguments = shlex.split(line)
        done = footfall(folder, *arguments)
        assert (program, done.returncode) == ("footfall", 0), f"{line}: {done.stdout}{done.stderr}"
        assert done.stdout


@pytest.mark.slow
def test_the_same_seed_makes_the_same_figures(folder: Path, printed: str, tmp_path: Path) -> None:
    again = footfall(tmp_path, "demo", *QUICK)

    assert again.returncode == 0
    assert figures(tmp_path) == figures(folder)


@pytest.mark.slow
def test_a_first_run_has_a_history_that_the_questions_answer_from_and_a_second_run_has_none(tmp_path: Path) -> None:
    quick = ("--visitors", "3", "--seconds", "0.5", "--days", "14")
    first, second = (footfall(tmp_path, "demo", *quick).stdout for _ in range(2))

    assert re.search(r"history +[\d,]+ simulated messages of the 14 days before today", first)
    assert "simulated messages" not in second
    for question in ("funnel", "retention", "persons", "attribution", "journey"):
        advised = re.search(rf"footfall ({question} .*?) +#", first)
        assert advised is not None
        answer = footfall(tmp_path, *shlex.split(advised[1]), "--format", "csv")
        assert answer.returncode == 0
        assert len(answer.stdout.splitlines()) > 2


def test_a_folder_that_is_not_ours_is_refused_in_one_line_with_exit_code_2(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("chapter 1")

    done = footfall(tmp_path, "demo", "--data", ".")

    assert done.returncode == 2
    assert done.stdout == ""
    assert re.fullmatch(r"Error: .*name a new or an empty folder\n", done.stderr)


@pytest.mark.slow
def test_a_second_run_into_the_same_folder_adds_to_it(tmp_path: Path) -> None:
    quick = ("--visitors", "3", "--seconds", "0.5", *WITHOUT_HISTORY)
    footfall(tmp_path, "demo", *quick)
    first = figures(tmp_path)
    second_run = footfall(tmp_path, "demo", *quick)

    assert second_run.returncode == 0
    assert "1 earlier run(s)" in second_run.stdout
    assert figures(tmp_path)["orders"] == 2 * int(str(first["orders"]))


@pytest.mark.slow
def test_a_demo_that_is_told_to_end_takes_its_collector_and_its_shop_with_it(tmp_path: Path) -> None:
    with running("the demo", [*FOOTFALL, "demo", "--data", str(tmp_path / "data"), "--seconds", "600"]) as child:
        collector, shop = child.address(WITHIN), child.address(WITHIN)
        answered = httpx.get(f"{collector}/health").status_code, httpx.get(shop).status_code

    assert answered == (200, 200)
    for address in (collector, shop):
        with pytest.raises(httpx.ConnectError):
            httpx.get(address)


@pytest.mark.parametrize(
    "relative", ["examples/shop/main.py", "examples/gateway/gateway.py", "tracking_plans/shop_and_gateway"]
)
def test_what_the_demo_needs_is_found(relative: str) -> None:
    assert example_file(relative).exists()


def test_what_is_missing_is_named() -> None:
    with pytest.raises(UsageError, match="no examples/nothing"):
        example_file("examples/nothing")


def test_a_run_prints_five_lines_or_so_and_the_last_visit(capsys: pytest.CaptureFixture[str]) -> None:
    with progress(12) as show:
        for done in range(1, 13):
            show(done, Counter(pages=done))

    lines = capsys.readouterr().out.splitlines()
    assert len(lines) <= 6 + 1
    assert lines[-1] == "    12 of 12 visits: pages 12, sign-ins 0, orders 0, declined 0"


def test_what_nobody_did_is_counted_as_0() -> None:
    assert counted(Counter(orders=3, other=1)) == "pages 0, sign-ins 0, orders 3, declined 0"


def prepared(data: Path, plan: Path) -> int:
    return prepare(data, plan, clock=SystemClock(), disk=SystemDisk())


@pytest.fixture
def plan() -> Path:
    return example_file("tracking_plans/shop_and_gateway")


def test_a_new_folder_gets_a_copy_of_the_plan_without_its_fixtures(tmp_path: Path, plan: Path) -> None:
    prepared(tmp_path / "new", plan)

    copied = {path.relative_to(tmp_path / "new" / "plan") for path in (tmp_path / "new" / "plan").rglob("*.yaml")}
    assert copied == {
        path.relative_to(plan) for path in plan.rglob("*.yaml") if "fixtures" not in path.relative_to(plan).parts
    }
    assert Path("plan.yaml") in copied


def test_a_second_run_into_the_same_folder_is_told_of_the_first(tmp_path: Path, plan: Path) -> None:
    counts = [prepared(tmp_path / "new", plan) for _ in range(3)]

    assert counts == [0, 1, 2]


def test_what_the_reader_changed_in_the_plan_stays(tmp_path: Path, plan: Path) -> None:
    prepared(tmp_path / "new", plan)
    mine = tmp_path / "new" / "plan" / "plan.yaml"
    mine.write_text("plan: mine\n")

    prepared(tmp_path / "new", plan)

    assert mine.read_text() == "plan: mine\n"


def test_a_folder_of_somebody_else_is_refused_and_left_as_it_is(tmp_path: Path, plan: Path) -> None:
    (tmp_path / "thesis.txt").write_text("chapter 1")

    with pytest.raises(DataFolderError, match="not footfall's"):
        prepared(tmp_path, plan)

    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_the_folder_of_a_real_collector_is_refused_and_left_as_it_is(tmp_path: Path, plan: Path) -> None:
    DataFolder.open(tmp_path / "real").close()
    before = sorted(path.name for path in (tmp_path / "real").iterdir())

    with pytest.raises(DataFolderError, match="spoil"):
        prepared(tmp_path / "real", plan)

    assert sorted(path.name for path in (tmp_path / "real").iterdir()) == before


def test_a_folder_that_a_collector_holds_is_refused_with_its_process(tmp_path: Path, plan: Path) -> None:
    prepared(tmp_path / "new", plan)
    held = DataFolder.open(tmp_path / "new")

    with pytest.raises(DataFolderHeldError, match=f"process {os.getpid()}"):
        prepared(tmp_path / "new", plan)

    held.close()


def test_a_folder_with_a_broken_note_is_refused(tmp_path: Path, plan: Path) -> None:
    prepared(tmp_path / "new", plan)
    (tmp_path / "new" / "demo.json").write_text("[")

    with pytest.raises(DataFolderError, match=r"demo\.json"):
        prepared(tmp_path / "new", plan)
