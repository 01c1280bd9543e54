"""Tracks of a recording against the drones' own GPS: the fused ones, and each sensor's.

In: a recorded scenario with truth, and a way to replay it.  Out: five measures a source,
and under "measures" the rest (`summary`).  Does not: let truth near a tracker.

The five, taken at each second of the truth, the same for every source:

  error_median_m, error_p95_m   horizontal distance of the track assigned to a drone
  covered        share of drone-seconds with an assigned track within 50 m
  false_track_s  track-seconds farther than 100 m from every drone, summed over tracks
  label_changes  how often a drone's assigned track has another label than the last one

A track stands for a drone within 100 m; the track that stood for it last keeps it,
the others are assigned at the least total distance (CLEAR MOT, Bernardin & Stiefelhagen
2008).  A track's place at a second lies on the line between the rows before and after it if
they are at most 3 s apart, else, up to 1.5 s after a row, on that row's own velocity; never
before its first row.

Sensors report tracks without numbers.  Distinct reports of one sensor are chained by one
rule: a report continues the track that it fits best, if that track's last report is at most
3 s old (two turns and some) and its velocity carried on comes within 30 m/s times the gap
of the report.  Radio direction finders give no position: no row.

What a source itself holds for no drone is not counted as its track of one: of the sensors
the rows that they class as a vehicle, a bird or a fixed-wing aircraft, of the fused tracks
those that the picture names as one of these, or holds for one with 80 % and more (NOT_DRONES).
"""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np

from bartizan.errors import SourceError
from bartizan.evaluate import summary
from bartizan.evaluate.matching import Rows, match, rows, side_by_side, some
from bartizan.feeds import tables
from bartizan.feeds.reports import enu_of
from bartizan.frames import LocalFrame, enu_from_wgs84
from bartizan.types import F64, I64, ObjectClass, Output
from bartizan.units import RAD_PER_DEG, ns_from_s

COLUMNS: Final = (
    "error_median_m",
    "error_p95_m",
    "covered",
    "false_track_s",
    "label_changes",
)
NOT_DRONES: Final = frozenset(
    {
        ObjectClass.BIRD,
        ObjectClass.LIGHT_AIRCRAFT,
        ObjectClass.HELICOPTER,
        ObjectClass.AIRLINER,
        ObjectClass.BALLISTIC,
        ObjectClass.BALLOON,
    }
)
SURE: Final = 0.8  # assumed
OTHER_THINGS: Final = ("VEHICLE", "BIRD", "FIXED_WING")  # in the sensors' own words
SENSORS: Final = ("alvira", "arcus")
ASSIGN_M: Final = 100.0
COVER_M: Final = 50.0
REACH_S: Final = 1.5
CHAIN_S: Final = 3.0
CHAIN_MPS: Final = 30.0

# (t_ns, label (k,), x (k, 6)), and where known P (k, 6, 6) and ObjectClass (k,)
Step = tuple[int, I64, F64] | tuple[int, I64, F64, F64, I64]
Replay = Callable[[Path], tuple[LocalFrame, Iterable[Step]]]
Scores = dict[str, float | None]
Scored = dict[str, Any]  # Scores, and "measures"


def drones(output: Output) -> Step:
    """Time, labels, states, covariances and classes of the tracks that may be drones.

    Left out: what the picture names as one of NOT_DRONES, or holds for one or the other of
    them with SURE and more.
    """
    picture, tracks = output.picture, output.tracks
    others = sorted(int(c) for c in NOT_DRONES)
    keep = ~np.isin(picture.cls, others) & (picture.posterior[:, others].sum(axis=1) < SURE)
    return output.t_ns, tracks.label[keep], tracks.x[keep], tracks.P[keep], picture.cls[keep]


class Track(NamedTuple):
    """One track's rows: t_s (n,) seconds from the scenario's start, x (n, 4) [m, m/s]
    east, north and their velocities; P (n, 2, 2) [m2] covariance of the first two and
    cls (n,) ObjectClass, None where the source does not say."""

    t_s: F64
    x: F64
    P: F64 | None = None
    cls: I64 | None = None


class Truth(NamedTuple):
    """One drone: t_s (n,) whole seconds from the start, p (n, 2) [m] east, north."""

    t_s: F64
    p: F64


def table(path: Path, replay: Replay) -> dict[str, dict[str, Scored]]:
    """Scores of each source in each scenario under `path` (or of `path` itself): the five
    columns, and "measures" with the rest.

    replay(scenario) -> the site's frame, and for every step of the tracker, in order,
    (t_ns, label (n,), x (n, 6) ENU) of its confirmed tracks, less those of NOT_DRONES,
    and where known their P (n, 6, 6) and ObjectClass (n,)
    Raises SourceError when there is no scenario with a truth table.
    """
    found = sorted(p.parent for p in [path / "truth.csv", *path.glob("*/truth.csv")] if p.exists())
    if not found:
        raise SourceError(f"{path}: no truth.csv in it or one folder below")
    return {scenario.name: _scenario(scenario, replay) for scenario in found}


def against(
    path: Path, replay: Replay, read: Callable[[LocalFrame], tuple[int, tuple[Truth, ...]]]
) -> dict[str, dict[str, Scored]]:
    """As `table`, of the fused tracks of any recording against a truth read from elsewhere."""
    frame, steps = replay(path)
    start_ns, drones = read(frame)
    tracks = fused_tracks(steps, start_ns)
    return {path.name: {"fused": {**score(tracks, drones), "measures": measured(tracks, drones)}}}


def _scenario(path: Path, replay: Replay) -> dict[str, Scored]:
    frame, steps = replay(path)
    start_ns, drones = read_truth(path / "truth.csv", frame)
    found = {"fused": fused_tracks(steps, start_ns)}
    for name in SENSORS:
        source = path / f"{name}.csv.gz"
        if source.exists():
            found[name] = chain(sensor_reports(source, name, frame, start_ns))
    return {k: {**score(v, drones), "measures": measured(v, drones)} for k, v in found.items()}


def read_truth(path: Path, frame: LocalFrame) -> tuple[int, tuple[Truth, ...]]:
    """The start [ns] and every drone's positions in the site's frame."""
    with open(path, newline="") as file:
        rows = list(csv.DictReader(file))
    if not rows:
        raise SourceError(f"{path}: no rows")
    start = min(int(r["unix_s"]) for r in rows)
    drones = []
    for drone in sorted({r["drone"] for r in rows}):
        mine = {int(r["unix_s"]): r for r in rows if r["drone"] == drone}
        seconds = sorted(mine)
        lat, lon = (
            np.array([float(mine[s][c]) for s in seconds]) * RAD_PER_DEG
            for c in ("latitude_deg", "longitude_deg")
        )
        p = enu_from_wgs84(frame, lat, lon, np.full(len(seconds), frame.hae_m))
        drones.append(Truth(np.array(seconds, dtype=np.float64) - start, p[:, :2]))
    return ns_from_s(start), tuple(drones)


def fused_tracks(steps: Iterable[Step], start_ns: int) -> dict[int, Track]:
    """The tracker's outputs by label; two at one time count once, the later one."""
    found: dict[int, list[tuple[float, F64, F64, int]]] = {}
    known = True
    for t_ns, label, state, *more in steps:
        now = (t_ns - start_ns) * 1e-9
        known = known and bool(more)
        P: Any = more[0] if more else np.zeros((len(label), 2, 2))
        cls: Any = more[1] if more else np.zeros(len(label), np.int64)
        for i, key in enumerate(label.tolist()):
            mine = found.setdefault(key, [])
            if mine and mine[-1][0] >= now:
                mine.pop()
            mine.append((now, state[i, [0, 1, 3, 4]], P[i, :2, :2], int(cls[i])))
    return {k: _track(found[k], known) for k in sorted(found)}


def _track(said: list[tuple[float, F64, F64, int]], known: bool) -> Track:
    """A track of its rows; known: whether covariance and class mean anything."""
    t, x = np.array([s[0] for s in said]), np.array([s[1] for s in said])
    if not known:
        return Track(t, x)
    return Track(t, x, np.array([s[2] for s in said]), np.array([s[3] for s in said], np.int64))


def sensor_reports(
    path: Path, name: str, frame: LocalFrame, start_ns: int
) -> Iterator[tuple[float, F64]]:
    """A radar's distinct reports: (seconds from the start, x (4,)), as it gave them."""
    track = f"{name.capitalize()}TracksTrack"
    seen: set[tuple[str, ...]] = set()
    for row in tables.rows(path, (f"{track}_Timestamp",)):
        if isinstance(row, tables.Broken) or not row.cells[f"{track}_Timestamp"]:
            continue
        key = tuple(v for k, v in row.cells.items() if k.startswith(track))
        if key in seen:
            continue
        seen.add(key)
        kind = row.cells.get(f"{track}_Classification", "")
        if any(kind.endswith(other) for other in OTHER_THINGS):
            continue
        try:
            t_ns = tables.time_ns(row.cells[f"{track}_Timestamp"])
            lat, lon, speed, course = (
                tables.number(row.cells[track + c])
                for c in ("Position_Latitude", "Position_Longitude", "Velocity_Speed",
                          "Velocity_Azimuth")
            )  # fmt: skip
        except ValueError:
            continue  # the feed counts these
        p = enu_of(frame, lat * RAD_PER_DEG, lon * RAD_PER_DEG, frame.hae_m)
        a = course * RAD_PER_DEG
        v = (speed * math.sin(a), speed * math.cos(a))
        yield (t_ns - start_ns) * 1e-9, np.array([p[0], p[1], *v])


def chain(reports: Iterable[tuple[float, F64]]) -> dict[int, Track]:
    """Reports without numbers to tracks, by the rule in this module's head."""
    rows = sorted(reports, key=lambda r: (r[0], *r[1].tolist()))
    open_: dict[int, tuple[float, F64]] = {}
    tracks: dict[int, list[tuple[float, F64]]] = {}
    for t, x in rows:
        open_ = {k: last for k, last in open_.items() if t - last[0] <= CHAIN_S}
        best, best_m = 0, math.inf
        for k, (t0, x0) in open_.items():
            off = x[:2] - x0[:2] - (t - t0) * x0[2:]
            d = math.hypot(*off)
            if t - t0 > 0.0 and d <= CHAIN_MPS * (t - t0) and d < best_m:
                best, best_m = k, d
        best = best or len(tracks) + 1
        tracks.setdefault(best, []).append((t, x))
        open_[best] = (t, x)
    return {k: Track(np.array([t for t, _ in v]), np.array([x for _, x in v]))
            for k, v in tracks.items()}  # fmt: skip


def place(track: Track, t_s: float) -> F64 | None:
    """East, north (2,) [m] of a track at t_s; None where it says nothing then."""
    x = _state(track, t_s)
    return None if x is None else x[:2]


def _state(track: Track, t_s: float) -> F64 | None:
    """Place and velocity (4,) of a track at t_s; None where it says nothing then."""
    k = int(np.searchsorted(track.t_s, t_s, side="right"))
    if k == 0:
        return None
    before, after = k - 1, k
    gap = t_s - track.t_s[before]
    if after < len(track.t_s) and track.t_s[after] - track.t_s[before] <= 2.0 * REACH_S:
        f = gap / (track.t_s[after] - track.t_s[before])
        return np.asarray(track.x[before] * (1.0 - f) + track.x[after] * f)
    if gap > REACH_S:
        return None
    x = track.x[before]
    return np.concatenate([x[:2] + gap * x[2:], x[2:]])


def sampled(tracks: Mapping[int, Track], drones: tuple[Truth, ...]) -> tuple[Rows, Rows]:
    """Truth and tracks as rows at the seconds of the truth; drones numbered from 0."""
    where = [
        (t, d, p) for d, w in enumerate(drones) for t, p in zip(w.t_s.tolist(), w.p, strict=True)
    ]
    fly = [np.gradient(w.p, w.t_s, axis=0) if len(w.t_s) > 1 else 0.0 * w.p for w in drones]
    seconds = np.unique(np.concatenate([w.t_s for w in drones]))
    said = [
        (t, k, x)
        for k, track in tracks.items()
        for t in seconds[(seconds >= track.t_s[0]) & (seconds <= track.t_s[-1] + REACH_S)].tolist()
        if (x := _state(track, t)) is not None
    ]
    x = np.array([s[2] for s in said]).reshape(-1, 4)
    t_s, label, p = ([w[k] for w in where] for k in range(3))
    return (
        rows(t_s, label, p, np.concatenate(fly)),
        rows([s[0] for s in said], [s[1] for s in said], x[:, :2], x[:, 2:]),
    )


def score(tracks: Mapping[int, Track], drones: tuple[Truth, ...]) -> Scores:
    """The five measures of one source's tracks (errors None where nothing was assigned)."""
    truth, said = sampled(tracks, drones)
    held = match(truth, said, ASSIGN_M)
    false_s = sum(
        int((d > ASSIGN_M).all(axis=0).sum())
        for _, i, _, d in side_by_side(truth, said) if len(i) == len(drones)
    )  # fmt: skip
    on = np.nonzero(held >= 0)[0]
    errors = np.linalg.norm(truth.p[on] - said.p[held[on]], axis=1)
    label = said.id[held[on]]
    changes = sum(
        int((label[truth.id[on] == d][1:] != label[truth.id[on] == d][:-1]).sum())
        for d in range(len(drones))
    )
    covered = float((errors <= COVER_M).sum()) / len(held) if len(held) else 0.0
    return {
        "error_median_m": round(float(np.median(errors)), 2) if len(on) else None,
        "error_p95_m": round(float(np.quantile(errors, 0.95)), 2) if len(on) else None,
        "covered": round(covered, 4),
        "false_track_s": false_s,
        "label_changes": changes,
    }


def measured(tracks: Mapping[int, Track], drones: tuple[Truth, ...]) -> dict[str, Any]:
    """All that `summary` measures of one source's tracks, at the seconds at which every
    drone has truth (without it a track of the other one would count as false)."""
    truth, said = sampled(tracks, drones)
    many = {t: len(i) for t, i, _, _ in side_by_side(truth, said)}
    truth, said = (
        some(of, np.array([many[t] == len(drones) for t in of.t_s.tolist()], bool))
        for of in (truth, said)
    )
    held = match(truth, said, ASSIGN_M)
    cls = _classes(tracks, said)
    error, P = _errors(tracks, drones, truth, said, held)
    return summary.measures(truth, said, held, ASSIGN_M, cls, error, P)


def _classes(tracks: Mapping[int, Track], said: Rows) -> I64 | None:
    """ObjectClass of each row, as the track's last own row before it said."""
    if any(t.cls is None for t in tracks.values()) or not tracks:
        return None
    out = np.zeros(len(said.id), np.int64)
    for n, (t, k) in enumerate(zip(said.t_s.tolist(), said.id.tolist(), strict=True)):
        track = tracks[k]
        if track.cls is not None:
            out[n] = track.cls[np.searchsorted(track.t_s, t, side="right") - 1]
    return out


def _errors(
    tracks: Mapping[int, Track], drones: tuple[Truth, ...], truth: Rows, said: Rows, held: I64
) -> tuple[F64, F64]:
    """Errors (k, 2) [m] of the tracks' own rows, with what they claim of them (k, 2, 2).

    A row counts in a second in which its track stands for a drone; the truth at the row's
    time lies on the line between its seconds.
    """
    error, claimed = [np.zeros((0, 2))], [np.zeros((0, 2, 2))]
    for row in np.nonzero(held >= 0)[0]:
        track, drone = tracks[int(said.id[held[row]])], drones[int(truth.id[row])]
        if track.P is None:
            continue
        t = truth.t_s[row]
        mine = (track.t_s >= t) & (track.t_s < min(t + 1.0, drone.t_s[-1]))
        there = [np.interp(track.t_s[mine], drone.t_s, drone.p[:, a]) for a in (0, 1)]
        error.append(track.x[mine, :2] - np.stack(there, axis=1))
        claimed.append(track.P[mine])
    return np.concatenate(error), np.concatenate(claimed)


def _wins(mine: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, bool]:
    """Per column whether `mine` is strictly better; nothing is worse than anything."""
    out = {}
    for column in COLUMNS:
        a, b = mine[column], other[column]
        sign = -1.0 if column == "covered" else 1.0
        out[column] = a is not None and (b is None or sign * a < sign * b)
    return out


def best_sensor(scores: Mapping[str, Mapping[str, Any]]) -> str:
    """The sensor that is better than the other sensors in most columns; covers more if tied."""
    names = [n for n in scores if n != "fused"]

    def rank(name: str) -> tuple[int, float]:
        won = sum(sum(_wins(scores[name], scores[o]).values()) for o in names if o != name)
        return won, scores[name]["covered"] or 0.0

    return max(names, key=rank) if names else ""


def better(scores: Mapping[str, Mapping[str, Any]]) -> dict[str, bool]:
    """Per column whether the fused tracks are strictly better than the best sensor's own."""
    name = best_sensor(scores)
    if not name:
        return dict.fromkeys(COLUMNS, True)
    return _wins(scores["fused"], scores[name])


def show(result: Mapping[str, Mapping[str, Mapping[str, Any]]], console: Any) -> None:
    """Prints the table on a rich console; the best of a column in bold."""
    from rich.table import Table

    out = Table(title="Tracks against the drones' own GPS", title_justify="left")
    out.add_column("scenario")
    out.add_column("source")
    for name in ("median [m]", "95 % [m]", "covered", "false [s]", "label changes"):
        out.add_column(name, justify="right")
    for scenario, scores in result.items():
        wins = better(scores)
        for source, row in scores.items():
            cells = []
            for column in COLUMNS:
                v = row[column]
                text = "-" if v is None else f"{v:.1%}" if column == "covered" else f"{v:g}"
                cells.append(f"[bold]{text}[/bold]" if source == "fused" and wins[column] else text)
            out.add_row(scenario if source == "fused" else "", source, *cells)
        out.add_section()
    console.print(out)
    console.print(__doc__.split("\n\n", 2)[2] if __doc__ else "", highlight=False)
    summary.show(result, console)


def show_registration(biases: Mapping[str, Mapping[str, Any]], console: Any) -> None:
    """Prints what each sensor adds beyond what is accepted, as the sensors' own data tell it."""
    from rich.table import Table

    out = Table(title="Registration: bias beyond the accepted one, estimated", title_justify="left")
    for name in ("scenario", "sensor", "compared", "range [m]", "azimuth [deg]", "clock [s]",
                 "median off, before", "after"):  # fmt: skip
        out.add_column(name, justify="left" if name in ("scenario", "sensor") else "right")
    for scenario, sensors in biases.items():
        for sensor, b in sensors.items():
            cells = [
                "-"
                if not b["compared"] or b[c] is None
                else f"{b[c]:+.2f} \u00b1 {b[f'{c}_sd']:.2f}"
                for c in ("range_m", "azimuth_deg", "clock_s")
            ]
            fit = [
                "-" if b[c] is None else f"{b[c]:.2f} \u03c3"
                for c in ("before_sigma", "after_sigma")
            ]
            out.add_row(scenario, sensor, str(b["compared"]), *cells, *fit)
        out.add_section()
    console.print(out)
