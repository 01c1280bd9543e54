"""Class evidence: what one look says of each class, and how much it counts.

In: tracks, a scan's detections and their labels.  Out: log-evidence by row and class.
Does not: know priors, identities or threats.

A thing that is seen often does not become certain by it: successive looks are alike.  So
no kind of evidence ever counts for more than one perfect look of it:

State (speed, height, climb) and path (acceleration, straightness) hardly change between
looks, so each is a level, not a sum: a new look replaces the share w of what the looks
before said, w = 1 - exp(-dt / alike_s) or, if that is more, the share of the speed's
variance that has gone since.  However long it flies so, it counts as one look.

Cross-section is a level too: the mean of n looks (n at most RCS_LOOKS, so that it follows a
change of aspect), normal about the class's mean with the scatter between things and that of
the mean, sd^2 + 5.57^2 / n.

Rotor flags scatter from look to look, but whether a thing's echo shows blades does not:
`blades` is the log-odds of that, to which a look adds w times its own, w = 1 - exp(-dt /
alike_s) (the first counts one); all fade with exp(-dt / fade_s).  A flag counts by the share of
the radar's last ROTOR_LOOKS looks that gave an answer at all: a lone flag among looks that were
too weak to say is what false flags look like.  What it says of a class is the mixture of the
class's share that shows blades and the rest: never more than that share.

What a sensor declares is its classifier's one opinion of the thing, told again and again: a
level for each sensor, w as above, of the log of its confusion matrix's row; it fades from
the moment that the sensor last said anything.  Sensors count beside each other.
"""

from __future__ import annotations

import math

import numpy as np

from bartizan.jit import inner, kernel
from bartizan.picture.classes import ACCELERATION_MPS2, FLOOR, HEIGHT_SCALE_M, SPREAD
from bartizan.picture.state import PictureParams, PictureState
from bartizan.types import F64, I64, N_CLASSES, Association, ObjectClass, Scan, Tracks
from bartizan.units import NS_PER_S

STATE, PATH, ROTOR, DECLARED = range(4)  # of alike_s, the first three of looked_ns
CROSS_SECTION = 2  # row of level

EARTH_M = 6_371_000.0  # mean radius
FAST_S, SLOW_S = 5.0, 20.0  # time constants of the smoothed motion; assumed
SETTLE_S = 8.0  # a path this old shows whether it is straight; assumed
N_STATE = 3  # features of the state: speed, height, climb; the others are of the path
SWERLING_SD_DB = 5.57  # 1-sigma of an exponential power in dB: 10 / ln 10 * pi / sqrt 6
SWERLING_MEAN_DB = -2.51  # its mean in dB: -10 / ln 10 * Euler's constant
MEAN_RCS, VARIANCE, RCS_N, ANSWERED, ASKED = 6, 7, 8, 9, 10  # columns of motion
ROTOR_LOOKS = 40.0  # looks in the share of rotor answers; assumed
RCS_LOOKS = 20.0  # looks in the mean cross-section; assumed
# A look flags a rotor where blades show, and where none do (a neighbour's, clutter); assumed.
FLAGGED = (0.85, 0.05)
LEAST_SAID = 0.005  # no class is called impossible by a sensor's confusion; assumed


@inner
def soft_uniform(x: float, sd: float, lo: float, hi: float, spread: float) -> float:
    """Density at x, known to 1-sigma sd, of a uniform on lo..hi with FLOOR over `spread`."""
    s = max(sd, 1e-6) * math.sqrt(2.0)
    inside = 0.5 * (math.erf((x - lo) / s) - math.erf((x - hi) / s)) / (hi - lo)
    return (1.0 - FLOOR) * inside + FLOOR / spread


@inner
def smooth(motion: F64, i: int, x: F64, j: int, dt: float) -> None:
    """Smoothed motion of row i of the state taken dt [s] further to track j, in place."""
    fast = 1.0 - math.exp(-dt / FAST_S)
    slow = 1.0 - math.exp(-dt / SLOW_S)
    if motion[i, 5] != motion[i, 5]:
        for k in range(6):
            motion[i, k] = 0.0
        fast, slow = 1.0, 1.0
    for k in range(3):
        motion[i, k] += fast * (x[j, 3 + k] - motion[i, k])
    for k in range(2):
        motion[i, 3 + k] += slow * (x[j, 3 + k] - motion[i, 3 + k])
    motion[i, 5] += slow * (math.sqrt(x[j, 3] ** 2 + x[j, 4] ** 2) - motion[i, 5])


@inner
def features(x: F64, P: F64, j: int, motion: F64, i: int, height_sd_max_m: float, f: F64) -> None:
    """The five features of Table.ranges and their 1-sigma into f (5, 2).

    Of track j, with its smoothed motion in row i.  A 1-sigma of NaN says not measured.  The
    height is over the curved Earth: at 100 km a thing at the site's own up coordinate stands
    785 m higher over the ground.  The speed of a velocity known with covariance P: from the
    first two moments of its square, m'm + tr P and 4 m'Pm + 2 tr P^2 (Gaussian).
    """
    v2 = x[j, 3] ** 2 + x[j, 4] ** 2
    tr = P[j, 3, 3] + P[j, 4, 4]
    along = x[j, 3] ** 2 * P[j, 3, 3] + x[j, 4] ** 2 * P[j, 4, 4]
    along += 2.0 * x[j, 3] * x[j, 4] * P[j, 3, 4]
    square = P[j, 3, 3] ** 2 + P[j, 4, 4] ** 2 + 2.0 * P[j, 3, 4] ** 2
    f[0, 0] = math.sqrt(v2 + tr)
    f[0, 1] = math.sqrt((4.0 * along + 2.0 * square) / (4.0 * (v2 + tr)))
    sd_v = math.sqrt(0.5 * tr)
    height = x[j, 2] + (x[j, 0] ** 2 + x[j, 1] ** 2) / (2.0 * EARTH_M)
    sd_h = math.sqrt(P[j, 2, 2])
    known = sd_h <= height_sd_max_m
    above = height / HEIGHT_SCALE_M if height > 0.0 else 0.0
    f[1, 0] = math.log(1.0 + above) if height > 0.0 else height / HEIGHT_SCALE_M
    f[1, 1] = sd_h / HEIGHT_SCALE_M / (1.0 + above) if known else math.nan
    f[2, 0] = x[j, 5]
    f[2, 1] = math.sqrt(P[j, 5, 5]) if known else math.nan
    d2 = (x[j, 3] - motion[i, 0]) ** 2 + (x[j, 4] - motion[i, 1]) ** 2 - tr
    if known:
        d2 += (x[j, 5] - motion[i, 2]) ** 2 - P[j, 5, 5]
    a = math.sqrt(d2) / FAST_S if d2 > 0.0 else 0.0
    f[3, 0] = math.log(1.0 + a / ACCELERATION_MPS2)
    f[3, 1] = (sd_v / FAST_S + 0.3) / (ACCELERATION_MPS2 + a)
    slow = motion[i, 5] if motion[i, 5] > 0.5 else 0.5
    s = math.sqrt(motion[i, 3] ** 2 + motion[i, 4] ** 2) / slow
    s = s if s < 1.0 else 1.0
    f[4, 0] = s**4
    f[4, 1] = 4.0 * s**3 * (sd_v / slow + 0.01) + 0.01


@kernel
def kinematic(
    t_ns: int, rows: I64, at: I64, x: F64, P: F64, born_ns: I64, alike_s: F64,
    height_sd_max_m: float, ranges: F64, spread: F64, looked_ns: I64, motion: F64, level: F64,
) -> None:  # fmt: skip
    """Bring the levels of the state's `rows` up to the tracks `at`, in place.

    rows, at (k,) rows of the state and of the tracks   ranges (c, 5, 2)   spread (5,)
    level (n, 3, c) log-likelihoods of state and path; the path's begins once it is
    SETTLE_S old
    """
    f = np.empty((5, 2))
    for k in range(rows.shape[0]):
        i = rows[k]
        j = at[k]
        dt = (t_ns - looked_ns[i, STATE]) * 1e-9
        looked_ns[i, STATE] = t_ns
        first = motion[i, VARIANCE] != motion[i, VARIANCE]
        smooth(motion, i, x, j, dt)
        features(x, P, j, motion, i, height_sd_max_m, f)
        w_state = max(
            1.0 - math.exp(-dt / alike_s[STATE]), 1.0 - f[0, 1] ** 2 / motion[i, VARIANCE]
        )
        if first:
            w_state = 1.0
        motion[i, VARIANCE] = f[0, 1] ** 2
        w_path = 0.0
        if (t_ns - born_ns[j]) * 1e-9 >= SETTLE_S:
            dt = (t_ns - looked_ns[i, PATH]) * 1e-9
            w_path = 1.0 if looked_ns[i, PATH] == 0 else 1.0 - math.exp(-dt / alike_s[PATH])
            looked_ns[i, PATH] = t_ns
        for c in range(ranges.shape[0]):
            level[i, STATE, c] *= 1.0 - w_state
            level[i, PATH, c] *= 1.0 - w_path
            for q in range(5):
                m = STATE if q < N_STATE else PATH
                w = w_state if q < N_STATE else w_path
                if w > 0.0 and f[q, 1] == f[q, 1]:
                    p = soft_uniform(f[q, 0], f[q, 1], ranges[c, q, 0], ranges[c, q, 1], spread[q])
                    level[i, m, c] += w * math.log(p)


def observe(
    state: PictureState, scan: Scan, tracks: Tracks, row: I64, params: PictureParams,
    confusion: F64,
) -> PictureState:  # fmt: skip
    """Add this scan's evidence: the state, its arrays written to.

    row (m,) row of the state that each detection went to, -1 none
    confusion (s, c, c) each sensor's own, as `Sensors.confusion`
    """
    hit = row[row >= 0]
    shown = np.minimum(np.searchsorted(tracks.label, state.label[hit]), len(tracks.label) - 1)
    same = tracks.label[shown] == state.label[hit] if len(tracks.label) else hit < 0
    hit, shown = hit[same], shown[same]
    kinematic(
        tracks.t_ns, hit, shown, tracks.x, tracks.P, tracks.born_ns, np.array(params.alike_s),
        params.height_sd_max_m, params.table.ranges, SPREAD, state.looked_ns, state.motion,
        state.level,
    )  # fmt: skip
    state.t_class_ns[hit] = tracks.t_ns
    if (scan.rcs_dbsm == scan.rcs_dbsm).any():
        _cross_section(state, scan, row, params)
    if (scan.rotor >= 0).any() or (scan.rcs_dbsm == scan.rcs_dbsm).any():
        _rotor(state, scan, row, params)
    if scan.declared.any():
        k = scan.sensor + 1 - state.said.shape[1]
        if k > 0:
            said = np.pad(state.said, ((0, 0), (0, k), (0, 0)))
            state = state._replace(said=said, said_ns=np.pad(state.said_ns, ((0, 0), (0, k))))
        _declared(state, scan, row, params, confusion_of(scan.sensor, confusion, params))
    return state


def fade(state: PictureState, dt_s: float, params: PictureParams) -> None:
    """What looks said of blades loses exp(-dt / fade_s) of its weight; writes to the state."""
    if dt_s > 0.0:
        state.blades[:] *= math.exp(-dt_s / params.fade_s)


def _weight(last_ns: I64, t_ns: int, alike_s: float) -> F64:
    """Share of a look (k,) that looks at t_ns count after those at last_ns (k,), 0 none."""
    out: F64 = np.where(last_ns == 0, 1.0, -np.expm1((last_ns - t_ns) / NS_PER_S / alike_s))
    return out


def _cross_section(state: PictureState, scan: Scan, row: I64, params: PictureParams) -> None:
    """Radar cross-section in dB: normal between things, Swerling 1 from look to look.

    Of two detections of one track in one scan the later row counts.
    """
    use = np.flatnonzero((row >= 0) & np.isfinite(scan.rcs_dbsm))
    rows, rcs = row[use], scan.rcs_dbsm[use]
    old = state.motion[rows]
    none = np.isnan(old[:, RCS_N])
    n = np.minimum(np.where(none, 0.0, old[:, RCS_N]) + 1.0, RCS_LOOKS)
    mean = np.where(none, rcs, old[:, MEAN_RCS] + (rcs - old[:, MEAN_RCS]) / n)
    state.motion[rows, RCS_N] = n
    state.motion[rows, MEAN_RCS] = mean
    var = params.table.rcs[:, 1] ** 2 + SWERLING_SD_DB**2 / n[:, None]
    d = mean[:, None] - params.table.rcs[:, 0] - SWERLING_MEAN_DB
    state.level[rows, CROSS_SECTION] = -0.5 * (d * d / var + np.log(var))


def _rotor(state: PictureState, scan: Scan, row: I64, params: PictureParams) -> None:
    """Micro-Doppler flags: each a Bernoulli look at whether the thing shows blades.

    A look with a cross-section and no flag either way was asked, and gave no answer.
    """
    asked = np.flatnonzero((row >= 0) & ((scan.rotor >= 0) | np.isfinite(scan.rcs_dbsm)))
    motion = state.motion
    n = np.minimum(np.nan_to_num(motion[row[asked], ASKED]) + 1.0, ROTOR_LOOKS)
    share = np.nan_to_num(motion[row[asked], ANSWERED])
    motion[row[asked], ASKED] = n
    motion[row[asked], ANSWERED] = share + ((scan.rotor[asked] >= 0) - share) / n
    use = np.flatnonzero((row >= 0) & (scan.rotor >= 0))
    rows = row[use]
    if len(use) == 0:
        return
    seen = scan.rotor[use] == 1
    w = _weight(state.looked_ns[rows, ROTOR], scan.t_ns, params.alike_s[ROTOR])
    state.looked_ns[rows, ROTOR] = scan.t_ns
    w = np.where(seen, w * motion[rows, ANSWERED], w)
    p, q = FLAGGED
    np.add.at(state.blades, rows, w * np.where(seen, math.log(p / q), math.log((1 - p) / (1 - q))))


def confusion_of(sensor: int, own: F64, params: PictureParams) -> F64:
    """Confusion (c, c) of one sensor: what its site says of it, else the class model's."""
    if len(own) <= sensor:
        return params.table.confusion
    out: F64 = np.where(np.isnan(own[sensor]), params.table.confusion, own[sensor])
    return out


def _declared(
    state: PictureState, scan: Scan, row: I64, params: PictureParams, confusion: F64
) -> None:
    """A sensor's own class: its stated confidence mixes the confusion with a blind guess.

    Of two detections of one track in one scan the later row counts.
    """
    use = np.flatnonzero((row >= 0) & (scan.declared > 0) & (scan.declared < N_CLASSES))
    rows, s = row[use], scan.sensor
    w = _weight(state.said_ns[rows, s], scan.t_ns, params.alike_s[DECLARED])[:, None]
    state.said_ns[rows, s] = scan.t_ns
    sure = np.clip(np.nan_to_num(scan.confidence[use], nan=0.5), 0.0, 1.0)[:, None]
    p = sure * confusion[scan.declared[use]] + (1.0 - sure) / (N_CLASSES - 1)
    new = np.log(np.maximum(p, LEAST_SAID))
    state.said[rows, s] += w * (new - state.said[rows, s])


def total(state: PictureState, at: I64, params: PictureParams) -> F64:
    """All log-evidence (n, c) of the rows `at`, without the prior, to the power `temper`."""
    share = params.table.rotor
    odds = state.blades[at, None]
    blades = np.logaddexp(np.log(share) + odds, np.log1p(-share))
    age_s = (state.t_ns - state.said_ns[at]) / NS_PER_S
    said = (np.exp(-age_s / params.fade_s)[:, :, None] * state.said[at]).sum(axis=1)
    out: F64 = params.temper * (state.level[at].sum(axis=1) + blades + said)
    return out


def falling(tracks: Tracks, params: PictureParams) -> F64 | None:
    """What the motion modes say of each class (n, c), None where none of them falls.

    The tracker's modes are weighed by their own likelihoods: the odds of falling over the
    prior odds are the evidence of all looks so far, and a level, not a sum.  Only what is
    BALLISTIC falls.
    """
    prior = np.array(params.falling)
    if not prior.any() or tracks.mode.shape[1] != len(prior):
        return None
    p = tracks.mode[:, prior > 0.0].sum(axis=1)
    p = np.clip(p, 1.0 - params.fall_surest, params.fall_surest)
    out = np.empty((len(p), N_CLASSES))
    out[:] = np.log((1.0 - p) / (1.0 - prior.sum()))[:, None]
    out[:, ObjectClass.BALLISTIC] = np.log(p / prior.sum())
    return out


def rows_of(state: PictureState, assoc: Association, params: PictureParams) -> I64:
    """Row (m,) of the state that each detection went to, -1 none or too uncertain."""
    if len(state.label) == 0:
        return np.full(len(assoc.label), -1, np.int64)
    i = np.minimum(np.searchsorted(state.label, assoc.label), len(state.label) - 1)
    good = (state.label[i] == assoc.label) & (assoc.label > 0) & (assoc.p >= params.associated)
    return np.where(good, i, -1)
