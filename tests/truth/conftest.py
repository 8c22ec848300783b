"""The shop's plan, a small log of its messages, and a folder with the log in the journal, where nothing is sealed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tests.truth.folders import fill
from tests.truth.log import Log, make_log, wide_plan

from footfall.plan.model import Plan


@pytest.fixture(scope="session")
def plan() -> Plan:
    return wide_plan()


@pytest.fixture(scope="session")
def log() -> Log:
    return make_log(seed=3, messages=90)


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory, plan: Plan, log: Log) -> Path:
    data = tmp_path_factory.mktemp("truth") / "data"
    fill(data, log, plan)
    return data


@pytest.fixture
def data(template: Path, tmp_path: Path) -> Path:
    """A copy that the test may change."""
    return shutil.copytree(template, tmp_path / "data")
