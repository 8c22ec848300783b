"""The gateways' agents lose their line, send again and have wrong clocks; the collector ends up with the truth."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from footfall.cli.demo.processes import Child


@pytest.mark.slow
def test_gateways_lose_no_reading_and_count_none_twice(
    commands: Callable[[str], list[list[str]]], run: Callable[[list[str]], str], start: Callable[[list[str]], Child]
) -> None:
    serve, agents, report, quarantine = commands("gateway")
    collector = start([word.replace("8191", "0") for word in serve]).address(60.0)
    said = run([word.replace("http://127.0.0.1:8191", collector) for word in agents] + ["--pause", "0.05"])
    found: dict[str, Any] = json.loads(run([*report, "--format", "json"]))
    kpis = {kpi["name"]: kpi["value"] for kpi in found["kpis"]}
    [journey] = [journey for journey in found["journeys"] if journey["name"] == "gateway_onboarding"]
    aside = run(quarantine)
    [volume] = [volume for volume in found["volumes"] if volume["event"] == "reading_reported"]
    counted = datetime.fromisoformat(volume["window"]["until"]) - datetime.fromisoformat(volume["window"]["since"])

    assert said.count("; 0 not delivered") == 3
    assert all("of which 5 a second time" in line for line in said.splitlines())
    assert kpis["reporting_gateways"] == 3
    assert kpis["activation_rate"] == 1
    assert found["data"]["persons"] == 0
    assert found["data"]["devices"] == 3
    assert [step["actors"] for step in journey["steps"]][:2] == [3, 3]
    assert "sensor_replaced" in aside
    assert "draft" in aside
    # One clock is an hour behind and one boots in 1970: no figure looks at the empty decades between.
    assert counted < timedelta(minutes=30)
    assert volume["periods"] <= 1
    assert datetime.fromisoformat(found["data"]["last"]) <= datetime.fromisoformat(found["now"])
