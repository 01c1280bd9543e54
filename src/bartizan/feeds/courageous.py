"""The COURAGEOUS trial log: what a counter-drone system saw, in the trials' common JSON.

In: a log file, or the outputs of a run.  Out: a `Document`, or a log file.
Does not: score; what a log says of truth it does not know.

The format is that of the COURAGEOUS project (standard test methods for counter-drone
systems, CWA 18150:2024), its published schema 0.4.1 (0.4.0 differs in words alone): at the top `version`,
`vendor_name`, `system_name`, `static_cuas_location`, `detection` (sets of records without
a track) and `tracks`; a track that was lost and found again is a new set with the same
`uas_id`.  Heights are above mean sea level, bearings in degrees clockwise from north,
times in Unix milliseconds.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bartizan.errors import SourceError
from bartizan.frames import LocalFrame, sensor_axes, wgs84_from_enu
from bartizan.types import ObjectClass, Output, Site
from bartizan.units import RAD_PER_DEG

VERSION = "0.4.1"
NEW_SET_NS = 3_000_000_000  # a track not shown for longer is a new set: assumed
UAV = (ObjectClass.MULTIROTOR, ObjectClass.FIXED_WING, ObjectClass.ONE_WAY_ATTACK)

Degrees = Annotated[float, Field(ge=-360.0, le=360.0)]
Whole = Annotated[int, Field(ge=0, lt=2**64)]


class Part(BaseModel):
    """Any part of a log; members that this version does not know are kept as they are."""

    model_config = ConfigDict(
        extra="allow", frozen=True, allow_inf_nan=False, strict=True, populate_by_name=True
    )


class Place(Part):
    """WGS84 with the height above mean sea level [m]."""

    lat: Annotated[float, Field(ge=-90.0, le=90.0)]
    lon: Annotated[float, Field(ge=-180.0, le=180.0)]
    height_amsl: float


class Located(Part):
    """Where the thing is, in one of seven ways: `$type` says in which."""

    def model_post_init(self, _: Any, /) -> None:
        """`$type` is given, whether or not the maker of this part said it."""
        self.__pydantic_fields_set__.add("kind")


class Position3d(Located, Place):
    """Where the thing is."""

    kind: Literal["Position3d"] = Field("Position3d", alias="$type")


class Position2d(Located):
    """Where the thing is over the ground."""

    kind: Literal["Position2d"] = Field("Position2d", alias="$type")
    lat: Annotated[float, Field(ge=-90.0, le=90.0)]
    lon: Annotated[float, Field(ge=-180.0, le=180.0)]


class BearingElevation(Located):
    """A direction from the system [deg]."""

    kind: Literal["BearingElevation"] = Field("BearingElevation", alias="$type")
    bearing: Degrees
    elevation: Annotated[float, Field(ge=-90.0, le=90.0)]


class BearingElevationDistance(Located):
    """A direction [deg] and distance [m] from the system."""

    kind: Literal["BearingElevationDistance"] = Field("BearingElevationDistance", alias="$type")
    bearing: Degrees
    elevation: Annotated[float, Field(ge=-90.0, le=90.0)]
    distance: Annotated[float, Field(ge=0.0)]


class Bearing(Located):
    """A direction over the ground from the system [deg]."""

    kind: Literal["Bearing"] = Field("Bearing", alias="$type")
    bearing: Degrees


class Arc(Located):
    """Between two directions from the system, clockwise [deg]."""

    kind: Literal["Arc"] = Field("Arc", alias="$type")
    from_: Degrees = Field(alias="from")
    to: Degrees


class Quad(Located):
    """In the quarter about one of the four directions."""

    kind: Literal["Quad"] = Field("Quad", alias="$type")
    quad: Literal["North", "East", "South", "West"]


Location = Annotated[
    Position3d | Position2d | BearingElevation | BearingElevationDistance | Bearing | Arc | Quad,
    Field(discriminator="kind"),
]


class Alarm(Part):
    """Whether the system alarms about it, and how sure it is."""

    active: bool
    certainty: Annotated[float, Field(ge=0.0, le=1.0)]


class Velocity(Part):
    """Velocity of the thing [m/s], east-north-up at its own place."""

    east: float
    north: float
    up: float


class Seen(Part):
    """One moment of one set of detections: where may be unknown."""

    time: Whole
    record_number: Whole
    classification: Literal["Unknown", "UAV", "GCS", "Other"]
    location: Location | None = None
    alarm: Alarm | None = None
    velocity: Velocity | None = None
    identification: str | None = None
    cuas_location: Place | None = None


class Record(Seen):
    """One moment of one track: where and the alarm are always there."""

    location: Location
    alarm: Alarm


class Set(Part):
    """Detections that belong together; without a uas_id they are of nobody in particular."""

    records: tuple[Seen, ...]
    uas_id: Whole | None = None
    name: str | None = None
    uav_home_location: Place | None = None


class Track(Set):
    """A set that is a track: it has a number."""

    records: tuple[Record, ...]
    uas_id: Whole


class Document(Part):
    """A whole log."""

    version: Annotated[str, Field(pattern=r"^0\.4\.\d+$")]
    vendor_name: str
    system_name: str
    static_cuas_location: Place
    detection: tuple[Set, ...]
    tracks: tuple[Track, ...]


def read(path: Path) -> Document:
    """The log in a file.  Raises SourceError with every mistake and where in it it stands."""
    try:
        text = path.read_text(encoding="utf-8")
        json.loads(text, object_pairs_hook=_once)
    except OSError as e:
        raise SourceError(f"{path}: {e.strerror or e}") from e
    except (ValueError, RecursionError) as e:
        raise SourceError(f"{path}: no JSON: {e}") from e
    try:
        document = Document.model_validate_json(text)
    except ValidationError as e:
        said = [_mistake(m["loc"], m["msg"]) for m in e.errors()]
        more = f" (and {len(said) - 5} more)" if len(said) > 5 else ""
        raise SourceError(f"{path}: no COURAGEOUS log: {'; '.join(said[:5])}{more}") from e
    for name, sets in (("detection", document.detection), ("tracks", document.tracks)):
        numbers = [r.record_number for s in sets for r in s.records]
        if len(set(numbers)) < len(numbers):
            raise SourceError(f"{path}: {name}: a record_number stands twice")
    return document


def _mistake(place: tuple[int | str, ...], words: str) -> str:
    """Where in the file, without the step that names a union's member; what was expected."""
    steps = [s for k, s in enumerate(place) if k == 0 or place[k - 1] != "location"]
    words = words.replace("Field required", "expected, and not there")
    return f"{'.'.join(map(str, steps))}: {words.replace('Input should be', 'expected')}"


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of JSON; a name that stands in it twice would be half lost."""
    names = [k for k, _ in pairs]
    if len(set(names)) < len(names):
        raise ValueError(f"{max(names, key=names.count)!r} stands twice in one object")
    return dict(pairs)


def plain(document: Document) -> dict[str, Any]:
    """The log as JSON has it; members that were not given are not there."""
    return document.model_dump(mode="json", by_alias=True, exclude_unset=True)


def unknown(part: Part, at: str = "") -> Iterator[str]:
    """The path of every member that this version does not know, such as tracks.0.colour."""
    yield from (f"{at}{name}" for name in part.__pydantic_extra__ or {})
    for name in type(part).model_fields:
        value = getattr(part, name)
        for k, one in enumerate(value if isinstance(value, tuple) else (value,)):
            if isinstance(one, Part):
                yield from unknown(one, f"{at}{name}.{k}." if one is not value else f"{at}{name}.")


def write(document: Document, path: Path) -> None:
    """Raises SourceError when the file cannot be written."""
    try:
        path.write_text(json.dumps(plain(document), indent=1) + "\n", encoding="utf-8")
    except OSError as e:
        raise SourceError(f"{path}: {e.strerror or e}") from e


class Log:
    """Collects the outputs of a run and makes a log of them."""

    def __init__(self, site: Site, frame: LocalFrame, version: str) -> None:
        self._site, self._frame, self._system = site, frame, f"bartizan {version}"
        self._sets: list[tuple[int, list[Record]]] = []
        self._open: dict[int, tuple[int, int]] = {}  # label: its set, when last written
        self._number = 0

    def see(self, output: Output) -> None:
        """One step's tracks, as they are shown."""
        picture, tracks = output.picture, output.tracks
        alarmed = {k for a in output.watch.alarms for k in a.labels}
        for i, label in enumerate(tracks.label.tolist()):
            at, last_ns = self._open.get(label, (-1, 0))
            if at < 0 or output.t_ns - last_ns > NEW_SET_NS:
                at = len(self._sets)
                self._sets.append((label, []))
            self._open[label] = (at, output.t_ns)
            x = tracks.x[i]
            east, north, up = self._velocity(x)
            record = Record(
                time=output.t_ns // 1_000_000, record_number=self._number,
                classification=_class(int(picture.cls[i])), location=self._place(x[:3]),
                alarm=Alarm(active=label in alarmed, certainty=float(tracks.existence[i])),
                velocity=Velocity(east=east, north=north, up=up),
            )  # fmt: skip
            self._number += 1
            self._sets[at][1].append(record)

    def _place(self, enu: Any) -> Position3d:
        lat, lon, hae = wgs84_from_enu(self._frame, np.asarray(enu))
        return Position3d.model_validate({
            "$type": "Position3d", "lat": float(lat) / RAD_PER_DEG,
            "lon": float(lon) / RAD_PER_DEG, "height_amsl": float(hae) - self._site.geoid_m,
        })  # fmt: skip

    def _velocity(self, x: Any) -> tuple[float, float, float]:
        """In the axes at the track's own place, which tilt by 1.6 mrad in 10 km."""
        lat, lon, _ = wgs84_from_enu(self._frame, np.asarray(x[:3]))
        east, north, up = sensor_axes(self._frame, float(lat), float(lon)) @ x[3:]
        return float(east), float(north), float(up)

    def document(self) -> Document:
        """The log of what was seen so far."""
        lat, lon, hae = self._site.origin
        here = Place(
            lat=lat / RAD_PER_DEG, lon=lon / RAD_PER_DEG, height_amsl=hae - self._site.geoid_m
        )
        return Document(
            version=VERSION, vendor_name="bartizan", system_name=self._system,
            static_cuas_location=here, detection=(),
            tracks=tuple(
                Track(uas_id=label, name=f"track {label}", records=tuple(records))
                for label, records in self._sets
            ),
        )  # fmt: skip


def _class(cls: int) -> Literal["Unknown", "UAV", "Other"]:
    if cls == ObjectClass.UNKNOWN:
        return "Unknown"
    return "UAV" if cls in UAV else "Other"
