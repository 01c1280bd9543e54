"""Class posterior against Bayes by hand, by quadrature, and its laws."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

import picture.made as made
from bartizan.picture import PictureParams, PictureState, start, step
from bartizan.picture.classes import TABLE, WORDS, log_height
from bartizan.picture.evidence import soft_uniform
from bartizan.picture.settle import limits
from bartizan.picture.settle import named as verdict
from bartizan.types import N_CLASSES, ObjectClass, Picture, Tracks

TEMPER = PictureParams().temper
SURE = (0.01, 0.01, 0.01, 1e-4, 1e-4, 1e-4)


def play(*looks: tuple[float, Tracks, tuple[object, object]]) -> Picture:
    """The picture after several looks: (unused, tracks, (scan, association))."""
    params = PictureParams()
    state = start(params)
    here = made.site()
    for _, tracks, (scan, assoc) in looks:
        state, out = step(state, scan, tracks, assoc, here, params)
    return out


def uniform(x: float, lo: float, hi: float, spread: float) -> float:
    return (0.98 / (hi - lo) if lo <= x <= hi else 0.0) + 0.02 / spread


def by_hand(speed: float, height_m: float, climb: float) -> np.ndarray:
    """Bayes over speed, log-height and climb, all exactly known, from the table's rows."""
    p = TABLE.prior.copy()
    g = float(log_height(np.array(height_m)))
    for c in range(N_CLASSES):
        r = TABLE.ranges[c]
        like = uniform(speed, *r[0], 800.0) * uniform(g, *r[1], 5.5) * uniform(climb, *r[2], 800.0)
        p[c] *= like**TEMPER
    return p / p.sum()


@pytest.mark.parametrize(
    ("speed", "height_m", "climb"),
    [(48.0, 150.0, 1.0), (13.0, 55.0, 0.5), (230.0, 10_500.0, 0.1), (310.0, 3900.0, -150.0)],
)
def test_one_look_is_bayes_by_hand(speed: float, height_m: float, climb: float) -> None:
    t = made.tracks(0.0, np.array([3.0, 4.0, height_m, 0.6 * speed, 0.8 * speed, climb]), SURE)
    out = play((0.0, t, made.scan(0.0, (1,))))
    np.testing.assert_allclose(out.posterior[0], by_hand(speed, height_m, climb), rtol=2e-3)


@given(x=st.floats(-50, 120), sd=st.floats(0.1, 30), lo=st.floats(-10, 40), width=st.floats(1, 80))
@settings(max_examples=40, deadline=None)
def test_soft_uniform_is_the_convolution(x: float, sd: float, lo: float, width: float) -> None:
    hi = lo + width
    a, b = max(lo, x - 9 * sd), min(hi, x + 9 * sd)  # the rest is under 1e-18
    inside = integrate.quad(lambda s: stats.norm.pdf(x, s, sd) / width, a, b)[0] if a < b else 0.0
    assert soft_uniform.py_func(x, sd, lo, hi, 400.0) == pytest.approx(
        0.98 * inside + 0.02 / 400.0, abs=1e-8
    )


def test_an_uncertain_velocity_has_the_speed_of_its_square() -> None:
    """A track at rest with 10 m/s of doubt is as fast as that doubt: not a hovering drone."""
    rng = np.random.default_rng(1)
    v = rng.normal([30.0, 0.0], [2.0, 25.0], (200_000, 2))
    square = (v * v).sum(axis=1)
    from bartizan.picture.evidence import features

    x = np.array([[0.0, 0.0, 100.0, 30.0, 0.0, 0.0]])
    P = np.diag([1.0, 1, 1, 4, 625, 1])[None]
    f, motion = np.empty((5, 2)), np.zeros((1, 9))
    features.py_func(x, P, 0, motion, 0, 200.0, f)
    assert f[0, 0] == pytest.approx(np.sqrt(square.mean()), rel=0.01)
    assert f[0, 1] == pytest.approx(square.std() / (2 * np.sqrt(square.mean())), rel=0.02)


def test_looking_longer_does_not_make_it_surer() -> None:
    """State and path are levels: 300 like looks say no more than the first dozen."""
    x = np.array([0.0, 4000.0, 150.0, 0.0, -48.0, 0.0])
    seen = []
    params = PictureParams()
    state, here = start(params), made.site()
    for k in range(300):
        scan, assoc = made.scan(k, (1,))
        state, out = step(state, scan, made.tracks(k, x, SURE), assoc, here, params)
        seen.append(out.posterior[0])
    np.testing.assert_allclose(seen[-1], seen[20], atol=1e-6)
    assert seen[-1].max() < 0.99


def test_cross_section_is_the_hierarchical_bayes() -> None:
    """n looks at one thing: its mean is drawn once, each look scatters about it."""
    rcs = (-12.0, -19.0, -16.5, -11.0)
    x = np.array([0.0, 4000.0, 100.0, 10.0, 10.0, 0.0])
    still = play(*[(k, made.tracks(0.0, x, SURE), made.scan(0.0, (1,))) for k in range(4)])
    looks = [
        (k, made.tracks(0.0, x, SURE), made.scan(0.0, (1,), rcs=(v,))) for k, v in enumerate(rcs)
    ]
    out = play(*looks)
    ratio = np.log(out.posterior[0] / still.posterior[0])

    def evidence(mean: float, sd: float) -> float:
        def at(m: float) -> float:
            like = np.prod([stats.norm.pdf(v, m - 2.51, 5.57) for v in rcs])
            return float(like * stats.norm.pdf(m, mean, sd))

        return float(
            np.log(integrate.quad(at, mean - 8 * sd, mean + 8 * sd, points=[-14.0], limit=300)[0])
        )

    want = np.array([evidence(*TABLE.rcs[c]) for c in range(N_CLASSES)])
    np.testing.assert_allclose(ratio - ratio[1], TEMPER * (want - want[1]), atol=0.01)


def test_rotor_looks_count_by_the_rule() -> None:
    """The first look counts one, one 5 s later 1 - exp(-5 / 20); all fades by exp(-5 / 60); the
    share of a class that shows blades is what is mixed: never more than it, however long."""
    x = np.array([0.0, 4000.0, 100.0, 10.0, 10.0, 0.0])

    def run(rotor: tuple[int, ...]) -> np.ndarray:
        return play(
            (0, made.tracks(0.0, x, SURE), made.scan(0.0, (1,), rotor=rotor)),
            (5, made.tracks(5.0, x, SURE), made.scan(5.0, (1,), rotor=rotor)),
        ).posterior[0]

    none = run((-1,))
    w = np.exp(-5 / 60) + 1 - np.exp(-5 / 20)
    for flag, ratio in ((1, 0.85 / 0.05), (0, 0.15 / 0.95)):
        log = np.log(run((flag,)) / none)
        want = TEMPER * np.log(TABLE.rotor * ratio**w + 1 - TABLE.rotor)
        np.testing.assert_allclose(log - log[1], want - want[1], atol=1e-9)
    long = [
        play(*[(t, made.tracks(t, x, SURE), made.scan(t, (1,), rotor=(flag,))) for t in range(0, 900, 9)])
        for flag in (1, -1)
    ]  # fmt: skip
    log = np.log(long[0].posterior[0] / long[1].posterior[0])
    assert (
        log - log[1] >= TEMPER * np.log(TABLE.rotor / TABLE.rotor[1]).clip(max=0.0) - 1e-9
    ).all()


def test_a_lone_rotor_flag_among_weak_looks_is_worth_its_share() -> None:
    """One flag in 30 looks that could not say counts a thirtieth; one of each look all of it.

    A bird gives such a flag sooner or later: 2 % of what would be seen of blades.
    """
    x = np.array([0.0, 4000.0, 100.0, 10.0, 10.0, 0.0])

    def last(flags: list[int]) -> np.ndarray:
        looks = [
            (k, made.tracks(float(k), x, SURE), made.scan(float(k), (1,), rcs=(-24.0,), rotor=(f,)))
            for k, f in enumerate(flags)
        ]
        return np.log(play(*looks).posterior[0])

    weak, bird, drone = [-1] * 29, int(ObjectClass.BIRD), int(ObjectClass.MULTIROTOR)
    change = last([*weak, 1]) - last([*weak, -1])
    odds, share = np.log(0.85 / 0.05) / 30.0, TABLE.rotor
    want = TEMPER * np.log(share * np.exp(odds) + 1.0 - share)
    np.testing.assert_allclose(change - change[1], want - want[1], atol=1e-9)
    quiet, sure = last([*weak, 1]), last([1] * 30)
    assert quiet[bird] > quiet[drone] and sure[drone] > sure[bird]


def test_declared_class_by_its_confidence() -> None:
    x = np.array([0.0, 4000.0, 100.0, 10.0, 10.0, 0.0])
    drone = int(ObjectClass.MULTIROTOR)

    def run(declared: int, confidence: float) -> np.ndarray:
        look = made.scan(0.0, (1,), declared=(declared,), confidence=confidence)
        return play((0, made.tracks(0.0, x, SURE), look)).posterior[0]

    none, blind, sure = run(0, 1.0), run(drone, 0.0), run(drone, 1.0)
    np.testing.assert_allclose(blind, none, atol=1e-12)
    odds = (sure[drone] / sure[4]) / (none[drone] / none[4])
    # said a drone: 0.8 of drones, 0.12 of birds
    assert odds == pytest.approx((0.8 / 0.12) ** TEMPER)


def test_a_sensor_declares_by_its_own_confusion_and_sensors_count_beside_each_other() -> None:
    """Bayes with each sensor's own matrix, once each: saying it a hundred times adds nothing."""
    x = np.array([0.0, 4000.0, 100.0, 10.0, 10.0, 0.0])
    drone, bird = int(ObjectClass.MULTIROTOR), int(ObjectClass.BIRD)
    own = np.full((4, N_CLASSES, N_CLASSES), np.nan)
    own[made.RADAR, :, bird] = 0.0  # the radar takes three birds in ten for drones, the rest right
    own[made.RADAR, [drone, bird], bird] = 0.3, 0.7
    here = made.site()
    here = here._replace(sensors=here.sensors._replace(confusion=own))
    params = PictureParams()

    def odds(*looks: tuple[int, int]) -> float:
        """Drone against bird after (sensor, declared) looks, all at one time."""
        state = start(params)
        for sensor, declared in looks:
            scan, assoc = made.scan(0.0, (1,), sensor, declared=(declared,), confidence=1.0)
            state, out = step(state, scan, made.tracks(0.0, x, SURE), assoc, here, params)
        return float(out.posterior[0, drone] / out.posterior[0, bird])

    none = odds((made.RADAR, 0))
    by_radar, by_camera = (0.8 / 0.3) ** TEMPER, (0.8 / 0.12) ** TEMPER
    assert odds((made.RADAR, drone)) / none == pytest.approx(by_radar)
    assert odds((made.CAMERA, drone)) / none == pytest.approx(by_camera)
    both = odds((made.RADAR, drone), (made.CAMERA, drone)) / none
    assert both == pytest.approx(by_radar * by_camera)
    assert odds(*[(made.RADAR, drone)] * 100) / none == pytest.approx(by_radar)
    # What it has never taken a bird for does not make a bird impossible.
    assert odds((made.RADAR, int(ObjectClass.AIRLINER))) / none > 1e-3


def test_height_that_is_not_measured_says_nothing() -> None:
    fast = np.array([100e3, 0.0, 350.0, 0.0, 240.0, 0.0])
    unknown = (50, 50, 350.0, 1e-4, 1e-4, 3.0)
    a = play((0, made.tracks(0, fast, unknown), made.scan(0, (1,))))
    b = play((0, made.tracks(0, fast + [0, 0, 9000.0, 0, 0, 0], unknown), made.scan(0, (1,))))
    np.testing.assert_allclose(a.posterior, b.posterior)
    assert a.cls[0] == ObjectClass.AIRLINER
    assert "height not measured" in a.why[0]


def test_far_away_the_ground_falls_off() -> None:
    """At 118 km a thing on the plane of the horizon is 1,100 m over the ground."""
    at = np.sqrt(2 * 6_371_000.0 * 1100.0)
    a = play((0, made.tracks(0, [at, 0, 0, 0, 58.0, 0], SURE), made.scan(0, (1,))))
    np.testing.assert_allclose(a.posterior[0], by_hand(58.0, 1100.0, 0.0), rtol=2e-3)


def test_it_abstains_when_the_evidence_is_thin() -> None:
    lim, p = limits(PictureParams()), np.zeros(N_CLASSES)

    def named(best: float, second: float, hits: int = 9, was: int = 0) -> int:
        p[:] = (1 - best - second) / 8
        p[3], p[2] = best, second
        return verdict(p, was, hits, lim)

    assert named(0.61, 0.2) == 3
    assert named(0.59, 0.2) == 0
    assert named(0.60, 0.41) == 0
    assert named(0.9, 0.05, hits=2) == 0
    assert named(0.46, 0.3, was=3) == 3
    assert named(0.44, 0.3, was=3) == 0
    assert named(0.46, 0.3, was=2) == 0


@pytest.mark.parametrize("sensor", [made.RADAR, made.CAMERA])
def test_rows_in_any_order_and_inputs_unchanged(sensor: int) -> None:
    rng = np.random.default_rng(4)
    x = rng.normal(size=(5, 6)) * [4000, 4000, 100, 20, 20, 1]
    params, here = PictureParams(), made.site()
    rcs, rotor = tuple(rng.normal(-15, 8, 5)), (1, 0, -1, 1, 0)
    order = [3, 1, 4, 0, 2]
    labels = (1, 2, 3, 4, 5)
    one = made.scan(1.0, labels, sensor, rcs=rcs, rotor=rotor)
    two = made.scan(
        1.0, tuple(labels[i] for i in order), sensor, rcs=tuple(rcs[i] for i in order),
        rotor=tuple(rotor[i] for i in order),
    )  # fmt: skip
    tracks = made.tracks(1.0, x)
    first, _ = step(start(params), one[0], made.tracks(0.0, x), one[1], here, params)
    before = [np.copy(f) if isinstance(f, np.ndarray) else f for f in first]
    held = [np.copy(f) for f in tracks if isinstance(f, np.ndarray)]
    a = step(first, one[0], tracks, one[1], here, params)[1]
    b = step(first, two[0], tracks, two[1], here, params)[1]
    np.testing.assert_array_equal(a.posterior, b.posterior)
    assert a.why == b.why
    for f, g in zip(first, before, strict=True):
        np.testing.assert_array_equal(f, g) if isinstance(f, np.ndarray) else None
    for f, g in zip([f for f in tracks if isinstance(f, np.ndarray)], held, strict=True):
        np.testing.assert_array_equal(f, g)


def test_a_label_that_comes_back_is_remembered_and_then_forgotten() -> None:
    params, here = PictureParams(), made.site()
    x = np.array([0.0, 4000.0, 100.0, 10.0, 10.0, 0.0])

    def after(gap_s: float) -> PictureState:
        state = start(params)
        for t, shown in ((0.0, True), (1.0, False), (1.0 + gap_s, False)):
            scan, assoc = made.scan(t, (1,) if shown else (), rotor=(1,) if shown else None)
            tracks = made.tracks(t, x if shown else np.zeros((0, 6)))
            state, _ = step(state, scan, tracks, assoc, here, params)
        return state

    assert after(9.0).label.tolist() == [1]
    assert after(70.0).label.tolist() == []


def test_every_class_has_its_words_and_a_row() -> None:
    assert set(WORDS) == set(ObjectClass)
    assert TABLE.ranges.shape == (N_CLASSES, 5, 2)
    assert (TABLE.ranges[:, :, 0] < TABLE.ranges[:, :, 1]).all()
    np.testing.assert_allclose(TABLE.prior.sum(), 1.0)
    np.testing.assert_allclose(TABLE.confusion[:, :].sum(axis=0), 1.0)
