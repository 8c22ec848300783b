"""Starlette's routes: the template of the path to an endpoint, as `/orders/{id}`, mounts and prefixes included.

Routers write the endpoint into the scope, and at most the last part of its path. So the templates of all endpoints are
read from the application once; where an endpoint has more than one, the request's path decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

__all__ = ["StarletteRoutes"]

_PARAMETER = re.compile(r"\\\{[^{}]*\\\}")
_REST = "/{path}"  # how a mount's template ends


class StarletteRoutes:
    """The templates of one application's endpoints."""

    def __init__(self) -> None:
        self._size = -1
        # By the identity of the endpoint, which its route keeps alive.
        self._templates: dict[int, list[str]] = {}

    def template(self, scope: Mapping[str, Any], application: object, path: str) -> str | None:
        """The template of the endpoint in a scope that was routed; `path` is as it came to the application."""
        endpoint = scope.get("endpoint")
        if endpoint is None:
            return None
        templates = self._templates.get(id(endpoint))
        if templates is None and self._read(application):
            templates = self._templates.get(id(endpoint))
        if templates is None:
            return getattr(scope.get("route"), "path_format", None)
        if len(templates) == 1:
            return templates[0]
        return next((template for template in templates if _pattern(template).fullmatch(path)), templates[0])

    def _read(self, application: object) -> bool:
        """Read the routes, unless they were read and are as many."""
        routes = _routes_of(application)
        if len(routes) == self._size:
            return False
        self._size = len(routes)
        templates: dict[int, list[str]] = {}
        for endpoint, template in _endpoints(routes, ""):
            templates.setdefault(id(endpoint), []).append(template)
        self._templates = templates
        return True


def _routes_of(application: object) -> list[Any]:
    """The routes of an application, below whatever middleware is around it."""
    while application is not None and not hasattr(application, "routes"):
        application = getattr(application, "app", None)
    return [] if application is None else list(application.routes)


def _endpoints(routes: Iterable[Any], prefix: str) -> Iterator[tuple[object, str]]:
    for route in routes:
        if hasattr(route, "effective_route_contexts"):  # a router that FastAPI includes with a prefix
            included = [getattr(each, "starlette_route", None) or each for each in route.effective_route_contexts()]
            yield from _endpoints(included, prefix)
            continue
        template = prefix + (getattr(route, "path_format", None) or "")
        if (endpoint := getattr(route, "endpoint", None)) is not None:
            yield endpoint, template
        elif (mounted := getattr(route, "app", None)) is not None:  # a mount, or a host
            yield mounted, template
            yield from _endpoints(_routes_of(mounted), template.removesuffix(_REST))


def _pattern(template: str) -> re.Pattern[str]:
    return re.compile(_PARAMETER.sub(".+", re.escape(template)))
