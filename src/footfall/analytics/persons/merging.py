"""Merging: what some more parts change in a dictionary; the rules of `footfall.identity.attribution` over columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pyarrow
import pyarrow.compute as pc

from footfall.analytics.persons.arrays import INT, constant, flags, joined, least, patched, positions
from footfall.analytics.persons.dictionary import ALIASES, CLAIMS, NOBODY, SHARED, Dictionary
from footfall.analytics.persons.reader import PartReader
from footfall.analytics.persons.summary import ALONE, ANONYMOUS, STREAM, USER, PartSummary, has_role
from footfall.analytics.persons.timelines import ENTRIES, attributed, entries_of, in_order
from footfall.identity.aliases import alias_effects, canonical_ids

__all__ = ["extended"]


def extended(
    before: Dictionary,
    reader: PartReader,
    summaries: Sequence[PartSummary],
    numbers: Mapping[str, int] | None = None,
) -> Dictionary:
    """The dictionary of all parts of a reader, of which `before` has the first ones and `summaries` are of the others.

    Only what the ids of the others touch is worked out anew. `numbers` may give the number of each id of `before`.
    """
    first = len(before.maps)
    ids, maps = _with_ids(before.ids, summaries, numbers)
    roles = _with_roles(before.roles, len(ids), maps, summaries)
    claims = [_claims(summary, maps[i], first + i) for i, summary in enumerate(summaries)]
    aliases = _with_aliases(before, roles, maps, summaries)
    canonical, renamed = _with_canonical(before, ids, aliases)
    new = pyarrow.concat_tables([CLAIMS.empty_table(), *claims])
    merged = pyarrow.concat_tables([before.claims, new]).combine_chunks()
    if len(new) * 4 > len(before.claims):
        merged = least(merged, ("device", "user"), "at").combine_chunks()
    touched = joined([new.column("device"), _devices_of(merged, renamed)]).unique()
    owners = _with_owners(before.owners, merged, canonical, touched)
    after = Dictionary(ids, roles, canonical, owners, merged, aliases, before.entries, (*before.maps, *maps),
                       before.sessions)  # fmt: skip
    return _with_sessions(before, after, reader, touched)


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
    merged = pyarrow.concat_arrays([roles, constant(0, size - len(roles), roles.type)])
    numbers = joined(maps)
    bits = joined([summary.roles for summary in summaries], roles.type)
    for bit in (USER, ANONYMOUS, ALONE, STREAM):
        is_so = flags(size, numbers.filter(has_role(bits, bit))).cast(roles.type)
        merged = pc.bit_wise_or(merged, pc.multiply(is_so, pyarrow.scalar(bit, roles.type)))
    return merged


def _claims(summary: PartSummary, numbers: Any, part: int) -> Any:
    columns = {name: summary.claims.column(name) for name in ("device", "user", "row", "at")}
    columns |= {name: numbers.take(joined([columns[name]])) for name in ("device", "user")}
    return pyarrow.table({**columns, "part": constant(part, len(summary.claims))}).select(CLAIMS.names)


def _with_aliases(before: Dictionary, roles: Any, maps: Sequence[Any], summaries: Sequence[PartSummary]) -> Any:
    """The distinct pairs of all aliases with their effects, of which only those are worked out that may be others."""
    pieces = [before.aliases]
    for numbers, summary in zip(maps, summaries, strict=True):
        aliases = summary.rows.aliases
        user = joined([summary.rows.ids.column("user")]).take(joined([aliases.column("row")]))
        columns = {"previous": numbers.take(joined([aliases.column("previous")])), "user": numbers.take(user)}
        pieces.append(pyarrow.table({**columns, "effect": pyarrow.nulls(len(user), pyarrow.string())}))
    # The effects that are there already come first, and null never counts.
    pairs = pyarrow.concat_tables(pieces).group_by(["previous", "user"]).aggregate([("effect", "max")])
    pairs = pairs.rename_columns(ALIASES.names).combine_chunks()
    previous = joined([pairs.column("previous")])
    earlier = pyarrow.concat_arrays([before.roles, constant(0, len(roles) - len(before.roles), roles.type)])
    is_touched = pc.not_equal(roles.take(previous), earlier.take(previous))
    is_touched = pc.or_(is_touched, joined([pairs.column("effect")], pyarrow.string()).is_null())
    touched = previous.filter(is_touched).unique()
    is_touched = pc.is_in(previous, value_set=touched)
    effects = alias_effects(
        zip(*(pairs.column(name).filter(is_touched).to_pylist() for name in ("previous", "user")), strict=True),
        anonymous=set(touched.filter(has_role(roles.take(touched), ANONYMOUS)).to_pylist()),
        users=set(touched.filter(has_role(roles.take(touched), USER)).to_pylist()),
    )
    values = pyarrow.array(list(effects.values()), pyarrow.string())
    effect = pc.replace_with_mask(joined([pairs.column("effect")], pyarrow.string()), is_touched, values)
    return pairs.set_column(2, "effect", effect)


def _with_canonical(before: Dictionary, ids: Any, aliases: Any) -> tuple[Any, Any]:
    """The canonical number of each id, and the ids that have another one than before."""
    own = pc.add(positions(len(ids) - len(before.ids)), pyarrow.scalar(len(before.ids), INT))
    canonical = pyarrow.concat_arrays([before.canonical, own])
    edges, earlier = _edges(aliases), _edges(before.aliases)
    changed = set(edges) ^ set(earlier)
    if not changed:
        return canonical, pyarrow.array([], INT)
    # Ids that edges connect have the same canonical one, so that it names their component.
    label = dict(enumerate_of(canonical, {node for edge in (*edges, *earlier) for node in edge}))
    components = {label[node] for edge in changed for node in edge}
    members = [node for node, component in label.items() if component in components]
    texts = dict(zip(members, ids.take(pyarrow.array(members, INT)).to_pylist(), strict=True))
    numbers = {text: node for node, text in texts.items()}
    best = canonical_ids((texts[previous], texts[user]) for previous, user in edges if previous in texts)
    renamed = {node: numbers[best.get(text, text)] for node, text in texts.items()}
    renamed = {node: number for node, number in renamed.items() if number != label[node]}
    touched = pyarrow.array(list(renamed), INT)
    return patched(canonical, touched, pyarrow.array(list(renamed.values()), INT)), touched


def enumerate_of(column: Any, indices: Iterable[int]) -> Iterable[tuple[int, int]]:
    """Some indices of a column, each with its value."""
    indices = list(indices)
    return zip(indices, column.take(pyarrow.array(indices, INT)).to_pylist(), strict=True)


def _edges(aliases: Any) -> list[tuple[int, int]]:
    merged = aliases.filter(pc.equal(aliases.column("effect"), "merged"))
    return list(zip(merged.column("previous").to_pylist(), merged.column("user").to_pylist(), strict=True))


def _devices_of(claims: Any, users: Any) -> Any:
    return claims.column("device").filter(pc.is_in(claims.column("user"), value_set=users))


def _with_owners(owners: Any, claims: Any, canonical: Any, devices: Any) -> Any:
    """The owners of all devices, of which only `devices` may have another one."""
    owners = pyarrow.concat_arrays([owners, constant(NOBODY, len(canonical) - len(owners))])
    few = claims.filter(pc.is_in(claims.column("device"), value_set=devices))
    table = pyarrow.table({"device": few.column("device"), "owner": canonical.take(joined([few.column("user")]))})
    # Under canonical ids, two users are one if they are the same number; so the least and the greatest say it all.
    groups = table.group_by("device", use_threads=False).aggregate([("owner", "min"), ("owner", "max")])
    low, high = groups.column("owner_min"), groups.column("owner_max")
    return patched(owners, groups.column("device"), pc.if_else(pc.equal(low, high), low, pyarrow.scalar(SHARED, INT)))


def _with_sessions(before: Dictionary, after: Dictionary, reader: PartReader, touched: Any) -> Dictionary:
    """`after` with the timelines of shared devices, of which only those are cut anew that may be others."""
    is_shared = pc.equal(after.owners, SHARED)
    was_shared = pc.equal(before.owners, SHARED)
    size = len(is_shared) - len(was_shared)
    is_new = pc.and_not(is_shared, pyarrow.concat_arrays([was_shared, flags(size, ())]))
    first = len(before.maps)
    new = [
        entries_of(number, part, reader.rows(number), after.maps[number], is_shared if number >= first else is_new)
        for number, part in enumerate(reader.parts)
        if number >= first or pc.any(is_new.take(after.maps[number])).as_py()
    ]
    new = pyarrow.concat_tables([ENTRIES.empty_table(), *new])
    redone = joined([touched, new.column("device")]).unique()
    device = joined([before.entries.column("device")])
    is_redone, stays = pc.is_in(device, value_set=redone), is_shared.take(device)
    again = before.entries.filter(pc.and_(stays, is_redone))
    again, sessions = attributed(
        in_order(pyarrow.concat_tables([again, new]), reader.names), after.canonical, before.sessions
    )
    entries = pyarrow.concat_tables([before.entries.filter(pc.and_not(stays, is_redone)), again]).combine_chunks()
    return after._replace(entries=entries, sessions=sessions)
