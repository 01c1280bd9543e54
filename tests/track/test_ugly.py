"""Detections that are legal and ugly: they end no step and touch no other track."""

from __future__ import annotations

import numpy as np
import pytest

from bartizan import track
from bartizan.types import F64
from track import made

NAN = np.nan
PARAMS = track.default_params()
TRUTH = np.array([[500.0, 6000.0, 150.0, 0.0, -40.0, 0.0], [-3000.0, 2500.0, 300.0, 30.0, 0.0, 0]])
UGLY = {
    "at the zenith": [[4000.0, 0.3, 0.5 * np.pi, NAN]],
    "under the sensor": [[4000.0, 0.3, -0.5 * np.pi, NAN]],
    "a millimetre away": [[1e-3, 2.0, 0.0, NAN]],
    "ten on one spot": [[4000.0, -2.5, 0.4, NAN]] * 10,
    "beyond the horizon": [[9e6, -2.5, 0.0, NAN]],
}


def flown(more: dict[int, F64], noise: float = 1.0, t_end: int = 25) -> list[dict[int, bytes]]:
    """The tracker's rows by label, scan by scan; `more` plots at some scans."""
    rng = np.random.default_rng(3)
    sensors = made.radar()
    state, x = track.start(sensors, PARAMS), TRUTH.copy()
    out = []
    for k in range(t_end):
        z = made.seen(sensors, 0, x, rng)
        if k in more:
            z = np.concatenate([z, more[k]])
        scan = made.scan_of(sensors, 0, float(k), z)
        scan.sd[len(TRUTH) :] *= noise
        state, shown, _ = track.step(state, scan, PARAMS)
        x[:, :3] += x[:, 3:]
        assert np.isfinite(shown.x).all()
        assert (np.linalg.eigvalsh(shown.P) > 0).all()
        out.append(
            {
                int(label): shown.x[i].tobytes() + shown.P[i].tobytes()
                for i, label in enumerate(shown.label)
            }
        )
    return out


@pytest.mark.parametrize("what", ["at the zenith", "under the sensor", "a millimetre away"])
@pytest.mark.parametrize("noise", [1.0, 1e-2])
def test_other_tracks_are_the_same_to_the_bit(what: str, noise: float) -> None:
    z = np.full((1, 6), NAN)
    z[:, :4] = UGLY[what]
    clean, ugly = flown({}), flown({8: z}, noise)
    assert len(clean[-1]) == 2
    for a, b in zip(clean, ugly, strict=True):
        assert all(b[label] == a[label] for label in a)


@pytest.mark.parametrize("what", UGLY)
@pytest.mark.parametrize("noise", [1e-4, 1.0, 1e3])
def test_it_ends_no_step_and_the_others_keep_their_labels(what: str, noise: float) -> None:
    z = np.full((len(UGLY[what]), 6), NAN)
    z[:, :4] = UGLY[what]
    assert {1, 2} <= set(flown({8: z, 9: z}, noise)[-1])


def test_a_sensor_that_jumps_5_km_leaves_the_others_tracks() -> None:
    """One radar's plots move by 5 km for ten scans; the other radar holds the tracks."""
    rng = np.random.default_rng(5)
    sensors = made.radar(2)
    state, x = track.start(sensors, PARAMS), TRUTH.copy()
    labels = []
    for k in range(40):
        for s in range(2):
            moved = x.copy()
            moved[:, 0] += 5000.0 if s == 1 and 15 <= k < 25 else 0.0
            z = made.seen(sensors, s, moved, rng)
            scan = made.scan_of(sensors, s, k + 0.5 * s, z)
            state, shown, _ = track.step(state, scan, PARAMS)
        near = np.linalg.norm(shown.x[:, None, :3] - x[None, :, :3], axis=2)
        labels.append([int(shown.label[near[:, i].argmin()]) for i in range(2)])
        assert (near.min(axis=0) < 150.0).all() or k < 3
        x[:, :3] += x[:, 3:]
    assert labels[5] == labels[-1]


def test_many_plots_end_no_step() -> None:
    rng = np.random.default_rng(0)
    sensors = made.radar(clutter=20_000.0)
    state = track.start(sensors, PARAMS)
    for k in range(3):
        z = np.full((20_000, 6), NAN)
        z[:, 0] = rng.uniform(100, 10_000, len(z))
        z[:, 1] = rng.uniform(-np.pi, np.pi, len(z))
        z[:, 2] = rng.uniform(-0.1, 0.9, len(z))
        state, _, _ = track.step(state, made.scan_of(sensors, 0, float(k), z), PARAMS)
    assert np.isfinite(state.x).all()
