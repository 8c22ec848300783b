"""`footfall plan infer` drafts a plan that is clean, from a file or a running collector."""

from __future__ import annotations

from pathlib import Path

from tests.cli.plan.running import plan_command

from footfall.collector import Collector


def test_a_draft_of_a_file_is_clean(place: Path, events: Path) -> None:
    done = plan_command("infer", events, "-o", "draft", "--name", "shop", cwd=place)
    checked = plan_command("check", "draft", cwd=place)
    formed = plan_command("fmt", "draft", "--check", cwd=place)

    assert (formed.returncode, formed.stdout) == (0, "draft: every file is in form\n")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "draft: 2 events drafted from 11 messages; next: footfall plan check draft\n"
    assert (checked.returncode, checked.stdout.splitlines()[-1].split(":")[0:2]) == (
        0,
        ["draft", " the plan 'shop' is clean"],
    )


def test_a_draft_of_a_running_collector_has_what_was_quarantined_as_well(place: Path, data: Path) -> None:
    with Collector(data, plan=place / "plan.yaml"):  # which holds the folder
        done = plan_command("infer", "--data", data, cwd=place)

    assert done.returncode == 0
    assert "  viewed:  # 10 messages, of 2026-11-03, from default" in done.stdout.splitlines()


def test_a_folder_that_holds_a_plan_is_not_written_over(place: Path, events: Path) -> None:
    done = plan_command("infer", events, "-o", ".", cwd=place)

    assert done.returncode == 2
    assert ".: holds plan.yaml already; name a new folder by -o" in done.stderr
