"""The measures of two published methods, under the names they have there.

In: rows of truth and of tracks at the same times, and which stood for which.  Out: the
figures of EUROCAE ED-87E and of CWA 18150.  Does not: say whether a system passes.

Neither text was at hand.  What follows is each measure as a public source describes it,
named in its docstring; where that source leaves room, the choice is stated.

ED-87E is EUROCAE's "MASPS for Advanced Surface Movement Guidance and Control Systems":
made for aircraft and vehicles at an aerodrome.  Its surveillance measures are used for
trackers at large, and so here; its limits (metres at a runway) are no limits for drones.
Source: OpenATS COMPASS, an open evaluation tool by ATC engineers: its note on the detection
requirement (the time-difference method; gaps over reports, which it gives as ED-87E 5.3.14)
and its settings for ED-87D table 3-1 (names, intervals, thresholds).

CWA 18150:2024, "Unmanned aircraft systems - Counter UAS - Testing methodology", is the CEN
workshop agreement of the COURAGEOUS project.  Source for what it asks (FR: functional, PR:
performance requirement): the list in the open tool CUAS-Eval; for its emphasis (false
detections, false tracks, wrong classifications): abstract of COURAGEOUS deliverable
"Functional tests description" (Mohamoud et al.).  How each is counted is this module's own.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np

from bartizan.evaluate.continuity import Kept, extra, kept
from bartizan.evaluate.matching import Rows, things
from bartizan.types import F64, I64, ObjectClass

UPDATE_S: Final = 1.0  # ED-87D manoeuvring area, in COMPASS's settings
TOLERANCE_S: Final = 0.1  # likewise
GAP_S: Final = (3.0, 5.0)  # likewise: TC/GAPS3 is 3 to 5 s, TC/GAPS5 over 5 s
FALSE_M: Final = 60.0  # likewise: five times the 12 m of the reported position accuracy
SPEED_MPS: Final = 5.0  # likewise: RVA, or a tenth of the speed if that is more
HOUR_S: Final = 3600.0
LOSS_S: Final = 10.0  # a loss after which a label should hold: bartizan's own goal


class Ed87e(NamedTuple):
    """EUROCAE ED-87E surveillance measures; None where no report gives one.

    ptr: probability of target report   gaps_3_5, gaps_5: gaps of 3 to 5 s, and longer, over
    the number of reports   rpa_m: reported position accuracy, the horizontal error that
    95 % of reports keep   rms_m: root mean square of it   pftr: share of reports wrong by
    FALSE_M or more   rva: share of reports with speed right to 5 m/s or a tenth
    initiation_s: from first truth to first report, mean over things
    """

    ptr: float | None
    gaps_3_5: float | None
    gaps_5: float | None
    rpa_m: float | None
    rms_m: float | None
    pftr: float | None
    rva: float | None
    initiation_s: float | None


def ed87e(truth: Rows, tracks: Rows, held: I64, update_s: float = UPDATE_S) -> Ed87e:
    """ED-87E measures of the reports that stand for things (`matching.match`).

    Horizontal: the first two columns of p and v.  A report is a row of `tracks`.  rms_m and
    initiation_s are common to specifications of trackers (EUROCONTROL ESASSP names the
    first), not given as ED-87E's own by the source in this module's head.
    """
    expected = missed = short = long = 0
    each = kept(truth, tracks, held)
    for rows in things(truth).values():
        gap = report_gaps(truth.t_s[rows], truth.t_s[rows[held[rows] >= 0]])
        whole = math.floor((truth.t_s[rows[-1]] - truth.t_s[rows[0]]) / update_s)
        expected += whole
        missed += min(missed_updates(gap, update_s), whole)
        short += int(((gap > GAP_S[0]) & (gap <= GAP_S[1])).sum())
        long += int((gap > GAP_S[1]).sum())
    on = np.nonzero(held >= 0)[0]
    error = horizontal_error(truth, tracks, held)
    n = len(on)
    confirmed = [k.confirm_s for k in each if k.held_s > 0.0]
    return Ed87e(
        (expected - missed) / expected if expected else None,
        short / n if n else None,
        long / n if n else None,
        float(np.quantile(error, 0.95)) if n else None,
        float(np.sqrt((error**2).mean())) if n else None,
        float((error >= FALSE_M).mean()) if n else None,
        _speed_right(truth, tracks, held),
        float(np.mean(confirmed)) if confirmed else None,
    )


def report_gaps(truth_s: F64, report_s: F64) -> F64:
    """Times between reports (k,) [s] of one thing: from its first truth to the first
    report, between reports, from the last one to its last truth; all of it without any.

    Ref: COMPASS, note on the detection requirement, section 2.2.
    """
    return np.diff(np.concatenate([truth_s[:1], np.sort(report_s), truth_s[-1:]]))


def missed_updates(gap_s: F64, update_s: float, tolerance_s: float = TOLERANCE_S) -> int:
    """Missed update intervals in gaps (k,) [s]: floor(gap / interval) of each gap that is
    longer than one interval, the tolerance taken off first.  Ref: as `report_gaps`, 3.4.
    """
    over = gap_s - tolerance_s
    return int(np.floor(over[over > update_s] / update_s).sum())


def horizontal_error(truth: Rows, tracks: Rows, held: I64) -> F64:
    """Horizontal distances (k,) [m] of the rows that have a track."""
    on = held >= 0
    return np.asarray(np.linalg.norm(truth.p[on, :2] - tracks.p[held[on], :2], axis=1))


def _speed_right(truth: Rows, tracks: Rows, held: I64) -> float | None:
    """Share of reports whose ground speed is right to 5 m/s or a tenth."""
    on = held >= 0
    if truth.v is None or tracks.v is None or not on.any():
        return None
    a = np.linalg.norm(truth.v[on, :2], axis=1)
    b = np.linalg.norm(tracks.v[held[on], :2], axis=1)
    return float((np.abs(a - b) <= np.maximum(SPEED_MPS, 0.1 * a)).mean())


class Cwa18150(NamedTuple):
    """CWA 18150 measures of detection, tracking and identification; None: not measured.

    detected: share of drones that ever had a track (FR01, PR09)   time_to_detect_s: mean
    from a drone's first truth to its first track   detection_range_m, range_held_m: distance
    from the system at the first track, mean, and the farthest at which any was held
    tracked: share of drone-seconds with a track (FR04)   one_label: share of detected drones
    with one label throughout (FR17)   losses: gaps that ended, up to 10 s each
    same_label_after_loss: share of these under the label before (FR18)   error_median_m,
    error_p95_m (PR20)   false_tracks_h: tracks never near a drone, an hour
    false_tracks_at_once: mean number of false tracks (FR15)
    classified: share of held drone-seconds under a drone's class, wrong: under another's
    """

    detected: float | None
    time_to_detect_s: float | None
    detection_range_m: float | None
    range_held_m: float | None
    tracked: float | None
    one_label: float | None
    losses: int
    same_label_after_loss: float | None
    error_median_m: float | None
    error_p95_m: float | None
    false_tracks_h: float | None
    false_tracks_at_once: float | None
    classified: float | None
    wrong: float | None


DRONE: Final = (ObjectClass.MULTIROTOR, ObjectClass.FIXED_WING, ObjectClass.ONE_WAY_ATTACK)


def cwa18150(
    truth: Rows,
    tracks: Rows,
    held: I64,
    gate_m: float,
    system: F64,
    cls: I64 | None = None,
    step_s: float = 1.0,
) -> Cwa18150:
    """CWA 18150 measures; every thing of `truth` is a drone.

    gate_m: a track farther than this from every drone is false   system (d,) [m]: where the
    system stands, in the rows' axes   cls: ObjectClass of each row of `tracks`, None unknown
    """
    each = kept(truth, tracks, held, step_s)
    found = [k for k in each if k.held_s > 0.0]
    on = held >= 0
    far = np.linalg.norm(truth.p - system, axis=1)
    error = horizontal_error(truth, tracks, held)
    beside = extra(truth, tracks, held, gate_m, step_s)
    present = sum(k.present_s for k in each)
    lasted = len(np.unique(truth.t_s)) * step_s
    losses, same = _losses(each)
    named = None if cls is None or not on.any() else cls[held[on]]
    drone = None if named is None else np.isin(named, DRONE)
    return Cwa18150(
        len(found) / len(each) if each else None,
        float(np.mean([k.confirm_s for k in found])) if found else None,
        _first_range(truth, held, far),
        float(far[on].max()) if on.any() else None,
        sum(k.held_s for k in each) / present if present else None,
        sum(k.labels == 1 for k in found) / len(found) if found else None,
        losses,
        same / losses if losses else None,
        float(np.median(error)) if len(error) else None,
        float(np.quantile(error, 0.95)) if len(error) else None,
        beside.spurious / lasted * HOUR_S if lasted else None,
        beside.false_s / lasted if lasted else None,
        None if drone is None else float(drone.mean()),
        None if drone is None else float((~drone & (named != ObjectClass.UNKNOWN)).mean()),
    )


def _losses(each: tuple[Kept, ...]) -> tuple[int, int]:
    """Gaps of up to LOSS_S that ended, and how many of them under the label before."""
    some = [(k.regained == 1) & (k.gap_s <= LOSS_S) for k in each]
    return (
        sum(int(s.sum()) for s in some),
        sum(int(k.same[s].sum()) for k, s in zip(each, some, strict=True)),
    )


def _first_range(truth: Rows, held: I64, far: F64) -> float | None:
    """Mean distance from the system at the first track of each thing that had one."""
    first = [rows[held[rows] >= 0][:1] for rows in things(truth).values()]
    at = np.concatenate(first) if first else np.zeros(0, np.int64)
    return float(far[at].mean()) if len(at) else None
