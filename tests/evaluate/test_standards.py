"""ED-87E and CWA 18150 measures on tracks whose figures are known by construction."""

from __future__ import annotations

import numpy as np
import pytest

from bartizan.evaluate.matching import Rows, match, rows
from bartizan.evaluate.standards import cwa18150, ed87e, missed_updates, report_gaps
from bartizan.types import ObjectClass

GATE = 100.0


def line(label: int, t_s: object, off_m: float = 0.0, mps: float = 10.0, at: float = 0.0) -> Rows:
    """A thing that flies east at 10 m/s from `at`, seen off_m to the north."""
    t = np.asarray(t_s, float)
    p = np.stack([at + 10.0 * t, np.full(len(t), off_m)], axis=1)
    v = np.tile([mps, 0.0], (len(t), 1))
    return rows(t, np.full(len(t), label), p, v)


def both(*parts: Rows) -> Rows:
    return Rows(*(np.concatenate(c) for c in zip(*(r[:4] for r in parts), strict=True)))  # type: ignore[arg-type]


def test_gaps_and_missed_updates_as_the_note_works_them() -> None:
    """From the start to the first report, between reports, and to the end."""
    truth = np.arange(0.0, 21.0)
    gaps = report_gaps(truth, np.array([2.0, 3.0, 4.0, 9.0]))
    assert gaps.tolist() == [2.0, 1.0, 1.0, 5.0, 11.0]
    # each gap less the tolerance of 0.1 s, floored, where it is over one interval
    assert missed_updates(gaps, 1.0) == 1 + 4 + 10
    assert missed_updates(gaps, 4.0) == 1 + 2
    assert report_gaps(truth, np.zeros(0)).tolist() == [20.0]


def test_ed87e_by_hand() -> None:
    """21 s of truth, 20 expected updates; reports from 2 s on, none in 6..9 and 12..13, wrong by
    5 m for ten of them and by 70 m for the last two, speed right but for those."""
    truth = line(0, range(21))
    good = line(1, [2, 3, 4, 5, 10, 11, 14, 15, 16, 17, 18], off_m=5.0, mps=14.0)
    tracks = both(good, line(1, [19, 20], off_m=70.0, mps=40.0))
    e = ed87e(truth, tracks, match(truth, tracks, GATE))
    # gaps: 2 (one missed), 5 (four), 3 (two), the rest 1
    assert e.ptr == pytest.approx((20 - 7) / 20)
    assert e.gaps_5 == 0.0
    assert e.gaps_3_5 == pytest.approx(1 / 13)
    assert (e.pftr, e.rva) == pytest.approx((2 / 13, 11 / 13))
    assert e.rms_m == pytest.approx(np.sqrt((11 * 25 + 2 * 4900) / 13))
    assert e.rpa_m == pytest.approx(70.0)
    assert e.initiation_s == 2.0


def test_ed87e_of_nothing() -> None:
    truth = line(0, range(11))
    e = ed87e(truth, line(1, []), np.full(11, -1))
    assert e.ptr == pytest.approx(1 - 9 / 10)  # one gap of 10 s less the tolerance: nine missed
    assert (e.gaps_5, e.rpa_m, e.initiation_s) == (None, None, None)


def test_cwa18150_by_hand() -> None:
    """One drone of two detected at 4 s, 5,040 m away; lost for 3 s and found under its label,
    lost for 6 and found under another; one false track for 10 s of the 40."""
    truth = both(line(0, range(40), at=5000.0), line(1, range(20), at=-9000.0))
    tracks = both(
        line(1, [*range(4, 10), *range(13, 20)], off_m=20.0, at=5000.0),
        line(2, range(26, 40), off_m=20.0, at=5000.0),
        line(7, range(10), off_m=3000.0),
    )
    held = match(truth, tracks, GATE)
    cls = np.where(tracks.id == 2, ObjectClass.BIRD, ObjectClass.MULTIROTOR)
    c = cwa18150(truth, tracks, held, GATE, np.zeros(2), cls)
    assert (c.detected, c.time_to_detect_s, c.detection_range_m) == (0.5, 4.0, 5040.0)
    assert c.range_held_m == 5390.0
    assert c.tracked == pytest.approx(27 / 60)
    assert (c.one_label, c.losses, c.same_label_after_loss) == (0.0, 2, 0.5)
    assert (c.error_median_m, c.error_p95_m) == (20.0, 20.0)
    assert c.false_tracks_h == pytest.approx(3600 / 40)
    assert c.false_tracks_at_once == pytest.approx(10 / 40)
    assert (c.classified, c.wrong) == pytest.approx((13 / 27, 14 / 27))
    unknown = cwa18150(truth, tracks, held, GATE, np.zeros(2), np.zeros(len(tracks.id), np.int64))
    assert (unknown.classified, unknown.wrong) == (0.0, 0.0)
    assert cwa18150(truth, tracks, held, GATE, np.zeros(2)).classified is None


def test_cwa18150_of_nothing() -> None:
    truth = line(0, range(5))
    c = cwa18150(truth, line(1, []), np.full(5, -1), GATE, np.zeros(2))
    assert (c.detected, c.tracked, c.false_tracks_h) == (0.0, 0.0, 0.0)
    assert (c.detection_range_m, c.one_label, c.same_label_after_loss) == (None, None, None)
