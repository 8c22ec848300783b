"""The demo runs as a newcomer would run it: no terminal, no question, and every command that it names works."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from footfall.cli.demo.processes import FOOTFALL, running

WITHIN = 60.0  # seconds that the demo may take to start on a busy machine
QUICK = ("--visitors", "12", "--seconds", "2")


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


def test_it_shows_the_run_the_report_a_story_and_the_books_in_this_order(printed: str) -> None:
    places = [
        printed.index(text)
        for text in ("12 of 12 visits", "The report", "One person, from anonymous to customer", "The books", "Try next")
    ]

    assert places == sorted(places)
    assert "the books balance" in printed
    assert "\N{ESCAPE}[" not in printed


def test_the_story_leads_from_an_unknown_browser_to_an_order(printed: str) -> None:
    story = printed.partition("One person")[2].partition("The books")[0]

    assert re.search(r"product_viewed.* sole_owner", story)
    assert re.search(r"identify .* explicit", story)
    assert re.search(r"order_completed.* explicit", story)


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


def test_a_folder_that_is_not_ours_is_refused_in_one_line_with_exit_code_2(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("chapter 1")

    done = footfall(tmp_path, "demo", "--data", ".")

    assert done.returncode == 2
    assert done.stdout == ""
    assert re.fullmatch(r"Error: .*name a new or an empty folder\n", done.stderr)


@pytest.mark.slow
def test_a_second_run_into_the_same_folder_adds_to_it(tmp_path: Path) -> None:
    quick = ("--visitors", "3", "--seconds", "0.5")
    footfall(tmp_path, "demo", *quick)
    first = figures(tmp_path)
    second_run = footfall(tmp_path, "demo", *quick)

    assert second_run.returncode == 0
    assert "1 earlier run(s)" in second_run.stdout
    assert figures(tmp_path)["orders"] == 2 * int(str(first["orders"]))


def test_a_demo_that_is_told_to_end_takes_its_collector_and_its_shop_with_it(tmp_path: Path) -> None:
    with running("the demo", [*FOOTFALL, "demo", "--data", str(tmp_path / "data"), "--seconds", "600"]) as child:
        collector, shop = child.address(WITHIN), child.address(WITHIN)
        answered = httpx.get(f"{collector}/health").status_code, httpx.get(shop).status_code

    assert answered == (200, 200)
    for address in (collector, shop):
        with pytest.raises(httpx.ConnectError):
            httpx.get(address)
