"""`footfall plan export` writes files that can be imported again, and reports what is lost."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.cli.plan.running import SHOP, plan_command

from footfall.plan import read
from footfall.planning.interop import FORMATS


def contents(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("form", sorted(FORMATS))
def test_an_exported_plan_can_be_imported_and_exported_again(form: str, tmp_path: Path) -> None:
    first = plan_command("export", "--to", form, SHOP, "-o", tmp_path / "theirs")
    back = plan_command("import", "--from", form, tmp_path / "theirs", "-o", tmp_path / "ours")
    again = plan_command("export", "--to", form, tmp_path / "ours", "-o", tmp_path / "again")

    assert [each.returncode for each in (first, back, again)] == [0, 0, 0], (first.stderr, back.stderr, again.stderr)
    assert len(read(tmp_path / "ours").require().events) == 15
    assert contents(tmp_path / "again") == contents(tmp_path / "theirs")
