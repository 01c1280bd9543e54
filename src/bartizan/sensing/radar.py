"""Radar: range, azimuth, elevation and Doppler by the radar equation.

In: a row of `Sensors.pd` and the target.  Out: signal-to-noise ratio, probability of
detection.  Does not: model multipath lobes or rain; both are in the environment loss.
"""

from __future__ import annotations

import math
from typing import Final

from bartizan.jit import inner
from bartizan.terrain.sight import EARTH_M
from bartizan.types import F64

EARTH_43_M: Final = EARTH_M * 4.0 / 3.0  # standard refraction, ITU-R P.834, Skolnik ch. 8


@inner
def over_horizon(antenna_m: float, r_m: float, up_m: float) -> bool:
    """Whether the smooth Earth leaves the line of sight free (4/3 radius).

    antenna_m height above the ground   up_m the target's up in site ENU: its height over
    the curved ground is more by r^2 / 2R.  Ref: Skolnik 2008, eq. 8.6 (sum of horizons).
    """
    height = max(up_m + r_m * r_m / (2.0 * EARTH_M), 0.0)
    reach = math.sqrt(2.0 * EARTH_43_M * max(antenna_m, 0.0)) + math.sqrt(2.0 * EARTH_43_M * height)
    return bool(r_m <= reach)


@inner
def snr(pd: F64, rcs_dbsm: float, r_m: float, rdot_mps: float) -> float:
    """Mean signal-to-noise ratio (linear) of one look at a mean cross-section.

    The fourth power of range from the reference at 1 km on 0 dBsm, less the environment
    loss; the Doppler filter as a double canceller, whose power rises with the fourth power
    of radial speed and is at half where it equals pd[5].
    Ref: Skolnik 2008, eq. 1.6 (range), section 2.3 (double delay-line canceller).
    """
    db = pd[2] + rcs_dbsm - pd[4] - 40.0 * math.log10(max(r_m, 1.0) / 1000.0)
    v4, half4 = (rdot_mps * rdot_mps) ** 2, (pd[5] * pd[5]) ** 2
    notch = v4 / (v4 + half4) if half4 > 0.0 else 1.0
    out: float = notch * 10.0 ** (db / 10.0)
    return out


@inner
def echoed(pd: F64, rcs_dbsm: float, r_m: float, rdot_mps: float, up_m: float) -> float:
    """Probability that one look detects a Swerling-1 target of mean cross-section rcs_dbsm.

    Pd = Pfa ** (1 / (1 + SNR)).  Ref: Swerling 1954; Skolnik 2008, section 2.8.
    """
    if not over_horizon(pd[6], r_m, up_m):
        return 0.0
    p: float = pd[1] * pd[3] ** (1.0 / (1.0 + snr(pd, rcs_dbsm, r_m, rdot_mps)))
    return p
