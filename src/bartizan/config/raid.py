"""The raid file: who comes to a site, what else flies, and the wind.

In: a checked document.  Out: `sim.spec.Raid`.  Does not: judge sense (see `lint`).
"""

from __future__ import annotations

import math
from typing import Annotated, Literal

import numpy as np
from pydantic import Field, Strict, StrictBool, StrictInt

from bartizan.config.classifier import ClassName
from bartizan.config.site import (
    Finite,
    Key,
    Moment,
    Name,
    NotNegative,
    Part,
    Positive,
    Sentence,
    Shot,
    Story,
)
from bartizan.sim.spec import Body, Formation, Group, Loiter, Nuisances, Raid, Signature, Weather
from bartizan.types import F64, ObjectClass, Site
from bartizan.units import RAD_PER_DEG, ns_from_iso

# A built-in corpus, or a file in the same folder.
Corpus = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,80}$")]


class SignatureFile(Part):
    """How it shows to sensors."""

    rcs_dbsm: Annotated[float, Strict(), Field(ge=-120, le=60)]
    size_m: Positive
    level_db: Annotated[float, Strict(), Field(ge=0, le=200)]
    emits: StrictBool
    rotor: StrictBool


class BodyFile(Part):
    """What falls when it is shot down."""

    mass_kg: Positive
    area_m2: Positive
    cd: Positive


class FormationFile(Part):
    """A shape that members keep until the end of the route, where they converge."""

    shape: Literal["line", "column", "wedge", "grid"]
    gap_m: Positive


class LoiterFile(Part):
    """A wait at a waypoint."""

    at: Annotated[StrictInt, Field(ge=0, le=999)]
    seconds: Annotated[float, Strict(), Field(gt=0, le=86_400)]
    radius_m: NotNegative


class GroupFile(Part):
    """Things of one kind that move together."""

    name: Name
    cls: ClassName
    count: Annotated[StrictInt, Field(ge=1, le=2000)]
    start_s: NotNegative = 0.0
    route_m: Annotated[
        tuple[tuple[Finite, Finite, Finite], ...], Field(min_length=2, max_length=1000)
    ]
    speed_mps: Positive
    speed_sd_mps: NotNegative = 0.0
    spread_m: NotNegative = 0.0
    wander_mps2: NotNegative = 0.0
    hostile: StrictBool
    cooperative: Literal["", "adsb", "remote_id"] = ""
    identity: Annotated[str, Field(max_length=40, pattern=r"^[ -~]*$")] = ""
    lands: StrictBool = False
    signature: SignatureFile
    body: BodyFile
    high: StrictBool = False
    interval_s: NotNegative = 0.0
    decoy: StrictBool = False
    formation: FormationFile | None = None
    arrive_s: Positive | None = None
    loiter: tuple[LoiterFile, ...] = ()
    follows_ground: StrictBool = False
    airspeed: StrictBool = False
    source: Sentence


class WindFile(Part):
    """The wind: where it blows from."""

    speed_mps: NotNegative
    from_deg: Annotated[float, Strict(), Field(ge=0, le=360)]


class WeatherFile(Part):
    """The weather beside the wind; night follows from place and time."""

    rain_mmph: Annotated[float, Strict(), Field(ge=0, le=300)] = 0.0
    visibility_m: Positive | None = None


class RaidFile(Part):
    """A whole raid."""

    name: Key
    title: Sentence
    site: Name
    start: Moment
    duration_s: Annotated[float, Strict(), Field(ge=1, le=86_400)]
    wind: WindFile
    hurt_radius_m: NotNegative
    expects: tuple[Shot, ...] = ()
    groups: Annotated[tuple[GroupFile, ...], Field(min_length=1, max_length=500)]
    story: Story
    source: Sentence
    weather: WeatherFile = WeatherFile()
    nuisances: Annotated[tuple[Corpus, ...], Field(max_length=20)] = ()


def group(f: GroupFile) -> Group:
    """A group as the simulator flies it."""
    s, b = f.signature, f.body
    return Group(
        f.name, ObjectClass[f.cls.upper()], f.count, f.start_s,
        np.array(f.route_m, dtype=np.float64), f.speed_mps, f.speed_sd_mps, f.spread_m,
        f.wander_mps2, f.hostile, f.cooperative, f.identity, f.lands,
        Signature(s.rcs_dbsm, s.size_m, s.level_db, s.emits, s.rotor),
        Body(b.mass_kg, b.area_m2, b.cd), f.high, f.interval_s, f.decoy,
        None if f.formation is None else Formation(f.formation.shape, f.formation.gap_m),
        math.nan if f.arrive_s is None else f.arrive_s,
        tuple(Loiter(w.at, w.seconds, w.radius_m) for w in f.loiter), f.follows_ground, f.airspeed,
    )  # fmt: skip


def wind_mps(f: WindFile) -> F64:
    """The velocity (3,) [m/s] ENU of the air."""
    toward = f.from_deg * RAD_PER_DEG + np.pi
    out: F64 = np.array([np.sin(toward), np.cos(toward), 0.0]) * f.speed_mps
    return out


def weather(f: WeatherFile) -> Weather:
    """The weather as the simulator has it."""
    return Weather(f.rain_mmph, math.inf if f.visibility_m is None else f.visibility_m)


def build(f: RaidFile, site: Site, nuisances: tuple[Nuisances, ...] = ()) -> Raid:
    """The raid as the simulator plays it at `site`, with the corpora that it names."""
    t0_ns = ns_from_iso(f.start.isoformat())
    return Raid(
        f.name, f.title, site.name, t0_ns, f.duration_s, tuple(group(g) for g in f.groups),
        wind_mps(f.wind), f.hurt_radius_m, f.story, f.source, nuisances, weather(f.weather),
    )  # fmt: skip
