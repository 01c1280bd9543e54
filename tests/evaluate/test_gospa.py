"""GOSPA against every assignment tried, a second library, the peers' scorer, and its laws."""

from __future__ import annotations

import importlib.util
from datetime import datetime
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from bartizan.evaluate.gospa import gospa
from recordings import ROOT

C = 300.0


def places(most: int, d: int = 3) -> st.SearchStrategy[np.ndarray]:
    inside = st.floats(-400.0, 400.0, allow_subnormal=False)
    return st.integers(0, most).flatmap(lambda n: hnp.arrays(float, (n, d), elements=inside))


def tried(x: np.ndarray, y: np.ndarray, c: float, p: float) -> float:
    """The definition itself: the least over every set of pairs (Def. 1 with alpha 2)."""
    if len(x) > len(y):
        x, y = y, x
    best = np.inf
    for order in permutations(range(len(y)), len(x)):
        d = np.array([np.linalg.norm(x[i] - y[j]) for i, j in enumerate(order)])
        best = min(best, (np.minimum(d, c) ** p).sum() + c**p / 2 * (len(y) - len(x)))
    return float(best ** (1 / p))


@settings(max_examples=150, deadline=None)
@given(places(4), places(5), st.floats(1.0, 500.0), st.sampled_from([1.0, 2.0, 3.0]))
def test_it_is_the_least_over_every_assignment(x, y, c, p) -> None:
    assert gospa(x, y, c, p).distance_m == pytest.approx(tried(x, y, c, p), rel=1e-9, abs=1e-9)


@settings(max_examples=100, deadline=None)
@given(places(6), places(6))
def test_the_parts_are_the_whole(x, y) -> None:
    g = gospa(x, y, C)
    assert g.localisation + g.missed + g.false == pytest.approx(g.distance_m**2, abs=1e-6)
    assert g.n_missed == len(x) - len(g.pairs)
    assert g.n_false == len(y) - len(g.pairs)
    far = [np.linalg.norm(x[i] - y[j]) for i, j in g.pairs]
    assert g.localisation == pytest.approx(sum(d * d for d in far))
    assert all(d < C for d in far)


@settings(max_examples=100, deadline=None)
@given(places(5), places(5), places(5), st.sampled_from([1.0, 2.0]))
def test_it_is_a_metric(x, y, z, p) -> None:
    def d(a: np.ndarray, b: np.ndarray) -> float:
        return gospa(a, b, C, p).distance_m

    assert d(x, y) == pytest.approx(d(y, x), abs=1e-6)
    assert d(x, z) <= d(x, y) + d(y, z) + 1e-6
    assert d(x, x) == pytest.approx(0.0, abs=1e-6)
    assert d(x, np.random.default_rng(0).permutation(x)) == pytest.approx(0.0, abs=1e-6)


def test_worked_by_hand() -> None:
    """One found 30 m off, one missed, two false: 900 + 45000 + 90000."""
    x = np.array([[0.0, 0, 0], [5000.0, 0, 0]])
    y = np.array([[30.0, 0, 0], [0.0, 9000, 0], [0.0, -9000, 0]])
    g = gospa(x, y, C)
    assert (g.localisation, g.missed, g.false) == (900.0, 45_000.0, 90_000.0)
    assert g.distance_m == pytest.approx(135_900.0**0.5)
    assert g.pairs.tolist() == [[0, 0]]
    assert gospa(x[:0], y[:0], C).distance_m == 0.0


def test_a_pair_at_the_cut_off_is_none() -> None:
    x, y = np.zeros((1, 2)), np.array([[C, 0.0]])
    g = gospa(x, y, C)
    assert (g.n_missed, g.n_false, g.distance_m) == (1, 1, C)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_place_that_is_none_is_said(bad: float) -> None:
    with pytest.raises(ValueError, match="finite"):
        gospa(np.zeros((1, 3)), np.full((1, 3), bad), C)
    with pytest.raises(ValueError, match="cutoff_m"):
        gospa(np.zeros((1, 3)), np.zeros((1, 3)), 0.0)


@pytest.mark.filterwarnings("ignore")
def test_it_equals_stone_soups() -> None:
    metric = pytest.importorskip("stonesoup.metricgenerator.ospametric")
    from stonesoup.types.state import State

    rng = np.random.default_rng(3)
    now = datetime(2022, 1, 4)
    for a, b in ((5, 5), (8, 3), (2, 9), (1, 1)):
        x, y = rng.uniform(-500, 500, (a, 3)), rng.uniform(-500, 500, (b, 3))
        y[:1] = x[:1] + 20.0
        theirs, _ = metric.GOSPAMetric(p=2, c=C).compute_gospa_metric(
            [State(v, now) for v in y], [State(v, now) for v in x]
        )
        ours = gospa(x, y, C)
        assert ours.distance_m == pytest.approx(float(theirs.value["distance"]))
        assert ours.localisation == pytest.approx(float(theirs.value["localisation"]))
        assert ours.missed == pytest.approx(float(theirs.value["missed"]))
        assert ours.false == pytest.approx(float(theirs.value["false"]))


def test_it_equals_the_peers_scorer() -> None:
    path = ROOT.parent / "bench" / "gospa.py"
    if not path.exists():
        pytest.skip(f"the peers' scorer is absent ({path.name} beside the recordings)")
    spec = importlib.util.spec_from_file_location("peers_gospa", path)
    assert spec is not None
    assert spec.loader is not None
    scorer = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(scorer)
    rng = np.random.default_rng(4)
    scans, n = 20, 12
    x = rng.uniform(-2000, 2000, (scans, n, 6))
    y = x + rng.normal(0, 80, x.shape)
    flat = np.repeat(np.arange(scans), n)
    keep = rng.random(scans * n) < 0.8
    truth = {"meta": np.array([0, 0, scans]), "truth_scan": flat,
             "truth_id": np.tile(np.arange(n), scans), "truth_state": x.reshape(-1, 6)}  # fmt: skip
    out = {"out_scan": flat[keep], "out_id": np.tile(np.arange(n), scans)[keep],
           "out_state": y.reshape(-1, 6)[keep]}  # fmt: skip
    theirs = scorer.score(truth, out)
    ours = [gospa(x[k][:, :3], out["out_state"][out["out_scan"] == k, :3], C) for k in range(scans)]
    assert np.mean([g.distance_m for g in ours]) == pytest.approx(theirs["gospa"])
    assert np.mean([g.n_missed for g in ours]) == pytest.approx(theirs["missed"])
    assert np.mean([g.n_false for g in ours]) == pytest.approx(theirs["false"])
