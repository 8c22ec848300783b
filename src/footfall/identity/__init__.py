"""Who is who: pure rules that give every message its person, and the same rules as SQL."""

from footfall.identity.aliases import AliasEffect
from footfall.identity.attribution import (
    ROOT,
    Attribution,
    Observation,
    Reason,
    attribute,
    effects_of_aliases,
    namespace,
)
from footfall.identity.given import digits_of, id_text, plain_text, whole_number
from footfall.identity.ids import comparable, comparable_sql
from footfall.identity.junk import is_junk
from footfall.identity.sql import attribute_sql

__all__ = [
    "ROOT",
    "AliasEffect",
    "Attribution",
    "Observation",
    "Reason",
    "attribute",
    "attribute_sql",
    "comparable",
    "comparable_sql",
    "digits_of",
    "effects_of_aliases",
    "id_text",
    "is_junk",
    "namespace",
    "plain_text",
    "whole_number",
]
