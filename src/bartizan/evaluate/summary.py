"""Every measure of one source in one dictionary, and the words in which a person reads it.

In: rows of truth and tracks at the same times, and which stood for which.  Out: numbers by
name, a table.  Does not: read a recording (see `recordings`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from bartizan.evaluate.consistency import consistency
from bartizan.evaluate.continuity import continuity, dubious, extra, kept
from bartizan.evaluate.gospa import gospa
from bartizan.evaluate.matching import Rows, side_by_side
from bartizan.evaluate.standards import cwa18150, ed87e
from bartizan.evaluate.trajectories import ospa2, trajectory_gospa
from bartizan.types import F64, I64

CUTOFF_M: Final = 100.0  # of the set distances; also what a change of label costs: assumed
SHORT_ROWS: Final = 10  # of a dubious track: COMPASS's default
SHORT_S: Final = 10.0  # assumed, a third of COMPASS's: a drone's flight is short
FAST_MPS: Final = 100.0  # assumed: no small drone flies so

# path in the dictionary, words, how to write the number
LINES: Final = (
    ("gospa.distance_m", "GOSPA, mean of the seconds [m]", ".1f"),
    ("trajectory_gospa.rms_m", "trajectory GOSPA, a second [m]", ".1f"),
    ("ospa2_m", "OSPA(2) [m]", ".1f"),
    ("continuity.held_share", "drone-seconds with a track", ".1%"),
    ("continuity.label_share", "drone-seconds under its longest label", ".1%"),
    ("continuity.labels_per_thing", "labels a drone", ".2g"),
    ("continuity.gaps", "gaps", "d"),
    ("continuity.gap_longest_s", "longest gap [s]", ".0f"),
    ("continuity.confirm_median_s", "first truth to first track [s]", ".0f"),
    ("extra.duplicate_share", "second tracks of a drone, of drone-seconds", ".1%"),
    ("extra.spurious_share", "track-seconds of nothing", ".1%"),
    ("extra.spurious", "tracks of nothing", "d"),
    ("dubious_tracks", "dubious tracks (short or too fast)", "d"),
    ("nees.mean", "NEES of 2 columns (2 is right)", ".2f"),
    ("ed87e.ptr", "ED-87E probability of target report", ".1%"),
    ("ed87e.gaps_5", "ED-87E gaps over 5 s, of reports", ".2%"),
    ("ed87e.rpa_m", "ED-87E position accuracy, 95 % [m]", ".1f"),
    ("cwa18150.detection_range_m", "CWA 18150 detection range [m]", ".0f"),
    ("cwa18150.same_label_after_loss", "CWA 18150 same label after a loss", ".0%"),
    ("cwa18150.false_tracks_h", "CWA 18150 false tracks an hour", ".0f"),
    ("cwa18150.classified", "CWA 18150 held seconds classed a drone", ".0%"),
)


def measures(
    truth: Rows,
    tracks: Rows,
    held: I64,
    gate_m: float,
    cls: I64 | None,
    error: F64,
    P: F64,
) -> dict[str, Any]:
    """Every measure by name, numbers as JSON takes them (None: nothing to measure).

    held, gate_m as of `matching.match`   cls (n,) ObjectClass of each row of tracks   error
    (k, d) [m] and P (k, d, d) for NEES.  The system stands at the axes' origin.
    """
    each = kept(truth, tracks, held)
    steps = len(np.unique(truth.t_s))
    whole = trajectory_gospa(truth, tracks, CUTOFF_M, CUTOFF_M)._asdict()
    consistent = consistency(error, P)
    found: dict[str, Any] = {
        "gospa": _gospa(truth, tracks),
        "trajectory_gospa": whole
        | {"rms_m": whole["distance_m"] / math.sqrt(steps) if steps else None},
        "ospa2_m": ospa2(truth, tracks, CUTOFF_M),
        "continuity": continuity(each)._asdict(),
        "extra": extra(truth, tracks, held, gate_m)._asdict(),
        "dubious_tracks": dubious(tracks, SHORT_ROWS, SHORT_S, FAST_MPS),
        "nees": consistent._asdict() if consistent else None,
        "ed87e": ed87e(truth, tracks, held)._asdict(),
        "cwa18150": cwa18150(
            truth, tracks, held, gate_m, np.zeros(truth.p.shape[1]), cls
        )._asdict(),
    }
    out: dict[str, Any] = _plain(found)
    return out


def _gospa(truth: Rows, tracks: Rows) -> dict[str, float | None]:
    """GOSPA at each second of the truth: means of the distance and of its three parts."""
    each = [
        gospa(truth.p[i], tracks.p[j], CUTOFF_M)
        for _, i, j, _ in side_by_side(truth, tracks) if len(i)
    ]  # fmt: skip
    names = ("distance_m", "localisation", "missed", "false")
    return {n: float(np.mean([getattr(g, n) for g in each])) if each else None for n in names}


def _plain(value: Any) -> Any:
    """As JSON takes it: numbers to four decimals, no NaN."""
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items()}
    if isinstance(value, float):
        return round(value, 4) if math.isfinite(value) else None
    return value


def show(result: Mapping[str, Mapping[str, Mapping[str, Any]]], console: Any) -> None:
    """Prints, for each scenario, a line a measure and a column a source."""
    from rich.markup import escape
    from rich.table import Table

    for scenario, sources in result.items():
        out = Table(title=f"{scenario}: more measures", title_justify="left")
        out.add_column("measure")
        for name in sources:
            out.add_column(name, justify="right")
        for path, words, how in LINES:
            out.add_row(
                escape(words), *(_cell(s.get("measures"), path, how) for s in sources.values())
            )
        console.print(out)


def _cell(measured: Any, path: str, how: str) -> str:
    for key in path.split("."):
        measured = measured.get(key) if measured else None
    return "-" if measured is None else format(measured, how)
