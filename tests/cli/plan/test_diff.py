"""`footfall plan diff` as a team uses it: a real git repository, a change, the answer of the command."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest
from tests.cli.in_process import footfall

from footfall.collector import Collector
from footfall.plan import bundle_bytes, read

PLAN = """\
plan: shop
teams: {growth: {contact: growth@shop.example}, web: {}}
sources: {backend: {}}
events:
  order_completed:
    owner: web
    sources: [backend]
    properties:
      order_id: {type: string, required: true}
      total: {type: decimal, required: true}
      note: {type: string}
"""
KPIS = """\
kpis:
  revenue:
    owner: growth
    measure: {sum: order_completed.total}
"""


def run(*command: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        list(map(str, command)), cwd=cwd, capture_output=True, text=True, check=False, timeout=60,
        stdin=subprocess.DEVNULL,
    )  # fmt: skip


def git(*arguments: str, cwd: Path) -> None:
    who = ("-c", "user.name=Ada", "-c", "user.email=ada@shop.example", "-c", "commit.gpgsign=false")
    done = run("git", *who, *arguments, cwd=cwd)
    assert done.returncode == 0, done.stderr


def diff(*arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    return footfall("plan", "diff", *arguments, cwd=cwd)


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A repository with one commit on `main`: a plan in two files, two folders down."""
    plan = tmp_path / "shop" / "tracking" / "plan"
    (plan / "kpis").mkdir(parents=True)
    (plan / "plan.yaml").write_text(PLAN)
    (plan / "kpis" / "all.yaml").write_text(KPIS)
    root = tmp_path / "shop"
    git("init", "-q", "-b", "main", cwd=root)
    commit(root)
    return root


def commit(root: Path) -> None:
    git("add", "-A", cwd=root)
    git("commit", "-q", "--allow-empty", "-m", "a change", cwd=root)


def edit(root: Path, old: str, new: str, file: str = "tracking/plan/plan.yaml") -> None:
    text = (root / file).read_text()
    assert old in text
    (root / file).write_text(text.replace(old, new))


def test_nothing_changed_is_clean(shop: Path) -> None:
    done = diff("tracking/plan", "--base", "main", cwd=shop)

    assert (done.returncode, done.stdout, done.stderr) == (0, "tracking/plan against main: no change\n", "")


def test_removing_what_a_kpi_needs_fails_with_the_kpi_its_owner_and_the_line_until_it_is_mended(shop: Path) -> None:
    edit(shop, "      total: {type: decimal, required: true}\n", "")
    broken = diff("tracking/plan", "--base", "main", cwd=shop)
    edit(shop, "sum: order_completed.total", "count: order_completed", "tracking/plan/kpis/all.yaml")
    moved = diff("tracking/plan", "--base", "main", cwd=shop)
    git("checkout", "-q", "--", ".", cwd=shop)
    mended = diff("tracking/plan", "--base", "main", cwd=shop)

    assert broken.returncode == 1
    assert broken.stdout.splitlines()[0].startswith(
        "tracking/plan/plan.yaml:10:7 order_completed.total: removes order_completed.total: "
        "breaks kpi:revenue, owner growth; hurts senders (backend), generated code, storage, meaning"
    )
    assert "tracking/plan/kpis/all.yaml:4:20 kpis.revenue.measure.sum: there is no property" in broken.stdout
    assert moved.returncode == 0
    assert "changes what is counted by kpi:revenue, owner growth" in moved.stdout
    assert (mended.returncode, mended.stdout) == (0, "tracking/plan against main: no change\n")


def test_removing_the_kpi_along_with_what_it_needs_breaks_it_all_the_same(shop: Path) -> None:
    edit(shop, "      total: {type: decimal, required: true}\n", "")
    (shop / "tracking/plan/kpis/all.yaml").unlink()
    done = diff("tracking/plan", "--base", "main", cwd=shop)

    assert done.returncode == 1
    assert "breaks kpi:revenue, owner growth" in done.stdout
    assert "tracking/plan/kpis/all.yaml:2:3 kpis.revenue: removes kpis.revenue" in done.stdout


def test_an_addition_has_the_line_of_the_new_plan_and_fails_nothing(shop: Path) -> None:
    edit(shop, "      note:", "      coupon: {type: string}\n      note:")
    done = diff("tracking/plan", "--base", "main", "--format", "json", cwd=shop)
    answer = json.loads(done.stdout)

    assert done.returncode == 0
    (change,) = answer["changes"]
    assert (change["kind"], change["where"], change["level"], change["hurts"]) == (
        "property_added", "order_completed.coupon", "info", ["none"],
    )  # fmt: skip
    assert change["place"] == {"in": "new", "file": "tracking/plan/plan.yaml", "line": 11, "column": 7}
    assert answer["problems"] == []


@pytest.mark.parametrize("where", [".", "tracking", "tracking/plan"])
def test_it_runs_from_any_folder(shop: Path, where: str) -> None:
    edit(shop, "note: {type: string}", "note: {type: string, max_length: 9}")
    path = Path("tracking/plan").relative_to(where)
    done = diff(path, "--base", "main", cwd=shop / where)

    assert done.returncode == 1
    file = "plan.yaml" if str(path) == "." else f"{path}/plan.yaml"
    assert done.stdout.startswith(f"{file}:11:7 order_completed.note: sets its max length to 9; hurts senders")


def test_a_plan_that_is_not_there_at_the_base_is_all_new(shop: Path) -> None:
    git("checkout", "-q", "--orphan", "empty", cwd=shop)
    git("rm", "-q", "-rf", ".", cwd=shop)
    commit(shop)
    git("checkout", "-q", "main", cwd=shop)
    done = diff("tracking/plan", "--base", "empty", cwd=shop)

    assert done.returncode == 0
    assert "adds order_completed" in done.stdout
    assert "there is no plan 'shop' in empty: all of it is new" in done.stdout


def test_a_plan_whose_folder_was_renamed_is_found_by_its_id(shop: Path) -> None:
    (shop / "tracking").rename(shop / "plans")
    edit(shop, "      note: {type: string}\n", "", "plans/plan/plan.yaml")
    done = diff("plans/plan", "--base", "main", cwd=shop)
    named = diff("plans/plan", "--base", "main:tracking/plan", cwd=shop)

    assert "order_completed.note: removes order_completed.note" in done.stdout
    assert "the plan is at tracking/plan in main" in done.stdout
    assert "tracking/plan/plan.yaml:11:7" in done.stdout
    assert named.stdout.splitlines()[0] == done.stdout.splitlines()[0]


def test_two_plans_of_one_id_elsewhere_have_to_be_told_apart(shop: Path) -> None:
    (shop / "copy.yaml").write_text(PLAN)
    commit(shop)
    (shop / "tracking").rename(shop / "plans")
    done = diff("plans/plan", "--base", "main", cwd=shop)

    assert done.returncode == 3
    assert "is at several paths there: copy.yaml, tracking/plan; say which one: --base main:" in done.stderr


def test_the_point_where_a_branch_began_leaves_out_what_others_did_since(shop: Path) -> None:
    git("checkout", "-q", "-b", "mine", cwd=shop)
    git("checkout", "-q", "main", cwd=shop)
    edit(shop, "      note:", "      coupon: {type: string}\n      note:")
    commit(shop)
    git("checkout", "-q", "mine", cwd=shop)

    assert "removes order_completed.coupon" in diff("tracking/plan", "--base", "main", cwd=shop).stdout
    assert diff("tracking/plan", "--base", "main...", cwd=shop).stdout.endswith("no change\n")


def test_a_folder_a_file_and_a_bundle_are_bases_too(shop: Path, tmp_path: Path) -> None:
    (tmp_path / "old.json").write_bytes(bundle_bytes(read(shop / "tracking/plan").require()))
    edit(shop, "      note: {type: string}\n", "")
    for base in ("../old.json", "tracking/plan"):
        done = diff("tracking/plan", "--base", base, cwd=shop)
        assert done.returncode == 0
    bundle = diff("tracking/plan", "--base", tmp_path / "old.json", cwd=tmp_path / "shop")

    assert f"{tmp_path / 'old.json'} order_completed.note: removes order_completed.note" in bundle.stdout


def test_a_bundle_is_compared_with_the_folder_that_its_plan_has_in_a_commit(shop: Path) -> None:
    edit(shop, "      note: {type: string}\n", "")
    (shop / "built.json").write_bytes(bundle_bytes(read(shop / "tracking/plan").require()))
    done = diff("built.json", "--base", "main", cwd=shop)

    assert done.stdout.splitlines()[0].startswith("tracking/plan/plan.yaml:11:7 order_completed.note: removes")
    assert "the plan is at tracking/plan in main" in done.stdout


def test_a_plan_in_one_file_is_found_where_it_was_moved_from(shop: Path) -> None:
    (shop / "one.yaml").write_text("plan: one\nevents: {seen: {}}\n")
    commit(shop)
    (shop / "moved.yaml").write_text("plan: one\nevents: {seen: {}, sold: {}}\n")
    (shop / "one.yaml").unlink()
    done = diff("moved.yaml", "--base", "main", cwd=shop)

    assert done.returncode == 0
    assert "adds sold" in done.stdout
    assert "the plan is at one.yaml in main" in done.stdout


def test_a_linked_file_counts_as_what_it_leads_to(shop: Path) -> None:
    (shop / "shared").mkdir()
    (shop / "shared/kpis.yaml").write_text("kpis: {orders: {measure: {count: order_completed}}}\n")
    (shop / "shared/goals.txt").write_text("goals: {grow: {kpis: [revenue]}}\n")
    (shop / "tracking/plan/linked").symlink_to("../../shared")
    (shop / "tracking/plan/goals.yaml").symlink_to("../../shared/goals.txt")
    (shop / "tracking/plan/round").symlink_to("../plan")
    commit(shop)
    done = diff("tracking/plan", "--base", "main", cwd=shop)

    assert (done.returncode, done.stdout) == (0, "tracking/plan against main: no change\n")


@pytest.mark.parametrize(
    ("base", "told"),
    [
        ("nowhere", "is no folder, no bundle and no commit that this repository has"),
        ("-x", "is no folder, no bundle and no commit that this repository has"),
        ("main:old", "there is no plan at old in main"),
        ("nowhere...", "is no folder, no bundle and no commit that this repository has"),
    ],
)
def test_a_base_that_cannot_be_read_is_one_line_and_exit_code_3(shop: Path, base: str, told: str) -> None:
    done = diff("tracking/plan", f"--base={base}", cwd=shop)

    assert (done.returncode, done.stdout) == (3, "")
    assert len(done.stderr.splitlines()) == 1
    assert told in done.stderr


def test_without_a_repository_a_ref_is_exit_code_3(tmp_path: Path) -> None:
    (tmp_path / "plan.yaml").write_text(PLAN)
    done = diff("plan.yaml", "--base", "main", cwd=tmp_path)

    assert (done.returncode, len(done.stderr.splitlines())) == (3, 1)
    assert "main: is no folder, no file and no bundle, and . is in no git repository" in done.stderr


def test_a_name_that_is_a_folder_and_a_ref_has_to_be_told_apart(shop: Path) -> None:
    (shop / "main").mkdir()
    done = diff("tracking/plan", "--base", "main", cwd=shop)

    assert done.returncode == 3
    assert "write ./main for the path" in done.stderr


def test_a_repair_passes_when_a_plan_that_names_what_is_gone_got_onto_main(shop: Path) -> None:
    edit(shop, "      total: {type: decimal, required: true}\n", "")
    commit(shop)
    broken = diff("tracking/plan", "--base", "main", cwd=shop)
    edit(shop, "sum: order_completed.total", "count: order_completed", "tracking/plan/kpis/all.yaml")
    repaired = diff("tracking/plan", "--base", "main", cwd=shop)
    edit(shop, "      note: {type: string}\n", "      note: {type: string, max_length: 9}\n")
    worse = diff("tracking/plan", "--base", "main", cwd=shop)

    assert broken.returncode == 1
    assert "[unknown_reference]" in broken.stdout
    assert (repaired.returncode, repaired.stderr) == (0, "")
    assert "the plan in main has 1 fault, and is compared without that part" in repaired.stdout
    assert worse.returncode == 1
    assert "order_completed.note: sets its max length to 9" in worse.stdout


def test_a_base_with_faults_that_leave_too_much_out_is_exit_code_3(shop: Path) -> None:
    edit(shop, "type: decimal", "type: money")
    commit(shop)
    edit(shop, "type: money", "type: decimal")
    done = diff("tracking/plan", "--base", "main", cwd=shop)

    assert done.returncode == 3
    assert "main: the plan there cannot be compared with: tracking/plan/plan.yaml:10" in done.stderr


def test_no_plan_at_the_path_is_a_usage_error(shop: Path) -> None:
    done = diff("nothing", "--base", "main", cwd=shop)

    assert (done.returncode, done.stdout) == (2, "")


def test_a_plan_that_cannot_be_understood_is_told_instead_of_compared(shop: Path) -> None:
    edit(shop, "order_id: {type: string, ", "order_id: {type: text, ")
    done = diff("tracking/plan", "--base", "main", cwd=shop)

    assert done.returncode == 1
    assert "[unknown_value]" in done.stdout
    assert "removes" not in done.stdout


def test_warnings_fail_when_asked_and_a_baseline_lets_known_ones_pass(shop: Path) -> None:
    edit(shop, "      note: {type: string}\n", "")
    arguments = ("tracking/plan", "--base", "main", "--fail-on", "warning", "--baseline", "known.json")
    written = diff(*arguments, "--write-baseline", cwd=shop)
    (shop / "none.json").write_text('{"footfall_baseline": 1, "findings": []}')

    assert diff(*arguments[:-1], "none.json", cwd=shop).returncode == 1
    assert written.returncode == 0
    assert diff(*arguments, cwd=shop).returncode == 0


def test_github_and_junit_point_at_the_line(shop: Path) -> None:
    edit(shop, "note: {type: string}", "note: {type: string, max_length: 9}")
    github = diff("tracking/plan", "--base", "main", "--format", "github", cwd=shop)
    junit = diff("tracking/plan", "--base", "main", "--format", "junit", cwd=shop)

    assert "::error file=tracking/plan/plan.yaml,line=11,col=7,title=constraint_narrowed::" in github.stdout
    case = Xml.fromstring(junit.stdout).find(".//testcase")
    assert case is not None
    assert (case.get("line"), case.find("failure") is not None) == ("11", True)


def test_the_comment_on_a_pull_request_says_who_must_act_and_what_figures_mean(shop: Path) -> None:
    edit(shop, "      total: {type: decimal, required: true}\n", "      paid: {type: decimal}\n")
    (shop / "tracking/plan/kpis/all.yaml").unlink()
    told = diff("tracking/plan", "--base", "main", "--format", "markdown", cwd=shop).stdout.splitlines()

    assert told[0] == "### Tracking plan: tracking/plan against main"
    assert told[2].startswith("**This should not be merged as it is.** It breaks the KPI **revenue** (growth).")
    titles = [line for line in told if line.startswith("####")]
    assert titles == ["#### Breaking: who must act", "#### What KPIs and journeys mean", "#### Additions"]
    assert (
        "| removes `order_completed.total` | `tracking/plan/plan.yaml:10` (base) | web, growth "
        "| senders (backend), generated code, storage, meaning "
        "| keep it, or move what uses it to another property first |" in told
    )
    figures = next(line for line in told if line.startswith("| kpi **revenue**"))
    assert figures.startswith("| kpi **revenue** | growth | **breaks**: removes `order_completed.total` (adds it up)")
    assert "| adds `order_completed.paid` | decimal |" in told


def test_the_comment_has_the_line_of_the_new_plan_for_what_is_still_there(shop: Path) -> None:
    edit(shop, "note: {type: string}", "note: {type: string, max_length: 9}")
    told = diff("tracking/plan", "--base", "main", "--format", "markdown", cwd=shop).stdout.splitlines()

    assert "| what | where | who must act | who is hurt | what to do |" in told
    (row,) = [line for line in told if "max length" in line and line.startswith("| ")]
    assert "| `tracking/plan/plan.yaml:11` |" in row


def test_the_comment_says_when_nobody_is_hurt(shop: Path) -> None:
    edit(shop, "      note:", "      coupon: {type: string}\n      note:")
    added = diff("tracking/plan", "--base", "main", "--format", "markdown", cwd=shop)
    git("checkout", "-q", "--", ".", cwd=shop)
    same = diff("tracking/plan", "--base", "main", "--format", "markdown", cwd=shop)

    assert "**This hurts nobody.** 1 change hurts nobody." in added.stdout
    assert "**Nothing has changed.**" in same.stdout


def test_with_data_the_comment_ends_with_what_would_become_of_last_weeks_messages(tmp_path: Path) -> None:
    for name, note in (("old", "note: {type: string}"), ("new", "note: {type: string, max_length: 3}")):
        (tmp_path / name).mkdir()
        text = PLAN.replace("note: {type: string}", note)
        (tmp_path / name / "plan.yaml").write_text(text + KPIS, encoding="utf-8")
    sent = [
        {"type": "track", "messageId": str(number), "event": "order_completed", "userId": "ann",
         "properties": {"order_id": "A", "total": "2.50", "note": note}}
        for number, note in enumerate(["yes", "much longer"])
    ]  # fmt: skip
    with Collector(tmp_path / "data", plan=tmp_path / "old") as collector:
        collector.take(json.dumps({"batch": sent}).encode())

    told = diff("new", "--base", "old", "--data", "data", "--format", "markdown", cwd=tmp_path)
    facts = json.loads(diff("new", "--base", "old", "--data", "data", "--format", "json", cwd=tmp_path).stdout)

    assert told.returncode == 1
    assert "2 stored messages" in told.stdout
    assert "1 would not be stored" in told.stdout
    assert "kpi:revenue" in told.stdout.partition("Would move")[2]
    assert facts["simulation"]["lost"] == 1
