"""Layouts: a site with candidates added, each played with the same dice.

In: a site, candidate sensors with their cost, a raid.  Out: which to add first, by warning
time or by leaks.  Does not: move what stands, or search between candidates.

The first k are chosen one after another: the best one, then the best beside it, and so on.
For measures with falling returns that reaches at least 63 % of the best k together (Nemhauser,
Wolsey & Fisher 1978); warning time need not be of that kind, so that it is a rule, not a proof.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

import numpy as np

from bartizan.campaign.many import engine
from bartizan.campaign.many.order import Order, play_one
from bartizan.campaign.plan.select import Selected, select
from bartizan.errors import InputError
from bartizan.types import Sensors, Site

MAST_M: Final = 3.0  # two masts stand no nearer, assumed


class Candidate(NamedTuple):
    """A sensor that might be added: its name, its one row of `Sensors`, its cost."""

    name: str
    sensors: Sensors
    cost: float


class Choice(NamedTuple):
    """One step of the choice.

    name: candidate chosen   selected: the procedure's word, rows: candidates still free,
    then (the last) adding none   names: of the rows   gain: mean difference to adding none,
    on the same raids, with its standard error   cost of it   by: "warning" [s] or "leak"
    lost: seeds that count for no layout, because a raid of one of them was lost, and why
    """

    name: str
    selected: Selected
    names: tuple[str, ...]
    gain: float
    gain_error: float
    cost: float
    by: str
    lost: tuple[tuple[int, str], ...] = ()

    def cost_per_minute(self) -> float | None:
        """What each minute of warning costs; None where there is none to be had."""
        if self.by != "warning" or self.gain <= 0.0:
            return None
        return self.cost / (self.gain / 60.0)


def check(site: Site, candidates: tuple[Candidate, ...], k: int) -> None:
    """Raises InputError: a name twice, a place inside a mast, outside the world, k too large."""
    names, places = list(site.sensor_names), [p for p in site.sensors.pos]
    for c in candidates:
        if c.name in (*names, "none"):
            raise InputError(f"candidate {c.name}: name: expected one that is used once, not none")
        here = c.sensors.pos[0]
        gap = np.array([np.hypot(*(here - p)[:2]) for p in places])
        if len(gap) and gap.min() < MAST_M:
            other = names[int(gap.argmin())]
            raise InputError(
                f"candidate {c.name}: place: expected at least {MAST_M:g} m from the mast of "
                f"{other} (found {gap.min():.1f} m)"
            )
        if np.hypot(here[0], here[1]) > site.world_m:
            raise InputError(f"candidate {c.name}: place: expected inside the world of {site.world_m:,.0f} m")  # fmt: skip
        names.append(c.name)
        places.append(here)
    if not 1 <= k <= len(candidates):
        raise InputError(f"--k {k}: expected 1 to {len(candidates)}, the number of candidates")
    if len(site.sensor_names) + k > 63:
        raise InputError(f"--k {k}: expected at most {63 - len(site.sensor_names)}: a site has at most 63 sensors")  # fmt: skip


def with_sensors(site: Site, added: tuple[Candidate, ...]) -> Site:
    """The site with candidates added after its own sensors, whose dice stay the same."""
    sensors = site.sensors
    for c in added:
        both = zip(sensors, c.sensors, strict=True)
        sensors = Sensors(*(np.concatenate([a, b]) for a, b in both))
    return site._replace(sensors=sensors, sensor_names=site.sensor_names + tuple(c.name for c in added))  # fmt: skip


class _Layouts(NamedTuple):
    """Orders that differ in their sensors alone; number k is layout k mod n, seed k div n."""

    orders: tuple[Order, ...]
    by: str


def _value(layouts: _Layouts, number: int) -> float:
    """One raid of one layout: warning time [s], or 1 without a leaker."""
    which, seed = number % len(layouts.orders), number // len(layouts.orders)
    played = play_one(layouts.orders[which], seed)
    if layouts.by == "leak":
        return float(played.leakers == 0)
    return 0.0 if played.warning_s is None else played.warning_s


def _played(
    asked: _Layouts, left: list[int], seeds: range, workers: int
) -> Iterator[tuple[int, list[float], str]]:
    """Each seed with the values of the layouts `left`, or why one of them was lost."""
    n = len(asked.orders)
    numbers = [seed * n + i for seed in seeds for i in left]
    got = dict(engine.pool(_value, asked, iter(numbers), workers))
    for seed in seeds:
        its = [got[seed * n + i] for i in left]
        why = [v.why for v in its if isinstance(v, engine.Failed)]
        yield seed, [v for v in its if not isinstance(v, engine.Failed)], "; ".join(why)


def choose(
    order: Order, candidates: tuple[Candidate, ...], k: int = 1, by: str = "warning",
    delta: float = 10.0, alpha: float = 0.05, first: int = 10, limit: int = 200,
    workers: int = 0, told: Callable[[int, int], None] | None = None,
) -> Iterator[Choice]:  # fmt: skip
    """The first k candidates to add, one after another.

    delta: difference that does not matter, [s] or a share   told hears (step, raids so far)
    """
    site = order.setup.site
    added: tuple[Candidate, ...] = ()
    for step in range(k):
        free = tuple(c for c in candidates if c not in added)
        layouts = [with_sensors(site, (*added, c)) for c in free] + [with_sensors(site, added)]
        orders = tuple(order._replace(setup=order.setup._replace(site=s)) for s in layouts)
        asked = _Layouts(orders, by)
        values: list[list[float]] = [[] for _ in orders]
        lost: list[tuple[int, str]] = []

        def observe(
            left: list[int], number: int, asked: _Layouts = asked, step: int = step,
            values: list[list[float]] = values, lost: list[tuple[int, str]] = lost,
        ) -> list[float]:  # fmt: skip
            while any(len(values[i]) <= number for i in left):
                done = max(map(len, values)) + len(lost)
                ahead = range(done, done + min(first, limit - number))
                for seed, its, why in _played(asked, left, ahead, workers):
                    if why:
                        lost.append((seed, why))
                    for i, v in zip(left, () if why else its, strict=not why):
                        values[i].append(v)
                if len(lost) > limit:
                    raise InputError(f"raid of seed {lost[-1][0]}: {lost[-1][1]}; {len(lost)} lost")
                if told:
                    told(step, sum(map(len, values)))
            return [values[i][number] for i in left]

        chosen = select(observe, len(orders), delta, alpha, first, limit)
        best = max(range(len(free)), key=lambda i: (i == chosen.best, chosen.mean[i]))
        both = min(chosen.taken[best], chosen.taken[-1])
        gap = np.array(values[best][:both]) - np.array(values[-1][:both])
        names = (*(c.name for c in free), "none")
        yield Choice(
            names[chosen.best], chosen, names, float(gap.mean()),
            float(gap.std(ddof=1) / np.sqrt(both)), free[best].cost, by,
            tuple(lost),
        )  # fmt: skip
        if names[chosen.best] == "none":
            return
        added = (*added, free[chosen.best])
