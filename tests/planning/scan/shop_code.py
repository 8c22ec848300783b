"""A plan of a shop with teams and sources, and a scan of a few lines, for the tests of this folder."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from footfall.plan.model import Alias, Deprecation, Event, Plan, Property, Rule, Source
from footfall.planning.scan import Gates, Library, Naming, Scan, scan

ORDER = Event(
    name="order_completed",
    wire_name="order_completed",
    owner="checkout",
    sources=("shop",),
    aliases=(Alias(name="purchase"),),
    properties=(
        Property(name="total", type="decimal", required=True, min=Decimal(0), scale=2),
        Property(name="currency", type="string", required=True, enum=("EUR", "USD")),
        Property(name="coupon", type="string", nullable=True, pattern="^[A-Z]+$"),
        Property(name="channel", type="string", enum=("web", "app"), open=True),
        Property(name="gift", type="boolean"),
        Property(name="item_count", wire_name="itemCount", type="integer"),
    ),
    rules=(Rule(id="gift_costs", check="gift is None or not gift or total > 0"),),
)
SIGNED_UP = Event(
    name="signed_up",
    wire_name="Signed Up",
    owner="growth",
    properties=(Property(name="method", type="string", required=True, enum=("password", "google")),),
)
PLAN = Plan(
    id="shop",
    sources={
        "shop": Source(name="shop", paths=("services/**",)),
        "gateway": Source(name="gateway", paths=("gateway/**",)),
    },
    events={
        "order_completed": ORDER,
        "signed_up": SIGNED_UP,
        "paired": Event(name="paired", wire_name="paired", owner="devices", sources=("gateway",)),
        "old": Event(name="old", wire_name="old", status="deprecated", deprecated=Deprecation(replaced_by="signed_up")),
        "idea": Event(name="idea", wire_name="idea", status="draft"),
    },
    traits={"user": (Property(name="age", type="integer"),)},
)
GOOD = '{"total": "1.50", "currency": "EUR"}'
HEAD = "from footfall import Client\nclient = Client('https://x', write_key='k')\n"


def scanned(
    files: Mapping[str, str] | str, clients: Mapping[str, Naming] | None = None, gates: Gates | None = None
) -> Scan:
    texts = {"services/app.py": files} if isinstance(files, str) else files
    return scan(PLAN, Library(texts, lambda path: texts[path].encode()), clients=clients, gates=gates)


def complaints(result: Scan) -> list[str]:
    """The findings about calls as `code where`."""
    return [f"{p.code} {p.where}".strip() for p in result.problems if p.code not in {"never_sent", "coverage_too_low"}]


def planned(result: Scan) -> list[str]:
    return sorted(v.event.name for v in result.verdicts if v.event is not None and v.resolved)
