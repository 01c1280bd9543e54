"""Behind a hill nothing is missed: existence there falls no faster than where nobody looks."""

from __future__ import annotations

import numpy as np
import pytest

from bartizan import track
from bartizan.sensing import Signatures, draw
from bartizan.sensing.draw import roll
from bartizan.terrain import Terrain
from bartizan.terrain.sight import of_sensor, sees, skyline
from bartizan.types import Sensors
from track.made import T0, radar, scan_of, seen

HILL = np.zeros((201, 201), np.float32)
HILL[120:122, :130] = 150.0  # a wall of 150 m, 2 km to the north, that ends 3 km to the east
GROUND = Terrain(-10_000.0, -10_000.0, 100.0, HILL)
FLAT = GROUND._replace(height_m=np.zeros_like(HILL))


def shaded(ground: Terrain | None) -> Sensors:
    s = radar()._replace(pos=np.array([[0.0, 0.0, 12.0]]), clutter=np.array([0.0]))
    if ground is None:
        return s
    return s._replace(skyline=skyline(s.pos, s.rot, s.look[:, 1], ground, ()))


def flown(sensors: Sensors) -> list[tuple[float, float, int, bool]]:
    """In sight, then behind the hill; existence, sight, label and whether it is free, by second."""
    rng = np.random.default_rng(4)
    params = track.default_params()
    state = track.start(sensors, params)
    out = []
    for t in range(30):
        x = np.array([6000.0 - 60.0 * t, 3500.0, 120.0, -60.0, 0.0, 0.0])
        free = sees(GROUND, sensors.pos[0], x[:3])
        z = seen(sensors, 0, x[None], rng) if free else np.zeros((0, 6))
        state, _, _ = track.step(state, scan_of(sensors, 0, float(t), z), params)
        old = state.ids[:, 0] > 0
        label = int(state.ids[old, 0][0]) if old.any() else 0
        out.append((float(state.r[old][0]) if old.any() else 0.0,
                    float(state.sight[old, 0][0]) if old.any() else 0.0, label, free))  # fmt: skip
    return out


def test_a_missed_look_behind_a_hill_lowers_nothing() -> None:
    known, unknown, flat = (flown(shaded(g)) for g in (GROUND, None, FLAT))
    gone = [k for k, (*_, free) in enumerate(known) if not free]
    assert gone[0] > 5
    assert len(gone) > 10
    deep = gone[3:]  # once its whole uncertainty is behind the edge
    life = np.exp(-1.0 / track.default_params().life_s)
    for k in deep:
        assert known[k][0] == pytest.approx(known[k - 1][0] * life, rel=2e-3)
    assert known[deep[-1]][0] > 0.6
    assert known[deep[-1]][2] == known[gone[0] - 1][2] > 0
    for other in (unknown, flat):
        assert other[deep[-1]][0] < 0.1


def test_the_simulator_draws_through_the_same_skyline() -> None:
    """What `sees` says, thing by thing; without a skyline the same dice show all of them."""
    rng = np.random.default_rng(2)
    n = 400
    x = np.zeros((n, 6))
    x[:, 0], x[:, 1] = rng.uniform(-6000, 6000, n), rng.uniform(1000, 7000, n)
    x[:, 2] = rng.uniform(60.0, 900.0, n)
    one = np.ones(n)
    signs = Signatures(0 * one, one, one, one, one > 0, one.astype(int), -one.astype(int),
                       0 * one.astype(int), ("",) * n)  # fmt: skip
    sensors, free = (s._replace(pd=np.array([[0.0, 1.0, 0, 0, 0, 0, 0, 1.0]])) for s in
                     (shaded(GROUND), shaded(None)))  # fmt: skip
    dice = roll(rng, n, 0.0)
    d = x[:, :3] - sensors.pos[0]
    r = np.sqrt((d * d).sum(axis=1))
    inside = (r < 10_000.0) & (np.arcsin(d[:, 2] / r) < 0.9)
    assert len(draw(free, 0, T0, x, signs, dice).z) == inside.sum()
    truly = np.array([sees(GROUND, sensors.pos[0], p[:3]) for p in x]) & inside
    got = len(draw(sensors, 0, T0, x, signs, dice).z)
    assert abs(got - truly.sum()) <= 0.02 * n  # but for the cells at an edge
    assert truly.sum() < 0.8 * inside.sum()
    assert of_sensor(free.skyline, 0).shape == (0,)
