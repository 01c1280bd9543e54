"""Camera: azimuth and elevation of what spans enough pixels and stands out in the haze.

In: a row of `Sensors.pd` and the target's size.  Out: probability of detection.
Does not: slew, zoom or range.
"""

from __future__ import annotations

import math
from typing import Final

from bartizan.jit import inner
from bartizan.types import F64

KOSCHMIEDER: Final = 3.912  # -ln 0.02: contrast left at the visibility, Koschmieder 1924


@inner
def acquired(ratio: float) -> float:
    """Probability of acquisition at a ratio of cycles on target to those for 50 %.

    The target transfer probability function, exponent 2.7 + 0.7 ratio.
    Ref: Johnson 1958; Howe 1993 (NVESD), in the form of RTO-TR-075.
    """
    if ratio <= 0.0:
        return 0.0
    power: float = min(ratio, 20.0) ** (2.7 + 0.7 * min(ratio, 20.0))
    return power / (1.0 + power)


@inner
def resolved(pd: F64, size_m: float, r_m: float) -> float:
    """Probability that one look finds a thing of visible extent size_m."""
    r = max(r_m, 1.0)
    pixels = size_m / (r * pd[2])
    contrast = pd[5] * math.exp(-KOSCHMIEDER * r / pd[4])
    p: float = pd[1] * acquired(pixels / pd[3]) * acquired(contrast / pd[6])
    return p
