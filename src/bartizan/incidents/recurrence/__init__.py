"""Recurrence: P(another attack within 24, 48, 72 h) as a range, and when to stand down.

In: times of reports.  Out: `Outlook`; as data and in short.  Does not: read a file or a clock.
"""

from bartizan.incidents.recurrence.outlook import Outlook, outlook
from bartizan.incidents.recurrence.told import in_short, told

__all__ = ["Outlook", "in_short", "outlook", "told"]
