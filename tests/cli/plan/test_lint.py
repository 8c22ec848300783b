"""`footfall plan lint` as its user runs it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from tests.cli.plan.running import plan_command

from footfall.cli.plan.lint import today_of
from footfall.clock import SystemClock
from footfall.plan import Plan, read
from footfall.planning.lint import RULES, lint

ROOT = Path(__file__).parents[3]
DOCUMENT = (ROOT / "tracking_plans" / "COMMANDS.md").read_text()
HEAVY = ["apsw", "duckdb", "httpx", "pyarrow", "uvicorn"]


@pytest.fixture
def legacy(tmp_path: Path) -> Path:
    (tmp_path / "plan.yaml").write_text(
        "plan: p\nnaming: {events: {tense: past}}\nevents:\n  order_complete:\n    owner: shop\n"
        "    properties:\n      price: {type: number}\n"
    )
    return tmp_path


def test_findings_are_told_at_their_lines_and_fail(legacy: Path) -> None:
    done = plan_command("lint", "plan.yaml", cwd=legacy)

    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.splitlines()[-1] == "plan.yaml: 2 errors and 3 warnings in 1 file"
    assert (
        "plan.yaml:7:15 order_complete.price: it looks like money, and is a binary fraction "
        "(use type: decimal with scale: 2, or an integer of the smallest unit) [money_as_float]"
    ) in done.stdout.splitlines()


def test_a_legacy_plan_starts_green_and_fails_on_what_is_new(legacy: Path) -> None:
    written = plan_command("lint", "plan.yaml", "--baseline", "b.json", "--write-baseline", cwd=legacy)
    green = plan_command("lint", "plan.yaml", "--baseline", "b.json", "--fail-on", "warning", cwd=legacy)
    plan = legacy / "plan.yaml"
    plan.write_text("# moved down\n\n" + plan.read_text() + "      tip: {type: number}\n")
    red = plan_command("lint", "plan.yaml", "--baseline", "b.json", cwd=legacy)

    assert (written.returncode, green.returncode, red.returncode) == (0, 0, 1)
    assert written.stdout == "b.json: 5 findings written, and left out from now on\n"
    assert green.stdout == "plan.yaml: nothing new\n5 known findings left out by b.json\n"
    assert [line.split()[1] for line in red.stdout.splitlines()[:-2]] == ["order_complete.tip:"] * 2


def test_a_plan_with_faults_is_told_them_instead(tmp_path: Path) -> None:
    (tmp_path / "plan.yaml").write_text("plan: p\nevnts: {}")

    done = plan_command("lint", "plan.yaml", cwd=tmp_path)

    assert done.returncode == 1
    assert done.stdout.splitlines() == [
        "plan.yaml:2:1 unknown key 'evnts' (did you mean 'events'?) [unknown_key]",
        "plan.yaml: 1 problem in 1 file; a plan is judged by its rules once it has no faults",
    ]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("nowhere",), 2, "nowhere: no such file or folder"),
        (("plan.yaml", "--baseline", "none.json"), 3, "none.json: the baseline cannot be read"),
        (("plan.yaml", "--write-baseline"), 2, "add --baseline FILE"),
    ],
)
def test_what_cannot_be_is_one_line(arguments: tuple[str, ...], code: int, words: str, legacy: Path) -> None:
    done = plan_command("lint", *arguments, cwd=legacy)

    assert (done.returncode, done.stdout) == (code, "")
    assert words in done.stderr
    assert done.stderr.count("\n") == 1


def test_json_names_the_level_of_each_warning(legacy: Path) -> None:
    answer = json.loads(plan_command("lint", "plan.yaml", "--format", "json", cwd=legacy).stdout)

    levels = {problem["code"]: problem.get("level", "error") for problem in answer["problems"]}
    assert levels["money_as_float"] == "error"
    assert levels["unused_event"] == "warning"


def test_lint_and_check_and_explain_need_no_library_of_a_collector(legacy: Path) -> None:
    without = f"import sys\nfor name in {HEAVY}: sys.modules[name] = None"
    command = [sys.executable, "-c", f"{without}\nfrom footfall.cli import main; main()", "plan"]

    codes = [
        subprocess.run([*command, *words], check=False, capture_output=True, cwd=legacy).returncode
        for words in (("lint", "plan.yaml"), ("check", "plan.yaml"), ("explain", "name_tense"))
    ]

    assert codes == [1, 0, 0]


class _StoppedClock(SystemClock):
    def now_us(self) -> int:
        return 1_798_758_000_000_000  # 2026-12-31 23:00 in UTC


def test_the_day_is_that_of_the_plans_timezone() -> None:
    assert today_of(Plan(id="p"), _StoppedClock()).isoformat() == "2026-12-31"
    assert today_of(Plan(id="p", timezone="Europe/Oslo"), _StoppedClock()).isoformat() == "2027-01-01"
    assert today_of(Plan(id="p", timezone="America/Lima"), _StoppedClock()).isoformat() == "2026-12-31"


def section(name: str) -> str:
    return next(part for part in re.split(r"(?m)^## ", DOCUMENT) if part.startswith(f"footfall plan {name}\n"))


def test_the_documentation_has_every_rule_with_its_level_reason_and_fix() -> None:
    rows = dict.fromkeys(re.findall(r"(?m)^\| `[a-z_]+` \|.*$", section("lint")))

    assert list(rows) == [
        f"| `{rule.name}` | {rule.level} | {rule.reason} | {rule.fix[:1].upper()}{rule.fix[1:]} |" for rule in RULES
    ]


def test_the_documentation_has_every_option_of_the_findings() -> None:
    for option in (
        "--format",
        "--fail-on",
        "--baseline",
        "--write-baseline",
        "text",
        "json",
        "github",
        "junit",
        "markdown",
        "sarif",
    ):
        assert f"`{option}" in DOCUMENT


def test_the_plan_of_the_documentation_is_clean_but_for_what_it_leaves_out(tmp_path: Path) -> None:
    (block,) = re.findall(r"```yaml\n(.*?)```", section("lint"), re.DOTALL)
    file = tmp_path / "plan.yaml"
    file.write_text(block)
    reading = read(file)
    plan = reading.require()

    today = today_of(plan, _StoppedClock())
    found = {problem.code for problem in lint(plan, source_map=reading.source_map, today=today)}
    assert found == {"missing_owner"}


def test_the_rule_of_the_documentation_runs(tmp_path: Path) -> None:
    (block,) = re.findall(r"```python\n(.*?)```", section("lint"), re.DOTALL)
    (tmp_path / "bakery_rules.py").write_text(block)
    (tmp_path / "plan.yaml").write_text("plan: p\nevents: {sold: {status: draft}}")
    code = (
        "from datetime import date; from bakery_rules import RULES; from footfall.plan import read\n"
        "from footfall.planning.lint import lint\nreading = read('plan.yaml')\n"
        "print(*lint(reading.require(), source_map=reading.source_map, today=date(2026, 12, 1), rules=RULES))"
    )

    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60, cwd=tmp_path
    )

    assert done.stderr == ""
    assert done.stdout == "plan.yaml:2 sold: it is a draft, and it is December (wait for January)\n"
