"""A drill's score: how people did, beside what really flew in it.

In: the outputs of a drill's line, its truth.  Out: one score.  Does not: run it.
"""

from __future__ import annotations

from bartizan.types import EventKind, Output
from bartizan.units import NS_PER_S, iso_from_ns


class Drill:
    """A drill that runs: its alarms and when people acknowledged them."""

    def __init__(self, name: str, begun_ns: int) -> None:
        """Nothing has been raised."""
        self.name, self.begun_ns = name, begun_ns
        self._raised: dict[int, int] = {}
        self._acknowledged: dict[int, int] = {}
        self._acts = 0

    def see(self, output: Output) -> None:
        """One output of its line."""
        for a in output.watch.alarms:
            self._raised.setdefault(a.number, a.raised_ns)
            if a.acknowledged_ns:
                self._acknowledged.setdefault(a.number, a.acknowledged_ns)
        self._acts += sum(e.kind == EventKind.ACT for e in output.watch.events)

    def score(self, truth: dict[str, object], why: str, now_ns: int) -> dict[str, object]:
        """Time to acknowledge [s] per alarm, alarms that nobody acknowledged (missed), alarms
        about nothing hostile (over-reaction, by the truth), and the truth itself.
        """
        times = {
            str(k): round((self._acknowledged[k] - t) / NS_PER_S, 1)
            for k, t in self._raised.items()
            if k in self._acknowledged
        }
        return {
            "exercise": "EXERCISE EXERCISE EXERCISE", "name": self.name,
            "begun": iso_from_ns(self.begun_ns), "ended": iso_from_ns(now_ns), "ended_by": why,
            "alarms": len(self._raised), "acknowledged_after_s": times,
            "missed": len(self._raised) - len(times),
            "over_reaction": truth.get("false_alarms"), "acts": self._acts, "truth": truth,
        }  # fmt: skip
