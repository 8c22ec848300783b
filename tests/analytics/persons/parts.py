"""Parts in memory, made of observations, and what Persons says of them in the words of the pure rules."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import pyarrow

from footfall.analytics.persons import Persons
from footfall.identity.attribution import Attribution, Observation
from footfall.storage.parquet.layout import MESSAGE_TYPES
from footfall.storage.parquet.table_part import TablePart

_BODIES: dict[str | None, bytes] = {
    None: b'{"context":{"bot":true}}',
    "unconsented": b'{"consent":"count_only","type":"page"}',
    "bot": b'{"consent":"count_only","context":{"bot":{}}}',
}


class ListPart(TablePart):
    """A part of some observations. `reads` has the columns of each reading."""

    def __init__(self, observations: Sequence[Observation], name: str = "") -> None:
        fields = Observation.__struct_fields__
        values = dict(zip(fields, zip(*map(msgspec.structs.astuple, observations), strict=True), strict=False))
        values["body"] = tuple(_BODIES[observation.nobody] for observation in observations)
        nothing = [None] * len(observations)
        super().__init__(
            [pyarrow.table({key: pyarrow.array(values.get(key, nothing), of) for key, of in MESSAGE_TYPES.items()})],
            name,
        )
        self.reads: list[tuple[str, ...]] = []

    def read(self, columns: Sequence[str], start: int = 0, stop: int | None = None) -> Any:
        self.reads.append(tuple(columns))
        return super().read(columns, start, stop)

    def take(self, columns: Sequence[str], rows: Any) -> Any:
        self.reads.append(tuple(columns))
        return super().take(columns, rows)


def attributions(persons: Persons, parts: Sequence[TablePart]) -> dict[tuple[str, str], Attribution]:
    """What is said of each message, as `footfall.identity.attribution.attribute` says it."""
    table = {row["person"]: (row["user_id"], row["counted"]) for row in persons.table.to_pylist()}
    answers = {}
    for number, part in enumerate(parts):
        for name, person, person_id, reason, evidence in zip(
            part.read(("source", "message_id")).to_pylist(),
            persons.column(number).to_pylist(),
            persons.row_ids(number).to_pylist(),
            persons.reasons(number).to_pylist(),
            persons.evidence(number).to_pylist(),
            strict=True,
        ):
            user_id, counted = table[person] if person is not None else (None, False)
            shown = (evidence["source"], evidence["message_id"]) if evidence["source"] is not None else None
            answers[name["source"], name["message_id"]] = Attribution(person_id, reason, shown, user_id, counted)
    return answers


def effects(persons: Persons, parts: Sequence[TablePart]) -> dict[tuple[str, str], str]:
    """What each alias does, as `footfall.identity.attribution.effects_of_aliases` says it."""
    return {
        (name["source"], name["message_id"]): effect
        for number, part in enumerate(parts)
        for name, effect in zip(
            part.read(("source", "message_id")).to_pylist(), persons.alias_effects(number).to_pylist(), strict=True
        )
        if effect is not None
    }
