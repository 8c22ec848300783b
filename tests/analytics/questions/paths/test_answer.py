"""Paths equal a plain loop over all messages, for any log, window and options; their counts add up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st
from tests.analytics.asking import context_of
from tests.analytics.questions.paths.reference import Asked, Way, ways_of
from tests.analytics.questions.sessions.logs import DAY, MINUTE, call, entries_of, logs
from tests.analytics.questions.sessions.reference import Call
from tests.many import MANY

from footfall.analytics import Dataset, report
from footfall.analytics.questions.paths import PathsOptions, PathsResult, paths, paths_options
from footfall.analytics.questions.paths.answer import NOTHING, OTHER, START
from footfall.analytics.questions.sessions import SessionsOptions, sessions
from footfall.analytics.window import Span
from footfall.plan.model import Event, Plan, Property
from footfall.query.database import Database
from footfall.storage.journal import Entry

MakeEntry = Callable[..., Entry]
SECOND = 1_000_000
AMOUNT = Property(name="amount", wire_name="amount", type="integer")
EVENTS = {name: Event(name=name, wire_name=name, properties=(AMOUNT,)) for name in ("view", "buy")}
PLAN = Plan(id="test", events=EVENTS)


def options_of(asked: Asked, top: int = 99) -> PathsOptions:
    within = "session" if asked.within is None else f"{asked.within}s"
    return paths_options(PLAN, **asked._replace(within=None)._asdict() | {"within": within}, top=top)


def result_of(
    entries: Sequence[Entry],
    options: PathsOptions,
    since: int | None = None,
    until: int = 9_999 * DAY,
    shards: int = 1,
) -> PathsResult:
    span = Span(None if since is None else since * SECOND, until * SECOND)
    with Dataset.of(entries, PLAN) as dataset:
        return context_of(dataset, PLAN, span, until * SECOND, shards).answer(paths(options))


def asked_of(seconds: st.SearchStrategy[int | None]) -> st.SearchStrategy[Asked]:
    step = st.sampled_from(["view", "buy", "page", "page:/", "page:/a"]).filter(lambda name: name != "page")
    directions: list[st.SearchStrategy[dict[str, object]]] = [
        st.just({}),
        st.fixed_dictionaries({"after": step}),
        st.fixed_dictionaries({"before": step}),
        st.fixed_dictionaries({"between": st.tuples(step, step)}),
    ]
    return st.builds(
        lambda direction, steps, within: Asked(**direction, steps=steps, within=within),
        st.one_of(directions), st.integers(1, 4), seconds,
    )  # fmt: skip


asked_of_any = asked_of(st.sampled_from([None, None, 30 * MINUTE, DAY, 7 * DAY]))


def check(entry: MakeEntry, log: list[Call], asked: Asked, data: st.DataObject) -> None:
    """Compare all whole paths with a plain loop, and each edge with its count over these."""
    times = [each.at for each in log]
    until = data.draw(st.sampled_from([max(times) + 1, max(times) + 90 * DAY, *times]))
    since = data.draw(st.sampled_from([None, *[time for time in times if time < until]]))

    result = result_of(entries_of(entry, log), options_of(asked), since, until, data.draw(st.sampled_from([1, 3])))
    entered, ways = ways_of(log, asked, since, until, until)

    event(f"{'after' if asked.after else 'before' if asked.before else 'between' if asked.between else 'all'}")
    event(f"session: {asked.within is None}, paths: {bool(ways)}")
    assert (result.entered, result.paths) == (entered, len(ways))
    assert {(path.steps, path.is_cut): path.count for path in result.most_frequent} == Counter(way[:2] for way in ways)
    still = Counter(way[:2] for way in ways if way.is_open and not way.is_cut)
    assert {(path.steps, path.is_cut): path.open for path in result.most_frequent if path.open} == still
    assert {(edge.position, edge.source, edge.target): edge.count for edge in result.edges} == edges_of(ways, asked)
    adds_up(result)


def edges_of(ways: Sequence[Way], asked: Asked) -> Counter[tuple[int, str, str]]:
    edges: Counter[tuple[int, str, str]] = Counter()
    for way in ways:
        steps = list(way.steps[::-1] if asked.before else way.steps)
        ends = [NOTHING] if len(steps) <= asked.steps else []
        for position, (source, target) in enumerate(zip([START, *steps], [*steps, *ends], strict=False)):
            edges[(-position, target, source) if asked.before else (position, source, target)] += 1
    return edges


def adds_up(result: PathsResult) -> None:
    """As many go into a step as go on from it or end there."""
    into, out = Counter[tuple[int, str]](), Counter[tuple[int, str]]()
    is_back = any(edge.target == START for edge in result.edges)
    for edge in result.edges:
        near, far = (edge.target, edge.source) if is_back else (edge.source, edge.target)
        out[abs(edge.position) - 1, near] += edge.count
        if far != NOTHING:
            into[abs(edge.position), far] += edge.count
    last = result.steps
    assert {key: count for key, count in into.items() if key[0] < last} == {
        key: count for key, count in out.items() if key[0] >= 0
    }
    assert sum(count for (position, _), count in out.items() if position < 0) == result.paths


@settings(max_examples=12)
@given(log=logs(), asked=asked_of_any, data=st.data())
def test_any_paths_are_those_of_a_plain_loop(
    entry: MakeEntry, log: list[Call], asked: Asked, data: st.DataObject
) -> None:
    check(entry, log, asked, data)


@settings(max_examples=MANY)
@given(log=logs(), asked=asked_of_any, data=st.data())
@pytest.mark.slow
def test_many_paths_are_those_of_a_plain_loop(
    entry: MakeEntry, log: list[Call], asked: Asked, data: st.DataObject
) -> None:
    check(entry, log, asked, data)


@settings(max_examples=10)
@given(log=logs(), asked=asked_of_any, top=st.integers(1, 2))
def test_counts_add_up_where_some_steps_are_others(entry: MakeEntry, log: list[Call], asked: Asked, top: int) -> None:
    result = result_of(entries_of(entry, log), options_of(asked, top))
    shown = {(edge.position, name) for edge in result.edges for name in (edge.source, edge.target)}

    adds_up(result)
    assert sum(path.count for path in result.most_frequent) + result.others == result.paths
    for position in {position for position, _ in shown}:
        names = {edge.target for edge in result.edges if edge.position == position} - {NOTHING, OTHER, START}
        assert len(names) <= top


@settings(max_examples=10)
@given(logs())
def test_they_begin_as_often_with_a_step_as_sessions_do(entry: MakeEntry, log: list[Call]) -> None:
    with Database(Dataset.of(entries_of(entry, log), PLAN)) as database:
        by_entry = database.ask(sessions(SessionsOptions(by="entry", top=99))).result
        result = database.paths(top=99).result

    begin = {edge.target: edge.count for edge in result.edges if edge.position == 0}
    assert begin == {row.label: row.figures.sessions for row in by_entry.rows if row.start is None and row.label}


def test_repeats_are_one_step_and_equal_times_go_by_seq(entry: MakeEntry) -> None:
    log = [call(0, name="buy", seq=2), call(0, seq=1), call(1, name="buy", seq=3), call(2, seq=4)]
    (path,) = result_of(entries_of(entry, log), options_of(Asked())).most_frequent

    assert path.steps == ("view", "buy", "view")


def test_a_step_may_have_conditions(entry: MakeEntry) -> None:
    log = [
        entry(number, "buy", number, user="ann", properties={"amount": amount}) for number, amount in enumerate([1, 9])
    ] + [entry(2, "view", 2, user="ann")]
    small, large = (
        result_of(log, paths_options(PLAN, after=f"buy {{amount: {{gte: {least}}}}}", within="7d")) for least in (9, 10)
    )

    assert [path.steps for path in small.most_frequent] == [("buy", "view")]
    assert (large.entered, large.edges, large.most_frequent) == (0, (), ())


def test_a_path_goes_on_past_the_end_of_the_window(entry: MakeEntry) -> None:
    log = [call(0, seq=1), call(MINUTE, name="buy", seq=2)]
    (path,) = result_of(entries_of(entry, log), options_of(Asked(after="view")), until=MINUTE // 2).most_frequent

    assert path.steps == ("view", "buy")


def test_a_path_that_may_go_on_is_open(entry: MakeEntry) -> None:
    log = [call(0, seq=1), call(1, name="buy", seq=2)]
    edges = [
        result_of(entries_of(entry, log), options_of(Asked(after="view")), until=until).edges[-1]
        for until in (MINUTE, 31 * MINUTE)
    ]

    assert [(edge.target, edge.count, edge.open) for edge in edges] == [(NOTHING, 1, 1), (NOTHING, 1, 0)]


def test_its_sections_have_edges_and_whole_paths(entry: MakeEntry) -> None:
    log = entries_of(entry, [call(0, seq=1), call(1, name="buy", seq=2), call(2, seq=3), call(0, person="bob", seq=4)])
    question = paths(options_of(Asked(after="view", steps=1), top=1))
    with Dataset.of(log, PLAN) as dataset:
        now = datetime.fromtimestamp(2 * DAY, UTC)
        first, second = report(dataset, PLAN, now=now, questions=[question]).sections()

    assert first.title == "Paths after view"
    assert first.table is not None
    assert second.table is not None
    assert [row.cells[2][0].values[0] for row in first.table.rows if len(row.cells) > 2] == ["view", NOTHING]
    assert [row.cells[0][0].values[0] for row in second.table.rows] == ["view", "all others"]


def test_of_nobody_there_is_nothing_but_the_definition() -> None:
    result = result_of([], options_of(Asked()))

    assert (result.entered, result.paths, result.edges) == (0, 0, ())
    assert result.definition.startswith("Step: an event, or a page or screen by its route")
