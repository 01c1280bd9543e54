"""The settings of a recording's source: which feed reads it, at which site, how.

In: a recording, and settings that a person gives or that are built in.  Out: what a feed
takes.  Does not: decode; the built-in settings are chosen by the recording's shape.
"""

from __future__ import annotations

import gzip
import zlib
from importlib import resources
from itertools import islice
from pathlib import Path
from typing import Annotated, Literal, NamedTuple

from pydantic import Field

from bartizan.config.load import Loaded, load_site, parse
from bartizan.config.site import Finite, Name, NotNegative, Part, Positive, TrackerFile
from bartizan.config.text import Document, read
from bartizan.errors import ConfigError, Mistake, SourceError
from bartizan.feeds import (
    AdsbParams,
    AsterixParams,
    CourageousParams,
    MulticamParams,
    RemoteIdParams,
    Tie20Params,
    multicam,
)
from bartizan.feeds.asterix import blocks
from bartizan.feeds.captures import Broken
from bartizan.types import Site
from bartizan.units import RAD_PER_DEG, iso_from_ns, ns_from_s

Params = (
    RemoteIdParams | Tie20Params | AsterixParams | AdsbParams | MulticamParams | CourageousParams
)
FeedName = Literal["tie20", "asterix", "adsb", "multicam", "courageous", "remote_id"]
BUILT_IN = Path(str(resources.files("bartizan"))) / "data" / "sources"
TABLES = ("alvira", "arcus", "diana", "venus")
WANTED = (10, 15, 20, 21, 34, 48, 62, 205)  # ASTERIX categories whose sources are looked for
Day = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]
Code = Annotated[int, Field(ge=0, le=255)]


class SourceSettings(NamedTuple):
    """What a recording is read with; path: the settings' file, notes: what they assume."""

    feed: str
    site: Loaded
    params: Params
    title: str
    notes: str
    path: Path


class BiasFile(Part):
    """A registration that a person has accepted: what the sensor adds to what is so."""

    sensor: Name
    range_m: Finite = 0.0
    azimuth_deg: Finite = 0.0
    elevation_deg: Finite = 0.0
    clock_s: Finite = 0.0
    source: Annotated[str, Field(min_length=1, max_length=300)]


class Tie20File(Part):
    """Settings of the tie20 feed; see `feeds.tie20.Tie20Params`."""

    hold_s: NotNegative = 12.0
    turn_s: Positive = 2.0
    range_rate_sd_mps: NotNegative = 5.0
    beam_deg: Finite = 5.0
    beam_sd_deg: NotNegative = 6.0
    support_deg: NotNegative = 8.0
    support_s: NotNegative = 10.0
    support_sure: Annotated[float, Field(ge=0, le=1)] = 0.5
    floor_dbsm: Finite = -27.0
    floor_score: Annotated[float, Field(ge=0, le=1)] = 0.2
    floor_score_alone: Annotated[float, Field(ge=0, le=1)] = 0.9
    large_db: Finite = 35.0
    large_sure: Annotated[float, Field(ge=0, le=1)] = 0.9
    diana_bands: tuple[int, ...] = (1,)
    bearings: tuple[Literal["diana", "venus"], ...] = ("diana",)
    radio_again_s: NotNegative = 5.0

    def params(self) -> Tie20Params:
        """As the feed takes them."""
        v = self.model_dump(exclude={"beam_deg", "beam_sd_deg", "support_deg"})
        d = RAD_PER_DEG
        angles = {f"{k}_rad": getattr(self, f"{k}_deg") * d for k in ("beam", "beam_sd", "support")}
        return Tie20Params(**angles, **v)


class AsterixSensorFile(Part):
    """A source of ASTERIX messages and the site's sensor that it is."""

    sac: Code
    sic: Code
    sensor: Name


class AsterixFile(Part):
    """Settings of the asterix feed; see `feeds.asterix.AsterixParams`."""

    sensors: Annotated[tuple[AsterixSensorFile, ...], Field(min_length=1)]
    editions: dict[
        Annotated[str, Field(pattern=r"^(0(10|15|16|20|21|34|48|62|63|65)|205|240)$")], str
    ] = Field(default_factory=dict)
    day: Day | None = None
    hold_s: Positive = 20.0
    height_sd_m: Positive = 150.0
    period_s: NotNegative = 0.0
    parts: Annotated[int, Field(ge=1, le=64)] = 8
    wait_s: NotNegative = 1.5
    simulated: bool = False

    def params(self) -> AsterixParams:
        """As the feed takes them; editions that are not given are the feed's own."""
        editions = dict(AsterixParams().editions) | self.editions
        return AsterixParams(
            tuple((s.sac, s.sic, s.sensor) for s in self.sensors),
            tuple(sorted(editions.items())),
            self.day or "", self.hold_s, self.height_sd_m, self.period_s, self.parts, self.wait_s,
            self.simulated,
        )  # fmt: skip


class AdsbFile(Part):
    """Settings of the adsb feed; see `feeds.adsb.AdsbParams`."""

    sensor: Name = "adsb"
    day: Day | None = None
    height_sd_m: Positive = 150.0
    hold_s: NotNegative = 2.0
    stale_s: NotNegative = 0.5

    def params(self) -> AdsbParams:
        """As the feed takes them."""
        day = self.day or AdsbParams().day
        return AdsbParams(self.sensor, day, self.height_sd_m, self.hold_s, self.stale_s)


class MulticamFile(Part):
    """Settings of the multicam feed; see `feeds.multicam.MulticamParams`."""

    day: Day | None = None
    pose_sd_deg: NotNegative = 0.03
    correlated_s: NotNegative = 0.05
    tripod_m: NotNegative = 1.5
    misses: Annotated[float, Field(ge=0, lt=1)] = 0.0
    false_alarms: Annotated[float, Field(ge=0, le=1000)] = 0.0
    seed: Annotated[int, Field(ge=0, lt=2**63)] = 0

    def params(self) -> MulticamParams:
        """As the feed takes them."""
        return MulticamParams(
            self.day or MulticamParams().day, self.pose_sd_deg * RAD_PER_DEG,
            self.correlated_s, self.tripod_m, self.misses, self.false_alarms, self.seed,
        )  # fmt: skip


class CourageousFile(Part):
    """Settings of the courageous feed; see `feeds.trials.CourageousParams`."""

    sensor: Name = "cuas"
    range_rate_sd_mps: NotNegative = 5.0
    near_m: Positive = 50.0

    def params(self) -> CourageousParams:
        """As the feed takes them."""
        return CourageousParams(self.sensor, self.range_rate_sd_mps, self.near_m)


class RemoteIdFile(Part):
    """Settings of the remote_id feed; see `feeds.remote_id.RemoteIdParams`."""

    sensor: Name = "remote-id"
    hold_s: NotNegative = 2.0
    height_sd_m: Positive = 150.0

    def params(self) -> RemoteIdParams:
        """As the feed takes them."""
        return RemoteIdParams(self.sensor, self.hold_s, self.height_sd_m)


class MatchFile(Part):
    """Which recordings these settings are for: all that is given must hold.

    name: file name with * and ?   days: UTC dates of the first row
    """

    name: Name | None = None
    days: tuple[Day, ...] = ()


class SourceFile(Part):
    """A whole settings file: `feed` says which of the parts below it holds."""

    feed: FeedName
    title: Name
    site: Name
    notes: str = ""
    match: MatchFile = MatchFile()
    accepted_bias: tuple[BiasFile, ...] = ()
    tie20: Tie20File | None = None
    asterix: AsterixFile | None = None
    adsb: AdsbFile | None = None
    multicam: MulticamFile | None = None
    courageous: CourageousFile | None = None
    remote_id: RemoteIdFile | None = None
    tracker: TrackerFile = TrackerFile()

    def feed_params(self) -> Params:
        """The feed's own settings (its defaults where the file has none)."""
        if self.feed == "tie20":
            clocks = tuple((b.sensor, b.clock_s) for b in self.accepted_bias if b.clock_s)
            return (self.tie20 or Tie20File()).params()._replace(clock_s=clocks)
        if self.feed == "adsb":
            return (self.adsb or AdsbFile()).params()
        if self.feed == "multicam":
            return (self.multicam or MulticamFile()).params()
        if self.feed == "courageous":
            return (self.courageous or CourageousFile()).params()
        if self.feed == "remote_id":
            return (self.remote_id or RemoteIdFile()).params()
        return self.asterix.params() if self.asterix else AsterixParams()


class Shape(NamedTuple):
    """What a look at a recording tells: feed, name, first day ("" unknown), sources."""

    feed: str
    name: str
    day: str
    sources: frozenset[tuple[int, int]]


def load_source(path: Path, settings: Path | str | None = None) -> SourceSettings:
    """The settings for a recording: those given, or the built-in ones that fit it.

    Raises SourceError when there is no such recording or nothing fits it, ConfigError
    with every mistake of a settings file.
    """
    shape = look(path)
    if settings is not None:
        return _load(Path(settings), path)
    best: tuple[int, Path] | None = None
    for candidate in sorted(BUILT_IN.glob("*.yaml")):
        fit = _fit(parse(read(candidate), SourceFile), shape)
        if fit > 0 and (best is None or fit > best[0]):
            best = (fit, candidate)
    if best is None:
        seen = ", ".join(f"{a}/{b}" for a, b in sorted(shape.sources)) or "none"
        raise SourceError(
            f"{path}: no built-in settings for this {shape.feed} recording (SAC/SIC seen: "
            f"{seen}); give a settings file"
        )
    return _load(best[1], path)


def _fit(f: SourceFile, shape: Shape) -> int:
    """How well settings fit a recording; 0: not at all."""
    if f.feed != shape.feed:
        return 0
    fit = 1
    if f.match.name is not None:
        if not Path(shape.name).match(f.match.name):
            return 0
        fit += 4
    if f.match.days:
        if shape.day not in f.match.days:
            return 0
        fit += 4
    if f.asterix is not None:
        common = shape.sources & {(s.sac, s.sic) for s in f.asterix.sensors}
        if not common:
            return 0
        fit += len(common)
    return fit


def _load(path: Path, recording: Path) -> SourceSettings:
    document = read(path)
    f = parse(document, SourceFile)
    beside = path.parent / f.site
    near = beside.suffix in (".yaml", ".yml") and beside.is_file()
    loaded = load_site(beside if near else f.site)
    _sensors_exist(document, f, loaded.site)
    params = f.feed_params()
    site = loaded.site
    if isinstance(params, MulticamParams):  # its sensors stand in the recording
        site = multicam.placed(recording, site, params)
    site = _registered(site, f.accepted_bias)
    own = dict(site.tracker) | dict(f.tracker.given())
    site = site._replace(tracker=tuple(sorted(own.items())))
    return SourceSettings(f.feed, loaded._replace(site=site), params, f.title, f.notes, path)


def check_source(document: Document) -> tuple[Mistake, ...]:
    """Every mistake of a settings file; never raises for what stands in it."""
    try:
        f = parse(document, SourceFile)
        _sensors_exist(document, f, load_site(f.site).site)
    except ConfigError as e:
        return e.mistakes
    return ()


def _sensors_exist(document: Document, f: SourceFile, site: Site) -> None:
    wanted: list[tuple[tuple[str | int, ...], str]] = [
        (("accepted_bias", k, "sensor"), b.sensor) for k, b in enumerate(f.accepted_bias)
    ]
    if f.asterix:
        for k, s in enumerate(f.asterix.sensors):
            wanted.append((("asterix", "sensors", k, "sensor"), s.sensor))
    if f.feed == "adsb":
        wanted.append((("adsb", "sensor"), (f.adsb or AdsbFile()).sensor))
    if f.feed == "remote_id":
        wanted.append((("remote_id", "sensor"), (f.remote_id or RemoteIdFile()).sensor))
    if f.feed == "courageous":
        wanted.append((("courageous", "sensor"), (f.courageous or CourageousFile()).sensor))
    mistakes = []
    for place, name in wanted:
        if name not in site.sensor_names:
            expected = f"expected a sensor of {site.name}: {', '.join(site.sensor_names)}"
            field = ".".join(str(p) for p in place)
            mistakes.append(Mistake(document.file, document.line(place), field, name, expected))
    if f.feed == "asterix" and f.asterix is None:
        mistakes.append(Mistake(document.file, 1, "asterix", "", "expected the part asterix"))
    if mistakes:
        raise ConfigError(tuple(mistakes))


def _registered(site: Site, biases: tuple[BiasFile, ...]) -> Site:
    """The site with the accepted biases of its sensors."""
    bias = site.sensors.bias.copy()
    for b in biases:
        row = site.sensor_names.index(b.sensor)
        bias[row] = (
            b.range_m,
            b.azimuth_deg * RAD_PER_DEG,
            b.elevation_deg * RAD_PER_DEG,
        )
    return site._replace(sensors=site.sensors._replace(bias=bias))


# -- what a look at a recording tells ----------------------------------------------------


def look(path: Path) -> Shape:
    """Which feed a recording is for, by its shape.  Raises SourceError when it is none."""
    if not path.exists():
        raise SourceError(f"{path}: no such file or folder")
    if path.is_dir():
        tables = [path / f"{n}.csv.gz" for n in TABLES if (path / f"{n}.csv.gz").is_file()]
        if tables:
            return Shape("tie20", path.name, _first_day(tables), frozenset())
        if (path / multicam.POSES).is_file():
            return Shape("multicam", path.name, "", frozenset())
        inside = "an empty folder" if not any(path.iterdir()) else "a folder without them"
        wanted = ", ".join(f"{n}.csv.gz" for n in TABLES)
        raise SourceError(
            f"{path}: {inside}; expected sensor tables in it: {wanted}; or {multicam.POSES}"
        )
    if path.stat().st_size == 0:
        raise SourceError(f"{path}: empty")
    if path.suffix == ".json" and b'"static_cuas_location"' in path.read_bytes():
        return Shape("courageous", path.name, "", frozenset())
    if path.suffix in (".csv", ".bin") or path.name.endswith((".json", ".json.gz")):
        return Shape("adsb", path.name, "", frozenset())
    return Shape("asterix", path.name, "", frozenset(_sources(path)))


def _first_day(tables: list[Path]) -> str:
    """The UTC date of the first row of the first table that has one; "" when none has."""
    for table in tables:
        try:
            with gzip.open(table, "rt", encoding="utf-8", errors="replace") as file:
                for line in islice(file, 1, 4):
                    first = line.split(",", 1)[0]
                    if first.isdigit() and len(first) == 10:
                        return iso_from_ns(ns_from_s(int(first)), 0)[:10]
        except (OSError, EOFError, zlib.error):
            continue
    return ""


def _sources(path: Path) -> set[tuple[int, int]]:
    """SAC and SIC of the first blocks: the first item of every wanted category (I/010)."""
    out = set()
    for payload in islice(blocks.read(path), 400):
        if isinstance(payload, Broken):
            continue
        for block in islice(blocks.split(payload), 400):
            if isinstance(block, blocks.Payload) and block.data[0] in WANTED:
                at = 3
                while at < len(block.data) and block.data[at] & 1:
                    at += 1
                if block.data[3] & 0x80 and at + 2 < len(block.data):
                    out.add((block.data[at + 1], block.data[at + 2]))
    return out
