"""Where a drone's operator says to be.

In: nothing.  Out: `Pilot`.  Does not: believe it.
"""

from __future__ import annotations

from typing import NamedTuple


class Pilot(NamedTuple):
    """Where a drone says that its operator is (or that it took off): a claim.

    t_ns when it was heard   identity the drone's cooperative identity key
    lat_rad, lon_rad WGS84   hae_m above the ellipsoid, NaN unknown
    """

    t_ns: int
    identity: int
    lat_rad: float
    lon_rad: float
    hae_m: float
