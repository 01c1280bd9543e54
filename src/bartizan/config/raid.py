"""The raid file: who comes to a site, what else flies, and the wind.

In: a checked document.  Out: `sim.spec.Raid`.  Does not: judge sense (see `lint`).
"""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from pydantic import Field, Strict, StrictBool, StrictInt

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
from bartizan.sim.spec import Body, Group, Raid, Signature
from bartizan.types import ObjectClass, Site
from bartizan.units import RAD_PER_DEG, ns_from_iso

ClassName = Literal[
    "multirotor", "fixed_wing", "one_way_attack", "bird", "light_aircraft", "helicopter",
    "airliner", "ballistic", "balloon",
]  # fmt: skip


class SignatureFile(Part):
    """How it shows to sensors."""

    rcs_dbsm: Annotated[float, Strict(), Field(ge=-60, le=60)]
    size_m: Positive
    level_db: Annotated[float, Strict(), Field(ge=0, le=200)]
    emits: StrictBool
    rotor: StrictBool


class BodyFile(Part):
    """What falls when it is shot down."""

    mass_kg: Positive
    area_m2: Positive
    cd: Positive


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
    source: Sentence


class WindFile(Part):
    """The wind: where it blows from."""

    speed_mps: NotNegative
    from_deg: Annotated[float, Strict(), Field(ge=0, le=360)]


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


def _group(f: GroupFile) -> Group:
    s, b = f.signature, f.body
    return Group(
        f.name, ObjectClass[f.cls.upper()], f.count, f.start_s,
        np.array(f.route_m, dtype=np.float64), f.speed_mps, f.speed_sd_mps, f.spread_m,
        f.wander_mps2, f.hostile, f.cooperative, f.identity, f.lands,
        Signature(s.rcs_dbsm, s.size_m, s.level_db, s.emits, s.rotor),
        Body(b.mass_kg, b.area_m2, b.cd), f.high, f.interval_s,
    )  # fmt: skip


def build(f: RaidFile, site: Site) -> Raid:
    """The raid as the simulator plays it at `site`."""
    toward = f.wind.from_deg * RAD_PER_DEG + np.pi
    wind = np.array([np.sin(toward), np.cos(toward), 0.0]) * f.wind.speed_mps
    t0_ns = ns_from_iso(f.start.isoformat())
    return Raid(
        f.name, f.title, site.name, t0_ns, f.duration_s, tuple(_group(g) for g in f.groups),
        wind, f.hurt_radius_m, f.story, f.source,
    )  # fmt: skip
