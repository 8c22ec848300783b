"""What the commands make from a plan (`init`, `fmt`, `json-schema`, `docs`, `codegen`), as their user runs them."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest

from footfall.cli.plan import codegen, docs, fmt, init, json_schema
from footfall.plan import bundle_hash, read

ROOT = Path(__file__).parents[3]
SHOP = ROOT / "tracking_plans" / "shop_and_gateway"
DOCUMENT = (ROOT / "tracking_plans" / "COMMANDS.md").read_text(encoding="utf-8")


def footfall(*arguments: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from footfall.cli import main; main()", "plan", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, cwd=cwd)


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return shutil.copytree(SHOP, tmp_path / "shop")


def test_a_new_plan_is_clean_by_every_judge(tmp_path: Path) -> None:
    made = footfall("init", cwd=tmp_path)

    assert (made.returncode, made.stderr) == (0, "")
    assert made.stdout.splitlines()[-1] == "Next: footfall plan check tracking_plans"
    for judge in (("check",), ("lint",), ("fmt", "--check")):
        judged = footfall(*judge, "tracking_plans", "--fail-on", "warning", cwd=tmp_path)
        assert judged.returncode == 0, judged.stdout
    assert "# " in (tmp_path / "tracking_plans" / "plan.yaml").read_text()


def test_init_overwrites_nothing_and_takes_an_id(tmp_path: Path) -> None:
    assert footfall("init", "plan", "--id", "2027", cwd=tmp_path).returncode == 0
    assert read(tmp_path / "plan").require().id == "2027"

    (tmp_path / "plan" / "plan.yaml").write_text("plan: mine\n")
    again, wrong = footfall("init", "plan", cwd=tmp_path), footfall("init", "other", "--id", "a b", cwd=tmp_path)

    assert (again.returncode, wrong.returncode) == (2, 2)
    assert again.stderr == "footfall: plan: is not empty, and nothing is overwritten; choose another folder\n"
    assert "cannot be a plan's id" in wrong.stderr
    assert (tmp_path / "plan" / "plan.yaml").read_text() == "plan: mine\n"


def test_fmt_tells_with_check_and_changes_without(shop: Path) -> None:
    before = bundle_hash(read(shop).require())
    file = shop / "events" / "shop.yaml"
    file.write_text(file.read_text().replace("sku: {", "sku:   {"))

    told = footfall("fmt", shop, "--check")
    assert told.returncode == 1
    assert f"{shop}/events/shop.yaml is not in form (run `footfall plan fmt {shop}`) [unformatted]" in told.stdout
    assert bundle_hash(read(shop).require()) == before

    assert footfall("fmt", shop).returncode == 0
    assert footfall("fmt", shop, "--check").stdout == f"{shop}: every file is in form\n"
    assert bundle_hash(read(shop).require()) == before


def test_fmt_leaves_what_it_cannot_keep_and_goes_on_with_the_rest(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("x_a: |2\n  text\n")
    (tmp_path / "b.yaml").write_text("plan:   p\n")
    (tmp_path / "c.yaml").write_text("events: [\n")

    done = footfall("fmt", tmp_path, "--format", "json")

    assert done.returncode == 1
    assert [problem["code"] for problem in json.loads(done.stdout)["problems"]] == ["unformattable", "not_yaml"]
    assert (tmp_path / "a.yaml").read_text() == "x_a: |2\n  text\n"
    assert (tmp_path / "b.yaml").read_text() == "plan: p\n"


def test_no_plan_is_a_usage_error(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "plan.json").write_text("{}")
    for arguments in (
        ("fmt", "nowhere"),
        ("fmt", "empty"),
        ("fmt", "plan.json"),
        ("docs", "nowhere", "-o", "out"),
        ("codegen", "python", "nowhere", "-o", "out.py"),
        ("codegen", "cobol", "empty", "-o", "x"),
        ("codegen", "python", "empty"),
    ):
        done = footfall(*arguments, cwd=tmp_path)
        assert (done.returncode, done.stdout) == (2, ""), arguments
    assert not (tmp_path / "out").exists()


def test_a_faulty_plan_makes_nothing(tmp_path: Path) -> None:
    (tmp_path / "plan.yaml").write_text("plan: p\nevnts: {}\n")

    for arguments in (("docs", ".", "-o", "out"), ("codegen", "python", ".", "-o", "out")):
        done = footfall(*arguments, cwd=tmp_path)
        assert done.returncode == 1
        assert "unknown key 'evnts'" in (done.stderr if arguments[0] == "docs" else done.stdout)
    assert not (tmp_path / "out").exists()


def test_the_schema_for_editors_is_printed_or_written(tmp_path: Path) -> None:
    printed = footfall("json-schema")
    written = footfall("json-schema", "--output", "plan.schema.json", cwd=tmp_path)

    assert (printed.returncode, written.returncode) == (0, 0)
    assert json.loads(printed.stdout)["title"] == "A footfall tracking plan"
    assert (tmp_path / "plan.schema.json").read_text() == printed.stdout


TARGETS = {"python": "events.py", "markdown": "events.md", "json-schema": "events.json"}


@pytest.mark.parametrize("target", sorted(TARGETS))
def test_code_goes_stale_with_the_plan(target: str, shop: Path, tmp_path: Path) -> None:
    file = tmp_path / "made" / TARGETS[target]
    arguments = ("codegen", target, shop, "-o", file)

    missing = footfall(*arguments, "--check")
    made = footfall(*arguments)
    fresh = footfall(*arguments, "--check")
    account = shop / "events" / "account.yaml"
    account.write_text(account.read_text().replace("A customer signed in", "Somebody signed in"))
    stale = footfall(*arguments, "--check", "--format", "github")

    assert [done.returncode for done in (missing, made, fresh, stale)] == [1, 0, 0, 1]
    assert "was not made yet" in missing.stdout
    assert f"::error file={file},title=stale_code::is not what the plan makes now" in stale.stdout


def test_a_folder_of_schemas_forgets_events_that_are_gone_and_nothing_else(shop: Path, tmp_path: Path) -> None:
    out = tmp_path / "schemas"
    arguments = ("codegen", "json-schema", shop, "-o", out)
    assert footfall(*arguments).returncode == 0
    (out / "mine.schema.json").write_text("{}")
    (shop / "events" / "voice.yaml").unlink()
    shutil.rmtree(shop / "fixtures")
    for file in ("kpis/shop.yaml", "journeys/all.yaml", "kpis/gateway.yaml"):
        (shop / file).unlink()
    for events in (shop / "events").glob("*.yaml"):
        events.write_text(re.sub(r"    purpose: .*\n", "", events.read_text()))
    plan = shop / "plan.yaml"
    plan.write_text(plan.read_text().replace(", status, purpose]", "]"))

    told = footfall(*arguments, "--check")
    again = footfall(*arguments)

    assert (told.returncode, again.returncode) == (1, 0), told.stderr + again.stderr
    assert f"{out}/feedback_given.schema.json is of an event that the plan no longer has" in told.stdout
    assert "mine" not in told.stdout
    assert not (out / "feedback_given.schema.json").exists()
    assert (out / "mine.schema.json").exists()


def test_a_wire_name_that_no_class_can_have_is_a_finding(tmp_path: Path) -> None:
    (tmp_path / "plan.yaml").write_text(
        "plan: p\nevents: {seen: {properties: {a: {type: string, wire_name: 'a\"b'}}}}\n"
    )

    done = footfall("codegen", "python", tmp_path, "-o", tmp_path / "events.py")

    assert done.returncode == 1
    assert "[unfit_wire_name]" in done.stdout
    assert not (tmp_path / "events.py").exists()


def git(folder: Path, *arguments: str) -> None:
    who = ("-c", "user.name=Ann", "-c", "user.email=ann@bakery.example")
    subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True)


def test_pages_tell_the_commits_of_each_events_own_lines(tmp_path: Path) -> None:
    plan = tmp_path / "plan.yaml"
    events = "events:\n  bread_seen:\n    description: Seen\n  bread_bought:\n    description: Bought\n"
    plan.write_text(f"plan: bakery\n{events}")
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", "plan.yaml")
    git(tmp_path, "commit", "-qm", "Plan the bread")
    plan.write_text(f"plan: bakery\ntimezone: UTC\n{events.replace('Bought', 'Paid for')}")
    git(tmp_path, "commit", "-qam", "Say that bread is <paid> for")
    plan.write_text("# not committed\n\n" + plan.read_text())

    done = footfall("docs", plan, "-o", tmp_path / "site")
    seen, bought = (
        (tmp_path / "site" / "events" / f"{name}.html").read_text() for name in ("bread_seen", "bread_bought")
    )

    assert done.stdout == f"{tmp_path}/site/index.html: 6 pages\n"
    assert "Plan the bread" in seen
    assert "Say that" not in seen
    assert "Say that bread is &lt;paid&gt; for" in bought
    assert re.search("Ann, [0-9a-f]{7}", bought)

    plan.write_text("plan: bakery\nevents: {bread_seen: {}}\n")
    (tmp_path / "site" / "events" / "mine.html").write_text("mine")
    footfall("docs", plan, "-o", tmp_path / "site", "--no-history")

    assert not (tmp_path / "site" / "events" / "bread_bought.html").exists()
    assert (tmp_path / "site" / "events" / "mine.html").exists()
    assert "Plan the bread" not in (tmp_path / "site" / "events" / "bread_seen.html").read_text()


def test_pages_tell_the_version_that_the_lock_gives(shop: Path, tmp_path: Path) -> None:
    assert footfall("lock", shop).returncode == 0

    assert footfall("docs", shop, "-o", tmp_path / "site").returncode == 0

    assert "<dt>Version</dt><dd>1.0</dd>" in (tmp_path / "site" / "events" / "order_completed.html").read_text()


def test_pages_are_made_outside_of_a_repository(tmp_path: Path) -> None:
    (tmp_path / "plan.yaml").write_text("plan: bakery\nevents: {bread_seen: {}}\n")

    done = footfall("docs", tmp_path, "-o", tmp_path / "site")

    assert (done.returncode, done.stderr) == (0, "")
    assert "Nothing is known." in (tmp_path / "site" / "events" / "bread_seen.html").read_text()


COMMANDS = {"codegen": codegen, "docs": docs, "fmt": fmt, "init": init, "json-schema": json_schema}


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_option_and_target_is_told_in_the_documentation(name: str) -> None:
    section = DOCUMENT.split(f"## footfall plan {name}\n")[1].split("\n## ")[0]
    shared = {"--format", "--fail-on", "--baseline", "--write-baseline"}

    for parameter in COMMANDS[name].command.params:
        if isinstance(parameter, click.Option):
            told = [*parameter.opts, *parameter.secondary_opts]
            missing = [option for option in told if not re.search(rf"(?<![\w-]){option}(?![\w-])", section)]
            assert set(missing) <= shared, told
        if isinstance(parameter.type, click.Choice) and isinstance(parameter, click.Argument):
            assert all(f"codegen {choice} " in section for choice in parameter.type.choices)


def test_every_finding_of_these_commands_is_told_in_the_documentation() -> None:
    sources = (ROOT / "src" / "footfall" / part for part in ("planning/fmt", "planning/codegen", "cli/plan"))
    made = {
        code
        for folder in sources
        for file in folder.glob("*.py")
        if "lock" not in file.name
        for code in re.findall(r'Problem\(\s*"(\w+)"', file.read_text(encoding="utf-8"))
    }

    assert made >= {"stale_code", "unformatted", "unformattable", "unfit_wire_name"}
    assert [
        code
        for code in ("stale_code", "unformatted", "unformattable", "unfit_wire_name")
        if f"| `{code}` |" not in DOCUMENT
    ] == []
