"""Importance sampling of where wrecks fall: unbiased, and far fewer draws for the tail."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from scipy import stats

from bartizan.campaign import wreckage
from bartizan.campaign.many import fallout
from bartizan.sim import debris
from bartizan.sim.spec import Body
from bartizan.sim.streams import stream
from bartizan.types import Area
from sim import world

BODY = Body(mass_kg=35.0, area_m2=0.6, cd=0.9)
DRAG = debris.drag_per_m(BODY)
X = np.array([1000.0, -500.0, 150.0, 40.0, 20.0, 0.0])
WIND = np.array([3.0, -2.0, 0.0])


@pytest.fixture(scope="module")
def truth() -> tuple[debris.Footprint, np.ndarray]:
    """200,000 plain draws."""
    z = stream(1, "plain").standard_normal((200_000, debris.SPREADS))
    print_ = debris.footprint(X, 0.0, WIND, BODY)
    return print_, wreckage.plain(X, 0.0, WIND, DRAG, z)


def test_contours_hold_what_they_say(truth) -> None:
    """Against the plain draws: each contour's share within sampling error of its level."""
    _, contours = wreckage.contours(X, 0.0, WIND, DRAG, stream(2, "is"), 20_000)
    d = wreckage.radii(*truth)
    for c in contours:
        outside = float((d > c.scale).mean())
        assert outside == pytest.approx(1 - c.level, rel=0.06 if c.level < 0.99 else 0.15)
    assert [c.level for c in contours] == [0.5, 0.95, 0.999]


def test_weights_are_of_a_law(truth) -> None:
    """Mean 1, mean place as the plain draws', none over 1 / DEFENSIVE."""
    f = wreckage.falls(X, 0.0, WIND, DRAG, stream(3, "is"), 20_000)
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
        f = wreckage.falls(X, 0.0, WIND, DRAG, stream(5, "is", k), few)
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
    f = wreckage.falls(X, 0.0, WIND, DRAG, stream(6, "is"), 20_000)
    got = wreckage.on_areas(f, site, 15.0)
    walls = debris.inside(truth[1], square)
    near = debris.signed_distance_m(truth[1], site.people[0].polygon) <= 15.0
    for name, hits in (("inside_walls", walls), ("on_people", near)):
        p, error = got[name]
        low, high = stats.beta.ppf([1e-4, 1 - 1e-4], hits.sum() + 0.5, len(hits) - hits.sum())
        assert low - 4.0 * error <= p <= high + 4.0 * error
        assert 0.0 < p < 0.5


def test_a_campaigns_areas_hold_what_they_say() -> None:
    """Three hits far apart in state: each area's share of 300,000 plain draws, all rings closed.

    Probabilities of a raid's wreckage in the walls and on people: as the plain draws have them.
    """
    hits = [X, X + [300.0, 200, -60, 20, 0, -5], X + [0.0, 150, 80, -90, -20, 3]]
    corner = debris.footprint(X, 0.0, WIND, BODY).mean + np.array([25.0, 10.0])
    square = np.array([[0.0, 0.0], [60.0, 0.0], [60.0, 60.0], [0.0, 60.0]]) + corner
    site = world.site(people=(Area("hall", square + 20.0),))._replace(wall=Area("wall", square))
    order = SimpleNamespace(
        setup=SimpleNamespace(site=site),
        raid=world.raid()._replace(wind_mps=WIND, warhead_m=15.0),
    )
    of = [tuple((DRAG, 0.0, *h.tolist()) for h in own) for own in (hits[:2], hits[2:])]
    rows = tuple(
        SimpleNamespace(number=k, played=SimpleNamespace(seed=k, hits=own))
        for k, own in enumerate(of)
    )
    got = fallout.fallout(order, rows)
    z = stream(9, "plain").standard_normal((3, 100_000, debris.SPREADS))
    place = np.array([wreckage.plain(h, 0.0, WIND, DRAG, z[k]) for k, h in enumerate(hits)])
    for area in got["contours"]:
        held = sum(debris.inside(place.reshape(-1, 2), np.array(r)).sum() for r in area["rings_m"])
        outside = 1.0 - held / 300_000
        assert outside == pytest.approx(
            1.0 - area["level"], rel=0.06 if area["level"] < 0.99 else 0.3
        )
        assert all(r[0] == r[-1] for r in area["rings_m"])
    sizes = [a["area_m2"] for a in got["contours"]]
    assert sizes == sorted(sizes)
    walls = np.array([debris.inside(p, square).mean() for p in place])
    people = [debris.signed_distance_m(p, site.people[0].polygon) <= 15.0 for p in place]
    for name, p in (("inside_walls", walls), ("on_people", np.mean(people, axis=1))):
        by_raid = [1.0 - (1.0 - p[0]) * (1.0 - p[1]), p[2]]
        assert got[name]["p_per_raid"] == pytest.approx(np.mean(by_raid), rel=0.1)
    assert fallout.fallout(order, ())["contours"] == []
