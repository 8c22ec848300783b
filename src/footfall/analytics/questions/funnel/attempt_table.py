"""Makes the table of all attempts at a funnel in one shard: by joins where they are exact, else actor by actor.

A row is an attempt: `actor`, `weight` (how many entries it is), `time_0` (the entry), `time_1`, … (the first reach of
each step, null where it was not reached), `ended_by` (the number of the exclusion that ended it) and `ended_at`,
`is_open`, `is_counted`, `is_first` (the one of the actor's first entry: one for each actor), and there `person_drop`,
the number of the exclusion that took the actor out. Times are microseconds since 1970 UTC.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations, groupby, islice
from operator import itemgetter
from typing import Any

from footfall.analytics.dataset import EventColumns
from footfall.analytics.engine import hand_over
from footfall.analytics.filtered_messages import Filtered, filtered_messages
from footfall.analytics.query import needed
from footfall.analytics.question import ShardContext
from footfall.analytics.questions.funnel.options import FunnelOptions
from footfall.analytics.reaches import has_ties, walk
from footfall.analytics.window import Span
from footfall.identity.sessions import SESSION_GAP_US
from footfall.journeys.attempts import ActorAttempts, FunnelRules, Moment, MomentRow, attempts_of
from footfall.plan.calls import may_share_messages
from footfall.plan.model import ANY_EVENT, Journey, Plan, Step

__all__ = ["attempt_table", "by_actor", "by_joins", "by_reaches", "text_sql"]

_SECOND = 1_000_000
_BATCH = 100_000


def attempt_table(context: ShardContext, options: FunnelOptions, span: Span) -> str:
    """The name of the table. Raises UsageError for what the plan does not have, and DamagedFileError."""
    if _are_joins_exact(options):
        is_usual = options.entry == "first" and options.has_ties
        if is_usual and all(step.filter.event != ANY_EVENT for step in options.steps):
            return by_reaches(context, options, span)
        if not _has_shared_events(context.plan, options):
            return by_joins(context, options, span)
    return by_actor(context, options, span)


def _are_joins_exact(options: FunnelOptions) -> bool:
    """Whether a step depends on nothing but the first reach of the step before."""
    return (
        options.order == "ordered"
        and not (options.exclusions or options.hold or options.is_session)
        and not any(step.is_optional or step.within is not None for step in options.steps)
    )


def _has_shared_events(plan: Plan, options: FunnelOptions) -> bool:
    """Whether one message may be of two filters."""
    filters = [step.filter for step in options.steps] + [each.filter for each in options.exclusions]
    events = [each.event for each in filters]
    return (ANY_EVENT in events and len(events) > 1) or any(
        may_share_messages(plan, *pair) for pair in combinations(events, 2)
    )


def by_reaches(context: ShardContext, options: FunnelOptions, span: Span) -> str:
    """The first entry of each actor, as the report walks a journey."""
    dataset, table = context.dataset, context.dataset.new_name("attempts")
    steps = tuple(
        Step(id=str(number), event=step.filter.event, where=step.filter.where)
        for number, step in enumerate(options.steps)
    )
    journey = Journey(name="", by=options.by, steps=steps, within=options.within)
    stored = ("person", "seq") if has_ties(context.report.plan, journey) or not context.shard.is_whole else ("person",)
    properties: dict[str, set[str]] = defaultdict(set)
    for step in steps:
        properties[step.event] |= needed(step.where)
    # All in one look at the parts; the walk asks for one after another.
    dataset.read_events(
        {event: EventColumns(names, span.since, stored) for event, names in properties.items()}, plan=context.plan
    )
    reached = walk(dataset, context.report.plan, journey, span, context.shard, segments=context.segments).reached
    times = ", ".join(
        f"max(time) FILTER (position = {number}) AS time_{number}" for number in range(len(options.steps))
    )
    dataset.connection.execute(f"""
        CREATE TABLE {table} AS SELECT *, {_open(context, options)} AS is_open FROM (
            SELECT actor, 1 AS weight, {times}, NULL::INTEGER AS ended_by, NULL::BIGINT AS ended_at,
                   TRUE AS is_counted, TRUE AS is_first, NULL::INTEGER AS person_drop
            FROM {reached} GROUP BY actor
        )
    """)
    dataset.connection.execute(f"DROP TABLE {reached}")
    return table


def _open(context: ShardContext, options: FunnelOptions) -> str:
    """Whether an attempt without further rules may still go on, as SQL."""
    within = "TRUE" if options.within is None else f"{context.report.now} - time_0 <= {options.within * _SECOND}"
    return f"(time_{len(options.steps) - 1} IS NULL AND {within})"


def by_joins(context: ShardContext, options: FunnelOptions, span: Span) -> str:
    """Each step is the next message of its filter after the step before, which an ASOF join finds for all entries."""
    dataset, table = context.dataset, context.dataset.new_name("attempts")
    asked = [Filtered(step.filter, since=span.since) for step in options.steps]
    selects = filtered_messages(context, options.by, asked)
    attempts = _best_of_any(options, span, selects) if options.entry == "any" else _every(options, span, selects)
    dataset.connection.execute(f"""
        CREATE TABLE {table} AS SELECT *, {_open(context, options)} AS is_open, NULL::INTEGER AS ended_by,
            NULL::BIGINT AS ended_at, NULL::INTEGER AS person_drop
        FROM ({attempts})
    """)
    return table


def _every(options: FunnelOptions, span: Span, selects: Sequence[str]) -> str:
    """All attempts, as SQL, or the first of each actor."""
    is_first, sign = options.entry == "first", "<=" if options.has_ties else "<"
    time, weight, grouped = ("min(time)", "1", "actor") if is_first else ("time", "count(*)", "actor, time")
    chain = (
        f"(SELECT actor, {time} AS time_0, {weight} AS weight FROM ({selects[0]}) WHERE {span.sql('time')} "
        f"GROUP BY {grouped}) AS step_0"
    )
    columns = ["step_0.actor", "step_0.weight", "step_0.time_0"]
    for number, select in enumerate(selects[1:], 1):
        chain += (
            f" ASOF LEFT JOIN (SELECT actor, time AS time_{number} FROM ({select})) AS step_{number} ON step_0.actor = "
            f"step_{number}.actor AND step_{number - 1}.time_{number - 1} {sign} step_{number}.time_{number}"
        )
        columns.append(
            f"CASE WHEN {_in_time(options, f'step_{number}.time_{number}', 'step_0')} "
            f"THEN step_{number}.time_{number} END AS time_{number}"
        )
    of_actor = "TRUE" if is_first else "time_0 = min(time_0) OVER (PARTITION BY actor)"
    return f"SELECT *, {of_actor} AS is_first, TRUE AS is_counted FROM (SELECT {', '.join(columns)} FROM {chain})"


def _in_time(options: FunnelOptions, time: str, entry: str) -> str:
    return "TRUE" if options.within is None else f"{time} - {entry}.time_0 <= {options.within * _SECOND}"


def _best_of_any(options: FunnelOptions, span: Span, selects: Sequence[str]) -> str:
    """The attempt of each actor that gets furthest, the earliest of these, as SQL, and the first where it is another.

    `reached_n` has the attempts that get to step n, of which few go on: no other is joined again.
    """
    steps, sign = range(len(selects)), "<=" if options.has_ties else "<"
    parts = {"reached_0": f"SELECT actor, time AS time_0 FROM ({selects[0]}) WHERE {span.sql('time')}"}
    for step in steps[1:]:
        parts[f"reached_{step}"] = (
            f"SELECT before.*, message.time AS time_{step} FROM reached_{step - 1} AS before "
            f"ASOF JOIN (SELECT actor, time FROM ({selects[step]})) AS message "
            f"ON before.actor = message.actor AND before.time_{step - 1} {sign} message.time "
            f"WHERE {_in_time(options, 'message.time', 'before')}"
        )
    parts["entered"] = "SELECT actor, min(time_0) AS time_0 FROM reached_0 GROUP BY actor"
    best, firsts, joins = [], ["entered.*"], ""
    for step in steps:
        times = "".join(f", arg_min(time_{each}, time_0) AS time_{each}" for each in steps[1 : step + 1])
        others = "".join(f", NULL::BIGINT AS time_{each}" for each in steps[step + 1 :])
        further = f"ANTI JOIN reached_{step + 1} USING (actor)" if step < steps[-1] else ""
        best.append(f"SELECT actor, min(time_0) AS time_0{times}{others} FROM reached_{step} {further} GROUP BY actor")
        if step:
            firsts.append(f"first_{step}.time_{step}")
            joins += (
                f" LEFT JOIN (SELECT actor, time_0, any_value(time_{step}) AS time_{step} FROM reached_{step} "
                f"SEMI JOIN entered USING (actor, time_0) GROUP BY actor, time_0) AS first_{step} "
                f"ON first_{step}.actor = entered.actor AND first_{step}.time_0 = entered.time_0"
            )
    parts["best"] = " UNION ALL ".join(best)
    named = ", ".join(f"{name} AS MATERIALIZED ({query})" for name, query in parts.items())
    return (
        f"WITH {named} SELECT best.*, 1 AS weight, best.time_0 = entered.time_0 AS is_first, TRUE AS is_counted "
        f"FROM best JOIN entered USING (actor) UNION ALL SELECT {', '.join(firsts)}, 1, TRUE, FALSE FROM entered "
        f"JOIN best ON best.actor = entered.actor AND best.time_0 > entered.time_0{joins}"
    )


def by_actor(context: ShardContext, options: FunnelOptions, span: Span) -> str:
    """Walk each actor by the rules of `footfall.journeys.attempts`, which are all there are."""
    dataset, rules = context.dataset, options.rules
    table = dataset.new_name("attempts")
    times = [f"time_{number}" for number in range(rules.steps)]
    dataset.connection.execute(f"""
        CREATE TABLE {table} (
            actor INTEGER, weight BIGINT, {", ".join(f"{time} BIGINT" for time in times)}, ended_by INTEGER,
            ended_at BIGINT, is_open BOOLEAN, is_counted BOOLEAN, is_first BOOLEAN, person_drop INTEGER
        )
    """)
    sessions = _Sessions(context) if options.is_session else None
    closed = frozenset() if sessions is None else sessions.closed
    rows, columns = dataset.new_name("rows"), "actor, time, fills, drops, session, constant, is_action"
    dataset.connection.execute(f"""
        CREATE TABLE {rows} AS SELECT *, count_if(NOT is_action) OVER (PARTITION BY actor) = 1 AS is_alone
        FROM ({_rows_sql(context, options, span, sessions)})
    """)
    dataset.connection.execute(f"INSERT INTO {table} BY NAME {_alone(context, rules, rows, sessions)}")
    attempts = (
        row
        for actor, moments in _actors(context, f"SELECT {columns} FROM {rows} WHERE NOT is_alone ORDER BY actor, time")
        if (own := attempts_of(moments, rules, span.since, span.until, context.report.now, closed)) is not None
        for row in _attempt_rows(actor, own, options)
    )
    # None is written before all messages are read: a connection does one thing at a time.
    for batch in [_arrow(few) for few in iter(lambda: list(islice(attempts, _BATCH)), [])]:
        hand_over(dataset.connection, batch, f"INSERT INTO {table} SELECT * FROM handed")
    dataset.connection.execute(f"DROP TABLE {rows}")
    if sessions is not None:
        sessions.close()
    return table


def _alone(context: ShardContext, rules: FunnelRules, rows: str, sessions: _Sessions | None) -> str:
    """The attempts of the actors who have one message alone, as SQL: the entry. Most have no more."""
    passed = f"{context.report.now} - time_0"
    limits = [rules.limits[step] for step in range(1, rules.steps) if 0 in rules.before(step)]
    is_open = ["constant IS NOT NULL" if rules.steps > 1 else "FALSE"]
    is_open += [] if rules.within is None else [f"{passed} <= {rules.within}"]
    if rules.order != "any" and limits and None not in limits:
        is_open.append(f"{passed} <= {max(limit or 0 for limit in limits)}")
    if rules.order == "strict":
        is_open.append("coalesce(acted <= time_0, TRUE)")
    if sessions is not None:
        is_open.append(f"session NOT IN (SELECT unit FROM {sessions.over})")
    return (
        f"SELECT actor, 1 AS weight, time_0, {' AND '.join(is_open)} AS is_open, TRUE AS is_counted, TRUE AS is_first "
        "FROM (SELECT actor, min(time) AS time_0, max(time) FILTER (is_action) AS acted, "
        f"any_value(constant) AS constant, max(session) AS session FROM {rows} WHERE is_alone GROUP BY actor)"
    )


class _Sessions:
    """The sessions of all persons: the tables `name` of (seq, unit), and `over` of the units that are over."""

    def __init__(self, context: ShardContext) -> None:
        import pyarrow.compute as pc  # loaded with the engine

        from footfall.analytics.session_table import session_table, timelines

        rows = timelines(context.dataset, context.shard, with_seq=True)
        units = session_table(rows)
        is_over = pc.or_(units["is_closed"], pc.less(pc.add(units["ended"], SESSION_GAP_US), context.report.now))
        over = units.select(["unit"]).filter(is_over)
        self.closed = frozenset(over["unit"].to_pylist())
        self.name, self.over = context.dataset.new_name("units"), context.dataset.new_name("over")
        self._connection = context.dataset.connection
        self._connection.register(self.name, rows.select(["seq", "unit"]))
        self._connection.register(self.over, over)

    def close(self) -> None:
        """Let both tables go."""
        self._connection.unregister(self.name)
        self._connection.unregister(self.over)


def _rows_sql(context: ShardContext, options: FunnelOptions, span: Span, sessions: _Sessions | None) -> str:
    """All messages that matter to those who enter, as SQL: actor, time, fills, drops, session, constant, is_action.

    Sessions without an entry are left out, and of first entries what is too late for them, or an entry again.
    """
    mask, is_first = -1 if options.order == "any" else 1, options.entry == "first"
    entries = (
        f"SELECT actor, session, min(time) AS entered FROM rows WHERE fills & {mask} != 0 AND {span.sql('time')} "
        f"GROUP BY actor, session {'QUALIFY entered = min(entered) OVER (PARTITION BY actor)' if is_first else ''}"
    )
    limit = "TRUE"
    if is_first and options.within is not None:
        limit = f"time - entered <= {options.within * _SECOND}"
    is_needed = "(fills > 1 OR drops > 0 OR time = entered)" if is_first and options.order != "any" else "TRUE"
    chosen = (
        "SELECT actor, time, fills, drops, session, constant, FALSE AS is_action FROM rows JOIN entries "
        f"USING (actor, session) WHERE time >= entered AND {limit} AND {is_needed}"
    )
    if options.entry == "any" and sessions is not None:
        # An entry with no more in its session gets as far as the first one does.
        chosen += (
            " QUALIFY count(*) OVER (PARTITION BY actor, session) > 1 OR time = min(time) OVER (PARTITION BY actor)"
        )
    if options.order == "strict":
        chosen += (
            f" UNION ALL SELECT actor, time, 0, 0, 0, NULL, TRUE FROM ({_actions(context, options, span)}) "
            "JOIN (SELECT actor, min(entered) AS entered FROM entries GROUP BY actor) USING (actor) "
            f"WHERE time >= entered AND {limit}"
        )
    rows = _messages(context, options, span, sessions)
    return f"WITH rows AS MATERIALIZED ({rows}), entries AS MATERIALIZED ({entries}) {chosen}"


def _messages(context: ShardContext, options: FunnelOptions, span: Span, sessions: _Sessions | None) -> str:
    """The messages of steps and exclusions, as SQL: actor, time, fills, drops, session, constant."""
    is_shared = _has_shared_events(context.plan, options)
    with_seq = is_shared or sessions is not None
    asked = [Filtered(step.filter, options.hold, span.since, with_seq=with_seq) for step in options.steps]
    asked += [Filtered(each.filter, since=span.since, with_seq=with_seq) for each in options.exclusions]
    selects = filtered_messages(context, options.by, asked)
    steps, exclusions = selects[: len(options.steps)], selects[len(options.steps) :]
    texts = [text_sql(f"value_{number}") for number in range(len(options.hold))]
    constant = " || ".join(f"length({text})::VARCHAR || ':' || {text}" for text in texts) or "''"
    seq = "seq, " if with_seq else ""
    parts = [
        f"SELECT actor, time, {seq}{1 << number} AS fills, 0 AS drops, {constant} AS constant FROM ({select})"
        for number, select in enumerate(steps)
    ]
    parts += [
        f"SELECT actor, time, {seq}0, {1 << number}, NULL FROM ({select})" for number, select in enumerate(exclusions)
    ]
    union = " UNION ALL ".join(parts)
    if is_shared:
        union = (
            "SELECT actor, time, seq, bit_or(fills) AS fills, bit_or(drops) AS drops, max(constant) AS constant "
            f"FROM ({union}) GROUP BY actor, time, seq"
        )
    session, units = ("0", "") if sessions is None else ("unit", f"JOIN {sessions.name} USING (seq)")
    return f"SELECT actor, time, fills, drops, {session} AS session, constant FROM ({union}) {units}"


def _actions(context: ShardContext, options: FunnelOptions, span: Span) -> str:
    """When an actor did anything: events, pages and screens."""
    who = "counted" if options.by == "user" else "is_device"
    return (
        f"SELECT DISTINCT person AS actor, occurred_at AS time "
        f"FROM {context.messages('occurred_at', 'person', 'type')} WHERE {who} AND type IN ('track', 'page', 'screen') "
        f"AND {context.where(Span(span.since))}"
    )


def text_sql(value: str) -> str:
    """The text of a value, the same for equal numbers of whatever scale."""
    return (
        f"CASE WHEN typeof({value}) LIKE 'DECIMAL%' AND contains({value}::VARCHAR, '.') "
        f"THEN rtrim(rtrim({value}::VARCHAR, '0'), '.') ELSE {value}::VARCHAR END"
    )


def _actors(context: ShardContext, sql: str) -> Iterator[tuple[int, list[Moment]]]:
    rows = _rows(context, sql)
    for actor, own in groupby(rows, key=itemgetter(0)):
        moments = []
        for time, together in groupby(own, key=itemgetter(1)):
            tied = list(together)
            messages = [MomentRow(*row[2:6]) for row in tied if not row[6]]
            moments.append(Moment(time, messages, any(row[6] for row in tied)))
        yield actor, moments


def _rows(context: ShardContext, sql: str) -> Iterator[tuple[Any, ...]]:
    for batch in context.dataset.connection.sql(sql).to_arrow_reader(_BATCH):
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)


def _attempt_rows(actor: int, attempts: ActorAttempts, options: FunnelOptions) -> Iterator[tuple[Any, ...]]:
    every = [*attempts.counted]
    if not any(each is attempts.first for each in every):
        every.append(attempts.first)
    for number, each in enumerate(every):
        is_first = each is attempts.first
        yield (
            actor, each.weight if options.entry == "each" else 1, *each.times, each.drop, each.dropped_at, each.is_open,
            number < len(attempts.counted), is_first, attempts.person_drop if is_first else None,
        )  # fmt: skip


def _arrow(rows: Sequence[tuple[Any, ...]]) -> Any:
    import pyarrow  # loaded with the engine

    columns = zip(*rows, strict=True)
    return pyarrow.table({f"column_{number}": list(values) for number, values in enumerate(columns)})
