"""`footfall plan init` writes a plan that every command accepts, and overwrites nothing."""

from __future__ import annotations

from pathlib import Path

from tests.cli.plan.running import plan_command

from footfall.plan import read


def test_a_new_plan_is_clean_by_every_judge(tmp_path: Path) -> None:
    made = plan_command("init", cwd=tmp_path)

    assert (made.returncode, made.stderr) == (0, "")
    assert made.stdout.splitlines()[-1] == "Next: footfall plan check tracking_plans"
    for judge in (("check",), ("lint",), ("fmt", "--check")):
        judged = plan_command(*judge, "tracking_plans", "--fail-on", "warning", cwd=tmp_path)
        assert judged.returncode == 0, judged.stdout
    assert "# " in (tmp_path / "tracking_plans" / "plan.yaml").read_text()


def test_init_overwrites_nothing_and_takes_an_id(tmp_path: Path) -> None:
    assert plan_command("init", "plan", "--id", "2027", cwd=tmp_path).returncode == 0
    assert read(tmp_path / "plan").require().id == "2027"

    (tmp_path / "plan" / "plan.yaml").write_text("plan: mine\n")
    again, wrong = (
        plan_command("init", "plan", cwd=tmp_path),
        plan_command("init", "other", "--id", "a b", cwd=tmp_path),
    )

    assert (again.returncode, wrong.returncode) == (2, 2)
    assert again.stderr == "footfall: plan: is not empty, and nothing is overwritten; choose another folder\n"
    assert "cannot be a plan's id" in wrong.stderr
    assert (tmp_path / "plan" / "plan.yaml").read_text() == "plan: mine\n"
