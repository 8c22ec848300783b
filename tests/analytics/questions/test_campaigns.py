"""Visits of campaigns equal a plain loop over all messages, and each mark of no campaign has its nearest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.analytics.asking import context_of
from tests.analytics.questions.attribution.reference import Link, Sent, touches_of
from tests.analytics.questions.attribution.sending import LINKS, entries_of, plan_in, sent_logs
from tests.analytics.questions.sessions.logs import DAY, ZONES, call

from footfall.analytics import Dataset
from footfall.analytics.questions.campaigns import CampaignsOptions, CampaignsResult, campaigns
from footfall.analytics.window import Span
from footfall.plan.model import CampaignBudget, Plan, PlannedCampaign
from footfall.storage.costs import CampaignCost
from footfall.storage.journal import Entry

MakeEntry = Callable[..., Entry]
SECOND = 1_000_000
PLANNED = ["old", "new", "mail"]


def result_of(
    entries: Sequence[Entry], plan: Plan, span: Span | None = None, shards: int = 1, costs: Sequence[CampaignCost] = ()
) -> CampaignsResult:
    with Dataset.of(entries, plan, costs=costs) as dataset:
        return context_of(dataset, plan, span, shards=shards).answer(campaigns(CampaignsOptions()))


@settings(max_examples=25)
@given(log=sent_logs(), zone=st.sampled_from(ZONES), data=st.data())
def test_any_visits_are_those_of_a_plain_loop(
    entry: MakeEntry, log: list[Sent], zone: str, data: st.DataObject
) -> None:
    times = [sent.call.at for sent in log]
    since, until = sorted(data.draw(st.tuples(st.sampled_from(times), st.sampled_from(times))))
    span = Span(since * SECOND, (until + 1) * SECOND)

    result = result_of(entries_of(entry, log), plan_in(zone), span, data.draw(st.sampled_from([1, 3])))

    touches = touches_of(log, "campaign", zone)
    counts = Counter(touch.label for each in touches.values() for touch in each if since <= touch.at <= until)
    assert {each.name: each.visits for each in result.campaigns} == {name: counts[name] for name in PLANNED}
    assert result.unknown_visits == counts["summer"]
    assert {(each.field, each.value): each.visits for each in result.unknown} == (
        {("name", "summer"): counts["summer"]} if counts["summer"] else {}
    )


def visit(number: int, link: Link) -> Sent:
    return Sent(call(number * DAY, "page", "/", seq=number), link, 0, "EUR")


def test_a_misspelt_mark_has_the_nearest_beside_it(entry: MakeEntry) -> None:
    log = [visit(1, Link("sprign", "google", "email")), visit(2, Link("sprign", "newsleter", "email"))]
    unknown = result_of(entries_of(entry, log), plan_in("UTC")).unknown

    assert [(each.field, each.value, each.visits, each.like, each.campaign) for each in unknown] == [
        ("name", "sprign", 2, "spring", "old"), ("source", "newsleter", 1, "newsletter", "mail"),
    ]  # fmt: skip


def test_values_that_are_of_several_campaigns_are_a_link_of_none(entry: MakeEntry) -> None:
    plans = {
        "a": PlannedCampaign(name="a", utm={"name": ("spring",), "source": ("google",)}),
        "b": PlannedCampaign(name="b", utm={"name": ("summer",), "source": ("newsletter",)}),
    }
    log = [visit(1, Link("spring", "newsletter", "email"))]
    (mark,) = result_of(entries_of(entry, log), Plan(id="test", campaigns=plans)).unknown

    assert (mark.field, mark.value, mark.like) == ("link", "name spring, source newsletter", None)


def test_visits_outside_and_by_other_origins_are_beside_the_campaign_with_its_costs(entry: MakeEntry) -> None:
    spring = PlannedCampaign(
        name="spring", utm={"name": ("spring",)}, first_day="1970-01-03", last_day="1970-01-03", origins=("email",),
        budget=CampaignBudget(Decimal(5), "EUR"),
    )  # fmt: skip
    costs = [CampaignCost("1970-01-03", "spring", "", "EUR", Decimal("2.5"), None, None, "a.csv", 0)]
    log = [visit(1, LINKS[3]), visit(2, LINKS[4]), visit(3, LINKS[4])]  # type: ignore[arg-type]  # they are links
    (row,) = result_of(entries_of(entry, log), Plan(id="t", campaigns={"spring": spring}), costs=costs).campaigns

    assert (row.visits, row.outside, row.other_origins) == (3, 2, {"paid_search": 2})
    assert (row.budget, row.costs["EUR"].cost) == (spring.budget, Decimal("2.5"))


def test_a_plan_without_campaigns_has_the_names_of_links(entry: MakeEntry) -> None:
    result = result_of(entries_of(entry, [visit(1, Link("spring", "google", "email"))]), Plan(id="t"))

    assert (result.campaigns, [each.value for each in result.unknown]) == ((), ["spring"])
