"""Acoustic array: azimuth and elevation of what is loud enough over the noise.

In: a row of `Sensors.pd` and the source's level.  Out: probability of detection.
Does not: model the delay of sound or refraction by wind; both are in the spread.
"""

from __future__ import annotations

import math
from typing import Final

from bartizan.jit import inner
from bartizan.types import F64

SQRT2: Final = math.sqrt(2.0)


@inner
def heard(pd: F64, level_db: float, r_m: float) -> float:
    """Probability that one look hears a source of sound pressure level_db at 1 m.

    Spherical spreading and atmospheric absorption (ISO 9613-1), array gain, against the
    noise; a Gaussian spread of levels.
    """
    r = max(r_m, 1.0)
    over = level_db - 20.0 * math.log10(r) - pd[3] * r / 1000.0 + pd[6] - pd[2] - pd[4]
    p: float = pd[1] * 0.5 * math.erfc(-over / (pd[5] * SQRT2))
    return p
