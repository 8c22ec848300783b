"""Geo: country and region of an address, from what a database in MaxMind's format says of it; pure.

`footfall.geo_file` opens the file that a user brings: GeoLite2, DB-IP Lite, IPinfo, or another of this format.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

__all__ = ["location_of"]

_COUNTRY = re.compile(r"[A-Z]{2}")
_REGION = re.compile(r"[A-Z0-9]{1,3}")
_LONGEST = 60  # characters of a region's name


def location_of(record: object) -> dict[str, str] | None:
    """The country and region of a record, as `context.location` has them, or None.

    `country` is a code of ISO 3166-1. `region` is the second part of a code of ISO 3166-2 where the database has it,
    else the region's name. Nothing more exact is read: no city, no coordinates.
    """
    if not isinstance(record, Mapping):
        return None
    country = record.get("country_code") or record.get("country") or record.get("registered_country")
    if isinstance(country, Mapping):
        country = country.get("iso_code")
    if not isinstance(country, str) or _COUNTRY.fullmatch(country) is None:
        return None
    region = _region(record)
    return {"country": country} if region is None else {"country": country, "region": region}


def _region(record: Mapping[object, object]) -> str | None:
    subdivisions = record.get("subdivisions")
    if isinstance(subdivisions, list) and subdivisions and isinstance(subdivisions[0], Mapping):
        names = subdivisions[0].get("names")
        name = names.get("en") if isinstance(names, Mapping) else None
        codes = (subdivisions[0].get("iso_code"), name)
    else:
        codes = (record.get("region_code"), record.get("region"))
    code, name = codes
    if isinstance(code, str) and _REGION.fullmatch(code):
        return code
    return name[:_LONGEST] if isinstance(name, str) and name.isprintable() and name else None
