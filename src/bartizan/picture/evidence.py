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
from typing import NamedTuple, TypeVar

import numpy as np

from bartizan.jit import inner, kernel
from bartizan.picture.classes import ACCELERATION_MPS2, EARTH_M, FLOOR, HEIGHT_SCALE_M, SPREAD
from bartizan.picture.state import PictureParams, PictureState
from bartizan.types import F64, I8, I64, N_CLASSES, Association, ObjectClass, Scan, Tracks
from bartizan.units import NS_PER_S

STATE, PATH, ROTOR, DECLARED = range(4)  # of alike_s, the first three of looked_ns
CROSS_SECTION = 2  # row of level

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


_A = TypeVar("_A", F64, I8)


class Limits(NamedTuple):
    """The numbers of `PictureParams` that a look is weighed by."""

    associated: float
    height_sd_max_m: float
    state_s: float
    path_s: float
    rotor_s: float


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


@inner
def place(labels: I64, label: int) -> int:
    """Row of a label among those sorted, -1 none."""
    a, b = 0, labels.shape[0]
    while a < b:
        m = (a + b) // 2
        if labels[m] < label:
            a = m + 1
        else:
            b = m
    return a if a < labels.shape[0] and labels[a] == label else -1


@inner
def kinematic(
    t_ns: int, i: int, j: int, x: F64, P: F64, born_ns: int, lim: Limits, ranges: F64,
    looked_ns: I64, motion: F64, level: F64, f: F64,
) -> None:  # fmt: skip
    """Bring the levels of the state's row i up to track j, in place.

    ranges (c, 5, 2)   level (n, 3, c) log-likelihoods of state and path; the path's begins
    once it is SETTLE_S old   f (5, 2) scratch
    """
    dt = (t_ns - looked_ns[i, STATE]) * 1e-9
    looked_ns[i, STATE] = t_ns
    first = motion[i, VARIANCE] != motion[i, VARIANCE]
    smooth(motion, i, x, j, dt)
    features(x, P, j, motion, i, lim.height_sd_max_m, f)
    w_state = max(1.0 - math.exp(-dt / lim.state_s), 1.0 - f[0, 1] ** 2 / motion[i, VARIANCE])
    if first:
        w_state = 1.0
    motion[i, VARIANCE] = f[0, 1] ** 2
    w_path = 0.0
    if (t_ns - born_ns) * 1e-9 >= SETTLE_S:
        dt = (t_ns - looked_ns[i, PATH]) * 1e-9
        w_path = 1.0 if looked_ns[i, PATH] == 0 else 1.0 - math.exp(-dt / lim.path_s)
        looked_ns[i, PATH] = t_ns
    for c in range(ranges.shape[0]):
        level[i, STATE, c] *= 1.0 - w_state
        level[i, PATH, c] *= 1.0 - w_path
        for q in range(5):
            m = STATE if q < N_STATE else PATH
            w = w_state if q < N_STATE else w_path
            if w > 0.0 and f[q, 1] == f[q, 1]:
                p = soft_uniform(f[q, 0], f[q, 1], ranges[c, q, 0], ranges[c, q, 1], SPREAD[q])
                level[i, m, c] += w * math.log(p)


@inner
def cross_sections(row: I64, rcs: F64, table: F64, motion: F64, level: F64) -> None:
    """Radar cross-section in dB: normal between things, Swerling 1 from look to look.

    Of two detections of one track in one scan the later row counts.   table (c, 2)
    """
    old = motion.copy()
    for d in range(row.shape[0]):
        i = row[d]
        if i < 0 or not math.isfinite(rcs[d]):
            continue
        n, mean = 1.0, rcs[d]
        if old[i, RCS_N] == old[i, RCS_N]:
            n = min(old[i, RCS_N] + 1.0, RCS_LOOKS)
            mean = old[i, MEAN_RCS] + (rcs[d] - old[i, MEAN_RCS]) / n
        motion[i, RCS_N], motion[i, MEAN_RCS] = n, mean
        for c in range(table.shape[0]):
            var = table[c, 1] ** 2 + SWERLING_SD_DB**2 / n
            off = mean - table[c, 0] - SWERLING_MEAN_DB
            level[i, CROSS_SECTION, c] = -0.5 * (off * off / var + math.log(var))


@inner
def rotors(
    row: I64, rotor: I8, rcs: F64, t_ns: int, alike_s: float, motion: F64, looked_ns: I64,
    blades: F64,
) -> None:  # fmt: skip
    """Micro-Doppler flags: each a Bernoulli look at whether the thing shows blades.

    A look with a cross-section and no flag either way was asked, and gave no answer.
    """
    old, last_ns = motion.copy(), looked_ns.copy()
    for d in range(row.shape[0]):
        i = row[d]
        if i >= 0 and (rotor[d] >= 0 or math.isfinite(rcs[d])):
            asked = old[i, ASKED] if old[i, ASKED] == old[i, ASKED] else 0.0
            share = old[i, ANSWERED] if old[i, ANSWERED] == old[i, ANSWERED] else 0.0
            n = min(asked + 1.0, ROTOR_LOOKS)
            motion[i, ASKED] = n
            motion[i, ANSWERED] = share + ((1.0 if rotor[d] >= 0 else 0.0) - share) / n
    for d in range(row.shape[0]):
        i = row[d]
        if i < 0 or rotor[d] < 0:
            continue
        w = weight(last_ns[i, ROTOR], t_ns, alike_s)
        looked_ns[i, ROTOR] = t_ns
        if rotor[d] == 1:
            blades[i] += w * motion[i, ANSWERED] * math.log(FLAGGED[0] / FLAGGED[1])
        else:
            blades[i] += w * math.log((1.0 - FLAGGED[0]) / (1.0 - FLAGGED[1]))


@inner
def weight(last_ns: int, t_ns: int, alike_s: float) -> float:
    """Share of a look that a look at t_ns counts after one at last_ns, 0 none."""
    return 1.0 if last_ns == 0 else -math.expm1((last_ns - t_ns) / NS_PER_S / alike_s)


@kernel
def _observe(
    t_ns: int, scan_ns: int, whole: tuple[I64, ...], share: F64, flags: I8,
    of_track: tuple[F64, ...], born_ns: I64, table: tuple[F64, ...], rows: tuple[F64, ...],
    level: F64, looked_ns: I64, lim: Limits,
) -> I64:  # fmt: skip
    """The evidence of `observe` but for what sensors declare.

    -> row (m,) of the state that each detection went to, -1 none or too uncertain
    """
    given, shown, labels, t_class_ns = whole
    x, P = of_track[0], of_track[1]
    ranges, cross = table
    rcs, blades, motion = rows
    row = np.empty(given.shape[0], np.int64)
    f = np.empty((5, 2))
    for d in range(row.shape[0]):
        sure = given[d] > 0 and share[d] >= lim.associated
        row[d] = place(labels, given[d]) if sure else -1
        if row[d] < 0:
            continue
        j = place(shown, given[d])
        if j >= 0:
            kinematic(t_ns, row[d], j, x, P, born_ns[j], lim, ranges, looked_ns, motion, level, f)
            t_class_ns[row[d]] = t_ns
    cross_sections(row, rcs, cross, motion, level)
    rotors(row, flags, rcs, scan_ns, lim.rotor_s, motion, looked_ns, blades)
    return row


def observe(
    state: PictureState, scan: Scan, tracks: Tracks, assoc: Association, params: PictureParams,
    confusion: F64,
) -> tuple[PictureState, I64]:  # fmt: skip
    """Add this scan's evidence: the state, its arrays written to.

    confusion (s, c, c) each sensor's own, as `Sensors.confusion`
    -> and the row (m,) of the state that each detection went to, -1 none or too uncertain
    """
    table, alike = params.table, params.alike_s
    row = _observe(
        tracks.t_ns, scan.t_ns, (assoc.label, tracks.label, state.label, state.t_class_ns),
        assoc.p, _plain(scan.rotor), (tracks.x, tracks.P), tracks.born_ns, (table.ranges, table.rcs),
        (_plain(scan.rcs_dbsm), state.blades, state.motion), state.level, state.looked_ns,
        Limits(params.associated, params.height_sd_max_m, alike[STATE], alike[PATH], alike[ROTOR]),
    )  # fmt: skip
    if scan.declared.any():
        k = scan.sensor + 1 - state.said.shape[1]
        if k > 0:
            said = np.pad(state.said, ((0, 0), (0, k), (0, 0)))
            state = state._replace(said=said, said_ns=np.pad(state.said_ns, ((0, 0), (0, k))))
        _declared(state, scan, row, params, confusion_of(scan.sensor, confusion, params))
    return state, row


def _plain(a: _A) -> _A:
    """The array as the kernel is compiled for: contiguous and writable; a copy if it must."""
    return a if a.flags.carray else a.copy()


def fade(state: PictureState, dt_s: float, params: PictureParams) -> None:
    """What looks said of blades loses exp(-dt / fade_s) of its weight; writes to the state."""
    if dt_s > 0.0:
        state.blades[:] *= math.exp(-dt_s / params.fade_s)


def _weight(last_ns: I64, t_ns: int, alike_s: float) -> F64:
    """Share of a look (k,) that looks at t_ns count after those at last_ns (k,), 0 none."""
    out: F64 = np.where(last_ns == 0, 1.0, -np.expm1((last_ns - t_ns) / NS_PER_S / alike_s))
    return out


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


def falling(tracks: Tracks, params: PictureParams) -> F64:
    """What the motion modes say of each class (n, c), (0, c) where none of them falls.

    The tracker's modes are weighed by their own likelihoods: the odds of falling over the
    prior odds are the evidence of all looks so far, and a level, not a sum.  Only what is
    BALLISTIC falls.
    """
    prior = np.array(params.falling)
    if not any(params.falling) or tracks.mode.shape[1] != len(prior):
        return np.zeros((0, N_CLASSES))
    p = tracks.mode[:, prior > 0.0].sum(axis=1)
    p = np.clip(p, 1.0 - params.fall_surest, params.fall_surest)
    out = np.empty((len(p), N_CLASSES))
    out[:] = np.log((1.0 - p) / (1.0 - prior.sum()))[:, None]
    out[:, ObjectClass.BALLISTIC] = np.log(p / prior.sum())
    return out
