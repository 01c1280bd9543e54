"""Tracks, scans and a site made by hand for the picture's tests."""

from __future__ import annotations

import numpy as np

from bartizan.types import (
    F64,
    Area,
    Association,
    Corridor,
    Scan,
    SensorKind,
    Sensors,
    Site,
    Tracks,
)

S = 1_000_000_000
T0_NS = 1_641_258_000 * S
RADAR, REMOTE_ID, ADSB, CAMERA = 0, 1, 2, 3


def site(
    friends: tuple[str, ...] = ("SCOUT-1",), pd: float = 0.95, reach_m: float = 20_000.0
) -> Site:
    """A radar (flat Pd, all round), Remote ID, ADS-B and a camera, and one corridor."""
    n = 4
    model = np.zeros((n, 8))
    model[:, 1] = pd
    look = np.tile([0.0, reach_m, 0.0, 2 * np.pi, -1.5, 1.5], (n, 1))
    kinds = [SensorKind.RADAR, SensorKind.REMOTE_ID, SensorKind.ADSB, SensorKind.CAMERA]
    sensors = Sensors(
        np.array(kinds, np.int64), np.zeros((n, 3)), np.tile(np.eye(3), (n, 1, 1)),
        np.ones((n, 6)), look, model, np.zeros(n), np.full(n, 50.0), np.ones(n), np.zeros((n, 3)),
    )  # fmt: skip
    wall = np.array([[-500.0, -500.0], [500.0, -500.0], [500.0, 500.0], [-500.0, 500.0]])
    corridor = Corridor(
        "south gate", np.array([[0.0, -9000.0], [0.0, -4000.0], [2000.0, 0.0]]), 300.0, 50.0,
        400.0, "friendly drone",
    )  # fmt: skip
    lane = Corridor("A1", np.array([[-90e3, 8e3], [90e3, 8e3]]), 5000.0, 3000.0, 13e3, "airliner")
    return Site(
        "made", "Made by hand", (0.6, 0.7, 100.0), 0.0, 0, Area("the wall", wall), (), (),
        (corridor, lane), ("radar", "remote id", "adsb", "camera"), sensors, 20_000.0, True,
        friends,
    )  # fmt: skip


def tracks(
    t_s: float, x: F64, sd: tuple[float, ...] = (5, 5, 5, 0.5, 0.5, 0.5), *,
    born_s: float = 0.0, hits: int = 9, label: tuple[int, ...] | None = None,
    identity: tuple[int, ...] | None = None, bits: int = 1,
) -> Tracks:  # fmt: skip
    """Tracks at t_s seconds with states x (n, 6) and one diagonal covariance."""
    x = np.atleast_2d(np.asarray(x, float))
    n = len(x)
    now = T0_NS + round(t_s * S)
    return Tracks(
        now, np.array(label or range(1, n + 1), np.int64), np.full(n, 0.99), x,
        np.tile(np.diag(np.square(sd)).astype(float), (n, 1, 1)), np.ones((n, 1)),
        np.full(n, T0_NS + round(born_s * S)), np.full(n, now), np.full(n, hits, np.int64),
        np.full(n, bits, np.int64), np.array(identity or [0] * n, np.int64),
    )  # fmt: skip


def scan(
    t_s: float, labels: tuple[int, ...], sensor: int = RADAR, *, look: bool = True,
    rcs: tuple[float, ...] | None = None, rotor: tuple[int, ...] | None = None,
    declared: tuple[int, ...] | None = None, confidence: float = 0.9,
    names: tuple[str, ...] = (), keys: tuple[int, ...] | None = None, here: Site | None = None,
) -> tuple[Scan, Association]:  # fmt: skip
    """One scan whose detections went to `labels`, and that association."""
    m = len(labels)
    now = T0_NS + round(t_s * S)
    where = (
        (here or site()).sensors.look[sensor] if look and sensor in (RADAR, CAMERA) else np.zeros(6)
    )
    got = Scan(
        now, sensor, 1, where, np.full(m, now), np.zeros((m, 6)), np.ones((m, 6)),
        np.array(rcs or [np.nan] * m, float), np.array(rotor or [-1] * m, np.int8),
        np.array(declared or [0] * m, np.int8), np.full(m, confidence),
        np.array(keys or [0] * m, np.int64), np.full(m, -1, np.int64),
        tuple(zip(keys or (), names, strict=False)),
    )  # fmt: skip
    return got, Association(np.array(labels, np.int64), np.ones(m))
