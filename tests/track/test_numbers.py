"""A sensor that gives tracks: its numbers are evidence, its errors last, our labels stay."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from bartizan import track
from bartizan.types import F64, Sensors
from track.made import radar, scan_of, seen

PARAMS = track.default_params()
TURNS = 15  # when a sensor does what it does with its numbers [s]
Told = list[tuple[int, int]]  # (thing, number) of each report


class Flight(NamedTuple):
    """Labels of each thing by second (0: none shown), and all labels ever shown."""

    label: list[list[int]]
    ever: set[int]


def flown(
    seed: int, x0: F64, told: Callable[[int], Told], seconds: int = 32, numbered: bool = True
) -> Flight:
    """Things x0 (k, 6) reported once a second by a sensor with its own numbers, errors 2 s long."""
    rng = np.random.default_rng(seed)
    sensors = radar(1)._replace(correlated_s=np.array([2.0]))
    state, x = track.start(sensors, PARAMS), x0.copy()
    rho = np.exp(-0.5)
    errors: dict[tuple[int, int], F64] = {}
    out = Flight([[] for _ in x0], set())
    for t in range(seconds):
        rows, name = [], []
        for who in told(t):
            fresh = np.nan_to_num(sensors.sd[0]) * rng.standard_normal(6)
            old = errors.get(who)
            errors[who] = fresh if old is None else rho * old + np.sqrt(1 - rho**2) * fresh
            if rng.random() < 0.95:
                rows.append(exact(sensors, x[who[0]]) + errors[who])
                name.append(who[1] if numbered else -1)
        z = np.array(rows).reshape(-1, 6)
        scan = scan_of(sensors, 0, float(t), z, number=np.array(name, np.int64))
        state, shown, _ = track.step(state, scan, PARAMS)
        here = {k for k, _ in told(t)}
        for k in range(len(x)):
            gap = np.linalg.norm(shown.x[:, :2] - x[k, :2], axis=1)
            good = k in here and len(gap) and gap.min() < 120.0
            out.label[k].append(int(shown.label[gap.argmin()]) if good else 0)
        out.ever.update(shown.label.tolist())
        x[:, :3] += x[:, 3:]
    return out


def exact(sensors: Sensors, x: F64) -> F64:
    """What is measured (6,) without noise."""
    still = sensors._replace(sd=np.where(np.isnan(sensors.sd), np.nan, 0.0))
    return seen(still, 0, x[None], np.random.default_rng(0))[0]


def kept(flight: Flight, k: int, since: int = 6) -> bool:
    """Whether thing k is shown under one label from `since` to the end."""
    return len({label for label in flight.label[k][since:] if label}) == 1


# Two abreast, 130 m apart at 3 km (2.5 sigma of an innovation), and one alone.
ABREAST = np.array(
    [[0.0, 3000, 150, 20, 0, 0], [0, 3130, 150, 20, 0, 0], [-2500, 900, 200, 0, 15, 0]]
)
