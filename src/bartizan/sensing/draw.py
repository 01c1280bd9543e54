"""One simulated look: detections with noise, misses and clutter, from the true states.

In: true states and signatures, and the look's dice.  Out: a `Scan` without a trace of who
is who.  Does not: roll dice of its own (a caller with counter-based streams hands them
in), move anything, or know a raid.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from bartizan.frames import TWO_PI
from bartizan.sensing.cooperative import declared
from bartizan.sensing.look import ACOUSTIC, CAMERA, RADAR, survey
from bartizan.terrain import sight
from bartizan.types import (
    B1,
    F64,
    I8,
    I64,
    Frame,
    ObjectClass,
    Scan,
    SensorKind,
    Sensors,
)

ROTOR_BELOW: Final = 10.0 ** (-15.0 / 10.0)  # blades' echo under the body's: 15 dB, Ritchie 2015
ROTOR_FALSE: Final = 0.02  # share of wrong micro-Doppler flags, assumed
CONFIDENCE: Final = 0.9  # share of right classes that a camera declares and states, assumed
CONFUSED: Final = np.array(  # what each class is taken for when wrong, row ObjectClass; assumed
    [0, ObjectClass.BIRD, ObjectClass.ONE_WAY_ATTACK, ObjectClass.FIXED_WING]
    + [ObjectClass.MULTIROTOR, ObjectClass.FIXED_WING, ObjectClass.LIGHT_AIRCRAFT]
    + [ObjectClass.LIGHT_AIRCRAFT, ObjectClass.ONE_WAY_ATTACK, ObjectClass.BIRD],
    dtype=np.int8,
)
DIRECTION_FINDER: Final = int(SensorKind.DIRECTION_FINDER)
ADSB: Final = int(SensorKind.ADSB)
CARTESIAN: Final = int(Frame.CARTESIAN)


class Signatures(NamedTuple):
    """How n things show to sensors, whatever they are.

    rcs_dbsm (n,) mean cross-section   size_m (n,) visible extent   level_db (n,) sound
    pressure level at 1 m   emits (n,) 1 when it has a radio link, else 0   rotor (n,) has
    blades   cls (n,) ObjectClass, for what a camera may recognise   reports (n,) the
    SensorKind that receives its cooperative reports, -1 none   identity (n,) its key
    names: its identity in words, per row
    """

    rcs_dbsm: F64
    size_m: F64
    level_db: F64
    emits: F64
    rotor: B1
    cls: I64
    reports: I64
    identity: I64
    names: tuple[str, ...]


class Dice(NamedTuple):
    """The dice of one look.

    things (n, 12): 0 detected? 1 its power 2..7 noise by column of z (standard normal)
    8 place in the scan 9 rotor seen? 10 recognised? 11 rightly?   clutter (m, 6): 0..3
    range, azimuth, elevation, range rate 4 its power 5 place in the scan.
    All uniform in [0, 1) where nothing else is said.
    """

    things: F64
    clutter: F64


def roll_things(rng: np.random.Generator, n: int) -> F64:
    """Dice (n, 12) for n looks at one thing, or one look at n things."""
    flat = rng.random((n, 6))
    out = np.empty((n, 12))
    out[:, (0, 1, 8, 9, 10, 11)] = flat
    out[:, 2:8] = rng.standard_normal((n, 6))
    return out


def roll(rng: np.random.Generator, n: int, clutter_mean: float) -> Dice:
    """The dice of one look at n things.  Clutter first: more things do not change it."""
    clutter = rng.random((int(rng.poisson(clutter_mean)), 6))
    return Dice(roll_things(rng, n), clutter)


def signature_of(signatures: Signatures, kind: int) -> F64:
    """The signature (n,) that a sensor of this kind goes by (column 7 of `Sensors.pd`)."""
    if kind == RADAR:
        return signatures.rcs_dbsm
    if kind == CAMERA:
        return signatures.size_m
    if kind == ACOUSTIC:
        return signatures.level_db
    if kind == DIRECTION_FINDER:
        return signatures.emits
    equipped: F64 = (signatures.reports == kind).astype(np.float64)
    return equipped


def draw(sensors: Sensors, row: int, t_ns: int, x: F64, signatures: Signatures, dice: Dice) -> Scan:
    """One look of sensor `row` at n things with true states x (n, 6) [m, m/s] site ENU.

    Each thing in the line of sight is reported with the probability of `sensing.look.seen`; clutter is uniform
    in the sensor's polar space; rows come in random order.  Cooperative receivers report
    CARTESIAN in site ENU, with identity; they make no clutter.
    """
    kind, pd, look, sd = (
        sensors.kind[row],
        sensors.pd[row],
        sensors.look[row],
        sensors.sd[row],
    )
    polar = np.empty((x.shape[0], 6))
    survey(
        kind,
        pd,
        look,
        sight.of_sensor(sensors.skyline, row),
        sensors.pos[row],
        sensors.rot[row],
        signature_of(signatures, kind),
        x,
        polar,
    )
    hit = (dice.things[:, 0] < polar[:, 4]).nonzero()[0]
    if kind >= ADSB:
        return _reports(sensors, row, t_ns, x[hit], signatures, hit, dice.things[hit])
    if hit.size + dice.clutter.shape[0] == 0:
        return _scan(t_ns, row, look, np.empty((0, 6)), sd)
    own = dice.things[hit]
    z = own[:, 2:8] * sd
    z[:, :4] += polar[hit, :4]
    z[:, :3] += sensors.bias[row]
    if dice.clutter.shape[0]:
        z = np.concatenate((z, _clutter(sensors, row, dice.clutter)))
    z[:, 1] = (z[:, 1] + np.pi) % TWO_PI - np.pi
    order = np.argsort(np.concatenate((own[:, 8], dice.clutter[:, 5])))
    scan = _scan(t_ns, row, look, z[order], sd)
    if kind == RADAR:
        power = np.concatenate((own[:, 1], dice.clutter[:, 4]))
        rcs = _rcs(pd, z, polar[hit, 5], power, signatures.rcs_dbsm[hit])
        rotor = _rotor(pd, polar[hit, 5], signatures.rotor[hit], own[:, 9], z.shape[0])
        scan = scan._replace(rcs_dbsm=rcs[order], rotor=rotor[order])
    elif kind == CAMERA:
        cls = _recognised(polar[hit, 5], signatures.cls[hit], own, z.shape[0])[order]
        scan = scan._replace(declared=cls, confidence=np.where(cls > 0, CONFIDENCE, 0.0))
    return scan


def _scan(t_ns: int, row: int, look: F64, z: F64, sd: F64, frame: int = 0) -> Scan:
    m = z.shape[0]
    unknown, number, spread = np.empty(m), np.empty(m, dtype=np.int64), np.empty((m, 6))
    t_det_ns, rotor = np.empty(m, dtype=np.int64), np.empty(m, dtype=np.int8)
    unknown[:], number[:], spread[:], t_det_ns[:], rotor[:] = np.nan, -1, sd, t_ns, -1
    return Scan(
        t_ns=t_ns,
        sensor=row,
        frame=frame,
        look=look,
        t_det_ns=t_det_ns,
        z=z,
        sd=spread,
        rcs_dbsm=unknown,
        rotor=rotor,
        declared=np.zeros(m, dtype=np.int8),
        confidence=np.zeros(m),
        identity=np.zeros(m, dtype=np.int64),
        number=number,
    )


def _clutter(sensors: Sensors, row: int, u: F64) -> F64:
    """Clutter's measurements (m, 6), uniform over the look's measured columns."""
    z = np.full((u.shape[0], 6), np.nan)
    look, v = sensors.look[row], sensors.doppler_max[row]
    z[:, 0] = look[0] + u[:, 0] * (look[1] - look[0])
    z[:, 1] = look[2] + u[:, 1] * min(look[3], TWO_PI)
    z[:, 2] = look[4] + u[:, 2] * (look[5] - look[4])
    z[:, 3] = (2.0 * u[:, 3] - 1.0) * v
    z[:, np.isnan(sensors.sd[row])] = np.nan
    return z


def _rcs(pd: F64, z: F64, strength: F64, power: F64, mean_dbsm: F64) -> F64:
    """Cross-sections (m,) [dBsm] that a radar reads off its detections' power.

    Swerling 1: power over noise is exponential with mean 1 + SNR, and what was detected is
    over the threshold -ln Pfa, beyond which it is exponential again (no memory).  The
    radar turns power into cross-section by range alone, so that clutter gets one too.
    Flat Pd: the mean with Swerling-1 fluctuation, none for clutter.
    """
    exponential = -np.log1p(-power)
    if pd[0] == 0.0:
        rcs = np.full(power.size, np.nan)
        drawn = np.maximum(exponential[: mean_dbsm.size], 1e-6)
        rcs[: mean_dbsm.size] = mean_dbsm + 10.0 * np.log10(drawn)
        return rcs
    exponential[: strength.size] *= 1.0 + strength
    over = -np.log(pd[3]) - 1.0 + exponential
    km = np.maximum(z[:, 0], 1.0) / 1000.0
    out: F64 = 10.0 * np.log10(over) - (pd[2] - pd[4] - 40.0 * np.log10(km))
    return out


def _rotor(pd: F64, strength: F64, blades: B1, u: F64, m: int) -> I8:
    """Micro-Doppler flags (m,): 1 seen, 0 looked well and not seen, -1 too weak to say."""
    out = np.full(m, -1, dtype=np.int8)
    if pd[0] == 0.0:
        return out
    p = pd[3] ** (1.0 / (1.0 + strength * ROTOR_BELOW))
    seen = u < np.where(blades, p, ROTOR_FALSE * p)
    out[: u.size] = np.where(seen, 1, np.where(p > 0.5, 0, -1))
    return out


def _recognised(p: F64, cls: I64, own: F64, m: int) -> I8:
    """Classes (m,) that a camera declares, 0 none: Johnson's recognition, with confusion."""
    out = np.zeros(m, dtype=np.int8)
    right = np.where(own[:, 11] < CONFIDENCE, cls, CONFUSED[cls])
    out[: p.size] = np.where(own[:, 10] < p, right, 0)
    return out


def _reports(
    sensors: Sensors,
    row: int,
    t_ns: int,
    x: F64,
    signatures: Signatures,
    hit: I64,
    own: F64,
) -> Scan:
    sd = sensors.sd[row]
    scan = _scan(t_ns, row, sensors.look[row], declared(x, sd, own[:, 2:8]), sd, CARTESIAN)
    order = np.argsort(own[:, 8])
    who = hit[order]
    key = signatures.identity[who]
    names = {int(signatures.identity[i]): signatures.names[i] for i in who if signatures.names[i]}
    return scan._replace(z=scan.z[order], identity=key, names=tuple(sorted(names.items())))
