"""The kinds of changes, one row each: who is hurt, how badly, what happens to figures that use it, and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

__all__ = ["HURTS", "KINDS", "ChangeKind", "Hurt", "Level"]

Hurt = Literal["senders", "generated_code", "storage", "meaning"]
Level = Literal["error", "warning", "info"]
Meaning = Literal["breaks", "shifts", ""]

# In the order in which they are listed.
HURTS: Mapping[Hurt, str] = {
    "senders": "What was right to send is a fault now.",
    "generated_code": "Code that was generated from the plan, or is written against it, changes.",
    "storage": "What is stored before and after the change is not of one kind.",
    "meaning": "A KPI or a journey is not what it was.",
}


class ChangeKind(NamedTuple):
    """A row: `meaning` is what a change does to the KPIs and journeys that use the event or the property."""

    level: Level
    hurts: tuple[Hurt, ...]
    meaning: Meaning
    why: str
    remedy: str = ""


_KEEP = "keep the old name beside the new one for as long as somebody sends it"
_OPTIONAL = "make it optional, or wait until every sender has it"
_DEPRECATE = "set `status: deprecated` first, and remove it when nobody sends it"
_SAY_SO = "inform the owners that the figure counts something else from now on"

KINDS: Mapping[str, ChangeKind] = {
    # Properties of events and traits
    "property_added": ChangeKind("info", (), "", "A new optional property hurts nobody."),
    "required_property_added": ChangeKind(
        "error", ("senders", "generated_code"), "",
        "Every sender that does not know the new property yet sends faulty events.", _OPTIONAL,
    ),
    "property_removed": ChangeKind(
        "warning", ("senders", "generated_code", "storage"), "breaks",
        "A property that is still sent is unknown from now on, and nothing new is stored under its name.",
        "keep it, or move what uses it to another property first",
    ),
    "trait_removed": ChangeKind(
        "warning", ("generated_code", "storage"), "",
        "A trait that is still sent is stored unchecked, and its column is no longer filled by plan.",
        "keep it until nobody reads it",
    ),
    "property_renamed": ChangeKind(
        "warning", ("generated_code",), "",
        "The name changed and the key on the wire stayed, so senders and stored data agree; code has to follow.",
        "generate the code anew",
    ),
    "property_wire_name_changed": ChangeKind(
        "error", ("senders", "storage"), "breaks",
        "Senders use the old key, and stored values are under it.", "keep `wire_name` as it was",
    ),
    "type_widened": ChangeKind(
        "warning", ("generated_code", "storage"), "shifts",
        "Every value of the old type is one of the new type, but columns and code have the old one.",
        "see that whoever reads the property takes the new type",
    ),
    "type_changed": ChangeKind(
        "error", ("senders", "generated_code", "storage"), "breaks",
        "Values of the old type are faults now.", "add a new property, and keep the old one until nobody sends it",
    ),
    "property_now_required": ChangeKind(
        "error", ("senders", "generated_code"), "", "Senders that leave the property out send faulty events.",
        _OPTIONAL,
    ),
    "property_now_optional": ChangeKind(
        "info", (), "shifts", "Events without the property are right now; figures leave them out.", _SAY_SO
    ),
    "null_refused": ChangeKind(
        "error", ("senders", "generated_code"), "", "Senders that send null send faulty events.",
        "keep `nullable: true` until nobody sends null",
    ),
    "null_allowed": ChangeKind("info", (), "shifts", "Null is a right value now; figures leave it out.", _SAY_SO),
    "enum_values_removed": ChangeKind(
        "error", ("senders", "generated_code"), "shifts", "Senders that send a removed value send faulty events.",
        "keep the value until nobody sends it",
    ),
    "open_enum_values_removed": ChangeKind(
        "info", ("generated_code",), "shifts",
        "The enum is open, so a removed value is a warning in the event and no fault.", _SAY_SO,
    ),
    "enum_values_added": ChangeKind(
        "info", (), "", "New values are right now; conditions and groups of figures may not know them."
    ),
    "enum_added": ChangeKind(
        "error", ("senders", "generated_code"), "", "Any value but the named ones is a fault now.",
        "add `open: true` until every sender keeps to the values",
    ),
    "enum_removed": ChangeKind("info", (), "", "Any value is right now."),
    "enum_closed": ChangeKind(
        "error", ("senders", "generated_code"), "", "A value outside the enum was a warning and is a fault now.",
        "keep `open: true` until no other values are seen",
    ),
    "enum_opened": ChangeKind("info", (), "", "A value outside the enum is a warning now, no fault."),
    "constraint_narrowed": ChangeKind(
        "error", ("senders",), "", "Values that were right are faults now.",
        "keep the wider constraint until every sender keeps to the narrower one",
    ),
    "constraint_widened": ChangeKind("info", (), "", "Values that were faults are right now."),
    "additional_refused": ChangeKind(
        "error", ("senders",), "", "A key that the plan does not name was right, or kept, and is a fault now.",
        "leave `additional` as it was until nobody sends other keys",
    ),
    "additional_allowed": ChangeKind(
        "info", (), "", "Keys that the plan does not name have a milder consequence now."
    ),
    "unit_changed": ChangeKind(
        "error", ("storage",), "breaks", "Numbers before and after the change measure different things.",
        "add a new property for the new unit",
    ),
    "unit_named": ChangeKind("info", (), "", "The values stay as they are; readers know now what they measure."),
    "currency_changed": ChangeKind(
        "error", ("storage",), "breaks", "Amounts before and after the change are in different money.",
        "add a new property for the new currency",
    ),
    "currency_named": ChangeKind(
        "warning", (), "shifts", "A figure that added up currencies is one figure for each from now on.", _SAY_SO,
    ),
    "transform_changed": ChangeKind(
        "error", ("senders", "storage"), "breaks",
        "Values before and after the change cannot be compared, and senders without our client send the old form.",
        "add a new property for the new form",
    ),
    "sensitivity_lowered": ChangeKind(
        "warning", ("storage",), "", "What was protected more is protected less, also where it is stored already.",
        "have whoever answers for privacy agree",
    ),
    "sensitivity_raised": ChangeKind("info", (), "", "What is stored is protected more."),
    "retention_shortened": ChangeKind(
        "warning", ("storage",), "", "Stored values are deleted earlier than was promised.",
        "see that no figure looks back further",
    ),
    "retention_lengthened": ChangeKind("info", (), "", "What is stored is kept longer."),
    "property_described": ChangeKind("info", (), "", "Only what readers see has changed."),
    # Events
    "event_added": ChangeKind("info", (), "", "A new event hurts nobody."),
    "event_removed": ChangeKind(
        "error", ("senders", "generated_code", "storage"), "breaks",
        "What is still sent is an unknown event from now on.", _DEPRECATE,
    ),
    "event_renamed": ChangeKind(
        "warning", ("generated_code",), "", "A declared new name: code that was generated has to follow.",
        "generate the code anew",
    ),
    "wire_name_dropped": ChangeKind(
        "error", ("senders", "storage"), "breaks",
        "What is sent, and what is stored, under this name is an unknown event from now on.",
        "name it under `aliases`",
    ),
    "alias_dropped": ChangeKind(
        "warning", ("senders", "storage"), "shifts",
        "The alias was to end some day; what still comes under it is an unknown event now.", _KEEP,
    ),
    "old_name_ends": ChangeKind(
        "info", (), "", "A declared rename: the old name is taken until the day that the alias says."
    ),
    "alias_shortened": ChangeKind(
        "warning", ("senders",), "", "The name on the wire ends earlier than was announced.", _KEEP
    ),
    "alias_lengthened": ChangeKind("info", (), "", "The name on the wire is accepted longer."),
    "wire_name_added": ChangeKind("info", (), "", "Another name is accepted on the wire."),
    "event_to_draft": ChangeKind(
        "error", ("senders",), "breaks", "The collector keeps drafts in quarantine, so nothing of it is counted.",
        "use `status: deprecated` for an event that ends",
    ),
    "event_deprecated": ChangeKind(
        "warning", ("senders",), "shifts", "It is stored with a warning, until it is removed.",
        "move what uses it to its replacement",
    ),
    "event_activated": ChangeKind("info", (), "", "From now on it is stored and counted."),
    "sources_narrowed": ChangeKind(
        "error", ("senders",), "", "The collector quarantines what the other sources send.",
        "keep the source until it no longer sends the event",
    ),
    "sources_widened": ChangeKind("info", (), "", "More sources may send it."),
    "rule_added": ChangeKind(
        "error", ("senders",), "", "Events that were right may break the new rule.",
        "look at stored events first, and make the rule when they keep to it",
    ),
    "rule_changed": ChangeKind(
        "error", ("senders",), "", "Events that were right may break the rule as it is now.",
        "look at stored events first",
    ),
    "rule_removed": ChangeKind("info", (), "", "One check less."),
    "enforcement_tightened": ChangeKind(
        "warning", ("senders",), "", "A fault has a harder consequence than before.",
        "look at how many faults there are first",
    ),
    "enforcement_loosened": ChangeKind("info", (), "", "A fault has a milder consequence than before."),
    "owner_changed": ChangeKind("info", (), "", "Somebody else answers for it."),
    "event_described": ChangeKind("info", (), "", "Only what readers see has changed."),
    # Experiments
    "experiment_added": ChangeKind("info", (), "", "A new experiment; it is in the plan before its first exposure."),
    "experiment_removed": ChangeKind(
        "warning", ("meaning",), "", "Nobody can read any more what it was to show.",
        "keep it, as the record of what was asked",
    ),
    "experiment_changed": ChangeKind("info", (), "", "It has not started, so it may still be changed."),
    "experiment_changed_midway": ChangeKind(
        "error", ("meaning",), "",
        "It has started, and what is decided after the first exposure can be chosen to fit the answer.",
        "leave it as it was, and write the new one under a new name",
    ),
    "experiment_described": ChangeKind("info", (), "", "What is asked and how it is decided is the same."),
    # Signals
    "signal_added": ChangeKind("info", (), "", "A new signal."),
    "signal_removed": ChangeKind(
        "warning", ("meaning",), "", "Nobody is called to answer it any more.", "have its owner agree"
    ),
    "signal_redefined": ChangeKind(
        "warning", ("meaning",), "", "Other occasions are signals than before.", "have its owner agree"
    ),
    "signal_described": ChangeKind(
        "info", (), "", "The same occasions are signals; its answer, voice or owner changed."
    ),
    # Boards
    "board_added": ChangeKind("info", (), "", "A new board."),
    "board_removed": ChangeKind("info", (), "", "Nobody can look at it any more; its questions can still be asked."),
    "board_changed": ChangeKind("info", (), "", "It shows other questions, or has another title or owner."),
    # KPIs, journeys, goals, campaigns
    "kpi_added": ChangeKind("info", (), "", "A new figure."),
    "kpi_removed": ChangeKind(
        "warning", ("meaning",), "", "The figure is gone from every report.", "have its owner agree"
    ),
    "kpi_redefined": ChangeKind(
        "warning", ("meaning",), "", "The figure counts something else than before, under the same name.",
        "have its owner agree, or give the new figure a new name",
    ),
    "kpi_described": ChangeKind("info", (), "", "The figure is the same; its aim, owner or text has changed."),
    "journey_added": ChangeKind("info", (), "", "A new journey."),
    "journey_removed": ChangeKind(
        "warning", ("meaning",), "breaks", "The journey is gone from every report.", "have its owner agree"
    ),
    "journey_redefined": ChangeKind(
        "warning", ("meaning",), "shifts", "Its steps, limits or guards count something else than before.",
        "have its owner agree, or give the new journey a new name",
    ),
    "journey_described": ChangeKind(
        "info", (), "", "The steps are the same; expectation, owner or text has changed."
    ),
    "goal_added": ChangeKind("info", (), "", "A new goal."),
    "goal_removed": ChangeKind(
        "warning", ("meaning",), "", "The goal is gone from every report.", "have its owner agree"
    ),
    "goal_changed": ChangeKind("info", (), "", "Its KPIs, owner or text has changed."),
    "campaign_added": ChangeKind("info", (), "", "A new campaign."),
    "campaign_removed": ChangeKind(
        "warning", ("meaning",), "", "Its visits and their conversions are of no campaign of the plan any more.",
        "keep it with its last day, so that earlier visits stay its own",
    ),
    "campaign_redefined": ChangeKind(
        "warning", ("meaning",), "", "Other visits are its own than before, also earlier ones.",
        "have its owner agree, or give the new campaign a new name",
    ),
    "campaign_described": ChangeKind(
        "info", (), "", "Its visits are the same; budget, origins, owner or text has changed."
    ),
    "segment_added": ChangeKind("info", (), "", "A new segment."),
    "segment_removed": ChangeKind(
        "warning", ("meaning",), "", "Nothing can name the segment any more.", "have its owner agree"
    ),
    "segment_redefined": ChangeKind(
        "warning", ("meaning",), "", "Other persons are in it than before, under the same name.",
        "have its owner agree, or give the new rule a new name",
    ),
    "segment_described": ChangeKind("info", (), "", "The same persons are in it; its text has changed."),
    "cohort_added": ChangeKind("info", (), "", "A new cohort."),
    "cohort_removed": ChangeKind(
        "warning", ("meaning",), "", "Nothing can name the cohort any more.", "have its owner agree"
    ),
    "cohort_redefined": ChangeKind(
        "warning", ("meaning",), "", "A cohort is who was in a segment on a day: these are others now.",
        "give the new cohort a new name",
    ),
    "cohort_described": ChangeKind("info", (), "", "The same persons are in it; its text has changed."),
    "derived_changed": ChangeKind(
        "warning", ("meaning",), "shifts", "What is derived of a message is another value than before.", _SAY_SO
    ),
    "derived_event_added": ChangeKind("info", (), "", "A new name for some messages of an event."),
    "derived_event_removed": ChangeKind(
        "warning", ("meaning",), "breaks", "Nothing can name the derived event any more.", "have its owner agree"
    ),
    "derived_event_redefined": ChangeKind(
        "warning", ("meaning",), "shifts", "It has other messages than before, also earlier ones.", _SAY_SO
    ),
    "derived_event_described": ChangeKind("info", (), "", "It has the same messages; its text has changed."),
    "silence_added": ChangeKind(
        "warning", ("meaning",), "", "Nothing is unusual in it, and it says nothing of what is usual.", _SAY_SO
    ),
    "silence_removed": ChangeKind(
        "warning", ("meaning",), "", "What comes in then is judged as at any other time.", _SAY_SO
    ),
    "silence_redefined": ChangeKind(
        "warning", ("meaning",), "", "Other times or figures are silent than before, also in the past.", _SAY_SO
    ),
    "silence_described": ChangeKind("info", (), "", "It silences the same; only its note has changed."),
    # The plan itself
    "plan_id_changed": ChangeKind(
        "error", ("storage", "meaning"), "breaks",
        "Person ids are computed from the plan's id: every person would be another one.", "keep the id",
    ),
    "timezone_changed": ChangeKind(
        "warning", ("meaning",), "shifts", "Days and windows are cut elsewhere, so every figure moves a little.",
        _SAY_SO,
    ),
    "week_start_changed": ChangeKind(
        "warning", ("meaning",), "shifts", "Weeks begin on another day, so every figure of a week has other days.",
        _SAY_SO,
    ),
    "identity_changed": ChangeKind(
        "error", ("storage", "meaning"), "", "Messages of devices or groups belong to others than before.",
        "keep the property that names them",
    ),
    "consent_changed": ChangeKind(
        "warning", ("storage",), "shifts", "What is kept depends on another consent than before.",
        "have whoever answers for data protection agree",
    ),
    "consent_loosened": ChangeKind(
        "warning", ("storage",), "shifts", "More is kept of people who did not agree.",
        "have whoever answers for data protection agree",
    ),
    "consent_tightened": ChangeKind(
        "warning", ("storage",), "shifts", "Less is kept of people who did not agree, so figures count fewer of them.",
        _SAY_SO,
    ),
    "web_changed": ChangeKind(
        "warning", ("storage",), "", "What is kept of a page view is not what it was.",
        "have whoever answers for data protection agree",
    ),
    "staff_changed": ChangeKind(
        "warning", ("meaning",), "shifts", "Other people count as the team's own, and are left out of figures.", _SAY_SO
    ),
    "source_added": ChangeKind("info", (), "", "One more source may send."),
    "source_removed": ChangeKind(
        "warning", ("senders",), "", "Its write keys belong to no source of the plan.",
        "remove it when it no longer sends",
    ),
    "source_kind_changed": ChangeKind(
        "warning", ("storage", "meaning"), "",
        "Whether a message belongs to a person or to a device depends on the kind of its source.",
        "name a new source",
    ),
    "channel_changed": ChangeKind(
        "warning", ("meaning",), "", "Its messages are of another channel than before, also earlier ones.", _SAY_SO
    ),
    "team_removed": ChangeKind("info", (), "", "Nobody can be reached under this name any more."),
    "plan_described": ChangeKind("info", (), "", "Only what readers and checks see has changed."),
}  # fmt: skip
