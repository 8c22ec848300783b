"""A file of costs is read whole, or each bad row is named with its line and nothing of it is taken."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footfall.storage.cost_file import read_costs
from footfall.storage.costs import CampaignCost

HEAD = "date,campaign,cost,currency\n"


def problems(text: str) -> list[str]:
    content = read_costs(text.encode(), "costs.csv", 5)
    assert not content.costs
    return content.problems


def test_a_file_is_read_with_its_optional_columns_in_any_order() -> None:
    text = (
        "Campaign;Date;Currency;Cost;Clicks;Impressions;Source;Ad group\n"
        "spring;2026-11-01;eur;12.50;40;;google;A\n\n"
    )  # fmt: skip
    content = read_costs(b"\xef\xbb\xbf" + text.encode(), "costs.csv", 5)

    assert content.costs == [
        CampaignCost("2026-11-01", "spring", "google", "EUR", Decimal("12.50"), 40, None, "costs.csv", 5)
    ]
    assert (content.problems, content.others) == ([], ("ad group",))


NO_AMOUNT = "is no amount from 0 on; write it as 1234.50, without a sign or a group"
NO_NAME = "is no name; it has up to 200 characters that can be printed"
NO_DAY = "is no day; write it as 2026-11-30"


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("1.11.2026,spring,1,EUR", f" date: '1.11.2026' {NO_DAY}"),
        ("2026-02-30,spring,1,EUR", f" date: '2026-02-30' {NO_DAY}"),
        ("2026-11-01,,1,EUR", " campaign: it is empty; name the campaign"),
        ('2026-11-01,spring,"1,50",EUR', f" cost: '1,50' {NO_AMOUNT}"),
        ("2026-11-01,spring,-1,EUR", f" cost: '-1' {NO_AMOUNT}"),
        ("2026-11-01,spring,1,EURO", " currency: 'EURO' is no currency; did you mean 'EUR'?"),
        ("2026-11-01,spring,1", ": it has 3 values, and there are 4 columns"),
        (f"2026-11-01,{'x' * 201},1,EUR", f" campaign: '{'x' * 40}' {NO_NAME}"),
    ],
)  # fmt: skip
def test_a_bad_row_is_named_with_its_line(row: str, problem: str) -> None:
    assert problems(f"{HEAD}{row}\n2026-11-01,other,1,EUR\n") == [f"costs.csv:2{problem}"]


def test_all_bad_rows_are_named() -> None:
    found = problems(f"{HEAD}x,spring,y,EUR\n2026-11-01,a,1,EUR\n2026-11-01,a,2,EUR\n")

    assert [text.partition(" ")[0] for text in found] == ["costs.csv:2", "costs.csv:2", "costs.csv:4:"]
    assert "line 3 has this day, campaign, source and currency too" in found[2]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "costs.csv:1: there is no column 'date'"),
        ("date,campaing,cost,currency\n", "there is no column 'campaign' (did you mean 'campaing'?)"),
        ("date,campaign,cost,currency,cost\n", "costs.csv:1: there are two columns 'cost'"),
        (f'{HEAD}2026-11-01,"spring,1,EUR\n', "it is no CSV"),
    ],
)
def test_a_bad_head_or_form_is_named(text: str, problem: str) -> None:
    assert problem in problems(text)[0]


def test_what_is_no_utf_8_is_named_with_its_line() -> None:
    assert read_costs(HEAD.encode() + b"\xff", "costs.csv", 5).problems == [
        "costs.csv:2: it is not UTF-8; save it as CSV UTF-8"
    ]


@given(st.binary(max_size=200))
def test_any_bytes_are_costs_or_problems(content: bytes) -> None:
    file = read_costs(HEAD.encode() + content, "costs.csv", 5)

    assert not (file.costs and file.problems)


@given(st.lists(st.lists(st.sampled_from(["2026-11-01", "spring", "1", "EUR", "", "x", "9" * 30]), max_size=5)))
def test_any_row_is_taken_or_named(rows: list[list[str]]) -> None:
    file = read_costs((HEAD + "\n".join(map(",".join, rows))).encode(), "costs.csv", 5)
    good = [row for row in rows if row == ["2026-11-01", "spring", "1", "EUR"]]

    assert bool(file.problems) is (len(good) > 1 or any(row not in good and any(row) for row in rows))
    assert file.problems or len(file.costs) == len(good)
