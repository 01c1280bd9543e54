"""The site file: what a person writes of a site, and how it becomes a `types.Site`.

In: a checked document.  Out: `Site`, its `LocalFrame`, effectors (simulation only).
Does not: judge sense (see `lint`).

Units stand in the keys; angles are degrees clockwise from true north, heights above the
ground of the site's reference point unless the key says otherwise.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    Strict,
    StrictBool,
    StrictInt,
)

from bartizan.config.classifier import Confusion, matrix
from bartizan.config.feeds import FeedFile
from bartizan.config.ground.files import BaseMapFile, BuildingFile, TerrainFile
from bartizan.config.ground.place import Latitude, Longitude, Place, position
from bartizan.config.outlets import OutletFile
from bartizan.frames import LocalFrame, local_frame
from bartizan.sim.spec import Effector
from bartizan.terrain import Building, Terrain
from bartizan.terrain.sight import skyline
from bartizan.types import Area, Corridor, ObjectClass, SensorKind, Sensors, Site
from bartizan.units import RAD_PER_DEG

# Numbers are numbers (no truth values, no text), finite, and of a size whose square is too.
Finite = Annotated[float, Strict(), Field(ge=-1e6, le=1e6, allow_inf_nan=False)]
Positive = Annotated[float, Strict(), Field(gt=0, le=1e6, allow_inf_nan=False)]
NotNegative = Annotated[float, Strict(), Field(ge=0, le=1e6, allow_inf_nan=False)]
Share = Annotated[float, Strict(), Field(ge=0, le=1, allow_inf_nan=False)]
Sigma = Annotated[float, Strict(), Field(ge=1e-4, le=1e5, allow_inf_nan=False)]
Lapse = Annotated[float, Strict(), Field(ge=0.1, le=1e9, allow_inf_nan=False)]
Period = Annotated[float, Strict(), Field(ge=0.01, le=3600, allow_inf_nan=False)]
Elevation = Annotated[float, Strict(), Field(ge=-90, le=90, allow_inf_nan=False)]
Azimuth = Annotated[float, Strict(), Field(ge=-360, le=360, allow_inf_nan=False)]
Width = Annotated[float, Strict(), Field(ge=0, le=360, allow_inf_nan=False)]
Point = tuple[Finite, Finite]
# No control characters: names and sentences go to terminals and pages.
Name = Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[^\x00-\x1f\x7f-\x9f]*$")]
Sentence = Annotated[
    str, Field(min_length=1, max_length=400, pattern=r"^[^\x00-\x09\x0b-\x1f\x7f-\x9f]*$")
]
Story = Annotated[str, Field(max_length=4000, pattern=r"^[^\x00-\x09\x0b-\x1f\x7f-\x9f]*$")]
Shot = Literal["ballistic"]  # what a site can be made ready for beyond what flies
Key = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,60}$")]
ALL_ROUND: tuple[float, float] = (0.0, 360.0)


def _timely(t: datetime) -> datetime:
    if not 1970 <= t.astimezone(UTC).year < 2200:
        raise ValueError("expected a time from 1970 to 2199")
    return t


def _written(value: Any) -> Any:
    if not isinstance(value, str):  # pydantic takes a number for Unix seconds
        raise ValueError("expected a time with its offset from UTC, as 2022-01-04T05:10:00+03:00")
    return value


Moment = Annotated[AwareDatetime, BeforeValidator(_written), AfterValidator(_timely)]


class Part(BaseModel):
    """Any part of a file: no field but those named here."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Reference(Part):
    """The site's reference point; geoid_m is the geoid's height above the ellipsoid."""

    latitude_deg: Latitude
    longitude_deg: Longitude
    height_msl_m: Annotated[float, Strict(), Field(ge=-500, le=9000)]
    geoid_m: Annotated[float, Strict(), Field(ge=-120, le=100)]
    geoid_source: Sentence


class AreaFile(Part):
    """A polygon on the ground, corners as [east_m, north_m]."""

    name: Name
    corners_m: Annotated[tuple[Point, ...], Field(min_length=3, max_length=200)]


class CorridorFile(Part):
    """Where friendly or civil traffic is expected."""

    name: Name
    path_m: Annotated[tuple[Point, ...], Field(min_length=2, max_length=200)]
    half_width_m: Positive
    floor_m: Finite
    ceiling_m: Finite
    user: Name


class FlatModel(Part):
    """The same probability of detection wherever the sensor looks."""

    model: Literal["flat"]
    pd: Share


class RadarModel(Part):
    """Radar equation, Swerling 1; columns of `bartizan.sensing` for a radar."""

    model: Literal["radar_equation"]
    pd_max: Share
    snr_at_1km_0dbsm_db: Finite
    false_alarm: Annotated[float, Strict(), Field(ge=1e-30, lt=1)]
    environment_loss_db: NotNegative
    notch_mps: NotNegative
    antenna_height_m: NotNegative
    nominal_rcs_dbsm: Finite
    frequency_ghz: Annotated[float, Strict(), Field(ge=1, le=100)] | None = None


class CameraModel(Part):
    """Pixels on target and visibility."""

    model: Literal["pixels"]
    pd_max: Share
    pixel_rad: Positive
    pixels_for_half: Positive
    visibility_m: Positive
    contrast: Share
    contrast_for_half: Positive
    nominal_size_m: Positive
    contrast_night: Share | None = None


class AcousticModel(Part):
    """Level over noise."""

    model: Literal["level"]
    pd_max: Share
    noise_db: Finite
    absorption_db_per_km: NotNegative
    level_over_noise_for_half_db: Finite
    spread_db: Positive
    array_gain_db: Finite
    nominal_level_db: Finite


class LinkModel(Part):
    """Radio link: direction finder, ADS-B, Remote ID."""

    model: Literal["link"]
    pd_max: Share
    margin_at_1km_db: Finite
    path_loss_exponent: Positive
    shadowing_db: Positive
    transmissions: Positive
    antenna_height_m: NotNegative
    nominal_share: Share


Model = Annotated[
    FlatModel | RadarModel | CameraModel | AcousticModel | LinkModel, Field(discriminator="model")
]
ANTENNA = 6  # column of Sensors.pd with the antenna's height, but for these kinds:
NO_HORIZON = (SensorKind.CAMERA, SensorKind.ACOUSTIC)
_FITS = {"radar": "radar_equation", "camera": "pixels", "acoustic": "level"}


class SensorFile(Part):
    """One sensor.  A noise that is not given is not measured."""

    name: Name
    kind: Literal["radar", "camera", "acoustic", "direction_finder", "adsb", "remote_id"]
    place: Place
    period_s: Period
    range_m: tuple[NotNegative, Positive]
    azimuth_deg: tuple[Azimuth, Width] = ALL_ROUND
    elevation_deg: tuple[Elevation, Elevation]
    range_sd_m: Sigma | None = None
    azimuth_sd_deg: Sigma | None = None
    elevation_sd_deg: Sigma | None = None
    range_rate_sd_mps: Sigma | None = None
    position_sd_m: Sigma | None = None
    height_sd_m: Sigma | None = None
    velocity_sd_mps: Sigma | None = None
    clutter: NotNegative = 0.0
    clutter_range_rate_mps: NotNegative = 0.0
    detection: Model
    loses_after_s: Lapse = 120.0
    finds_after_s: Lapse = 10.0
    correlated_s: NotNegative = 0.0
    confusion: Confusion = Field(default_factory=dict)
    source: Sentence

    def fits(self) -> str:
        """Why the detection model is not of this kind of sensor, "" when it is."""
        wanted = _FITS.get(self.kind, "link")
        if self.detection.model in ("flat", wanted):
            return ""
        return f"expected model flat or {wanted} for a {self.kind}"


class TrackerFile(Part):
    """Settings of the tracker that a site has of its own; what is not given stays."""

    speed_sd_mps: Positive | None = None
    climb_sd_mps: Positive | None = None
    life_s: Positive | None = None
    coast_s: Positive | None = None
    undetected: Positive | None = None
    height_m: Positive | None = None
    show_sd_m: Positive | None = None
    show_sd_rad: NotNegative | None = None
    quiet_m2ps3: tuple[Positive, Positive] | None = None
    agile_m2ps3: tuple[Positive, Positive] | None = None
    slow_per_s: NotNegative | None = None
    arrivals: Positive | None = None
    unseen_life_s: Positive | None = None
    confirm: Annotated[float, Strict(), Field(gt=0, lt=1)] | None = None
    bearing_s: NotNegative | None = None
    ring_0_m: Positive | None = None
    late_s: Annotated[float, Strict(), Field(ge=0, le=60)] | None = None

    def given(self) -> tuple[tuple[str, float], ...]:
        """Name and value of what is given, as `track.params_with` takes them."""
        plain = self.model_dump(exclude_none=True)
        for name in ("quiet", "agile"):
            if (pair := plain.pop(f"{name}_m2ps3", None)) is not None:
                plain[f"{name}_h"], plain[f"{name}_v"] = pair
        return tuple(sorted(plain.items()))


class EffectorFile(Part):
    """A defence, in simulation only."""

    name: Name
    place: Place
    range_m: tuple[NotNegative, Positive]
    azimuth_deg: tuple[Azimuth, Width] = ALL_ROUND
    elevation_deg: tuple[Elevation, Elevation]
    reaction_s: NotNegative
    speed_mps: Positive
    p_kill: Share
    magazine: Annotated[StrictInt, Field(ge=0, le=100_000)]
    reload_s: NotNegative
    assess_s: NotNegative
    source: Sentence


class SiteFile(Part):
    """A whole site."""

    name: Key
    title: Sentence
    schematic: StrictBool
    reference: Reference
    utc_offset_h: Annotated[float, Strict(), Field(ge=-12, le=14)]
    world_m: Annotated[float, Strict(), Field(ge=100, le=1_000_000)]
    wall: AreaFile
    zones: tuple[AreaFile, ...] = ()
    people: tuple[AreaFile, ...] = ()
    corridors: tuple[CorridorFile, ...] = ()
    sensors: Annotated[tuple[SensorFile, ...], Field(min_length=1, max_length=63)]
    effectors: tuple[EffectorFile, ...] = ()
    friends: tuple[Name, ...] = ()
    tracker: TrackerFile = TrackerFile()
    feeds: tuple[FeedFile, ...] = ()
    outlets: Annotated[tuple[OutletFile, ...], Field(max_length=16)] = ()
    expects: tuple[Shot, ...] = ()
    terrain: TerrainFile | None = None
    base_map: BaseMapFile | None = None
    buildings: Annotated[tuple[BuildingFile, ...], Field(max_length=1000)] = ()
    source: Sentence | None = None


def _area(a: AreaFile) -> Area:
    return Area(a.name, np.array(a.corners_m, dtype=np.float64))


def _look(f: SensorFile) -> list[float]:
    az, el = f.azimuth_deg, f.elevation_deg
    d = RAD_PER_DEG
    return [*f.range_m, az[0] * d, az[1] * d, el[0] * d, el[1] * d]


def _noise(f: SensorFile) -> list[float]:
    def number(v: float | None, factor: float = 1.0) -> float:
        return float("nan") if v is None else v * factor

    if f.kind in ("adsb", "remote_id"):
        p, h, v = number(f.position_sd_m), number(f.height_sd_m), number(f.velocity_sd_mps)
        return [p, p, h, v, v, v]
    d, nan = RAD_PER_DEG, float("nan")
    return [
        number(f.range_sd_m), number(f.azimuth_sd_deg, d), number(f.elevation_sd_deg, d),
        number(f.range_rate_sd_mps), nan, nan,
    ]  # fmt: skip


def _detection(m: Model) -> list[float]:
    if isinstance(m, FlatModel):
        return [0.0, m.pd, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0]
    apart = {"model", "frequency_ghz", "contrast_night"}
    numbers = [v for k, v in m.model_dump().items() if k not in apart]
    return [1.0, *numbers]


def _air(m: Model) -> list[float]:
    """What weather does to a sensor (2,): frequency [Hz], contrast at night; NaN: not said."""
    ghz = m.frequency_ghz if isinstance(m, RadarModel) else None
    night = m.contrast_night if isinstance(m, CameraModel) else None
    return [float("nan") if v is None else v * k for v, k in ((ghz, 1e9), (night, 1.0))]


def _dropout(f: SensorFile) -> list[float]:
    return [1.0 / f.loses_after_s, 1.0 / f.finds_after_s]


def sensor_rows(
    f: tuple[SensorFile, ...], frame: LocalFrame, geoid_m: float, terrain: Terrain,
    buildings: tuple[Building, ...],
) -> Sensors:  # fmt: skip
    """Sensors of a file as the stages take them, a row each.

    With terrain the skyline has the horizon in it: the antenna's height over smooth ground,
    which limits radar and radio, is infinite then.
    """
    places = [position(s.place, frame, geoid_m, terrain) for s in f]
    out = Sensors(
        kind=np.array([int(SensorKind[s.kind.upper()]) for s in f], dtype=np.int64),
        pos=np.array([p for p, _ in places]),
        rot=np.array([r for _, r in places]),
        sd=np.array([_noise(s) for s in f]),
        look=np.array([_look(s) for s in f]),
        pd=np.array([_detection(s.detection) for s in f]),
        clutter=np.array([s.clutter for s in f]),
        doppler_max=np.array([s.clutter_range_rate_mps for s in f]),
        period_s=np.array([s.period_s for s in f]),
        bias=np.zeros((len(f), 3)),
        dropout=np.array([_dropout(s) for s in f]),
        air=np.array([_air(s.detection) for s in f]),
        correlated_s=np.array([s.correlated_s for s in f]),
        confusion=np.array([matrix(s.confusion) for s in f]),
    )
    if len(terrain.height_m):
        horizon = (out.pd[:, 0] != 0.0) & ~np.isin(out.kind, NO_HORIZON)
        out.pd[horizon, ANTENNA] = np.inf
    return out._replace(skyline=skyline(out.pos, out.rot, out.look[:, 1], terrain, buildings))


def _effector(e: EffectorFile, frame: LocalFrame, geoid_m: float, terrain: Terrain) -> Effector:
    d = RAD_PER_DEG
    return Effector(
        e.name, position(e.place, frame, geoid_m, terrain)[0], *e.range_m, e.azimuth_deg[0] * d,
        e.azimuth_deg[1] * d, e.elevation_deg[0] * d, e.elevation_deg[1] * d, e.reaction_s,
        e.speed_mps, e.p_kill, e.magazine, e.reload_s, e.assess_s, e.source,
    )  # fmt: skip


def _corridor(c: CorridorFile) -> Corridor:
    path = np.array(c.path_m, dtype=np.float64)
    return Corridor(c.name, path, c.half_width_m, c.floor_m, c.ceiling_m, c.user)


def expected(classes: tuple[Shot, ...]) -> tuple[int, ...]:
    """`Site.expects` of the names in a file."""
    return tuple(int(ObjectClass[c.upper()]) for c in classes)


def frame_of(f: SiteFile) -> LocalFrame:
    """The site's local frame."""
    r = f.reference
    lat, lon = r.latitude_deg * RAD_PER_DEG, r.longitude_deg * RAD_PER_DEG
    return local_frame(f.name, lat, lon, r.height_msl_m + r.geoid_m)


def reach_m(f: SiteFile, frame: LocalFrame) -> float:
    """How far [m] from the reference point ground matters: as far as what is not a receiver of
    reports looks, but not beyond the world."""
    far = [
        s.range_m[1] + float(np.hypot(*position(s.place, frame, f.reference.geoid_m)[0][:2]))
        for s in f.sensors
        if s.kind not in ("adsb", "remote_id")
    ]
    return min(max(far, default=f.world_m), f.world_m)


def build(
    f: SiteFile, terrain: Terrain = Terrain()
) -> tuple[Site, LocalFrame, tuple[Effector, ...]]:
    """The site, its frame and its effectors."""
    frame = frame_of(f)
    geoid_m = f.reference.geoid_m
    buildings = tuple(Building(b.name, np.array(b.corners_m), b.height_m) for b in f.buildings)
    site = Site(
        name=f.name,
        title=f.title,
        origin=(frame.lat_rad, frame.lon_rad, frame.hae_m),
        geoid_m=geoid_m,
        utc_offset_s=round(f.utc_offset_h * 3600),
        wall=_area(f.wall),
        zones=tuple(_area(a) for a in f.zones),
        people=tuple(_area(a) for a in f.people),
        corridors=tuple(_corridor(c) for c in f.corridors),
        sensor_names=tuple(s.name for s in f.sensors),
        sensors=sensor_rows(f.sensors, frame, geoid_m, terrain, buildings),
        world_m=f.world_m,
        schematic=f.schematic,
        friends=f.friends,
        tracker=f.tracker.given(),
        expects=expected(f.expects),
        terrain=terrain,
        buildings=buildings,
    )
    return site, frame, tuple(_effector(e, frame, geoid_m, terrain) for e in f.effectors)
