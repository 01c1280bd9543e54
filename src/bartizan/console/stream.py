"""What the stream says, for the description that integrators read (OpenAPI).

In: nothing.  Out: the shapes of `GET /api/picture` and of the messages of `WS /api/live`.
Does not: make a message (the service's board does); a test holds the two against each other.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

WEBSOCKET = (
    "A WebSocket: `GET` with `Upgrade: websocket`, and `Authorization: Bearer TOKEN` (a viewer's "
    "will do).  It sends a `LivePicture` at each change, at most 20 a second and at least one, and "
    "a `LiveEvent` for each line of the log; what is sent to it is not read.  Closed with 4401: "
    "sign in.  Without the upgrade the answer is 426."
)


class Part(BaseModel):
    """Nothing but what is named."""

    model_config = ConfigDict(extra="forbid")


class LivePilot(Part):
    """Where a drone says that its pilot is: a claim."""

    lat_deg: float
    lon_deg: float
    hae_m: float | None
    said_ns: int


class LiveTrack(Part):
    """One track.  e, n, u [m] from the site's reference point; WGS84 with the ellipsoid's height.

    label never changes and is never used twice; from 1,000,000 on it is a drill's
    """

    label: int
    e: float
    n: float
    u: float
    lat_deg: float
    lon_deg: float
    hae_m: float
    agl_m: float = Field(
        description="over the ground, where the site's file has it; else over the reference point"
    )
    speed_mps: float
    course_deg: float
    climb_mps: float
    existence: float
    cls: str
    cls_p: list[tuple[str, float]] = Field(description="the three likeliest classes")
    identity: str
    callsign: str
    ellipse: tuple[float, float, float] = Field(
        description="95 %: semi-axes [m], bearing of the major one [deg]"
    )
    t_wall_s: float | None = Field(
        description="to the outer wall on the present course; null never"
    )
    t_wall_sd_s: float | None
    d_wall_m: float
    score: float = Field(description="0 to 1, the ordering of threats")
    closing: bool
    group: int = Field(description="number of the raid that it comes with, 0 none")
    coasting: bool
    age_s: float
    seen_by: list[int] = Field(description="rows of `sensors`")
    history: list[tuple[int, int]] = Field(description="e, n [m] where it was, a second apart")
    why: list[str]
    pilot: LivePilot | None
    exercise: bool


class LiveAlarm(Part):
    """An alarm in force."""

    number: int
    raised_ns: int
    until_ns: int
    labels: list[int]
    what: str
    where: str
    do: str
    t_wall_s: float | None
    acknowledged_by: str
    escalated: int
    area: list[str]
    exercise: bool
    incident: str = Field(description="of the incident record, empty: none was opened")


class LiveWarned(Part):
    """A people's area that was told, and who there has heard it."""

    name: str
    area: int
    alarm: int
    told_ns: int
    acknowledged_ns: int | None
    by: str


class LivePosture(Part):
    """The posture in force."""

    level: Literal["WHITE", "YELLOW", "RED"]
    since_ns: int
    expires_ns: int
    by: str
    reason: str
    forecast: str
    sentence: str


class LiveSensor(Part):
    """How a sensor is."""

    row: int
    name: str
    health: str
    age_s: float | None
    rate_hz: float
    refused: int
    offered: bool = Field(description="a registration waits for a person to accept it")


class LiveDrill(Part):
    """A drill beside the live picture."""

    name: str
    running: bool
    since_ns: int
    posture: LivePosture | None


class LiveBudget(Part):
    """Alarms of the last hour beside the chance to see."""

    alarms_per_hour: int
    nuisance_per_hour: int
    last_drill: dict[str, object] | None
    detection_probability: float


class LivePicture(Part):
    """The whole picture at t_ns (UTC); mode says whether it is real."""

    kind: Literal["picture"]
    t_ns: int
    sent_ns: int
    age_s: float | None
    mode: Literal["live", "exercise", "recording"]
    tracks: list[LiveTrack]
    alarms: list[LiveAlarm]
    warned: list[LiveWarned]
    drill: LiveDrill | None
    posture: LivePosture | None
    sensors: list[LiveSensor]
    budget: LiveBudget


class LiveEvent(Part):
    """One line of the log; number rises by one."""

    kind: Literal["event"]
    number: int
    t_ns: int
    what: str
    who: str
    text: str
    why: list[str]
    labels: list[int]
    exercise: bool
