"""Weather as sensors feel it: rain, fog, wind, night.

In: a site's sensors, the weather, the time.  Out: sensors as they are that day, and what rain
takes from a radar's echoes.  Does not: tell the tracker, whose sensors are as the site says.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np

from bartizan.sensing import rain
from bartizan.sim.spec import Raid, Weather
from bartizan.types import F64, SensorKind, Sensors, Site
from bartizan.units import NS_PER_S, RAD_PER_DEG

FREQUENCY, CONTRAST_NIGHT = 0, 1  # columns of Sensors.air
X_BAND_HZ: Final = 9.4e9  # of a radar whose file does not say, assumed
TWILIGHT_RAD: Final = -6.0 * RAD_PER_DEG  # the sun lower than this: night (civil twilight)
KOSCHMIEDER: Final = 3.912  # -ln 0.02
CALM_MPS: Final = 5.0  # the noise levels of sites are those of less wind than this, assumed
WIND_NOISE_DB: Final = 1.5  # more noise for each m/s over it, assumed
# Rain against the echo of a thing beside it in the radar's cell: a cell 2.5 by 5 degrees and
# 15 m deep, and 30 dB less rain by Doppler filters and circular polarisation; all assumed.
CELL_RAD: Final = (2.5 * RAD_PER_DEG, 5.0 * RAD_PER_DEG)
CELL_M: Final = 15.0
RAIN_FILTER_DB: Final = 30.0


class Air(NamedTuple):
    """The air of one raid: `sensors` as they are in it, attenuation (s,) [dB/km] one way of

    each radar, rain's reflectivity (s,) [dB of m2/m3], -inf without rain
    """

    sensors: Sensors
    loss_dbpkm: F64
    reflectivity_db: F64


def night(site: Site, t_ns: int) -> bool:
    """Whether the sun is under civil twilight there and then."""
    return sun_rad(t_ns, site.origin[0], site.origin[1]) < TWILIGHT_RAD


def sun_rad(t_ns: int, latitude_rad: float, longitude_rad: float) -> float:
    """Elevation of the sun's middle, without refraction; good to 0.05 degrees.

    Ref: Astronomical Almanac's low-precision formulas (to 0.01 degrees until 2050).
    """
    days = t_ns / NS_PER_S / 86_400.0 - 10_957.5  # since J2000
    mean = (280.460 + 0.9856474 * days) * RAD_PER_DEG
    g = (357.528 + 0.9856003 * days) * RAD_PER_DEG
    ecliptic = mean + (1.915 * math.sin(g) + 0.020 * math.sin(2.0 * g)) * RAD_PER_DEG
    tilt = (23.439 - 4e-7 * days) * RAD_PER_DEG
    ascension = math.atan2(math.cos(tilt) * math.sin(ecliptic), math.cos(ecliptic))
    declination = math.asin(math.sin(tilt) * math.sin(ecliptic))
    sidereal = (280.46062 + 360.98564737 * days) * RAD_PER_DEG + longitude_rad
    hour = sidereal - ascension
    return math.asin(
        math.sin(latitude_rad) * math.sin(declination)
        + math.cos(latitude_rad) * math.cos(declination) * math.cos(hour)
    )


def air(site: Site, raid: Raid) -> Air:
    """The sensors of the site in the raid's weather, wind and light."""
    s, w = site.sensors, raid.weather
    pd = s.pd.copy()
    by_physics = pd[:, 0] != 0.0
    camera = by_physics & (s.kind == SensorKind.CAMERA)
    for k in np.flatnonzero(camera).tolist():
        pd[k, 4] = sight_m(float(pd[k, 4]), w)
        if len(s.air) and s.air[k, CONTRAST_NIGHT] >= 0.0 and night(site, raid.t0_ns):
            pd[k, 5] = s.air[k, CONTRAST_NIGHT]
    over = max(float(np.hypot(*raid.wind_mps[:2])) - CALM_MPS, 0.0)
    pd[by_physics & (s.kind == SensorKind.ACOUSTIC), 2] += WIND_NOISE_DB * over
    hz = s.air[:, FREQUENCY] if len(s.air) else np.full(s.kind.size, np.nan)
    hz = np.where(np.isfinite(hz), hz, X_BAND_HZ)
    wet = w.rain_mmph > 0.0
    loss = [rain.attenuation_dbpkm(f, w.rain_mmph) if wet else 0.0 for f in hz.tolist()]
    echo = [rain.reflectivity_db(f, w.rain_mmph) if wet else -math.inf for f in hz.tolist()]
    return Air(s._replace(pd=pd), np.array(loss), np.array(echo))


def sight_m(own_m: float, w: Weather) -> float:
    """Visibility [m] for a camera whose own figure is own_m: fog as told, rain's extinction added."""
    clear = min(own_m, w.visibility_m)
    return KOSCHMIEDER / (KOSCHMIEDER / clear + rain.optical_extinction_pm(w.rain_mmph))


def rain_loss_db(a: Air, row: int, x: F64) -> F64:
    """What rain takes (n,) [dB] of the echoes of things at x (n, 6) for radar `row`.

    Both ways through rain, and the rain in the thing's own cell as noise beside it:
    10 log10(1 + C/N), C/N by the same radar equation.
    """
    s = a.sensors
    r = np.maximum(np.linalg.norm(x[:, :3] - s.pos[row], axis=1), 1.0)
    there_and_back = 2.0 * a.loss_dbpkm[row] * r / 1000.0
    cell_m3 = math.pi / 4.0 * CELL_RAD[0] * CELL_RAD[1] * r * r * CELL_M
    rcs = a.reflectivity_db[row] + 10.0 * np.log10(cell_m3) - RAIN_FILTER_DB - there_and_back
    noise_db = s.pd[row, 2] - s.pd[row, 4] + rcs - 40.0 * np.log10(r / 1000.0)  # as `radar.snr`
    ratio = 10.0 ** (noise_db / 10.0)
    out: F64 = there_and_back + 10.0 * np.log10(1.0 + ratio)
    return out
