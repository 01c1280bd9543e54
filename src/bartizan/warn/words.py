"""The watch's words: the mode's mark, directions, times, what to do.

In: numbers and enums.  Out: short texts for people.
Does not: decide anything.
"""

from __future__ import annotations

import math

from bartizan.types import Identity, Mode, ObjectClass
from bartizan.units import NS_PER_S, clock_from_ns, iso_from_ns

MARKS = {
    Mode.EXERCISE: "EXERCISE EXERCISE EXERCISE: ",
    Mode.RECORDING: "RECORDING: ",
    Mode.LIVE: "",
}
WINDS = ("north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west")

THINGS = {
    ObjectClass.UNKNOWN: ("unknown aircraft", "unknown aircraft"),
    ObjectClass.MULTIROTOR: ("multirotor drone", "multirotor drones"),
    ObjectClass.FIXED_WING: ("fixed-wing drone", "fixed-wing drones"),
    ObjectClass.ONE_WAY_ATTACK: ("one-way attack drone", "one-way attack drones"),
    ObjectClass.BIRD: ("bird", "birds"),
    ObjectClass.LIGHT_AIRCRAFT: ("light aircraft", "light aircraft"),
    ObjectClass.HELICOPTER: ("helicopter", "helicopters"),
    ObjectClass.AIRLINER: ("airliner", "airliners"),
    ObjectClass.BALLISTIC: ("rocket or mortar", "rockets or mortars"),
    ObjectClass.BALLOON: ("balloon", "balloons"),
}


def marked(mode: Mode, text: str) -> str:
    """The text with the mode's mark before it; marked once, however often it is called."""
    mark = MARKS[mode]
    return text if text.startswith(mark) else mark + text


def whose(identity: int) -> str:
    """The identity as a word."""
    return Identity(identity).name.lower().replace("_", " ")


def thing(cls: int, count: int = 1) -> str:
    """The class as a noun, in the number wanted."""
    return THINGS[ObjectClass(cls)][0 if count == 1 else 1]


def bearing_rad(e_m: float, n_m: float) -> float:
    """Azimuth [rad] in 0..2 pi, clockwise from north, of a place seen from the origin."""
    return math.atan2(e_m, n_m) % (2.0 * math.pi)


def wind(azimuth_rad: float) -> str:
    """The nearest of the eight winds."""
    return WINDS[round(azimuth_rad / (math.pi / 4.0)) % 8]


def where(e_m: float, n_m: float, d_wall_m: float, wall: str) -> str:
    """Direction and distance in words: "from the north-east (041 deg), 6.2 km from ..."."""
    if d_wall_m <= 0.0:
        return f"inside {wall}"
    az = bearing_rad(e_m, n_m)
    deg = round(math.degrees(az)) % 360
    far = f"{d_wall_m / 1000.0:.1f} km" if d_wall_m >= 1000.0 else f"{round(d_wall_m, -1):.0f} m"
    return f"from the {wind(az)} ({deg:03d}°), {far} from {wall}"


def spot(e_m: float, n_m: float, zone: str) -> str:
    """A point on the ground in words: "in flight line", "1.2 km east of the middle"."""
    if zone:
        return f"in {zone}"
    far = math.hypot(e_m, n_m)
    if far < 100.0:
        return "in the middle of the site"
    km = f"{far / 1000.0:.1f} km" if far >= 1000.0 else f"{round(far, -1):.0f} m"
    return f"{km} {wind(bearing_rad(e_m, n_m))} of the middle of the site"


def clock(t_ns: int, now_ns: int, utc_offset_s: int) -> str:
    """HH:MM:SS local, with the date when it is not today's."""
    shift = utc_offset_s * NS_PER_S
    day = iso_from_ns(t_ns + shift, 0)[:10]
    today = day == iso_from_ns(now_ns + shift, 0)[:10]
    return f"{clock_from_ns(t_ns, utc_offset_s)} local" + ("" if today else f" on {day}")


def span(t_s: float) -> str:
    """A time ahead, as long as it is useful: "40 s", "2 min", "24 h"."""
    if not math.isfinite(t_s):
        return "not on its present course"
    if t_s < 120.0:
        return f"{max(round(t_s), 0)} s"
    if t_s < 7200.0:
        return f"{round(t_s / 60.0)} min"
    return f"{round(t_s / 3600.0)} h"


def what_to_do(t_wall_s: float, areas: str = "") -> str:
    """What people should do, by the time that they have; the wording is assumed.

    areas: whom it is for, "" everybody
    """
    who = f"{areas[0].upper()}{areas[1:]}: " if areas else ""
    if t_wall_s <= 60.0:
        return (
            f"{who}Take cover now where you are: lie down behind something hard, away from "
            "windows. Stay down until the all clear."
        )
    return f"{who}Go to the nearest hard shelter at once. Stay in it until the all clear."


def unmarked(mode: Mode, text: str) -> str:
    """The text without the mode's mark, to be put into another that will be marked."""
    return text.removeprefix(MARKS[mode])
