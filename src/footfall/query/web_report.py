"""WebReport: what a site's page views say: visitors, visits, pages, origins and devices, whose sums agree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from footfall.query.database import Database

__all__ = ["BREAKDOWNS", "Breakdown", "WebReport", "web_report"]


class Breakdown(msgspec.Struct, frozen=True):
    """One value of a breakdown: a page, a channel, a browser; "" where it is not known.

    `visits` began with it, `exits` ended with it.
    """

    value: str
    page_views: int
    visits: int
    exits: int
    visitors: int


class WebReport(msgspec.Struct, frozen=True, kw_only=True):
    """The figures of people's page views in a span of time; those of bots and of the team are only counted.

    `page_views` = those of visitors + `unattributed`, which were only counted, of nobody. A visit is a visitor's
    page views without a gap of over 30 minutes, and counts where it begins. Visitors either `returned` with their
    cookie, also from a visit before the span, or were seen once until its end; the figure to quote is `visitors`:
    those who returned, and those of the others whose browser showed the page (`rendered_once`: it loaded a picture
    of footfall's). `engaged_seconds` are the beats of pages that have them. Each breakdown's page views add up to
    `page_views`, and its visits to `visits`.
    """

    page_views: int
    unattributed: int
    visits: int
    visitors: int
    returned: int
    seen_once: int
    rendered_once: int
    engaged_seconds: int
    bots: int
    staff: int
    breakdowns: Mapping[str, Sequence[Breakdown]]


BREAKDOWNS: Mapping[str, str] = {
    "page": "page",
    "channel": "channel",
    "origin": "coalesce(origin, referrer)",
    "campaign": "campaign",
    "device": "device",
    "browser": "browser",
    "country": "country",
    "locale": "locale",
}
"""What page views are broken down by, and how that is said in SQL over `page_views`."""

_SPAN = "occurred_at >= coalesce(?, occurred_at) AND (CAST(? AS TIMESTAMPTZ) IS NULL OR occurred_at < ?)"
_PICTURE = "^link-[0-9A-Za-z_-]{22}"

_TOTALS = f"""
    WITH seen AS (SELECT * FROM page_views WHERE {_SPAN}),
    visitors AS (
        SELECT person_id, count(*) > 1 OR bool_or(is_returned) AS has_returned
        FROM page_views SEMI JOIN (SELECT person_id FROM seen WHERE audience = 'people') USING (person_id)
        WHERE audience = 'people' AND (CAST(? AS TIMESTAMPTZ) IS NULL OR occurred_at < ?)
        GROUP BY ALL
    ),
    rendered AS (
        SELECT DISTINCT person_id FROM messages WHERE type = 'track' AND regexp_matches(message_id, '{_PICTURE}')
    )
    SELECT
        (SELECT count(*) FROM seen WHERE audience = 'people'),
        (SELECT count(*) FROM seen WHERE audience = 'people' AND person_id IS NULL),
        (SELECT count(*) FROM seen WHERE audience = 'people' AND is_entry),
        (SELECT count(*) FROM visitors WHERE has_returned),
        (SELECT count(*) FROM visitors WHERE NOT has_returned),
        (SELECT count(*) FROM visitors SEMI JOIN rendered USING (person_id) WHERE NOT has_returned),
        (SELECT count(*) FROM seen WHERE audience = 'bot'),
        (SELECT count(*) FROM seen WHERE audience = 'staff')
"""  # noqa: S608 - of the texts above alone
_ENGAGED = f"""
    SELECT coalesce(sum(TRY_CAST(json_extract_string(properties, '$.seconds') AS BIGINT)), 0)
    FROM messages
    WHERE type = 'track' AND audience = 'people' AND regexp_matches(message_id, '{_PICTURE}-[0-9]+$') AND {_SPAN}
"""  # noqa: S608 - as above


def web_report(database: Database, *, since: datetime | None = None, until: datetime | None = None) -> WebReport:
    """The figures of the page views that occurred from `since` on and before `until`; all of them without.

    Raises what `Database.sql` raises.
    """
    span = [since, until, until]
    (totals,) = database.sql(_TOTALS, [*span, until, until]).rows()
    page_views, unattributed, visits, returned, seen_once, rendered_once, bots, staff = map(int, totals)
    ((engaged,),) = database.sql(_ENGAGED, span).rows()
    return WebReport(
        page_views=page_views, unattributed=unattributed, visits=visits, visitors=returned + rendered_once,
        returned=returned, seen_once=seen_once, rendered_once=rendered_once, engaged_seconds=int(engaged), bots=bots,
        staff=staff, breakdowns=_breakdowns(database, span),
    )  # fmt: skip


def _breakdowns(database: Database, span: Sequence[Any]) -> Mapping[str, Sequence[Breakdown]]:
    selects = [
        f"SELECT '{name}' AS name, coalesce({column}, '') AS value, * EXCLUDE (seq) FROM seen"  # noqa: S608 - as above
        for name, column in BREAKDOWNS.items()
    ]
    rows = database.sql(
        f"""
        WITH seen AS (SELECT * FROM page_views WHERE audience = 'people' AND {_SPAN}),
        valued AS ({" UNION ALL ".join(selects)})
        SELECT name, value, count(*), count(*) FILTER (is_entry), count(*) FILTER (is_exit), count(DISTINCT person_id)
        FROM valued GROUP BY name, value ORDER BY 3 DESC, value
        """,  # noqa: S608 - as above
        list(span),
    ).rows()
    breakdowns: dict[str, list[Breakdown]] = {name: [] for name in BREAKDOWNS}
    for name, value, *counts in rows:
        breakdowns[name].append(Breakdown(str(value), *map(int, counts)))
    return breakdowns
