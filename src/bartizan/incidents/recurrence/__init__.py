"""Recurrence: P(another attack within 24, 48, 72 h) as a range, and when to stand down.

In: times of reports.  Out: `Outlook`.  Does not: read a file or a clock.
"""

from bartizan.incidents.recurrence.outlook import Outlook, outlook

__all__ = ["Outlook", "outlook"]
