"""The undetected, and what a plot that belongs to nobody may be.

In: the polar ground grid of the undetected, a scan.  Out: the intensity with which each
detection is something new, and the Bernoulli row that it starts.
Does not: associate.

The undetected are a Poisson field: things per ground area in polar cells about the site,
exponential in height.  A look thins it by 1 - Pd where it looked; new things arrive at a
constant rate (Williams 2015, section IV-A).  Clutter is uniform in the sensor's polar
space, the undetected in ENU: the Jacobian r**2 cos(el) between the two is what tells a
distant plot from a near one (a factor 100 between 1 and 10 km).
"""

from __future__ import annotations

import math

import numpy as np

from bartizan.jit import bare, inner
from bartizan.sensing import clutter_density
from bartizan.track.motion import moment_match
from bartizan.track.state import (
    CLUTTER,
    DOPPLER,
    KIND,
    LOOK,
    N_RINGS,
    N_SECTORS,
    POS,
    PRIOR,
    RING_GROWTH,
    ROT,
    Room,
    TrackParams,
    Work,
    chance,
)
from bartizan.types import F64

FAR_M = 50_000.0  # a sensor that looks farther watches air traffic (assumed)
SECTOR_RAD = 2.0 * math.pi / N_SECTORS
SAMPLES = 16  # of the integral along a bearing


@bare
def cell(e: float, n: float, ring_0_m: float) -> int:
    """Cell of the ground grid, innermost radius ring_0_m, that holds the point e, n [m]."""
    r = math.sqrt(e * e + n * n)
    k = 0
    edge = ring_0_m
    while r > edge and k < N_RINGS - 1:
        edge *= RING_GROWTH
        k += 1
    a = int(math.atan2(e, n) % (2.0 * math.pi) / SECTOR_RAD)
    return k * N_SECTORS + min(a, N_SECTORS - 1)


@bare
def height_density(u: float, sd: float, mean: float) -> float:
    """Density [1/m] at u of a height exponential with `mean`, seen with noise sd.

    The exponentially modified Gaussian: its tail below the ground is the noise's.
    """
    if sd <= 0.0:
        return math.exp(-u / mean) / mean if u >= 0.0 else 0.0
    a = sd / mean
    t = (a - u / sd) * math.sqrt(0.5)
    if t > 5.0:  # erfc and exp under- and overflow together: asymptote of their product
        return math.exp(-0.5 * (u / sd) ** 2) / (mean * t * math.sqrt(4.0 * math.pi))
    return 0.5 / mean * math.exp(0.5 * a * a - u / mean) * math.erfc(t)


@inner
def age(undetected: F64, dt: float, life_s: float, arrivals: float) -> F64:
    """The undetected dt later: they leave with mean life, others arrive [1/(m2 s)].

    The caller takes arrivals in balance with what is there: as many come in a mean life
    as are in the air.
    """
    out = np.empty_like(undetected)
    keep = math.exp(-dt / life_s)
    for c in range(undetected.shape[0]):
        out[c] = undetected[c] * keep + arrivals * dt
    return out


@bare
def thin(undetected: F64, seen: F64, look: F64, full: F64) -> None:
    """The undetected after a look, in place: those in the sector looked at were missed.

    seen (c,) Pd of the sensor's full look by cell; a narrower azimuth sector of it
    (look, full (6,)) counts by the share of the cell's sector that it covers.
    """
    share = look[3] / full[3] if full[3] > 0.0 else 0.0
    whole = share > 0.999
    for c in range(undetected.shape[0]):
        if seen[c] > 0.0:
            f = 1.0
            if not whole:
                lo = (c % N_SECTORS) * SECTOR_RAD
                a = (lo - look[2]) % (2.0 * math.pi)
                f = max(min(a + SECTOR_RAD, look[3]) - a, 0.0)
                f += max(min(a + SECTOR_RAD - 2.0 * math.pi, look[3]), 0.0)
                f = min(f / SECTOR_RAD, 1.0)
            undetected[c] *= 1.0 - f * seen[c]


@bare
def place(
    row: F64, frame: int, z: F64, sd: F64, height: float, v_sd: float, climb_sd: float,
    x: F64, P: F64, J: F64,
) -> bool:  # fmt: skip
    """State x (6,), P (6, 6) that one detection gives; False when it has no position.

    A radar without elevation takes the mean height of the undetected, with that as its
    1-sigma.  Velocity: unknown, unless the report declares it.  J (9, 3) scratch.
    """
    for a in range(6):
        x[a] = 0.0
        for b in range(6):
            P[a, b] = 0.0
    for a in range(3):
        P[a + 3, a + 3] = (climb_sd if a == 2 else v_sd) ** 2
    if frame == 1:
        for a in range(6):
            if not math.isnan(z[a]):
                x[a] = z[a]
                P[a, a] = sd[a] * sd[a]
            elif a == 2:
                x[a] = height
                P[a, a] = height * height
            elif a < 2:
                return False
        return True
    if math.isnan(z[0]) or math.isnan(z[1]) or z[0] <= 0.0:
        return False
    r = z[0]
    el = z[2]
    sd_el = sd[2]
    if math.isnan(el):
        el = math.asin(min(max((height - row[POS + 2]) / r, -0.9), 0.9))
        sd_el = min(height / r, 0.7)
    ca, sa, ce, se = math.cos(z[1]), math.sin(z[1]), math.cos(el), math.sin(el)
    g = r * ce
    d0, d1, d2 = g * sa, g * ca, r * se
    # d(e, n, u in the sensor's axes) / d(r, az, el), times sigma; R: in the site's axes.
    J[0, 0] = ce * sa * sd[0]
    J[0, 1] = g * ca * sd[1]
    J[0, 2] = -r * se * sa * sd_el
    J[1, 0] = ce * ca * sd[0]
    J[1, 1] = -g * sa * sd[1]
    J[1, 2] = -r * se * ca * sd_el
    J[2, 0] = se * sd[0]
    J[2, 1] = 0.0
    J[2, 2] = r * ce * sd_el
    R = J[3:]
    for a in range(3):
        u, v, w = row[ROT + a], row[ROT + 3 + a], row[ROT + 6 + a]
        x[a] = row[POS + a] + u * d0 + v * d1 + w * d2
        for c in range(3):
            R[a, c] = u * J[0, c] + v * J[1, c] + w * J[2, c]
        for b in range(a + 1):
            P[a, b] = R[a, 0] * R[b, 0] + R[a, 1] * R[b, 1] + R[a, 2] * R[b, 2]
            P[b, a] = P[a, b]
    return True


@bare
def intensity(
    row: F64, frame: int, z: F64, sd: F64, undetected: F64, height: float, v_sd: float,
    ring_0_m: float, x: F64, P: F64, noise: F64,
) -> tuple[float, float]:  # fmt: skip
    """Birth intensity and clutter density of a detection, per unit of its measurement.

    x, P: what `place` made of it; noise (6,) scratch.  A cooperative report is hardly ever made of nothing:
    its clutter is 1/1000 of its births (assumed), and those are spread over 1 km of
    height and 100 m/s of each velocity, so that a track that explains it has it.
    """
    if row[KIND] >= 4.0:
        b = max(undetected[cell(x[0], x[1], ring_0_m)], 1e-12) * 1e-3
        for c in range(3, 6):
            if not math.isnan(z[c]):
                b *= 1e-2
        return b, 1e-3 * b
    for c in range(6):
        noise[c] = math.nan if math.isnan(z[c]) else max(sd[c], 1e-12)
    look = row[LOOK : LOOK + 6]
    kappa = clutter_density(row[CLUTTER], look, row[DOPPLER], noise, frame)
    r = z[0]
    el = 0.0 if math.isnan(z[2]) else z[2]
    pd = chance(row, look, r, z[1], el, 30.0, x[2], math.sqrt(P[2, 2]))
    b = undetected[cell(x[0], x[1], ring_0_m)] * max(pd, 0.05)
    if math.isnan(z[2]):
        b *= r
    else:
        b *= r * r * math.cos(el) * height_density(x[2], math.sqrt(P[2, 2]), height)
    if not math.isnan(z[3]):
        v = v_sd * v_sd + sd[3] * sd[3]
        b *= math.exp(-0.5 * z[3] * z[3] / v) / math.sqrt(2.0 * math.pi * v)
    return b, max(kappa, 1e-30)


@bare
def is_bearing(z: F64) -> bool:
    """Whether a detection is an angle without a range."""
    return math.isnan(z[0]) and not math.isnan(z[1])


@bare
def along(
    row: F64, az: float, el: float, sd_el: float, field: F64, ring_0_m: float, height: float
) -> float:
    """Intensity b [1/rad2, azimuth alone 1/rad] with which a bearing is of the undetected.

    int D Pd h(u) r^2 cos(el) dr over the sensor's reach, azimuth alone int D Pd r dr at the
    height of the undetected.  By midpoints in the square root of the range.
    """
    near, far = row[LOOK], row[LOOK + 1]
    ca, sa = math.cos(az), math.sin(az)
    total = 0.0
    for k in range(SAMPLES):
        t = (k + 0.5) / SAMPLES
        r = near + (far - near) * t * t
        dr = (far - near) * 2.0 * t / SAMPLES
        up = el
        if math.isnan(el):
            up = math.asin(min(max((height - row[POS + 2]) / max(r, 1.0), -0.9), 0.9))
        g, u = r * math.cos(up), r * math.sin(up)
        e, n = g * sa, g * ca
        x = row[POS] + row[ROT] * e + row[ROT + 3] * n + row[ROT + 6] * u
        y = row[POS + 1] + row[ROT + 1] * e + row[ROT + 4] * n + row[ROT + 7] * u
        z = row[POS + 2] + row[ROT + 2] * e + row[ROT + 5] * n + row[ROT + 8] * u
        pd = chance(row, row[LOOK : LOOK + 6], r, az, up, 30.0, z, height)
        d = field[cell(x, y, ring_0_m)] * max(pd, 0.05)
        if math.isnan(el):
            total += d * g * dr
        else:
            total += d * r * g * height_density(z, sd_el * r, height) * dr
    return total


@bare
def births(field: F64, work: Work, params: TrackParams, first: int, last: int, room: Room) -> None:
    """What detections first..last would be if they belonged to no track: state and odds."""
    far = work.row[LOOK + 1] >= FAR_M
    v_sd = params.far_speed_sd_mps if far else params.speed_sd_mps
    height = params.far_height_m if far else params.height_m
    row, frame = work.row, work.frame
    for j in range(first, last):
        z, sd, x, P = work.z[j], work.sd[j], work.birth_x[j], work.birth_cov[j]
        placed = place(row, frame, z, sd, height, v_sd, params.climb_sd_mps, x, P, room.J)
        b, kappa = intensity(
            row, frame, z, sd, field, height, v_sd, params.ring_0_m, x, P, room.noise
        )
        work.odds[j, 0] = b if placed else 0.0
        work.odds[j, 1] = work.odds[j, 0] + kappa
        if len(work.before) > 0 and is_bearing(z):
            work.odds[j, 1] = kappa + along(row, z[1], z[2], sd[2], field, params.ring_0_m, height)


@bare
def open_modes(mu: F64, x: F64, P: F64, motion: F64) -> None:
    """A row seen twice gets all its modes: each a copy of slot 0, with the prior weights."""
    s = 0.0
    for m in range(motion.shape[0]):
        s += motion[m, PRIOR]
    for m in range(motion.shape[0]):
        mu[m] = motion[m, PRIOR] / s
        for a in range(6):
            x[m, a] = x[0, a]
            for b in range(6):
                P[m, a, b] = P[0, a, b]


@bare
def collapse(mu: F64, x: F64, P: F64, rows: int, xo: F64, Po: F64) -> None:
    """Mean and covariance of a row: of its only filled slot, or of all its modes."""
    if rows == 1:
        for a in range(6):
            xo[a] = x[0, a]
            for b in range(6):
                Po[a, b] = P[0, a, b]
        return
    moment_match(mu, x, P, xo, Po)
