"""Of any log and retention, each figure on the way to that of a peer is that of the question with these options."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from tests.analytics.asking import context_of
from tests.analytics.questions.doings import DAY, SECOND, ZONES, Doing, entries_of, logs, plan_in
from tests.analytics.questions.retention.test_answer import options_of_any

from footfall.analytics import Dataset
from footfall.analytics.peer_defaults import PEERS
from footfall.analytics.questions.retention import RetentionOptions, RetentionResult, retention, retention_like
from footfall.analytics.window import Span
from footfall.storage.journal import Entry

MakeEntry = Callable[..., Entry]

FIELDS: dict[str, Callable[[str], dict[str, Any]]] = {
    "counting": lambda value: {"counting": value},
    "entry": lambda value: {"entry": {"first-ever": "first_ever", "recurring": "recurring"}[value]},
    "returning-when": lambda value: {"returning_when": {"on": "on", "on-or-after": "on_or_after"}[value]},
    "minimum": lambda value: {"minimum": int(value)},
}


def people(result: RetentionResult) -> list[int]:
    """All who entered, then who returned and of how many, for each bracket."""
    cells = zip(result.total, result.of, strict=True)
    return [result.entered, *(count for cell, of in cells for count in (0 if cell is None else cell.returned, of))]


def check(
    entry: MakeEntry, log: list[Doing], options: RetentionOptions, peer: str, zone: str, data: st.DataObject
) -> None:
    times = [doing.at for doing in log]
    until = data.draw(st.sampled_from([max(times) + 1, max(times) + 90 * DAY, *times]))
    since = data.draw(st.sampled_from([None, *[time for time in times if time < until]]))
    span = Span(None if since is None else since * SECOND, until * SECOND)
    shards = data.draw(st.sampled_from([1, 3]))
    with Dataset.of(entries_of(entry, log), plan_in(zone)) as dataset:

        def answer(question: Any) -> RetentionResult:
            result: RetentionResult = context_of(dataset, plan_in(zone), span, until * SECOND, shards).answer(question)
            return result

        result = answer(retention_like(peer, options))
        reconciliation = result.reconciliation
        assert reconciliation is not None
        stages, after = [answer(retention(options))], options
        for change in reconciliation.changes:
            after = replace(after, **FIELDS[change.option](change.theirs))
            stages.append(answer(retention(after)))

    columns = [[figure.ours, *figure.values] for figure in reconciliation.figures]
    assert columns == [list(column) for column in zip(*map(people, stages), strict=True)]
    for figure in reconciliation.figures:
        assert figure.ours + sum(figure.differences) == figure.theirs
    assert replace(result, reconciliation=None) == stages[-1]
    event("differs" if any(any(figure.differences) for figure in reconciliation.figures) else "does not differ")


@settings(max_examples=3)
@given(log=logs(), options=options_of_any, peer=st.sampled_from([*PEERS]), zone=st.sampled_from(ZONES), data=st.data())
def test_every_figure_is_that_of_its_options_and_the_differences_add_up(
    entry: MakeEntry, log: list[Doing], options: RetentionOptions, peer: str, zone: str, data: st.DataObject
) -> None:
    check(entry, log, options, peer, zone, data)


@settings(max_examples=60)
@given(log=logs(), options=options_of_any, peer=st.sampled_from([*PEERS]), zone=st.sampled_from(ZONES), data=st.data())
@pytest.mark.slow
def test_many_figures_are_those_of_their_options(
    entry: MakeEntry, log: list[Doing], options: RetentionOptions, peer: str, zone: str, data: st.DataObject
) -> None:
    check(entry, log, options, peer, zone, data)


@settings(max_examples=3)
@given(log=logs(), options=options_of_any, peer=st.sampled_from([*PEERS]))
def test_asked_by_the_defaults_of_a_peer_nothing_differs(
    entry: MakeEntry, log: list[Doing], options: RetentionOptions, peer: str
) -> None:
    for default in PEERS[peer].questions["retention"].defaults:
        options = replace(options, **FIELDS[default.option](default.value))
    with Dataset.of(entries_of(entry, log), plan_in("UTC")) as dataset:
        context = context_of(dataset, plan_in("UTC"))
        alike, plain = context.answer(retention_like(peer, options)), retention(options)
        again = context_of(dataset, plan_in("UTC")).answer(plain)

    assert alike.reconciliation is not None
    assert (alike.reconciliation.changes, replace(alike, reconciliation=None)) == ((), again)
