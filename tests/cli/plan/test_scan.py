"""`footfall plan scan` on a made repository, as a real process: findings, gates, forms, usage errors."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from footfall.cli.plan.scan import command
from footfall.plan.scan import SCAN_CODES, SDKS

ROOT = Path(__file__).parents[3]
PLAN = """
plan: shop
teams: {checkout: {contact: c@shop.example}, devices: {contact: d@shop.example}}
sources:
  shop_backend: {kind: server, language: python, paths: ["services/**"]}
  agent: {kind: device, language: python, paths: ["gateway/**"]}
  website: {kind: web, language: javascript}
events:
  order_completed:
    {owner: checkout, sources: [shop_backend], properties: {total: {type: decimal, required: true},
     currency: {type: string, enum: [EUR, USD], required: true}}}
  payment_failed: {owner: checkout, sources: [shop_backend]}
  reading_reported: {owner: devices, sources: [agent], properties: {value: {type: number, required: true}}}
  banner_seen: {owner: checkout, sources: [website]}
"""
FILES = {
    "plan.yaml": PLAN,
    "services/__init__.py": "",
    "services/tracking.py": "from footfall import Client\n\n_client = None\n\n\ndef setup(url):\n    global _client\n"
    "    _client = Client(url, write_key='k')\n\n\ndef emit(event, **properties):\n"
    "    _client.track(event, properties)\n",
    "services/orders.py": "from services.tracking import emit\n\n\ndef completed(order):\n"
    "    emit('order_completed', total=order.total, currency='SEK')\n    emit('order_complete', total=order.total)\n",
    "gateway/agent.py": "import footfall\n\nwith footfall.Client('https://x', write_key='k') as client:\n"
    "    client.track('reading_reported', {'value': read()})\n    client.track('payment_failed')\n",
    "gateway/broken.py": "import footfall\nclient.track(\n",
    "gateway/notes.ipynb": '{"cells": ["client.track(\'x\')"]}',
}


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (tmp_path / "services" / "loop").symlink_to(tmp_path / "services", target_is_directory=True)
    return tmp_path


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    whole = [sys.executable, "-m", "footfall", "plan", "scan", *arguments]
    return subprocess.run(whole, cwd=folder, capture_output=True, text=True, check=False)


def test_a_repository_is_told_line_by_line(repository: Path) -> None:
    done = run(repository, "plan.yaml", "services", "gateway")

    told = [re.sub(r":? .*\[", " ", line).rstrip("]") for line in done.stdout.splitlines()[:-1]]
    assert done.returncode == 1, done.stderr
    assert done.stderr == ""
    assert told == [
        "gateway/agent.py:5:5 wrong_source",
        "gateway/broken.py:2:13 source_not_python",
        "services/orders.py:5:5 wrong_value",
        "services/orders.py:6:5 unplanned_event",
    ]
    assert "did you mean 'order_completed'?" in done.stdout
    assert done.stdout.splitlines()[-1] == (
        "5 files, 4 calls, 0 not resolved; 4 errors, 0 warnings; coverage 3 of 3 (100 %)"
    )


def test_a_gate_by_source_fails_and_names_what_is_missing(repository: Path) -> None:
    (repository / "services" / "orders.py").write_text("", encoding="utf-8")
    asked = (
        "--min",
        "90",
        "--min-team",
        "devices=100",
        "--min-source",
        "shop_backend=100",
        "--exclude",
        "**/broken.py",
    )

    done = run(repository, "plan.yaml", "services", "gateway", *asked, "--format", "json")

    answer = json.loads(done.stdout)
    gates = {p["where"]: p["remedy"] for p in answer["problems"] if p["code"] == "coverage_too_low"}
    assert done.returncode == 1
    assert gates == {"": "send order_completed", "shop_backend": "send order_completed, payment_failed"}
    assert answer["coverage"] == {"planned": 3, "implemented": 2, "percent": 66.67, "never": ["order_completed"]}
    assert answer["implemented"] == {
        "payment_failed": ["gateway/agent.py:5"],
        "reading_reported": ["gateway/agent.py:4"],
    }


def test_calls_lists_every_call_and_every_event(repository: Path) -> None:
    done = run(repository, "plan.yaml", "services", "--calls")

    assert "services/orders.py:5 footfall track order_completed: planned, with findings through emit" in done.stdout
    assert "\nreading_reported: never\n" in done.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ("missing.yaml", "services"),
        ("plan.yaml",),
        ("plan.yaml", "no_such_folder"),
        ("plan.yaml", "services", "--min", "much"),
        ("plan.yaml", "services", "--min-team", "nobody=90"),
        ("plan.yaml", "services", "--min-source", "agent"),
        ("plan.yaml", "services", "--client", "x=nosdk"),
        ("plan.yaml", "services", "--root", "nowhere"),
    ],
)
def test_a_wrong_use_ends_with_exit_code_2(repository: Path, arguments: tuple[str, ...]) -> None:
    done = run(repository, *arguments)

    assert done.returncode == 2
    assert done.stdout == ""
    assert "Traceback" not in done.stderr


def test_root_says_where_the_globs_of_sources_begin(repository: Path) -> None:
    above = run(repository.parent, f"{repository.name}/plan.yaml", f"{repository.name}/gateway/agent.py")
    within = run(
        repository.parent,
        f"{repository.name}/plan.yaml",
        f"{repository.name}/gateway/agent.py",
        "--root",
        repository.name,
    )

    assert "unmapped_source" in above.stdout
    assert "unmapped_source" not in within.stdout


def test_the_scanned_code_is_not_run(repository: Path) -> None:
    trap = repository / "ran"
    (repository / "services" / "trap.py").write_text(
        f"import footfall\nopen({str(trap)!r}, 'w').close()\n", encoding="utf-8"
    )

    run(repository, "plan.yaml", "services")

    assert not trap.exists()


def test_everything_there_is_to_know_is_documented() -> None:
    text = (ROOT / "tracking_plans" / "COMMANDS.md").read_text(encoding="utf-8")
    section = text.partition("## footfall plan scan\n")[2].partition("\n## ")[0]
    options = [option for parameter in command.params for option in parameter.opts if option.startswith("--")]

    assert [word for word in (*SCAN_CODES, *options, *SDKS) if f"`{word}`" not in section and word not in section] == []


def test_an_event_that_nothing_sends_is_told_where_the_plan_has_it(repository: Path) -> None:
    done = run(repository, "plan.yaml", "services/orders.py", "--fail-on", "warning")

    line = PLAN.splitlines().index("  payment_failed: {owner: checkout, sources: [shop_backend]}") + 1
    assert done.returncode == 1
    assert f"plan.yaml:{line}:3 payment_failed:" in done.stdout
