"""The sensors' record beside the words: an incident opened from an alarm, claims checked."""

from bartizan.incidents.tie.check import Checked, Verdict, check
from bartizan.incidents.tie.opening import Opening, from_run

__all__ = ["Checked", "Opening", "Verdict", "check", "from_run"]
