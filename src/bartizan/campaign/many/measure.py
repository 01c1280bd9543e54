"""What a campaign says: leaks, links, warning time, false alarms, magazine.

In: rows, the order.  Out: one mapping, as it is printed and drawn.
Does not: play, or hide a raid: what was lost is counted beside it.
"""

from __future__ import annotations

from collections import Counter
from typing import Any, Final

import numpy as np

from bartizan.campaign.many.book import Lost, Row
from bartizan.campaign.many.fallout import fallout
from bartizan.campaign.many.order import Cell, Order, armed
from bartizan.campaign.seeds import interval
from bartizan.campaign.umpire import LINKS
from bartizan.sim.spec import Effector

QUANTILES: Final = (0.05, 0.25, 0.5, 0.75, 0.95)


def poisson_interval(count: int, exposure: float, confidence: float = 0.95) -> tuple[float, float]:
    """Exact interval of a Poisson rate.  Ref: Garwood 1936, Biometrika 28, 437-442."""
    from scipy.stats import chi2

    a = (1.0 - confidence) / 2.0
    low = 0.0 if count == 0 else 0.5 * float(chi2.ppf(a, 2 * count))
    high = 0.5 * float(chi2.ppf(1.0 - a, 2 * count + 2))
    return low / exposure, high / exposure


def leaks(rows: tuple[Row, ...]) -> dict[str, Any]:
    """Raids, the share with a leaker and its interval (Clopper & Pearson 1934)."""
    n, hits = len(rows), sum(r.played.leakers > 0 for r in rows)
    return {
        "raids": n,
        "leak_probability": hits / n if n else None,
        "leak_interval": interval(hits, n) if n else (0.0, 1.0),
        "leakers_per_raid": sum(r.played.leakers for r in rows) / n if n else None,
    }


def warning(rows: tuple[Row, ...]) -> dict[str, float | None]:
    """Quantiles of the warning time over the raids of which somebody arrives; 0 is no warning."""
    t = np.array([r.played.warning_s for r in rows if r.played.warning_s is not None])
    out: dict[str, float | None] = {
        f"p{round(100 * q):02d}": float(np.quantile(t, q)) if len(t) else None for q in QUANTILES
    }
    return out | {"none": float((t <= 0.0).mean()) if len(t) else None}


def magazine(arms: tuple[Effector, ...], rows: tuple[Row, ...]) -> dict[str, dict[str, float]]:
    """What each effector fired in a raid, and how often its magazine was empty at the end."""
    if not rows:
        return {}
    left = np.array([r.played.rounds_left for r in rows], np.float64).reshape(len(rows), -1)
    return {
        e.name: {
            "of": e.magazine, "p_kill": e.p_kill,
            "fired_per_raid": float(e.magazine - left[:, k].mean()),
            "most_fired": float(e.magazine - left[:, k].min()),
            "emptied": float((left[:, k] <= 0).mean()),
        }
        for k, e in enumerate(arms)
    }  # fmt: skip


def assignments(rows: tuple[Row, ...]) -> dict[str, Any] | None:
    """Optimal assignments made, what they leave beside greedy's, the worst certified gap."""
    made = sum(r.played.assignments for r in rows)
    if not made:
        return None
    return {
        "made": made,
        "left": sum(r.played.left for r in rows) / made,
        "greedy_left": sum(r.played.greedy_left for r in rows) / made,
        "worst_gap": max(r.played.worst_gap for r in rows),
    }


def figures(order: Order, cell: Cell, rows: tuple[Row, ...]) -> dict[str, Any]:
    """All figures of one cell; false alarms stand beside the detection probability."""
    hours = len(rows) * order.raid.duration_s / 3600.0
    false = sum(r.played.false_alarms for r in rows)
    tracked, came = (sum(getattr(r.played, k) for r in rows) for k in ("tracked", "attackers"))
    broken = Counter(r.played.broken for r in rows if r.played.broken)
    return leaks(rows) | {
        "warning_time_s": warning(rows),
        "detection_probability": tracked / came if came else None,
        "detection_interval": interval(tracked, came) if came else (0.0, 1.0),
        "false_alarms_per_hour": false / hours if hours else None,
        "false_alarms_interval": poisson_interval(false, hours) if hours else None,
        "broken_links": {k: broken[k] for k in LINKS if broken[k]},
        "magazine": magazine(armed(order.effectors, cell), rows),
        "assignment": assignments(rows),
        "refused": sum(r.played.refused for r in rows),
        "refused_because_of_people": sum(r.played.refused_people for r in rows),
        "wreckage_inside_walls": sum(r.played.wreckage_inside_walls for r in rows),
        "others_shot_down": sum(r.played.others_shot_down for r in rows),
    }


def summary(
    order: Order, rows: tuple[Row, ...], lost: tuple[Lost, ...], per_second: float
) -> dict[str, Any]:
    """All figures of a campaign: those of its main cell, then every cell's.

    Cells are played with the same dice, so that their raids are never counted together.
    """
    main = order.main()
    its: dict[Cell, list[Row]] = {cell: [] for cell in order.cells}
    for r in rows:
        its[order.cell(r.number)].append(r)
    own = tuple(its[main])
    return {
        "attackers": main.attackers, "p_kill": main.p_kill, "policy": order.policy(main),
        **figures(order, main, own),
        "wreckage": fallout(order, own),
        "raids_per_second": per_second,
        "played": len(rows),
        "lost": [x._asdict() for x in lost],
        "cells": [
            {"attackers": c.attackers, "p_kill": c.p_kill, "policy": order.policy(c)}
            | figures(order, c, tuple(its[c])) for c in order.cells
        ],
    }  # fmt: skip
