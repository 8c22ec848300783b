"""Planted truth: made people whose every KPI, funnel step and person id is known by construction.

`plant(plan)` makes people who walk the plan's journeys and returns the messages with what a report must say of them.
Send the messages any way you like, in the order given (late, shuffled, some twice): every store and every report has to
return exactly that. The hard cases are in it on purpose: equal times, people who share a tablet, late sign-ins, resets,
junk ids, aliases, an entry that converts only at its second try, steps that come one second too late, and events that
the collector must quarantine.
"""

from footfall.testing.planted.people import PlantedMessage
from footfall.testing.planted.planting import Planted, plant
from footfall.testing.planted.sending import send
from footfall.testing.planted.truth import JourneyTruth, Number

__all__ = ["JourneyTruth", "Number", "Planted", "PlantedMessage", "plant", "send"]
