"""A small site and raid built by hand: what the simulation's tests play."""

from __future__ import annotations

import numpy as np

from bartizan import sim
from bartizan.sim import SimState
from bartizan.sim.spec import Body, Effector, Group, Raid, Signature
from bartizan.sim.truth import FLYING
from bartizan.types import (
    Alarm,
    Area,
    Event,
    Identity,
    Level,
    ObjectClass,
    Picture,
    Posture,
    Scan,
    SensorKind,
    Sensors,
    Site,
    Threats,
    Tracks,
    Watch,
)

T0_NS = 1_641_254_400_000_000_000  # 2022-01-04T00:00:00Z
NAN = np.nan
ALL_ROUND = 2.0 * np.pi
WALL = np.array([[-1500.0, -800.0], [1500.0, -800.0], [1500.0, 800.0], [-1500.0, 800.0]])

RADAR = [1, 0.95, 92.0, 1e-6, 20.0, 3.0, 10.0, -10.0]
CAMERA = [1, 0.95, 1e-4, 2.0, 15_000.0, 0.3, 0.03, 2.0]
ACOUSTIC = [1, 0.9, 40.0, 5.0, 6.0, 4.0, 10.0, 100.0]
FINDER = [1, 0.95, 10.0, 2.2, 6.0, 3.0, 10.0, 0.4]
ADSB = [1, 0.98, 45.0, 2.0, 3.0, 2.0, 10.0, 0.02]
REMOTE_ID = [1, 0.95, 15.0, 2.5, 6.0, 1.0, 10.0, 0.02]


def sensors(clutter: float = 10.0) -> Sensors:
    """One 3-D radar, two cameras, acoustic array, direction finder, ADS-B and Remote ID."""
    kind = [SensorKind.RADAR, SensorKind.CAMERA, SensorKind.CAMERA, SensorKind.ACOUSTIC]
    kind += [SensorKind.DIRECTION_FINDER, SensorKind.ADSB, SensorKind.REMOTE_ID]
    s = len(kind)
    sd = [
        [8.0, 0.009, 0.009, 0.5, NAN, NAN],
        [NAN, 0.001, 0.001, NAN, NAN, NAN],
        [NAN, 0.001, 0.001, NAN, NAN, NAN],
        [NAN, 0.05, 0.05, NAN, NAN, NAN],
        [NAN, 0.04, NAN, NAN, NAN, NAN],
        [10.0, 10.0, 15.0, 1.0, 1.0, 1.0],
        [5.0, 5.0, 10.0, 0.5, 0.5, 0.5],
    ]
    look = [
        [100.0, 20_000.0, 0.0, ALL_ROUND, -0.05, 0.8],
        [50.0, 8_000.0, 5.5, 1.6, -0.05, 0.8],
        [50.0, 8_000.0, 0.8, 1.6, -0.05, 0.8],
        [0.0, 5_000.0, 0.0, ALL_ROUND, -0.05, 1.5],
        [0.0, 20_000.0, 0.0, ALL_ROUND, -0.2, 1.5],
        [0.0, 200_000.0, 0.0, ALL_ROUND, -0.2, 1.6],
        [0.0, 20_000.0, 0.0, ALL_ROUND, -0.2, 1.6],
    ]
    return Sensors(
        kind=np.array(kind, dtype=np.int64),
        pos=np.tile([0.0, 0.0, 10.0], (s, 1)),
        rot=np.tile(np.eye(3), (s, 1, 1)),
        sd=np.array(sd),
        look=np.array(look),
        pd=np.array([RADAR, CAMERA, CAMERA, ACOUSTIC, FINDER, ADSB, REMOTE_ID], dtype=np.float64),
        clutter=np.array([clutter, 0.1, 0.1, 0.1, 0.05, 0.0, 0.0]),
        doppler_max=np.array([60.0, 0, 0, 0, 0, 0, 0]),
        period_s=np.array([1.0, 0.5, 0.5, 1.0, 1.0, 1.0, 1.0]),
        bias=np.zeros((s, 3)),
    )


def site(clutter: float = 10.0, people: tuple[Area, ...] = ()) -> Site:
    """A wall of 3 by 1.6 km with the sensors in the middle."""
    own = sensors(clutter)
    return Site(
        name="test",
        title="the test site",
        origin=(0.59, 0.74, 180.0),
        geoid_m=0.0,
        utc_offset_s=0,
        wall=Area("wall", WALL),
        zones=(),
        people=people,
        corridors=(),
        sensor_names=tuple(f"s{i}" for i in range(own.kind.size)),
        sensors=own,
        world_m=60_000.0,
        schematic=True,
    )


def group(name: str, cls: ObjectClass, **other: object) -> Group:
    """A group with plain figures; anything can be set by keyword."""
    fields: dict[str, object] = {
        "count": 1,
        "start_s": 0.0,
        "route": np.array([[12_000.0, 3_000.0, 150.0], [0.0, 0.0, 0.0]]),
        "speed_mps": 47.0,
        "speed_sd_mps": 1.0,
        "spread_m": 100.0,
        "wander_mps2": 0.0,
        "hostile": False,
        "cooperative": "",
        "identity": "",
        "lands": False,
        "signature": Signature(-10.0, 2.5, 110.0, False, False),
        "body": Body(40.0, 1.0, 0.8),
    }
    fields.update(other)
    return Group(name=name, cls=cls, **fields)  # type: ignore[arg-type]


def attackers(count: int = 2, **other: object) -> Group:
    """One-way attack drones that fly straight to the middle of the site."""
    return group("attackers", ObjectClass.ONE_WAY_ATTACK, count=count, hostile=True, **other)


def birds(count: int = 8, **other: object) -> Group:
    """Birds that loiter 4 km north of the site."""
    route = np.array([[0.0, 4_000.0, 120.0], [2_000.0, 5_000.0, 150.0], [0.0, 6_000.0, 100.0]])
    own: dict[str, object] = {
        "route": route,
        "speed_mps": 13.0,
        "wander_mps2": 1.5,
        "signature": Signature(-25.0, 0.8, 30.0, False, False),
        "body": Body(1.0, 0.1, 0.8),
    }
    return group("birds", ObjectClass.BIRD, count=count, **(own | other))


def friend() -> Group:
    """A friendly multirotor that comes home and lands, with Remote ID."""
    return group(
        "friend",
        ObjectClass.MULTIROTOR,
        route=np.array([[-4_000.0, -1_000.0, 90.0], [-800.0, -200.0, 60.0], [-500.0, 0.0, 0.0]]),
        speed_mps=14.0,
        spread_m=0.0,
        lands=True,
        cooperative="remote_id",
        identity="FRIEND-1",
        signature=Signature(-15.0, 0.8, 85.0, True, True),
    )


def airliner() -> Group:
    """An airliner with ADS-B at cruise."""
    return group(
        "airliner",
        ObjectClass.AIRLINER,
        route=np.array([[-40_000.0, 20_000.0, 10_500.0], [40_000.0, 22_000.0, 10_500.0]]),
        speed_mps=230.0,
        spread_m=0.0,
        cooperative="adsb",
        identity="TST123",
        signature=Signature(20.0, 40.0, 140.0, False, False),
    )


def raid(*groups: Group, wind: tuple[float, float] = (3.0, 1.0), duration_s: float = 300.0) -> Raid:
    """A raid of the given groups; all five kinds when none is given."""
    return Raid(
        name="test",
        title="test raid",
        site="test",
        t0_ns=T0_NS,
        duration_s=duration_s,
        groups=groups or (attackers(), birds(), friend(), airliner()),
        wind_mps=np.array([*wind, 0.0]),
        warhead_m=50.0,
        story="",
        source="made for a test",
    )


def effector(**other: object) -> Effector:
    """A gun or missile with a 4 km zone all round."""
    fields: dict[str, object] = {
        "name": "north battery",
        "pos": np.array([0.0, 0.0, 5.0]),
        "range_min_m": 300.0,
        "range_max_m": 4_000.0,
        "az_from_rad": 0.0,
        "az_width_rad": ALL_ROUND,
        "el_from_rad": -0.1,
        "el_to_rad": 1.4,
        "reaction_s": 4.0,
        "speed_mps": 500.0,
        "p_kill": 0.8,
        "magazine": 8,
        "reload_s": 3.0,
        "assess_s": 3.0,
        "source": "assumed for a test",
    }
    fields.update(other)
    return Effector(**fields)  # type: ignore[arg-type]


def seen(
    state: SimState, identity: Identity = Identity.UNKNOWN, sd_m: float = 5.0
) -> tuple[Picture, Threats, Watch]:
    """A picture made from the truth: track i + 1 is row i of the fleet, all attackers alarmed."""
    rows = np.flatnonzero((state.flying.status == FLYING) & state.fleet.hostile)
    n, t_ns = rows.size, state.t_ns
    at = np.full(n, t_ns, dtype=np.int64)
    zero = np.zeros(n, dtype=np.int64)
    P = np.tile(np.diag([sd_m**2] * 3 + [1.0] * 3), (n, 1, 1))
    x = state.flying.x[rows]
    tracks = Tracks(t_ns, rows + 1, np.ones(n), x, P, np.ones((n, 1)), at, at, zero, zero, zero)
    why = ((),) * n
    picture = Picture(
        t_ns,
        tracks,
        np.zeros((n, 10)),
        zero,
        np.full(n, int(identity), dtype=np.int64),
        ("",) * n,
        zero - 1,
        np.zeros(n, dtype=bool),
        at,
        at,
        why,
    )
    far = np.hypot(x[:, 0], x[:, 1])
    wall = np.maximum(far - 1500.0, 0.0) / 47.0
    threats = Threats(
        t_ns, rows + 1, np.ones(n), wall, wall * 0.1, np.ones(n), wall, far, far, zero, zero + 1,
        np.ones(n, dtype=bool), why,
    )  # fmt: skip
    labels = tuple(int(r) + 1 for r in rows)
    alarm = Alarm(1, 1, t_ns, t_ns + 10**12, labels, "drones", "east", "take cover", 60.0)
    posture = Posture(Level.RED, t_ns, t_ns + 10**12, "watch", "alarm", "")
    return picture, threats, Watch(t_ns, posture, (alarm,) if n else (), ())


def play(
    state: SimState, seconds: float, shoot: bool = True, identity: Identity = Identity.UNKNOWN
) -> tuple[SimState, list[Scan], list[Event]]:
    """The raid for so many seconds, with a perfect picture and one decision a second."""
    scans: list[Scan] = []
    events: list[Event] = []
    for _ in range(round(seconds)):
        state, looked, umpire = sim.step(state, 1.0)
        scans += looked
        events += umpire
        if shoot:
            state, shots = sim.engage(state, *seen(state, identity))
            events += shots
    return state, scans, events
