"""A report says the same of the same messages however they lie: in the journal, in files, or in both."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest
from tests.faults.loops import loops
from tests.truth.answers import Asked, answers, figures
from tests.truth.folders import (
    EVERYTHING,
    WINDOWS,
    assert_exact,
    assert_persons,
    fill,
    report_of,
    seal_at,
    sealing,
    seqs_of,
)
from tests.truth.log import Log, make_log, older_plan, wide_plan

from footfall import storage
from footfall.plan.model import Plan
from footfall.storage.journal import RowState

KINDS: tuple[RowState, RowState] = ("stored", "quarantined")
SEALED_BY = {"the plan": wide_plan(), "an older plan": older_plan(), "no plan": None}


@pytest.mark.parametrize("window", [WINDOWS[0], *(pytest.param(each, marks=pytest.mark.slow) for each in WINDOWS[1:])])
def test_messages_in_the_journal_alone(template: Path, plan: Plan, log: Log, window: Asked) -> None:
    assert_exact(template, plan, log.stored, log.quarantined, window)


@pytest.mark.slow
@pytest.mark.parametrize("sealed_by", SEALED_BY)
def test_messages_in_files_alone(data: Path, plan: Plan, log: Log, sealed_by: str) -> None:
    seal_at(data, [-1], SEALED_BY[sealed_by])

    assert_exact(data, plan, log.stored, log.quarantined)


@pytest.mark.parametrize("cut", [44, *(pytest.param(cut, marks=pytest.mark.slow) for cut in (0, 21, -2))])
def test_messages_on_both_sides_of_a_seal(data: Path, plan: Plan, log: Log, cut: int) -> None:
    seal_at(data, [cut], plan)

    assert_exact(data, plan, log.stored, log.quarantined)


def test_messages_of_several_seals_by_other_plans(data: Path, plan: Plan, log: Log) -> None:
    seal_at(data, [12, 30, 31, 60, 75], *SEALED_BY.values())

    assert_exact(data, plan, log.stored, log.quarantined, WINDOWS[1])


def test_whose_each_message_is_in_an_export(data: Path, plan: Plan, log: Log) -> None:
    seal_at(data, [30, 60], plan, None)

    assert_persons(data, plan, log.stored)


def test_what_came_in_without_a_plan_to_ask(data: Path, plan: Plan, log: Log) -> None:
    seal_at(data, [40], plan)
    asks_nothing = Plan(id=plan.id, events=plan.events)  # what was in force says whose messages are, and their names

    overview = figures(report_of(data, None, EVERYTHING))["overview"]

    assert overview == answers(asks_nothing, log.stored, log.quarantined, EVERYTHING)["overview"]


@pytest.mark.parametrize("place", [45, *(pytest.param(place, marks=pytest.mark.slow) for place in (10, 80))])
def test_what_had_come_in_by_an_earlier_message(data: Path, plan: Plan, place: int) -> None:
    seal_at(data, [30, 60], plan, None)
    with storage.open(data, "read") as store, store.snapshot() as snapshot:
        everything = [entry for kind in KINDS for chunk in snapshot.scan(kind) for entry in chunk]
    seq = sorted(everything)[place].seq
    stored, quarantined = ([e.row for e in everything if e.seq <= seq and e.row.kind == kind] for kind in KINDS)

    shown = figures(report_of(data, plan, EVERYTHING, as_of=seq))

    assert shown == answers(plan, stored, quarantined, EVERYTHING)


@pytest.mark.slow
def test_a_reader_at_each_step_of_a_seal(data: Path, plan: Plan, log: Log) -> None:
    until = list(seqs_of(data))[50]
    expected = answers(plan, log.stored, log.quarantined, EVERYTHING)

    steps = {step: figures(report_of(data, plan, EVERYTHING)) == expected for step in sealing(data, until, plan)}

    assert steps == {"written": True, "listed": True, "marked": True, "being forgotten": True}


@pytest.mark.slow
def test_each_place_of_a_seal(template: Path, plan: Plan, log: Log, tmp_path: Path) -> None:
    expected = answers(plan, log.stored, log.quarantined, EVERYTHING)
    for place in range(len(log.stored)):
        data = shutil.copytree(template, tmp_path / "data")
        seal_at(data, [place], plan)
        assert figures(report_of(data, plan, EVERYTHING)) == expected, place
        shutil.rmtree(data)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(loops(6)))
def test_random_seals_of_a_larger_log(plan: Plan, tmp_path: Path, seed: int) -> None:
    dice, log = random.Random(seed), make_log(seed=100 + seed, messages=1_500)
    data = tmp_path / "data"
    fill(data, log, plan)
    places = sorted(dice.sample(range(len(log.stored)), dice.randint(1, 9)))
    seal_at(data, places, *dice.sample([*SEALED_BY.values()], 3))

    assert_exact(data, plan, log.stored, log.quarantined, *WINDOWS)
    assert_persons(data, plan, log.stored)
