"""Intake: from a report's text to drafted incidents and claims, for a person to complete."""

from bartizan.incidents.intake.aids.endpoint import ask, endpoint
from bartizan.incidents.intake.aids.grammar import grammar
from bartizan.incidents.intake.draft import draft, reading
from bartizan.incidents.intake.places import gazetteer
from bartizan.incidents.intake.summary import against
from bartizan.incidents.intake.text import pasted, read
from bartizan.incidents.intake.verify import verify

__all__ = [
    "against",
    "ask",
    "draft",
    "endpoint",
    "gazetteer",
    "grammar",
    "pasted",
    "read",
    "reading",
    "verify",
]
