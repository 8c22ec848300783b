"""Random logs of a shop and its gateways, in which all that is hard for a report happens: `make_log`.

Ids are those of the identity tests: shared devices, aliases, resets, junk, ids in other spellings. Times tie, and lie
on both sides of each limit of the plan's journeys. Values have many digits, or none, or are of a wrong type.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal, NamedTuple

import msgspec
from tests.identity.logs import DEVICES, JUNK, USERS, WRITTEN

from footfall import plan as plans
from footfall.events import Fault
from footfall.plan.model import (
    Aggregate,
    Count,
    Difference,
    Kpi,
    Measure,
    Page,
    Plan,
    Property,
    PropertyType,
    Ratio,
    SumOf,
    Unique,
    Where,
)
from footfall.storage import Row

__all__ = ["BEGIN", "CONTEXTS", "DAY", "SECOND", "Log", "make_log", "older_plan", "wide_plan"]

PLAN = Path(__file__).parents[2] / "tracking_plans" / "shop_and_gateway"
SECOND = 1_000_000
MINUTE, HOUR, DAY = 60 * SECOND, 3_600 * SECOND, 86_400 * SECOND
# The night after the first day, the clocks of the plan are put back.
BEGIN = int(datetime(2026, 10, 24, 8, tzinfo=UTC).timestamp()) * SECOND

GATEWAYS = ("0190b2c4-0000-7000-8000-00000000000a", "0190B2C4-0000-7000-8000-00000000000A", "gateway-7")
# Between two steps: none, a tick, and the two sides of a session's end and of each limit.
GAPS = (
    0, 0, 1, SECOND, MINUTE, 15 * MINUTE, 15 * MINUTE + 1, 30 * MINUTE, 30 * MINUTE + 1, 6 * HOUR, 6 * HOUR + 1, DAY,
    DAY + 1, 2 * DAY, 2 * DAY + 1,
)  # fmt: skip
AMOUNTS = (
    "249.50", "249.5", "0.01", '"99.90"', "1e2", "0.1000", "0", "12345678901234567890.12", "17.00", "1000",
    '"0.2000000000000000000000000001"',
)  # fmt: skip
# JSON of wrong types, or of none.
ODD = ("true", '"abc"', "[1]", "null", '"1_000"', "{}", "1.5", "-3", '"\\u0661"', '""')
CURRENCIES = ('"NOK"', '"NOK"', '"NOK"', '"SEK"', '"EUR"', '"USD"', "7", "null")
TIMES = ('"2026-10-24T10:00:00Z"', '"2026-10-24T12:00:00+02:00"', '"2026-10-24"', "5")
FAULTS = (("total", "type"), ("lines", "required"), ("", "unknown_event"), ("lines[2].price", "pattern"))

# By event, the pool of each property's JSON texts; "" leaves the property out.
MONEY = {"currency": CURRENCIES, "country": ('"NO"', '"SE"', '"DE"', "")}
GATEWAY = {"gateway_id": tuple(f'"{name}"' for name in GATEWAYS), "uplink": ('"wifi"', '"lte"', '"ethernet"', "")}
POOLS: Mapping[str, Mapping[str, Sequence[str]]] = {
    "product_viewed": {**MONEY, "sku": ('"GW-200"', '"SENSOR-T1"'), "price": AMOUNTS},
    "cart_item_added": {**MONEY, "sku": ('"GW-200"', '"SENSOR-T1"'), "quantity": ("1", "2", "99", '"3"', "1.0", "")},
    "checkout_started": {**MONEY, "total": (*AMOUNTS, *ODD, ""), "items": ("1", "2", "0", "-1", "2.0", "")},
    "payment_failed": {**MONEY, "reason": ('"fraud"', '"declined"', '"new"', "null", "3", "")},
    "order_completed": {
        **MONEY, "total": (*AMOUNTS, *AMOUNTS, *ODD, ""), "first_order": ("true", "false", '"true"', ""),
        "order_id": ('"FH-000001"', '"FH-000002"', "1"), "discount": AMOUNTS,
    },
    "signed_up": {"method": ('"password"', '"google"', '"vipps"', "null")},
    "signed_in": {"method": ('"password"',)},
    "feedback_given": {"score": ("0", "6", "7", "9", "10", '"9"', "9.5"), "survey": ('"yearly"', '"after_order"', "")},
    "gateway_paired": {**GATEWAY, "duration_ms": ("0", "1200", "90000", "9e4", "")},
    "reading_reported": {
        **GATEWAY, "sensor_kind": ('"power"', '"humidity"', '"temperature"'), "measured_at": TIMES,
        "battery_pct": ("0", "1", "55", "100", "5.5", ""), "value": ("1.5", "-0.0", "1e3", "1000", '"1"', "0.30"),
    },
    "gateway_went_offline": {**GATEWAY, "outage_s": ("59", "60", "600", "601", "1e3", "")},
    "firmware_updated": GATEWAY,
}  # fmt: skip
WALKS = (
    ("product_viewed", "cart_item_added", "checkout_started", "payment_failed", "order_completed"),
    ("product_viewed", "cart_item_added", "checkout_started", "order_completed", "payment_failed"),
    ("product_viewed", "cart_item_added", "order_completed", "feedback_given"),
    ("product_viewed", "order_completed", "product_viewed", "cart_item_added"),
    ("product_viewed", "signed_up", "order_completed", "signed_in"),
    ("order_completed", "product_viewed"),
)
DEVICE_WALKS = (
    ("gateway_paired", "reading_reported", "reading_reported", "gateway_went_offline", "firmware_updated"),
    ("gateway_paired", "gateway_went_offline", "reading_reported", "reading_reported"),
    ("reading_reported", "gateway_paired", "reading_reported"),
)
# What the contexts of some messages say of their senders, and of whom they are then.
CONTEXTS: Mapping[str, str] = {
    '{"userAgent":"Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"}': "bot",
    '{"bot":{"reason":"ai","list":"0"},"page":{"path":"/"}}': "bot",
    '{"staff":true}': "staff",
    '{"locale":"nb","userAgent":7}': "people",
}
# What a message that came without the plan is called, and what no plan knows.
OTHER_NAMES = {"order_completed": ("Order Completed", "order_placed", "order_completed", "order_completed")}


class Log(NamedTuple):
    """`rows` in the order in which they are committed, some twice; a row in quarantine whose id is in `released` goes
    out of it again, as it is."""

    rows: Sequence[Row]
    released: frozenset[str]

    @property
    def stored(self) -> list[Row]:
        """What is stored in the end, each message once."""
        stored = {row[1:3]: row for row in reversed(self.rows) if row.kind == "stored"}
        for row in self.rows:
            if row.message_id in self.released:
                stored.setdefault(row[1:3], row._replace(kind="stored", faults=None))
        return list(stored.values())

    @property
    def quarantined(self) -> list[Row]:
        """What is in quarantine in the end."""
        stored = {row[1:3] for row in self.stored}
        return list({row[1:3]: row for row in reversed(self.rows) if row[1:3] not in stored}.values())


def _scored(op: Literal["gte", "lte"], score: int) -> Count:
    return Count(event="feedback_given", where=(Where(property="score", op=op, values=(score,)),))


def wide_plan() -> Plan:
    """The plan of the shop, with figures that it does not ask for: over pages, screens, traits, and each function."""
    plan = plans.read(PLAN).require()
    page = Property(name="seconds", wire_name="seconds", type="decimal")
    total = Aggregate(function="sum", event="order_completed", property="total")
    measures: Mapping[str, Measure] = {
        "home_views": Count(event="page:Home"),
        "screen_actors": Unique(event="screen", property="actor"),
        "reading_time": Aggregate(function="sum", event="page", property="seconds"),
        "members": Count(event="identify", by=("membership",)),
        "households": Unique(event="group", property="name"),
        "units": Aggregate(function="sum", event="cart_item_added", property="quantity", by=("sku",)),
        "paid_per_unit": Ratio(
            of=total, to=Aggregate(function="sum", event="checkout_started", property="items")
        ),
        "high_reading": Aggregate(function="percentile", event="reading_reported", property="value", at=Decimal(90)),
        "paid_less_promised": Difference(
            of=total,
            less=Aggregate(function="percentile", event="order_completed", property="total", at=Decimal("12.5")),
        ),
        "seen_and_added": SumOf(parts=(Count(event="product_viewed"), Count(event="cart_item_added"))),
        "net_promoters": Difference(
            of=Ratio(of=_scored("gte", 9), to=Count(event="feedback_given")),
            less=Ratio(of=_scored("lte", 6), to=Count(event="feedback_given")),
        ),
        "median_reading": Aggregate(function="median", event="reading_reported", property="value"),
        "first_orders": Count(
            event="order_completed", where=(Where(property="first_order", op="in", values=(True, None)),)
        ),
        "moments": Unique(event="reading_reported", property="measured_at", by=("uplink",)),
        "viewers": Unique(event="product_viewed", property="actor", by=("country", "sku")),
        "all_paid": total,
    }  # fmt: skip
    kpis = {name: Kpi(name=name, measure=measure, window=None) for name, measure in measures.items()}
    pages = {"page": Page(name="page", properties=(page,))}
    return msgspec.structs.replace(plan, kpis={**plan.kpis, **kpis}, pages=pages)


def older_plan() -> Plan:
    """A plan of the same id that knows less, and knows some properties by other types."""
    plan = wide_plan()
    others: Mapping[str, PropertyType] = {
        "total": "string",
        "score": "number",
        "currency": "decimal",
        "value": "integer",
    }
    events = {
        name: msgspec.structs.replace(
            event,
            properties=tuple(
                msgspec.structs.replace(prop, type=others.get(prop.name, prop.type), enum=(), pattern=None)
                for prop in event.properties
                if prop.name not in ("quantity", "gateway_id", "first_order")
            ),
        )
        for name, event in plan.events.items()
        if name != "signed_up"
    }
    return msgspec.structs.replace(plan, events=events)


class _Dice(random.Random):
    def sometimes(self, chance: float) -> bool:
        return self.random() < chance


def make_log(seed: int, messages: int) -> Log:
    """A log of about so many messages, some in quarantine, and some repeats, everything by `seed`.

    There is a world of ids for each fifty of them: nobody of one meets anybody of another.
    """
    dice = _Dice(seed)
    rows: list[Row] = []
    while len(rows) < messages:
        world = len(rows) // 50
        rows += [_in_world(row, f"-{world}" if world else "") for row in _visit(dice, len(rows))]
    rows += [row._replace(kind="stored", faults=None) for row in rows if row.faults and dice.sometimes(0.2)]
    # The order of receipt, but for a few that other writers committed earlier or later.
    order = sorted(range(len(rows)), key=lambda number: rows[number].received_at + dice.choice((0, 0, 0, HOUR)))
    rows = [rows[number] for number in order]
    for _ in range(len(rows) // 8):
        rows.insert(dice.randrange(len(rows) + 1), dice.choice(rows))
    bad = sorted({row.message_id for row in rows if row.faults})
    return Log(rows, frozenset(name for name in bad if dice.sometimes(0.5)))


def _in_world(row: Row, world: str) -> Row:
    ids: Mapping[str, Any] = {
        name: f"{value}{world}"
        for name in ("user_id", "anonymous_id", "device_id", "previous_id")
        if (value := getattr(row, name)) is not None and value not in JUNK
    }
    return row._replace(**ids)


def _visit(dice: _Dice, number: int) -> list[Row]:
    """The messages of one actor who walks for a while."""
    at = BEGIN + dice.randrange(9 * 24) * HOUR + dice.choice((0, 0, dice.randrange(HOUR)))
    is_device = dice.sometimes(0.25)
    walk = dice.choice(DEVICE_WALKS if is_device else WALKS)
    device, gateway = dice.choice((*DEVICES, "nobody's")), dice.choice(GATEWAYS)
    user = None if device == "nobody's" else dice.choice((None, *USERS[:5]))
    rows: list[Row] = []
    for event in walk[: dice.randint(1, len(walk))]:
        at += dice.choice(GAPS) if dice.sometimes(0.7) else dice.choice(GAPS[:5])
        name = f"m{number + len(rows):05}"
        if is_device:
            row = _row(dice, name, "track", event, at, source="gateway_agent", device=gateway)
        else:
            row = _row(dice, name, "track", event, at, user=_user(dice, user), anonymous=_anonymous(dice, device))
        rows.append(row)
        if not is_device and dice.sometimes(0.3):
            at += dice.choice((0, 1, MINUTE))
            rows.append(_mark(dice, f"m{number + len(rows):05}", at, user, device))
    return rows


def _user(dice: _Dice, user: str | None) -> str | None:
    """The id under which a message comes: none, another spelling, junk, or the same."""
    if dice.sometimes(0.5):
        return None
    return user and dice.choice((user, user, user, user, JUNK[1], WRITTEN[0], WRITTEN[1]))


def _anonymous(dice: _Dice, device: str) -> str | None:
    return dice.choice((device, device, device, device, device, JUNK[0], WRITTEN[3], None))


def _mark(dice: _Dice, name: str, at: int, user: str | None, device: str) -> Row:
    """A message of another type than track."""
    kind = dice.choice(("identify", "identify", "alias", "reset", "page", "page", "screen", "group"))
    if kind == "alias":
        previous = dice.choice((*USERS, *DEVICES, JUNK[0], "old-one"))
        return _row(dice, name, kind, None, at, user=user or dice.choice(USERS), previous=previous)
    known = user if kind in ("identify", "group") else _user(dice, user)
    return _row(dice, name, kind, None, at, user=known, anonymous=_anonymous(dice, device))


def _row(
    dice: _Dice, name: str, kind: str, event: str | None, at: int, *, source: str = "shop_backend",
    user: str | None = None, anonymous: str | None = None, device: str | None = None, previous: str | None = None,
) -> Row:  # fmt: skip
    received = at + dice.choice((0, SECOND, SECOND, MINUTE, DAY, DAY + 1, 3 * DAY))
    is_bad = event is not None and dice.sometimes(0.08)
    is_counted = False
    if device is None and user is None and anonymous is None and not is_bad:
        # What is about nobody at all is stored only where it was only counted.
        is_counted = kind in ("track", "page", "screen") and int(name[1:]) % 2 == 0
        anonymous = None if is_counted else JUNK[0]
    stored_as = dice.choice(OTHER_NAMES.get(event or "", (event,)))
    faults = msgspec.json.encode([Fault(*dice.choice(FAULTS)) for _ in range(dice.randint(1, 2))]) if is_bad else None
    body, traits = _body(dice, kind, event, name)
    if is_counted:
        body = b'{"consent":"count_only",' + body[1:]
        at, received = at - at % HOUR, received - received % HOUR
    return Row(
        "quarantined" if is_bad else "stored", source, name, kind, stored_as, user, anonymous, device, previous, None,
        at, received, None, faults, body, dice.choice((None, b'{"context":{"locale":"nb"}}')), traits,
        dice.choice((None,) * 12 + ("staging", "test")),
    )  # fmt: skip


def _body(dice: _Dice, kind: str, event: str | None, name: str) -> tuple[bytes, bytes | None]:
    """The message as JSON, and its traits where they are not all in it."""
    members = [f'"messageId":"{name}"', f'"type":"{kind}"']
    traits = None
    if event is not None:
        pool = POOLS[event]
        drawn = [f'"{key}":{text}' for key in pool if (text := dice.choice(pool[key]))]
        dice.shuffle(drawn)
        whole = "{" + ",".join(drawn) + "}"
        members += [f'"event":"{event}"', f'"properties":{dice.choice((whole,) * 30 + ("7", "null", "[]"))}']
        if dice.sometimes(0.02):
            members.pop()
    elif kind in ("page", "screen"):
        members += [f'"name":{dice.choice(QUOTED_NAMES)}'] if dice.sometimes(0.9) else []
        members += [f'"properties":{{"seconds":{dice.choice((*AMOUNTS, *ODD))}}}']
    elif kind in ("identify", "group"):
        own = dice.choice(('{"membership":"plus"}', '{"membership":"basic","name":"Ann"}', "{}", "7"))
        members += [f'"traits":{own}']
        traits = dice.choice((None, None, b'{"membership":"plus","name":"Home"}'))
    if dice.sometimes(0.15):
        members.append(f'"context":{dice.choice(list(CONTEXTS))}')
    dice.shuffle(members)
    space = dice.choice(("", " "))
    return ("{" + f",{space}".join(members) + "}").encode(), traits


QUOTED_NAMES = ('"Home"', '"Home"', '"Cart"', "7", "null", '"\\u0048ome"')
