"""`footfall plan infer`, `drift` and `simulate` as their user runs them: a process, its output, its exit code."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import footfall
from footfall.collector import Collector
from footfall.delivery import FileTransport, InProcessTransport

PLAN = """
plan: bakery
events:
  viewed: {properties: {kind: {type: string, enum: [rye, wheat], required: true}}}
  bought:
    properties: {price: {type: decimal, scale: 2, required: true}}
  baked: {}
kpis: {revenue: {owner: growth, measure: {sum: bought.price}, window: all}}
teams: {growth: {}}
"""


def run(*arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from footfall.cli import main; main()", "plan", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, cwd=cwd)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "plan.yaml").write_text(PLAN)
    return tmp_path


def send(client: footfall.Client, *, kind: str = "rye") -> None:
    for number in range(10):
        client.track(
            "viewed", {"kind": kind if number == 9 else "rye"}, user_id="ann", timestamp="2026-11-03T10:00:00Z"
        )
    client.track("bought", {"price": 3.25}, user_id="ann", timestamp="2026-11-04T10:00:00Z")


@pytest.fixture
def events(place: Path) -> Path:
    with footfall.Client(FileTransport(place / "events.jsonl")) as client:
        send(client, kind="bun")
    return place / "events.jsonl"


@pytest.fixture
def data(place: Path) -> Path:
    with (
        Collector(place / "data", plan=place / "plan.yaml") as collector,
        footfall.Client(InProcessTransport(collector)) as client,
    ):
        send(client, kind="bun")
    return place / "data"


def test_a_draft_of_a_file_is_clean(place: Path, events: Path) -> None:
    done = run("infer", events, "-o", "draft", "--name", "shop", cwd=place)
    checked = run("check", "draft", cwd=place)
    formed = run("fmt", "draft", "--check", cwd=place)

    assert (formed.returncode, formed.stdout) == (0, "draft: every file is in form\n")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "draft: 2 events drafted from 11 messages; next: footfall plan check draft\n"
    assert (checked.returncode, checked.stdout.splitlines()[-1].split(":")[0:2]) == (
        0,
        ["draft", " the plan 'shop' is clean"],
    )


def test_a_draft_of_a_running_collector_has_what_was_quarantined_as_well(place: Path, data: Path) -> None:
    with Collector(data, plan=place / "plan.yaml"):  # which holds the folder
        done = run("infer", "--data", data, cwd=place)

    assert done.returncode == 0
    assert "  viewed:  # 10 messages, of 2026-11-03, from default" in done.stdout.splitlines()


def test_a_folder_that_holds_a_plan_is_not_written_over(place: Path, events: Path) -> None:
    done = run("infer", events, "-o", ".", cwd=place)

    assert done.returncode == 2
    assert ".: holds plan.yaml already; name a new folder by -o" in done.stderr


def test_broken_lines_are_counted_and_named(place: Path, events: Path) -> None:
    events.write_text(events.read_text() + "{\n[]\n\n{}\n1\n")

    done = run("infer", events, cwd=place)

    assert done.returncode == 0
    assert done.stderr.splitlines()[0] == f"{events}: 4 broken messages left out"
    assert [line.split(":")[0].strip() for line in done.stderr.splitlines()[1:4]] == ["line 12", "line 13", "line 15"]
    assert done.stderr.splitlines()[4] == "  … and 1 more"


def test_a_folder_that_holds_only_what_is_in_quarantine_says_so(place: Path) -> None:
    with Collector(place / "data") as collector:
        collector.take(b'{"batch": [{"type":"page"}]}')

    done = run("infer", "--data", "data", cwd=place)

    assert done.returncode == 3
    assert "holds no message that could be read (1 in quarantine: footfall quarantine list --data data)" in done.stderr


@pytest.mark.parametrize(("text", "words"), [(None, "cannot be read"), ("", "holds no message"), ("{\n", "line 1: ")])
def test_a_file_without_any_message_is_broken_input(place: Path, text: str | None, words: str) -> None:
    if text is not None:
        (place / "events.jsonl").write_text(text)

    for arguments in (["infer"], ["drift", "plan.yaml"]):
        done = run(*arguments, "events.jsonl", cwd=place)
        assert done.returncode == 3
        assert words in done.stderr


@pytest.mark.parametrize("arguments", [["infer"], ["infer", "a.jsonl", "--data", "b"], ["drift", "plan.yaml"]])
def test_exactly_one_thing_is_looked_at(place: Path, arguments: list[str]) -> None:
    done = run(*arguments, cwd=place)

    assert done.returncode == 2
    assert "name one thing to look at" in done.stderr


def test_what_differs_from_the_plan_is_found(place: Path, events: Path) -> None:
    done = run("drift", "plan.yaml", events, cwd=place)

    assert (done.returncode, done.stderr) == (1, "")
    lines = done.stdout.splitlines()
    assert lines[0].split() == ["event", "planned", "coded", "tested", "seen", "first", "last", "used", "by"]
    assert lines[2].split() == ["bought", "active", "-", "-", "1", "2026-11-04", "2026-11-04", "kpi:revenue"]
    assert lines[5:] == [
        (
            'plan.yaml:4:25 viewed.kind: should be one of rye, wheat and was "bun" (enum) '
            "(in 1 of 10 messages; add it to the enum, or have the sender mended) [drift_value]"
        ),
        "plan.yaml:7:3 baked: was never seen (send it, make it a draft, or deprecate it) [never_seen, warning]",
        f"{events}: 11 messages; 2 of 3 active events seen: 1 error and 1 warning in 1 file",
    ]


def test_the_chain_knows_what_is_tested(place: Path, events: Path) -> None:
    covered = {"footfall_coverage": 1, "plan": "bakery", "bundle": "", "events": {"bought": {"count": 3}}}
    (place / "covered.json").write_text(json.dumps(covered))

    done = run("drift", "plan.yaml", events, "--tested", "covered.json", "--format", "json", cwd=place)

    answer: Any = json.loads(done.stdout)
    assert {event["event"]: (event["coded"], event["tested"], event["seen"]) for event in answer["lifecycles"]} == {
        "viewed": (None, 0, 10),
        "bought": (None, 3, 1),
        "baked": (None, 0, 0),
    }
    assert [problem["code"] for problem in answer["problems"]] == ["drift_value", "never_seen"]


def test_the_chain_knows_what_is_coded(place: Path, events: Path) -> None:
    (place / "app.py").write_text(
        "import footfall\nclient = footfall.Client('http://localhost:9', write_key='k')\n"
        "client.track('viewed', {'kind': 'rye'})\nclient.track('viewed', {'kind': 'wheat'})\n"
    )
    (place / "scan.json").write_text(run("scan", "plan.yaml", "app.py", "--format", "json", cwd=place).stdout)

    done = run("drift", "plan.yaml", events, "--scan", "scan.json", "--format", "markdown", cwd=place)

    assert "| `viewed` | active | 2 | - | 10 | 2026-11-03 | 2026-11-03 | nothing |" in done.stdout.splitlines()
    assert "| `baked` | active | no | - | never | - | - | nothing |" in done.stdout.splitlines()


@pytest.mark.parametrize("option", ["--tested", "--scan"])
@pytest.mark.parametrize("text", [None, "{", "{}", "[]"])
def test_a_file_about_code_or_tests_that_is_none_is_broken_input(
    place: Path, events: Path, option: str, text: str | None
) -> None:
    if text is not None:
        (place / "other.json").write_text(text)

    done = run("drift", "plan.yaml", events, option, "other.json", cwd=place)

    assert done.returncode == 3
    assert "other.json" in done.stderr


def test_a_later_look_leaves_out_what_was_before(place: Path, events: Path) -> None:
    done = run("drift", "plan.yaml", events, "--since", "2026-11-04", "--format", "json", cwd=place)

    assert json.loads(done.stdout)["seen"] == 1


def test_a_baseline_lets_what_is_known_pass(place: Path, events: Path) -> None:
    run("drift", "plan.yaml", events, "--baseline", "known.json", "--write-baseline", cwd=place)

    done = run("drift", "plan.yaml", events, "--baseline", "known.json", "--fail-on", "warning", cwd=place)

    assert done.returncode == 0


def test_a_new_plan_is_tried_on_what_a_running_collector_keeps(place: Path, data: Path) -> None:
    (place / "new.yaml").write_text(PLAN.replace("scale: 2", "scale: 1").replace("[rye, wheat]", "[rye, bun]"))

    with Collector(data, plan=place / "plan.yaml"):
        done = run("simulate", "new.yaml", "--data", data, cwd=place)

    assert (done.returncode, done.stderr) == (1, "")
    assert "10 stored messages: 1 would not be stored; 1 of 1 quarantined would now be stored" in done.stdout
    assert "1  bought.price  scale: expected 1 or fewer decimals, got 3.25" in done.stdout
    assert "kpi      revenue  3.25 → 0 (−100 %)  owner growth" in done.stdout


def test_a_trial_is_a_part_of_a_pull_request_comment(place: Path, data: Path) -> None:
    (place / "new.yaml").write_text(PLAN.replace("scale: 2", "scale: 1"))

    done = run("simulate", "new.yaml", "--data", data, "--format", "markdown", cwd=place)

    assert "| `kpi:revenue` | growth | 3.25 → 0 (−100 %) |" in done.stdout.splitlines()


def test_a_plan_that_loses_nothing_passes(place: Path, data: Path) -> None:
    done = run("simulate", "plan.yaml", "--data", data, "--format", "json", cwd=place)

    answer = json.loads(done.stdout)
    assert (done.returncode, answer["stored"], answer["lost"], answer["freed"]) == (0, 10, 0, 0)


def test_infer_and_observe_of_a_file_need_no_store(place: Path, events: Path) -> None:
    """A finder that refuses the libraries of the other extras stands in for an environment without them."""
    refuse = (
        "import sys\nclass Refuse:\n    def find_spec(self, name, path=None, target=None):\n"
        "        if name.partition('.')[0] in {'apsw', 'duckdb', 'pyarrow', 'uvicorn'}:\n"
        "            raise ModuleNotFoundError(f'no {name}', name=name)\nsys.meta_path.insert(0, Refuse())\n"
    )
    for arguments, code in (
        (["infer", events], 0),
        (["drift", "plan.yaml", events], 1),
        (["simulate", "plan.yaml", "--data", "x"], 2),
    ):
        command = [sys.executable, "-c", f"{refuse}from footfall.cli import main\nmain()", "plan", *map(str, arguments)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, cwd=place)
        assert done.returncode == code, done.stderr
    assert "pip install 'footfall[server]'" in done.stderr


@pytest.mark.parametrize("command", ["infer", "drift", "simulate"])
def test_every_option_is_documented(place: Path, command: str) -> None:
    commands = (Path(__file__).parents[3] / "tracking_plans" / "COMMANDS.md").read_text()
    options = set(re.findall(r"--[a-z-]+", run(command, "--help", cwd=place).stdout)) - {"--help", "--output"}

    assert f"## footfall plan {command}\n" in commands
    assert {option for option in options if f"`{option}" not in commands and f"{option} " not in commands} == set()
