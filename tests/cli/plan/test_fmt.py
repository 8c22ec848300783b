"""`footfall plan fmt` formats what it can, and leaves the rest as it is."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from tests.cli.plan.running import SHOP, plan_command

from footfall.plan import bundle_hash, read


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return shutil.copytree(SHOP, tmp_path / "shop")


def test_fmt_tells_with_check_and_changes_without(shop: Path) -> None:
    before = bundle_hash(read(shop).require())
    file = shop / "events" / "shop.yaml"
    file.write_text(file.read_text().replace("sku: {", "sku:   {"))

    told = plan_command("fmt", shop, "--check")
    assert told.returncode == 1
    assert f"{shop}/events/shop.yaml is not in form (run `footfall plan fmt {shop}`) [unformatted]" in told.stdout
    assert bundle_hash(read(shop).require()) == before

    assert plan_command("fmt", shop).returncode == 0
    assert plan_command("fmt", shop, "--check").stdout == f"{shop}: every file is in form\n"
    assert bundle_hash(read(shop).require()) == before


def test_fmt_leaves_what_it_cannot_keep_and_goes_on_with_the_rest(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("x_a: |2\n  text\n")
    (tmp_path / "b.yaml").write_text("plan:   p\n")
    (tmp_path / "c.yaml").write_text("events: [\n")

    done = plan_command("fmt", tmp_path, "--format", "json")

    assert done.returncode == 1
    assert [problem["code"] for problem in json.loads(done.stdout)["problems"]] == ["unformattable", "not_yaml"]
    assert (tmp_path / "a.yaml").read_text() == "x_a: |2\n  text\n"
    assert (tmp_path / "b.yaml").read_text() == "plan: p\n"
