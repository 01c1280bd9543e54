"""The sensors' record beside the words: an incident opened from an alarm, claims checked."""

from bartizan.incidents.tie.alone import RECORD, WHO, by_itself
from bartizan.incidents.tie.check import Checked, Verdict, check
from bartizan.incidents.tie.opening import Opening, from_run

__all__ = ["RECORD", "WHO", "Checked", "Opening", "Verdict", "by_itself", "check", "from_run"]
