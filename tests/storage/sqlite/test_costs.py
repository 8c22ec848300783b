"""Costs are kept once for each day, campaign, source and currency, all of an import or none."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import apsw
import pytest

from footfall.errors import JournalError
from footfall.storage.costs import CampaignCost
from footfall.storage.sqlite.control import SqliteControl
from footfall.storage.sqlite.costs import SqliteCosts

COST = CampaignCost("2026-11-01", "spring", "", "EUR", Decimal("12.50"), 40, None, "a.csv", 5)
OTHERS = [
    COST._replace(day="2026-11-02"), COST._replace(currency="NOK"), COST._replace(source="google", cost=Decimal(3)),
]  # fmt: skip


def test_what_is_put_again_is_unchanged_and_what_differs_takes_its_place(tmp_path: Path) -> None:
    costs = SqliteCosts(tmp_path / "control.db")
    mended = COST._replace(cost=Decimal("12.51"), file="b.csv", imported_at=6)

    assert costs.put([COST, *OTHERS]) == (4, 0, 0)
    assert costs.put([COST, *OTHERS]) == (0, 0, 4)
    assert costs.put([mended, COST._replace(day="2026-11-03")]) == (1, 1, 0)
    assert sorted(costs.all()) == sorted([mended, *OTHERS, COST._replace(day="2026-11-03")])


def test_digits_are_kept_as_they_came(tmp_path: Path) -> None:
    costs = SqliteCosts(tmp_path / "control.db")
    costs.put([COST._replace(cost=Decimal("100000000000000000.000000010"))])

    assert str(costs.all()[0].cost) == "100000000000000000.000000010"


def test_an_import_that_fails_leaves_all_as_it_was(tmp_path: Path) -> None:
    costs = SqliteCosts(tmp_path / "control.db")
    costs.put([COST])

    with pytest.raises(JournalError):
        costs.put([OTHERS[0], OTHERS[1]._replace(campaign=None)])  # type: ignore[arg-type]  # no campaign can be kept
    assert costs.all() == [COST]


def test_a_store_from_before_costs_has_none_and_takes_some(tmp_path: Path) -> None:
    path = tmp_path / "control.db"
    SqliteControl(path).put_bundle("a", b"plan")
    connection = apsw.Connection(str(path))
    connection.execute("DROP TABLE costs; PRAGMA user_version = 4")
    connection.close()
    costs = SqliteCosts(path)

    assert costs.all() == []
    assert costs.put([COST]) == (1, 0, 0)


def test_a_reader_may_look_and_not_write(tmp_path: Path) -> None:
    SqliteCosts(tmp_path / "control.db").put([COST])
    reader = SqliteCosts(tmp_path / "control.db", readonly=True)

    assert reader.all() == [COST]
    with pytest.raises(JournalError, match="opened for reading only"):
        reader.put([COST])
