"""What depends on an event is listed by kind with its owners, and the teams to ask."""

from __future__ import annotations

from footfall.plan.model import Event, Team
from footfall.planning.impact import Dependent, Impact
from footfall.reporting.plan.impact import impact_facts, impact_markdown, impact_text

SOLD = Event(name="sold", wire_name="sold")
IMPACT = Impact(
    name="sold", events=(SOLD,), property=None,
    dependents=(
        Dependent(kind="kpi", name="revenue", owner="growth", how=("sum",)),
        Dependent(kind="kpi", name="orders", how=("count",)),
        Dependent(kind="goal", name="grow", owner="growth", through=("kpi:revenue",)),
        Dependent(kind="source", name="shop", owner="web"),
    ),
    teams=(Team(name="growth", contact="growth@shop.example", slack="#growth"), Team(name="web")),
)  # fmt: skip
ALONE = Impact(name="seen", events=(), property=None, dependents=(), teams=())


def test_text_lists_the_dependents_by_kind_and_whom_to_ask() -> None:
    assert impact_text(IMPACT).splitlines() == [
        "2 KPIs, 1 goal, 1 source that sends it would notice a change of sold.",
        "",
        "KPIs:",
        "  revenue (growth): adds it up",
        "  orders: counts it",
        "Goals:",
        "  grow (growth): through kpi:revenue",
        "Sources that send it:",
        "  shop",
        "",
        "Ask:",
        "  growth  growth@shop.example, #growth",
        "  web",
    ]


def test_what_nothing_depends_on_says_so() -> None:
    assert impact_text(ALONE).splitlines() == ["nothing depends on seen."]
    assert impact_markdown(ALONE) == "### Impact of `seen`\n\nnothing depends on seen."


def test_markdown_has_a_table_of_dependents_and_one_of_teams() -> None:
    parts = impact_markdown(IMPACT).split("\n\n")

    assert parts[2].splitlines()[2] == "| KPI | **revenue** | growth | adds it up |"
    assert parts[3].splitlines()[0] == "| team | contact | slack | code owners |"


def test_json_has_everything() -> None:
    facts = impact_facts(IMPACT)

    assert (facts["name"], facts["events"], facts["property"]) == ("sold", ["sold"], None)
    assert [each["name"] for each in facts["noticed"]] == ["revenue", "orders", "grow", "shop"]
    assert facts["teams"][0]["slack"] == "#growth"
