"""How simulated things fly: waypoints, gusts, birds in thermals, landings.

In: a raid's groups, gusts' dice.  Out: the fleet, and its next arrays.
Does not: roll dice, sense, or shoot.  Terrain is flat over the curved Earth: heights are
heights above that ground.
"""

from __future__ import annotations

import math
from typing import Any, Final, NamedTuple

import numpy as np

from bartizan import ballistics
from bartizan.frames import TWO_PI, wrap
from bartizan.jit import inner, kernel
from bartizan.sensing import Signatures, identity_key
from bartizan.sim.debris import drag_per_m, inside
from bartizan.sim.spec import Group, Raid
from bartizan.sim.streams import BLOCK, gusts, stream
from bartizan.sim.truth import DOWN, FLYING, LANDED, WAITING, Fleet, Flying
from bartizan.types import F64, ObjectClass, SensorKind
from bartizan.units import G_MPS2, NS_PER_S

EARTH_M: Final = 6_371_000.0  # mean radius, IUGG
DROP_SHARE: Final = 0.1  # vertical spread between members over the lateral one, assumed
LOWEST: Final = 0.3  # no member flies lower than this share of its route's height, assumed
BANK: Final = 0.84  # tangent of a 40 degree bank: the tightest turn of a wing, assumed
TURN_MAX_RADPS: Final = 1.5  # the tightest turn of what is slow, assumed
GUST_MPS2: Final = 0.3  # lateral unrest of what does not wander, light turbulence, assumed
GUST_S: Final = 4.0  # its correlation time, assumed
STEER_PS: Final = 0.7  # course error taken out a second; a bird's is STROLL_PS; assumed
STROLL_PS: Final = 0.05
CLIMB: Final = 0.3  # steepest climb or dive over speed, assumed
BRAKE_MPS2: Final = 1.5  # of what comes in to land, assumed
SINK_MPS: Final = 2.0  # the last metres of a landing, assumed
SOAR_PERIOD_S: Final = 60.0  # birds circle in a thermal for a third of the time, assumed
SOAR_RADPS: Final = 0.5  # their turn, radius about 20 m (Pennycuick 1971: 15-30 m)
SOAR_MPS: Final = 1.0  # their climb in it, assumed
STILL: Final = np.zeros(3)
COOPERATIVE: Final = {"adsb": int(SensorKind.ADSB), "remote_id": int(SensorKind.REMOTE_ID)}


def muster(raid: Raid, seed: int) -> Fleet:
    """Every member of every group, with its own speed and place from its own stream.

    Raises ValueError when a group's route is not (k, 3) with k >= 1.
    """
    ways = [_over_ground(group) for group in raid.groups]
    starts = np.concatenate(([0], np.cumsum([len(w) for w in ways]))).astype(np.int64)
    group = np.repeat(np.arange(len(raid.groups)), [g.count for g in raid.groups])
    names = tuple(f"{g.name}#{i}" for g in raid.groups for i in range(g.count))
    members = [_member(raid.groups[g], ways[g], seed, n) for g, n in zip(group, names, strict=True)]
    own = np.array(members).reshape(-1, 9)
    groups = raid.groups
    return Fleet(
        names=names,
        group=group.astype(np.int64),
        hostile=np.array([groups[g].hostile for g in group], dtype=bool),
        lands=np.array([groups[g].lands for g in group], dtype=bool),
        start_ns=np.array(
            [
                raid.t0_ns + round((groups[g].start_s + k * groups[g].interval_s) * NS_PER_S)
                for g, k in zip(group, _numbers(groups), strict=True)
            ],
            np.int64,
        ),
        speed_mps=own[:, 0].copy(),
        wander_mps2=np.array([groups[g].wander_mps2 for g in group], dtype=np.float64),
        phase_rad=own[:, 1].copy(),
        offset=own[:, 2:5].copy(),
        way=np.concatenate([*ways, np.zeros((0, 3))]),
        first=starts[group],
        legs=np.array([len(ways[g]) for g in group], dtype=np.int64),
        drag_pm=own[:, 5].copy(),
        shot=own[:, 6:].copy(),
        signatures=_signatures(tuple(groups[g] for g in group), names),
    )


def _over_ground(group: Group) -> F64:
    """A route's waypoints as east, north, height over the curved ground."""
    way = np.array(group.route, dtype=np.float64)
    if way.ndim != 2 or way.shape[0] < 1 or way.shape[1] != 3:
        raise ValueError(f"group {group.name}: a route is (k, 3) with k >= 1, not {way.shape}")
    way[:, 2] += (way[:, 0] ** 2 + way[:, 1] ** 2) / (2.0 * EARTH_M)
    return way


def _member(group: Group, way: F64, seed: int, name: str) -> tuple[float, ...]:
    """Speed [m/s], phase [rad], offset east, north, up [m] of one member; its drag and shot."""
    rng = stream(seed, "muster", name)
    e, n, u, v = rng.standard_normal(4)
    lowest = (LOWEST - 1.0) * float(way[:, 2].max())
    up = max(DROP_SHARE * group.spread_m * u, lowest)
    speed = max(group.speed_mps + group.speed_sd_mps * v, 1.0)
    own = (speed, 2.0 * np.pi * rng.random(), group.spread_m * e, group.spread_m * n, up)
    return *own, *_shot(group, way, own)


def _numbers(groups: tuple[Group, ...]) -> list[int]:
    """Each member's number in its group."""
    return [k for g in groups for k in range(g.count)]


def _shot(group: Group, way: F64, own: tuple[float, ...]) -> tuple[float, ...]:
    """Drag [1/m] and velocity (3,) [m/s] ENU with which a member is shot; NaN of what flies."""
    if group.cls != ObjectClass.BALLISTIC:
        return math.nan, math.nan, math.nan, math.nan
    k = drag_per_m(group.body)
    e, n = way[-1, 0] + own[2] - way[0, 0], way[-1, 1] + own[3] - way[0, 1]
    far, speed = math.hypot(e, n), own[0]
    up = ballistics.aim(far, speed, k, group.high)
    level = speed * math.cos(up)
    return k, level * e / far, level * n / far, speed * math.sin(up)


def _signatures(groups: tuple[Group, ...], names: tuple[str, ...]) -> Signatures:
    texts = tuple(
        ""
        if not g.cooperative
        else g.identity
        if g.count == 1
        else f"{g.identity}-{int(n.rsplit('#', 1)[1]) + 1}"
        for g, n in zip(groups, names, strict=True)
    )
    s = [g.signature for g in groups]
    return Signatures(
        rcs_dbsm=np.array([v.rcs_dbsm for v in s], dtype=np.float64),
        size_m=np.array([v.size_m for v in s], dtype=np.float64),
        level_db=np.array([v.level_db for v in s], dtype=np.float64),
        emits=np.array([v.emits for v in s], dtype=np.float64),
        rotor=np.array([v.rotor for v in s], dtype=bool),
        cls=np.array([g.cls for g in groups], dtype=np.int64),
        reports=np.array([COOPERATIVE.get(g.cooperative, -1) for g in groups], dtype=np.int64),
        identity=np.array([identity_key(t) if t else 0 for t in texts], dtype=np.int64),
        names=texts,
    )


def line_up(fleet: Fleet) -> Flying:
    """Everything waiting at its first waypoint, heading for the second."""
    n = len(fleet.names)
    x = np.zeros((n, 6))
    shot = ~np.isnan(fleet.drag_pm)
    x[:, :3] = fleet.way[fleet.first] + np.where(shot[:, None], 0.0, fleet.offset)
    leg = np.minimum(fleet.legs - 1, 1)
    to = fleet.way[fleet.first + leg] - fleet.way[fleet.first]
    course = np.where(fleet.legs > 1, np.arctan2(to[:, 0], to[:, 1]), fleet.phase_rad)
    x[:, 2] -= (x[:, 0] ** 2 + x[:, 1] ** 2) / (2.0 * EARTH_M)
    x[:, 3] = fleet.speed_mps * np.sin(course)
    x[:, 4] = fleet.speed_mps * np.cos(course)
    x[shot, 3:] = fleet.shot[shot]
    status = np.full(n, WAITING, dtype=np.int64)
    return Flying(status, x, course, leg, np.zeros((n, 2)), np.zeros(n, dtype=bool))


def fly(
    fleet: Fleet, flying: Flying, t_ns: int, dt_s: float, gust: F64, thermals: bool = True,
    wind_mps: F64 = STILL,
) -> Flying:  # fmt: skip
    """Everything that flies, dt_s later.

    t_ns the time before the step   gust (n, 2) standard normals   thermals: birds soar
    wind_mps (3,) of the air in which what is shot falls
    A wing turns towards its waypoint as fast as its bank allows; gusts turn it by an
    Ornstein-Uhlenbeck lateral acceleration; a bird steers weakly and circles in thermals.
    At the end of its way an attacker is DOWN, what lands has LANDED, what wanders begins
    again, everything else flies straight on.  What is shot falls (`ballistics`) until it is
    DOWN where it meets the ground.
    """
    begins = (flying.status == WAITING) & (fleet.start_ns <= t_ns)
    out = flying._replace(
        status=np.where(begins, FLYING, flying.status),
        x=flying.x.copy(),
        course_rad=flying.course_rad.copy(),
        leg=flying.leg.copy(),
        sway=flying.sway.copy(),
    )
    clock = TWO_PI * ((t_ns / NS_PER_S) % SOAR_PERIOD_S) / SOAR_PERIOD_S
    _fly(fleet[2:-1], out, clock, dt_s, gust, thermals, wind_mps)
    return out


@kernel
def _fly(
    fleet: Any, out: Flying, clock: float, dt: float, gust: F64, thermals: bool, wind: F64
) -> None:
    """`fly`, in place.  fleet: the columns of `Fleet` from hostile to shot."""
    hostile, lands, _, speed, wander, phase, offset, way, first, legs, drag, _ = fleet
    below = np.empty(6)
    decay = math.exp(-dt / GUST_S)
    kick = math.sqrt(1.0 - decay * decay)
    for i in range(hostile.shape[0]):
        if out.status[i] != FLYING:
            continue
        if drag[i] == drag[i]:
            if _fall(out.x[i], drag[i], wind, dt, below):
                out.status[i] = DOWN
            continue
        e, n, u, k = out.x[i, 0], out.x[i, 1], out.x[i, 2], min(out.leg[i], legs[i] - 1)
        last, onward, bird = k == legs[i] - 1, out.leg[i] >= legs[i], wander[i] > 0.0
        homing, diving = lands[i] and last, hostile[i] and last and not lands[i]
        own = 0.0 if homing else 1.0  # what lands comes to the same spot, whatever its offset
        to = first[i] + k
        de, dn = way[to, 0] + own * offset[i, 0] - e, way[to, 1] + own * offset[i, 1] - n
        gap = math.sqrt(de * de + dn * dn)
        rise = way[to, 2] + (0.0 if diving else own * offset[i, 2])
        rise = 0.0 if onward else rise - u - (e * e + n * n) / (2.0 * EARTH_M)
        v = min(speed[i], math.sqrt(2.0 * BRAKE_MPS2 * gap) + 0.5) if homing else speed[i]
        touch = homing and gap < 3.0
        for c in range(2):
            out.sway[i, c] = decay * out.sway[i, c] + kick * gust[i, c]
        off = 0.0 if onward else wrap(math.atan2(de, dn) - out.course_rad[i])
        if bird and thermals and math.sin(clock + phase[i]) > 0.5:
            turn, climb = SOAR_RADPS if phase[i] > math.pi else -SOAR_RADPS, SOAR_MPS
        else:
            turn, climb = _steer(off, gap, rise, v, wander[i], out.sway[i, 0], out.sway[i, 1])
        if touch:
            v, climb = 0.0, max(rise, -SINK_MPS)
        course = wrap(out.course_rad[i] + turn * dt)
        ve, vn = v * math.sin(course), v * math.cos(course)
        vu = climb - (e * ve + n * vn) / EARTH_M
        out.course_rad[i] = course
        out.x[i, 0], out.x[i, 1], out.x[i, 2] = e + dt * ve, n + dt * vn, u + dt * vu
        out.x[i, 3], out.x[i, 4], out.x[i, 5] = ve, vn, vu
        if homing:
            there = touch and rise > -0.5
        else:
            near = max(1.5 * v * dt, 0.0 if last else 0.5 * v / _turn_max(v))
            past = last and gap < 4.0 * v and de * ve + dn * vn < 0.0
            there = not onward and (gap < near or past)
        if there:
            out.leg[i] = 0 if last and bird else out.leg[i] + 1
            if homing or diving:
                out.status[i] = LANDED if homing else DOWN


@inner
def _fall(x: F64, k: float, wind: F64, dt: float, below: F64) -> bool:
    """What was shot, dt later, in place; True where it has met the ground."""
    t = ballistics.to_ground(x, k, wind[0], wind[1], dt, 0.99 * dt, below)
    x[:] = below
    return t == t


@inner
def _steer(
    off: float, gap: float, rise: float, v: float, wander: float, sway: float, lift: float
) -> tuple[float, float]:
    """Turn rate [rad/s] and climb [m/s] for a course error off [rad] and a height to gain."""
    limit, steep = _turn_max(v), CLIMB * v
    turn = (STROLL_PS if wander > 0.0 else STEER_PS) * off
    unrest = wander if wander > 0.0 else GUST_MPS2
    climb = rise / max(gap / v, 1.0)
    turn = min(max(turn, -limit), limit) + unrest * sway / v
    return turn, min(max(climb, -steep), steep) + 0.5 * unrest * lift


@inner
def _turn_max(v: float) -> float:
    """Tightest turn [rad/s] of a wing at speed v [m/s]: g tan(bank) / v."""
    return min(G_MPS2 * BANK / max(v, 1.0), TURN_MAX_RADPS)


class Approach(NamedTuple):
    """How h attackers fly when nobody shoots: the same flight to the byte, from the same dice.

    t_s (t,) every second   x (t, h, 6) [m, m/s] site ENU, NaN before the start and after
    the end   arrival_s (h,) first time over the wall, inf never in the raid's duration
    """

    t_s: F64
    x: F64
    arrival_s: F64


def approach(raid: Raid, fleet: Fleet, wall: F64, seed: int, dt_s: float, thermals: bool) -> Approach:  # fmt: skip
    """The attackers' flight without a defence, in the world's own ticks of dt_s."""
    rows = np.flatnonzero(fleet.hostile)
    per_thing = {"names", "signatures", "way"}
    own = fleet._replace(
        names=tuple(fleet.names[i] for i in rows),
        **{k: v[rows] for k, v in fleet._asdict().items() if k not in per_thing},
    )
    flying = line_up(own)
    ticks = round(raid.duration_s / dt_s)
    every = max(round(1.0 / dt_s), 1)
    x = np.full((ticks // every + 1, rows.size, 6), np.nan)
    arrival = np.full(rows.size, np.inf)
    low, high = wall.min(axis=0), wall.max(axis=0)
    sway = np.zeros((0, BLOCK, 2))
    for tick in range(ticks):
        if tick % BLOCK == 0:
            sway = gusts(seed, own.names, tick // BLOCK)
        t_ns = raid.t0_ns + round(tick * dt_s * NS_PER_S)
        before = flying.status
        flying = fly(own, flying, t_ns, dt_s, sway[:, tick % BLOCK], thermals)
        p = flying.x[:, :2]
        up = (flying.status == FLYING) | ((flying.status == DOWN) & (before == FLYING))
        if tick % every == 0:
            x[tick // every][up] = flying.x[up]
        up &= ~np.isfinite(arrival) & ((p >= low) & (p <= high)).all(axis=1)
        if up.any():
            arrival[up & inside(p, wall)] = (tick + 1) * dt_s
        if ((flying.status == DOWN) | np.isfinite(arrival)).all():
            break
    t_s = np.arange(len(x), dtype=np.float64) * (every * dt_s) + dt_s
    return Approach(t_s, x, arrival)
