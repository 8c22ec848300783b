"""Why a figure changed, as text."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from footfall.analytics.earlier import EarlierMoment
from footfall.analytics.why import ChangePart, FigureChange, PurgedBetween, Share, WhyAnswer
from footfall.analytics.why.answer import PARTS, Cause
from footfall.reporting.why import in_width, why_lines

MOMENT = EarlierMoment(1, datetime(2026, 11, 1, tzinfo=UTC), 0, "purged since: nothing")


def change(name: str, *shares: Share, **parts: int) -> FigureChange:
    total = Decimal(sum(parts.values()))
    parts_by_name: dict[Cause, ChangePart] = {
        part: ChangePart(part, Decimal(parts.get(part, 0)), shares if part in parts else ()) for part in PARTS
    }
    return FigureChange("kpi", name, None, False, None, Decimal(1), 1 + total, total, tuple(parts_by_name.values()))


def test_each_part_of_a_change_is_a_line_with_whose_messages_it_is() -> None:
    shares = (
        Share("source", "shop", Decimal(-1)), Share("source", "app", Decimal(3)), Share("release", None, Decimal(1)),
        Share("release", "1.1", Decimal(1)),
        Share("plan_version", "b" * 64, Decimal(2)),
    )  # fmt: skip

    lines = list(why_lines(WhyAnswer(MOMENT, MOMENT, (change("orders", *shares, new=2), change("calm")))))

    assert lines[:2] == [f"from   {MOMENT.text}", f"to     {MOMENT.text}"]
    assert lines[3:8] == [
        "orders: 1 to 3 (+2)",
        "  new           +2",
        "    by source: app +3, shop -1",
        "    by release: none +1, 1.1 +1",
        "    by plan version: bbbbbbbbbbbb +2",
    ]
    assert "unchanged: calm" in lines
    assert lines[-1].startswith("Each part is the change")


def test_parts_that_cancel_out_are_shown() -> None:
    lines = list(why_lines(WhyAnswer(MOMENT, MOMENT, (change("orders", window=-1, new=1),))))

    assert lines[3:6] == ["orders: 1 to 1 (0)", "  window        -1", "  new           +1"]


def test_money_names_its_currency_and_a_step_its_journey() -> None:
    parts = (ChangePart("new", Decimal("0.50")),)
    money = FigureChange("kpi", "sales", None, True, "EUR", None, Decimal("0.50"), Decimal("0.50"), parts)
    step = FigureChange(
        "journey", "buy", "pay", False, None, Decimal(0), Decimal(1), Decimal(1), (ChangePart("late", Decimal(1)),)
    )

    lines = list(why_lines(WhyAnswer(MOMENT, MOMENT, (money, step), losses=("a file is damaged",))))

    assert "sales in EUR: – to 0.50 (+0.50)" in lines
    assert "buy, step pay: 0 to 1 (+1)" in lines
    assert "damaged  a file is damaged" in lines


def test_a_share_is_in_percent_and_its_change_in_points() -> None:
    parts = (ChangePart("late", Decimal("-0.0005")), ChangePart("new", Decimal("0.0155")))
    values = (Decimal("0.12"), Decimal("0.135"), Decimal("0.015"))
    figure = FigureChange("kpi", "conversion", None, False, None, *values, parts, is_share=True)

    lines = list(why_lines(WhyAnswer(MOMENT, MOMENT, (figure,))))

    assert lines[3:6] == [
        "conversion: 12 % to 13.5 % (+1.5 points)", "  late          -0.05 points", "  new           +1.6 points",
    ]  # fmt: skip


def test_a_label_steers_no_terminal() -> None:
    lines = list(
        why_lines(WhyAnswer(MOMENT, MOMENT, (change("orders", Share("source", "\x1b[2J", Decimal(1)), new=1),)))
    )

    assert "    by source: \\x1b[2J +1" in lines


def test_labels_that_no_message_has_are_passed_over() -> None:
    lines = list(why_lines(WhyAnswer(MOMENT, MOMENT, (change("orders", Share("release", None, Decimal(1)), new=1),))))

    assert not any(line.startswith("    by") for line in lines)


def test_what_was_purged_between_is_counted() -> None:
    purged = (PurgedBetween("event seen", "shop", "seen", 2),)

    lines = list(why_lines(WhyAnswer(MOMENT, MOMENT, (), purged)))

    assert lines[2] == "purged 2 messages of shop, seen (event seen): in no figure"


def test_a_change_that_is_rounded_says_so_before_its_sign() -> None:
    third = Decimal("0.3333333333333333333333333333")
    figure = FigureChange("kpi", "rate", None, False, None, Decimal(0), third, third, (ChangePart("new", third),))

    assert any(line.endswith("(≈ +0.3333)") for line in why_lines(WhyAnswer(MOMENT, MOMENT, (figure,))))


def test_a_long_line_is_broken_between_words_and_goes_on_indented() -> None:
    assert in_width("    by source: shop +1, a-long-source-name +2", 20).splitlines() == [
        "    by source: shop",
        "      +1,",
        "      a-long-source-name",
        "      +2",
    ]
    assert in_width("", 20) == ""
