"""How likely another attack is: the arithmetic that the live posture and the record share.

In: times of attacks, a law with its numbers.  Out: probabilities, the time to stand down.
Does not: fit or choose a law (see `incidents.recurrence`), read a file or a clock.

A law is either a rate counted over a window, with a Gamma prior, or a Hawkes process with an
exponential kernel: each attack brings `branching` others on average after an exponential
delay of mean `decay_days` (Hawkes 1971).  P(at least one) needs no followers of followers:
the first attack of the window has nothing before it in the window, so that

    P = 1 - exp(-(base h + branching (1 - e^(-h / decay)) sum_j e^(-age_j / decay)))

is exact.  Times are days since the record of the site begins; an attack at 0 opened the
record: it has followers, but says nothing of the rate.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from bartizan.types import F64, I64
from bartizan.units import NS_PER_S

DAY_NS = 86_400 * NS_PER_S
HORIZONS_H = (24, 48, 72)
MERGE_NS = 3 * 3600 * NS_PER_S  # in the data of docs/recurrence.md a burst is over after 3 h
PRIOR_ATTACKS = 0.5  # with PRIOR_DAYS: about one attack a month, assumed
PRIOR_DAYS = 15.0
BRANCHING = 0.7  # this project's prior for a site with little history
DECAY_DAYS = 10.0
LEAST_H = 24.0  # nobody stands down sooner after an attack; assumed
MOST_DAYS = 365
LEAST_WEIGHT = 0.05  # a law under it does not widen the range; assumed


class Law(NamedTuple):
    """One way to say how likely another attack is.

    name  as people read it   window_days  a rate's window, inf all; not used with a decay
    scale  times the rate: the edges of its range   base_per_day, branching, decay_days  of a
    Hawkes process; a decay of 0 says that the law is a rate
    """

    name: str
    window_days: float = np.inf
    scale: float = 1.0
    base_per_day: float = 0.0
    branching: float = 0.0
    decay_days: float = 0.0
    weight: float = 0.0
    kernels: tuple[tuple[float, float], ...] = ()

    def all_kernels(self) -> tuple[tuple[float, float], ...]:
        """Branching and decay [days] of each exponential; none of a rate."""
        return self.kernels or (
            ((self.branching, self.decay_days),) if self.decay_days > 0.0 else ()
        )


CONSTANT = Law("constant")
UNFITTED = Law(
    "hawkes_prior", base_per_day=PRIOR_ATTACKS / PRIOR_DAYS, branching=BRANCHING, decay_days=DECAY_DAYS,
)  # fmt: skip
LITTLE_KNOWN = (UNFITTED._replace(weight=1.0), CONSTANT)  # the forecast before a fit, its range


class StandDown(NamedTuple):
    """When the alert has no more reason: days from now, None not within a year.

    earliest_days, latest_days: by the laws that the past does not rule out
    """

    days: float | None
    earliest_days: float | None
    latest_days: float | None


def merge(times_ns: I64, gap_ns: int = MERGE_NS) -> I64:
    """Onsets of attacks, rising: reports at most `gap_ns` after the one before are one attack.

    times_ns (n,) [ns] in any order
    """
    t = np.sort(np.asarray(times_ns, np.int64))
    return t[np.diff(t, prepend=t[:1] - gap_ns - 1) > gap_ns]


def opened(times: F64) -> int:
    """How many attacks are given, not predicted: those at the very start of the record."""
    return int(np.searchsorted(times, 0.0, "right"))


def gamma_rate(law: Law, times: F64, at: F64) -> tuple[F64, F64]:
    """Posterior Gamma shape and rate [days] of a windowed rate.

    times (n,) [days] rising   at (m,) [days] -> (m,), (m,).  A window's prior weighs
    PRIOR_DAYS and has the mean of all the past, whose own prior is PRIOR_ATTACKS in PRIOR_DAYS.
    """
    past = np.searchsorted(times, at, "right")
    shape, rate = np.maximum(past - opened(times), 0) + PRIOR_ATTACKS, at + PRIOR_DAYS
    if np.isinf(law.window_days):
        return shape, rate
    begin = np.maximum(at - law.window_days, 0.0)
    inside = np.maximum(past - np.searchsorted(times, begin, "right"), 0)
    return inside + PRIOR_DAYS * shape / rate, at - begin + PRIOR_DAYS


def probability(law: Law, times: F64, at: F64, ahead_days: float) -> F64:
    """P(at least one attack in (at, at + ahead_days]), knowing what came until `at`.

    times (n,) [days] rising   at (m,) [days] >= 0 -> (m,)
    """
    if kernels := law.all_kernels():
        age = at[:, None] - times[None, :]
        first = np.full(len(at), law.base_per_day * ahead_days)
        for branching, decay in kernels:
            alive = np.where(age >= 0.0, np.exp(-np.maximum(age, 0.0) / decay), 0.0).sum(axis=1)
            first -= branching * np.expm1(-ahead_days / decay) * alive
        return np.asarray(-np.expm1(-first))
    shape, rate = gamma_rate(law, times, at)
    if law.scale == 1.0:  # the rate's own doubt is inside
        return np.asarray(-np.expm1(-shape * np.log1p(ahead_days / rate)))
    return np.asarray(-np.expm1(-law.scale * shape / rate * ahead_days))


def forecast(laws: tuple[Law, ...], times: F64, at: F64, ahead_days: float) -> F64:
    """P(at least one attack) by the laws that have a weight, together; shapes as `probability`."""
    each = [law.weight * probability(law, times, at, ahead_days) for law in laws if law.weight]
    return np.asarray(np.sum(each, axis=0))


def of_range(laws: tuple[Law, ...]) -> tuple[Law, ...]:
    """The laws whose least and greatest P are the range: not those of hardly any weight."""
    return tuple(law for law in laws if not 0.0 < law.weight < LEAST_WEIGHT)


def named(laws: tuple[Law, ...]) -> str:
    """The laws in use, with their shares where there are several, and how wide the range is."""
    used = sorted((law for law in laws if law.weight), key=lambda law: -law.weight)
    shown = [f"{law.name} {law.weight:.0%}" for law in of_range(tuple(used)) if law.weight]
    words = f"law {used[0].name}" if len(used) == 1 else f"laws {', '.join(shown)}"
    return f"{words}; range over {len(of_range(laws))} laws"


def spread(laws: tuple[Law, ...], times: F64, at: float, ahead_days: float) -> tuple[float, ...]:
    """The forecast, and the least and the greatest of the laws of its range."""
    now = np.array([at])
    p = [float(probability(law, times, now, ahead_days)[0]) for law in of_range(laws)]
    mean = float(forecast(laws, times, now, ahead_days)[0])
    return mean, min(*p, mean), max(*p, mean)


def stand_down(
    laws: tuple[Law, ...], times: F64, at: float, limit: float | None = None
) -> StandDown:
    """When P(another within 24 h) is down to `limit`, if nothing more comes.

    limit: None for what is usual at the site, the constant rate's P at `at`.  Not within
    LEAST_H of the last attack.  To the next full hour.
    """
    usual = float(probability(CONSTANT, times, np.array([at]), 1.0)[0])
    target = usual if limit is None else limit
    since = float(at - times[-1]) * 24.0 if len(times) else LEAST_H
    least = max(int(np.ceil(LEAST_H - since - 1e-9)), 0)
    first = _first_hour(laws, times, at, target, least)
    alone = [(law._replace(weight=1.0),) for law in of_range(laws)]
    found = [first, *(_first_hour(law, times, at, target, least) for law in alone)]
    known = sorted(h for h in found if h is not None)
    return StandDown(
        None if first is None else first / 24.0,
        known[0] / 24.0 if known else None,
        known[-1] / 24.0 if known and None not in found else None,
    )


def _first_hour(
    laws: tuple[Law, ...], times: F64, at: float, limit: float, least: int
) -> int | None:
    """The first full hour from `least` on at which P(24 h) <= limit; P falls with time."""
    low, high = least - 1, MOST_DAYS * 24

    def over(hour: int) -> bool:
        p = forecast(laws, times, np.array([at + hour / 24.0]), 1.0)[0]
        return bool(p > limit + 1e-12)

    if over(high):
        return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if over(middle) else (low, middle)
    return high
