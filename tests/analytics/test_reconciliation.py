"""The way from a figure here to that of another product has a difference for each default, and these add up."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec
import pytest
from tests.analytics.asking import context_of

from footfall.analytics import Dataset, Question
from footfall.analytics.peer_defaults import PEERS
from footfall.analytics.reconciliation import CountedFigure, OptionSetting, Reconciliation, like_peer
from footfall.analytics.sections import Section
from footfall.errors import UsageError
from footfall.plan.model import Plan
from footfall.reporting.words import say


class Wished(msgspec.Struct, frozen=True):
    """A funnel of two options, whose figure is what both are worth."""

    within: str = "no limit"
    entry: str = "each"


class Counts(msgspec.Struct, frozen=True):
    reached: int
    reconciliation: Reconciliation | None = None


WORTH = {"no limit": 100, "7d": 60, "each": 10, "first": 4}


def question_of(options: Wished) -> Question[int, Counts]:
    worth = WORTH[options.within] + WORTH[options.entry]
    return Question("funnel", int, lambda _: worth, lambda _, partials: Counts(sum(partials)))


def figures(counts: Counts) -> list[CountedFigure]:
    return [CountedFigure("paid", counts.reached, Decimal(counts.reached) / 200)]


NOT_ASKED: OptionSetting[Wished] = OptionSetting(lambda _: None, lambda options, _: options)
SETTINGS = dict.fromkeys(("step-within", "order", "ties", "exclusions"), NOT_ASKED) | {
    "within": OptionSetting(lambda asked: asked.within, lambda asked, value: Wished(value, asked.entry)),
    "entry": OptionSetting(lambda asked: asked.entry, lambda asked, value: Wished(asked.within, value)),
}  # fmt: skip


def like(options: Wished, shards: int = 1, **more: Any) -> Reconciliation:
    question = like_peer("mixpanel", options, question_of, SETTINGS, figures, **more)
    with Dataset.of([], Plan(id="test")) as dataset:
        result = context_of(dataset, shards=shards).answer(question)
    assert result.reconciliation is not None
    assert result.reached == result.reconciliation.figures[0].theirs
    return result.reconciliation


def test_each_default_is_changed_by_itself_in_the_order_of_the_table() -> None:
    reconciliation = like(Wished())
    (figure,) = reconciliation.figures

    assert [(each.option, each.ours, each.theirs) for each in reconciliation.changes] == [
        ("within", "no limit", "7d"), ("entry", "each", "first"),
    ]  # fmt: skip
    assert (figure.ours, figure.values, figure.differences, figure.theirs) == (110, (70, 64), (-40, -6), 64)
    assert (figure.our_share, figure.their_share) == (Decimal("0.55"), Decimal("0.32"))


def test_shards_add_up() -> None:
    assert like(Wished(), shards=3).figures[0].values == (210, 192)


def test_nothing_differs_where_all_options_are_as_in_the_peer() -> None:
    reconciliation = like(Wished("7d", "first"))

    assert (reconciliation.changes, reconciliation.same) == ((), ("within", "entry"))
    assert reconciliation.figures[0].ours == reconciliation.figures[0].theirs == 64


def test_an_option_that_is_kept_stays_as_asked() -> None:
    reconciliation = like(Wished(), keep=["within"])

    assert [each.option for each in reconciliation.changes] == ["entry"]
    assert (reconciliation.kept, reconciliation.figures[0].theirs) == (("within",), 104)


def test_its_rows_have_every_figure_after_every_change_and_what_is_not_reproduced() -> None:
    rows = like(Wished()).rows

    assert [row[1:7] for row in rows[:3]] == [
        ("paid", "as asked", None, None, 110, None),
        ("paid", "within", "no limit", "7d", 70, -40),
        ("paid", "entry", "each", "first", 64, -6),
    ]
    assert [row[7] for row in rows[3:]] == [*PEERS["mixpanel"].questions["funnel"].not_reproduced]


def section_of(options: Wished, **more: Any) -> Section:
    from footfall.analytics import report
    from footfall.timestamps import local_time

    question = like_peer("mixpanel", options, question_of, SETTINGS, figures, **more)
    with Dataset.of([], Plan(id="test")) as dataset:
        answer = report(dataset, Plan(id="test"), now=local_time(0), questions=[question])
        return next(iter(question.sections(answer)))


def text_of(section: Section) -> tuple[list[list[str]], str]:
    assert section.table is not None
    table = [["".join(say(value) for phrase in cell for value in phrase.values) for cell in row.cells]
             for row in section.table.rows]  # fmt: skip
    return table, "\n".join("".join(say(v) for phrase in cell for v in phrase.values) for cell in section.remarks)


def test_the_section_adds_up_from_left_to_right_and_says_each_rule() -> None:
    section = section_of(Wished())
    table, remarks = text_of(section)

    assert section.table is not None
    assert section.table.columns[1:5] == ("here", "within", "entry", "like Mixpanel")
    assert table == [["paid", "110", "-40", "-6", "64", "55 %", "32 %"]]
    assert "within: no limit here, 7d in Mixpanel. All steps come within 7 days of the entry. (docs.mixpanel" in remarks
    assert "not reproduced: Steps up to two seconds apart" in remarks


def test_the_section_says_what_is_the_same_and_what_was_kept() -> None:
    _, remarks = text_of(section_of(Wished(entry="first"), keep=["within"]))

    assert "No default of Mixpanel is another one" in remarks
    assert "The same in both: entry." in remarks
    assert "Kept as asked: within." in remarks


@pytest.mark.parametrize(
    ("peer", "keep", "message"),
    [
        ("mixpannel", (), "there is no peer 'mixpannel'; it is one of mixpanel, posthog, amplitude"),
        (None, ("within",), "to keep within as asked goes with the defaults of a product; name it by --like"),
        ("mixpanel", ("withn",), "there is no option 'withn' to keep; did you mean 'within'?"),
    ],
)
def test_a_name_of_no_peer_or_option_is_one_clear_line(peer: str | None, keep: tuple[str, ...], message: str) -> None:
    with pytest.raises(UsageError, match=message.replace("?", r"\?")):
        like_peer(peer, Wished(), question_of, SETTINGS, figures, keep)
