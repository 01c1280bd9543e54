"""Formations that part and close again, in the peers' file format.

    python benchmarks/swarm.py --drones 30 --seed 0 --out DIR [--bench ../shared/bench]

Writes DIR/W30_0.npz: n drones on a grid 60 m apart fly together, part into two halves 20
degrees apart, and close again; each weaves by 12 m about its place. Two radars with the
benchmark's own figures (its README), 50 false plots a scan, 90 scans. The benchmark's size W
is two such formations of ten that cross.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from peers import EL_MAX, EL_MIN, R_MAX, R_MIN, RADAR_PD, RADAR_SD, RDOT_MAX

F64 = NDArray[np.float64]
SCANS, CLUTTER, SPACING_M, SPEED_MPS = 90, 50.0, 60.0, 30.0
PART_S, TOGETHER_S = (20.0, 45.0), (45.0, 70.0)  # they part, then close
SENSORS = np.array([
    [0, 0, 0.0, 0.0, 5.0, 1.0, 0.0],
    [1, 0, 3000.0, 0.0, 10.0, 1.0, 0.5],
])  # fmt: skip


def states(n: int, t: F64, rng: np.random.Generator) -> F64:
    """Truth (n, len(t), 6) [m, m/s]."""
    wide = int(np.ceil(np.sqrt(n)))
    turn = np.radians(10.0)
    out = np.zeros((n, len(t), 6))
    for i in range(n):
        side = -1.0 if i < n // 2 else 1.0
        heading = np.full(len(t), np.pi)
        heading[(t >= PART_S[0]) & (t < PART_S[1])] += side * turn
        heading[(t >= TOGETHER_S[0]) & (t < TOGETHER_S[1])] -= side * turn
        speed = SPEED_MPS + rng.normal(0.0, 0.2)
        v = speed * np.stack([np.cos(heading), np.sin(heading)], axis=1)
        dt = np.diff(t, prepend=t[0])[:, None]
        place = np.array([4500.0, 1500.0]) + SPACING_M * np.array([i // wide, i % wide])
        phase = rng.uniform(0.0, 2.0 * np.pi)
        weave, rate = 12.0 * np.sin(2 * np.pi * t / 25 + phase), 12.0 * 2 * np.pi / 25
        out[i, :, :2] = place + rng.normal(0.0, 8.0, 2) + np.cumsum(v * dt, axis=0)
        out[i, :, 1] += weave
        out[i, :, 2] = 150.0 + rng.normal(0.0, 8.0)
        out[i, :, 3:5] = v
        out[i, :, 4] += rate * np.cos(2 * np.pi * t / 25 + phase)
    return out


def plots(x: F64, sensor: F64, rng: np.random.Generator) -> tuple[F64, NDArray[np.int64]]:
    """One scan's plots (m, 4) range, azimuth from east, elevation, range rate, in no order,
    and the drone that each is of (-1: false)."""
    d = x[:, :3] - sensor[2:5]
    r = np.linalg.norm(d, axis=1)
    z = np.stack([
        r, np.arctan2(d[:, 1], d[:, 0]), np.arcsin(d[:, 2] / r), (d * x[:, 3:]).sum(axis=1) / r,
    ], axis=1)  # fmt: skip
    seen = (r > R_MIN) & (r < R_MAX) & (z[:, 2] > EL_MIN) & (z[:, 2] < EL_MAX)
    seen &= rng.random(len(x)) < RADAR_PD
    who = np.flatnonzero(seen)
    z = z[seen] + rng.normal(size=(len(who), 4)) * RADAR_SD
    k = rng.poisson(CLUTTER)
    low = [R_MIN, -np.pi, EL_MIN, -RDOT_MAX]
    false = rng.uniform(low, [R_MAX, np.pi, EL_MAX, RDOT_MAX], (k, 4))
    order = rng.permutation(len(who) + k)
    every, whose = np.concatenate([z, false]), np.concatenate([who, np.full(k, -1)])
    return every[order], whose[order]


def make(n: int, seed: int) -> dict[str, NDArray[np.generic]]:
    """The whole scenario file."""
    rng = np.random.default_rng([30, n, seed])
    t = np.arange(0.0, SCANS, 0.25)
    x = states(n, t, rng)
    whole = np.arange(SCANS)
    times, sensors, measured, whose = [], [], [], []
    looks = [(k + s[6], s) for s in SENSORS for k in range(SCANS) if k + s[6] < SCANS]
    for at, sensor in sorted(looks, key=lambda look: (look[0], look[1][0])):
        z, who = plots(x[:, round(at * 4)], sensor, rng)
        times.append(np.full(len(z), at))
        sensors.append(np.full(len(z), int(sensor[0])))
        measured.append(z)
        whose.append(who)
    return {
        "meta": np.array([n, CLUTTER, SCANS, seed], dtype=float),
        "sensors": SENSORS,
        "truth_scan": np.repeat(whole, n),
        "truth_id": np.tile(np.arange(n), SCANS),
        "truth_class": np.zeros(n * SCANS, int),
        "truth_state": x[:, ::4].transpose(1, 0, 2).reshape(-1, 6),
        "meas_t": np.concatenate(times),
        "meas_sensor": np.concatenate(sensors),
        "meas_z": np.concatenate(measured),
        "meas_truth": np.concatenate(whose),
    }


def main() -> None:
    cli = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    cli.add_argument("--drones", type=int, default=30)
    cli.add_argument("--seed", type=int, nargs="+", default=[0])
    cli.add_argument("--out", type=Path, required=True)
    cli.add_argument("--bench", type=Path, help="not needed; as the benchmark's own generator")
    args = cli.parse_args()
    for seed in args.seed:
        np.savez_compressed(args.out / f"W{args.drones}_{seed}.npz", **make(args.drones, seed))


if __name__ == "__main__":
    main()
