"""Own routes: the few paths that footfall answers itself, below the site's prefix; a table."""

from __future__ import annotations

from collections.abc import Mapping

from footfall.integrations.choice_routes import CHOICE_ROUTES
from footfall.integrations.engagement import ENGAGEMENT_ROUTES
from footfall.integrations.hit import Hit
from footfall.integrations.links import LINK_ROUTES, LinkSite, OwnRoute
from footfall.integrations.own_response import OwnResponse
from footfall.web.capture import GPC_PATH

__all__ = ["OWN_ROUTES"]


def _gpc(site: LinkSite, _hit: Hit) -> OwnResponse | None:
    if not site.options.honours_gpc:
        return None  # what is true then, only the site itself can say
    return OwnResponse(200, (("Content-Type", "application/json"),), b'{"gpc":true,"lastUpdate":"2026-11-30"}')


OWN_ROUTES: Mapping[str, OwnRoute] = {GPC_PATH: _gpc, **CHOICE_ROUTES, **ENGAGEMENT_ROUTES, **LINK_ROUTES}
"""By the first name below the prefix, or by a whole path outside of it."""
