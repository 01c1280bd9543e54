"""What a simulated raid is made of, as its file says it.

In: nothing.  Out: plain tuples that `config` fills from YAML and `sim` plays.
Does not: hold truth (that is `sim.truth`) or anything that a live site could use.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from bartizan.types import F64, ObjectClass


class Effector(NamedTuple):
    """A defence as open literature abstracts it; exists in simulation only.

    pos (3,) [m] ENU   zone: range_min_m..range_max_m, azimuth from/width and elevation
    from/to [rad]   reaction_s order to shot   speed_mps mean speed of the shot
    p_kill single-shot probability   magazine shots in all   reload_s between shots
    assess_s time to see whether it hit   source: where the numbers come from
    """

    name: str
    pos: F64
    range_min_m: float
    range_max_m: float
    az_from_rad: float
    az_width_rad: float
    el_from_rad: float
    el_to_rad: float
    reaction_s: float
    speed_mps: float
    p_kill: float
    magazine: int
    reload_s: float
    assess_s: float
    source: str


class Policy(NamedTuple):
    """How effectors choose, in simulation only.

    assignment: "greedy" takes the most urgent track first, by the effector that meets it
    soonest; "optimal" assigns all free effectors at once (see `assignment`)
    salvo: shots at a track before its assessment; 1 is shoot-look-shoot
    """

    assignment: str = "greedy"
    salvo: int = 1


class Signature(NamedTuple):
    """How a thing shows to sensors.

    rcs_dbsm mean radar cross-section   size_m visible extent   level_db sound pressure
    level at 1 m   emits: it has a radio link   rotor: blades that micro-Doppler shows
    """

    rcs_dbsm: float
    size_m: float
    level_db: float
    emits: bool
    rotor: bool


class Body(NamedTuple):
    """What falls when it is shot down: mass, drag area, drag coefficient."""

    mass_kg: float
    area_m2: float
    cd: float


class Formation(NamedTuple):
    """A shape that members keep: "line" abreast, "column", "wedge" or "grid", gap_m apart."""

    shape: str
    gap_m: float


class Loiter(NamedTuple):
    """A wait at waypoint number `at` of a route: circles of radius_m, hovering with 0."""

    at: int
    seconds: float
    radius_m: float


class Group(NamedTuple):
    """Things of one kind that move together.

    route (k, 3) [m] ENU waypoints, the last is where it goes   start_s after the raid's
    start   speed_mps with speed_sd_mps between members   spread_m lateral 1-sigma
    between members   wander_mps2 random horizontal acceleration (birds)
    hostile: an attacker   cooperative "adsb", "remote_id" or ""   identity: its text
    lands: it stops at the end of its route instead of flying on or circling
    BALLISTIC: shot from the route's first point with speed_mps so that it would fall, in
    still air, on its last, spread_m about it; high: by the higher arc   interval_s
    between the starts of its members
    decoy: an attacker that does no harm   formation: the members' shape   arrive_s: every
    member ends its route so long after the raid's start (time on target), NaN: start_s holds
    loiter: waits on the way   follows_ground: the route's heights are over the terrain under
    it   airspeed: speed_mps is through the air, the wind is added   leaves: gone at its end
    """

    name: str
    cls: ObjectClass
    count: int  # type: ignore[assignment]  # hides tuple.count, which nobody asks
    start_s: float
    route: F64
    speed_mps: float
    speed_sd_mps: float
    spread_m: float
    wander_mps2: float
    hostile: bool
    cooperative: str
    identity: str
    lands: bool
    signature: Signature
    body: Body
    high: bool = False
    interval_s: float = 0.0
    decoy: bool = False
    formation: Formation | None = None
    arrive_s: float = math.nan
    loiter: tuple[Loiter, ...] = ()
    follows_ground: bool = False
    airspeed: bool = False
    leaves: bool = False


class Traffic(NamedTuple):
    """Flocks and flights that come at random: how often, from where, how high.

    group: what each arrival is, but its count, start, identity's number and route
    per_hour: a Poisson process   flock (from, to) members of one, log-uniform   present: how
    many are there at the start   from_rad, from_sd_rad: where they come from, inf: anywhere
    pass_m: they pass the reference point within this, uniform   height_m (from, to), log-uniform
    reach_m: so far out they begin and end   roams_m: they stay about one place within
    pass_m instead, so wide, for stays_s; 0: they cross   drifts: they go where the wind goes
    equipped: share that reports as the group does, the others not at all
    """

    group: Group
    per_hour: float
    flock: tuple[int, int]
    present: int
    from_rad: float
    from_sd_rad: float
    pass_m: float
    height_m: tuple[float, float]
    reach_m: float
    roams_m: float
    drifts: bool
    equipped: float
    stays_s: float = math.inf


class Echo(NamedTuple):
    """False echoes that radars get of places: turbines, rain cells, traffic on a road.

    places (k, 2) [m] ENU   radius_m of each   height_m (from, to)   per_look mean echoes of
    each place in one look, before the radar's own probability of detection   rcs_dbsm mean
    doppler_mps (from, to) radial speed, uniform   drifts: places and echoes go with the wind
    """

    name: str
    places: F64
    radius_m: float
    height_m: tuple[float, float]
    per_look: float
    rcs_dbsm: float
    doppler_mps: tuple[float, float]
    drifts: bool


class Reflector(NamedTuple):
    """An upright wall in which radars see mirror images.

    start, end (2,) [m] ENU   height_m over the reference point's ground   loss_db of both
    reflections, out and back
    """

    name: str
    start: F64
    end: F64
    height_m: float
    loss_db: float


class Fault(NamedTuple):
    """What goes wrong between a sensor and us.

    kind "outage" (no scans), "late" or "repeated"   sensors: their kinds, in lower case
    per_hour spells a sensor, for_s each, exponential; inf: all the time   share of the scans
    in a spell that it strikes   delay_s mean delay of those, exponential
    """

    name: str
    kind: str
    sensors: tuple[str, ...]
    per_hour: float
    for_s: float
    share: float
    delay_s: float


class Weather(NamedTuple):
    """The weather beside the wind: rain, and how far one sees (inf: as the cameras' files say)."""

    rain_mmph: float = 0.0
    visibility_m: float = math.inf


class Nuisances(NamedTuple):
    """A corpus of what is no attack and may be taken for one.

    hour: the local time of day that it is measured at   friends: identities in it that the
    site knows as friendly   weather, wind_mps (3,): it brings them along, None: the raid's own
    """

    name: str
    title: str
    traffic: tuple[Traffic, ...]
    echoes: tuple[Echo, ...]
    reflectors: tuple[Reflector, ...]
    faults: tuple[Fault, ...]
    weather: Weather | None
    wind_mps: F64 | None
    hour: float = 12.0
    friends: tuple[str, ...] = ()


class Raid(NamedTuple):
    """A simulated night: who comes, what else flies, the wind, and where it is from.

    t0_ns start in UTC   wind_mps (3,) ENU velocity of the air   warhead_m radius around
    a wreck within which people would be hurt (assumed where the file says so)
    story: what really happened, in our own words   source: where that is from
    nuisances: what else troubles the sensors   weather: beside the wind
    """

    name: str
    title: str
    site: str
    t0_ns: int
    duration_s: float
    groups: tuple[Group, ...]
    wind_mps: F64
    warhead_m: float
    story: str
    source: str
    nuisances: tuple[Nuisances, ...] = ()
    weather: Weather = Weather()
