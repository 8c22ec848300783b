"""WebReport: what a site's page views say: visitors, visits, pages, origins and devices, whose sums agree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from footfall.errors import UsageError
from footfall.identity.sessions import SESSION_GAP_US
from footfall.printable import printable
from footfall.query.database import Database
from footfall.storage.environments import source_of
from footfall.timestamps import epoch_us, format_day

__all__ = ["BREAKDOWNS", "Breakdown", "WebReport", "web_report"]


class Breakdown(msgspec.Struct, frozen=True):
    """One value of a breakdown: a page, an origin, a browser; "" where it is not known.

    `visits` began with it, `exits` ended with it. `visitors` are all that have such a page view, `confirmed` those of
    them who are confirmed by any of their page views (see WebReport).
    """

    value: str
    page_views: int
    visits: int
    exits: int
    visitors: int
    confirmed: int


class WebReport(msgspec.Struct, frozen=True, kw_only=True):
    """The figures of people's page views in a span of time; those of bots and of the team are only counted.

    `page_views` = those of visitors + `unattributed`, which were only counted, of nobody. A visit is a visitor's
    page views without a gap of over 30 minutes, and counts where it begins. `visitors` = `returned` + `seen_once`:
    who came with their cookie, also from a visit before the span, and who was seen once until its end. `confirmed` =
    `returned` + `rendered_once`: of those seen once only who loaded a picture of footfall's, which browsers do and
    most programs do not. `engaged_seconds` are the beats of pages that have them. `uncounted` are hits that never were
    page views, by reason, on the days of UTC that the span touches. Each breakdown's page views add up to `page_views`,
    its visits and its exits to `visits`; a visitor is in each row that has a page view of theirs.
    """

    page_views: int
    unattributed: int
    visits: int
    visitors: int
    confirmed: int
    returned: int
    seen_once: int
    rendered_once: int
    engaged_seconds: int
    bots: int
    staff: int
    uncounted: Mapping[str, int]
    breakdowns: Mapping[str, Sequence[Breakdown]]


BREAKDOWNS: Mapping[str, str] = {
    "page": "page",
    "origin": "origin",
    "origin_name": "coalesce(origin_name, referrer)",
    "campaign": "campaign",
    "device": "device",
    "browser": "browser",
    "country": "country",
    "locale": "locale",
}
"""What page views are broken down by, and how that is said in SQL over `page_views`."""

_SPAN = "occurred_at >= coalesce(?, occurred_at) AND (CAST(? AS TIMESTAMPTZ) IS NULL OR occurred_at < ?)"
_PICTURE = "^link-[0-9A-Za-z_-]{22}"

_SOURCES = "list_contains(coalesce(?, [source]), source)"
_PAUSE = f"abs(epoch_us(occurred_at) - epoch_us(%s(occurred_at) OVER timeline)) > {SESSION_GAP_US}"
# A visit is of these sources alone, also where the visitor was on another site between.
_OF_SOURCES = f"""
    WITH site AS (SELECT * REPLACE (
        CASE WHEN person_id IS NOT NULL THEN coalesce({_PAUSE % "lag"}, true) END AS is_entry,
        CASE WHEN person_id IS NOT NULL THEN coalesce({_PAUSE % "lead"}, true) END AS is_exit
    )
    FROM page_views WHERE {_SOURCES}
    WINDOW timeline AS (PARTITION BY person_id, audience ORDER BY occurred_at, source, seq))
"""  # noqa: S608 - of the texts above alone
_OF_ALL = "WITH site AS (SELECT * FROM page_views)"
_VISITORS = f"""
    , seen AS (SELECT * FROM site WHERE {_SPAN}),
    rendered AS (
        SELECT DISTINCT person_id FROM messages
        WHERE type = 'track' AND regexp_matches(message_id, '{_PICTURE}') AND {_SOURCES}
    ),
    visitors AS (
        SELECT person_id, count(*) > 1 OR bool_or(is_returned) AS has_returned,
            person_id IN (SELECT person_id FROM rendered WHERE person_id IS NOT NULL) AS has_rendered
        FROM site SEMI JOIN (SELECT person_id FROM seen WHERE audience = 'people') USING (person_id)
        WHERE audience = 'people' AND (CAST(? AS TIMESTAMPTZ) IS NULL OR occurred_at < ?)
        GROUP BY person_id
    )
"""  # noqa: S608 - of the texts above alone
_TOTALS = f"""
    {_VISITORS}
    SELECT
        (SELECT count(*) FROM seen WHERE audience = 'people'),
        (SELECT count(*) FROM seen WHERE audience = 'people' AND person_id IS NULL),
        (SELECT count(*) FROM seen WHERE audience = 'people' AND is_entry),
        (SELECT count(*) FROM visitors WHERE has_returned),
        (SELECT count(*) FROM visitors WHERE NOT has_returned),
        (SELECT count(*) FROM visitors WHERE has_rendered AND NOT has_returned),
        (SELECT count(*) FROM seen WHERE audience = 'bot'),
        (SELECT count(*) FROM seen WHERE audience = 'staff')
"""  # noqa: S608 - of the texts above alone
_ENGAGED = f"""
    SELECT coalesce(sum(TRY_CAST(json_extract_string(properties, '$.seconds') AS BIGINT)), 0)
    FROM messages
    WHERE type = 'track' AND audience = 'people' AND regexp_matches(message_id, '{_PICTURE}-[0-9]+$') AND {_SPAN}
        AND {_SOURCES}
"""  # noqa: S608 - as above


def web_report(
    database: Database,
    *,
    sources: Collection[str] = (),
    since: datetime | None = None,
    until: datetime | None = None,
) -> WebReport:
    """The figures of the page views that occurred from `since` on and before `until`; all of them without.

    With `sources`, of these alone: one for each site. Raises UsageError for a source of which nothing is stored, and
    what `Database.sql` raises.
    """
    _require(database, sources)
    chosen = list(sources) or None
    span = [since, until, until]
    site = _OF_SOURCES if sources else _OF_ALL
    parameters = [*([chosen] if sources else []), *span, chosen, until, until]
    (totals,) = database.sql(site + _TOTALS, parameters).rows
    page_views, unattributed, visits, returned, seen_once, rendered_once, bots, staff = map(int, totals)
    ((engaged,),) = database.sql(_ENGAGED, [*span, chosen]).rows
    return WebReport(
        page_views=page_views, unattributed=unattributed, visits=visits, visitors=returned + seen_once,
        confirmed=returned + rendered_once, returned=returned, seen_once=seen_once, rendered_once=rendered_once,
        engaged_seconds=int(engaged), bots=bots, staff=staff, uncounted=_uncounted(database, sources, since, until),
        breakdowns=_breakdowns(database, site, parameters),
    )  # fmt: skip


def _require(database: Database, sources: Collection[str]) -> None:
    if not sources:
        return
    stored = [str(source) for (source,) in database.sql("SELECT DISTINCT source FROM messages ORDER BY source").rows]
    for source in sources:
        if source not in stored:
            others = ", ".join(map(printable, stored)) or "none yet"
            raise UsageError(f"nothing of the source {source!r} is stored here; the sources are: {others}")


def _uncounted(
    database: Database, sources: Collection[str], since: datetime | None, until: datetime | None
) -> Mapping[str, int]:
    """The most frequent reasons first."""
    first = "" if since is None else format_day(epoch_us(since))
    last = "9999-12-31" if until is None else format_day(epoch_us(until) - 1)
    sums: Counter[str] = Counter()
    for count in database.uncounted:
        if first <= count.day <= last and (not sources or source_of(count.source) in sources):
            sums[count.reason] += count.number
    return dict(sorted(sums.items(), key=lambda item: (-item[1], item[0])))


def _breakdowns(database: Database, site: str, parameters: Sequence[Any]) -> Mapping[str, Sequence[Breakdown]]:
    selects = [
        f"SELECT '{name}' AS name, coalesce({column}, '') AS value, * EXCLUDE (seq) FROM people"  # noqa: S608 - as above
        for name, column in BREAKDOWNS.items()
    ]
    rows = database.sql(
        f"""
        {site} {_VISITORS},
        people AS (
            SELECT seen.*, coalesce(has_returned OR has_rendered, false) AS is_confirmed
            FROM seen LEFT JOIN visitors USING (person_id) WHERE audience = 'people'
        ),
        valued AS ({" UNION ALL ".join(selects)})
        SELECT name, value, count(*), count(*) FILTER (is_entry), count(*) FILTER (is_exit), count(DISTINCT person_id),
            count(DISTINCT person_id) FILTER (is_confirmed)
        FROM valued GROUP BY name, value ORDER BY 3 DESC, value
        """,  # noqa: S608 - as above
        parameters,
    ).rows
    breakdowns: dict[str, list[Breakdown]] = {name: [] for name in BREAKDOWNS}
    for name, value, *counts in rows:
        breakdowns[name].append(Breakdown(str(value), *map(int, counts)))
    return breakdowns
