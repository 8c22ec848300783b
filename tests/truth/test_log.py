"""The log of these tests has the hard cases in it."""

from __future__ import annotations

from collections import Counter

from tests.truth.answers import answers
from tests.truth.folders import EVERYTHING
from tests.truth.log import Log, make_log
from tests.truth.messages import messages_of

from footfall.plan.model import Plan


def test_a_larger_log_has_each_way_to_be_somebodys_and_each_type(plan: Plan) -> None:
    messages = messages_of(make_log(seed=100, messages=1_500).stored, plan)

    assert {message.reason for message in messages} == {
        "explicit", "sole_owner", "same_session", "contested", "anonymous", "blocked", "device", "unconsented",
        "bot",
    }  # fmt: skip
    assert {message.row.type for message in messages} == {
        "track", "identify", "alias", "reset", "page", "screen", "group",
    }  # fmt: skip
    times = Counter((message.row.anonymous_id, message.at) for message in messages)
    assert sum(count > 1 for count in times.values()) > 50


def test_a_larger_log_has_values_that_are_hard_and_walks_that_go_far(plan: Plan) -> None:
    log = make_log(seed=109, messages=2_000)
    figures = answers(plan, log.stored, log.quarantined, EVERYTHING)

    assert all(kpi["unread"] > 0 for name, kpi in figures["kpis"].items() if name in ("all_paid", "median_reading"))
    assert len(figures["kpis"]["all_paid"]["currencies"]) == 5  # one is of messages that name none
    assert len(str(figures["kpis"]["revenue"]["currencies"]["NOK"])) > 35
    assert min(figures["journeys"]["purchase"]["steps"]) > 1
    assert min(figures["journeys"]["gateway_onboarding"]["steps"]) > 1
    assert min(figures["journeys"]["purchase"]["branches"].values()) > 1
    assert min(broken for journey in figures["journeys"].values() for broken, _ in journey["never"].values()) > 0
    assert figures["intake"]["late"] > 100
    assert len(figures["intake"]["reasons"]) == 3


def test_a_small_log_has_messages_of_bots_of_own_people_and_of_each_environment(plan: Plan, log: Log) -> None:
    assert {row.environment for row in log.stored} == {None, "staging", "test"}
    assert {message.audience for message in messages_of(log.stored, plan)} == {"people", "bot", "staff"}


def test_a_small_log_has_repeats_and_rows_that_left_quarantine(log: Log) -> None:
    names = Counter(row[1:3] for row in log.rows)
    in_quarantine = {row[1:3] for row in log.rows if row.kind == "quarantined"}

    assert max(names.values()) > 1
    assert in_quarantine & {row[1:3] for row in log.stored}
    assert {row.event for row in log.rows} >= {"Order Completed", "order_completed"}
