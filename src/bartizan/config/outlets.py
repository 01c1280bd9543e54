"""The key `outlets` of a site file: whom the watch tells, and how.

In: a checked document.  Out: the name of each outlet with its own settings.
Does not: connect anything, or load an outlet before it is asked for.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, Strict, StrictInt

# No spaces or control characters: addresses, file names, topics.
Word = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\s\x00-\x1f\x7f]+$")]
FilePath = Annotated[str, Field(min_length=1, max_length=1000, pattern=r"^[^\x00-\x1f\x7f]+$")]
Port = Annotated[StrictInt, Field(ge=1, le=65_535)]
Every = Annotated[float, Strict(), Field(ge=1, le=3600, allow_inf_nan=False)]
ForMode = Literal["live", "exercise", "recording"]


class OutletPart(BaseModel):
    """Any outlet: no field but those named here."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    def params(self, beside: Path) -> Any:
        """The outlet's own settings; files are looked for beside the site file."""
        raise NotImplementedError


class CapFile(OutletPart):
    """Alarms as CAP 1.2 messages."""

    outlet: Literal["cap"]
    folder: FilePath
    sender: Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\s,<&\x00-\x1f]+$")]
    restriction: Annotated[str, Field(min_length=1, max_length=400)]
    url: Annotated[str, Field(pattern=r"^https?://\S+$")] | None = None
    mode: ForMode = "live"

    def params(self, beside: Path) -> Any:
        """Settings as `CapParams`."""
        from bartizan.outlets import CapParams
        from bartizan.types import Mode

        folder = beside / self.folder
        return CapParams(folder, self.sender, self.restriction, self.url or "", Mode(self.mode))


class CotFile(OutletPart):
    """Tracks as Cursor on Target events."""

    outlet: Literal["cot"]
    protocol: Literal["tcp", "tls", "udp"]
    host: Word
    port: Port
    ca_file: FilePath | None = None
    cert_file: FilePath | None = None
    key_file: FilePath | None = None
    interface: Word | None = None
    hops: Annotated[StrictInt, Field(ge=0, le=255)] = 1
    stale_s: Annotated[float, Strict(), Field(ge=10, le=30, allow_inf_nan=False)] = 15.0
    every_s: Every = 1.0
    mode: ForMode = "live"

    def params(self, beside: Path) -> Any:
        """Settings as `CotParams`."""
        from bartizan.outlets import CotParams
        from bartizan.types import Mode

        ca, cert, key = (_file(f, beside) for f in (self.ca_file, self.cert_file, self.key_file))
        return CotParams(
            self.protocol, self.host, self.port, ca, cert, key, self.interface or "", self.hops,
            self.stale_s, self.every_s, Mode(self.mode),
        )  # fmt: skip


class MqttFile(OutletPart):
    """Picture, alarms and events on a broker."""

    outlet: Literal["mqtt"]
    host: Word
    port: Port = 1883
    prefix: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*$")] = "bartizan"
    every_s: Every = 1.0
    user: Word | None = None
    password_file: FilePath | None = None
    ca_file: FilePath | None = None
    cert_file: FilePath | None = None
    key_file: FilePath | None = None
    mode: ForMode = "live"

    def params(self, beside: Path) -> Any:
        """Settings as `MqttParams`.  Raises OSError when the password's file cannot be read."""
        from bartizan.outlets import MqttParams
        from bartizan.types import Mode

        secret = _file(self.password_file, beside)
        password = Path(secret).read_text(encoding="utf-8").strip() if secret else ""
        ca, cert, key = (_file(f, beside) for f in (self.ca_file, self.cert_file, self.key_file))
        return MqttParams(
            self.host, self.port, self.prefix, self.every_s, self.user or "", password, ca, cert,
            key, Mode(self.mode),
        )  # fmt: skip


class SapientUpFile(OutletPart):
    """The picture and alerts to a parent SAPIENT fusion node."""

    outlet: Literal["sapient"]
    host: Word
    port: Port
    every_s: Every = 1.0
    status_s: Annotated[float, Strict(), Field(ge=1, le=60, allow_inf_nan=False)] = 5.0
    mode: ForMode = "live"

    def params(self, beside: Path) -> Any:
        """Settings as `SapientUpParams`."""
        from bartizan.outlets import SapientUpParams
        from bartizan.types import Mode

        return SapientUpParams(self.host, self.port, self.every_s, self.status_s, Mode(self.mode))


OutletFile = Annotated[CapFile | CotFile | MqttFile | SapientUpFile, Field(discriminator="outlet")]
KINDS: dict[str, type[OutletPart]] = {
    "cap": CapFile, "cot": CotFile, "mqtt": MqttFile, "sapient": SapientUpFile,
}  # fmt: skip


def _file(name: str | None, beside: Path) -> str:
    return "" if name is None else str(beside / name)


def described() -> list[dict[str, Any]]:
    """What is built in: each outlet's name, what it is, and its settings with their defaults."""
    out = []
    for name, kind in KINDS.items():
        fields = {
            key: {"needed": True} if f.is_required() else {"needed": False, "default": f.default}
            for key, f in kind.model_fields.items()
            if key != "outlet"
        }
        out.append({"name": name, "what": (kind.__doc__ or "").strip(), "params": fields})
    return out
