"""Merging: what some more parts change in a dictionary; the rules of `footfall.identity.attribution` over columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow
import pyarrow.compute as pc

from footfall.analytics.persons.arrays import INT, constant, equals, flags, joined, least, paired, patched, positions
from footfall.analytics.persons.dictionary import ALIASES, CLAIMS, NOBODY, SHARED, IdDictionary
from footfall.analytics.persons.id_index import IdIndex
from footfall.analytics.persons.lookups import Lookups
from footfall.analytics.persons.reader import PartReader
from footfall.analytics.persons.summary import ALONE, ANONYMOUS, PRODUCT, STREAM, USER, PartSummary, has_role
from footfall.analytics.persons.timeline_runs import are_near, pieces, renumbered, rows_in, runs_of
from footfall.analytics.persons.timelines import ENTRIES, attributed, entries_of, in_order
from footfall.identity.aliases import alias_effects, canonical_ids

__all__ = ["extended"]

_CHUNKS = 64  # of a table that grows; then it is made one again
_DEAD = 3  # times as many entries that count no more as others are too many


def extended(
    before: IdDictionary,
    reader: PartReader,
    summaries: Sequence[PartSummary],
    index: IdIndex | None = None,
) -> IdDictionary:
    """The dictionary of all parts of a reader, of which `before` has the first ones and `summaries` are of the others.

    Only what the ids of the others touch is worked out anew. `index` may be the one of `before`, which spares a look at
    all that is there.
    """
    first = len(before.maps)
    ids, maps = _with_ids(before.ids, summaries, index and index.numbers)
    roles = _with_roles(before.roles, len(ids), maps, summaries)
    claims = [_claims(summary, maps[i], first + i) for i, summary in enumerate(summaries)]
    aliases = _with_aliases(before, roles, maps, summaries)
    canonical, renamed = _with_canonical(before, ids, aliases)
    new = pyarrow.concat_tables([CLAIMS.empty_table(), *claims])
    every = pyarrow.concat_tables([before.claims, new])
    if index is None and len(new) * 4 > len(before.claims):
        every = least(every, ("device", "user"), "at").combine_chunks()
    moved = joined([_claims_with(every, "user", renamed, index).column("device")]).unique()
    touched = joined([new.column("device"), moved]).unique()
    after = before._replace(
        ids=ids,
        roles=roles,
        canonical=canonical,
        owners=_with_owners(before.owners, _claims_with(every, "device", touched, index), canonical),
        claims=_in_few_chunks(every),
        aliases=aliases,
        maps=(*before.maps, *maps),
    )
    return _with_sessions(before, after, reader, touched, moved, index)


def _in_few_chunks(table: Any) -> Any:
    return table.combine_chunks() if table.num_columns and table.column(0).num_chunks > _CHUNKS else table


def _with_ids(ids: Any, summaries: Sequence[PartSummary], numbers: Mapping[str, int] | None) -> tuple[Any, list[Any]]:
    """All ids, and the numbers of those of each part."""
    encoded = pyarrow.chunked_array([summary.ids for summary in summaries], pyarrow.string()).dictionary_encode()
    texts = encoded.chunk(0).dictionary if encoded.num_chunks else ids.slice(0, 0)
    if numbers is None:
        number = pc.index_in(texts, value_set=ids)
    else:
        number = pyarrow.array([numbers.get(text) for text in texts.to_pylist()], INT)
    is_new = number.is_null()
    rank = pc.add(pc.cumulative_sum(is_new.cast(INT)), pyarrow.scalar(len(ids) - 1, INT))
    number = pc.if_else(is_new, rank, number).take(joined([chunk.indices for chunk in encoded.chunks]))
    maps, start = [], 0
    for summary in summaries:
        maps.append(number.slice(start, len(summary.ids)))
        start += len(summary.ids)
    return pyarrow.concat_arrays([ids, texts.filter(is_new)]), maps


def _with_roles(roles: Any, size: int, maps: Sequence[Any], summaries: Sequence[PartSummary]) -> Any:
    roles = pyarrow.concat_arrays([roles, constant(0, size - len(roles), roles.type)])
    numbers = joined(maps)
    bits = joined([summary.roles for summary in summaries], roles.type)
    touched = numbers.unique()
    place = pc.index_in(numbers, value_set=touched)
    merged = roles.take(touched)
    for bit in (USER, ANONYMOUS, ALONE, STREAM, PRODUCT):
        is_so = flags(len(touched), place.filter(has_role(bits, bit))).cast(roles.type)
        merged = pc.bit_wise_or(merged, pc.multiply(is_so, pyarrow.scalar(bit, roles.type)))
    return patched(roles, touched, merged)


def _claims(summary: PartSummary, numbers: Any, part: int) -> Any:
    columns = {name: summary.claims.column(name) for name in ("device", "user", "row", "at")}
    columns |= {name: numbers.take(joined([columns[name]])) for name in ("device", "user")}
    return pyarrow.table({**columns, "part": constant(part, len(summary.claims))}).select(CLAIMS.names)


def _with_aliases(before: IdDictionary, roles: Any, maps: Sequence[Any], summaries: Sequence[PartSummary]) -> Any:
    """The distinct pairs of all aliases with their effects, of which only those are worked out that may be others.

    Pairs that were there before come first, in the same order.
    """
    pairs = []
    for numbers, summary in zip(maps, summaries, strict=True):
        _, previous, user = summary.rows.pairs()
        pairs.append(paired(numbers.take(previous), numbers.take(user)))
    earlier = paired(*(joined([before.aliases.column(name)]) for name in ("previous", "user")))
    pair = joined(pairs, earlier.type).unique()
    pair = pyarrow.concat_arrays([earlier, pair.filter(pc.invert(pc.is_in(pair, value_set=earlier)))])
    previous, user = pc.shift_right(pair, 32).cast(INT), pc.bit_wise_and(pair, (1 << 32) - 1).cast(INT)
    effect = joined([before.aliases.column("effect")], pyarrow.string())
    effect = pyarrow.concat_arrays([effect, pyarrow.nulls(len(pair) - len(effect), effect.type)])
    role = roles.take(previous)
    is_other = pc.not_equal(role.slice(0, len(earlier)), before.roles.take(previous.slice(0, len(earlier))))
    is_touched = pc.or_(_longer(is_other, len(pair)), effect.is_null())
    is_touched = pc.is_in(previous, value_set=previous.filter(is_touched).unique())
    effects = alias_effects(
        zip(*(column.filter(is_touched).to_pylist() for column in (previous, user)), strict=True),
        anonymous=set(previous.filter(pc.and_(is_touched, has_role(role, ANONYMOUS))).to_pylist()),
        users=set(previous.filter(pc.and_(is_touched, has_role(role, USER))).to_pylist()),
    )
    values = pyarrow.array(list(effects.values()), effect.type)
    effect = pc.replace_with_mask(effect, is_touched, values)
    return pyarrow.table({"previous": previous, "user": user, "effect": effect}, schema=ALIASES)


def _with_canonical(before: IdDictionary, ids: Any, aliases: Any) -> tuple[Any, Any]:
    """The canonical number of each id, and the ids that have another one than before."""
    own = pc.add(positions(len(ids) - len(before.ids)), pyarrow.scalar(len(before.ids), INT))
    canonical = pyarrow.concat_arrays([before.canonical, own])
    previous, user = (joined([aliases.column(name)]) for name in ("previous", "user"))
    is_edge = pc.equal(joined([aliases.column("effect")], pyarrow.string()), "merged")
    was_edge = pc.equal(joined([before.aliases.column("effect")], pyarrow.string()), "merged")
    was_edge = _longer(was_edge, len(is_edge))
    changed = pc.xor(is_edge, was_edge)
    if not changed.true_count:
        return canonical, own.slice(0, 0)
    # Ids that edges connect have the same canonical one, so that it names their component.
    labels = canonical.take(pyarrow.concat_arrays([previous.filter(changed), user.filter(changed)])).unique()
    is_near = pc.or_(*(pc.is_in(canonical.take(node), value_set=labels) for node in (previous, user)))
    is_near = pc.and_(is_near, pc.or_(is_edge, was_edge))
    members = pyarrow.concat_arrays([previous.filter(is_near), user.filter(is_near)]).unique()
    numbers = dict(zip(ids.take(members).to_pylist(), members.to_pylist(), strict=True))
    near = pc.and_(is_near, is_edge)
    best = canonical_ids(zip(*(ids.take(node.filter(near)).to_pylist() for node in (previous, user)), strict=True))
    renamed = pyarrow.array([numbers[best.get(text, text)] for text in numbers], INT)
    is_other = pc.not_equal(renamed, canonical.take(members))
    return patched(canonical, members.filter(is_other), renamed.filter(is_other)), members.filter(is_other)


def _claims_with(claims: Any, column: str, numbers: Any, index: IdIndex | None) -> Any:
    """The claims that have any of some numbers in a column."""
    if not len(numbers):
        return claims.slice(0, 0)
    if index is None:
        return claims.filter(pc.is_in(claims.column(column), value_set=numbers))
    return (index.devices if column == "device" else index.users).rows(claims, column, numbers)


def _with_owners(owners: Any, claims: Any, canonical: Any) -> Any:
    """The owners of all devices, of which only those of these claims may have another one."""
    owners = pyarrow.concat_arrays([owners, constant(NOBODY, len(canonical) - len(owners))])
    table = pyarrow.table({"device": claims.column("device"), "owner": canonical.take(joined([claims.column("user")]))})
    # Under canonical ids, two users are one if they are the same number; so the least and the greatest say it all.
    groups = table.group_by("device", use_threads=False).aggregate([("owner", "min"), ("owner", "max")])
    low, high = groups.column("owner_min"), groups.column("owner_max")
    return patched(owners, groups.column("device"), pc.if_else(pc.equal(low, high), low, pyarrow.scalar(SHARED, INT)))


def _with_sessions(
    before: IdDictionary, after: IdDictionary, reader: PartReader, touched: Any, moved: Any, index: IdIndex | None
) -> IdDictionary:
    """`after` with the timelines of shared devices, of which only those runs are cut anew that may be others.

    Of the devices that are `moved`, a user goes by another id.
    """
    first = len(before.maps)
    is_shared, was_shared = (_are_shared(owners, touched) for owners in (after.owners, before.owners))
    new, unshared = touched.filter(pc.and_not(is_shared, was_shared)), touched.filter(pc.and_not(was_shared, is_shared))
    new = new.filter(pc.less(new, pyarrow.scalar(len(before.ids), INT)))
    earlier = Lookups(reader, before).by_part(new) if index is None else index.by_part(before, new)
    wanted = {number: pyarrow.array(ids, INT) for number, ids in earlier.items()}
    for number, ids in enumerate(after.maps[first:], first):
        wanted[number] = pc.indices_nonzero(_are_shared(after.owners, ids)).cast(INT)
    times_at = reader.times_at if index is None else lambda number, rows: reader.times(number).take(rows)
    entries = [
        entries_of(number, reader.parts[number], reader.rows(number), after.maps[number], ids, times_at)
        for number, ids in wanted.items()
        if len(ids)
    ]
    table = pyarrow.concat_tables([ENTRIES.empty_table(), *entries])
    # Of devices whose users go by other ids all is cut anew; what is not shared any more has no timeline.
    is_of_moved = pc.is_in(before.runs.column("device"), value_set=joined([moved, unshared]))
    is_other = pc.or_(is_of_moved, are_near(before.runs, table))
    again, runs = before.runs.filter(is_other), before.runs.filter(pc.invert(is_other))
    again = again.filter(_are_shared(after.owners, joined([again.column("device")])))
    windows = pyarrow.Table.from_batches(pieces(before.entries, again.sort_by("start")), ENTRIES)
    table = in_order(pyarrow.concat_tables([windows, table]), reader.names)
    table, sessions = attributed(table, after.canonical, before.sessions)
    table, entries = table.combine_chunks(), before.entries
    if len(entries) > _DEAD * ((pc.sum(runs.column("count")).as_py() or 0) + len(table)):
        # Nearly all rows are of timelines that count no more.
        entries, runs = rows_in(entries, runs), renumbered(runs)
    return after._replace(
        sessions=sessions,
        entries=_in_few_chunks(pyarrow.concat_tables([entries, table])),
        runs=pyarrow.concat_tables([runs, runs_of(table, len(entries))]).combine_chunks(),
    )


def _are_shared(owners: Any, devices: Any) -> Any:
    """Of each device whether several users own it; one that is not among the owners has none."""
    inside = pc.if_else(pc.less(devices, pyarrow.scalar(len(owners), INT)), devices, None)
    return pc.fill_null(equals(owners.take(inside), SHARED), False)


def _longer(mask: Any, size: int) -> Any:
    """A mask with more rows, which it has not."""
    return pyarrow.concat_arrays([mask, flags(size - len(mask), ())])
