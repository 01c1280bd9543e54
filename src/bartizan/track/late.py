"""A scan that comes after younger ones: taken at the tracker's time, as plots of long ago.

In: the scan, the time of the tracks.  Out: the scan as the step takes it.
Does not: say that a thing was missed: where it looked then, the tracks have since left.

The step compares a plot with where its track was when the plot was made (`measure`: the state
taken back by the plot's lag).  That way back knows no acceleration, so each measured number is
widened by what the random acceleration does in the lag.
Ref: Bar-Shalom 2002, "Update with out-of-sequence measurements in tracking: exact solution",
section IV (the retrodicted state without the process noise), noise added: assumed.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from bartizan.track.state import Q_H, TrackParams
from bartizan.types import F64, Frame, Scan
from bartizan.units import NS_PER_S

UNRANGED_M: Final = 1000.0  # how far off a thing is of which only the bearing is known: assumed


def taken_back(scan: Scan, now_ns: int, params: TrackParams) -> Scan:
    """The scan as one of now_ns; the same one when it is in order, or older than `late_s`."""
    late_ns = now_ns - scan.t_ns
    if not 0 < late_ns <= params.late_s * NS_PER_S:
        return scan
    look = scan.look.copy()
    look[3] = 0.0
    lag_s = (now_ns - scan.t_det_ns) / NS_PER_S
    sd = np.hypot(scan.sd, wandered(scan, lag_s, float(params.motion[params.seed_mode, Q_H])))
    return scan._replace(t_ns=now_ns, look=look, sd=sd)


def wandered(scan: Scan, lag_s: F64, q: float) -> F64:
    """1-sigma (m, 6) in each measured number, in its own unit, of an acceleration of power
    q [m2/s3] over lag_s (m,)."""
    lag = np.maximum(lag_s, 0.0)
    place, speed = np.sqrt(q * lag**3 / 3.0), np.sqrt(q * lag)
    if scan.frame == Frame.CARTESIAN:
        return np.stack([place] * 3 + [speed] * 3, axis=1)
    r = np.where(np.isfinite(scan.z[:, 0]), scan.z[:, 0], UNRANGED_M)
    angle = place / np.maximum(r, 1.0)
    return np.stack([place, angle, angle, speed, speed, speed], axis=1)
