"""The tracker's state and settings: structures of arrays, one row a track.

In: nothing.  Out: `TrackParams`, `TrackState`, `start`.
Does not: step (see `tracker`).

Model: Poisson for the undetected, multi-Bernoulli for the tracked (Williams 2015,
"Marginal multi-Bernoulli filters", IEEE TAES 51(3)).  A row is one Bernoulli component:
existence probability and one Gaussian a motion mode.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from bartizan.jit import bare, inner
from bartizan.sensing import look_probability
from bartizan.terrain.sight import clear
from bartizan.types import F64, I64, SensorKind, Sensors

# Columns of TrackParams.motion, one row a mode; those that fly are linear over a known time.
# q_h, q_v [m2/s3] power of the white acceleration, horizontal and vertical; turn [rad/s]
# known rate of turn, positive to the left; decay [1/s] the velocity decays (hover);
# leave [1/s] rate of leaving the mode; prior weight when left or born.
# Only where some mode falls there are two columns more: drag [1/m] k at sea level, 0 of a
# mode that flies; doubt, relative 1-sigma of k (`falling`).
Q_H, Q_V, TURN, DECAY, LEAVE, PRIOR, DRAG, DOUBT = range(8)
MOTION = {"quiet_h": (0, Q_H), "quiet_v": (0, Q_V), "agile_h": (1, Q_H), "agile_v": (1, Q_V)}

# Columns of TrackState.ids.  With 1 hit only mode slot 0 of a row is filled.
LABEL, BORN_NS, SEEN_NS, HITS, SENSORS, IDENTITY = range(6)

# Columns of TrackState.table: what the step needs of each sensor, in one row.
KIND, POS, ROT, LOOK, PD, CLUTTER, DOPPLER, BIAS, LOSES, FINDS = 0, 1, 4, 13, 19, 27, 28, 29, 32, 33
INFLATE = 34
SKYLINE = 35  # from here on, where a site has terrain or buildings: `terrain.sight`

# Columns of TrackState.bearings, angles without a range that no track has taken: time of
# the detection [ns, exact to 256], row of the sensor, azimuth and elevation [rad] in its
# axes (elevation NaN: not measured) with their 1-sigma, probability that it is of no track,
# density of what else it may be (clutter, or something new that is seen but once).
T_NS, SENSOR, AZ, EL, SD_AZ, SD_EL, NEW, RHO = range(8)
BEARING_COLUMNS = 8

# Polar ground grid of the undetected, about the site: rings grow by half.
N_RINGS = 18
N_SECTORS = 12
RING_0_M = 400.0
RING_GROWTH = 1.5


class TrackParams(NamedTuple):
    """Settings of the tracker; numbers without a source are assumed (tuned on seed 100
    of the peers' benchmark).

    motion (q, 6) the modes, columns Q_H..PRIOR; row `seed_mode` is the one that a single plot is given
    speed_sd_mps, climb_sd_mps  1-sigma of an unknown velocity, each axis
    far_speed_sd_mps, far_height_m  horizontal speed and mean height at a sensor that
    looks beyond 50 km: air traffic
    life_s  mean time that a thing stays in the world   unseen_life_s  the same once it
    left all coverage: nobody can say   coast_s  longest time without a plot   seed_s  the
    same for a single plot: by then it could be anywhere, which the undetected say already
    gate_d2  gate on the squared Mahalanobis distance
    undetected  things that nobody has looked at yet, in all the sensors' coverage
    arrivals  things that come in a mean life beside as many as are tracked   height_m  mean height of the undetected above the site
    confirm, show  existence that gives a label, that is shown   prune  that is forgotten
    show_sd_m, show_sd_rad  it is shown while its horizontal 1-sigma is below the first, or
    that share of its distance from the site
    seed_prune  the same for a single plot
    bearing_s  how long an angle without a range waits for one that crosses it
    crossing_prune  existence under which a crossing of two is forgotten before a third
    look   ring_0_m  radius of the undetected's innermost ring
    fast_share  share of the undetected that are shot, not flown (0: none): a plot whose own
    Doppler is past what flies here starts as one of them   fast_speed_sd_mps, fast_height_m
    1-sigma of their velocity, each axis; their mean height
    number_log, number_s  log-odds that a sensor's own track number is still on its thing, and
    the time constant with which that grows old   number_twice  share of things that a sensor
    reports under a second number (`numbers`; tuned on seeds 0-19 of its test's flights)
    late_s  a scan that comes after younger ones is taken back into them if it is no older than
    this (`late`); 0: none is
    """

    motion: F64
    seed_mode: int = 1
    speed_sd_mps: float = 30.0
    climb_sd_mps: float = 2.0
    far_speed_sd_mps: float = 150.0
    far_height_m: float = 4000.0
    life_s: float = 50.0
    unseen_life_s: float = 3.0
    coast_s: float = 40.0
    seed_s: float = 10.0
    gate_d2: float = 20.0
    undetected: float = 10.0
    arrivals: float = 3.0
    height_m: float = 350.0
    confirm: float = 0.5
    show: float = 0.5
    prune: float = 0.01
    show_sd_m: float = 40.0
    show_sd_rad: float = 0.05
    seed_prune: float = 0.001
    bearing_s: float = 2.0
    crossing_prune: float = 1e-5
    ring_0_m: float = RING_0_M
    fast_share: float = 0.0
    fast_speed_sd_mps: float = 250.0
    fast_height_m: float = 2000.0
    number_log: float = 1.5
    number_s: float = 10.0
    number_twice: float = 0.3
    late_s: float = 0.0


class TrackState(NamedTuple):
    """All Bernoulli components at one time, and the undetected.

    t_ns time of the states, 0 before the first scan   next_label
    r (n,) existence   sight (n, s) probability that each sensor can see it at all, given
    that it exists   mu (n, q) mode probabilities   x (n, q, 6)   P (n, q, 6, 6)
    ids (n, 6) label (0 until first confirmed), born, seen, hits, sensors, identity
    undetected (c,) [1/m2] things per area in each cell of the polar ground grid
    seen_map (s, c) Pd of each sensor's full look by cell; constant
    coverage_m2 ground area of the cells that a radar, camera or array sees; constant
    table (s, 35 or 35 + 72000) what the step needs of each sensor; constant
    bearings (b, 8) angles without a range that wait for a crossing, columns T_NS..RHO
    numbers (n, s, 2) the sensor's own number that last updated the row (-1 none), and when
    [ns]; (n, 0, 2) until a sensor gives one
    """

    t_ns: int
    next_label: int
    r: F64
    sight: F64
    mu: F64
    x: F64
    P: F64
    ids: I64
    undetected: F64
    seen_map: F64
    coverage_m2: float
    table: F64
    bearings: F64
    numbers: I64


class Work(NamedTuple):
    """One scan as the step works on it, and room for what its phases find.

    s sensor   frame   dt [s] since the last scan   look (6,)   row (35,) of the sensor's
    table, pos (3,), rot (3, 3) of it   lag (m,) [s] each detection is older than the scan
    z, sd (m, 6) bias taken off   t_det_ns, identity (m,)
    birth_x (m, 6), birth_cov (m, 6, 6) state that a detection starts if it is new
    odds (m, 3) birth intensity, and with clutter; existence of the newborn
    before (c,) the undetected before this look, where its detections are angles alone
    pd (n,) of each row in this look   span (n, 2) each row's own pairs
    number (m,) the sensor's own track numbers, -1 none; (0,) where there are none at all
    """

    s: int
    frame: int
    dt: float
    look: F64
    row: F64
    pos: F64
    rot: F64
    lag: F64
    z: F64
    sd: F64
    t_det_ns: I64
    identity: I64
    birth_x: F64
    birth_cov: F64
    odds: F64
    before: F64
    pd: F64
    span: I64
    number: I64


class Room(NamedTuple):
    """Scratch of the loops over rows, made once a phase.

    h (6,), H (6, 6) a measurement and its Jacobian   out (20, 7) an innovation (`measure`)
    hs (q, 6), Ss (q, 6, 6) each mode's expected measurement and its spread   one (q,)
    xo (6,) a mean   win (6,) a window   cells (4,), use (6,) whole numbers
    xm (q, 6), Pm (q, 6, 6), M (q, 6, 6) mixed modes   w (q, p), xs (p, 6), Ps (p, 6, 6)
    the parts of a mixture of p - 1 detections and none   J (9, 3)   noise (6,)
    """

    h: F64
    H: F64
    out: F64
    hs: F64
    Ss: F64
    one: F64
    xo: F64
    win: F64
    cells: I64
    use: I64
    xm: F64
    Pm: F64
    M: F64
    w: F64
    xs: F64
    Ps: F64
    J: F64
    noise: F64


@inner
def room(q: int, parts: int) -> Room:
    """Scratch for q modes and mixtures of `parts`."""
    return Room(
        np.empty(6), np.zeros((6, 6)), np.empty((20, 7)), np.empty((q, 6)), np.empty((q, 6, 6)),
        np.empty(q), np.empty(6), np.empty(6), np.empty(4, np.int64), np.empty(6, np.int64),
        np.empty((q, 6)), np.empty((q, 6, 6)), np.empty((q, 6, 6)), np.empty((q, parts)),
        np.empty((parts, 6)), np.empty((parts, 6, 6)), np.empty((9, 3)), np.empty(6),
    )  # fmt: skip


class Plan(NamedTuple):
    """Which rows the next state has, and what each takes.

    r (k,) existence   source (k,) row, or detection of a newborn   take (k,) pair that
    counts as a hit, -1 none   old: how many of them are rows that go on
    pair (p, 2), weight (p, 2 + q) track and detection, psi, marginal, modes' likelihoods
    pick (n,) pair that a row's state takes, -1 none, -2 their average
    new (m,) probability that a detection is of no row
    """

    r: F64
    source: I64
    take: I64
    old: int
    pair: I64
    weight: F64
    pick: I64
    new: F64


def default_params() -> TrackParams:
    """The settings that the benchmark's figures are measured with."""
    quiet = [0.5, 0.05, 0.0, 0.0, 0.05, 0.5]
    agile = [12.0, 0.5, 0.0, 0.0, 0.2, 0.25]
    left = [2.0, 0.3, 0.25, 0.0, 0.2, 0.12]
    right = [2.0, 0.3, -0.25, 0.0, 0.2, 0.12]
    return TrackParams(motion=np.array([quiet, agile, left, right]))


# Drag parameters [1/m] of the falling modes: rho Cd A / 2 m at sea level with Cd 0.15-0.4
# (assumed) spans 5e-5 (122 mm rocket, 46 kg burnt out) to 2e-4 (60 and 81 mm mortar bombs,
# 1.8 and 4.2 kg); masses and calibres as commonly quoted.  Each mode stands for an octave,
# 1-sigma ln 2 / sqrt 12 = 0.2; what a Cd that rises about the speed of sound adds makes it 0.4:
# with that the ellipses of such shots hold (tests/track/test_falling.py).
DRAGS_PM = (5e-5, 1e-4, 2e-4)
DRAG_DOUBT = 0.4


def with_rockets(params: TrackParams) -> TrackParams:
    """The settings and three modes that fall: for a site that expects rockets and mortars.

    Once falling a thing goes on falling (leave 0.001 /s), and what flies seldom falls (prior
    0.02 each); 0.2 m2/s3 for what the law leaves out; a hundredth of the unseen; all assumed.
    """
    flying = np.pad(params.motion, ((0, 0), (0, 2)))
    falling = [[0.2, 0.2, 0.0, 0.0, 0.001, 0.02, k, DRAG_DOUBT] for k in DRAGS_PM]
    return params._replace(motion=np.concatenate([flying, falling]), fast_share=0.01)


def falling_modes(params: TrackParams) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Drag [1/m] and prior share of each mode that falls, 0 of those that fly; () if none does."""
    m = params.motion
    if m.shape[1] <= DRAG:
        return (), ()
    prior = np.where(m[:, DRAG] > 0.0, m[:, PRIOR] / m[:, PRIOR].sum(), 0.0)
    return tuple(m[:, DRAG].tolist()), tuple(prior.tolist())


SEED_TURNS = 3.0  # a single plot waits for so many turns of the slowest sensor: assumed


def params_with(settings: tuple[tuple[str, float], ...], turn_s: float = 0.0) -> TrackParams:
    """The default settings with a site's own; "quiet", "agile" and "_h", "_v" name the power
    of the random acceleration of the two straight modes [m2/s3], "slow_per_s" the rate at
    which a velocity decays in all of them [1/s].  turn_s [s] of the slowest sensor's look
    """
    params = default_params()
    params = params._replace(seed_s=max(params.seed_s, SEED_TURNS * turn_s))
    motion = params.motion.copy()
    plain: dict[str, Any] = {}
    for name, value in settings:
        if name == "slow_per_s":
            motion[:, DECAY] = value
        elif name in MOTION:
            motion[MOTION[name]] = value
        else:
            plain[name] = value
    return params._replace(motion=motion, **plain)


def sensor_table(sensors: Sensors) -> F64:
    """Each sensor's figures in one row (s, 35), columns KIND..INFLATE, and its skyline if any."""
    n = len(sensors.kind)
    dropout = sensors.dropout if len(sensors.dropout) else np.zeros((n, 2))
    columns = [
        sensors.kind[:, None], sensors.pos, sensors.rot.reshape(n, 9), sensors.look,
        sensors.pd, sensors.clutter[:, None], sensors.doppler_max[:, None], sensors.bias, dropout,
        inflation(sensors)[:, None],
    ]  # fmt: skip
    if len(sensors.skyline):
        columns.append(sensors.skyline.astype(np.float64))
    return np.concatenate(columns, axis=1, dtype=np.float64)


def inflation(sensors: Sensors) -> F64:
    """Factor (s,) on the 1-sigma of sensors whose errors last: tracks of their own, not plots.

    Errors of a first-order process of time constant correlated_s, sampled every period_s,
    average like independent ones of (1 + rho) / (1 - rho) times the variance, rho =
    exp(-period_s / correlated_s) (Bayley & Hammersley 1946).
    """
    out = np.ones(len(sensors.kind))
    lasts = np.flatnonzero(sensors.correlated_s > 0.0)
    rho = np.exp(-sensors.period_s[lasts] / sensors.correlated_s[lasts])
    out[lasts] = np.sqrt((1.0 + rho) / (1.0 - rho))
    return out


@bare
def chance(
    row: F64, look: F64, r: float, az: float, el: float, rdot: float, up_m: float, up_sd_m: float
) -> float:
    """Probability that one look of a sensor reports a nominal thing at a place in its axes.

    row of the sensor's table   look (6,) where it looked   up_m up in site ENU, known to
    up_sd_m: over an edge of the skyline the probability is spread by it
    """
    p = look_probability(int(row[KIND]), row[PD : PD + 8], look, r, az, el, rdot, up_m)
    if row.shape[0] > SKYLINE and p > 0.0:
        p *= clear(row[SKYLINE:], row[LOOK + 1], r, az, el, up_sd_m)
    return p


def ring_edges_m(params: TrackParams) -> F64:
    """Outer radius (rings,) [m] of each ring of the ground grid."""
    return params.ring_0_m * RING_GROWTH ** np.arange(N_RINGS, dtype=np.float64)


def look_map(sensors: Sensors, params: TrackParams) -> F64:
    """Probability (s, c) that one full look of each sensor sees a nominal thing in each cell.

    Taken at the middle of the cell, at the mean height of the undetected.
    """
    edge = ring_edges_m(params)
    middle = np.sqrt(0.5 * (edge**2 + np.concatenate([[0.0], edge[:-1]]) ** 2))
    out = np.zeros((len(sensors.kind), N_RINGS * N_SECTORS))
    for s in range(len(sensors.kind)):
        for k in range(N_RINGS):
            for a in range(N_SECTORS):
                az = (a + 0.5) * 2.0 * np.pi / N_SECTORS
                p = np.array([middle[k] * np.sin(az), middle[k] * np.cos(az), params.height_m])
                e, n, u = sensors.rot[s] @ (p - sensors.pos[s])
                r = np.sqrt(e * e + n * n + u * u)
                az, el = np.arctan2(e, n), np.arcsin(u / r)
                pd = look_probability(
                    sensors.kind[s], sensors.pd[s], sensors.look[s], r, az, el, 30.0, p[2]
                )
                if len(sensors.skyline):
                    far_m = sensors.look[s, 1]
                    pd *= clear(sensors.skyline[s], far_m, r, az, el, params.height_m)
                out[s, k * N_SECTORS + a] = pd
    return out


def start(sensors: Sensors, params: TrackParams) -> TrackState:
    """The state before the first scan: nothing tracked, the undetected everywhere."""
    q = len(params.motion)
    seen = look_map(sensors, params)
    edge = ring_edges_m(params)
    ring = np.pi * np.diff(edge**2, prepend=0.0) / N_SECTORS
    active = seen[sensors.kind <= int(SensorKind.ACOUSTIC)]
    covered = (active > 0.05).any(axis=0) if len(active) else np.ones(seen.shape[1], bool)
    area = float(np.repeat(ring, N_SECTORS)[covered].sum()) or float(ring.sum() * N_SECTORS)
    field = np.full(N_RINGS * N_SECTORS, params.undetected / area)
    return TrackState(
        0, 1, np.zeros(0), np.zeros((0, len(sensors.kind))), np.zeros((0, q)), np.zeros((0, q, 6)), np.zeros((0, q, 6, 6)),
        np.zeros((0, 6), np.int64), field, seen, area, sensor_table(sensors),
        np.zeros((0, BEARING_COLUMNS)), np.zeros((0, 0, 2), np.int64),
    )  # fmt: skip
