"""What each class looks like to sensors: the table behind the class posterior.

In: nothing.  Out: `TABLE`, one row a class, and the words for each class.
Does not: weigh evidence (see `evidence`).

Every range is where a class is taken to be uniform; outside it `FLOOR` of the probability
stays, so that one odd number never rules a class out.  Sources of the ranges:

  multirotor  speed: makers' sheets of small multirotors, 15-23 m/s, to 28 assumed; height:
      makers' limit 500 m above take-off, twice that assumed; cross-section: mean -8.1 to
      -19.1 dBsm for five consumer drones at 24 GHz (IEICE ComEX 9(7), 262-267, 2020).
  fixed wing  speed and height: published for reconnaissance drones from hand-launched
      (12 m/s) to medium altitude (60 m/s, 6,000 m); cross-section assumed.
  one-way attack  speed: 150-190 km/h in the Ukrainian and Polish press on Shahed-131/136
      (42-53 m/s), to 250 km/h for others assumed; height: 20-4,000 m assumed from reports;
      it flies straight (assumed); cross-section assumed as a small winged drone's.
  bird  speed: airspeeds of 138 species, 8-23 m/s (Alerstam and others 2007, PLoS Biology
      5:e197) and wind; cross-section: 0.01 m2 (Skolnik's table, as commonly quoted, not
      opened) down to songbirds' -40 dBsm.
  light aircraft, helicopter, airliner  speed and height: usual flight envelopes; cross-
      section: 1-2, 3, 20-40 m2 (Skolnik's table, as commonly quoted, not opened).
  rocket or mortar  speed: 100-800 m/s assumed; it falls (acceleration about g).
  balloon  goes with the wind, turns with it alone (assumed).
  none of these  flat over everything: where it wins, the table has no answer.

Priors, shares that show blades (a bird's wings beat too) and shares of cooperative traffic:
assumed throughout; the priors are
for a base that has been attacked before, as all the built-in sites have.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from bartizan.types import F64, N_CLASSES, ObjectClass

EARTH_M: Final = 6_371_000.0  # mean radius
HEIGHT_SCALE_M: Final = 100.0  # heights are uniform in log(1 + height / this); assumed
ACCELERATION_MPS2: Final = 1.0  # accelerations in log(1 + a / this); assumed
# Straightness is uniform in its fourth power: what may fly anyhow flies nearly straight
# (over 0.9) a third of the time; assumed.
FLOOR: Final = 0.02  # share of the probability outside a class's range; assumed

# Columns of Table.ranges, in pairs from, to.
SPEED, HEIGHT, CLIMB, ACCELERATION, STRAIGHTNESS = range(5)
# What the floor's probability is spread over, by feature.
SPREAD: Final = np.array([800.0, 5.5, 800.0, 4.0, 1.0])

WORDS: Final[dict[ObjectClass, str]] = {
    ObjectClass.UNKNOWN: "none of the known classes",
    ObjectClass.MULTIROTOR: "multirotor drone",
    ObjectClass.FIXED_WING: "fixed-wing drone",
    ObjectClass.ONE_WAY_ATTACK: "one-way attack drone",
    ObjectClass.BIRD: "bird",
    ObjectClass.LIGHT_AIRCRAFT: "light aircraft",
    ObjectClass.HELICOPTER: "helicopter",
    ObjectClass.AIRLINER: "airliner",
    ObjectClass.BALLISTIC: "rocket or mortar",
    ObjectClass.BALLOON: "balloon",
}


class Table(NamedTuple):
    """The class model as arrays, one row a class.

    prior (c,)   ranges (c, 5, 2) by feature: speed over ground [m/s], log(1 + height /
    100 m), climb [m/s], log(1 + acceleration / 1 m/s2), straightness to the fourth
    rcs (c, 2) mean and 1-sigma between things [dBsm]   rotor (c,) share whose echo shows
    blades   adsb, remote_id (c,) share that reports itself so   confusion (c, c): row what a
    sensor declares, column what it is
    """

    prior: F64
    ranges: F64
    rcs: F64
    rotor: F64
    adsb: F64
    remote_id: F64
    confusion: F64


# speed from, to | height from, to [m] | climb from, to | acceleration from, to |
# straightness from, to | RCS mean, sd [dBsm] | rotor | ADS-B | Remote ID | prior
_ROWS: Final[dict[ObjectClass, tuple[float, ...]]] = {
    ObjectClass.UNKNOWN:
        (0, 350, 0, 15000, -60, 60, 0, 30, 0.0, 1, -10, 20, 0.30, 0.1, 0.05, 0.06),
    ObjectClass.MULTIROTOR:
        (0, 28, 0, 1000, -8, 8, 0, 8, 0.0, 1, -14, 6, 0.85, 0.02, 0.5, 0.14),
    ObjectClass.FIXED_WING:
        (12, 60, 30, 6000, -8, 8, 0, 8, 0.2, 1, -10, 6, 0.35, 0.05, 0.2, 0.06),
    ObjectClass.ONE_WAY_ATTACK:
        (30, 70, 20, 4000, -10, 10, 0, 6, 0.9, 1, -10, 7, 0.30, 0.005, 0.01, 0.10),
    ObjectClass.BIRD:
        (2, 28, 0, 2000, -4, 4, 0, 10, 0.0, 1, -27, 8, 0.12, 2e-4, 2e-4, 0.30),
    ObjectClass.LIGHT_AIRCRAFT:
        (25, 120, 30, 7000, -10, 10, 0, 8, 0.5, 1, 2, 5, 0.50, 0.6, 0.002, 0.08),
    ObjectClass.HELICOPTER:
        (0, 85, 0, 4000, -8, 8, 0, 6, 0.3, 1, 5, 5, 0.90, 0.5, 0.002, 0.08),
    ObjectClass.AIRLINER:
        (60, 300, 0, 13500, -20, 20, 0, 5, 0.8, 1, 15, 6, 0.30, 0.97, 1e-4, 0.13),
    ObjectClass.BALLISTIC:
        (60, 800, 0, 20000, -400, 400, 5, 25, 0.9, 1, -15, 8, 0.02, 5e-4, 2e-4, 0.01),
    ObjectClass.BALLOON:
        (0, 20, 0, 20000, -8, 8, 0, 1.5, 0.7, 1, -15, 12, 0.02, 0.01, 0.001, 0.02),
}  # fmt: skip

# What a sensor's own classifier takes for what, beyond its right answers: assumed.
RIGHT: Final = 0.8
_MIXED: Final = {
    (ObjectClass.MULTIROTOR, ObjectClass.BIRD): 0.12,
    (ObjectClass.BIRD, ObjectClass.MULTIROTOR): 0.12,
    (ObjectClass.BIRD, ObjectClass.FIXED_WING): 0.05,
    (ObjectClass.FIXED_WING, ObjectClass.ONE_WAY_ATTACK): 0.15,
    (ObjectClass.ONE_WAY_ATTACK, ObjectClass.FIXED_WING): 0.15,
    (ObjectClass.LIGHT_AIRCRAFT, ObjectClass.ONE_WAY_ATTACK): 0.03,
    (ObjectClass.ONE_WAY_ATTACK, ObjectClass.LIGHT_AIRCRAFT): 0.03,
    (ObjectClass.HELICOPTER, ObjectClass.LIGHT_AIRCRAFT): 0.05,
    (ObjectClass.LIGHT_AIRCRAFT, ObjectClass.HELICOPTER): 0.05,
}


def log_height(height_m: F64) -> F64:
    """log(1 + height / 100 m), linear below the ground so that noise there stays finite."""
    h = np.asarray(height_m, np.float64) / HEIGHT_SCALE_M
    out: F64 = np.where(h > 0.0, np.log1p(np.maximum(h, 0.0)), h)
    return out


def _confusion() -> F64:
    """P(declared row | is column): RIGHT on the diagonal, the rest shared, columns sum to 1.

    Something that is none of the classes is declared as any of them alike.
    """
    m = np.zeros((N_CLASSES, N_CLASSES))
    for (said, of), p in _MIXED.items():
        m[said, of] = p
    for true in range(1, N_CLASSES):
        empty = [c for c in range(1, N_CLASSES) if c != true and m[c, true] == 0.0]
        m[empty, true] = (1.0 - RIGHT - m[:, true].sum()) / len(empty)
        m[true, true] = RIGHT
    m[1:, 0] = 1.0 / (N_CLASSES - 1)
    return m


def _table() -> Table:
    raw = np.array([_ROWS[c] for c in ObjectClass])
    ranges = raw[:, :10].reshape(N_CLASSES, 5, 2).copy()
    ranges[:, HEIGHT] = log_height(ranges[:, HEIGHT])
    ranges[:, ACCELERATION] = np.log1p(ranges[:, ACCELERATION] / ACCELERATION_MPS2)
    ranges[:, STRAIGHTNESS] **= 4
    prior = raw[:, 15] / raw[:, 15].sum()
    rcs, own = raw[:, 10:12].copy(), raw[:, 12:15].T.copy()
    return Table(prior, ranges, rcs, own[0], own[1], own[2], _confusion())


TABLE: Final = _table()
