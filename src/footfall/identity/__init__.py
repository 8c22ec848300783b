"""Who is who: pure rules that give every message its person, and the same rules as SQL."""

from footfall.identity.attribution import Attribution, Observation, Reason, attribute, namespace
from footfall.identity.junk import is_junk
from footfall.identity.sql import attribute_sql

__all__ = ["Attribution", "Observation", "Reason", "attribute", "attribute_sql", "is_junk", "namespace"]
