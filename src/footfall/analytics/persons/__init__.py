"""Persons: whose each stored message is, as numbers over columns. It loads pyarrow: import it where data is read."""

from footfall.analytics.persons.cache import PersonsCache
from footfall.analytics.persons.dictionary import DEVICE, VISITOR
from footfall.analytics.persons.persons import COUNTED_SQL, IS_DEVICE_SQL, Persons

__all__ = ["COUNTED_SQL", "DEVICE", "IS_DEVICE_SQL", "VISITOR", "Persons", "PersonsCache"]
