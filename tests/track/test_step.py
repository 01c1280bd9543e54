"""The whole step: against its NumPy oracle, and the laws it must keep."""

from __future__ import annotations

import numpy as np
import pytest

from bartizan import track
from bartizan.track.state import HITS
from track import made, reference

PARAMS = track.default_params()


def flights(k: int, rng: np.random.Generator) -> np.ndarray:
    """k straight flights at 2 to 6 km, some close together."""
    x = np.zeros((k, 6))
    az = rng.uniform(-np.pi, np.pi, k)
    r = rng.uniform(2000, 6000, k)
    x[:, 0], x[:, 1], x[:, 2] = r * np.sin(az), r * np.cos(az), rng.uniform(80, 500, k)
    x[:, 3:5] = rng.normal(0, 25, (k, 2))
    if k > 1:
        x[1, :3] = x[0, :3] + rng.normal(0, 60, 3) * [1, 1, 0.2]
        x[1, 3:] = x[0, 3:] + rng.normal(0, 2, 3)
    return x


@pytest.mark.parametrize("seed", range(3))
def test_compiled_step_equals_the_numpy_step(seed: int) -> None:
    rng = np.random.default_rng(seed)
    sensors = made.radar(clutter=2.0)
    state = track.start(sensors, PARAMS)
    slow = reference.State(0, state.undetected.copy())
    for scan, _ in made.run_line(sensors, flights(3, rng), 14, rng):
        state, tracks, _ = track.step(state, scan, PARAMS)
        slow, shown = reference.step(slow, scan, sensors, PARAMS, state.coverage_m2, state.seen_map)
        assert len(state.r) == len(slow.rows)
        assert np.allclose(state.r, [r.r for r in slow.rows], atol=2e-3)
        assert np.allclose(state.undetected, slow.undetected)
        assert tracks.label.tolist() == [s[0] for s in shown]
        for i, (_, r, x, P) in enumerate(shown):
            assert abs(tracks.existence[i] - r) < 2e-3
            assert np.allclose(tracks.x[i], x, atol=0.05)
            assert np.allclose(tracks.P[i], P, rtol=5e-3, atol=0.5)
    assert len(tracks.label) >= 2


def followed(scans, sensors, params=PARAMS):
    state = track.start(sensors, params)
    out = []
    for scan in scans:
        state, tracks, _ = track.step(state, scan, params)
        out.append(tracks)
    return state, out


def test_same_scans_same_bytes_and_inputs_untouched() -> None:
    rng = np.random.default_rng(7)
    sensors = made.radar(2)
    scans = [s for s, _ in made.run_line(sensors, flights(5, rng), 15, rng)]
    copies = [s.z.copy() for s in scans]
    (a, first), (b, second) = followed(scans, sensors), followed(scans, sensors)
    for one, two in zip(a, b, strict=True):
        assert np.array_equal(one, two)
    for one, two in zip(first, second, strict=True):
        assert one.x.tobytes() == two.x.tobytes()
        assert one.P.tobytes() == two.P.tobytes()
    assert all(np.array_equal(s.z, c, equal_nan=True) for s, c in zip(scans, copies, strict=True))


def test_order_of_detections_changes_nothing_but_labels() -> None:
    rng = np.random.default_rng(8)
    sensors = made.radar()
    scans = [s for s, _ in made.run_line(sensors, flights(4, rng), 15, rng)]
    mixed = []
    for s in scans:
        o = rng.permutation(len(s.z))
        mixed.append(s._replace(z=s.z[o], sd=s.sd[o]))
    one, two = followed(scans, sensors)[1][-1], followed(mixed, sensors)[1][-1]
    a, b = np.argsort(one.x[:, 0]), np.argsort(two.x[:, 0])
    assert np.allclose(one.x[a], two.x[b], atol=1e-6)
    assert np.allclose(one.existence[a], two.existence[b], atol=1e-6)


def test_turning_the_world_turns_the_tracks() -> None:
    """Azimuth wraps in the gate, the innovation and the grid: no direction is special.

    Turned by a whole sector of the ground grid, so that the undetected turn with it.
    """
    rng = np.random.default_rng(9)
    sensors = made.radar()
    scans = [s for s, _ in made.run_line(sensors, flights(4, rng), 15, rng)]
    base = followed(scans, sensors)[1][-1]
    for k in (1, 4, 6, 9):
        turn = k * 2 * np.pi / 12
        turned = []
        for s in scans:
            z = s.z.copy()
            z[:, 1] = (z[:, 1] + turn + np.pi) % (2 * np.pi) - np.pi
            turned.append(s._replace(z=z))
        out = followed(turned, sensors)[1][-1]
        c, s_ = np.cos(turn), np.sin(turn)
        back = np.column_stack(
            [c * out.x[:, 0] - s_ * out.x[:, 1], s_ * out.x[:, 0] + c * out.x[:, 1]]
        )
        a, b = np.argsort(base.x[:, 0]), np.argsort(back[:, 0])
        assert np.allclose(base.x[a, :2], back[b], atol=1e-5)


def test_an_empty_look_is_pure_prediction_and_lowers_existence() -> None:
    rng = np.random.default_rng(10)
    sensors = made.radar(clutter=0.5)
    x0 = flights(1, rng)
    state, out = followed([s for s, _ in made.run_line(sensors, x0, 12, rng, pd=1.0)], sensors)
    before = out[-1]
    none = np.empty((0, 6))
    for k in range(1, 4):
        state, after, _ = track.step(state, made.scan_of(sensors, 0, 11.0 + k, none), PARAMS)
        if not len(after.label):
            break
        assert after.existence[0] < before.existence[0]
        assert np.trace(after.P[0, :3, :3]) > np.trace(before.P[0, :3, :3])
        assert np.allclose(after.x[0, :2], before.x[0, :2] + before.x[0, 3:5], atol=3.0)
        before = after
    assert k >= 2


def test_a_track_that_left_all_coverage_dies() -> None:
    rng = np.random.default_rng(11)
    sensors = made.radar(clutter=0.5)
    x0 = np.array([[0.0, 9_500.0, 200.0, 0.0, 50.0, 0.0]])
    scans = []
    for scan, x in made.run_line(sensors, x0, 60, rng, pd=1.0):
        inside = np.linalg.norm(x[0, :3]) < 10_000
        scans.append(
            scan
            if inside
            else made.scan_of(sensors, 0, (scan.t_ns - made.T0) / 1e9, np.empty((0, 6)))
        )
    _, out = followed(scans, sensors)
    assert len(out[8].label) == 1
    assert len(out[-1].label) == 0


def test_two_sensors_at_one_instant() -> None:
    """A zero time step: both contribute, and two are better than one."""
    rng = np.random.default_rng(12)
    x0 = np.array([[1500.0, 4000.0, 200.0, -10.0, -30.0, 0.0]])
    both = made.radar(2, clutter=1.0)
    _, out = followed([s for s, _ in made.run_line(both, x0, 25, rng)], both)
    assert out[-1].sensors.tolist() == [3]
    alone = made.radar(1, clutter=1.0)
    _, single = followed([s for s, _ in made.run_line(alone, x0, 25, rng)], alone)
    assert np.trace(out[-1].P[0, :3, :3]) < 0.7 * np.trace(single[-1].P[0, :3, :3])


def test_doppler_sharpens_the_velocity() -> None:
    x0 = np.array([[1000.0, 5000.0, 200.0, 5.0, -35.0, 0.0]])
    errors = []
    for doppler in (False, True):
        sensors = made.radar(clutter=2.0, doppler=doppler)
        v = []
        for seed in range(12):
            rng = np.random.default_rng(seed)
            _, out = followed([s for s, _ in made.run_line(sensors, x0, 8, rng)], sensors)
            v += [np.linalg.norm(t.x[0, 3:5] - x0[0, 3:5]) for t in out[3:] if len(t.label)]
        errors.append(np.median(v))
    # One of the two horizontal components is measured: at best the other's error is left.
    assert errors[1] < 0.75 * errors[0]


def test_a_sector_look_lowers_only_what_it_covers() -> None:
    rng = np.random.default_rng(13)
    sensors = made.radar(clutter=0.5)
    x0 = np.array([[0.0, 4000.0, 200.0, 5.0, 0.0, 0.0], [0.0, -4000.0, 200.0, 5.0, 0.0, 0.0]])
    state, _ = followed([s for s, _ in made.run_line(sensors, x0, 10, rng, pd=1.0)], sensors)
    look = sensors.look[0].copy()
    look[2:4] = -0.5, 1.0  # north only
    scan = made.scan_of(sensors, 0, 10.0, np.empty((0, 6)))._replace(look=look)
    _, after, _ = track.step(state, scan, PARAMS)
    north = int(np.argmax(after.x[:, 1]))
    assert after.existence[north] < 0.95 < after.existence[1 - north]


def test_clutter_alone_confirms_next_to_nothing() -> None:
    """An hour's worth of clutter scans: false tracks are rare and short."""
    rng = np.random.default_rng(14)
    sensors = made.radar(clutter=10.0)
    scans = [made.scan_of(sensors, 0, float(t), made.clutter(sensors, 0, rng)) for t in range(1200)]
    _, out = followed(scans, sensors)
    assert sum(len(t.label) for t in out) / len(out) < 0.05


def test_labels_are_never_used_twice() -> None:
    rng = np.random.default_rng(15)
    sensors = made.radar(clutter=20.0)
    state = track.start(sensors, PARAMS)
    ended: set[int] = set()
    before: set[int] = set()
    for scan, _ in made.run_line(sensors, flights(8, rng), 60, rng, pd=0.7):
        state, _, _ = track.step(state, scan, PARAMS)
        now = set(state.ids[state.ids[:, 0] > 0, 0].tolist())
        assert not now & ended
        ended |= before - now
        before = now


def test_a_single_plot_is_forgotten_and_two_of_one_thing_are_not() -> None:
    sensors = made.radar(clutter=5.0)
    nowhere = sensors.look[0].copy()
    nowhere[3] = 0.0  # nothing is looked at, so nothing is missed
    plot = np.full((1, 6), np.nan)
    plot[0, :3] = 5000.0, 0.3, 0.05
    again = np.concatenate([plot, plot])
    again[1, 1] += 2.0
    state = track.start(sensors, PARAMS)
    state, *_ = track.step(state, made.scan_of(sensors, 0, 0.0, again), PARAMS)
    state, *_ = track.step(state, made.scan_of(sensors, 0, 1.0, plot), PARAMS)
    for t in range(2, 15):
        scan = made.scan_of(sensors, 0, t, plot[:0], look=nowhere)
        state, *_ = track.step(state, scan, PARAMS)
        hits = sorted(state.ids[:, HITS].tolist())
        assert hits[-1] == 2
        assert (hits[0] == 1) == (t <= PARAMS.seed_s)
