"""Where a sensor looks, how likely one look finds a thing there, how much clutter it makes.

In: one row of `types.Sensors` and a place in the sensor's own axes.  Out: probabilities
and densities.  Does not: know tracks or truth; `draw` and the tracker call the same lines.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from bartizan.jit import inner, kernel
from bartizan.sensing.acoustic import heard
from bartizan.sensing.camera import resolved
from bartizan.sensing.direction_finder import received
from bartizan.sensing.radar import echoed, snr
from bartizan.terrain import F32
from bartizan.terrain.sight import hidden
from bartizan.types import F64, SensorKind

TWO_PI: Final = 2.0 * np.pi
RADAR: Final = int(SensorKind.RADAR)
CAMERA: Final = int(SensorKind.CAMERA)
ACOUSTIC: Final = int(SensorKind.ACOUSTIC)
RECOGNITION: Final = 4.0  # line pairs for recognition over those for detection, Johnson 1958
SIGNATURE: Final = 7  # column of Sensors.pd that holds the nominal target's signature


@inner
def inside(look: F64, r_m: float, az_rad: float, el_rad: float) -> bool:
    """Whether a place in the sensor's own axes is inside `look` (6,), see `Scan.look`.

    An azimuth width of 0 (or less) is no look at all; one of 2 pi or more is all round.
    """
    if r_m < look[0] or r_m > look[1] or el_rad < look[4] or el_rad > look[5]:
        return False
    turned: float = (az_rad - look[2]) % TWO_PI
    return bool(look[3] >= TWO_PI) or bool(look[3] > 0.0 and turned <= look[3])


@inner
def seen(kind: int, pd: F64, sign: float, r_m: float, rdot_mps: float, up_m: float) -> float:
    """Probability that one look at a thing of signature `sign` reports it.

    sign: what column 7 of `pd` holds for this kind (dBsm, m, dB, or a probability)
    """
    if pd[0] == 0.0:
        return float(pd[1] if kind <= ACOUSTIC else pd[1] * sign)
    if kind == RADAR:
        return echoed(pd, sign, r_m, rdot_mps, up_m)
    if kind == CAMERA:
        return resolved(pd, sign, r_m)
    if kind == ACOUSTIC:
        return heard(pd, sign, r_m)
    return received(pd, sign, r_m, up_m)


@kernel
def look_probability(
    kind: int,
    pd: F64,
    look: F64,
    r_m: float,
    az_rad: float,
    el_rad: float,
    rdot_mps: float,
    up_m: float,
) -> float:
    """Probability that one look reports the nominal target at a place; 0 outside `look`.

    kind SensorKind   pd (8,), look (6,) of the sensor (meaning: `bartizan.sensing`)
    r_m, az_rad, el_rad in the sensor's own axes, the true geometry also for sensors that
    cannot tell range   rdot_mps range rate   up_m the thing's up coordinate in site ENU
    """
    if not inside(look, r_m, az_rad, el_rad):
        return 0.0
    if pd[0] == 0.0:
        return float(pd[1])
    return seen(kind, pd, pd[SIGNATURE], r_m, rdot_mps, up_m)


@kernel
def survey(
    kind: int, pd: F64, look: F64, skyline: F32, pos: F64, rot: F64, sign: F64, x: F64, out: F64
) -> None:
    """Where n things stand in the sensor's own axes and how likely it reports each.

    pos (3,), rot (3, 3) of the sensor   skyline (72000,) of it, (0,): nothing in the way
    sign (n,) true signatures as `seen` takes them
    x (n, 6) [m, m/s] site ENU -> out (n, 6), written in place: range [m], azimuth,
    elevation [rad], range rate [m/s], probability (0 outside `look` and behind terrain or a
    building), and by physics the radar's SNR or the camera's probability of recognition, else 0
    """
    for i in range(x.shape[0]):
        dx, dy, dz = x[i, 0] - pos[0], x[i, 1] - pos[1], x[i, 2] - pos[2]
        e = rot[0, 0] * dx + rot[0, 1] * dy + rot[0, 2] * dz
        n = rot[1, 0] * dx + rot[1, 1] * dy + rot[1, 2] * dz
        u = rot[2, 0] * dx + rot[2, 1] * dy + rot[2, 2] * dz
        r = max(math.sqrt(e * e + n * n + u * u), 1e-3)
        out[i, 0] = r
        out[i, 1] = math.atan2(e, n)
        out[i, 2] = math.atan2(u, math.sqrt(e * e + n * n))
        out[i, 3] = (dx * x[i, 3] + dy * x[i, 4] + dz * x[i, 5]) / r
        out[i, 4] = 0.0
        out[i, 5] = 0.0
        if inside(look, r, out[i, 1], out[i, 2]) and not hidden(
            skyline, look[1], r, out[i, 1], out[i, 2]
        ):
            out[i, 4] = seen(kind, pd, sign[i], r, out[i, 3], x[i, 2])
            if kind == RADAR and pd[0] != 0.0:
                out[i, 5] = snr(pd, sign[i], r, out[i, 3])
            elif kind == CAMERA and pd[0] != 0.0:
                out[i, 5] = resolved(pd, sign[i] / RECOGNITION, r)


@kernel
def clutter_density(clutter: float, look: F64, doppler_max: float, sd: F64, frame: int) -> float:
    """Clutter's density per unit of the measurement: the sensor's measured columns only.

    clutter mean number in one full look   look (6,) the full look (`Sensors.look`; for a
    sector of it the density is the same)   sd (6,) with NaN where a column is not measured
    -> 1 / (m rad rad m/s) over the measured ones.  SPHERICAL: uniform in range, azimuth,
    elevation and range rate, so that in ENU it thins as 1/r^2.  CARTESIAN (frame 1):
    uniform in the look's volume and in +-doppler_max for each measured velocity.  A column
    whose extent is 0 counts as not measured.
    """
    v = 1.0
    if frame == 1:
        dr3 = look[1] * look[1] * look[1] - look[0] * look[0] * look[0]
        v = min(look[3], TWO_PI) * dr3 * (math.sin(look[5]) - math.sin(look[4])) / 3.0
    else:
        if sd[0] > 0.0 and look[1] > look[0]:
            v *= look[1] - look[0]
        if sd[1] > 0.0 and look[3] > 0.0:
            v *= min(look[3], TWO_PI)
        if sd[2] > 0.0 and look[5] > look[4]:
            v *= look[5] - look[4]
    for k in range(3, 6):
        if sd[k] > 0.0 and doppler_max > 0.0:
            v *= 2.0 * doppler_max
    return clutter / v if v > 0.0 else 0.0


def detection_range_m(kind: int, pd: F64, p: float, limit_m: float, up_m: float = 200.0) -> float:
    """The range [m] at which one look at the nominal target falls to probability p.

    For tables, rings and tests: a thing at height up_m that closes at 30 m/s, where the
    sensor looks everywhere.  0 when even 1 m is too far, limit_m when that is not enough.
    """
    everywhere = np.array([0.0, np.inf, 0.0, TWO_PI, -np.pi, np.pi])
    low, high = 1.0, limit_m
    if look_probability(kind, pd, everywhere, high, 0.0, 0.0, 30.0, up_m) >= p:
        return limit_m
    if look_probability(kind, pd, everywhere, low, 0.0, 0.0, 30.0, up_m) < p:
        return 0.0
    while high - low > 0.1:
        middle = 0.5 * (low + high)
        if look_probability(kind, pd, everywhere, middle, 0.0, 0.0, 30.0, up_m) >= p:
            low = middle
        else:
            high = middle
    return low
