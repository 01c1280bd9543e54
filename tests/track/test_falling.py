"""What falls, through the real tracker: its modes, its impact, and what is not taken for it."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.stats import binomtest, chi2

from bartizan import ballistics, config, pipeline, track
from bartizan.assess import landing
from bartizan.sensing import Signatures, draw
from bartizan.sensing.draw import roll
from bartizan.track import falling
from bartizan.track.state import room
from bartizan.types import Mode, ObjectClass
from bartizan.units import G_MPS2

T0 = 10**18
PLAIN = config.load_site("ain-al-asad").site
SITE = PLAIN._replace(expects=(int(ObjectClass.BALLISTIC),))
SETUP = pipeline.setup(SITE, Mode.EXERCISE)
# Drag of the standard projectile 7 over its own below Mach 0.8 (Ballistic Research Laboratory,
# as commonly tabulated, rounded): the tracker's modes know nothing of this rise.
MACH = [0.0, 0.8, 0.9, 0.95, 1.0, 1.05, 1.2, 1.5, 2.0, 3.0]
RISE = [1.0, 1.0, 1.2, 1.7, 3.2, 3.4, 3.2, 2.9, 2.5, 2.0]


def fallen(x, P, dt, k=1e-4, doubt=0.0, q=0.0):
    mode = np.array([q, q, 0, 0, 0, 0, k, doubt])
    xo, Po = np.empty(6), np.empty((6, 6))
    falling.fall(mode, dt, x, P, xo, Po, room(1, 1))
    return xo, Po


@pytest.mark.parametrize("dt", [0.05, 1.0, 4.0])
def test_the_covariance_follows_the_jacobian_of_the_motion(dt: float) -> None:
    """Against central differences of the state's own flight."""
    x = np.array([3000.0, -500, 900, -250, 60, -120])
    rng = np.random.default_rng(1)
    A = rng.normal(size=(6, 6)) * np.array([30, 30, 40, 5, 5, 5])[:, None]
    P = A @ A.T
    F = np.empty((6, 6))
    for c in range(6):
        h = np.zeros(6)
        h[c] = 0.1
        F[:, c] = (fallen(x + h, P, dt)[0] - fallen(x - h, P, dt)[0]) / 0.2
    np.testing.assert_allclose(fallen(x, P, dt)[1], F @ P @ F.T, rtol=2e-4, atol=0.05)


def test_noise_is_that_of_a_wrong_drag_along_the_path() -> None:
    x = np.array([0.0, 0, 0, 300, 0, 0])
    _, Po = fallen(x, np.zeros((6, 6)), 0.1, doubt=0.3, q=0.2)
    drag = 1e-4 * 300**2
    assert Po[3, 3] == pytest.approx((0.3 * drag) ** 2 * falling.DOUBT_S * 0.1 + 0.02, rel=0.02)
    assert Po[4, 4] == pytest.approx(0.02, rel=0.05)
    assert np.linalg.eigvalsh(Po).min() > 0.0


def test_a_site_that_expects_no_rockets_pays_nothing() -> None:
    plain = pipeline.setup(PLAIN, Mode.EXERCISE)
    assert plain.track.motion.shape == (4, 6)
    assert plain.track.fast_share == 0.0
    assert (plain.picture.falling, plain.assess.fall_drag) == ((), ())
    np.testing.assert_array_equal(SETUP.track.motion[:4, :6], plain.track.motion)


def signature(cls: int, rcs: float) -> Signatures:
    one = np.zeros(1, np.int64)
    return Signatures(
        np.array([rcs]), np.ones(1), np.ones(1), np.zeros(1), np.zeros(1, bool), one + cls,
        one - 1, one, ("",),
    )  # fmt: skip


def shot(seed: int, rises: bool):
    """A mortar bomb or a rocket at the site -> its states each 0.25 s, flight time, impact, origin.

    Its drag, speed, range, side and the wind are drawn; the tracker knows none of them.  SciPy
    flies it, in an atmosphere of the test's own; rises: its drag does about the speed of sound.
    """
    rng = np.random.default_rng([seed, 2021])
    mortar = seed % 2 == 0
    k = math.exp(rng.uniform(math.log(5e-5), math.log(2e-4)))
    far = rng.uniform(3500, 7000) if mortar else rng.uniform(6000, 11_000)
    v = rng.uniform(260, 330) if mortar else rng.uniform(380, 600)
    side, wind = rng.uniform(0, 2 * np.pi), np.append(rng.normal(0, 5, 2), 0.0)
    up = ballistics.aim(far, v, k, mortar)
    d = np.array([math.sin(side) * math.cos(up), math.cos(side) * math.cos(up), math.sin(up)])

    def law(_, x):
        r = x[3:] - wind
        h = min(x[2], 11_000.0)
        speed, sound = np.linalg.norm(r), math.sqrt(1.4 * 287.05 * (288.15 - 0.0065 * h))
        thin = (1 - 2.25577e-5 * h) ** 4.25588 * math.exp(min(11_000.0 - x[2], 0.0) / 6341.6)
        rise = np.interp(speed / sound, MACH, RISE) if rises else 1.0
        return [*x[3:], *(-k * rise * thin * speed * r - [0, 0, G_MPS2])]

    def ground(_, x):
        return x[2]

    ground.terminal, ground.direction = True, -1
    out = solve_ivp(law, (0, 300), [0, 0, 0, *(v * d)], events=ground, rtol=1e-8, atol=1e-6,
                    dense_output=True)  # fmt: skip
    flight_s, end = out.t_events[0][0], out.y_events[0][0]
    path = out.sol(np.arange(0.0, flight_s, 0.25)).T
    shift = rng.normal(0, 700, 2) - end[:2]
    path[:, :2] += shift
    path[:, 2] -= (path[:, :2] ** 2).sum(axis=1) / 2 / ballistics.EARTH_M
    return path, flight_s, end[:2] + shift, shift, rng


def miss(where, truth) -> tuple[float, float]:
    """Squared distance of a landing (7,) from the truth in its own sigmas; in metres."""
    e, n, _, ee, en, nn, _ = where
    off = np.array([e, n]) - truth
    return float(off @ np.linalg.solve([[ee, en], [en, nn]], off)), float(np.hypot(*off))


def followed(seeds, rises: bool):
    """Rows (lead [s], d2 and m of the impact, d2 and m of the origin, time's error in sigmas).

    One look of the search radar a second, nothing else in the air.
    """
    rows = []
    for seed in seeds:
        path, flight_s, impact, origin, rng = shot(seed, rises)
        state = track.start(SITE.sensors, SETUP.track)
        for i in range(0, len(path), 4):
            scan = draw(SITE.sensors, 0, T0 + i * 250_000_000, path[i][None],
                        signature(ObjectClass.BALLISTIC, -12.0), roll(rng, 1, 6.0))  # fmt: skip
            state, tracks, _ = track.step(state, scan, SETUP.track)
            left = flight_s - i * 0.25
            if math.ceil(left) not in (20, 10, 5):
                continue
            own, to, of = landing.landings(tracks, SETUP.assess)
            for r in own:
                if np.linalg.norm(tracks.x[r, :3] - path[i][:3]) < 500:
                    late = (to[r, 2] - left) / math.sqrt(to[r, 6])
                    back = miss(of[r], origin) if of[r, 0] == of[r, 0] else (math.nan, math.nan)
                    rows.append((math.ceil(left), *miss(to[r], impact), *back, late))
                    break
    return np.array(rows)


def told(rows) -> None:
    """The table of docs/flow.md."""
    for lead in (20, 10, 5):
        d2, m, o2, om, late = rows[rows[:, 0] == lead, 1:].T
        print(f"{lead} s: {len(d2)} shots; impact 95 %: {(d2 < C95).mean():.0%}, "
              f"50 %: {(d2 < C50).mean():.0%}, NEES {d2.mean():.2f}, miss {np.median(m):.0f} m; "
              f"origin 95 %: {np.nanmean(o2 < C95):.0%}, miss {np.nanmedian(om):.0f} m; "
              f"time {np.sqrt(np.mean(late**2)):.2f} sigma")  # fmt: skip


C95, C50 = chi2.ppf([0.95, 0.5], 2)


def test_the_95_percent_ellipse_of_the_impact_holds_95_percent() -> None:
    """Seeded shots that fall as the law says, 10 s and 5 s before the impact."""
    rows = followed(range(120), rises=False)
    told(rows)
    for lead in (10, 5):
        d2 = rows[rows[:, 0] == lead, 1]
        assert len(d2) >= 90, lead  # steep bombs leave the radar's 45 degrees: not all
        low, high = binomtest(int((d2 < C95).sum()), len(d2)).proportion_ci(0.99)
        assert low <= 0.95 <= high, lead
        assert 0.5 - 0.14 <= (d2 < C50).mean() <= 0.5 + 0.25  # sharper than a Gaussian: modes mix
        assert d2.mean() < chi2.ppf(0.995, 2 * len(d2)) / len(d2)
    assert np.sqrt(np.mean(rows[rows[:, 0] < 20, 5] ** 2)) < 1.2


def test_a_drag_that_rises_about_the_speed_of_sound_is_inside_its_doubt() -> None:
    """The same, of shots that break the law."""
    rows = followed(range(120), rises=True)
    told(rows)
    for lead in (10, 5):
        d2 = rows[rows[:, 0] == lead, 1]
        assert len(d2) >= 90, lead
        assert binomtest(int((d2 < C95).sum()), len(d2)).proportion_ci(0.99).high >= 0.95
        assert (d2 < C95).mean() >= 0.88


@pytest.mark.parametrize(
    ("cls", "rcs", "speed", "up", "weave"),
    [(ObjectClass.MULTIROTOR, -14.0, 15.0, 120.0, 0.5), (ObjectClass.AIRLINER, 15.0, 240.0, 9000.0, 0.0),
     (ObjectClass.ONE_WAY_ATTACK, -10.0, 50.0, 150.0, 0.0), (ObjectClass.BIRD, -22.0, 12.0, 60.0, 1.0)],
)  # fmt: skip
def test_what_flies_is_not_called_ballistic(cls, rcs, speed, up, weave) -> None:
    """Through the whole pipeline; never, in any of its pictures."""
    seen = 0
    for seed in range(6):
        rng = np.random.default_rng([seed, 7])
        state = pipeline.start(SETUP)
        course = rng.uniform(0, 2 * np.pi)
        far, beside = (9000.0, 11_000.0) if cls == ObjectClass.AIRLINER else (4000.0, 800.0)
        s, c = math.sin(course), math.cos(course)
        x = np.array([-far * s + beside * c, -far * c - beside * s, up, 0, 0, 0])
        for i in range(60):
            course += weave * rng.normal() * 0.3
            x[3:5] = speed * math.sin(course), speed * math.cos(course)
            x[:3] += x[3:]
            scan = draw(
                SITE.sensors, 0, T0 + i * 10**9, x[None], signature(cls, rcs), roll(rng, 1, 6.0)
            )
            state, out = pipeline.step(state, scan, (), SETUP)
            seen += len(out.picture.cls)
            assert ObjectClass.BALLISTIC not in out.picture.cls
            assert len(out.threats.impact) == 0 or np.isnan(out.threats.impact).all()
    assert seen > 100
