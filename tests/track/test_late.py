"""A scan that comes after younger ones, beyond the wait: taken back, or refused and counted."""

from __future__ import annotations

import numpy as np
import pytest

from bartizan import config, pipeline
from bartizan.feeds.order import order
from bartizan.track.late import taken_back, wandered
from bartizan.track.state import default_params
from bartizan.types import Mode, Refused
from track.made import radar, scan_of, seen

LATE_S, END_S = 3, 30


def setup(late_s: float) -> pipeline.Setup:
    """The built-in site with two radars in one place: a coarse one, and a fine one that is late."""
    base = config.load_site("ain-al-asad").site
    sensors = radar(2, clutter=0.01, sd=(60.0, 0.03, 0.03, 1.0))
    sensors.pos[:] = 0.0
    sensors.sd[1, :3] = 5.0, 0.002, 0.002
    site = base._replace(sensors=sensors, sensor_names=("coarse", "fine"))
    s = pipeline.setup(site, Mode.EXERCISE)
    return s._replace(track=s.track._replace(late_s=late_s))


def flight(seed: int, s: pipeline.Setup):
    """(arrival [s], scan) of a drone of which the fine radar tells LATE_S late, and where it is."""
    rng = np.random.default_rng(seed)
    way = rng.uniform(0, 2 * np.pi)
    x0 = np.array([[*rng.uniform(-3000, 3000, 2), 300.0, 25 * np.sin(way), 25 * np.cos(way), 0.0]])
    out = []
    for t in range(END_S + 1):
        x = x0.copy()
        x[:, :3] += x[:, 3:] * t
        for k in (0, 1):
            z = seen(s.site.sensors, k, x, rng)
            out.append((t + LATE_S * k, scan_of(s.site.sensors, k, float(t), z)))
    here = [a for a in out if a[0] <= END_S]
    return here, x[0, :3]


def left(scans, s: pipeline.Setup, true_m) -> tuple[float, int]:
    """Error of the one track at the end [m], and how many scans were set aside."""
    flow = pipeline.Flow(s)
    outputs = [flow.take(scan) for scan in scans]
    last = next(o for o in reversed(outputs) if o is not None)
    (x,) = last.picture.tracks.x
    return float(np.linalg.norm(x[:3] - true_m)), sum(o is None for o in outputs)


def test_what_is_taken_back_is_worth_what_it_would_be_in_order() -> None:
    """Against the same scans in order of time, which no order of arrival can better."""
    dropped, back, best = [], [], []
    for seed in range(16):
        s = setup(10.0)
        here, true_m = flight(seed, s)
        arrived = [scan for _, scan in sorted(here, key=lambda a: (a[0], a[1].t_ns))]
        in_order = sorted(arrived, key=lambda scan: (scan.t_ns, scan.sensor))
        error, aside = left(arrived, s, true_m)
        assert aside == 0
        back.append(error)
        best.append(left(in_order, s, true_m)[0])
        error, aside = left(arrived, setup(0.0), true_m)
        assert aside == sum(scan.sensor for _, scan in here)
        dropped.append(error)
    rms = [float(np.sqrt(np.mean(np.square(e)))) for e in (dropped, back, best)]
    assert rms[1] < 0.5 * rms[0], rms
    assert rms[1] < 1.5 * rms[2], rms


def test_the_widening_is_that_of_random_acceleration() -> None:
    """Variance of the place after a Wiener velocity of power q: q t^3 / 3; of the speed: q t."""
    rng = np.random.default_rng(1)
    steps, t, q = 400, 4.0, 3.0
    dv = rng.normal(size=(20_000, steps)) * np.sqrt(q * t / steps)
    v = np.cumsum(dv, axis=1)
    scan = scan_of(radar(), 0, 0.0, np.array([[1.0, 0.0, 0.0, 0.0, np.nan, np.nan]]))
    sd = wandered(scan, np.array([t]), q)[0]
    assert sd[0] == pytest.approx((v.sum(axis=1) * t / steps).std(), rel=0.02)
    assert sd[3] == pytest.approx(v[:, -1].std(), rel=0.02)
    assert sd[1] == sd[0]  # at 1 m


def test_what_is_in_order_or_too_old_is_left_alone() -> None:
    scan = scan_of(radar(), 0, 100.0, np.array([[500.0, 0.1, 0.1, np.nan, np.nan, np.nan]]))
    params = default_params()._replace(late_s=5.0)
    for now_s in (90.0, 100.0, 106.0):
        now_ns = scan.t_ns + round((now_s - 100.0) * 1e9)
        assert taken_back(scan, now_ns, params) is scan
    assert taken_back(scan, scan.t_ns + 10**9, default_params()) is scan
    back = taken_back(scan, scan.t_ns + 10**9, params)
    assert back.t_ns == scan.t_ns + 10**9 and back.look[3] == 0.0
    assert back.t_det_ns.tolist() == [scan.t_ns]


def test_order_lets_through_what_the_tracker_takes_back_once() -> None:
    z = np.array([[500.0, 0.1, 0.1, np.nan, np.nan, np.nan]])
    at = {t: scan_of(radar(), 0, float(t), z) for t in (0, 1, 3, 9, 10)}
    came = [at[t] for t in (0, 1, 9, 10, 3, 3, 0, 1)]
    out = list(order(came, 2.0, 8.0))
    t_s = [round((i.t_ns - at[0].t_ns) / 1e9) for i in out if not isinstance(i, Refused)]
    assert t_s == [0, 1, 3, 9, 10]
    why = [i.why.split(":")[0] for i in out if isinstance(i, Refused)]
    assert why == ["repeated", "late", "late"]
