"""What the outcome is sensitive to: Morris screening and Sobol indices.

In: an order, factors with their ranges.  Out: an index a factor.  Does not: compute indices
itself: SALib does (extra `bartizan[sensitivity]`; Herman & Usher 2017).

Morris 1991: mu_star, the mean absolute elementary effect, and sigma, its spread.  Sobol 2001,
Saltelli 2010: S1 alone, ST with every interaction; each with its 95 % interval.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple

import numpy as np

from bartizan.campaign.crew import Crew, Stage
from bartizan.campaign.many import engine
from bartizan.campaign.many.order import Order, play_one
from bartizan.errors import InputError
from bartizan.types import F64, SensorKind

# Factors and ranges, all assumed: about what is not known of a raid and of a defence.
FACTORS: Final = {
    "speed": (0.7, 1.3),  # times the attackers' speed
    "height": (0.5, 2.0),  # times the heights of their routes
    "rcs_db": (-10.0, 10.0),  # added to their cross-section
    "radar_loss_db": (-6.0, 6.0),  # added to every radar's environment loss
    "p_kill": (0.3, 0.9),  # of every effector
    "reaction": (0.5, 2.0),  # times every effector's reaction
    "people": (0.5, 3.0),  # times every delay of the crew
}


class Index(NamedTuple):
    """One factor's indices, NaN where the method has none: each with its 95 % half width."""

    factor: str
    mu_star: float
    mu_star_width: float
    sigma: float
    s1: float
    s1_width: float
    st: float
    st_width: float


def varied(order: Order, x: F64) -> Order:
    """The order with each factor of FACTORS at its value in x."""
    speed, height, rcs, loss, p_kill, reaction, people = x.tolist()
    groups = tuple(
        g if not g.hostile else g._replace(
            speed_mps=g.speed_mps * speed, route=g.route * np.array([1.0, 1.0, height]),
            signature=g.signature._replace(rcs_dbsm=g.signature.rcs_dbsm + rcs),
        )
        for g in order.raid.groups
    )  # fmt: skip
    site = order.setup.site
    pd = site.sensors.pd.copy()
    physical = (site.sensors.kind == int(SensorKind.RADAR)) & (pd[:, 0] != 0.0)
    pd[physical, 4] += loss
    site = site._replace(sensors=site.sensors._replace(pd=pd))
    arms = tuple(
        e._replace(p_kill=p_kill, reaction_s=e.reaction_s * reaction) for e in order.effectors
    )
    c = order.conduct.crew
    i, d, w, e = (Stage(s.median_s * people, s.spread) for s in (c.interrogate, c.decide, c.warn, c.engage))  # fmt: skip
    return order._replace(
        setup=order.setup._replace(site=site), raid=order.raid._replace(groups=groups),
        effectors=arms, conduct=order.conduct._replace(crew=Crew(i, d, w, e, c.reached)),
    )  # fmt: skip


class _Points(NamedTuple):
    """Number k is point k div seeds, seed k mod seeds."""

    order: Order
    x: F64
    seeds: int
    by: str


def _value(points: _Points, number: int) -> float:
    k, seed = divmod(number, points.seeds)
    cells = len(points.order.cells)
    played = play_one(varied(points.order, points.x[k]), seed * cells)
    if points.by == "leak":
        return float(played.leakers > 0)
    return 0.0 if played.warning_s is None else played.warning_s


def analyse(
    order: Order, method: str = "morris", draws: int = 10, seeds: int = 2, by: str = "warning",
    workers: int = 0,
) -> tuple[Index, ...]:  # fmt: skip
    """Indices of every factor of FACTORS for the mean outcome of `seeds` raids a point.

    draws: trajectories (Morris; 8 points each) or base samples (Sobol; 9 points each)
    """

    def outcome(x: F64) -> F64:
        points = _Points(order, x, seeds, by)
        y = np.full(len(x) * seeds, np.nan)
        lost: dict[int, list[str]] = {}
        for number, v in engine.pool(_value, points, iter(range(len(y))), workers):
            if isinstance(v, engine.Failed):
                lost.setdefault(number // seeds, []).append(v.why)
            else:
                y[number] = v
        for point, why in lost.items():
            if len(why) == seeds:
                raise InputError(f"point {point}: every raid of it was lost: {why[0]}")
        mean: F64 = np.nanmean(y.reshape(len(x), seeds), axis=1)
        return mean

    return indices(outcome, dict(FACTORS), method, draws, order.first_seed)


def told(method: str, by: str, found: tuple[Index, ...]) -> dict[str, Any]:
    """The indices as they are printed and drawn: what a method does not have is left out."""
    rows = [{k: v for k, v in i._asdict().items() if v == v} for i in found]
    return {"method": method, "by": by, "factors": rows}


def indices(
    outcome: Callable[[F64], F64], factors: dict[str, tuple[float, float]], method: str,
    draws: int, seed: int = 0,
) -> tuple[Index, ...]:  # fmt: skip
    """Indices of a function of points (n, factors) -> (n,).

    Raises InputError when SALib is not installed or the method is not known.
    """
    try:
        from SALib import ProblemSpec  # slow to import, and an extra
    except ImportError as e:
        raise InputError("sensitivity: expected the extra: pip install 'bartizan[sensitivity]'") from e  # fmt: skip
    names, nan = list(factors), (float("nan"),)
    problem: Any = ProblemSpec({"names": names, "bounds": [list(factors[n]) for n in names]})
    if method == "morris":
        problem.sample_morris(draws, num_levels=4, seed=seed)
    elif method == "sobol":
        problem.sample_sobol(draws, calc_second_order=False, seed=seed)
    else:
        raise InputError(f"--method {method}: expected morris or sobol")
    problem.set_results(outcome(np.asarray(problem.samples, np.float64)))
    if method == "morris":
        problem.analyze_morris(num_levels=4, seed=seed)
        keys: tuple[str, ...] = ("mu_star", "mu_star_conf", "sigma")
    else:
        problem.analyze_sobol(calc_second_order=False, seed=seed)
        keys = ("S1", "S1_conf", "ST", "ST_conf")
    table = np.array([problem.analysis[k] for k in keys], np.float64).T.tolist()
    out = []
    for name, row in zip(names, table, strict=True):
        numbers = (*row, *(4 * nan)) if method == "morris" else (*(3 * nan), *row)
        out.append(Index(name, *numbers))
    return tuple(out)
