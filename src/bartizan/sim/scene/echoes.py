"""False echoes of radars: turbines, rain cells and the like, and mirror images of true things.

In: what corpora say, true states, the time, a seed.  Out: states and signatures of what is not
there, for the same draw as true things.  Does not: decide whether they are seen.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from bartizan.sensing import Signatures
from bartizan.sensing.draw import Dice, roll_things
from bartizan.sim.spec import Echo, Raid, Reflector
from bartizan.sim.streams import stream
from bartizan.types import F64, I64, Sensors
from bartizan.units import NS_PER_S

EDGE_M: Final = 1.0  # the ray meets the wall no nearer to its ends than this, assumed


class Unreal(NamedTuple):
    """What is not there: x (m, 6) [m, m/s] ENU, rcs_dbsm (m,), dice (m, 12) as `Dice.things`."""

    x: F64
    rcs_dbsm: F64
    dice: F64


def around(
    raid: Raid, sensors: Sensors, row: int, look: int, t_ns: int, seed: int, sensor: str,
    x: F64, rcs_dbsm: F64, names: tuple[str, ...],
) -> Unreal:  # fmt: skip
    """Everything unreal that radar `row` may see in one look.

    x (n, 6), rcs_dbsm (n,), names: of the true things in flight
    """
    parts = [Unreal(np.zeros((0, 6)), np.zeros(0), np.zeros((0, 12)))]
    since_s = (t_ns - raid.t0_ns) / NS_PER_S
    for corpus in raid.nuisances:
        for e in corpus.echoes:
            rng = stream(seed, "echo", corpus.name, e.name, sensor, look)
            parts.append(_echoes(e, sensors.pos[row], since_s, raid.wind_mps, rng))
        for m in corpus.reflectors:
            image, of = images(m, sensors.pos[row], x)
            dice = [
                roll_things(stream(seed, "image", corpus.name, m.name, sensor, names[i], look), 1)
                for i in of.tolist()
            ]
            parts.append(
                Unreal(image, rcs_dbsm[of] - m.loss_db, np.concatenate([np.zeros((0, 12)), *dice]))
            )
    return Unreal(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _echoes(e: Echo, pos: F64, since_s: float, wind: F64, rng: np.random.Generator) -> Unreal:
    """One look's echoes of every place: uniform in its disc and heights, radial speed drawn."""
    count = rng.poisson(e.per_look, len(e.places))
    n = int(count.sum())
    middle = np.repeat(e.places, count, axis=0)
    u = rng.random((n, 4))
    r, a = e.radius_m * np.sqrt(u[:, 0]), 2.0 * np.pi * u[:, 1]
    x = np.zeros((n, 6))
    x[:, 0] = middle[:, 0] + r * np.sin(a)
    x[:, 1] = middle[:, 1] + r * np.cos(a)
    x[:, 2] = e.height_m[0] + u[:, 2] * (e.height_m[1] - e.height_m[0])
    ray = x[:, :3] - pos
    ray /= np.maximum(np.linalg.norm(ray, axis=1), 1.0)[:, None]
    x[:, 3:] = ray * (e.doppler_mps[0] + u[:, 3] * (e.doppler_mps[1] - e.doppler_mps[0]))[:, None]
    if e.drifts:
        x[:, :3] += wind * since_s
        x[:, 3:] += wind
    return Unreal(x, np.full(n, e.rcs_dbsm), roll_things(rng, n))


def images(m: Reflector, pos: F64, x: F64) -> tuple[F64, I64]:
    """Mirror images (k, 6) of true things at x (n, 6), and whose each is (k,).

    Image method: a radar at pos (3,) sees a thing in an upright plane where the thing's mirror
    image stands, if the ray to it meets the wall between its ends and under its top, and both
    stand on the same side.  Range, direction and Doppler are those of the image.
    """
    along = m.end - m.start
    length = float(np.hypot(*along))
    along = along / length
    normal = np.array([along[1], -along[0]])
    off = (x[:, :2] - m.start) @ normal
    own = float((pos[:2] - m.start) @ normal)
    image = x.copy()
    image[:, :2] -= 2.0 * off[:, None] * normal
    image[:, 3:5] -= 2.0 * (x[:, 3:5] @ normal)[:, None] * normal
    share = own / np.where(np.abs(own + off) > 1e-9, own + off, np.inf)
    meets = pos + share[:, None] * (image[:, :3] - pos)
    s = (meets[:, :2] - m.start) @ along
    ok = (own * off > 0.0) & (s > EDGE_M) & (s < length - EDGE_M) & (meets[:, 2] < m.height_m)
    of = np.flatnonzero(ok & (meets[:, 2] > 0.0))
    return image[of], of


def joined(signatures: Signatures, dice: Dice, unreal: Unreal) -> tuple[Signatures, Dice]:
    """True things' signatures and dice with those of what is not there behind them."""
    n = len(unreal.rcs_dbsm)
    none = np.zeros(n)
    s = signatures
    both = Signatures(
        np.concatenate([s.rcs_dbsm, unreal.rcs_dbsm]), np.concatenate([s.size_m, none]),
        np.concatenate([s.level_db, none]), np.concatenate([s.emits, none]),
        np.concatenate([s.rotor, np.zeros(n, np.bool_)]),
        np.concatenate([s.cls, np.zeros(n, np.int64)]),
        np.concatenate([s.reports, np.full(n, -1)]),
        np.concatenate([s.identity, np.zeros(n, np.int64)]), (*s.names, *("",) * n),
    )  # fmt: skip
    return both, Dice(np.concatenate([dice.things, unreal.dice]), dice.clutter)
