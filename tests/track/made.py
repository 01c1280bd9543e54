"""Radars and scans made by hand for the tracker's tests."""

from __future__ import annotations

import numpy as np

from bartizan.types import F64, Frame, Scan, SensorKind, Sensors

NAN = np.nan
T0 = 1_000_000_000_000


def radar(
    n: int = 1, clutter: float = 5.0, doppler: bool = False, sd: tuple[float, ...] = (10, 0.01, 0.012, 1)
) -> Sensors:  # fmt: skip
    """n like radars at different places that see 100 m to 10 km all round with Pd 0.9."""
    noise = np.full((n, 6), NAN)
    noise[:, :4] = sd
    if not doppler:
        noise[:, 3] = NAN
    pos = np.zeros((n, 3))
    pos[:, 0] = 3000.0 * np.arange(n)
    return Sensors(
        np.full(n, int(SensorKind.RADAR)), pos, np.tile(np.eye(3), (n, 1, 1)), noise,
        np.tile([100.0, 10_000.0, 0.0, 2 * np.pi, -0.1, 0.9], (n, 1)),
        np.tile([0.0, 0.9, 0, 0, 0, 0, 0, 1.0], (n, 1)), np.full(n, clutter), np.full(n, 60.0),
        np.ones(n), np.zeros((n, 3)),
    )  # fmt: skip


def scan_of(sensors: Sensors, s: int, t_s: float, z: F64, **other: object) -> Scan:
    """A full look with detections z (m, 6)."""
    m = len(z)
    t_ns = T0 + round(t_s * 1e9)
    sd = np.where(np.isnan(z), NAN, sensors.sd[s])
    made = Scan(
        t_ns, s, int(Frame.SPHERICAL), sensors.look[s].copy(), np.full(m, t_ns), z, sd,
        np.full(m, NAN), np.full(m, -1, np.int8), np.zeros(m, np.int8), np.zeros(m),
        np.zeros(m, np.int64), np.full(m, -1, np.int64),
    )  # fmt: skip
    return made._replace(**other)


def seen(sensors: Sensors, s: int, x: F64, rng: np.random.Generator) -> F64:
    """Noisy detections (k, 6) of true states x (k, 6), all of them."""
    d = x[:, :3] - sensors.pos[s]
    r = np.linalg.norm(d, axis=1)
    z = np.full((len(x), 6), NAN)
    z[:, 0] = r
    z[:, 1] = np.arctan2(d[:, 0], d[:, 1])
    z[:, 2] = np.arcsin(d[:, 2] / r)
    z[:, 3] = (d * x[:, 3:]).sum(1) / r
    z += np.nan_to_num(sensors.sd[s]) * rng.standard_normal(z.shape)
    z[:, np.isnan(sensors.sd[s])] = NAN
    return z


def clutter(sensors: Sensors, s: int, rng: np.random.Generator) -> F64:
    """Poisson clutter, uniform in the sensor's own polar space."""
    look = sensors.look[s]
    m = rng.poisson(sensors.clutter[s])
    z = np.full((m, 6), NAN)
    z[:, 0] = rng.uniform(look[0], look[1], m)
    z[:, 1] = rng.uniform(-np.pi, np.pi, m)
    z[:, 2] = rng.uniform(look[4], look[5], m)
    if not np.isnan(sensors.sd[s, 3]):
        z[:, 3] = rng.uniform(-60, 60, m)
    return z


def run_line(
    sensors: Sensors, x0: F64, seconds: int, rng: np.random.Generator, pd: float = 0.9
) -> list[tuple[Scan, F64]]:
    """One scan a second of every sensor of straight flights x0 (k, 6), with clutter."""
    out = []
    for t in range(seconds):
        x = x0.copy()
        x[:, :3] += x[:, 3:] * t
        for s in range(len(sensors.kind)):
            z = seen(sensors, s, x, rng)[rng.random(len(x)) < pd]
            z = np.vstack([z, clutter(sensors, s, rng)])
            out.append((scan_of(sensors, s, float(t), rng.permutation(z)), x))
    return out
