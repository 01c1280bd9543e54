"""Matching, continuity and extra tracks: by hand, and against Stone Soup's SIAP."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pytest

from bartizan.evaluate.continuity import continuity, dubious, extra, kept
from bartizan.evaluate.matching import Rows, match, rows

GATE = 10.0


def made(*tracks: tuple[int, range, float]) -> Rows:
    """Labels that stand still: (label, seconds, place)."""
    said = [(float(t), k, [x, 0.0]) for k, life, x in tracks for t in life]
    return rows(
        [s[0] for s in said], [s[1] for s in said], np.reshape([s[2] for s in said], (-1, 2))
    )


def test_a_broken_life_by_hand() -> None:
    """Found after 3 s, lost for 2, back under its label, lost for 4, back under another, which
    ends 5 s before the thing does; a second track of it for 6 s, and one of nothing."""
    truth = made((0, range(30), 0.0))
    tracks = made((1, range(3, 10), 1.0), (1, range(12, 15), 1.0), (2, range(19, 25), 1.0),
                  (3, range(4, 10), 5.0), (9, range(4), 500.0))  # fmt: skip
    held = match(truth, tracks, GATE)
    (k,) = kept(truth, tracks, held)
    assert (k.present_s, k.held_s, k.confirm_s) == (30.0, 16.0, 3.0)
    assert (k.labels, k.longest_s, k.changes) == (2, 10.0, 1)
    assert k.gap_s.tolist() == [2.0, 4.0, 5.0]
    assert k.regained.tolist() == [1, 1, 0]
    assert k.same.tolist() == [1, 0, 0]
    c = continuity((k,))
    assert (c.held_share, c.label_share) == pytest.approx((16 / 30, 10 / 30))
    assert (c.gaps, c.gap_longest_s, c.changes, c.never) == (3, 5.0, 1, 0)
    assert (c.labels_per_thing, c.confirm_median_s, c.confirm_longest_s) == (2.0, 3.0, 3.0)
    e = extra(truth, tracks, held, GATE)
    assert (e.duplicate_s, e.false_s, e.tracks, e.spurious) == (6.0, 4.0, 4, 1)
    assert (e.duplicate_share, e.spurious_share) == pytest.approx((6 / 30, 4 / 26))


def test_a_thing_without_a_track_is_said_so() -> None:
    truth = made((0, range(5), 0.0), (1, range(5), 100.0))
    for tracks in (made(), made((1, range(5), 0.0))):
        c = continuity(kept(truth, tracks, match(truth, tracks, GATE)))
        assert c.never == 2 - len(set(tracks.id))
    nothing = continuity(kept(made(), made(), np.zeros(0, np.int64)))
    assert (nothing.held_share, nothing.never) == (None, 0)


def test_a_label_is_kept_against_a_nearer_one_and_given_to_one_thing_only() -> None:
    truth = made((0, range(4), 0.0))
    tracks = made((1, range(4), 6.0), (2, range(1, 4), 0.0))
    assert set(tracks.id[match(truth, tracks, GATE)]) == {1}
    # Label 1 stood for 0, then for 1; when 0 comes back, it is no longer its.
    truth = made((0, range(1), 0.0), (1, range(1, 5), 8.0), (0, range(3, 5), 0.0))
    tracks = made((1, range(5), 4.0))
    held = match(truth, tracks, GATE)
    assert truth.id[held >= 0].tolist() == [0, 1, 1, 1, 1]


def test_rows_of_any_order_match_the_same() -> None:
    rng = np.random.default_rng(0)
    truth = made((0, range(20), 0.0), (1, range(20), 15.0))
    tracks = made((4, range(3, 9), 1.0), (5, range(8, 20), 3.0), (6, range(2, 20), 14.0))
    held = match(truth, tracks, GATE)
    a, b = rng.permutation(len(truth.t_s)), rng.permutation(len(tracks.t_s))
    mixed = match(Rows(*(None if c is None else c[a] for c in truth)),  # type: ignore[arg-type]
                  Rows(*(None if c is None else c[b] for c in tracks)), GATE)  # type: ignore[arg-type]  # fmt: skip
    back = np.where(mixed >= 0, b[mixed], -1)
    assert back.tolist() == held[a].tolist()


def test_as_many_pairs_as_can_be_come_before_the_nearest() -> None:
    truth = made((0, range(1), 0.0), (1, range(1), 9.0))
    tracks = made((1, range(1), 8.0), (2, range(1), 18.0))
    assert match(truth, tracks, GATE).tolist() == [0, 1]  # not 9 with 8, and 0 with nothing


def test_dubious_tracks_look_like_none() -> None:
    t = np.arange(20.0)
    jumps = rows(t, np.full(20, 3), np.stack([np.where(t % 2, 400.0, 0.0), t], axis=1))
    assert dubious(jumps, 10, 10.0, 100.0) == 1
    assert dubious(made((1, range(20), 0.0)), 10, 10.0, 100.0) == 0
    assert dubious(made((1, range(8), 0.0), (2, range(20), 0.0)), 10, 10.0, 100.0) == 1


@pytest.mark.filterwarnings("ignore")
def test_it_agrees_with_stone_soups_siap() -> None:
    """Completeness, spuriousness, rate of label changes and longest segment, with Stone Soup's
    own association of tracks with truth; things far apart, so that both associate alike."""
    siap = pytest.importorskip("stonesoup.metricgenerator.tracktotruthmetrics")
    from stonesoup.dataassociator.tracktotrack import TrackToTruth
    from stonesoup.measures import Euclidean
    from stonesoup.metricgenerator.manager import SimpleManager
    from stonesoup.types.groundtruth import GroundTruthPath, GroundTruthState
    from stonesoup.types.state import State
    from stonesoup.types.track import Track

    truth = made((0, range(41), 0.0), (1, range(10, 41), 1000.0))
    tracks = made((1, range(15), 1.0), (2, range(15, 41), 2.0), (3, range(20, 31), 1001.0),
                  (4, range(5, 20), 5000.0))  # fmt: skip
    start = datetime(2022, 1, 4)

    def states(of: Rows, thing: int, state: type) -> list:  # type: ignore[type-arg]
        return [state(of.p[r], timestamp=start + timedelta(seconds=float(of.t_s[r])))
                for r in np.nonzero(of.id == thing)[0]]  # fmt: skip

    manager = SimpleManager(
        [siap.SIAPMetrics(position_measure=Euclidean(), velocity_measure=Euclidean())],
        associator=TrackToTruth(association_threshold=GATE, measure=Euclidean(),
                                consec_misses_end=1, consec_pairs_confirm=1),
    )  # fmt: skip
    manager.add_data(
        {GroundTruthPath(states(truth, k, GroundTruthState)) for k in (0, 1)},
        {Track(states(tracks, k, State)) for k in (1, 2, 3, 4)},
    )
    theirs = {title: m.value for title, m in manager.generate_metrics().items()}
    held = match(truth, tracks, GATE)
    each = kept(truth, tracks, held)
    c, e = continuity(each), extra(truth, tracks, held, GATE)
    assert c.held_share == pytest.approx(theirs["SIAP Completeness"])
    assert e.spurious_share == pytest.approx(theirs["SIAP Spuriousness"])
    assert 1.0 + e.duplicate_s / sum(k.held_s for k in each) == pytest.approx(
        theirs["SIAP Ambiguity"]
    )
    # Theirs measure time between rows, ours rows of a second each: (26 - 1) + (11 - 1) of
    # 40 + 30 seconds, one change in the (41 - 1) + (11 - 1) seconds with a track.
    assert theirs["SIAP Longest Track Segment"] == pytest.approx(
        sum(k.longest_s - 1.0 for k in each) / sum(k.present_s - 1.0 for k in each)
    )
    assert theirs["SIAP Rate of Track Number Change"] == pytest.approx(
        c.changes / sum(k.held_s - 1.0 for k in each), rel=0.05
    )


@pytest.mark.parametrize(
    ("bad", "said"),
    [(([0.0], [1, 2], [[0.0]]), "expected"), (([0.0], [1], [[np.nan]]), "finite"),
     (([0.0, 0.0], [1, 1], [[0.0], [1.0]]), "one row"),
     (([0.0], [1], [[0.0]], [[0.0, 1.0]]), "v "), (([0.0], [1], [[0.0]], None, [[1.0]]), "P ")],
)  # fmt: skip
def test_rows_that_cannot_be_are_said(bad: tuple, said: str) -> None:  # type: ignore[type-arg]
    with pytest.raises(ValueError, match=said):
        rows(*bad)
