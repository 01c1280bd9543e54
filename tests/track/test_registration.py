"""Registration: biases that are put in come out, within what is said of them."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom

from bartizan.track import registration as reg
from bartizan.track.state import sensor_table
from bartizan.types import (
    F64,
    Act,
    Association,
    Registration,
    RegistrationNews,
    Scan,
    SensorKind,
    Sensors,
    Tracks,
)
from track.made import T0, radar, scan_of

PARAMS = reg.RegistrationParams()
BIAS = np.array([[25.0, 0.03, -0.02], [-15.0, -0.02, 0.01]])


def sensors(adsb: bool = False) -> Sensors:
    """Two radars 3 km apart, and a receiver of cooperative reports."""
    made = radar(3, sd=(10, 0.01, 0.01, 1))
    if adsb:
        made.kind[2] = int(SensorKind.ADSB)
        made.sd[2] = [10.0, 10.0, 15.0, np.nan, np.nan, np.nan]
    return made


def measured(place: F64, table: F64, s: int, rng: np.random.Generator, bias: F64) -> F64:
    d = place - table[s, 1:4]
    r = np.linalg.norm(d)
    z = np.full((1, 6), np.nan)
    z[0, :3] = [r, np.arctan2(d[0], d[1]), np.arcsin(d[2] / r)]
    z[0, :3] += bias + rng.normal(0.0, [10.0, 0.01, 0.01])
    return z


def fly(
    seed: int, adsb: bool, t_end: int = 200, bias: F64 = BIAS, jump_at: float = np.inf,
    acts: tuple[Act, ...] = (), lead_s: float = 0.0,
) -> tuple[list[Registration], F64]:  # fmt: skip
    """Circles around both radars; association and tracks are given."""
    rng = np.random.default_rng(seed)
    made = sensors(adsb)
    table = sensor_table(made)
    state, out = reg.start(made), []
    for k in range(t_end):
        for s in range(3 if adsb else 2):
            t = k + 0.3 * s
            a = 0.02 * t
            x = np.array([1500 + 3000 * np.sin(a), 3000 * np.cos(a) + 500, 400.0, 60 * np.cos(a),
                          -60 * np.sin(a), 0.0])  # fmt: skip
            if s == 2:
                z = np.full((1, 6), np.nan)
                z[0, :3] = x[:3] + rng.normal(0, [10, 10, 15])
            else:
                off = bias[s] + (np.array([0, 0.1, 0]) if s == 0 and t > jump_at else 0)
                seen_at = x[:3] - lead_s * x[3:] if s == 0 else x[:3]
                z = measured(seen_at, table, s, rng, off)
            scan = scan_of(made, s, t, z)
            if s == 2:
                scan = scan._replace(frame=1)
            state, table, answer = reg.accept(state, table, acts if k == 150 and s == 0 else ())
            state, got = reg.step(state, scan, shown(scan, x), SURE, table, PARAMS)
            out += [r for r in (answer, got) if r is not None]
    return out, table


SURE = Association(np.array([7]), np.array([1.0]))


def shown(scan: Scan, x: F64) -> Tracks:
    one = np.ones(1, np.int64)
    return Tracks(scan.t_ns, one * 7, np.ones(1), x[None], np.eye(6)[None], np.ones((1, 1)),
                  one, one, one, one, one)  # fmt: skip


@pytest.mark.parametrize("adsb", [True, False])
def test_biases_come_out_within_what_is_said_of_them(adsb: bool) -> None:
    """95 % intervals of range, azimuth and elevation hold 95 % of the time (binomial)."""
    inside = n = 0
    for seed in range(12):
        last = fly(seed, adsb, t_end=120)[0][-1]
        off = np.abs(last.bias[:2, :3] - BIAS) < 1.96 * last.sd[:2, :3]
        inside, n = inside + int(off.sum()), n + off.size
    assert inside >= binom.ppf(0.005, n, 0.95)
    assert (last.after[:2] < last.before[:2]).all()
    if adsb:  # cooperative traffic makes it absolute
        assert last.offered[:2].all()
        assert np.abs(last.bias[:2, 1] - BIAS[:, 1]).max() < 0.005


def test_a_clock_that_is_ahead_is_found_from_cooperative_traffic() -> None:
    """A report stamped 0.5 s late shows where the thing was before."""
    last = fly(3, True, bias=0.0 * BIAS, lead_s=0.5)[0][-1]
    assert last.bias[0, 3] == pytest.approx(0.5, abs=4 * last.sd[0, 3])
    assert last.sd[0, 3] < 0.1


def test_a_sensor_that_is_turned_raises_an_alert() -> None:
    said = [r.news[0] for r in fly(1, True, t_end=200, jump_at=170.0)[0]]
    assert RegistrationNews.JUMPED in said
    calm = [r.news[0] for r in fly(1, True, t_end=200)[0]]
    assert RegistrationNews.JUMPED not in calm


def test_an_offer_is_applied_only_when_a_person_accepts_it() -> None:
    out, table = fly(2, True, acts=(Act(T0, "Ana", "register", 0),))
    assert RegistrationNews.ACCEPTED in [r.news[0] for r in out]
    np.testing.assert_allclose(table[0, 29:32], out[-1].accepted[0])
    assert (np.abs(table[0, 29:32] - BIAS[0]) < [8.0, 0.006, 0.006]).all()
    assert not table[1, 29:32].any()
    assert abs(out[-1].bias[0, 1]) < 0.01  # nothing much is left
    out, table = fly(2, True, acts=(Act(T0, "", "register", 0), Act(T0, "Ana", "register", 99)))
    assert RegistrationNews.REFUSED in [r.news[0] for r in out]
    assert not table[:, 29:32].any()
