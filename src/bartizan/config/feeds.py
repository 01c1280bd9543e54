"""The `feeds:` of a site: which live sources it listens to, and how.

In: the entries of a site's file.  Out: `Entry`, plain tuples; a feed's own settings when it
is to be opened.  Does not: open one, or load a feed before that.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    Strict,
    StrictBool,
    StrictInt,
    StrictStr,
    model_validator,
)

from bartizan.errors import InputError

if TYPE_CHECKING:
    from bartizan.feeds.sapient import SapientParams

Name = Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[^\x00-\x1f\x7f-\x9f]*$")]
Address = Annotated[str, Field(pattern=r"^(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9_.-]*):[0-9]{1,5}$")]
Positive = Annotated[float, Strict(), Field(gt=0, le=1e6, allow_inf_nan=False)]
NotNegative = Annotated[float, Strict(), Field(ge=0, le=1e6, allow_inf_nan=False)]
Code = Annotated[StrictInt, Field(ge=0, le=255)]
Uuid = Annotated[str, Field(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]


class Entry(NamedTuple):
    """One entry: its name, the feed that reads it, the site's sensors that it gives scans
    of, and its settings as (key, value)."""

    name: str
    feed: str
    sensors: tuple[str, ...]
    settings: tuple[tuple[str, Any], ...]


class Part(BaseModel):
    """Any part of an entry: no field but those named here."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class SourceIdFile(Part):
    """A source of ASTERIX messages and the site's sensor that it is."""

    sac: Code
    sic: Code
    sensor: Name


class AsterixUdpFile(Part):
    """ASTERIX over UDP, multicast too."""

    name: Name
    feed: Literal["asterix_udp"]
    address: Address
    interface: Name = "0.0.0.0"
    sensors: Annotated[tuple[SourceIdFile, ...], Field(min_length=1)]
    editions: dict[
        Annotated[str, Field(pattern=r"^(0(10|15|16|20|21|34|48|62|63|65)|205|240)$")], str
    ] = Field(default_factory=dict)
    height_sd_m: Positive = 150.0
    period_s: NotNegative = 0.0
    parts: Annotated[StrictInt, Field(ge=1, le=64)] = 8
    wait_s: NotNegative = 0.3
    simulated: StrictBool = False


class AdsbTcpFile(Part):
    """Mode S from a receiver over TCP."""

    name: Name
    feed: Literal["adsb_tcp"]
    address: Address
    sensor: Name
    format: Literal["beast", "avr", "sbs", "json"] = "beast"
    height_sd_m: Positive = 150.0


class RemoteIdUdpFile(Part):
    """Remote ID from a receiver over UDP."""

    name: Name
    feed: Literal["remote_id_udp"]
    address: Address
    interface: Name = "0.0.0.0"
    sensor: Name
    format: Literal["wifi", "payload", "json"] = "wifi"
    height_sd_m: Positive = 150.0


class RemoteIdMqttFile(Part):
    """Remote ID in a receiver's JSON over MQTT; the password comes from the environment."""

    name: Name
    feed: Literal["remote_id_mqtt"]
    address: Address
    topic: Name
    sensor: Name
    user: str = ""
    password_env: str = ""
    height_sd_m: Positive = 150.0


class MavlinkUdpFile(Part):
    """MAVLink from a receiver over UDP: drones, aircraft or both."""

    name: Name
    feed: Literal["mavlink_udp"]
    address: Address
    interface: Name = "0.0.0.0"
    sensor: Name | None = None
    adsb_sensor: Name | None = None
    height_sd_m: Positive = 150.0
    simulated: StrictBool = False

    @model_validator(mode="after")
    def _some(self) -> MavlinkUdpFile:
        if self.sensor is None and self.adsb_sensor is None:
            raise ValueError("expected sensor (of drones), adsb_sensor (of aircraft) or both")
        return self


class NodeFile(Part):
    """A SAPIENT edge node and the site's sensor that it is."""

    node_id: Uuid
    sensor: Name


class SapientFile(Part):
    """SAPIENT edge nodes that connect to us, or a middleware that we connect to."""

    name: Name
    feed: Literal["sapient"]
    address: Address
    nodes: Annotated[tuple[NodeFile, ...], Field(min_length=1)]
    middleware: StrictBool = False
    node_id: Uuid | None = None
    late_s: NotNegative = 0.9
    early_s: NotNegative = 0.1
    missed: Annotated[StrictInt, Field(ge=1, le=100)] = 2
    looks: StrictBool = False


class RecordingFile(Part):
    """A recording or a run's journal, played now; for exercises only."""

    name: Name
    feed: Literal["recording"]
    path: Annotated[str, Field(min_length=1, max_length=1000, pattern=r"^[^\x00-\x1f\x7f]+$")]
    source: Name | None = None


class OtherFeedFile(Part):
    """A third party's feed, found by its entry point."""

    name: Name
    feed: Literal["other"]
    entry_point: Name
    sensors: tuple[Name, ...] = ()
    settings: dict[str, StrictStr | StrictBool | StrictInt | float] = Field(default_factory=dict)


FeedFile = Annotated[
    AsterixUdpFile
    | AdsbTcpFile
    | RemoteIdUdpFile
    | RemoteIdMqttFile
    | MavlinkUdpFile
    | SapientFile
    | RecordingFile
    | OtherFeedFile,
    Field(discriminator="feed"),
]
FILES: dict[str, type[Part]] = {
    "asterix_udp": AsterixUdpFile, "adsb_tcp": AdsbTcpFile, "remote_id_udp": RemoteIdUdpFile,
    "remote_id_mqtt": RemoteIdMqttFile, "mavlink_udp": MavlinkUdpFile, "sapient": SapientFile,
    "recording": RecordingFile, "other": OtherFeedFile,
}  # fmt: skip


def sensors_of(f: Any) -> tuple[tuple[tuple[str | int, ...], str], ...]:
    """The sensors that an entry names, each with its place in the entry."""
    if isinstance(f, AsterixUdpFile):
        return tuple((("sensors", k, "sensor"), s.sensor) for k, s in enumerate(f.sensors))
    if isinstance(f, SapientFile):
        return tuple((("nodes", k, "sensor"), n.sensor) for k, n in enumerate(f.nodes))
    if isinstance(f, MavlinkUdpFile):
        both = (("sensor", f.sensor), ("adsb_sensor", f.adsb_sensor))
        return tuple(((key,), name) for key, name in both if name)
    if isinstance(f, OtherFeedFile):
        return tuple((("sensors", k), s) for k, s in enumerate(f.sensors))
    if isinstance(f, RecordingFile):
        return ()  # those that it has, by their names
    return ((("sensor",), f.sensor),)


def entry(f: Any, beside: Path) -> Entry:
    """An entry of the file as plain tuples; files are looked for beside the site's."""
    if isinstance(f, OtherFeedFile):
        return Entry(f.name, f.entry_point, f.sensors, tuple(sorted(f.settings.items())))
    values = f.model_dump(exclude={"name", "feed"})
    if isinstance(f, RecordingFile):  # what was recorded is not happening now
        own = str(beside / f.source) if f.source else ""
        values = {"path": str(beside / f.path), "source": own, "simulated": True}
    sensors = tuple(dict.fromkeys(s for _, s in sensors_of(f)))
    return Entry(f.name, f.feed, sensors, tuple((k, _plain(v)) for k, v in values.items()))


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return tuple(sorted((k, _plain(v)) for k, v in value.items()))
    if isinstance(value, list | tuple):
        return tuple(_plain(v) for v in value)
    return value


def params(e: Entry) -> Any:
    """What the feed of an entry is opened with: its own settings, or, for a third party's,
    a dictionary.  Raises InputError."""
    v = dict(e.settings)
    build = {
        "asterix_udp": _asterix, "adsb_tcp": _adsb, "remote_id_udp": _remote_id,
        "remote_id_mqtt": _mqtt, "mavlink_udp": _mavlink, "sapient": _sapient,
        "recording": _recording,
    }.get(e.feed)  # fmt: skip
    return build(v) if build else v


def _asterix(v: dict[str, Any]) -> Any:
    from bartizan.feeds import AsterixParams
    from bartizan.feeds.live.asterix import AsterixUdpParams
    from bartizan.feeds.live.sockets import address

    sources = [dict(s) for s in v["sensors"]]
    asterix = AsterixParams(
        tuple((s["sac"], s["sic"], s["sensor"]) for s in sources),
        tuple(sorted((dict(AsterixParams().editions) | dict(v["editions"])).items())),
        height_sd_m=v["height_sd_m"], period_s=v["period_s"], parts=v["parts"],
        wait_s=v["wait_s"], simulated=v["simulated"],
    )  # fmt: skip
    return AsterixUdpParams(address(v["address"], v["interface"]), asterix)


def _adsb(v: dict[str, Any]) -> Any:
    from bartizan.feeds.live.adsb import AdsbTcpParams
    from bartizan.feeds.live.sockets import address

    return AdsbTcpParams(v["sensor"], address(v["address"]), v["format"], v["height_sd_m"])


def _remote_id(v: dict[str, Any]) -> Any:
    from bartizan.feeds.live.remote_id import RemoteIdUdpParams
    from bartizan.feeds.live.sockets import address
    from bartizan.feeds.remote_id import RemoteIdParams

    own = RemoteIdParams(v["sensor"], height_sd_m=v["height_sd_m"])
    return RemoteIdUdpParams(address(v["address"], v["interface"]), own, v["format"])


def _mqtt(v: dict[str, Any]) -> Any:
    from bartizan.feeds.live.remote_id import RemoteIdMqttParams
    from bartizan.feeds.live.sockets import address
    from bartizan.feeds.remote_id import RemoteIdParams

    password = os.environ.get(v["password_env"], "") if v["password_env"] else ""
    if v["password_env"] and not password:
        raise InputError(f"password_env {v['password_env']}: expected in the environment")
    own = RemoteIdParams(v["sensor"], height_sd_m=v["height_sd_m"])
    return RemoteIdMqttParams(address(v["address"]), v["topic"], own, v["user"], password)


def _mavlink(v: dict[str, Any]) -> Any:
    from bartizan.feeds.live.mavlink import MavlinkUdpParams
    from bartizan.feeds.live.sockets import address
    from bartizan.feeds.remote_id import RemoteIdParams

    own = RemoteIdParams(v["sensor"] or "", height_sd_m=v["height_sd_m"])
    at = address(v["address"], v["interface"])
    return MavlinkUdpParams(at, own, v["adsb_sensor"] or "", v["simulated"])


def _sapient(v: dict[str, Any]) -> Any:
    from bartizan.feeds.live.sapient import SapientTcpParams
    from bartizan.feeds.live.sockets import address

    return SapientTcpParams(address(v["address"]), _node(v), v["middleware"])


def _recording(v: dict[str, Any]) -> Any:
    from bartizan.config.source import load_source
    from bartizan.feeds.live.recording import JOURNAL, RecordingParams

    path = Path(v["path"])
    journal = path / "journal.db" if (path / "journal.db").is_file() else path
    if journal.suffix == ".db":
        return RecordingParams(journal, JOURNAL)
    source = load_source(path, v["source"] or None)
    return RecordingParams(path, source.feed, source.params)


def _node(v: dict[str, Any]) -> SapientParams:
    from bartizan.feeds.sapient import SapientParams

    nodes = [dict(n) for n in v["nodes"]]
    return SapientParams(
        tuple((n["node_id"], n["sensor"]) for n in nodes), v["node_id"] or "", v["late_s"],
        v["early_s"], v["missed"], v["looks"],
    )  # fmt: skip
