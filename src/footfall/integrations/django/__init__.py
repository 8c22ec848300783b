"""Django: page views, visitors and users of a Django project, by one middleware and the dict `FOOTFALL`."""

from __future__ import annotations

from footfall.extras import needs

with needs("footfall.integrations.django", "django"):
    from footfall.integrations.django.lifespan import with_lifespan
    from footfall.integrations.django.middleware import FootfallMiddleware

__all__ = ["FootfallMiddleware", "with_lifespan"]
