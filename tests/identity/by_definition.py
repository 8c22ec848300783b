"""Attribution straight from its definition: every rule asks the whole log anew, whatever that costs."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from uuid import UUID, uuid5

import msgspec
from tests.identity.logs import GAP

from footfall.identity.attribution import Attribution, Observation
from footfall.identity.ids import comparable
from footfall.identity.junk import is_junk

__all__ = ["attributions_by_definition", "canonical_by_definition", "closure"]

Key = tuple[str, str]


def attributions_by_definition(
    log: Sequence[Observation], ns: UUID, revoked: Collection[Key] = ()
) -> dict[Key, Attribution]:
    """Whose each message is; `revoked` names aliases that count as if they had never been one."""
    usable = [_usable(one, one.type == "alias" and (one.source, one.message_id) not in revoked) for one in log]
    world = _World(sorted(usable, key=lambda one: (one.occurred_at, one.source, one.message_id)))
    return {(one.source, one.message_id): world.attribution(one, ns) for one in usable}


def canonical_by_definition(edges: Collection[tuple[str, str]]) -> dict[str, str]:
    """The smallest member of any sink of its component, for each id that an edge touches."""
    edges = [edge for edge in edges if edge[0] != edge[1]]
    nodes = {node for edge in edges for node in edge}
    reached = {node: closure(node, edges) for node in nodes}
    joined = {node: closure(node, [*edges, *((user, previous) for previous, user in edges)]) for node in nodes}
    in_sinks = {node for node in nodes if all(node in reached[other] for other in reached[node])}
    return {node: min(joined[node] & in_sinks) for node in nodes}


def closure(start: str, edges: Collection[tuple[str, str]]) -> set[str]:
    """Every id that edges lead to from `start`, which is one of them."""
    members = {start}
    while more := {user for previous, user in edges if previous in members} - members:
        members |= more
    return members


def _usable(one: Observation, is_alias: bool) -> Observation:
    def usable(given: str | None) -> str | None:
        return None if given is None or is_junk(given) else comparable(given)

    return msgspec.structs.replace(
        one,
        user_id=usable(one.user_id),
        anonymous_id=usable(one.anonymous_id),
        device_id=usable(one.device_id),
        previous_id=usable(one.previous_id) if is_alias else None,
    )


class _World:
    """A log in order of time, with usable ids."""

    def __init__(self, log: Sequence[Observation]) -> None:
        self.log = log
        pairs = {(one.previous_id, one.user_id) for one in log if one.previous_id and one.user_id}
        self.pairs = {(previous, user) for previous, user in pairs if previous and user and previous != user}
        self.canonical = canonical_by_definition([pair for pair in self.pairs if self._is_edge(pair[0])])

    def _is_edge(self, previous: str) -> bool:
        is_anonymous = any(one.anonymous_id == previous for one in self.log)
        is_user = any(one.user_id == previous for one in self.log)
        targets = {user for other, user in self.pairs if other == previous}
        return not is_anonymous or (is_user and len(targets) == 1)

    def attribution(self, one: Observation, ns: UUID) -> Attribution:
        def answer(
            name: str, reason: str, evidence: Key | None = None, user: str | None = None, counted: bool = True
        ) -> Attribution:
            return Attribution(str(uuid5(ns, name)), reason, evidence, user, counted)  # type: ignore[arg-type]

        def of_user(by: Observation, reason: str) -> Attribution:
            owner = self.owner(by)
            return answer(f"u:{owner}", reason, (by.source, by.message_id), owner)

        if one.user_id is not None:
            return of_user(one, "explicit")
        if one.device_id is not None:
            return answer(f"d:{one.device_id}", "device", counted=False)
        if one.anonymous_id is None:
            return answer(f"m:{_compact(one.source, one.message_id)}", one.nobody or "blocked", counted=False)
        timeline = [other for other in self.log if self._is_on(other, one.anonymous_id)]
        signed_in = [other for other in timeline if other.user_id is not None]
        owners = {self.owner(other) for other in signed_in}
        if not owners:
            return answer(f"a:{one.anonymous_id}", "anonymous")
        if len(owners) == 1:
            return of_user(signed_in[0], "sole_owner")
        session = _session(timeline, timeline.index(one))
        before = [other for other in session[: session.index(one)] if other.user_id is not None]
        after = [other for other in session[session.index(one) :] if other.user_id is not None]
        if before or after:
            return of_user(before[-1] if before else after[0], "same_session")
        name = _compact(one.anonymous_id, session[0].source, session[0].message_id)
        return answer(f"s:{name}", "contested")

    def owner(self, one: Observation) -> str:
        assert one.user_id is not None
        return self.canonical.get(one.user_id, one.user_id)

    def _is_on(self, one: Observation, device: str) -> bool:
        if one.user_id is None:
            return one.anonymous_id == device and one.device_id is None
        return device in (one.anonymous_id, one.previous_id)


def _session(timeline: Sequence[Observation], place: int) -> Sequence[Observation]:
    def is_cut(before: Observation, here: Observation) -> bool:
        return before.type == "reset" or here.occurred_at - before.occurred_at > GAP

    start, end = place, place + 1
    while start > 0 and not is_cut(timeline[start - 1], timeline[start]):
        start -= 1
    while end < len(timeline) and not is_cut(timeline[end - 1], timeline[end]):
        end += 1
    return timeline[start:end]


def _compact(*parts: str) -> str:
    return json.dumps(parts, ensure_ascii=False, separators=(",", ":"))
