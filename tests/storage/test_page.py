"""The page about sealed files does what it says, in readers that know nothing of footfall."""

from __future__ import annotations

import re
import runpy
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.storage.parquet.messages import NOON, messages

from footfall.plan.model import Event, Plan, Property
from footfall.storage.parquet.layout import to_file
from footfall.storage.parquet.warehouse import ParquetWarehouse

PAGE = (Path(__file__).parents[2] / "src/footfall/storage/README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
DAY_US = 86_400_000_000

TOTAL = Property(name="total", wire_name="total", type="decimal", scale=2)
PLAN = Plan(
    id="shop",
    events={
        "order_completed": Event(name="order_completed", wire_name="order_completed", properties=(TOTAL,)),
        "product_viewed": Event(name="product_viewed", wire_name="product_viewed"),
    },
)
# Of the days only the second needs three decimals, and the last has no order.
TOTALS = [["64.95", "12345678901234567.05", "0.10"], ["1.125", "2"], []]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("page")
    warehouse = ParquetWarehouse(folder / "shop-data" / "warehouse")
    for day, totals in enumerate(TOTALS):
        moment = {"received_at": NOON + day * DAY_US}
        rows = [{"body": f'{{"properties":{{"total":{total}}}}}'.encode(), **moment} for total in totals]
        viewed = {"event": "product_viewed", "message_id": "0199a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b", **moment}
        warehouse.write(messages([*rows, viewed, viewed]).to_batches(), PLAN)
    (folder / "shop-data" / "warehouse" / "manifest.jsonl").write_bytes(b"")
    return folder


@pytest.fixture(params=range(len(BLOCKS)), ids=["duckdb", "polars", "pandas"])
def answers(request: pytest.FixtureRequest, folder: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    monkeypatch.chdir(folder)
    (folder / "block.py").write_text(BLOCKS[request.param], encoding="utf-8")
    return runpy.run_path(str(folder / "block.py"))


def test_each_reader_gives_the_exact_sum_of_each_day(answers: dict[str, Any]) -> None:
    sums = {day: sum(map(Decimal, totals)) for day, totals in zip(("29", "30", "01"), TOTALS, strict=True)}

    assert {day[-2:]: Decimal(total or 0) for day, total in answers["sums"]} == sums


def test_each_reader_counts_the_messages_of_each_event(answers: dict[str, Any]) -> None:
    assert [tuple(line) for line in answers["counts"]] == [("order_completed", 5), ("product_viewed", 6)]


def test_the_page_names_every_column_and_no_other() -> None:
    _, _, table = PAGE.partition("| column | what it is |\n")
    rows = re.findall(r"^\| (`.*?) \|", table.partition("\n\n")[0], re.MULTILINE)
    named = {name for row in rows for name in re.findall(r"`(.*?)`", row)}

    assert {name for name in named if "." not in name} == set(to_file(messages([{}])).column_names)
