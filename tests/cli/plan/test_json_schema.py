"""`footfall plan json-schema` prints or writes the schema for editors."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.plan.running import plan_command


def test_the_schema_for_editors_is_printed_or_written(tmp_path: Path) -> None:
    printed = plan_command("json-schema")
    written = plan_command("json-schema", "--output", "plan.schema.json", cwd=tmp_path)

    assert (printed.returncode, written.returncode) == (0, 0)
    assert json.loads(printed.stdout)["title"] == "A footfall tracking plan"
    assert (tmp_path / "plan.schema.json").read_text() == printed.stdout
