"""`footfall plan impact` as its user runs it."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from tests.cli.plan.running import plan_command

SHOP = Path(__file__).parents[3] / "tracking_plans" / "shop_and_gateway"


def impact(*arguments: str) -> subprocess.CompletedProcess[str]:
    return plan_command("impact", SHOP, *arguments)


def test_the_answer_names_kpis_journeys_and_whom_to_ask() -> None:
    done = impact("order_completed.total")

    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[0] == (
        "3 KPIs, 1 goal, 1 journey, 1 source that sends it would notice a change of order_completed.total."
    )
    assert "  revenue (growth): adds it up" in lines
    assert "  growth      growth@fjordhome.example, #growth, @fjordhome/growth" in lines


def test_the_answer_for_programs_is_json() -> None:
    answer = json.loads(impact("order_completed.total", "--format", "json").stdout)

    assert (answer["events"], answer["property"]) == (["order_completed"], "total")
    assert answer["noticed"][0] == {"kind": "kpi", "name": "revenue", "owner": "growth", "how": ["sum"], "through": []}


def test_the_answer_for_a_pull_request_is_markdown() -> None:
    told = impact("order_completed.total", "--format", "markdown").stdout

    assert told.startswith("### Impact of `order_completed.total`\n")
    assert "| KPI | **revenue** | growth | adds it up |" in told


def test_an_unknown_name_is_one_line_and_exit_code_2() -> None:
    done = impact("order_completed.totl")

    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, "", 1)
    assert "did you mean 'total'?" in done.stderr


def test_a_group_and_an_alias_are_answered_as_well(tmp_path: Path) -> None:
    (tmp_path / "plan.yaml").write_text(
        "plan: p\n"
        "property_groups: {money: {properties: {total: {type: decimal}, currency: {type: string}}}}\n"
        "events:\n"
        "  sold: {include: [money], aliases: [{name: bought, until: 2027-01-01}]}\n"
        "  refunded: {include: [money]}\n"
        "  seen: {}\n"
        "kpis:\n"
        "  revenue: {measure: {sum: sold.total, by: [currency]}}\n"
        "  refunds: {measure: {sum: refunded.total}}\n"
        "  sales: {measure: {count: sold}}\n",
        encoding="utf-8",
    )

    def kpis(name: str) -> set[str]:
        done = plan_command("impact", tmp_path, name, "--format", "json")
        return {one["name"] for one in json.loads(done.stdout)["noticed"] if one["kind"] == "kpi"}

    assert kpis("money") == {"revenue", "refunds"}
    assert kpis("money.currency") == {"revenue"}
    assert kpis("bought") == {"revenue", "sales"}
    assert kpis("bought.total") == {"revenue"}
