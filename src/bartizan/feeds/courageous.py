"""The COURAGEOUS trial log: what a counter-drone system saw, in the trials' common JSON.

In: a log file, or the outputs of a run.  Out: a `Document`, or a log file.
Does not: score; what a log says of truth it does not know.

The format is that of the COURAGEOUS project (standard test methods for counter-drone
systems, CWA 18150:2024), its repository's version 0.4.1: at the top `version`,
`vendor_name`, `system_name`, `static_cuas_location`, `detection` (sets of records without
a track) and `tracks`; a track that was lost and found again is a new set with the same
`uas_id`.  Heights are above mean sea level, bearings in degrees clockwise from north,
times in Unix milliseconds.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bartizan.errors import SourceError
from bartizan.frames import LocalFrame, wgs84_from_enu
from bartizan.types import ObjectClass, Output, Site
from bartizan.units import RAD_PER_DEG

VERSION = "0.4.1"
NEW_SET_NS = 3_000_000_000  # a track not shown for longer is a new set: assumed
UAV = (ObjectClass.MULTIROTOR, ObjectClass.FIXED_WING, ObjectClass.ONE_WAY_ATTACK)

Degrees = Annotated[float, Field(ge=-360.0, le=360.0)]
Whole = Annotated[int, Field(ge=0, lt=2**64)]


class Part(BaseModel):
    """Any part of a log; members that this version does not know are kept as they are."""

    model_config = ConfigDict(extra="allow", frozen=True, allow_inf_nan=False)


class Place(Part):
    """WGS84 with the height above mean sea level [m]."""

    lat: Annotated[float, Field(ge=-90.0, le=90.0)]
    lon: Annotated[float, Field(ge=-180.0, le=180.0)]
    height_amsl: float


class Position3d(Place):
    """Where the thing is."""

    kind: Literal["Position3d"] = Field("Position3d", alias="$type")


class Position2d(Part):
    """Where the thing is over the ground."""

    kind: Literal["Position2d"] = Field("Position2d", alias="$type")
    lat: Annotated[float, Field(ge=-90.0, le=90.0)]
    lon: Annotated[float, Field(ge=-180.0, le=180.0)]


class BearingElevation(Part):
    """A direction from the system [deg]."""

    kind: Literal["BearingElevation"] = Field("BearingElevation", alias="$type")
    bearing: Degrees
    elevation: Annotated[float, Field(ge=-90.0, le=90.0)]


class BearingElevationDistance(Part):
    """A direction [deg] and distance [m] from the system."""

    kind: Literal["BearingElevationDistance"] = Field("BearingElevationDistance", alias="$type")
    bearing: Degrees
    elevation: Annotated[float, Field(ge=-90.0, le=90.0)]
    distance: Annotated[float, Field(ge=0.0)]


class Other(Part):
    """A bearing, an arc or a quadrant, kept as it is."""

    kind: Literal["Bearing", "Arc", "Quad"] = Field(alias="$type")


Location = Annotated[
    Position3d | Position2d | BearingElevation | BearingElevationDistance | Other,
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


class Record(Part):
    """One moment of one set."""

    time: Whole
    record_number: Whole
    classification: Literal["Unknown", "UAV", "GCS", "Other"]
    location: Location
    alarm: Alarm | None = None
    velocity: Velocity | None = None
    identification: str | None = None
    cuas_location: Place | None = None


class Set(Part):
    """Records that belong together: a track, or detections of one thing."""

    records: tuple[Record, ...]
    uas_id: Whole | None = None
    name: str | None = None
    uav_home_location: Place | None = None


class Track(Set):
    """A set that is a track: it has a number."""

    uas_id: Whole


class Document(Part):
    """A whole log."""

    version: str
    vendor_name: str
    system_name: str
    static_cuas_location: Place
    detection: tuple[Set, ...]
    tracks: tuple[Track, ...]


def read(path: Path) -> Document:
    """The log in a file.  Raises SourceError with every mistake and where in it it stands."""
    try:
        content = json.loads(path.read_bytes())
    except OSError as e:
        raise SourceError(f"{path}: {e.strerror or e}") from e
    except ValueError as e:
        raise SourceError(f"{path}: no JSON: {e}") from e
    try:
        document = Document.model_validate(content)
    except ValidationError as e:
        said = [f"{'.'.join(map(str, m['loc']))}: {m['msg']}" for m in e.errors()]
        more = f" (and {len(said) - 5} more)" if len(said) > 5 else ""
        raise SourceError(f"{path}: no COURAGEOUS log: {'; '.join(said[:5])}{more}") from e
    for name, sets in (("detection", document.detection), ("tracks", document.tracks)):
        numbers = [r.record_number for s in sets for r in s.records]
        if len(set(numbers)) < len(numbers):
            raise SourceError(f"{path}: {name}: a record_number stands twice")
    return document


def plain(document: Document) -> dict[str, Any]:
    """The log as JSON has it; members that were not given are not there."""
    return document.model_dump(mode="json", by_alias=True, exclude_unset=True)


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
            record = Record(
                time=output.t_ns // 1_000_000, record_number=self._number,
                classification=_class(int(picture.cls[i])), location=self._place(x[:3]),
                alarm=Alarm(active=label in alarmed, certainty=float(tracks.existence[i])),
                velocity=Velocity(east=float(x[3]), north=float(x[4]), up=float(x[5])),
            )  # fmt: skip
            self._number += 1
            self._sets[at][1].append(record)

    def _place(self, enu: Any) -> Position3d:
        lat, lon, hae = wgs84_from_enu(self._frame, np.asarray(enu))
        return Position3d.model_validate({
            "$type": "Position3d", "lat": float(lat) / RAD_PER_DEG,
            "lon": float(lon) / RAD_PER_DEG, "height_amsl": float(hae) - self._site.geoid_m,
        })  # fmt: skip

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
