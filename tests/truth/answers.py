"""`answers` computes a whole report by loops; `shown` takes the same out of a report in JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from tests.truth.journeys import journey_answer
from tests.truth.measures import kpi_answer, shown
from tests.truth.messages import Asked, messages_of
from tests.truth.periods import intake_answer, overview_answer, volume_answer

from footfall.plan.model import Plan
from footfall.storage import Row

__all__ = ["Asked", "answers", "figures", "persons"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def answers(plan: Plan, stored: Sequence[Row], quarantined: Sequence[Row], asked: Asked) -> dict[str, Any]:
    """Every figure of a report of this plan over these rows."""
    messages = [message for message in messages_of(stored, plan) if message.audience == "people"]
    quarantined = [row for row in quarantined if row.environment is None]
    times = [message.at for message in messages]
    return {
        "data": {
            "messages": len(messages),
            "persons": len({message.person for message in messages if message.counted}),
            "devices": len({message.person for message in messages if message.reason == "device"}),
            "first": min(times, default=None),
            "last": max(times, default=None),
            "quarantined": len(quarantined),
        },
        "intake": intake_answer(messages, quarantined, asked),
        "kpis": {name: kpi_answer(plan, messages, kpi, asked) for name, kpi in plan.kpis.items()},
        "journeys": {
            name: _with_medians(journey_answer(plan, messages, journey, asked))
            for name, journey in plan.journeys.items()
        },
        "volumes": {
            event.name: volume_answer(plan, messages, event.name, event.volume, asked)
            for event in plan.events.values()
            if event.volume is not None
        },
        "overview": None if plan.kpis else overview_answer(messages, asked),
    }


def _with_medians(answer: dict[str, Any]) -> dict[str, Any]:
    return {**answer, "medians": [shown(value) for value in answer["medians"]]}


def persons(plan: Plan, stored: Sequence[Row]) -> dict[tuple[str, str], tuple[str, str]]:
    """The person of each message and why, by its source and its id."""
    return {message.row[1:3]: (message.person, message.reason) for message in messages_of(stored, plan)}


def figures(report: bytes) -> dict[str, Any]:
    """The figures of a report in JSON, as `answers` has them."""
    content: Mapping[str, Any] = json.loads(report, parse_float=Decimal)
    data, intake = content["data"], content["intake"]
    return {
        "data": {
            **{name: data[name] for name in ("messages", "persons", "devices", "quarantined")},
            "first": _us(data["first"]),
            "last": _us(data["last"]),
        },
        "intake": {
            **{name: intake[name] for name in ("stored", "quarantined", "late")},
            "reasons": [
                (reason["event"], reason["path"], reason["code"], reason["messages"]) for reason in intake["reasons"]
            ],
        },
        "kpis": {kpi["name"]: _kpi(kpi) for kpi in content["kpis"]},
        "journeys": {journey["name"]: _journey(journey) for journey in content["journeys"]},
        "volumes": {volume["event"]: _volume(volume) for volume in content["volumes"]},
        "overview": _overview(content["overview"]),
    }


def _us(text: str | None) -> int | None:
    return None if text is None else (datetime.fromisoformat(text) - _EPOCH) // timedelta(microseconds=1)


def _kpi(kpi: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **{name: kpi[name] for name in ("value", "of", "to", "unread")},
        "currencies": {figure["currency"]: figure["value"] for figure in kpi["currencies"]},
        "rows": {tuple(row["group"].items()): row["value"] for row in kpi["rows"]},
        "met": kpi["target"] and kpi["target"]["met"],
    }


def _journey(journey: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "steps": [step["actors"] for step in journey["steps"]],
        "medians": [step["median_seconds"] for step in journey["steps"]],
        "branches": {branch["id"]: branch["actors"] for branch in journey["branches"]},
        "never": {guard["name"]: (guard["actors"], guard["of"]) for guard in journey["never"]},
    }


def _volume(volume: Mapping[str, Any]) -> dict[str, Any]:
    def extreme(name: str) -> tuple[int, int | None] | None:
        return None if volume[name] is None else (volume[name], _us(volume[f"{name}_at"]))

    return {
        "periods": volume["periods"], "lowest": extreme("lowest"), "highest": extreme("highest"), "met": volume["met"],
    }  # fmt: skip


def _overview(overview: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if overview is None:
        return None
    return {
        "per": overview["per"],
        "periods": [
            (
                datetime.fromisoformat(period["start"]),
                *(period[name] for name in ("messages", "persons", "events", "sources")),
            )
            for period in overview["periods"]
        ],
        **{
            part: [
                (name["name"], name["messages"], name["persons"], _us(name["first"]), _us(name["last"]))
                for name in overview[part]
            ]
            for part in ("events", "sources")
        },
    }
