"""The answer to a question of cross-sell: pairs of items, where they recommend better than what is most popular."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

import msgspec

from footfall.analytics.definitions import PERSONS, filter_text, window_text
from footfall.analytics.figures import quotient
from footfall.analytics.question import FlatTable, Question, ReportContext, checked, with_options
from footfall.analytics.questions.cross_sell.hit_rate import LEAST, HitRate, hit_rate
from footfall.analytics.questions.cross_sell.options import Basket, CrossSellOptions
from footfall.analytics.questions.cross_sell.tally import (
    LARGEST,
    BasketCounts,
    CrossSellPartial,
    PairCount,
    PersonItems,
    split_moment,
    tally,
)
from footfall.analytics.sections import Amount, FigureDefinition, Section, Table, TableRow, plain, quiet, strong
from footfall.analytics.window import Window
from footfall.printable import counted

__all__ = ["CrossSellPair", "CrossSellResult", "cross_sell"]

_DIGITS = Decimal("0.0001")


class CrossSellPair(msgspec.Struct, frozen=True):
    """Who got `first` and who got `then` too: `baskets` have both, `of` could.

    `support` is their share of all baskets, `confidence` that of those with `first`, and `lift` how many times as
    often as in all baskets they have `then`.
    """

    first: str
    then: str
    baskets: int
    of: int
    support: Decimal
    confidence: Decimal
    lift: Decimal


class CrossSellResult(msgspec.Struct, frozen=True):
    """The pairs with the highest lift, where `hit_rate.wins`; else there are none.

    `baskets` have any of `items`; `large` ones with too many are left out. `all_pairs` are in enough baskets.
    """

    about: str
    basket: Basket
    is_ordered: bool
    window: Window
    baskets: int
    items: int
    large: int
    all_pairs: int
    pairs: tuple[CrossSellPair, ...]
    learned_until: datetime | None
    hit_rate: HitRate
    definition: str


def cross_sell(options: CrossSellOptions) -> Question[CrossSellPartial, CrossSellResult]:
    """The question with these options, which `cross_sell_options` reads. Raises UsageError for one of another type."""
    checked(options)
    return with_options("cross_sell", options, CrossSellPartial, tally, _merge, _sections, _table)


def _merge(context: ReportContext, options: CrossSellOptions, partials: Sequence[CrossSellPartial]) -> CrossSellResult:
    every = _added([partial.every for partial in partials])
    earlier = _added([partial.earlier for partial in partials])
    rate = hit_rate(
        _persons(partials),
        {(pair.first, pair.then): float(pair.confidence) for pair in _pairs(earlier, options)},
        earlier.items,
        options.k,
    )
    pairs = sorted(_pairs(every, options), key=lambda pair: (-pair.lift, -pair.baskets, pair.first, pair.then))
    window = context.window(context.span)
    return CrossSellResult(
        about=options.of.text,
        basket=options.basket,
        is_ordered=options.ordered,
        window=window,
        baskets=every.baskets,
        items=len(every.items),
        large=sum(partial.large for partial in partials),
        all_pairs=len(pairs),
        pairs=tuple(pairs[: options.top]) if rate.wins else (),
        learned_until=context.time(split_moment(context)),
        hit_rate=rate,
        definition=_definition(options, window),
    )


def _added(parts: Sequence[BasketCounts]) -> BasketCounts:
    items = sum((Counter(part.items) for part in parts), Counter[str]())
    together, owned = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for pair in (pair for part in parts for pair in part.pairs):
        together[pair.first, pair.then] += pair.baskets
        owned[pair.first, pair.then] += pair.owned
    pairs = tuple(PairCount(*names, count, owned[names]) for names, count in together.items())
    return BasketCounts(sum(part.baskets for part in parts), dict(items), pairs)


def _persons(partials: Sequence[CrossSellPartial]) -> Iterator[PersonItems]:
    groups: Mapping[tuple[tuple[str, ...], tuple[str, ...]], list[int]] = defaultdict(list)
    for group in (group for partial in partials for group in partial.persons):
        groups[group.owned, group.new].append(group.persons)
    return (PersonItems(*names, sum(persons)) for names, persons in groups.items())


def _pairs(counts: BasketCounts, options: CrossSellOptions) -> Iterator[CrossSellPair]:
    """Each pair that is in enough baskets; of those without an order, both ways."""
    for pair in counts.pairs:
        if pair.baskets < options.floor:
            continue
        ways = [(pair.first, pair.then)] if options.ordered else [(pair.first, pair.then), (pair.then, pair.first)]
        for first, then in ways:
            of = counts.items[first] - pair.owned
            confidence = quotient(pair.baskets, of).exact
            assert confidence is not None  # so many baskets have both
            lift = quotient(confidence * counts.baskets, counts.items[then]).value
            support = quotient(pair.baskets, counts.baskets).value
            assert lift is not None
            assert support is not None
            share = quotient(pair.baskets, of).value
            assert share is not None
            yield CrossSellPair(first, then, pair.baskets, of, support, share, lift)


def _definition(options: CrossSellOptions, window: Window) -> str:
    basket = "the items of one person" if options.basket == "person" else "the items of one message"
    messages = f"in messages of {filter_text(options.of.filter)}"
    item = f"An item is a value of {options.of.name} {messages}."
    parts = [f"{item} A basket is {basket}, each once; one with more than {LARGEST} is left out, and counted."]
    if options.ordered:
        parts.append(
            "A pair is an item and another one that the person first got later; who had that one already when they got "
            "the first is not among those that could."
        )
    else:
        parts.append("A pair is in each basket with both items, in whatever order.")
    parts.append(
        "Support is the pair's share of all baskets, confidence its share of those with the first item that could, "
        "lift the confidence divided by the share of all baskets with the second. Pairs in fewer than "
        f"{options.floor} baskets are left out. The hit rate: pairs of the first four fifths of the time recommend "
        f"{options.k} items that a person does not own, and hit when the person gets one of them in the last fifth; "
        "so do the most popular ones. Of people who got something new then and had something before. Pairs are shown "
        f"where they hit more often and a one-sided sign test of who was hit by one alone has p of at most 0.05, of at "
        f"least {LEAST} people."
    )
    return " ".join([*parts, f"By corrected time: {window_text(window)}.", PERSONS])


def _sections(result: CrossSellResult) -> Iterator[Section]:
    rate = result.hit_rate
    rows = [
        TableRow([
            [strong(pair.first)], [plain(pair.then)], [strong(Amount(pair.lift.quantize(_DIGITS)))],
            [plain(Amount(pair.confidence, is_share=True))], [plain(Amount(pair.support, is_share=True))],
            [plain(pair.baskets)], [plain(pair.of)],
        ])
        for pair in result.pairs
    ]  # fmt: skip
    then = "then" if result.is_ordered else "with"
    yield Section(
        f"Cross-sell: {result.about}",
        beside=[quiet(f"{result.items:,} items in {result.baskets:,} baskets, {result.all_pairs:,} pairs")],
        table=Table(("item", then, "lift", "confidence", "support", "baskets", "of"), rows) if rows else None,
        remarks=[
            [] if rate.wins else [strong(f"pairs are not shown: {_why_not(rate)}")],
            [
                quiet(f"hit rate at {rate.k}: pairs "), plain(Amount(rate.rate, is_share=True)),
                quiet(", most popular "), plain(Amount(rate.popular_rate, is_share=True)),
                quiet(f", of {counted(rate.persons, 'person')}, p {rate.p_value:.2g}"),
            ] if rate.persons else [],
            [quiet(f"{result.large:,} baskets have too many items")] if result.large else [],
        ],
        definition=FigureDefinition("cross_sell", result.definition),
    )  # fmt: skip


def _why_not(rate: HitRate) -> str:
    if not rate.persons:
        return "they could not be tried: nobody with an item got another one in the last fifth of the time"
    if rate.persons < LEAST:
        persons = counted(rate.persons, "person")
        return f"they could not be tried: {persons} with an item got another one in the last fifth, of at least {LEAST}"
    return "they do not win against the most popular items"


def _table(result: CrossSellResult) -> FlatTable:
    rows = tuple(
        (pair.first, pair.then, pair.baskets, pair.of, *map(float, (pair.support, pair.confidence, pair.lift)))
        for pair in result.pairs
    )
    return FlatTable(CrossSellPair.__struct_fields__, rows)
