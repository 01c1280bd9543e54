"""Rain: what it takes from a radar's echo, what it sends back, how it dims what a camera sees.

In: frequency, rain rate.  Out: attenuation, reflectivity, extinction.
Does not: know where it rains.
"""

from __future__ import annotations

import math
from typing import Final

# ITU-R P.838-3 (2005), tables 1 to 4: (a_j, b_j, c_j) of each term, then m and c.
K_H: Final = (
    ((-5.33980, -0.10008, 1.13098), (-0.35351, 1.26970, 0.45400),
     (-0.23789, 0.86036, 0.15354), (-0.94158, 0.64552, 0.16817)), -0.18961, 0.71147,
)  # fmt: skip
K_V: Final = (
    ((-3.80595, 0.56934, 0.81061), (-3.44965, -0.22911, 0.51059),
     (-0.39902, 0.73042, 0.11899), (0.50167, 1.07319, 0.27195)), -0.16398, 0.63297,
)  # fmt: skip
ALPHA_H: Final = (
    ((-0.14318, 1.82442, -0.55187), (0.29591, 0.77564, 0.19822), (0.32177, 0.63773, 0.13164),
     (-5.37610, -0.96230, 1.47828), (16.1721, -3.29980, 3.43990)), 0.67849, -1.95537,
)  # fmt: skip
ALPHA_V: Final = (
    ((-0.07771, 2.33840, -0.76284), (0.56727, 0.95545, 0.54039), (-0.20238, 1.14520, 0.26809),
     (-48.2991, 0.791669, 0.116226), (48.5833, 0.791459, 0.116479)), -0.053739, 0.83433,
)  # fmt: skip
Fit = tuple[tuple[tuple[float, float, float], ...], float, float]


def _sum(fit: Fit, log_ghz: float) -> float:
    """Sum of Gaussians and a line in the logarithm of the frequency (eqs. 2 and 3)."""
    terms, m, c = fit
    return sum(a * math.exp(-(((log_ghz - b) / w) ** 2)) for a, b, w in terms) + m * log_ghz + c


def coefficients(frequency_hz: float, vertical: bool) -> tuple[float, float]:
    """The k and alpha of ITU-R P.838-3, for 1 to 1000 GHz."""
    x = math.log10(frequency_hz / 1e9)
    k, alpha = (K_V, ALPHA_V) if vertical else (K_H, ALPHA_H)
    return 10.0 ** _sum(k, x), _sum(alpha, x)


def attenuation_dbpkm(frequency_hz: float, rain_mmph: float, vertical: bool = False) -> float:
    """One way through rain [dB/km]: k R^alpha (ITU-R P.838-3, eq. 1), level path."""
    k, alpha = coefficients(frequency_hz, vertical)
    out: float = k * rain_mmph**alpha
    return out


def reflectivity_db(frequency_hz: float, rain_mmph: float) -> float:
    """Cross-section of a cubic metre of rain [dB of m2/m3]: 7e-12 f^4 R^1.6, f in GHz.

    Ref: Skolnik 2001, Introduction to Radar Systems, section 7.6 (from memory); Rayleigh
    scattering with Z = 200 R^1.6, good below about 10 GHz.
    """
    return 10.0 * math.log10(7e-12 * (frequency_hz / 1e9) ** 4 * rain_mmph**1.6)


def optical_extinction_pm(rain_mmph: float) -> float:
    """Extinction of light by rain [1/m]: 1.076 R^0.67 dB/km (ITU-R P.1814, from memory)."""
    db_per_km: float = 1.076 * rain_mmph**0.67
    return db_per_km / 1000.0 / (10.0 / math.log(10.0))
