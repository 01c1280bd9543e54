"""How simulated things fly: waypoints, gusts, birds in thermals, landings.

In: a raid's groups, gusts' dice.  Out: the fleet, and its next arrays.
Does not: roll dice, sense, or shoot.  Heights are over the curved Earth through the
reference point; what follows the ground has the terrain's height in its waypoints.
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
from bartizan.sim.scene import routes
from bartizan.sim.scene.routes import Ground, Way, flat
from bartizan.sim.spec import Group, Raid
from bartizan.sim.streams import BLOCK, gusts, stream
from bartizan.sim.truth import DOWN, FLYING, LANDED, WAITING, Fleet, Flying
from bartizan.terrain import Terrain
from bartizan.types import B1, F64, I64, ObjectClass, SensorKind
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
HOVER_M: Final = 3.0  # so near its waypoint a thing hovers or lands
SLOWEST_MPS: Final = 0.5  # over the ground, against any wind
TICK_S: Final = 0.25  # the longest step of the world
STILL: Final = np.zeros(3)
COOPERATIVE: Final = {"adsb": int(SensorKind.ADSB), "remote_id": int(SensorKind.REMOTE_ID)}


def muster(
    raid: Raid, seed: int, ground: Ground = flat, terrain: Terrain = ballistics.SMOOTH
) -> Fleet:
    """Every member of every group, with its own speed and place from its own stream.

    ground: the terrain that routes follow   terrain: that on which what is shot lands.
    Raises ValueError when a group's route is not (k, 3) with k >= 1.
    """
    ways, starts, legs = _ways(raid.groups, ground)
    group = np.repeat(np.arange(len(raid.groups)), [g.count for g in raid.groups])
    names = tuple(f"{g.name}#{i}" for g in raid.groups for i in range(g.count))
    whole = np.concatenate([*(w.points for w in ways), np.zeros((0, 3))])
    members = [
        _member(raid.groups[g], whole[a : a + k], seed, n)
        for g, n, a, k in zip(group, names, starts.tolist(), legs.tolist(), strict=True)
    ]
    own = np.array(members).reshape(-1, 9)
    groups = raid.groups
    fleet = Fleet(
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
        way=whole,
        first=starts,
        legs=legs,
        drag_pm=own[:, 5].copy(),
        shot=own[:, 6:].copy(),
        hover=np.concatenate([*(w.hover for w in ways), np.zeros(0)]),
        airspeed=np.array([groups[g].airspeed for g in group], dtype=bool),
        leaves=np.array([groups[g].leaves for g in group], dtype=bool),
        decoy=np.array([groups[g].decoy for g in group], dtype=bool),
        terrain=terrain,
        signatures=_signatures(tuple(groups[g] for g in group), names),
    )
    return _on_time(fleet, raid) if any(not math.isnan(g.arrive_s) for g in groups) else fleet


def _ways(groups: tuple[Group, ...], ground: Ground) -> tuple[list[Way], I64, I64]:
    """Every way once, and where each member's begins (n,) and how long it is (n,).

    Members share their group's way; in a formation each has its own.  A waypoint's height
    becomes one over the curved ground.
    """
    ways: list[Way] = []
    starts: list[int] = []
    legs: list[int] = []
    at = 0
    for g in groups:
        nominal = routes.way(g, ground)
        up = (nominal.points[:, 0] ** 2 + nominal.points[:, 1] ** 2) / (2.0 * EARTH_M)
        nominal.points[:, 2] += up
        own = [nominal]
        if g.formation is not None:
            own = [routes.in_formation(nominal, p) for p in routes.places(g.formation, g.count)]
        k = len(nominal.points)
        starts += [at + (k * i if len(own) > 1 else 0) for i in range(g.count)]
        legs += [k] * g.count
        at += k * len(own)
        ways += own
    return ways, np.array(starts, np.int64), np.array(legs, np.int64)


def _on_time(fleet: Fleet, raid: Raid) -> Fleet:
    """The fleet with the starts of what has a time on target, by flying it without gusts.

    A formation starts as one: its first is there in time.  What would have to start before the
    raid starts with it, and is late.
    """
    wanted = np.array([raid.groups[g].arrive_s for g in fleet.group])
    rows = np.flatnonzero(~np.isnan(wanted))
    own = _rows(fleet, rows)._replace(start_ns=np.zeros(rows.size, np.int64))
    flying = line_up(own)
    still = np.zeros((rows.size, 2))
    took = np.full(rows.size, np.nan)
    for tick in range(round(raid.duration_s / TICK_S)):
        t_ns = round(tick * TICK_S * NS_PER_S)
        flying = fly(own, flying, t_ns, TICK_S, still, False, raid.wind_mps)
        there = (flying.leg >= own.legs) | (flying.status >= LANDED)
        took[there & np.isnan(took)] = (tick + 1) * TICK_S
        if there.all():
            break
    took = np.nan_to_num(took)
    for k, g in enumerate(raid.groups):
        if g.formation is not None:
            its = fleet.group[rows] == k
            took[its] = took[its].min(initial=np.inf)
    start_s = np.maximum(wanted[rows] - took, 0.0)
    starts = fleet.start_ns.copy()
    starts[rows] = raid.t0_ns + np.rint(start_s * NS_PER_S).astype(np.int64)
    return fleet._replace(start_ns=starts)


def _rows(fleet: Fleet, rows: I64) -> Fleet:
    """The fleet of some rows, to fly alone: without their names' order in signatures."""
    shared = {"names", "signatures", "way", "hover", "terrain"}
    return fleet._replace(
        names=tuple(fleet.names[i] for i in rows),
        **{k: v[rows] for k, v in fleet._asdict().items() if k not in shared},
    )


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
    return Flying(status, x, course, leg, np.zeros((n, 2)), np.zeros(n, dtype=bool), np.zeros(n))


def fly(
    fleet: Fleet, flying: Flying, t_ns: int, dt_s: float, gust: F64, thermals: bool = True,
    wind_mps: F64 = STILL,
) -> Flying:  # fmt: skip
    """Everything that flies, dt_s later.

    t_ns the time before the step   gust (n, 2) standard normals   thermals: birds soar
    wind_mps (3,) of the air in which what is shot falls, and what has an airspeed flies
    A wing turns towards its waypoint as fast as its bank allows; gusts turn it by an
    Ornstein-Uhlenbeck lateral acceleration; a bird steers weakly and circles in thermals.
    At the end of its way an attacker is DOWN, what lands has LANDED, what wanders begins
    again, what leaves is LANDED, everything else flies straight on.  What is shot falls
    (`ballistics`) until it is DOWN where it meets the ground.
    """
    begins = (flying.status == WAITING) & (fleet.start_ns <= t_ns)
    out = flying._replace(
        status=np.where(begins, FLYING, flying.status),
        x=flying.x.copy(),
        course_rad=flying.course_rad.copy(),
        leg=flying.leg.copy(),
        sway=flying.sway.copy(),
        hovered_s=flying.hovered_s.copy(),
    )
    clock = TWO_PI * ((t_ns / NS_PER_S) % SOAR_PERIOD_S) / SOAR_PERIOD_S
    _fly(fleet[2:-1], out, clock, dt_s, gust, thermals, wind_mps)
    return out


@kernel
def _fly(
    fleet: Any, out: Flying, clock: float, dt: float, gust: F64, thermals: bool, wind: F64
) -> None:
    """`fly`, in place.  fleet: the columns of `Fleet` from hostile to decoy."""
    hostile, lands, _, speed, wander, phase, offset, way, first, legs, drag, _, hover, air, leaves, terrain, _ = fleet  # fmt: skip
    below = np.empty(6)
    decay = math.exp(-dt / GUST_S)
    kick = math.sqrt(1.0 - decay * decay)
    for i in range(hostile.shape[0]):
        if out.status[i] != FLYING:
            continue
        if drag[i] == drag[i]:
            if _fall(out.x[i], drag[i], wind, dt, terrain, below):
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
        waits = hover[to] > 0.0 and not onward
        v = min(speed[i], math.sqrt(2.0 * BRAKE_MPS2 * gap) + 0.5) if homing or waits else speed[i]
        touch, hovers = homing and gap < HOVER_M, waits and gap < HOVER_M
        for c in range(2):
            out.sway[i, c] = decay * out.sway[i, c] + kick * gust[i, c]
        off = 0.0 if onward else wrap(math.atan2(de, dn) - out.course_rad[i])
        if bird and thermals and math.sin(clock + phase[i]) > 0.5:
            turn, climb = SOAR_RADPS if phase[i] > math.pi else -SOAR_RADPS, SOAR_MPS
        else:
            turn, climb = _steer(off, gap, rise, v, wander[i], out.sway[i, 0], out.sway[i, 1])
        if touch or hovers:
            v, climb = 0.0, max(rise, -SINK_MPS)
        course = wrap(out.course_rad[i] + turn * dt)
        if air[i] and v > 0.0:
            v = _over_the_ground(v, course, wind)
        ve, vn = v * math.sin(course), v * math.cos(course)
        vu = climb - (e * ve + n * vn) / EARTH_M
        out.course_rad[i] = course
        out.x[i, 0], out.x[i, 1], out.x[i, 2] = e + dt * ve, n + dt * vn, u + dt * vu
        out.x[i, 3], out.x[i, 4], out.x[i, 5] = ve, vn, vu
        if homing:
            there = touch and rise > -0.5
        elif waits:
            out.hovered_s[i] += dt if hovers else 0.0
            there = out.hovered_s[i] >= hover[to]
        else:
            near = max(1.5 * v * dt, 0.0 if last else 0.5 * v / _turn_max(v))
            past = last and gap < 4.0 * v and de * ve + dn * vn < 0.0
            there = not onward and (gap < near or past)
        if there:
            out.leg[i] = 0 if last and bird and not leaves[i] else out.leg[i] + 1
            out.hovered_s[i] = 0.0
            if homing or diving or (leaves[i] and last):
                out.status[i] = DOWN if diving else LANDED


@inner
def _over_the_ground(v: float, course: float, wind: F64) -> float:
    """Speed over the ground [m/s] along a course at airspeed v: the wind triangle."""
    s, c = math.sin(course), math.cos(course)
    along, across = wind[0] * s + wind[1] * c, wind[0] * c - wind[1] * s
    ground: float = along + math.sqrt(max(v * v - across * across, 0.0))
    return max(ground, SLOWEST_MPS)


@inner
def _fall(x: F64, k: float, wind: F64, dt: float, terrain: Terrain, below: F64) -> bool:
    """What was shot, dt later, in place; True where it has met the ground."""
    t = ballistics.to_ground(x, k, wind[0], wind[1], dt, 0.99 * dt, terrain, below)
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


def turn_radius_m(speed_mps: float) -> float:
    """The tightest circle that a wing flies at a speed."""
    return speed_mps / min(G_MPS2 * BANK / max(speed_mps, 1.0), TURN_MAX_RADPS)


class Approach(NamedTuple):
    """How h attackers fly when nobody shoots: the same flight to the byte, from the same dice.

    t_s (t,) every second   x (t, h, 6) [m, m/s] site ENU, NaN before the start and after
    the end   arrival_s (h,) first time over the wall, inf never in the raid's duration and for
    decoys, which nobody need fear
    """

    t_s: F64
    x: F64
    arrival_s: F64


@kernel
def _fly_on(
    fleet: Any, out: Flying, t0_ns: int, tick: int, end: int, dt: float, sway: F64,
    thermals: bool, wind: F64, box: F64, every: int, seen: F64, arrival: F64,
) -> tuple[int, B1]:  # fmt: skip
    """Ticks from `tick` on, in place, until one at whose end something not yet there is in the
    box (4,) about the wall, or `end`; states to seen.  -> the next tick; what (n,) is in the box."""
    start_ns, n = fleet[2], len(out.status)
    up, near = np.zeros(n, np.bool_), np.zeros(n, np.bool_)
    while tick < end:
        t_ns = t0_ns + int(np.rint(tick * dt * NS_PER_S))
        busy = False
        for i in range(n):
            up[i] = out.status[i] == FLYING
            if out.status[i] == WAITING and start_ns[i] <= t_ns:
                out.status[i] = FLYING
        clock = TWO_PI * ((t_ns / NS_PER_S) % SOAR_PERIOD_S) / SOAR_PERIOD_S
        _fly(fleet, out, clock, dt, sway[:, tick % BLOCK], thermals, wind)
        some = False
        for i in range(n):
            up[i] = out.status[i] == FLYING or (out.status[i] == DOWN and up[i])
            if up[i] and tick % every == 0:
                seen[tick // every, i] = out.x[i]
            e, u = out.x[i, 0], out.x[i, 1]
            within = box[0] <= e <= box[2] and box[1] <= u <= box[3]
            near[i] = up[i] and arrival[i] == math.inf and within
            some = some or near[i]
            busy = busy or (out.status[i] < LANDED and arrival[i] == math.inf)
        tick += 1
        if some or not busy:
            break
    return tick, near


def approach(raid: Raid, fleet: Fleet, wall: F64, seed: int, dt_s: float, thermals: bool) -> Approach:  # fmt: skip
    """The attackers' flight without a defence, in the world's own ticks of dt_s."""
    rows = np.flatnonzero(fleet.hostile)
    own = _rows(fleet, rows)
    flying = line_up(own)
    ticks = round(raid.duration_s / dt_s)
    every = max(round(1.0 / dt_s), 1)
    x = np.full((ticks // every + 1, rows.size, 6), np.nan)
    arrival = np.full(rows.size, np.inf)
    box = np.concatenate([wall.min(axis=0), wall.max(axis=0)])
    sway, tick = np.zeros((0, BLOCK, 2)), 0
    while tick < ticks and not ((flying.status >= LANDED) | np.isfinite(arrival)).all():
        if tick % BLOCK == 0:
            sway = gusts(seed, own.names, tick // BLOCK)
        end = min(ticks, (tick // BLOCK + 1) * BLOCK)
        tick, up = _fly_on(
            own[2:-1], flying, raid.t0_ns, tick, end, dt_s, sway, thermals, raid.wind_mps, box, every,
            x, arrival,
        )  # fmt: skip
        if up.any():
            arrival[up & inside(flying.x[:, :2], wall)] = tick * dt_s
    t_s = np.arange(len(x), dtype=np.float64) * (every * dt_s) + dt_s
    arrival[own.decoy] = np.inf
    return Approach(t_s, x, arrival)
