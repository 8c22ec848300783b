"""What staging sends changes no answer about production, and each environment is asked alone, in every state."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.maintenance.folders import compact, seal

import footfall
from footfall import storage
from footfall.analytics import Dataset, report
from footfall.analytics.exports import FORMATS, MessageStream, Selection
from footfall.analytics.stored_messages import StoredMessages
from footfall.analytics.why import why
from footfall.collector import Collector
from footfall.errors import UsageError
from footfall.people import profiles
from footfall.plan import from_bundle
from footfall.plan.model import Plan
from footfall.quarantine import Judging, list_quarantined
from footfall.simulation import simulate
from footfall.storage.environments import KEPT_AS
from footfall.testing import ManualClock

PLAN = Path(__file__).parents[2] / "tracking_plans" / "shop_and_gateway"
NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)
State = Callable[[Path], object]


def message(number: int, event: str, **fields: Any) -> dict[str, Any]:
    at = f"2026-11-29T10:{number:02}:00Z"
    return {"type": "track", "messageId": f"order-{number}", "event": event, "timestamp": at, **fields}


# The same ids in each: staging has a copy of production's database.
OF_PRODUCTION = [
    message(1, "product_viewed", anonymousId="a", properties={"sku": "GW-100", "price": 1.5, "currency": "EUR"}),
    message(2, "signed_up", anonymousId="a", userId="u", properties={"method": "google"}),
    message(3, "signed_in", userId="v", properties={"method": "pigeon"}),
    message(4, "product_viewed", anonymousId="b", properties={"sku": "GW-101", "price": 2.5, "currency": "EUR"}),
]
OF_STAGING = [
    message(1, "signed_up", anonymousId="a", userId="tester", properties={"method": "google"}),
    message(2, "signed_up", anonymousId="b", userId="tester", properties={"method": "google"}),
    message(3, "signed_in", userId="tester", properties={"method": "owl"}),
    {"type": "alias", "messageId": "order-4", "previousId": "tester", "userId": "u"},
    message(5, "product_viewed", anonymousId="c", properties={"sku": "GW-100", "price": 9.5, "currency": "EUR"}),
    "no object",
]


def collect(data: Path, *senders: str) -> Path:
    clock = ManualClock(NOON)
    batches = {"production": OF_PRODUCTION, "staging": OF_STAGING}
    with Collector(data, plan=PLAN, clock=clock) as collector:
        for sender in senders:
            body = json.dumps({"batch": batches[sender]}).encode()
            collector.take(body, source="shop_backend", environment=KEPT_AS[sender])
    return data


def answers(data: Path, environment: str) -> Mapping[str, Any]:
    """What each way to read a folder says; the numbers of messages, which both share, are left out."""
    now, plan = NOON, latest(data)
    with Dataset.open(data, environment=environment) as dataset:
        shown = dict(report(dataset, dataset.plan, now=now).as_json())
        persons = {id_: profiles(dataset, id_) for id_ in ("a", "b", "u", "tester")}
    shown["data"] = {name: getattr(shown["data"], name) for name in ("messages", "persons", "quarantined", "rejected")}
    export = io.BytesIO()
    FORMATS["jsonl"](MessageStream(StoredMessages.open(data, environment=environment)), export, Selection())
    with footfall.open(data, environment=environment) as database:
        rows = list(database.sql("SELECT message_id, person_id FROM messages ORDER BY ALL"))
    with storage.open(data, "read") as store, store.snapshot() as whole:
        judging = Judging(plan, store.control)
        quarantined = [item.message_id for item in list_quarantined(whole.within(environment), judging)]
    trial = simulate(data, plan, now=now, environment=environment)
    return {
        "report": shown,
        "persons": {id_: [profile.person_id for profile in of_id] for id_, of_id in persons.items()},
        "export": [{**json.loads(line), "seq": 0} for line in export.getvalue().splitlines()],
        "sql": rows,
        "quarantined": quarantined,
        "simulated": (trial.stored, trial.lost, trial.quarantined, trial.freed, trial.kpis),
    }


def latest(data: Path) -> Plan:
    with storage.open(data, "read") as store:
        return from_bundle(list(store.control.bundles().values())[-1])


def untouched(_: Path) -> None:
    """What is not sealed yet."""


def compacted(data: Path) -> None:
    seal(data)
    compact(data)


@pytest.mark.parametrize(
    "state",
    [pytest.param(untouched, marks=pytest.mark.slow), seal, pytest.param(compacted, marks=pytest.mark.slow)],
    ids=["unsealed", "sealed", "compacted"],
)
@pytest.mark.parametrize(
    "order",
    [("staging", "production"), pytest.param(("production", "staging"), marks=pytest.mark.slow)],
    ids=["after", "before"],
)
def test_each_environment_is_as_if_the_other_were_not_there(
    state: State, order: tuple[str, str], tmp_path: Path
) -> None:
    both = collect(tmp_path / "both", *order)
    state(both)

    for environment in order:
        alone = collect(tmp_path / environment, environment)
        state(alone)
        assert answers(both, environment) == answers(alone, environment)


def test_the_report_says_how_much_of_other_environments_it_leaves_out(tmp_path: Path) -> None:
    data = collect(tmp_path, "production", "staging")
    contents = {}
    for environment in ("production", "staging", "test", "all"):
        with Dataset.open(data, environment=environment) as dataset:
            contents[environment] = (dataset.contents().messages, dataset.elsewhere)

    assert contents == {
        "production": (3, {"staging": 4}),
        "staging": (4, {"production": 3}),
        "test": (0, {"production": 3, "staging": 4}),
        "all": (7, {}),
    }


def test_an_earlier_moment_is_of_one_environment_too(tmp_path: Path) -> None:
    data = collect(tmp_path, "staging", "production")
    with storage.open(data, "read") as store, store.snapshot() as snapshot:
        last = snapshot.watermark()
    with Dataset.open(data, as_of=last) as dataset:
        assert dataset.contents().messages == 3
    changes = why(data, 5, last, since=datetime(2026, 11, 29, tzinfo=UTC), environment="production").figures

    assert {change.before for change in changes if change.kind == "journey"} <= {None, 0}


def test_a_change_is_explained_without_bots_as_the_report_has_it(tmp_path: Path) -> None:
    crawler = {"userAgent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"}
    later = [{**sent, "messageId": f"late-{number}", "context": crawler} for number, sent in enumerate(OF_PRODUCTION)]
    data = collect(tmp_path, "production")
    with storage.open(data, "read") as store, store.snapshot() as snapshot:
        before = snapshot.watermark()
    with Collector(data, plan=PLAN, clock=ManualClock(NOON)) as collector:
        collector.take(json.dumps({"batch": later}).encode(), source="shop_backend")

    changes = why(data, before, before + 3, since=datetime(2026, 11, 29, tzinfo=UTC)).figures
    assert [change.before for change in changes] == [change.after for change in changes]
    with Dataset.open(data) as dataset:
        left_out = report(dataset, dataset.plan, now=NOON).data.left_out
    assert left_out is not None
    assert left_out.bots == 3


def test_an_unknown_environment_is_named_with_those_that_there_are(tmp_path: Path) -> None:
    data = collect(tmp_path, "production")

    with pytest.raises(UsageError, match="no environment 'stage'; name one of production, staging, test, or all"):
        footfall.open(data, environment="stage")
