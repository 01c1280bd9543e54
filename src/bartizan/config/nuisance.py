"""The nuisance file: what is no attack and may be taken for one, as a corpus with a name.

In: a checked document.  Out: `sim.spec.Nuisances`.  Does not: judge sense (see `lint`).
"""

from __future__ import annotations

import math
from typing import Annotated, Literal

import numpy as np
from pydantic import Field, Strict, StrictBool, StrictInt

from bartizan.config.classifier import ClassName
from bartizan.config.raid import (
    BodyFile,
    SignatureFile,
    WeatherFile,
    WindFile,
    weather,
    wind_mps,
)
from bartizan.config.site import (
    Finite,
    Key,
    Name,
    NotNegative,
    Part,
    Point,
    Positive,
    Sentence,
    Share,
)
from bartizan.sim.spec import (
    Body,
    Echo,
    Fault,
    Group,
    Nuisances,
    Reflector,
    Signature,
    Traffic,
)
from bartizan.types import ObjectClass
from bartizan.units import RAD_PER_DEG

Span = tuple[Finite, Finite]
Members = Annotated[StrictInt, Field(ge=1, le=500)]
KindName = Literal["radar", "camera", "acoustic", "direction_finder", "adsb", "remote_id"]


class TrafficFile(Part):
    """Flocks and flights that come at random."""

    name: Name
    cls: ClassName
    per_hour: Annotated[float, Strict(), Field(ge=0, le=3600)] = 0.0
    present: Annotated[StrictInt, Field(ge=0, le=500)] = 0
    flock: tuple[Members, Members] = (1, 1)
    from_deg: Span | None = None
    pass_m: NotNegative
    height_m: tuple[Positive, Positive]
    reach_m: Positive = 15_000.0
    roams_m: NotNegative = 0.0
    stays_s: Positive | None = None
    drifts: StrictBool = False
    speed_mps: Positive
    speed_sd_mps: NotNegative = 0.0
    spread_m: NotNegative = 0.0
    wander_mps2: NotNegative = 0.0
    airspeed: StrictBool = False
    cooperative: Literal["", "adsb", "remote_id"] = ""
    identity: Annotated[str, Field(max_length=40, pattern=r"^[ -~]*$")] = ""
    equipped: Share = 1.0
    signature: SignatureFile
    body: BodyFile
    source: Sentence


class EchoFile(Part):
    """False echoes that radars get of places."""

    name: Name
    places_m: Annotated[tuple[Point, ...], Field(min_length=1, max_length=500)]
    radius_m: NotNegative
    height_m: tuple[NotNegative, NotNegative]
    per_look: Annotated[float, Strict(), Field(gt=0, le=50)]
    rcs_dbsm: Annotated[float, Strict(), Field(ge=-60, le=60)]
    doppler_mps: Span
    drifts: StrictBool = False
    source: Sentence


class ReflectorFile(Part):
    """An upright wall in which radars see mirror images."""

    name: Name
    from_m: Point
    to_m: Point
    height_m: Positive
    loss_db: NotNegative
    source: Sentence


class FaultFile(Part):
    """What goes wrong between a kind of sensor and us."""

    name: Name
    kind: Literal["outage", "late", "repeated"]
    sensors: Annotated[tuple[KindName, ...], Field(min_length=1, max_length=6)]
    per_hour: NotNegative | None = None
    for_s: Positive = 60.0
    share: Share = 1.0
    delay_s: NotNegative = 0.0
    source: Sentence


class NuisanceFile(Part):
    """A whole corpus."""

    name: Key
    title: Sentence
    hour: Annotated[float, Strict(), Field(ge=0, lt=24)] = 12.0
    friends: tuple[Name, ...] = ()
    wind: WindFile | None = None
    weather: WeatherFile | None = None
    traffic: Annotated[tuple[TrafficFile, ...], Field(max_length=50)] = ()
    echoes: Annotated[tuple[EchoFile, ...], Field(max_length=50)] = ()
    reflectors: Annotated[tuple[ReflectorFile, ...], Field(max_length=50)] = ()
    faults: Annotated[tuple[FaultFile, ...], Field(max_length=50)] = ()
    source: Sentence


def _traffic(f: TrafficFile) -> Traffic:
    s, b = f.signature, f.body
    group = Group(
        f.name, ObjectClass[f.cls.upper()], 1, 0.0, np.zeros((2, 3)), f.speed_mps, f.speed_sd_mps,
        f.spread_m, f.wander_mps2, False, f.cooperative, f.identity, False,
        Signature(s.rcs_dbsm, s.size_m, s.level_db, s.emits, s.rotor),
        Body(b.mass_kg, b.area_m2, b.cd), airspeed=f.airspeed,
    )  # fmt: skip
    mean, sd = (0.0, math.inf) if f.from_deg is None else f.from_deg
    return Traffic(
        group, f.per_hour, f.flock, f.present, mean * RAD_PER_DEG, sd * RAD_PER_DEG, f.pass_m,
        f.height_m, f.reach_m, f.roams_m, f.drifts, f.equipped,
        math.inf if f.stays_s is None else f.stays_s,
    )  # fmt: skip


def _echo(f: EchoFile) -> Echo:
    places = np.array(f.places_m, dtype=np.float64)
    return Echo(
        f.name, places, f.radius_m, f.height_m, f.per_look, f.rcs_dbsm, f.doppler_mps, f.drifts
    )


def _fault(f: FaultFile) -> Fault:
    often = math.inf if f.per_hour is None else f.per_hour
    return Fault(f.name, f.kind, f.sensors, often, f.for_s, f.share, f.delay_s)


def build(f: NuisanceFile) -> Nuisances:
    """The corpus as the simulator plays it."""
    walls = tuple(
        Reflector(r.name, np.array(r.from_m), np.array(r.to_m), r.height_m, r.loss_db)
        for r in f.reflectors
    )
    return Nuisances(
        f.name, f.title, tuple(_traffic(t) for t in f.traffic), tuple(_echo(e) for e in f.echoes),
        walls, tuple(_fault(x) for x in f.faults),
        None if f.weather is None else weather(f.weather),
        None if f.wind is None else wind_mps(f.wind), f.hour, f.friends,
    )  # fmt: skip
