"""`footfall plan scan` on a made repository, as a real process: findings, gates, forms, usage errors."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest
from tests.cli.plan.running import plan_command

from footfall.cli.plan.scan import command
from footfall.planning.scan import SCAN_CODES, SDKS

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
    return plan_command("scan", *arguments, cwd=folder)


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
        ("plan.yaml", "services", "--client", "x=posthog(event=2)"),
        ("plan.yaml", "services", "--client", "x(event=2"),
        ("plan.yaml", "services", "--client", "x(properties=2)"),
        ("plan.yaml", "services", "--client", "x(event=0)"),
        ("plan.yaml", "services", "--client", "x(event=99)"),
        ("plan.yaml", "services", "--client", "x(event=2, properties=2)"),
        ("plan.yaml", "services", "--client", "x(event=2, event=3)"),
        ("plan.yaml", "services", "--client", "x(event=2:a b)"),
        ("plan.yaml", "services", "--client", "x(user=1, event=2)"),
        ("plan.yaml", "services", "--client", "x()"),
    ],
)
@pytest.mark.slow
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


@pytest.mark.parametrize(
    ("order", "call"),
    [
        ("(event=2, properties=3)", "log('u', 'payment_failed', {})"),
        ("(event=2, properties=3)", "log('u', properties={}, event='payment_failed')"),
        ("(event=3)", "log('u', 1, 'payment_failed', 'more', x=2)"),
        ("( event = name, properties = data )", "log('u', data={}, name='payment_failed')"),
        ("(event=2:name, properties=3:data)", "log('u', name='payment_failed', data={})"),
        ("(event=2:name, properties=3:data)", "log('u', 'payment_failed', data={})"),
    ],
)
@pytest.mark.parametrize("receiver", ["", "audit."])
def test_client_states_another_order_of_arguments(repository: Path, order: str, call: str, receiver: str) -> None:
    (repository / "services" / "audit.py").write_text(f"import acme\n{receiver}{call}\n", encoding="utf-8")

    done = run(repository, "plan.yaml", "services/audit.py", "--client", f"log{order}", "--format", "json")

    assert json.loads(done.stdout)["implemented"] == {"payment_failed": ["services/audit.py:2"]}


def test_an_order_of_arguments_holds_for_the_methods_of_an_object(repository: Path) -> None:
    text = "from acme import audit\naudit.track('u', 'payment_failed', {})\naudit.capture('u', 'payment_failed', {})\n"
    (repository / "services" / "audit.py").write_text(text, encoding="utf-8")

    done = run(repository, "plan.yaml", "services/audit.py", "--client", "audit(event=2)", "--format", "json")

    assert json.loads(done.stdout)["implemented"] == {"payment_failed": ["services/audit.py:2", "services/audit.py:3"]}


def test_the_json_form_has_the_properties_of_every_call(repository: Path) -> None:
    done = run(repository, "plan.yaml", "services", "--format", "json")

    answer = json.loads(done.stdout)
    first = answer["calls"][0]
    assert (first["name"], first["properties"]) == ("order_completed", {"total": None, "currency": "SEK"})
    assert first["unresolved"] == {"total": "is order.total, a part of what is the parameter 'order' of completed"}
    assert first["origin"] == {"file": "services/tracking.py", "line": 12, "column": 5}


def test_a_file_that_imports_an_sdk_and_yields_no_call_is_named(repository: Path) -> None:
    (repository / "services" / "idle.py").write_text("import posthog\n", encoding="utf-8")

    text = run(repository, "plan.yaml", "services").stdout
    answer = json.loads(run(repository, "plan.yaml", "services", "--format", "json").stdout)

    assert "services/idle.py: imports posthog, but contains no call of it" in text.splitlines()
    assert answer["without_calls"] == [{"file": "services/idle.py", "sdks": ["posthog"]}]


def test_calls_in_tests_are_counted_apart(repository: Path) -> None:
    (repository / "services" / "test_it.py").write_text(
        "from services.tracking import emit\nemit('payment_failed')\n", encoding="utf-8"
    )

    done = run(repository, "plan.yaml", "services")

    assert done.stdout.splitlines()[-1].endswith("coverage 1 of 3 (33 %); without 1 call in tests")
    assert "only tests send it: services/test_it.py:2" in done.stdout


def test_a_package_that_is_called_like_a_folder_of_others_is_read(repository: Path) -> None:
    for folder in ("build", "node_modules"):
        (repository / "services" / folder).mkdir()
        (repository / "services" / folder / "__init__.py").write_text("", encoding="utf-8")
        (repository / "services" / folder / "send.py").write_text(
            "import footfall\nfootfall.Client('u').track('payment_failed')\n", encoding="utf-8"
        )

    done = run(repository, "plan.yaml", "services", "--format", "json")

    assert json.loads(done.stdout)["implemented"]["payment_failed"] == ["services/build/send.py:2"]


def test_links_that_lead_nowhere_or_in_circles_are_passed_over(repository: Path) -> None:
    (repository / "services" / "self.py").symlink_to("self.py")
    (repository / "services" / "gone.py").symlink_to("nowhere.py")
    (repository / "services" / "up").symlink_to(repository, target_is_directory=True)

    done = run(repository, "plan.yaml", "services", "--exclude", "**/broken.py", "--format", "json")

    assert [call["file"] for call in json.loads(done.stdout)["calls"]].count("services/orders.py") == 2
    assert "Traceback" not in done.stderr
