"""The answer for a site: P(another attack), its range, the model behind it, its skill.

In: times of reports, the time of asking, since when the site was watched.  Out: `Outlook`.
Does not: read a file or a clock; decide the posture.

The range holds the law in use (of the average the heaviest) at the edge of its own 95 %
region, the laws of the average, and every other law whose score on the site's past cannot be
told from that of the model in use (two standard errors of the difference).  Without scores
every law is in it.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from bartizan.incidents.recurrence import score, sums
from bartizan.incidents.recurrence.little_history import fit_base
from bartizan.recurrence import (
    DAY_NS,
    HORIZONS_H,
    LEAST_WEIGHT,
    MERGE_NS,
    Law,
    StandDown,
    gamma_rate,
    merge,
    probability,
    spread,
    stand_down,
)
from bartizan.types import F64, I64

SURE = 2.0  # standard errors


class Horizon(NamedTuple):
    """P(at least one attack within `hours`): the model in use, and its ranges.

    fit_low, fit_high  95 % by the doubt of the (heaviest) law's fit   low, high  that and the other models
    models  each model's own probability, as `Outlook.scores`
    """

    hours: int
    p: float
    low: float
    high: float
    fit_low: float
    fit_high: float
    models: tuple[float, ...]


class Score(NamedTuple):
    """How a model's forecasts did on the site's past; NaN without a forecast.

    log_score  nats a forecast, lower is better   behind, behind_sd  its score less that of
    the model in use   by_horizon  the log score at 24, 48, 72 h   brier  mean of horizons
    """

    model: str
    log_score: float
    behind: float
    behind_sd: float
    by_horizon: tuple[float, ...]
    brier: float


class Skill(NamedTuple):
    """Whether the forecasts that were in use beat the constant rate, and by how much.

    gain, gain_sd  nats a forecast   has  gain is over SURE standard errors   forecasts
    brier, brier_trailing  of the forecasts in use, and of the trailing mean of what came
    slope  calibration of the forecasts in use   words  for a person
    """

    has: bool
    gain: float
    gain_sd: float
    forecasts: int
    brier: float
    brier_trailing: float
    slope: score.Slope
    words: str


class Outlook(NamedTuple):
    """All that is said of a site.

    attacks  merged, from `since_ns` to `now_ns`   model  in use   why  in words
    laws  those in use, with their weights, then those that widen the range   scores  every model
    usual  P(24 h) by the constant rate
    """

    now_ns: int
    since_ns: int
    attacks: int
    model: str
    why: str
    laws: tuple[Law, ...]
    horizons: tuple[Horizon, ...]
    scores: tuple[Score, ...]
    skill: Skill
    usual: float
    stand_down: StandDown


def outlook(
    times_ns: I64, now_ns: int, since_ns: int, limit: float | None = None, gap_ns: int = MERGE_NS
) -> Outlook:
    """What the past of a site says of the next days.

    times_ns (n,) reports in any order; those outside `since_ns`..`now_ns` are left out
    limit  stand down at this P(24 h); None: at what is usual   gap_ns as for `merge`
    """
    days, end = days_since(times_ns, now_ns, since_ns, gap_ns)
    past = score.forecasts(days, end)
    every = score.log_score(past.p, past.came)
    now = score.laws(days, end)
    used = int(past.used[-1])
    shares = past.weights[-1] if used == score.AVERAGE else np.eye(len(now))[used]
    mixed = tuple(law._replace(weight=float(w)) for law, w in zip(now, shares, strict=True))
    rated = _scores(past, every, used)
    edge = _edge(days, end, now[int(np.argmax(shares))])
    close = tuple(
        law for law, w, s in zip(now, shares, rated, strict=False)
        if w < LEAST_WEIGHT and not s.behind > SURE * s.behind_sd
    )  # fmt: skip
    inside = tuple(law for law in mixed if law.weight)
    known = {law._replace(weight=0.0) for law in inside}
    laws = (*inside, *(law for law in dict.fromkeys((*edge, *close)) if law not in known))
    horizons = tuple(_horizon(h, now, laws, edge, past.weights[-1], days, end) for h in HORIZONS_H)
    return Outlook(
        now_ns, since_ns, len(days), score.NAMES[used], _why(len(days), len(past.at), used),
        laws, horizons, rated, skill(past), horizons[0].models[0],
        stand_down(laws, days, end, limit),
    )  # fmt: skip


def _horizon(
    hours: int, now: tuple[Law, ...], laws: tuple[Law, ...], edge: tuple[Law, ...],
    shares: F64, days: F64, end: float,
) -> Horizon:  # fmt: skip
    ahead, at = hours / 24.0, np.array([end])
    fit = [float(probability(law, days, at, ahead)[0]) for law in edge]
    each = [float(probability(law, days, at, ahead)[0]) for law in now]
    p, low, high = spread(laws, days, end, ahead)
    return Horizon(
        hours, p, low, high, min(*fit, p), max(*fit, p), (*each, float(shares @ np.array(each)))
    )


def days_since(
    times_ns: I64, now_ns: int, since_ns: int, gap_ns: int = MERGE_NS
) -> tuple[F64, float]:
    """Onsets of attacks in days since the record begins, and now in the same days."""
    t = np.asarray(times_ns, np.int64)
    t = merge(t[(t >= since_ns) & (t <= now_ns)], gap_ns)
    return (t - since_ns) / DAY_NS, (now_ns - since_ns) / DAY_NS


def _scores(past: score.Past, every: F64, used: int) -> tuple[Score, ...]:
    out = []
    for m, name in enumerate(score.NAMES):
        if not len(past.at):
            out.append(Score(name, np.nan, np.nan, np.nan, (np.nan,) * len(HORIZONS_H), np.nan))
            continue
        behind, sd = score.mean_and_sd((every[m] - every[used]).mean(axis=1))
        brier = float(((past.p[m] - past.came) ** 2).mean())
        by = tuple(float(x) for x in every[m].mean(axis=0))
        out.append(Score(name, float(every[m].mean()), behind, sd, by, brier))
    return tuple(out)


def _edge(days: F64, end: float, law: Law) -> tuple[Law, ...]:
    """Laws at the edge of what the data allow for this one (95 %)."""
    if law.name == "hawkes_180d":
        begin = max(end - score.RECENT_DAYS, 0.0)
        days, end = days[np.searchsorted(days, begin, "right") :] - begin, end - begin
    if law.name == sums.NAME:
        return sums.fit(days, end).edge
    if (
        law.name.startswith("hawkes")
        and law.name != "hawkes_prior"
        and len(days) >= score.LEAST_ATTACKS
    ):
        from bartizan.incidents.recurrence.fit import fit  # slow to import

        return fit(days, end).edge
    if law.decay_days > 0.0:
        return fit_base(days, end).edge
    from scipy.special import gammaincinv  # slow to import

    shape = float(gamma_rate(law, days, np.array([end]))[0][0])
    return tuple(law._replace(scale=float(gammaincinv(shape, q)) / shape) for q in (0.025, 0.975))


def skill(past: score.Past) -> Skill:
    """Whether the forecasts in use were better than the constant rate's."""
    if len(past.at) < score.LEAST_FORECASTS:
        few = score.Slope(np.nan, np.inf)
        words = f"no skill assessed: {len(past.at)} forecasts can be scored, {score.LEAST_FORECASTS} are needed"
        return Skill(False, np.nan, np.inf, len(past.at), np.nan, np.nan, few, words)
    p = score.as_used(past)
    base = score.log_score(past.p[0], past.came)
    gain, sd = score.mean_and_sd((base - score.log_score(p, past.came)).mean(axis=1))
    brier = float(((p - past.came) ** 2).mean())
    trailing = float(((score.trailing_mean(past.came) - past.came) ** 2).mean())
    block = np.repeat(np.arange(len(past.at)) // score.LAG_NW_DAYS, p.shape[1])
    slope = score.slope(p.ravel(), past.came.ravel(), block)
    has = gain > SURE * sd
    by = f"{gain:+.3f} +- {sd:.3f} nats a forecast against the constant rate, {len(past.at)} forecasts"
    words = f"skill above base rate: {by}" if has else f"no skill above base rate: {by}"
    return Skill(has, gain, sd, len(past.at), brier, trailing, slope, words)


def _why(attacks: int, forecasts: int, used: int) -> str:
    if attacks < score.LEAST_ATTACKS:
        return (
            f"{attacks} attacks: under {score.LEAST_ATTACKS} only the base rate is fitted, "
            "branching 0.7 and decay 10 days are the prior's"
        )
    if forecasts < score.LEAST_FORECASTS:
        return f"{forecasts} forecasts can be scored, under {score.LEAST_FORECASTS}: all laws alike"
    if used == score.AVERAGE:
        return (
            f"no law alone has been ahead of it by {score.KEEP:g} nats over {forecasts} forecasts"
        )
    return f"ahead by {score.KEEP:g} nats when it came into use, over {forecasts} forecasts"
