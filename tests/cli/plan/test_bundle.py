"""`footfall plan bundle` writes a plan as one JSON file that reads as the same plan."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.cli.plan.running import SHOP, plan_command

from footfall.plan import bundle_hash, read


def test_a_bundle_is_the_plan_and_its_hash_is_printed(tmp_path: Path) -> None:
    done = plan_command("bundle", SHOP, "-o", tmp_path / "plan.json")

    assert (done.returncode, done.stderr) == (0, "")
    bundled = read(tmp_path / "plan.json").require()
    assert bundled == read(SHOP).require()
    assert bundle_hash(bundled) in done.stdout


@pytest.mark.parametrize("name", ["plan.yaml", "no/plan.json"])
def test_a_file_that_is_no_bundle_or_cannot_be_written_is_a_usage_error(name: str, tmp_path: Path) -> None:
    done = plan_command("bundle", SHOP, "-o", tmp_path / name)

    assert (done.returncode, done.stdout, list(tmp_path.iterdir())) == (2, "", [])


def test_a_faulty_plan_is_not_bundled(tmp_path: Path) -> None:
    (tmp_path / "plan.yaml").write_text("plan: p\nevnts: {}\n")

    done = plan_command("bundle", tmp_path, "-o", tmp_path / "plan.json")

    assert (done.returncode, (tmp_path / "plan.json").exists()) == (1, False)
