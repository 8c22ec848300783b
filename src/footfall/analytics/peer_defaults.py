"""What other products count where their users set nothing: their documented defaults, as options of our questions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

import msgspec

__all__ = ["PEERS", "Peer", "PeerDefault", "PeerName", "PeerQuestion"]

PeerName = Literal["mixpanel", "posthog", "amplitude"]


class PeerDefault(msgspec.Struct, frozen=True):
    """A default of a peer: the `option` of ours that it is, and its `value` as our command line writes it.

    `rule` is what it counts, in words, and `source` where the peer documents it.
    """

    option: str
    value: str
    rule: str
    source: str


class PeerQuestion(msgspec.Struct, frozen=True):
    """A question as a peer asks it. `not_reproduced` are rules of the peer that no option of ours has."""

    defaults: tuple[PeerDefault, ...]
    not_reproduced: tuple[str, ...]


class Peer(msgspec.Struct, frozen=True):
    """Another product, with its questions by our names."""

    title: str
    questions: Mapping[str, PeerQuestion]


_MIXPANEL_FUNNEL = "docs.mixpanel.com/docs/reports/funnels/funnels-advanced"
_MIXPANEL_RETENTION = "docs.mixpanel.com/docs/reports/retention"
_POSTHOG_FUNNEL = "posthog.com/docs/product-analytics/funnels"
_POSTHOG_SCHEMA = "github.com/PostHog/posthog, schema-general.ts, FunnelsFilter"
_POSTHOG_CODE = "github.com/PostHog/posthog, hogql_queries/insights/funnels"
_POSTHOG_RETENTION = "posthog.com/docs/product-analytics/retention"
_AMPLITUDE_FUNNEL = "amplitude.com/docs/analytics/charts/funnel-analysis"
_AMPLITUDE_TIME = "amplitude.com/docs/analytics/charts/retention-analysis/retention-analysis-time"

_STEP_LIMIT = "There is one limit, from the entry, and none from step to step."
_ORDERED = "The steps come in order; what a person does between them does not matter."
_ONE_RETURN = "One returning message is enough."
_PEOPLE = (
    "Which ids are one person, which messages came twice, which are of bots or own people, and on which clock: these "
    "are as in footfall in all columns. What is left between {title} and the last column comes from there, or from "
    "options that were changed in {title}."
)

_MIXPANEL: Final = Peer(
    "Mixpanel",
    {
        "funnel": PeerQuestion(
            (
                PeerDefault("within", "7d", "All steps come within 7 days of the entry.", _MIXPANEL_FUNNEL),
                PeerDefault("step-within", "no limit", _STEP_LIMIT, _MIXPANEL_FUNNEL),
                PeerDefault("order", "ordered", _ORDERED, _MIXPANEL_FUNNEL),
                PeerDefault(
                    "entry", "first",
                    "A person counts once, by the first time they do the first step; optimized re-entry is off.",
                    _MIXPANEL_FUNNEL,
                ),
                PeerDefault(
                    "ties", "allowed", "Steps with equal times count in either order.",
                    "docs.mixpanel.com/docs/reports/funnels/funnels-faq",
                ),
                PeerDefault(
                    "exclusions", "end the entry",
                    "Who does what is excluded keeps the steps up to there, and goes no further.", _MIXPANEL_FUNNEL,
                ),
            ),
            (
                "Steps up to two seconds apart count in either order in Mixpanel; here only those with equal times do.",
                "With a breakdown a person may be in a row of each value in Mixpanel; here each is in one row.",
            ),
        ),
        "retention": PeerQuestion(
            (
                PeerDefault(
                    "counting", "rolling",
                    "Period n begins n × 24 hours (7 × 24, 30 × 24) after the entry of each person.",
                    _MIXPANEL_RETENTION,
                ),
                PeerDefault(
                    "entry", "recurring",
                    "A person is in the cohort of each period in which they do the start, once in each.",
                    _MIXPANEL_RETENTION,
                ),
                PeerDefault(
                    "returning-when", "on-or-after", "A return in a period or in any later one counts.",
                    _MIXPANEL_RETENTION,
                ),
                PeerDefault("minimum", "1", _ONE_RETURN, _MIXPANEL_RETENTION),
            ),
            (
                ("The average row of Mixpanel weighs a cohort by its size twice: the sum of returned × entered, by "
                "the sum of entered × entered. Here it is all who returned, divided by all who entered."),
                "Mixpanel has a column for the period of the entry itself (< 1 day); here the first is period 1.",
            ),
        ),
    },
)  # fmt: skip

_POSTHOG: Final = Peer(
    "PostHog",
    {
        "funnel": PeerQuestion(
            (
                PeerDefault("within", "14d", "All steps come within 14 days of the entry.", _POSTHOG_SCHEMA),
                PeerDefault("step-within", "no limit", _STEP_LIMIT, _POSTHOG_SCHEMA),
                PeerDefault("order", "ordered", _ORDERED, _POSTHOG_FUNNEL),
                PeerDefault(
                    "entry", "any", "A person counts once, by the entry that gets furthest.", _POSTHOG_CODE
                ),
                PeerDefault("ties", "allowed", "Steps with equal times count in either order.", _POSTHOG_CODE),
                PeerDefault(
                    "exclusions", "take the person out",
                    "Who does what is excluded is in no step of the funnel, not even in the first.", _POSTHOG_FUNNEL,
                ),
            ),
            (
                ("A step counts up to the end of the date range in PostHog; here also after the window ended, within "
                "the time that an entry has."),
            ),
        ),
        "retention": PeerQuestion(
            (
                PeerDefault(
                    "counting", "calendar", "Periods are days, weeks or months of the calendar.", _POSTHOG_RETENTION
                ),
                PeerDefault(
                    "entry", "first-ever", "A person is in one cohort, by the first start ever.", _POSTHOG_RETENTION
                ),
                PeerDefault("returning-when", "on", "A return in the period itself counts.", _POSTHOG_RETENTION),
                PeerDefault("minimum", "1", _ONE_RETURN, _POSTHOG_RETENTION),
            ),
            (
                "Weeks begin on Sunday in PostHog unless its project says otherwise; here as the plan says.",
                "PostHog has a column for the period of the entry itself (period 0); here the first is period 1.",
            ),
        ),
    },
)  # fmt: skip

_AMPLITUDE: Final = Peer(
    "Amplitude",
    {
        "funnel": PeerQuestion(
            (
                PeerDefault(
                    "within", "1d", "All steps come within one day of the entry.",
                    f"{_AMPLITUDE_FUNNEL}/funnel-analysis-interpret",
                ),
                PeerDefault("step-within", "no limit", _STEP_LIMIT, f"{_AMPLITUDE_FUNNEL}/funnel-analysis-interpret"),
                PeerDefault("order", "ordered", _ORDERED, f"{_AMPLITUDE_FUNNEL}/funnel-analysis-interpret"),
                PeerDefault(
                    "entry", "any", "A person counts once, by the longest path, of these by the earliest.",
                    f"{_AMPLITUDE_FUNNEL}/faq",
                ),
                PeerDefault(
                    "ties", "allowed", "Steps with equal times count in either order.",
                    f"{_AMPLITUDE_FUNNEL}/funnel-analysis-how-amplitude-handles-simultaneous-events",
                ),
            ),
            (
                ("Amplitude rounds times to the second: messages of one second count in either order, and two of the "
                "same event in one second are one. Here only messages with equal times count in either order, and "
                "each is one."),
            ),
        ),
        "retention": PeerQuestion(
            (
                PeerDefault(
                    "counting", "rolling",
                    "Period n begins n × 24 hours after the entry of each person; a week is 7 days, a month is 30.",
                    _AMPLITUDE_TIME,
                ),
                PeerDefault(
                    "entry", "recurring", "Who does the start again enters again, so that a person may count often.",
                    _AMPLITUDE_TIME,
                ),
                PeerDefault("returning-when", "on", "A return in the period itself counts.", _AMPLITUDE_TIME),
                PeerDefault("minimum", "1", _ONE_RETURN, _AMPLITUDE_TIME),
            ),
            (
                ("Amplitude rounds times down to the hour for days, and counts weeks and months in whole days; here "
                "periods are exact, so that a return a few minutes early is in the period before."),
                "In Amplitude each start opens its own periods; here the first one of each day, week or month does.",
            ),
        ),
    },
)  # fmt: skip

PEERS: Final[Mapping[str, Peer]] = {
    name: msgspec.structs.replace(
        peer,
        questions={
            question: PeerQuestion(each.defaults, (*each.not_reproduced, _PEOPLE.format(title=peer.title)))
            for question, each in peer.questions.items()
        },
    )
    for name, peer in (("mixpanel", _MIXPANEL), ("posthog", _POSTHOG), ("amplitude", _AMPLITUDE))
}
"""The peers by their names on the command line. The defaults of a question are in the order in which they are shown."""
