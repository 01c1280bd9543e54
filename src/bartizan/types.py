"""The shared nouns of bartizan: what flows from a scan to a warning to a record.

In: nothing.  Out: tuples of arrays that Numba takes as they are, and enums.
Does not: compute, read a clock, or know a file.

Units and frames: metres, seconds, radians; site-local east-north-up (ENU); time as
integer UTC nanoseconds (`*_ns`).  Azimuth is clockwise from true north.  Row counts are
written n (tracks), m (detections), s (sensors), c (classes), k (polygon corners).
"""

from __future__ import annotations

from enum import IntEnum, StrEnum
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bartizan.pilot import Pilot
from bartizan.terrain import F32, Building, Terrain

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]
I8 = NDArray[np.int8]
B1 = NDArray[np.bool_]


class Health(IntEnum):
    """How a sensor does, by when it was last heard; QUIET: it says nothing when it sees nothing."""

    QUIET = 0
    FRESH = 1
    STALE = 2
    LOST = 3


class SensorKind(IntEnum):
    """What a sensor is; decides its measurement model and how likely it sees a thing."""

    RADAR = 0
    CAMERA = 1
    ACOUSTIC = 2
    DIRECTION_FINDER = 3
    ADSB = 4
    REMOTE_ID = 5


class Frame(IntEnum):
    """The axes in which a scan's `z` is given (Scan.frame)."""

    SPHERICAL = 0  # range_m, azimuth_rad, elevation_rad, range_rate_mps, -, -
    CARTESIAN = 1  # e_m, n_m, u_m, ve_mps, vn_mps, vu_mps


class ObjectClass(IntEnum):
    """What a thing is.  UNKNOWN means that the evidence does not decide."""

    UNKNOWN = 0
    MULTIROTOR = 1
    FIXED_WING = 2
    ONE_WAY_ATTACK = 3
    BIRD = 4
    LIGHT_AIRCRAFT = 5
    HELICOPTER = 6
    AIRLINER = 7
    BALLISTIC = 8
    BALLOON = 9


N_CLASSES: Final = len(ObjectClass)
N_LANDING: Final = 7  # columns of Threats.impact
NO_LANDING: Final = np.zeros((0, N_LANDING))


class Identity(IntEnum):
    """Whose it is (the standard identities of STANAG 1241), kept apart from its class."""

    PENDING = 0
    UNKNOWN = 1
    ASSUMED_FRIEND = 2
    FRIEND = 3
    NEUTRAL = 4
    SUSPECT = 5
    HOSTILE = 6


class Level(IntEnum):
    """Air-defence warning: WHITE attack not expected, YELLOW probable, RED imminent."""

    WHITE = 0
    YELLOW = 1
    RED = 2


class Mode(StrEnum):
    """Where the scans of a run come from.  Real and exercise never mix."""

    EXERCISE = "exercise"
    RECORDING = "recording"
    LIVE = "live"


class EventKind(StrEnum):
    """What was decided or done; each event is journalled."""

    FIRST_PLOT = "first_plot"
    TRACK_CONFIRMED = "track_confirmed"
    TRACK_DROPPED = "track_dropped"
    CLASSIFIED = "classified"
    IDENTIFIED = "identified"
    INTERROGATION = "interrogation"
    DISMISSAL = "dismissal"
    DISMISSAL_ENDED = "dismissal_ended"
    ALARM = "alarm"
    ALARM_UPDATE = "alarm_update"
    ALL_CLEAR = "all_clear"
    POSTURE = "posture"
    ATTENTION = "attention"
    SENSOR = "sensor"
    ESCALATION = "escalation"
    CLEARANCE = "clearance"
    ACT = "act"
    ENGAGEMENT = "engagement"  # simulation only, from here on
    OUTCOME = "outcome"
    WRECKAGE = "wreckage"
    WALL = "wall"


class Sensors(NamedTuple):
    """Every sensor of a site, one row a sensor; `Scan.sensor` is the row.

    kind (s,) SensorKind   pos (s, 3) [m] ENU of the antenna   rot (s, 3, 3) site ENU -> the
    sensor's own east-north-up axes   sd (s, 6) default 1-sigma noise, columns as `Scan.z` (NaN: not
    measured)   look (s, 6) field of view, columns as `Scan.look`   pd (s, 8) detectability, meaning
    by kind (see `sensing`)   clutter (s,) mean number of false detections in one full look
    doppler_max (s,) [m/s] clutter's range rate is uniform in +- this   period_s (s,) seconds between
    looks   bias (s, 3) [m, rad, rad] added by the sensor: subtracted before use, 0 unless accepted
    correlated_s (s,) time constant of its errors (0: independent); no rows: all are
    confusion (s, c, c) P(it declares class row | it is class column), NaN where not known
    dropout (s, 2) [1/s] rates at which it loses a thing that it could see and finds it again;
    no rows: never   air (s, 2) weather, in simulation: a radar's frequency [Hz], a camera's
    contrast at night; NaN: not said   skyline (s, 72000) [rad] see `terrain.sight`; no rows:
    nothing in the way
    """

    kind: I64
    pos: F64
    rot: F64
    sd: F64
    look: F64
    pd: F64
    clutter: F64
    doppler_max: F64
    period_s: F64
    bias: F64
    dropout: F64 = np.zeros((0, 2))
    air: F64 = np.zeros((0, 2))
    correlated_s: F64 = np.zeros(0)
    confusion: F64 = np.zeros((0, N_CLASSES, N_CLASSES))
    skyline: F32 = np.zeros((0, 0), np.float32)


class Scan(NamedTuple):
    """One look of one sensor: what it reported and where it looked.

    t_ns reference time, the end of the look   sensor row of `Sensors`   frame `Frame`
    look (6,) where it looked, in the sensor's own axes: range from, range to [m], azimuth from, its
    width [rad], elevation from, to [rad]; width 0: a miss means nothing   t_det_ns (m,) each
    detection's own time, <= t_ns   z (m, 6) the measurement, columns by `frame`, NaN where not
    measured   sd (m, 6) its 1-sigma, columns as z   rcs_dbsm (m,) radar cross-section, NaN unknown
    rotor (m,) micro-Doppler flag: 1 seen, 0 looked and not seen, -1 unknown   declared (m,) the
    sensor's own ObjectClass (0: none) with confidence (m,) in 0..1   identity (m,) 64-bit key of a
    cooperative identity, 0 none   number (m,) the sensor's own track number, -1 none   names: (key,
    text) of each   pilots: what drones say   objects: the sender's own id of each row, or ()
    """

    t_ns: int
    sensor: int
    frame: int
    look: F64
    t_det_ns: I64
    z: F64
    sd: F64
    rcs_dbsm: F64
    rotor: I8
    declared: I8
    confidence: F64
    identity: I64
    number: I64
    names: tuple[tuple[int, str], ...] = ()
    pilots: tuple[Pilot, ...] = ()
    objects: tuple[str, ...] = ()


class Tracks(NamedTuple):
    """Confirmed tracks, one row a track, sorted by label.

    t_ns time of the states   label (n,) never changes, never used twice, from 1   existence (n,)
    x (n, 6) [m, m/s] ENU e n u ve vn vu   P (n, 6, 6)   mode (n, q) motion modes' probabilities
    born_ns, seen_ns (n,) first, last plot   hits (n,) plots so far   sensors (n,) bit i: sensor
    row i has contributed   identity (n,) cooperative key, 0 none
    """

    t_ns: int
    label: I64
    existence: F64
    x: F64
    P: F64
    mode: F64
    born_ns: I64
    seen_ns: I64
    hits: I64
    sensors: I64
    identity: I64


class Association(NamedTuple):
    """Which track each detection of the scan went to.

    label (m,) track label, 0 none or tentative   p (m,) marginal probability of that
    """

    label: I64
    p: F64


class RegistrationNews(IntEnum):
    """What a step found of a sensor's registration."""

    NOTHING = 0
    OFFERED = 1
    JUMPED = 2
    ACCEPTED = 3
    REFUSED = 4


class Registration(NamedTuple):
    """What each sensor adds to what is so, as estimated from what sensors see together.

    bias (s, 4) range [m], azimuth, elevation [rad], lead of its clock [s], beyond what is
    accepted already   sd (s, 4) its 1-sigma   compared (s,) comparisons it rests on
    before, after (s,) median absolute azimuth comparison in sigma, NaN without one, as it
    is and with the estimate taken off   offered (s,) some bias is significant   jumped (s,)
    the latest comparisons do not fit the rest   accepted (s, 3) [m, rad, rad] by people since
    the start, clocks apart   news (s,) what is new of each: `RegistrationNews`
    """

    bias: F64
    sd: F64
    compared: I64
    before: F64
    after: F64
    offered: NDArray[np.bool_]
    jumped: NDArray[np.bool_]
    accepted: F64
    news: I64


class Picture(NamedTuple):
    """The air picture: `tracks` with what each is and whose; rows as `tracks`.

    posterior (n, c) class probabilities   cls (n,) ObjectClass, UNKNOWN when the evidence does not
    decide   identity (n,) Identity   callsign: text per row, "" none   corridor (n,) row of
    Site.corridors that it follows, -1 none   contradicted (n,) its declared position is unsupported
    or contradicted by an independent sensor   t_class_ns, t_identity_ns (n,) when each last had
    evidence   why: per row, in words   pilots: of tracks   objects: (label, id) of this scan's rows
    """

    t_ns: int
    tracks: Tracks
    posterior: F64
    cls: I64
    identity: I64
    callsign: tuple[str, ...]
    corridor: I64
    contradicted: B1
    t_class_ns: I64
    t_identity_ns: I64
    why: tuple[tuple[str, ...], ...]
    pilots: tuple[Pilot, ...] = ()
    objects: tuple[tuple[int, str], ...] = ()


class Threats(NamedTuple):
    """What each track of the picture may do to the site; rows as `Picture.tracks`.

    score (n,) 0..1 the ordering   t_wall_s (n,) time to the outer wall on the present course, inf
    never   t_wall_sd_s (n,) its 1-sigma   p_wall (n,) probability that it reaches the wall within
    the horizon   tcpa_s, dcpa_m (n,) closest approach to the reference point   d_wall_m (n,) to the
    wall now, negative inside   zone (n,) row of Site.zones it reaches first, -1 none   group (n,)
    raid number, 0 none: they come together   closing (n,) it comes nearer   why: per row, in words
    impact, origin (n, 7) of what falls (a rocket, a mortar bomb): where it will meet the
    ground and where it was shot from: e, n [m], seconds from now (origin: negative), and
    variances ee, en, nn [m2], tt [s2]; NaN in other rows, no rows at all when nothing falls
    """

    t_ns: int
    label: I64
    score: F64
    t_wall_s: F64
    t_wall_sd_s: F64
    p_wall: F64
    tcpa_s: F64
    dcpa_m: F64
    d_wall_m: F64
    zone: I64
    group: I64
    closing: B1
    why: tuple[tuple[str, ...], ...]
    impact: F64 = NO_LANDING
    origin: F64 = NO_LANDING


class Event(NamedTuple):
    """Something decided, in words and data; the journal keeps every one.

    labels: the tracks it is about   text: what a person reads   why: reasons in words
    data: numbers that the text rests on, as (name with unit suffix, value)
    """

    t_ns: int
    kind: EventKind
    text: str
    labels: tuple[int, ...] = ()
    why: tuple[str, ...] = ()
    data: tuple[tuple[str, float], ...] = ()


class Posture(NamedTuple):
    """The air-defence warning in force: level, since when, until when, by whom and why."""

    level: Level
    since_ns: int
    expires_ns: int
    by: str
    reason: str
    forecast: str


class Alarm(NamedTuple):
    """People are told: one a raid.  what, where, what to do, until when.

    areas: rows of Site.people   acknowledged_ns, escalated_ns: when, 0 not   escalations: how often
    """

    number: int
    group: int
    raised_ns: int
    until_ns: int
    labels: tuple[int, ...]
    what: str
    where: str
    do: str
    t_wall_s: float
    acknowledged_by: str = ""
    acknowledged_ns: int = 0
    escalated_ns: int = 0
    escalations: int = 0
    areas: tuple[int, ...] = ()


class Warned(NamedTuple):
    """A people's area that was told: by which alarm, when, and who there has heard it."""

    area: int
    alarm: int
    told_ns: int
    heard_ns: int = 0
    heard_by: str = ""


class Act(NamedTuple):
    """A person's act.  Enters by the same step as a scan.

    verb one of "acknowledge", "dismiss", "classify", "identify", "interrogate", "posture",
    "register", "heard", "note", "clear"
    subject a track label (0 for a note on none), an alarm number, for posture a Level, for register
    (accept the bias offered) the sensor's row, for heard (its warning) a people's area's row
    """

    t_ns: int
    who: str
    verb: str
    subject: int
    value: int = 0
    why: str = ""
    until_ns: int = 0


class Watch(NamedTuple):
    """What the watch knows after a step: posture, alarms in force, this step's events.

    warned: people's areas of alarms in force   health, heard_ns (s,) `Health`, last heard, 0 never
    """

    t_ns: int
    posture: Posture
    alarms: tuple[Alarm, ...]
    events: tuple[Event, ...]
    warned: tuple[Warned, ...] = ()
    health: I64 = np.zeros(0, np.int64)
    heard_ns: I64 = np.zeros(0, np.int64)


class Area(NamedTuple):
    """A named polygon on the ground.  polygon (k, 2) [m] ENU, not closed."""

    name: str
    polygon: F64


class Corridor(NamedTuple):
    """Where friendly or civil traffic is expected.

    path (k, 2) [m] ENU   floor_m, ceiling_m over the reference point   user: "airliner", ...
    """

    name: str
    path: F64
    half_width_m: float
    floor_m: float
    ceiling_m: float
    user: str


class Site(NamedTuple):
    """A site as the stages need it.

    origin (latitude_rad, longitude_rad, hae_m) WGS84   geoid_m height of the geoid above the
    ellipsoid there   wall: the outer wall   zones: protected areas inside or beside it
    people: areas where many people are   world_m: radius of the world   schematic: the layout
    is not the real one   friends: cooperative identity texts that are friendly
    tracker: settings by name that are its own   expects: ObjectClass beyond what flies
    terrain, buildings: what shades the sensors (`Sensors.skyline` is made of them)
    """

    name: str
    title: str
    origin: tuple[float, float, float]
    geoid_m: float
    utc_offset_s: int
    wall: Area
    zones: tuple[Area, ...]
    people: tuple[Area, ...]
    corridors: tuple[Corridor, ...]
    sensor_names: tuple[str, ...]
    sensors: Sensors
    world_m: float
    schematic: bool
    friends: tuple[str, ...] = ()
    tracker: tuple[tuple[str, float], ...] = ()
    expects: tuple[int, ...] = ()
    terrain: Terrain = Terrain()
    buildings: tuple[Building, ...] = ()


class Refused(NamedTuple):
    """A record that a source set aside: where it stood, why, and the record itself."""

    t_ns: int
    source: str
    where: str
    why: str
    raw: bytes


class Output(NamedTuple):
    """What one step of the pipeline gives; a registration where there is a new one."""

    t_ns: int
    association: Association
    picture: Picture
    threats: Threats
    watch: Watch
    registration: Registration | None = None

    @property
    def tracks(self) -> Tracks:
        """The tracks of the picture."""
        return self.picture.tracks
