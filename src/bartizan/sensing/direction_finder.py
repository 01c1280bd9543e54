"""Radio direction finder: azimuth of what emits, and the radio link of all receivers.

In: a row of `Sensors.pd`.  Out: probability that a transmission is received.
Does not: decode, or see anything that is silent: no radio is no evidence of no threat.
"""

from __future__ import annotations

import math

from bartizan.jit import inner
from bartizan.sensing.acoustic import SQRT2
from bartizan.sensing.radar import over_horizon
from bartizan.types import F64


@inner
def received(pd: F64, emits: float, r_m: float, up_m: float) -> float:
    """Probability that one look receives something that emits with probability `emits`.

    Log-distance path loss with log-normal shadowing (ITU-R P.1411, Rappaport 2002, eq.
    4.69), pd[5] transmissions a look, each with its own shadowing.
    """
    if emits <= 0.0 or not over_horizon(pd[6], r_m, up_m):
        return 0.0
    margin_db = pd[2] - 10.0 * pd[3] * math.log10(max(r_m, 1.0) / 1000.0)
    once = 0.5 * math.erfc(-margin_db / (pd[4] * SQRT2))
    p: float = pd[1] * emits * (1.0 - (1.0 - once) ** pd[5])
    return p
