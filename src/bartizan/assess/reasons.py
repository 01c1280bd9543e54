"""The assessment's reasons in words, made again only when what they rest on changes.

In: numbers by row.  Out: a tuple of short texts by row.
Does not: decide anything.
"""

from __future__ import annotations

import numpy as np

from bartizan.assess.approach import D_WALL, P_WALL, T_WALL, T_WALL_SD, ZONE
from bartizan.types import B1, F64, I64, Identity, Site

NEVER = 10**6


def worded(course: F64, closing: B1, group: I64, score: F64, identity: I64, low: F64) -> I64:
    """The numbers (n, 8) that the words rest on, rounded to the steps that are told."""
    t, sd = course[:, T_WALL], course[:, T_WALL_SD]
    out = np.empty((len(score), 8), np.int64)
    out[:, 0] = _stepped(t)
    out[:, 1] = np.where(np.isfinite(sd), np.rint(np.minimum(sd, 9e5) / 5.0), NEVER)
    out[:, 2] = np.rint(course[:, P_WALL] * 10.0)
    d = course[:, D_WALL]
    step = np.where(np.abs(d) < 10_000.0, 200.0, 1000.0)
    out[:, 3] = np.rint(np.rint(d / step) * step)
    out[:, 4] = course[:, ZONE]
    out[:, 5] = group * 2 + closing
    out[:, 6] = np.rint(score * 10.0)
    out[:, 7] = identity * 2 + (low < 0.5)
    return out


def _stepped(t_s: F64) -> I64:
    """Seconds to tell: in tens below ten minutes, in minutes beyond, NEVER for inf."""
    t = np.minimum(t_s, float(NEVER))
    step = np.where(t < 600.0, 10.0, 60.0)
    return np.where(t >= NEVER, NEVER, np.rint(np.rint(t / step) * step)).astype(np.int64)


def words(numbers: I64, site: Site) -> tuple[str, ...]:
    """The reasons for one row: its course, its chances, the zone, the raid, the trust."""
    t, sd, tenths, d, zone, raid, score, whose = numbers.tolist()
    if d <= 0 and t == 0:
        out = [f"inside {site.wall.name}"]
    elif t < NEVER:
        give = f" (1-sigma {sd * 5} s)" if 0 < sd < NEVER else ""
        out = [f"{d} m from {site.wall.name}, at it in about {t} s on its present course{give}"]
    elif raid % 2:
        out = [f"{d} m from {site.wall.name} and coming nearer, its course passes beside it"]
    else:
        out = [f"{d} m from {site.wall.name}, not coming nearer"]
    out.append(f"reaches it with probability about {tenths * 10} %")
    if zone >= 0:
        out.append(f"its course meets {site.zones[zone].name} first")
    if raid >= 2:
        out.append(f"comes with raid {raid // 2}")
    if whose % 2:
        out.append("higher than a threat to the ground flies")
    trust = Identity(whose // 2)
    if trust in (Identity.FRIEND, Identity.ASSUMED_FRIEND, Identity.NEUTRAL):
        out.append(f"weighs less as {trust.name.lower().replace('_', ' ')}")
    out.append(f"threat {score / 10:.1f}")
    return tuple(out)
