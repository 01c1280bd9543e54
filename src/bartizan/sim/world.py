"""The simulated world: one step of everything that flies, falls, looks and shoots.

In: a site, a raid, its effectors and a seed.  Out: scans as sensors would send them, and
the umpire's events.  Does not: track or decide; `engage` acts on the picture it is given.
"""

from __future__ import annotations

import math
from typing import Any, Final, NamedTuple

import numpy as np

from bartizan.jit import kernel
from bartizan.sensing import Signatures, draw
from bartizan.sensing.draw import Dice
from bartizan.sim import debris, effectors, flight
from bartizan.sim.effectors import Battery, Hit
from bartizan.sim.flight import TICK_S, Approach, fly, line_up, muster
from bartizan.sim.scene import echoes, faults, traffic, weather
from bartizan.sim.scene.routes import Ground, flat
from bartizan.sim.spec import Effector, Policy, Raid
from bartizan.sim.streams import BLOCK, Deck, deal, deck, gusts, stream
from bartizan.sim.truth import DOWN, FALLING, FLYING, WAITING, Fleet, Flying
from bartizan.terrain.sight import heights
from bartizan.types import (
    F64,
    I64,
    Event,
    EventKind,
    Picture,
    Scan,
    SensorKind,
    Site,
    Threats,
    Watch,
)
from bartizan.units import NS_PER_S

GOLDEN: Final = (math.sqrt(5.0) - 1.0) / 2.0  # spreads the sensors' phases as evenly as can be
THERMALS_H: Final = (9.0, 18.0)  # local hours between which the sun lifts birds, assumed
RADAR: Final = int(SensorKind.RADAR)


NEVER: Final = np.full(6, np.nan)


class Wreck(NamedTuple):
    """What comes down: row of the fleet, when and where, the label it was shot at as (0 none).

    footprint: where it might have come down, seen from where it was hit   hit (6,) [m, m/s]
    as it flew then, NaN of what nobody shot down
    """

    row: int
    t_ns: int
    e_m: float
    n_m: float
    label: int
    footprint: debris.Footprint
    hit: F64 = NEVER


class Score(NamedTuple):
    """How the raid stands.  stopped: attackers shot down that never reached the wall.

    Decoys are no attackers here, nor others.
    """

    attackers: int
    stopped: int
    leakers: int
    in_flight: int
    wreckage_inside_walls: int
    others_shot_down: int
    shots: int
    refused: int


class SimState(NamedTuple):
    """The whole simulation at t_ns.  Truth is inside: hand the scans on, never this.

    sway (n, BLOCK, 2) gusts of the block that tick belongs to   decks: each sensor's dice
    looks (s,) number of the next look of each sensor   falling, down: wrecks
    raid: with its corpora's groups   air: the sensors in its weather   spells: faults
    coming: scans on their way, and when they come in
    """

    t_ns: int
    tick: int
    seed: int
    site: Site
    raid: Raid
    effectors: tuple[Effector, ...]
    fleet: Fleet
    flying: Flying
    sway: F64
    decks: tuple[Deck, ...]
    looks: I64
    battery: Battery
    falling: tuple[Wreck, ...]
    down: tuple[Wreck, ...]
    air: weather.Air
    spells: tuple[faults.Spells, ...]
    coming: tuple[tuple[int, Scan], ...] = ()
    policy: Policy = Policy()


def _ground(site: Site) -> Ground:
    """The site's terrain as routes take it."""
    if not len(site.terrain.height_m):
        return flat
    return lambda e, n: heights(site.terrain, np.stack([e, n], axis=-1))


def start(
    site: Site, raid: Raid, effectors_: tuple[Effector, ...], seed: int,
    policy: Policy = effectors.GREEDY, ground: Ground | None = None,
) -> SimState:  # fmt: skip
    """The world at raid.t0_ns, before the first step.

    ground: the terrain that routes follow; None: the site's.
    Raises ValueError when a group's route is no (k, 3) array.
    """
    raid = traffic.with_nuisances(raid, seed)
    fleet = muster(raid, seed, _ground(site) if ground is None else ground, site.terrain)
    decks = tuple(
        deck(seed, site.sensor_names[s], fleet.names, float(site.sensors.clutter[s]), 0)
        for s in range(site.sensors.kind.size)
    )
    return SimState(
        t_ns=raid.t0_ns,
        tick=0,
        seed=seed,
        site=site,
        raid=raid,
        effectors=effectors_,
        fleet=fleet,
        flying=line_up(fleet),
        sway=gusts(seed, fleet.names, 0),
        decks=decks,
        looks=np.zeros(len(decks), dtype=np.int64),
        battery=effectors.load(effectors_, raid.t0_ns),
        falling=(),
        down=(),
        air=weather.air(site, raid),
        spells=faults.spells(raid, site, seed),
        policy=policy,
    )


def step(
    state: SimState, dt_s: float = TICK_S
) -> tuple[SimState, tuple[Scan, ...], tuple[Event, ...]]:
    """The world dt_s later: the scans that came in meanwhile and the umpire's events.

    Both in time order, but for scans that a fault holds up or repeats.  Longer steps than TICK_S are taken in ticks.  Raises ValueError when dt_s <= 0.
    """
    if not dt_s > 0.0:
        raise ValueError(f"dt_s must be positive, not {dt_s}")
    scans: list[Scan] = []
    events: list[Event] = []
    end_ns = state.t_ns + round(dt_s * NS_PER_S)
    while state.t_ns < end_ns:
        to_ns = min(end_ns, state.t_ns + round(TICK_S * NS_PER_S))
        state, new = _advance(state, to_ns)
        events += new
        state, seen = _look(state)
        scans += seen
        state, new = _shots(state)
        events += new
    return state, tuple(scans), tuple(sorted(events, key=lambda e: e.t_ns))


def engage(
    state: SimState, picture: Picture, threats: Threats, watch: Watch
) -> tuple[SimState, tuple[Event, ...]]:
    """The effectors act on the picture; see `effectors.engage`."""
    battery, events = effectors.engage(
        state.battery,
        state.effectors,
        state.site,
        state.raid.warhead_m,
        state.raid.wind_mps,
        state.t_ns,
        picture,
        threats,
        watch,
        state.policy,
    )
    return state._replace(battery=battery), events


def approach(state: SimState, dt_s: float = TICK_S) -> Approach:
    """How the attackers of this raid fly when nobody shoots, in steps of dt_s."""
    wall = state.site.wall.polygon
    return flight.approach(
        state.raid, state.fleet, wall, state.seed, dt_s, _sunny(state.site, state.raid.t0_ns)
    )


def _sunny(site: Site, t_ns: int) -> bool:
    """Whether the sun lifts birds at that time."""
    hour = ((t_ns // NS_PER_S + site.utc_offset_s) % 86_400) / 3600.0
    return THERMALS_H[0] <= hour < THERMALS_H[1]


def score(state: SimState) -> Score:
    """How the raid stands, by the truth."""
    hostile, status = state.fleet.hostile & ~state.fleet.decoy, state.flying.status
    shot = np.zeros(hostile.size, dtype=bool)
    shot[[w.row for w in state.falling + state.down if w.label]] = True
    wrecks = [w for w in state.down if hostile[w.row]]
    inside = sum(_wall_m(state.site, w.e_m, w.n_m) <= 0.0 for w in wrecks)
    return Score(
        attackers=int(hostile.sum()),
        stopped=int((hostile & shot & ~state.flying.leaked).sum()),
        leakers=int((hostile & state.flying.leaked).sum()),
        in_flight=int((hostile & np.isin(status, (WAITING, FLYING))).sum()),
        wreckage_inside_walls=int(inside),
        others_shot_down=int((~state.fleet.hostile & shot).sum()),
        shots=state.battery.fired,
        refused=len(state.battery.refused),
    )


def _wall_m(site: Site, e_m: float, n_m: float) -> float:
    """Distance of a point to the wall [m], negative inside."""
    return float(debris.signed_distance_m(np.array([[e_m, n_m]]), site.wall.polygon)[0])


def _advance(state: SimState, to_ns: int) -> tuple[SimState, list[Event]]:
    """Moves everything on to to_ns; attackers at the wall, attackers that hit the ground."""
    sway = state.sway
    if state.tick % BLOCK == 0 and state.tick > 0:
        sway = gusts(state.seed, state.fleet.names, state.tick // BLOCK)
    dt_s = (to_ns - state.t_ns) / NS_PER_S
    thermals = _sunny(state.site, state.t_ns)
    gust = sway[:, state.tick % BLOCK]
    wind = state.raid.wind_mps
    flying = fly(state.fleet, state.flying, state.t_ns, dt_s, gust, thermals, wind)
    wall = state.site.wall.polygon
    near, hits = _struck(flying, state.flying.status, state.fleet[2:-1], wall)
    events: list[Event] = []
    over = np.zeros(len(flying.status), dtype=bool)
    if near.size:
        over[near] = debris.inside(flying.x[near, :2], wall)
    for i in (over & ~flying.leaked).nonzero()[0] if near.size else ():
        e, n = flying.x[i, :2].tolist()
        text = f"EXERCISE: an attacker reached the wall of {state.site.title}"
        events.append(
            Event(to_ns, EventKind.WALL, text, data=(("e_m", float(e)), ("n_m", float(n))))
        )
    if near.size:
        flying = flying._replace(leaked=flying.leaked | over)
    down = state.down
    for i in hits.tolist():
        x = flying.x[i]
        exact = debris.Footprint(x[:2].copy(), np.zeros((2, 2)), 0.0)
        wreck = Wreck(i, to_ns, float(x[0]), float(x[1]), 0, exact)
        events.append(_wreckage(state.site, wreck, "an attacker hit the ground"))
        down = (*down, wreck)
    state = state._replace(t_ns=to_ns, tick=state.tick + 1, flying=flying, sway=sway, down=down)
    return state, events


@kernel
def _struck(flying: Flying, was: I64, fleet: Any, wall: F64) -> tuple[I64, I64]:
    """Rows of attackers that fly, or hit the ground, inside the wall's box; rows of all that
    have hit the ground just now.  fleet: the columns of `Fleet` from hostile to shot; what
    falls flies over the wall."""
    hostile, drag, decoy = fleet[0], fleet[10], fleet[-1]
    near, hits = np.empty(len(was), np.int64), np.empty(len(was), np.int64)
    n, m = 0, 0
    for i in range(len(was)):
        hit = flying.status[i] == DOWN and was[i] != DOWN
        if hit:
            hits[m] = i
            m += 1
        flies = flying.status[i] == FLYING and drag[i] != drag[i]
        if not hostile[i] or decoy[i] or not (flies or hit):
            continue
        inside = True
        for c in range(2):
            low, high = math.inf, -math.inf
            for k in range(wall.shape[0]):
                low, high = min(low, wall[k, c]), max(high, wall[k, c])
            inside = inside and low <= flying.x[i, c] <= high
        if inside:
            near[n] = i
            n += 1
    return near[:n], hits[:m]


def _look(state: SimState) -> tuple[SimState, list[Scan]]:
    """Every look that ends in the tick just made, in time order; what faults let through."""
    sensors = state.air.sensors
    up = (state.flying.status == FLYING).nonzero()[0]
    looks, decks = state.looks.copy(), list(state.decks)
    due: list[tuple[int, int, int]] = []
    for s in range(sensors.kind.size):
        t_ns = due_ns(state.raid.t0_ns, float(sensors.period_s[s]), s, int(looks[s]))
        while t_ns <= state.t_ns:
            due.append((t_ns, s, int(looks[s])))
            looks[s] += 1
            t_ns = due_ns(state.raid.t0_ns, float(sensors.period_s[s]), s, int(looks[s]))
    if not due:
        return _come_in(state, [])
    signatures = _rows(state.fleet.signatures, up)
    scans: list[tuple[int, Scan]] = []
    for t_ns, s, look in sorted(due):
        if look // BLOCK != decks[s].block:
            name, mean = state.site.sensor_names[s], float(sensors.clutter[s])
            decks[s] = deck(state.seed, name, state.fleet.names, mean, look // BLOCK)
        x = state.flying.x[up].copy()
        x[:, :3] -= x[:, 3:] * ((state.t_ns - t_ns) / NS_PER_S)
        scan = _scan(state, s, look, t_ns, x, signatures, deal(decks[s], look, up), up)
        scans.append((look, scan))
    return _come_in(state._replace(looks=looks, decks=tuple(decks)), scans)


def _scan(
    state: SimState, s: int, look: int, t_ns: int, x: F64, signatures: Signatures, dice: Dice,
    up: I64,
) -> Scan:  # fmt: skip
    """One look; a radar's with what is not there, and through the rain.  up: rows of the fleet."""
    sensors, raid = state.air.sensors, state.raid
    if sensors.kind[s] == RADAR:
        if any(c.echoes or c.reflectors for c in raid.nuisances):
            names = tuple(state.fleet.names[i] for i in up.tolist())
            unreal = echoes.around(
                raid, sensors, s, look, t_ns, state.seed, state.site.sensor_names[s], x,
                signatures.rcs_dbsm, names,
            )  # fmt: skip
            signatures, dice = echoes.joined(signatures, dice, unreal)
            x = np.concatenate([x, unreal.x])
        if raid.weather.rain_mmph > 0.0:
            loss_db = weather.rain_loss_db(state.air, s, x)
            signatures = signatures._replace(rcs_dbsm=signatures.rcs_dbsm - loss_db)
    return draw(sensors, s, t_ns, x, signatures, dice)


def _come_in(state: SimState, scans: list[tuple[int, Scan]]) -> tuple[SimState, list[Scan]]:
    """What of the new scans (number of the look, scan) and of those on their way comes in now."""
    if not state.spells:
        return state, [scan for _, scan in scans]
    coming = list(state.coming)
    for look, scan in scans:
        for t_ns in faults.arrivals(state.spells, scan, look, state.raid.t0_ns, state.seed):
            coming.append((t_ns, scan))
    now, later = faults.due(tuple(coming), state.t_ns)
    return state._replace(coming=later), now


def due_ns(t0_ns: int, period_s: float, sensor: int, look: int) -> int:
    """When look number `look` of a sensor ends: its period, from a phase of its own.

    Phases are multiples of an irrational: no two sensors ever look at the same instant.
    """
    phase_s = ((sensor + 1) * GOLDEN) % period_s
    return t0_ns + round((phase_s + look * period_s) * NS_PER_S)


def _rows(s: Signatures, rows: I64) -> Signatures:
    return Signatures(
        s.rcs_dbsm[rows],
        s.size_m[rows],
        s.level_db[rows],
        s.emits[rows],
        s.rotor[rows],
        s.cls[rows],
        s.reports[rows],
        s.identity[rows],
        tuple(s.names[i] for i in rows),
    )


def _shots(state: SimState) -> tuple[SimState, list[Event]]:
    """Shots that arrive, and wrecks that reach the ground, in the tick just made."""
    battery, hits, resolved = effectors.resolve(
        state.battery, state.effectors, state.flying, state.t_ns, state.seed
    )
    if not hits and not state.falling:
        return state._replace(battery=battery), list(resolved)
    events = list(resolved)
    status = state.flying.status.copy()
    status[[h.row for h in hits]] = FALLING
    falling = state.falling + tuple(_wreck(state, hit) for hit in hits)
    landed = sorted((w for w in falling if w.t_ns <= state.t_ns), key=lambda w: (w.t_ns, w.row))
    for wreck in landed:
        status[wreck.row] = DOWN
        events.append(_wreckage(state.site, wreck, f"what was shot at as track {wreck.label} fell"))
    x = state.flying.x.copy()
    for wreck in landed:
        x[wreck.row] = (wreck.e_m, wreck.n_m, 0.0, 0.0, 0.0, 0.0)
    state = state._replace(
        battery=battery,
        flying=state.flying._replace(status=status, x=x),
        falling=tuple(w for w in falling if w.t_ns > state.t_ns),
        down=state.down + tuple(landed),
    )
    return state, events


def _wreck(state: SimState, hit: Hit) -> Wreck:
    """Where what was hit will come down, by the dice of its own stream."""
    group = state.raid.groups[int(state.fleet.group[hit.row])]
    wind = state.raid.wind_mps
    spread = stream(state.seed, "debris", state.fleet.names[hit.row]).standard_normal(
        debris.SPREADS
    )
    ground_m = float(heights(state.site.terrain, hit.x[None])[0])
    e, n, fall_s, _ = debris.impact(hit.x, ground_m, wind, group.body, spread).tolist()
    where = debris.footprint(hit.x, ground_m, wind, group.body)
    return Wreck(hit.row, hit.t_ns + round(fall_s * NS_PER_S), e, n, hit.label, where, hit.x)


def _wreckage(site: Site, wreck: Wreck, what: str) -> Event:
    """The umpire's note of where a wreck lies, and where it might have."""
    d_m = _wall_m(site, wreck.e_m, wreck.n_m)
    major, minor, angle = wreck.footprint.ellipse()
    p = debris.probability_within(wreck.footprint, site.wall.polygon)
    side = f"{-d_m:.0f} m inside the wall" if d_m <= 0.0 else f"{d_m:.0f} m outside the wall"
    return Event(
        wreck.t_ns,
        EventKind.WRECKAGE,
        f"EXERCISE: {what}, {side}",
        (wreck.label,) if wreck.label else (),
        (f"footprint 1 sigma {major:.0f} by {minor:.0f} m",),
        (
            ("e_m", wreck.e_m),
            ("n_m", wreck.n_m),
            ("sd_major_m", major),
            ("sd_minor_m", minor),
            ("angle_rad", angle),
            ("inside_walls", float(d_m <= 0.0)),
            ("p_inside_walls", p),
            ("d_wall_m", d_m),
        ),
    )
