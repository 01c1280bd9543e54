"""Threats to warnings: interrogation, alarm, posture, and people's acts.

In: `Picture`, `Threats`, `Act`.  Out: `Watch`.  Does not: send anything anywhere.
"""

from bartizan.warn.state import WarnParams, WarnState, start
from bartizan.warn.watch import clear, interlock, step

__all__ = ["WarnParams", "WarnState", "clear", "interlock", "start", "step"]
