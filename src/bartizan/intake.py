"""Whether a scan can be taken: the gate in front of the flow.

In: a scan from any source, the site's sensors, the time of the flow.  Out: "" or why it
is set aside, and the `Refused` that keeps it.  Does not: mend, reorder or raise.

The bounds are far outside of what any sensor gives; they keep squares finite and the
kernels at the types that they are compiled for.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from bartizan.feeds.order import doubted
from bartizan.journal import pack
from bartizan.types import N_CLASSES, Frame, Refused, Scan, Sensors
from bartizan.units import NS_PER_S

MOST: Final = 20_000  # plots in one look; the peers' largest benchmark has 1,500: assumed
FUTURE_NS: Final = NS_PER_S  # a detection may be later than its scan by this: clocks, assumed
OLD_NS: Final = 60 * NS_PER_S  # five turns of a slow radar (12 s): assumed
FAR_M: Final = 1e7
FAST_MPS: Final = 1e5
TURN_RAD: Final = 2.0 * np.pi + 1e-9
SD_MIN: Final = 1e-6  # of metre, radian or m/s; no sensor is better
_SPHERICAL = np.array([FAR_M, TURN_RAD, 0.5 * np.pi + 1e-9, FAST_MPS, np.inf, np.inf])
_CARTESIAN = np.array([FAR_M] * 3 + [FAST_MPS] * 3)
_COLUMNS: Final = (
    ("t_det_ns", np.int64), ("rcs_dbsm", np.float64), ("rotor", np.int8),
    ("declared", np.int8), ("confidence", np.float64), ("identity", np.int64),
    ("number", np.int64),
)  # fmt: skip


def inspect(scan: Scan, sensors: Sensors, now_ns: int, in_a_row: int, late_s: float = 0.0) -> str:
    """Why a scan cannot be taken, "" when it can.

    now_ns: time of the last scan taken, 0 before the first   in_a_row: scans set aside
    since   late_s: how much older than now it may be.  A jump ahead is not believed at once: one wrong date would make all that
    follows too late.
    """
    return (
        _of_whom(scan, sensors)
        or _when(scan, now_ns, in_a_row, late_s)
        or _shapes(scan)
        or _look(scan)
        or (_detections(scan) if len(scan.z) else "")
    )


def aside(scan: Scan, why: str, now_ns: int) -> Refused:
    """The scan as a set-aside record, at its own time where it has one, else at now_ns."""
    try:
        raw = pack(scan)
    except (TypeError, ValueError, OverflowError):
        raw = repr(scan).encode("ascii", "backslashreplace")
    t_ns = scan.t_ns if _is_int64(scan.t_ns) else now_ns
    return Refused(t_ns, f"sensor {scan.sensor}", "scan", why, raw)


def _is_int64(value: object) -> bool:
    return isinstance(value, int) and 0 <= value < 2**63


def _of_whom(scan: Scan, sensors: Sensors) -> str:
    if not isinstance(scan.sensor, int) or not 0 <= scan.sensor < len(sensors.kind):
        return f"sensor {scan.sensor}: expected one of the {len(sensors.kind)} declared"
    if not isinstance(scan.frame, int) or scan.frame not in (Frame.SPHERICAL, Frame.CARTESIAN):
        return f"frame {scan.frame}: expected 0 (spherical) or 1 (Cartesian)"
    return ""


def _when(scan: Scan, now_ns: int, in_a_row: int, late_s: float) -> str:
    if not _is_int64(scan.t_ns):
        return f"time {scan.t_ns}: expected whole nanoseconds of UTC"
    if scan.t_ns < now_ns - late_s * NS_PER_S:
        return f"time runs backwards by {(now_ns - scan.t_ns) / NS_PER_S:.3f} s"
    return doubted(scan.t_ns, now_ns, in_a_row)


def _shapes(scan: Scan) -> str:
    m = len(scan.z) if isinstance(scan.z, np.ndarray) and scan.z.ndim else 0
    wanted = (("look", np.float64, (6,)), ("z", np.float64, (m, 6)), ("sd", np.float64, (m, 6)))
    for name, dtype, shape in (*wanted, *((n, d, (m,)) for n, d in _COLUMNS)):
        a = getattr(scan, name)
        if not isinstance(a, np.ndarray) or a.shape != shape or a.dtype != dtype:
            found = f"{a.dtype} {a.shape}" if isinstance(a, np.ndarray) else type(a).__name__
            return f"{name}: expected {np.dtype(dtype)} {shape}, found {found}"
    if not isinstance(scan.names, tuple) or not all(map(_is_name, scan.names)):
        return "names: expected pairs of a 64-bit key and printable text"
    return _said(scan)


def _said(scan: Scan) -> str:
    """Of what senders say beside numbers: pilots' places, their own ids."""
    for p in scan.pilots:
        place = (p.lat_rad, p.lon_rad)
        if not (
            np.isfinite(place).all() and abs(p.lat_rad) <= np.pi / 2 and abs(p.lon_rad) <= np.pi
        ):
            return "pilots: expected latitude and longitude in radians"
        if not _is_int64(p.t_ns) or not -(2**63) <= p.identity < 2**63:
            return "pilots: expected whole nanoseconds of UTC and a 64-bit key"
    if scan.objects and len(scan.objects) != len(scan.z):
        return f"objects: expected one for each of {len(scan.z)} detections"
    if not all(isinstance(o, str) and o.isprintable() and len(o) <= 200 for o in scan.objects):
        return "objects: expected printable text"
    return ""


def _is_name(pair: object) -> bool:
    if not isinstance(pair, tuple) or len(pair) != 2:
        return False
    key, text = pair
    in_range = isinstance(key, int) and -(2**63) <= key < 2**63
    return in_range and isinstance(text, str) and text.isprintable()


def _look(scan: Scan) -> str:
    near, far, _, width, low, high = scan.look.tolist()
    if not np.isfinite(scan.look).all():
        return "look: expected finite numbers"
    if not (near <= far <= FAR_M and 0.0 <= width <= TURN_RAD and low <= high):
        return "look: expected range and elevation from low to high, a width within one turn"
    return ""


def _detections(scan: Scan) -> str:
    if len(scan.z) > MOST:
        return f"{len(scan.z)} detections in one look: expected at most {MOST}"
    if len(scan.z) > 2 and (scan.z.view(np.int64) == scan.z.view(np.int64)[0]).all():
        return f"all {len(scan.z)} detections are the same to the bit"
    used = ~np.isnan(scan.z)
    if not used.any(axis=1).all():
        return "z: a detection without any measured number"
    limit = _SPHERICAL if scan.frame == Frame.SPHERICAL else _CARTESIAN
    if (np.abs(scan.z) > limit).any():
        return "z: expected finite numbers within the bounds of their kind"
    if scan.frame == Frame.SPHERICAL and (scan.z[:, 0] <= 0.0).any():
        return "z: a range of 0 or below"
    sd = scan.sd[used]
    if not ((sd >= SD_MIN) & (sd <= FAR_M)).all():
        return "sd: expected a finite 1-sigma over 0 for each measured number"
    if (scan.t_det_ns > scan.t_ns + FUTURE_NS).any():
        return "t_det: a detection from the future"
    if (scan.t_det_ns < scan.t_ns - OLD_NS).any():
        return "t_det: a detection from long before its scan"
    return _evidence(scan)


def _evidence(scan: Scan) -> str:
    if not ((scan.declared >= 0) & (scan.declared < N_CLASSES)).all():
        return f"declared: expected a class from 0 to {N_CLASSES - 1}"
    sure = scan.confidence[scan.declared > 0]
    if not ((sure >= 0.0) & (sure <= 1.0)).all():
        return "confidence: expected 0 to 1 for each declared class"
    if (np.abs(scan.rotor) > 1).any() or (np.abs(scan.rcs_dbsm) > 200.0).any():
        return "rotor, rcs: expected -1, 0 or 1 and a cross-section within 200 dBsm"
    return ""
