"""Tracks, collects and counts in one process, with no server."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from footfall import Client, plan
from footfall.analytics import KPIS, Dataset, report
from footfall.collector import Collector
from footfall.delivery import InProcessTransport

ORDER = {
    "order_id": "FH-000042",
    "total": Decimal("129.90"),
    "currency": "EUR",
    "lines": [{"sku": "SENSOR-T1", "price": Decimal("64.95"), "quantity": 2}],
}

shop = plan.read("tracking_plans/shop_and_gateway").require()
with Collector("footfall-data", plan=shop) as collector, Client(InProcessTransport(collector), plan=shop) as client:
    # A browser that nobody knows looks at a product, signs in, and buys.
    client.track("product_viewed", {"sku": "SENSOR-T1", "price": "64.95", "currency": "EUR"}, anonymous_id="browser-7")
    client.identify("kari", {"email": "kari@mail.example"}, anonymous_id="browser-7")
    client.track("order_completed", ORDER, user_id="kari")

with Dataset.open("footfall-data", shop) as dataset:
    figures = {kpi.name: kpi.value for kpi in report(dataset, shop, now=datetime.now(UTC))[KPIS]}
print("{shoppers} person saw a product, {lifetime_customers} bought, for {revenue} EUR".format(**figures))
