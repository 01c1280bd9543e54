"""Importance sampling of where wrecks fall: unbiased, and far fewer draws for the tail."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from bartizan.campaign import wreckage
from bartizan.sim import debris
from bartizan.sim.spec import Body
from bartizan.sim.streams import stream
from bartizan.types import Area
from sim import world

BODY = Body(mass_kg=35.0, area_m2=0.6, cd=0.9)
X = np.array([1000.0, -500.0, 150.0, 40.0, 20.0, 0.0])
WIND = np.array([3.0, -2.0, 0.0])


@pytest.fixture(scope="module")
def truth() -> tuple[debris.Footprint, np.ndarray]:
    """200,000 plain draws."""
    z = stream(1, "plain").standard_normal((200_000, debris.SPREADS))
    print_ = debris.footprint(X, 0.0, WIND, BODY)
    return print_, wreckage.plain(X, 0.0, WIND, BODY, z)


def test_contours_hold_what_they_say(truth) -> None:
    """Against the plain draws: each contour's share within sampling error of its level."""
    _, contours = wreckage.contours(X, 0.0, WIND, BODY, stream(2, "is"), 20_000)
    d = wreckage.radii(*truth)
    for c in contours:
        outside = float((d > c.scale).mean())
        assert outside == pytest.approx(1 - c.level, rel=0.06 if c.level < 0.99 else 0.15)
    assert [c.level for c in contours] == [0.5, 0.95, 0.999]


def test_weights_are_of_a_law(truth) -> None:
    """Mean 1, mean place as the plain draws', none over 1 / DEFENSIVE."""
    f = wreckage.falls(X, 0.0, WIND, BODY, stream(3, "is"), 20_000)
    assert f.weight.max() <= 1.0 / wreckage.DEFENSIVE + 1e-9
    one, error = wreckage.probability(f, np.ones(len(f.weight)))
    assert abs(one - 1.0) < 4.5 * error
    for axis in (0, 1):
        mean, error = wreckage.probability(f, f.place[:, axis] - truth[1][:, axis].mean())
        assert abs(mean) < 4.5 * error


def test_the_tail_takes_at_least_twenty_times_fewer_draws(truth) -> None:
    """The 99.9 % scale by 400 weighted draws scatters no more than by 8,000 plain ones."""
    print_, place = truth
    d = wreckage.radii(print_, place)
    few, many, runs = 400, 8_000, 120
    rng = stream(4, "resampled")
    by_plain = np.array([np.quantile(rng.choice(d, many), 0.999) for _ in range(runs)])
    by_weight = []
    for k in range(runs):
        f = wreckage.falls(X, 0.0, WIND, BODY, stream(5, "is", k), few)
        by_weight.append(wreckage.quantile(wreckage.radii(print_, f.place), f.weight, 0.999))
    exact = float(np.quantile(d, 0.999))
    mse = [float(((np.array(v) - exact) ** 2).mean()) for v in (by_plain, by_weight)]
    print(f"mean square errors {mse[0]:.5f} plain x{many}, {mse[1]:.5f} weighted x{few}")
    assert mse[1] <= mse[0]


def test_areas(truth) -> None:
    """Walls and people: as the plain draws have it, within both errors."""
    corner = truth[0].mean + np.array([25.0, 10.0])
    square = np.array([[0.0, 0.0], [60.0, 0.0], [60.0, 60.0], [0.0, 60.0]]) + corner
    site = world.site(people=(Area("hall", square + 20.0),))._replace(wall=Area("wall", square))
    f = wreckage.falls(X, 0.0, WIND, BODY, stream(6, "is"), 20_000)
    got = wreckage.on_areas(f, site, 15.0)
    walls = debris.inside(truth[1], square)
    near = debris.signed_distance_m(truth[1], site.people[0].polygon) <= 15.0
    for name, hits in (("inside_walls", walls), ("on_people", near)):
        p, error = got[name]
        low, high = stats.beta.ppf([1e-4, 1 - 1e-4], hits.sum() + 0.5, len(hits) - hits.sum())
        assert low - 4.0 * error <= p <= high + 4.0 * error
        assert 0.0 < p < 0.5
