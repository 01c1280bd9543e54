"""A made-up night for the console's tests: what the service would say at each second of it.

Nothing here is measured or tracked: routes are straight lines, figures are invented, and the
words are those of the real service's protocol (docs/console.md).
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
T0_NS = 1_641_262_200_000_000_000  # 2022-01-04 02:10:00 UTC
MARK = "EXERCISE EXERCISE EXERCISE: "
CLASSES = ["unknown", "multirotor", "fixed_wing", "one_way_attack", "bird", "light_aircraft",
           "helicopter", "airliner", "ballistic", "balloon"]  # fmt: skip
IDENTITIES = ["pending", "unknown", "assumed friend", "friend", "neutral", "suspect", "hostile"]
WALL_M = 3000.0
RAID_S, ALARM_S, LOST_S, CLEAR_S = 20.0, 60.0, 190.0, 210.0

# label, callsign, class, identity, from (e, n, agl), course [deg], speed, begins, ends, sensors
FLIGHTS: list[tuple[Any, ...]] = [
    (11, "TST101", "airliner", "neutral", (-14000, 12500, 10400), 80, 236, -900, 9999, [3, 0]),
    (12, "TST202", "airliner", "neutral", (16000, 14500, 9800), 262, 228, -900, 9999, [3]),
    (21, "FRIEND-01", "multirotor", "friend", (7500, -2900, 150), 296, 14, -300, 460, [4, 0]),
    (1041, "", "one_way_attack", "suspect", (-10800, -4700, 140), 64, 47, RAID_S, LOST_S, [0, 1]),
    (1043, "", "one_way_attack", "suspect", (-11500, -4300, 150), 66, 46, RAID_S + 8, LOST_S + 6, [0]),
    (1044, "", "unknown", "unknown", (4200, 5200, 84), 215, 19, 5, 9999, [0]),
    (1050, "", "multirotor", "pending", (5200, -4300, 60), 300, 8, 45, 9999, [0]),
    *[(60 + k, "", "bird", "unknown", (1500 - 700 * k, 4300 + 260 * (k % 3), 70 + 20 * k),
       230 + 9 * k, 11 + k % 3, -600, 9999, [0]) for k in range(6)],
]  # fmt: skip

WARNED = [("duty shelter warden", "living quarters"), ("flight line", "flight line"),
          ("fuel store", "fuel store"), ("clinic", "living quarters")]  # fmt: skip


def site() -> dict[str, Any]:
    """The built-in site of the default run, as the service would give it."""
    raw = yaml.safe_load((ROOT / "src/bartizan/data/sites/ain-al-asad.yaml").read_text())
    kinds = {"radar": 20000, "camera": 6000}
    sensors = []
    for row, s in enumerate(raw["sensors"]):
        place = s["place"]
        reach = s.get("range_m", [0, kinds.get(s["kind"], 8000)])[1]
        sensors.append({
            "row": row, "name": s["name"], "kind": s["kind"], "e": place["east_m"], "n": place["north_m"],
            "u": place["up_m"], "max_range_m": reach, "azimuth_deg": None,
        })  # fmt: skip
    return {
        "name": raw["name"], "title": raw["title"], "schematic": True,
        "origin": {"lat_deg": 33.79, "lon_deg": 42.44, "hae_m": 196.0},
        "utc_offset_s": 10800, "world_m": raw["world_m"], "mode": "EXERCISE", "version": "0.1.0",
        "wall": {"name": raw["wall"]["name"], "polygon": raw["wall"]["corners_m"]},
        "zones": [{"name": z["name"], "polygon": z["corners_m"]} for z in raw["zones"]],
        "people": [{"name": z["name"], "polygon": z["corners_m"]} for z in raw["people"]],
        "corridors": [{"name": c["name"], "path": c["path_m"], "half_width_m": c["half_width_m"],
                       "floor_m": c["floor_m"], "ceiling_m": c["ceiling_m"], "user": c["user"]}
                      for c in raw["corridors"]],
        "sensors": sensors, "classes": CLASSES, "identities": IDENTITIES,
        "warned": [{"name": n, "area": a} for n, a in WARNED],
        "raids": ["ain-al-asad-2022-01-04", "baghdad-dsc-2022-01-03"],
    }  # fmt: skip


def cover(height_m: float) -> dict[str, Any]:
    """One radar's share of looks that see a small thing: falls with range, blind behind a ridge."""
    cols, cell = 120, 250.0
    e0 = -cols * cell / 2
    pd = []
    for r in range(cols):
        for c in range(cols):
            e, n = e0 + (c + 0.5) * cell, e0 + (r + 0.5) * cell
            d = math.hypot(e, n)
            p = 0.95 / (1.0 + math.exp((d - 6000 - 14 * height_m) / 900))
            behind = 0.75 < math.atan2(n, e) < 1.15 and d > 3800
            if behind and height_m < 40 + (d - 3800) * 0.03:
                p = 0.0
            pd.append(round(p * 20) / 20)
    return {
        "height_m": height_m,
        "cell_m": cell,
        "e0": e0,
        "n0": e0,
        "cols": cols,
        "rows": cols,
        "pd": pd,
    }


def terrain() -> dict[str, Any]:
    """Rolling ground with one ridge in the north-east."""
    cols, cell = 150, 200.0
    e0 = -cols * cell / 2
    up = []
    for r in range(cols):
        for c in range(cols):
            e, n = e0 + c * cell, e0 + r * cell
            ridge = 90 * math.exp(
                -(((e - n) / 5200) ** 2) - ((math.hypot(e - 3600, n - 3600) - 900) / 1500) ** 2
            )
            up.append(round(18 * math.sin(e / 1700) * math.cos(n / 2300) + 9 * math.sin((e + 2 * n) / 900)
                            + 4 * math.sin(e / 310) * math.sin(n / 270) + ridge, 1))  # fmt: skip
    return {"cell_m": cell, "e0": e0, "n0": e0, "cols": cols, "rows": cols, "up_m": up}


def place(flight: tuple[Any, ...], t_s: float) -> tuple[float, float]:
    (e, n, _), course, speed, begins = flight[4], math.radians(flight[5]), flight[6], flight[7]
    run = speed * (t_s - max(begins, 0 if begins < 0 else begins))
    return e + run * math.sin(course), n + run * math.cos(course)


def track(flight: tuple[Any, ...], t_s: float, said: dict[int, dict[str, str]]) -> dict[str, Any]:
    label, callsign, cls, identity, (_, _, agl), course, speed, begins, ends, seen = flight
    e, n = place(flight, t_s)
    d_wall = max(0.0, math.hypot(e, n) - WALL_M)
    raid = label in (1041, 1043)
    if raid and t_s < RAID_S + 15:
        cls, identity = "unknown", "unknown"
    closing = raid or label == 1044
    over = said.get(label, {})
    cls, identity = over.get("cls", cls), over.get("identity", identity)
    coasting = t_s > ends - 12
    p = 0.9 if cls != "unknown" else 0.4
    rest = [c for c in ("multirotor", "bird", "fixed_wing") if c != cls][:2]
    score = {"hostile": 1.0, "suspect": 0.9, "unknown": 0.3, "pending": 0.2}.get(identity, 0.05)
    return {
        "label": label, "e": round(e, 1), "n": round(n, 1), "u": float(agl), "agl_m": float(agl),
        "speed_mps": float(speed), "course_deg": float(course), "climb_mps": -1.5 if raid else 0.0,
        "existence": 0.99, "cls": cls, "cls_p": [[cls, p], [rest[0], 0.06], [rest[1], 0.02]],
        "identity": identity, "callsign": callsign,
        "ellipse": [90.0 + (120 if coasting else 0), 45.0, float(course)],
        "t_wall_s": round(d_wall / speed, 1) if closing else None, "t_wall_sd_s": 4.0,
        "d_wall_m": round(d_wall, 1), "score": (score + 0.4 * closing) * (0.1 if cls == "bird" else 1.0) + label * 1e-6,
        "closing": closing, "group": 1 if raid else 0, "coasting": coasting,
        "age_s": round(max(0.3, t_s - (ends - 12)) if coasting else 0.3, 1), "seen_by": seen,
        "history": [[round(x, 1), round(y, 1)] for k in range(1, 16)
                    if t_s - 3 * k >= begins for x, y in [place(flight, t_s - 3 * k)]],
        "why": (["straight course to the wall for 71 s", "speed and height fit one-way attack: 0.94",
                 "no Remote ID, no transponder heard (counts for nothing)", "interrogated: no explanation"]
                if raid else [f"{IDENTITIES.index(identity)} of 6: {identity}", "height and speed fit"]),
    }  # fmt: skip


EVENTS: list[tuple[float, str, str, list[int]]] = [
    (-1500, "sensor", "all sensors report", []),
    (-900, "identified", "TST101 is neutral: transponder, flies like an airliner", [11]),
    (-300, "identified", "FRIEND-01 is friend: own name, seen by radar", [21]),
    (RAID_S, "first_plot", "first plot of track 1041", [1041]),
    (RAID_S + 6, "interrogation", "track 1041 interrogated: no explanation", [1041]),
    (RAID_S + 16, "attention", "unexplained and closing: track 1041", [1041]),
    (RAID_S + 20, "posture", "posture WHITE to YELLOW: something unexplained closes", []),
    (ALARM_S, "alarm", "alarm 1: two one-way attack drones from the south-west", [1041, 1043]),
    (ALARM_S + 0.5, "posture", "posture YELLOW to RED: alarm 1 in force", []),
    (110, "sensor", "camera west: no data", []),
    (LOST_S, "track_dropped", "track 1041 lost 3.1 km from the wall", [1041]),
    (CLEAR_S, "all_clear", "all clear: alarm 1 has ended", []),
    (CLEAR_S + 1, "posture", "posture RED to YELLOW: in anticipation of another", []),
]


def level(t_s: float) -> str:
    if t_s < RAID_S + 20:
        return "WHITE"
    return "RED" if ALARM_S <= t_s < CLEAR_S else "YELLOW"
