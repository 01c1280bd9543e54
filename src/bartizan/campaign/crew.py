"""The people in the chain: how long each takes from an alarm to a warning or an order.

In: the watch's alarms, a seed.  Out: when people are warned, when effectors are released.
Does not: decide what is alarmed (the watch does), or shoot.

detect and confirm are played out by sensors, tracker and watch; what follows is people:

    alarm -> interrogate -> decide -+-> warn      (the people inside hear it, or do not)
                                    +-> engage    (effectors are released, in simulation)

Each stage is log-normal, as human response times are (Ulrich & Miller 1993, J. Math.
Psychology 37, 513-525), drawn once an alarm from a stream of its own.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

from bartizan.sim.streams import stream
from bartizan.types import Alarm, Watch
from bartizan.units import NS_PER_S


class Stage(NamedTuple):
    """One person's act: its median [s], and the standard deviation of its logarithm."""

    median_s: float
    spread: float

    def delay_s(self, die: float) -> float:
        """The time [s] it takes at a standard normal `die`; its mean is in `mean_s`."""
        return self.median_s * math.exp(self.spread * die)

    def mean_s(self) -> float:
        """Mean of the log-normal: median x exp(spread^2 / 2)."""
        return self.median_s * math.exp(0.5 * self.spread * self.spread)


class Crew(NamedTuple):
    """Every stage in which people act.  reached: probability that an alarm is heard at all."""

    interrogate: Stage
    decide: Stage
    warn: Stage
    engage: Stage
    reached: float


_AT_ONCE: Final = Stage(0.0, 0.0)
# Medians and spreads are assumed: the site's own drills are the source to use.
CREWS: Final = {
    "none": Crew(_AT_ONCE, _AT_ONCE, _AT_ONCE, _AT_ONCE, 1.0),
    "drilled": Crew(Stage(4.0, 0.4), Stage(3.0, 0.4), Stage(8.0, 0.4), Stage(2.0, 0.4), 0.98),
    "tired": Crew(Stage(12.0, 0.6), Stage(10.0, 0.6), Stage(25.0, 0.6), Stage(6.0, 0.6), 0.90),
}
NONE: Final = CREWS["none"]


class Notice(NamedTuple):
    """What comes of one alarm: when people hear it (None: never), when effectors are free."""

    warned_ns: int | None
    released_ns: int


def notice(crew: Crew, alarm: Alarm, seed: int) -> Notice:
    """The delays of one alarm, the same for the same seed and number."""
    dice = stream(seed, "crew", alarm.number).standard_normal(4).tolist()
    heard = stream(seed, "crew heard", alarm.number).random() < crew.reached
    decided = crew.interrogate.delay_s(dice[0]) + crew.decide.delay_s(dice[1])
    warned = decided + crew.warn.delay_s(dice[2])
    released = decided + crew.engage.delay_s(dice[3])
    return Notice(
        alarm.raised_ns + round(warned * NS_PER_S) if heard else None,
        alarm.raised_ns + round(released * NS_PER_S),
    )


def released(watch: Watch, notices: dict[int, Notice], t_ns: int) -> Watch:
    """The watch as the effectors' crews have it: only the alarms that were decided on."""
    free = tuple(a for a in watch.alarms if notices[a.number].released_ns <= t_ns)
    return watch if len(free) == len(watch.alarms) else watch._replace(alarms=free)
