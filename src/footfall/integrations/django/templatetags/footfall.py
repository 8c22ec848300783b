"""Tags for Django's templates, after `{% load footfall %}`: what counts an event of the plan. See `templates`.

{% footfall_link "https://partner.example/" "partner_link_clicked" partner="acme" %}
{% footfall_ping address %}
{% footfall_pixel "page_rendered" page="offer" %}
{% footfall_stylesheet "page_engaged" page="offer" %}
{% footfall_mark "prices_seen" %}
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import template

from footfall.integrations.django.settings import current_site
from footfall.integrations.templates import TEMPLATE_NAMES, Templates

__all__ = ["register"]

register = template.Library()


def _tag(name: str) -> Callable[..., str]:
    def tag(*texts: str, **properties: Any) -> str:  # Django would have the `self` of a method be given, too
        text: str = getattr(Templates(current_site), name)(*texts, **properties)
        return text  # which may be Html

    return tag


for _name in TEMPLATE_NAMES:
    register.simple_tag(_tag(_name), name=f"footfall_{_name}")
