"""What a simulated raid is made of, as its file says it.

In: nothing.  Out: plain tuples that `config` fills from YAML and `sim` plays.
Does not: hold truth (that is `sim.truth`) or anything that a live site could use.
"""

from __future__ import annotations

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


class Raid(NamedTuple):
    """A simulated night: who comes, what else flies, the wind, and where it is from.

    t0_ns start in UTC   wind_mps (3,) ENU velocity of the air   warhead_m radius around
    a wreck within which people would be hurt (assumed where the file says so)
    story: what really happened, in our own words   source: where that is from
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
