"""The questions of an open location, each a method with its options."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from typing import Any, TypeVar

from footfall.analytics import KpiResult, Question
from footfall.analytics.audience import included
from footfall.analytics.calendar import CalendarPeriod
from footfall.analytics.local_periods import Per
from footfall.analytics.questions.attribution import AttributionResult, attribution, attribution_options
from footfall.analytics.questions.campaigns import CampaignsOptions, CampaignsResult, campaigns
from footfall.analytics.questions.channels import ChannelsOptions, ChannelsResult, channels
from footfall.analytics.questions.cross_sell import CrossSellResult, cross_sell, cross_sell_options
from footfall.analytics.questions.discover import DiscoverOptions, DiscoverResult, discover
from footfall.analytics.questions.experiment import ExperimentResult, experiment, experiment_options
from footfall.analytics.questions.funnel import FunnelResult, funnel_like, funnel_options
from footfall.analytics.questions.journey import JourneyNow, journey, journey_options
from footfall.analytics.questions.kpi import kpi
from footfall.analytics.questions.lifecycle import LifecycleOptions, LifecycleResult, lifecycle
from footfall.analytics.questions.paths import PathsResult, paths, paths_options
from footfall.analytics.questions.persons import PersonsResult, persons, persons_options
from footfall.analytics.questions.power import PowerOptions, PowerResult, power
from footfall.analytics.questions.preferences import PreferencesResult, preferences, preferences_options
from footfall.analytics.questions.retention import (
    RetentionOptions,
    RetentionResult,
    brackets_of,
    retention_like,
)
from footfall.analytics.questions.segment import SegmentResult, segment_options
from footfall.analytics.questions.segment import segment as segment_question
from footfall.analytics.questions.sessions import SessionsOptions, SessionsResult, sessions
from footfall.analytics.questions.stickiness import StickinessOptions, StickinessResult, stickiness
from footfall.analytics.questions.trend import TrendResult, trend, trend_options
from footfall.analytics.questions.trend.options import Counted
from footfall.plan.model import Cohort, EventFilter, Plan, Segment, SegmentRule
from footfall.plan.written_times import WrittenTime
from footfall.query.arguments import checks_arguments
from footfall.query.boards import ask_board
from footfall.query.kpi_sql import kpi_sql
from footfall.query.question_result import QuestionResult
from footfall.query.views import SqlView

__all__ = ["Questions"]

R = TypeVar("R")


class Questions(ABC):
    """What can be asked of data that is open: a method for each question with options.

    A time is a datetime, a date, or a text as commands take it (`2026-11-01`, `7d`); a duration is a text or a
    timedelta; a lone text is a list of one. Raises UsageError for an argument that has no such value.
    """

    @property
    @abstractmethod
    def plan(self) -> Plan | None:
        """The plan that names the events."""

    @property
    def _plan(self) -> Plan:
        """The same, or one that names nothing."""
        return self.plan or Plan(id="")

    @property
    @abstractmethod
    def views(self) -> Mapping[str, SqlView]:
        """The views that SQL can ask, by name."""

    @abstractmethod
    def ask(
        self,
        question: Question[Any, R],
        *,
        since: WrittenTime | None = None,
        until: WrittenTime | None = None,
        now: WrittenTime | None = None,
        include: Collection[str] = (),
    ) -> QuestionResult[R]:
        """The answer to one question, over the window from `since` to `until`."""

    @checks_arguments()
    def campaigns(
        self,
        *,
        since: WrittenTime | None = None,
        until: WrittenTime | None = None,
        include: Collection[str] = (),
        top: int = 50,
    ) -> QuestionResult[CampaignsResult]:
        """The visits of each campaign of the plan, and the `top` marks of links that are of none, with the nearest."""
        return self.ask(campaigns(CampaignsOptions(top=top)), since=since, until=until, include=include)

    @checks_arguments(attribution_options)
    def attribution(
        self,
        conversion: str | EventFilter,
        *,
        since: WrittenTime | None = None,
        until: WrittenTime | None = None,
        include: Collection[str] = (),
        **options: Any,
    ) -> QuestionResult[AttributionResult]:
        """To which campaigns or origins the messages of `conversion` are credited.

        `conversion` is as for `lifecycle`; the other options are those of `attribution_options`: `value`, `by`, `model`
        (`all` for each), `within`, `half_life`, `top`. Raises UsageError for what the plan does not have.
        """
        asked = attribution_options(conversion, self._plan, **options)
        return self.ask(attribution(asked), since=since, until=until, include=include)

    @checks_arguments()
    def kpi(
        self,
        name: str,
        *,
        since: WrittenTime | None = None,
        until: WrittenTime | None = None,
        include: Collection[str] = (),
    ) -> QuestionResult[KpiResult]:
        """A KPI of the plan by its name, over its own window or over that from `since` to `until`.

        `sql` of the answer is a SELECT that gives the same figure, where there is one: see `footfall.query.kpi_sql`.
        Raises UsageError for a KPI that the plan does not have.
        """
        plan = self._plan
        question = kpi(name, plan)
        report = self.ask(question, since=since, until=until, include=include).report
        sql = kpi_sql(plan, self.views, plan.kpis[name], report[question].window, included(include))
        return QuestionResult(question, report, sql)

    @checks_arguments(SessionsOptions)
    def sessions(
        self,
        *,
        since: WrittenTime | None = None,
        until: WrittenTime | None = None,
        include: Collection[str] = (),
        **options: Any,
    ) -> QuestionResult[SessionsResult]:
        """How many sessions of persons began in each period, how long they took, and where they began or ended.

        The options are those of `SessionsOptions`. Raises UsageError for an option that has no such value.
        """
        return self.ask(sessions(SessionsOptions(**options)), since=since, until=until, include=include)

    @checks_arguments(funnel_options)
    def funnel(
        self,
        steps: Sequence[str | EventFilter] = (),
        *,
        like: str | None = None,
        keep: Sequence[str] = (),
        since: WrittenTime | None = None,
        until: WrittenTime | None = None,
        include: Collection[str] = (),
        **options: Any,
    ) -> QuestionResult[FunnelResult]:
        """Of those who had the first of some steps, who had the next ones, how fast, and who did not.

        `steps` are `EVENT` or `EVENT {PROPERTY: VALUE}` as in a plan, or those of `journey`, a name of the plan. The
        other options are those of `funnel_options`: `order`, `entry`, `ties`, `within`, `step_within`, `optional`,
        `exclude`, `exclude_person`, `hold`, `breakdown`, `attribution`, `top`, `dropped`, `by`. The rows are the steps,
        or with `dropped` who did not reach that step. With `like` (`mixpanel`, `posthog`, `amplitude`) they are by the
        defaults of that product, less the options of `keep`; `reconciliation` has what each default changed. Raises
        UsageError for what the plan does not have, and for options that do not go together.
        """
        asked = funnel_options(self._plan, steps, **options)
        return self.ask(funnel_like(like, asked, keep), since=since, until=until, include=include)

    @checks_arguments()
    def channels(
        self,
        *,
        top: int = 10,
        since: WrittenTime | None = None,
        until: WrittenTime | None = None,
        include: Collection[str] = (),
    ) -> QuestionResult[ChannelsResult]:
        """Messages, persons and sessions by channel of contact, and how many persons use several."""
        return self.ask(channels(ChannelsOptions(top=top)), since=since, until=until, include=include)

    @checks_arguments(paths_options)
    def paths(
        self,
        *,
        since: WrittenTime | None = None,
        until: WrittenTime | None = None,
        include: Collection[str] = (),
        **options: Any,
    ) -> QuestionResult[PathsResult]:
        """What people did next: after a step, before it, between two, or from their first step on.

        The options are those of `paths_options`: `after`, `before`, `between` (two steps), `steps`, `top`,
        `within`, `by`.
        Raises UsageError for what the plan does not have, and for an option that has no such value.
        """
        asked = paths_options(self._plan, **options)
        return self.ask(paths(asked), since=since, until=until, include=include)

    @checks_arguments(preferences_options)
    def preferences(
        self,
        person: str | None = None,
        *,
        since: WrittenTime | None = None,
        until: WrittenTime | None = None,
        include: Collection[str] = (),
        **options: Any,
    ) -> QuestionResult[PreferencesResult]:
        """By which channel of contact, at which hour, and with which values one person or all have messages most often.

        The options are those of `preferences_options`: `of` are EVENT.PROPERTY, `floor`, `top`. Raises UsageError for
        what the plan does not have, and for an id of nobody or of several.
        """
        asked = preferences_options(self._plan, person, **options)
        return self.ask(preferences(asked), since=since, until=until, include=include)

    @checks_arguments(cross_sell_options)
    def cross_sell(
        self,
        of: str,
        *,
        since: WrittenTime | None = None,
        until: WrittenTime | None = None,
        include: Collection[str] = (),
        **options: Any,
    ) -> QuestionResult[CrossSellResult]:
        """Which items people get together, or one after another, where that recommends better than what is popular.

        `of` is EVENT.PROPERTY, or EVENT.ARRAY[].PROPERTY; the options are those of `cross_sell_options`. Raises
        UsageError for what the plan does not have, and for an option that has no such value.
        """
        asked = cross_sell_options(self._plan, of, **options)
        return self.ask(cross_sell(asked), since=since, until=until, include=include)

    @checks_arguments(journey_options)
    def journey(
        self,
        name: str,
        *,
        since: WrittenTime | None = None,
        until: WrittenTime | None = None,
        include: Collection[str] = (),
        **options: Any,
    ) -> QuestionResult[JourneyNow]:
        """Where everybody is who entered a journey of the plan, and how far their ways keep to it.

        The options are those of `journey_options`: `persons`, `stage` and `late` list who they are; `between` (two
        steps) says what those did who gave up, and what the obstacles are. Raises UsageError for what the plan does not
        have, and for an option that has no such value.
        """
        asked = journey_options(self._plan, name, **options)
        return self.ask(journey(asked), since=since, until=until, include=include)

    @checks_arguments(RetentionOptions)
    def retention(
        self,
        start: str | EventFilter,
        returning: str | EventFilter | None = None,
        *,
        periods: str | int = 7,
        like: str | None = None,
        keep: Sequence[str] = (),
        since: WrittenTime | None = None,
        until: WrittenTime | None = None,
        include: Collection[str] = (),
        **options: Any,
    ) -> QuestionResult[RetentionResult]:
        """Of those who had `start`, who had `returning` (or `start` again) in the periods after it.

        Both are `EVENT` or `EVENT {PROPERTY: VALUE}` as in a plan. `periods` is how many, or brackets (`1-3,4-7`); the
        other options are those of `RetentionOptions`. `like` and `keep` are as for `funnel`. Raises UsageError for what
        the plan does not have.
        """
        asked = RetentionOptions(
            start=self._filter(start, "start"),
            returning=self._filter(start if returning is None else returning, "returning"),
            brackets=brackets_of(periods),
            **options,
        )
        return self.ask(retention_like(like, asked, keep), since=since, until=until, include=include)

    @checks_arguments()
    def trend(
        self,
        figure: str,
        *,
        per: Per = "day",
        of: Counted = "messages",
        since: WrittenTime | None = None,
        until: WrittenTime | None = None,
        include: Collection[str] = (),
    ) -> QuestionResult[TrendResult]:
        """A KPI by its name, or the messages or actors of `EVENT {PROPERTY: VALUE}`, by period of the plan's clock.

        Raises UsageError for what the plan does not have, and for more than 1,000 periods.
        """
        options = trend_options(figure, self._plan, per=per, of=of)
        return self.ask(trend(options), since=since, until=until, include=include)

    @checks_arguments(LifecycleOptions)
    def lifecycle(
        self,
        event: str | EventFilter,
        *,
        since: WrittenTime | None = None,
        until: WrittenTime | None = None,
        include: Collection[str] = (),
        **options: Any,
    ) -> QuestionResult[LifecycleResult]:
        """In each period, who is new, returning, resurrected or dormant, by their messages of `event`.

        `event` is `EVENT` or `EVENT {PROPERTY: VALUE}` as in a plan, or `*`; the other options are those of
        `LifecycleOptions`. Raises UsageError for what the plan does not have.
        """
        asked = LifecycleOptions(event=self._filter(event, "event"), **options)
        return self.ask(lifecycle(asked), since=since, until=until, include=include)

    @checks_arguments(StickinessOptions)
    def stickiness(
        self,
        event: str | EventFilter,
        *,
        since: WrittenTime | None = None,
        until: WrittenTime | None = None,
        include: Collection[str] = (),
        **options: Any,
    ) -> QuestionResult[StickinessResult]:
        """In how many periods of the window persons are active, and the ratio of a period's to a longer period's.

        `event` is as for `lifecycle`; the other options are those of `StickinessOptions`. Raises UsageError for what
        the plan does not have.
        """
        asked = StickinessOptions(event=self._filter(event, "event"), **options)
        return self.ask(stickiness(asked), since=since, until=until, include=include)

    @checks_arguments(PowerOptions)
    def power(
        self,
        event: str | EventFilter,
        *,
        top: int = 0,
        since: WrittenTime | None = None,
        until: WrittenTime | None = None,
        include: Collection[str] = (),
        **options: Any,
    ) -> QuestionResult[PowerResult]:
        """How the messages of `event` are spread over persons; with `top`, so many of those with the most.

        `event` is as for `lifecycle`; the other options are those of `PowerOptions`. The rows are the persons of `top`,
        else the shares. Raises UsageError for what the plan does not have.
        """
        asked = PowerOptions(event=self._filter(event, "event"), top=top, **options)
        return self.ask(power(asked), since=since, until=until, include=include)

    @checks_arguments()
    def segment(
        self,
        segment: str | Segment | Cohort | SegmentRule,
        *,
        overlap: str | Segment | Cohort | SegmentRule | None = None,
        per: CalendarPeriod | None = None,
        since: WrittenTime | None = None,
        until: WrittenTime | None = None,
        include: Collection[str] = (),
    ) -> QuestionResult[SegmentResult]:
        """How many persons are in a segment as of `until`, how many in another one too, and how it grew.

        A segment is a name, or a rule as in a plan (`"{did: order_completed, at_least: 3}"`). Raises UsageError for
        what the plan does not have.
        """
        asked = segment_options(segment, self._plan, other=overlap, per=per)
        return self.ask(segment_question(asked), since=since, until=until, include=include)

    @checks_arguments()
    def discover_segments(
        self, *, days: int = 28, until: WrittenTime | None = None, include: Collection[str] = ()
    ) -> QuestionResult[DiscoverResult]:
        """Kinds of persons by what they did in `days`, looked for again in the `days` after them.

        Raises UsageError for a number of days that cannot be searched, MissingExtraError without the `discover` extra.
        """
        return self.ask(discover(DiscoverOptions(days=days)), until=until, include=include)

    @checks_arguments()
    def persons(
        self,
        *,
        segment: str | Segment | Cohort | SegmentRule | None = None,
        after: str | None = None,
        limit: int | None = None,
        until: WrittenTime | None = None,
        include: Collection[str] = (),
    ) -> QuestionResult[PersonsResult]:
        """The persons as of `until`, all or those of a segment, in the order of their person_ids.

        `after` is the person_id after which the list goes on, `limit` how many it has at most. Raises UsageError for
        what the plan does not have.
        """
        asked = persons_options(self._plan, segment=segment, after=after, limit=limit)
        return self.ask(persons(asked), until=until, include=include)

    @checks_arguments()
    def board(self, name: str, *, include: Collection[str] = ()) -> dict[str, QuestionResult[Any]]:
        """The answer to each question of a board of the plan, by the question's text, all of the same moment.

        Raises UsageError for a board that the plan does not have, and for a question that cannot be asked.
        """
        return ask_board(name, self._plan, self.ask, include)

    @checks_arguments()
    def experiment(
        self,
        name: str,
        *,
        since: WrittenTime | None = None,
        until: WrittenTime | None = None,
        include: Collection[str] = (),
    ) -> QuestionResult[ExperimentResult]:
        """What persons who saw each variant of an experiment of the plan did, and whether that decides it.

        Raises UsageError for an experiment that the plan does not have.
        """
        options = experiment_options(name, self._plan)
        return self.ask(experiment(options), since=since, until=until, include=include)

    def _filter(self, event: str | EventFilter, name: str) -> EventFilter:
        from footfall.plan.reading.event_filters import read_event_filter

        return read_event_filter(event, self._plan, name)
