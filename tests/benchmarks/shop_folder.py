"""Makes sealed data folders of a shop for the benchmarks: `shop_folder`.

Of N messages there are N/50 people and N/34 browsers in 90 days; 3 % of the messages come from shared browsers, a third
has a user id, and three in ten are on whole seconds. 2 % are aliases, identifies and resets, all else are the events of
the plan in tracking_plans/shop_and_gateway.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from pathlib import Path

from footfall import plan as plans
from footfall import storage
from footfall.clock import uuid7
from footfall.collector.job_settings import JobSettings
from footfall.maintenance.context import JobContext
from footfall.maintenance.seal import seal
from footfall.plan.bundle import bundle_bytes, bundle_hash
from footfall.plan.model import Plan
from footfall.storage import Changes, Row
from footfall.testing import ManualClock
from footfall.timestamps import format_us

__all__ = ["BEGIN", "SPAN", "Shop", "shop_folder", "shop_plan"]

PLAN = Path(__file__).parents[2] / "tracking_plans" / "shop_and_gateway"
BEGIN = 1_780_000_000_000_000  # 2026-05-28T20:26:40Z
SPAN = 90 * 86_400_000_000
_EVENTS = (*["product_viewed"] * 5, *["cart_item_added"] * 2, "checkout_started", "order_completed")
_BATCH, _SEALED = 5_000, 250_000
_PROPERTIES = {
    "product_viewed": '{"sku":"SENSOR-T%d","price":"249.50","currency":"NOK"}',
    "cart_item_added": '{"sku":"SENSOR-T%d","quantity":2,"currency":"SEK"}',
    "checkout_started": '{"cart_id":"c","total":%d.50,"items":3,"currency":"NOK"}',
    "order_completed": (
        '{"order_id":"FH-104711","total":%d.25,"currency":"%s","country":"NO","payment":"card",'
        '"lines":[{"sku":"SENSOR-T1","price":"249.50","quantity":2},{"sku":"LAMP-E27","price":"499.00","quantity":1}]}'
    ),
}


def shop_plan() -> Plan:
    """The plan of the shop."""
    return plans.read(PLAN).require()


class Shop:
    """Makes messages, the same for the same seed; `messages` are how many there will be in all."""

    def __init__(self, messages: int, seed: int = 7) -> None:
        self._dice = random.Random(seed)
        self._people = max(messages // 50, 10)
        self._browsers = max(messages // 34, 10)
        self._shared = max(self._browsers // 50, 1)

    def row(self, now: int) -> Row:
        """A message that is received at this microsecond."""
        dice = self._dice
        person = int(self._people * dice.random() ** 1.6)
        number = person if dice.random() > 0.03 else dice.randrange(self._shared)
        browser, user = f"browser-{number:07}", f"customer-{person:07}" if dice.random() < 0.34 else None
        event: str | None = dice.choice(_EVENTS)
        at = now - dice.randrange(5_000_000)
        at -= at % 1_000_000 if dice.random() < 0.3 else 0
        name, kind, previous, chance = uuid7(now // 1000, dice.getrandbits(74)), "track", None, dice.random()
        if chance < 0.004 and user:
            kind, previous = "alias", f"old-{person:07}" if dice.random() < 0.3 else browser
        elif chance < 0.025:
            kind = "identify" if chance < 0.02 else "reset"
        event = event if kind == "track" else None
        body = self._body(kind, event, name, at, browser, user, previous)
        return Row(
            "stored", "shop_backend", name, kind, event, user, browser, None, previous, None, at, now, None, None,
            body.encode(), None,
        )  # fmt: skip

    def _body(
        self, kind: str, event: str | None, name: str, at: int, browser: str, user: str | None, previous: str | None
    ) -> str:
        own = f',"userId":"{user}"' if user else ""
        if event is not None:
            amount = self._dice.randrange(2000)
            values = (amount, self._dice.choice(("NOK", "SEK", "EUR")))
            text = _PROPERTIES[event]
            own += f',"event":"{event}","properties":{text % values[: text.count("%")]}'
        if kind == "identify":
            own += ',"traits":{"membership":"plus","name":"N"}'
        if previous:
            own += f',"previousId":"{previous}"'
        client = f'{{"library":{{"name":"footfall","version":"0.1.0"}},"client":{{"id":"0190","seq":{at % 10**6}}}}}'
        return (
            f'{{"type":"{kind}","messageId":"{name}","timestamp":"{format_us(at)}","anonymousId":"{browser}"{own},'
            f'"context":{client}}}'
        )

    def batches(self, messages: int) -> Iterator[list[Row]]:
        """So many messages over all of the time."""
        for start in range(0, messages, _BATCH):
            numbers = range(start, min(start + _BATCH, messages))
            yield [self.row(BEGIN + number * SPAN // messages) for number in numbers]


def shop_folder(parent: Path, messages: int) -> Path:
    """A folder of so many sealed messages below `parent`, made where it is not there yet."""
    data = parent / f"shop-{messages}"
    if data.exists():
        return data
    draft = parent / f".shop-{messages}"
    shutil.rmtree(draft, ignore_errors=True)
    plan, waiting = shop_plan(), 0
    with storage.open(draft, "write", clock=ManualClock()) as store:
        store.control.put_bundle(bundle_hash(plan), bundle_bytes(plan))
        for batch in Shop(messages).batches(messages):
            store.journal.commit(Changes(batch, {}))
            waiting += len(batch)
            if waiting >= _SEALED:
                seal(JobContext(draft, store, JobSettings(seal_rows=_SEALED), ManualClock()))
                waiting = 0
        seal(JobContext(draft, store, JobSettings(seal_rows=_SEALED), ManualClock()))
    draft.rename(data)
    return data
