"""Tracks from several cameras against the drone's own RTK positions, in space.

In: a multicam recording, and a way to replay it.  Out: the measures of its fused tracks.
Does not: let truth near a tracker; only this file and its table hold both.

The measures, taken at each row of the truth (5 Hz) while two cameras run or more:

  error_median_m, error_p95_m        horizontal distance of the track assigned to the drone
  error_3d_median_m, error_3d_p95_m  distance in space of the same
  covered        share of rows with an assigned track within 2 m
  false_track_s  track-seconds farther than 5 m from the drone, summed over tracks
  label_changes  how often the drone's assigned track has another label than the last one
  in_two_pictures  share of rows at which two cameras or more had labelled it in the last
                 0.2 s: what crossing bearings could cover at all

The rules are those of the other recordings (`recordings`), with distances for a scene of
tens of metres: a track stands for the drone within 5 m in space, the one that did at the
last row keeps it.  A track's place is its last output's, carried on its velocity for at most
0.2 s.  Tracks of every class count: nothing but the drone was labelled.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np

from bartizan.errors import SourceError
from bartizan.feeds import MulticamParams, multicam
from bartizan.types import F64, I64, Output, Scan, Site
from bartizan.units import NS_PER_S, ns_from_iso

TRUTH: Final = "rtk.txt"
COLUMNS: Final = (
    "error_median_m",
    "error_p95_m",
    "error_3d_median_m",
    "error_3d_p95_m",
    "covered",
    "false_track_s",
    "label_changes",
    "in_two_pictures",
)
ASSIGN_M: Final = 5.0
COVER_M: Final = 2.0
REACH_S: Final = 0.2

Scores = dict[str, float | None]
Rows = Iterable[tuple[int, I64, F64]]
Replay = Callable[[Path], tuple[Site, MulticamParams, Rows]]


def all_tracks(output: Output) -> tuple[int, I64, F64]:
    """Time, labels (k,) and states (k, 6) of an output's tracks, whatever they are."""
    return output.t_ns, output.tracks.label, output.tracks.x


def scenarios(path: Path) -> list[Path]:
    """The multicam recordings under `path`: itself, or folders in it."""
    return sorted(p.parent for p in [path / multicam.POSES, *path.glob(f"*/{multicam.POSES}")]
                  if p.is_file())  # fmt: skip


def table(path: Path, replay: Replay) -> dict[str, dict[str, Scores]]:
    """Scores of each multicam recording under `path`.

    replay(scenario) -> the site with the recording's cameras, the feed's settings, and for
    every step of the tracker, in order, (t_ns, label (n,), x (n, 6) ENU)
    Raises SourceError when truth or poses cannot be read.
    """
    out = {}
    for scenario in scenarios(path):
        site, params, rows = replay(scenario)
        t_ns, p = read_truth(scenario, params)
        seen = _seen(scenario, site, params)
        inside = (t_ns >= seen[0][0]) & (t_ns <= seen[0][1])
        if not inside.any():
            raise SourceError(f"{scenario / TRUTH}: no position while two cameras run")
        scores = score(rows, t_ns[inside], p[inside])
        scores["in_two_pictures"] = round(_in_two(seen[1], t_ns[inside]), 4)
        out[scenario.resolve().name] = {"fused": scores}
    return out


def read_truth(path: Path, params: MulticamParams) -> tuple[I64, F64]:
    """Times (k,) [ns] and positions (k, 3) [m] in the site's axes of the truth table.

    Its rows are in the axes of `poses.json`, one each 1/rtk_rate_hz s of the flight's clock.
    Raises SourceError naming the line that is not three numbers.
    """
    file = path / TRUTH
    poses = multicam.read_poses(path)
    try:
        lines = file.read_text(encoding="utf-8", errors="replace").rstrip().splitlines()
    except OSError as e:
        raise SourceError(f"{file}: cannot be read ({e.strerror or e})") from e
    p = np.empty((len(lines), 3))
    for k, line in enumerate(lines):
        try:
            p[k] = [float(v) for v in line.split()]
        except ValueError:
            raise SourceError(f"{file}:{k + 1}: expected east north up in metres") from None
    if not len(p) or not np.isfinite(p).all():
        raise SourceError(f"{file}: expected rows of finite numbers")
    t_s = np.arange(len(p)) / poses.rtk_rate_hz
    t_ns = ns_from_iso(params.day) + np.round(t_s * NS_PER_S).astype(np.int64)
    return t_ns, p - multicam.origin(poses, params)


def _seen(
    path: Path, site: Site, params: MulticamParams
) -> tuple[tuple[int, int], list[list[int]]]:
    """From when to when [ns] at least two cameras run, and when each had a label."""
    ran: list[list[int]] = [[] for _ in site.sensor_names]
    labelled: list[list[int]] = [[] for _ in site.sensor_names]
    clean = params._replace(misses=0.0, false_alarms=0.0)
    for item in multicam.feed(path, site, clean):
        if isinstance(item, Scan):
            ran[item.sensor].append(item.t_ns)
            if len(item.z):
                labelled[item.sensor].append(item.t_ns)
    starts = sorted(r[0] for r in ran if r)
    ends = sorted((r[-1] for r in ran if r), reverse=True)
    if len(starts) < 2:
        raise SourceError(f"{path}: expected the labels of two cameras or more")
    return (starts[1], ends[1]), labelled


def _in_two(labelled: list[list[int]], t_ns: I64) -> float:
    """Share of the times at which two cameras or more had a label in the last REACH_S."""
    reach = round(REACH_S * NS_PER_S)
    both = 0
    for t in t_ns.tolist():
        both += sum(bool(k := bisect_right(r, t)) and t - r[k - 1] <= reach for r in labelled) >= 2
    return both / len(t_ns)


def score(rows: Rows, t_ns: I64, p: F64) -> Scores:
    """The measures of tracks against one drone's places p (k, 3) at t_ns (k,), in order.

    rows: as `table` says; errors None where nothing was assigned.
    """
    outputs = iter(rows)
    last: tuple[int, I64, F64] | None = None
    coming = next(outputs, None)
    step_s = float(np.median(np.diff(t_ns))) / NS_PER_S if len(t_ns) > 1 else 0.0
    flat: list[float] = []
    space: list[float] = []
    held = changes = false = 0
    for t, truth in zip(t_ns.tolist(), p, strict=True):
        while coming is not None and coming[0] <= t:
            last, coming = coming, next(outputs, None)
        gap = _gaps(last, t, truth)
        near = {k: v for k, v in gap.items() if v[0] <= ASSIGN_M}
        false += len(gap) - len(near)
        if not near:
            continue
        mine = held if held in near else min(near, key=lambda k: near[k][0])
        changes += held not in (0, mine)
        held = mine
        space.append(near[mine][0])
        flat.append(near[mine][1])
    return {
        "error_median_m": _quantile(flat, 0.5),
        "error_p95_m": _quantile(flat, 0.95),
        "error_3d_median_m": _quantile(space, 0.5),
        "error_3d_p95_m": _quantile(space, 0.95),
        "covered": round(sum(e <= COVER_M for e in space) / len(p), 4),
        "false_track_s": round(false * step_s, 1),
        "label_changes": changes,
    }


def _gaps(last: tuple[int, I64, F64] | None, t: int, truth: F64) -> dict[int, tuple[float, float]]:
    """Distance in space and on the ground [m] of each track from the truth at t, by label."""
    if last is None or t - last[0] > REACH_S * NS_PER_S:
        return {}
    s = (t - last[0]) / NS_PER_S
    off = last[2][:, :3] + s * last[2][:, 3:] - truth
    return {
        k: (float(np.linalg.norm(d)), math.hypot(d[0], d[1]))
        for k, d in zip(last[1].tolist(), off, strict=True)
    }


def _quantile(errors: list[float], q: float) -> float | None:
    return round(float(np.quantile(errors, q)), 3) if errors else None


def show(result: Mapping[str, Mapping[str, Scores]], console: Any) -> None:
    """Prints the table on a rich console."""
    from rich.table import Table

    out = Table(title="Tracks against the drone's own RTK", title_justify="left")
    out.add_column("recording")
    out.add_column("source")
    for name in ("flat [m]", "95 % [m]", "space [m]", "95 % [m]", "covered", "false [s]",
                 "label changes", "in two pictures"):  # fmt: skip
        out.add_column(name, justify="right")
    for scenario, scores in result.items():
        for source, row in scores.items():
            cells = []
            for column in COLUMNS:
                v = row[column]
                share = column in ("covered", "in_two_pictures")
                cells.append("-" if v is None else f"{v:.1%}" if share else f"{v:g}")
            out.add_row(scenario, source, *cells)
    console.print(out)
    console.print(__doc__.split("\n\n", 2)[2] if __doc__ else "", highlight=False)
