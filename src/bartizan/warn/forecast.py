"""Will there be another: two simple rules side by side, and what they are not.

In: times of earlier attacks.  Out: probabilities, and a sentence.
Does not: claim skill.  Neither rule has been scored on this site's past.

Constant rate: attacks as a Poisson process whose rate has a Gamma prior, A attacks in B
days (assumed: half an attack in 15 days, about one a month); the prediction over h after n
attacks in T days is 1 - ((T + B) / (T + B + h)) ** (n + A) (negative binomial).
Clustered: each attack brings BRANCHING others on average, with an exponential delay of
DECAY_DAYS (Hawkes; 0.7 and 10 days are this project's prior for a site with little
history); only the base rate is fitted, and only first-generation followers count, so
that the number is a little low.
"""

from __future__ import annotations

import math

from bartizan.units import NS_PER_S

PRIOR_ATTACKS = 0.5
PRIOR_DAYS = 15.0
BRANCHING = 0.7
DECAY_DAYS = 10.0
WINDOWS_H = (24, 48, 72)
DAY_NS = 86_400 * NS_PER_S


def constant(count: int, days: float, ahead_days: float) -> float:
    """P(at least one attack within ahead_days) after `count` attacks in `days`."""
    t = days + PRIOR_DAYS
    return 1.0 - (t / (t + ahead_days)) ** (count + PRIOR_ATTACKS)


def clustered(ages_days: tuple[float, ...], days: float, ahead_days: float) -> float:
    """P(at least one attack within ahead_days); ages_days: how long ago each attack was."""
    rate = (len(ages_days) + PRIOR_ATTACKS) / (days + PRIOR_DAYS)
    expected = (1.0 - BRANCHING) * rate * ahead_days
    for age in ages_days:
        now, then = math.exp(-age / DECAY_DAYS), math.exp(-(age + ahead_days) / DECAY_DAYS)
        expected += BRANCHING * (now - then)
    return 1.0 - math.exp(-expected)


def ranges(
    t_ns: int, attacks_ns: tuple[int, ...], observed_from_ns: int
) -> tuple[tuple[float, float], ...]:
    """(low, high) probability of another attack within 24, 48 and 72 h, by the two rules."""
    ages = tuple((t_ns - a) / DAY_NS for a in attacks_ns if a <= t_ns)
    days = _days(t_ns, observed_from_ns)
    both = [
        sorted((constant(len(ages), days, h / 24.0), clustered(ages, days, h / 24.0)))
        for h in WINDOWS_H
    ]
    return tuple((low, high) for low, high in both)


def _days(t_ns: int, observed_from_ns: int) -> float:
    return max((t_ns - observed_from_ns) / DAY_NS, 0.0) if observed_from_ns else 0.0


def sentence(t_ns: int, attacks_ns: tuple[int, ...], observed_from_ns: int) -> str:
    """The forecast in words, with what it rests on."""
    told = ", ".join(
        f"{h} h {low:.0%} to {high:.0%}"
        for h, (low, high) in zip(
            WINDOWS_H, ranges(t_ns, attacks_ns, observed_from_ns), strict=True
        )
    )
    known = sum(a <= t_ns for a in attacks_ns)
    attacks = f"{known} attack{'' if known == 1 else 's'}"
    days = _days(t_ns, observed_from_ns)
    basis = f"{attacks} in {days:.0f} days" if observed_from_ns else f"{attacks}, no history given"
    return (
        f"another attack within {told} (constant rate and clustered rule; rests on {basis}; "
        "no skill assessed)"
    )
