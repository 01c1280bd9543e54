"""Recurrence on 15 towns: forecasts against what came, and the fit against another library.

    python benchmarks/recurrence.py [--data FILE] [--towns N] [--json FILE]

The data (../shared/data/history, never in the repository): significant acts in Iraq, 2004 to
July 2007, a time and a town each; indirect fire alone is taken.  Every day from the sixtieth
on each model says P(another within 24, 48, 72 h) from what was known at its last fit, and is
scored by what came.  Prints each town's log scores [nats a forecast], the difference of the
forecasts in use from the best of constant, 30-day and 60-day rate (the best in hindsight),
the slope of calibration, and the fit's agreement with hawkesbook, when it is installed.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np

from bartizan.incidents.recurrence import score
from bartizan.incidents.recurrence.fit import NOTHING, fit
from bartizan.recurrence import DAY_NS, merge
from bartizan.units import ns_from_iso

HISTORY = Path(__file__).parents[2] / "shared" / "data" / "history" / "sigacts_iraq.csv.gz"
SINCE, UNTIL = ns_from_iso("2004-01-01"), ns_from_iso("2007-07-17")  # what the file spans
KINDS = ("mortar", "rocket", "indirect")
NO_TOWN = {"", "Coalition Forces", "Coalition", "Host Nation", "Iraqi Security Forces"}
TOWNS = 15
BLOCK = score.LAG_NW_DAYS
LOW, HIGH = 0.9, 1.1


def towns(path: Path, count: int) -> dict[str, np.ndarray]:
    """Times [days] of the attacks on the towns with most reports, merged."""
    reports = defaultdict(list)
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if any(kind in row["event_type"].lower() for kind in KINDS):
                reports[row["city"]].append(ns_from_iso(row["time"]))
    names = sorted((n for n in reports if n not in NO_TOWN), key=lambda n: (-len(reports[n]), n))
    return {n: (merge(np.array(reports[n], np.int64)) - SINCE) / DAY_NS for n in names[:count]}


def agreement(times: np.ndarray, end: float) -> dict[str, float] | None:
    """Hawkesbook's fit, the best of several starts, beside this project's.

    params  the largest relative difference of base rate, branching, decay   likelihood  the
    same of the log likelihood at this project's law   branching  hawkesbook's, over 1 where
    the free maximum is a process that grows for ever, which this project does not allow
    """
    try:
        import hawkesbook as hb
    except ImportError:
        return None
    found = fit(times, end, NOTHING, edge=False)
    law, rate = found.law, len(times) / end
    starts = ((0.5 * rate, 0.25, 0.5), (0.3 * rate, 0.07, 0.1), (0.3 * rate, 2.0, 4.0))
    ends = [hb.exp_mle_with_grad(times, end, np.array(s)) for s in starts]
    best = max(ends, key=lambda x: hb.exp_log_likelihood(times, end, x))
    base, alpha, beta = hb.exp_mle_with_grad(times, end, best)  # again, from where it stopped
    mine = np.array([law.base_per_day, law.branching, law.decay_days])
    theirs = np.array([base, alpha / beta, 1.0 / beta])
    at = np.array([law.base_per_day, law.branching / law.decay_days, 1.0 / law.decay_days])
    return {
        "params": float(np.abs(mine / theirs - 1.0).max()),
        "likelihood": abs(hb.exp_log_likelihood(times, end, at) / found.log_likelihood - 1.0),
        "branching": float(alpha / beta),
    }


def of_town(name: str, times: np.ndarray, end: float) -> tuple[dict[str, Any], np.ndarray, Any]:
    """One town's line, the forecasts in use, what came."""
    past = score.forecasts(times, end)
    used = score.as_used(past)
    each = score.log_score(past.p, past.came).mean(axis=2)
    mine = score.log_score(used, past.came).mean(axis=1)
    best = int(np.argmin(each[: len(score.RATES)].mean(axis=1)))
    ahead, sd = score.mean_and_sd(mine - each[best])
    block = np.repeat(np.arange(len(used)) // BLOCK, used.shape[1])
    slope = score.slope(used.ravel(), past.came.ravel(), block)
    line = {
        "town": name, "attacks": len(times), "model": score.NAMES[int(past.used[-1])],
        "scores": dict(zip(score.NAMES, each.mean(axis=1).tolist(), strict=True)),
        "used": float(mine.mean()), "best_baseline": score.NAMES[best],
        "behind": ahead, "behind_sd": sd, "slope": slope.slope, "slope_sd": slope.sd,
        "hawkesbook": agreement(times, end),
    }  # fmt: skip
    return line, used, past.came


def pooled(used: list[np.ndarray], came: list[np.ndarray]) -> dict[str, Any]:
    """Slopes of calibration over all towns: of each horizon, and of all."""
    p, y = np.concatenate(used), np.concatenate(came)
    sizes = np.concatenate([np.arange(len(u)) // BLOCK + 1000 * k for k, u in enumerate(used)])
    out = {
        f"{24 * (h + 1)}_h": score.slope(p[:, h], y[:, h], sizes)._asdict()
        for h in range(p.shape[1])
    }
    out["all"] = score.slope(p.ravel(), y.ravel(), np.repeat(sizes, p.shape[1]))._asdict()
    return out


def main() -> int:
    """Prints the table; status 1 when a figure of the issue does not hold."""
    cli = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    cli.add_argument("--data", type=Path, default=HISTORY)
    cli.add_argument("--towns", type=int, default=TOWNS)
    cli.add_argument("--json", type=Path)
    args = cli.parse_args()
    if not args.data.exists():
        sys.exit(f"{args.data}: not there; --data FILE: a CSV with time, event_type, city")
    end = (UNTIL - SINCE) / DAY_NS
    lines, used, came = [], [], []
    print(f"{'town':16s}{'n':>5s}", *(f"{n:>12s}" for n in score.NAMES), "     in use  less the best rate"
          "    slope")  # fmt: skip
    for name, times in towns(args.data, args.towns).items():
        line, p, y = of_town(name, times, end)
        lines.append(line)
        used.append(p)
        came.append(y)
        print(f"{name:16s}{line['attacks']:5d}", *(f"{v:12.4f}" for v in line["scores"].values()),
              f"{line['used']:11.4f} {line['behind']:+9.4f} +- {line['behind_sd']:.4f}"
              f"{line['slope']:8.2f} +- {line['slope_sd']:.2f}", flush=True)  # fmt: skip
    slopes = pooled(used, came)
    no_worse = sum(x["behind"] <= 0.0 for x in lines)
    beside = [x["hawkesbook"] for x in lines if x["hawkesbook"]]
    stable = [x["params"] for x in beside if x["branching"] < 1.0]
    found = {
        "towns": len(lines), "no_worse_than_best_rate": no_worse, "slopes": slopes,
        "fit_differs_most": max(stable, default=None), "fits_compared": len(stable),
        "mean_log_score": float(np.mean([x["used"] for x in lines])),
    }  # fmt: skip
    print(f"no worse than the best rate in hindsight: {no_worse} of {len(lines)} towns")
    for name, s in slopes.items():
        print(f"slope of calibration, {name.replace('_', ' ')}: {s['slope']:.3f} +- {s['sd']:.3f}")
    if beside:
        print(f"fit against hawkesbook: parameters within {max(stable):.1e} in {len(stable)} towns"
              f" ({len(beside) - len(stable)} left out: its branching is over 1 there); log likelihood"
              f" within {max(x['likelihood'] for x in beside):.1e} in all")  # fmt: skip
    else:
        print("fit against hawkesbook: not compared, it is not installed")
    if args.json:
        args.json.write_text(json.dumps(found | {"each": lines}, indent=1), encoding="utf-8")
    held = no_worse == len(lines) and LOW <= slopes["all"]["slope"] <= HIGH
    return 0 if held and max(stable, default=0.0) < 1e-4 else 1


if __name__ == "__main__":
    sys.exit(main())
