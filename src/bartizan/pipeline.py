"""THE FLOW: a scan becomes tracks, a picture, threats, a warning, a record.

    Scan -> track -> picture -> assess -> warn -> Output -> journal

In: scans of a simulation, a recording or a live feed (nothing here can tell which), and
people's acts.  Out: one `Output` a scan.  Does not: read a clock, send, or know truth.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np

from bartizan import assess, picture, track, warn
from bartizan.journal import Writer, pack
from bartizan.types import Act, Mode, Output, Refused, Scan, Sensors, Site

FUTURE_NS = 1_000_000_000  # a plot later than its scan by more than this is refused


class Setup(NamedTuple):
    """A site and the settings of every stage."""

    site: Site
    track: track.TrackParams
    picture: picture.PictureParams
    assess: assess.AssessParams
    warn: warn.WarnParams


class State(NamedTuple):
    """What every stage remembers."""

    track: track.TrackState
    picture: picture.PictureState
    assess: assess.AssessState
    warn: warn.WarnState


def setup(site: Site, mode: Mode) -> Setup:
    """The default settings for a site."""
    return Setup(
        site, track.default_params(), picture.PictureParams(), assess.AssessParams(),
        warn.WarnParams(mode=mode),
    )  # fmt: skip


def start(s: Setup) -> State:
    """The state before the first scan."""
    return State(
        track.start(s.site.sensors, s.track), picture.start(s.picture),
        assess.start(s.assess), warn.start(s.warn),
    )  # fmt: skip


def step(state: State, scan: Scan, acts: tuple[Act, ...], s: Setup) -> tuple[State, Output]:
    """One scan through every stage."""
    a, tracks, association = track.step(state.track, scan, s.track)
    b, seen = picture.step(state.picture, scan, tracks, association, s.site, s.picture)
    c, threats = assess.step(state.assess, seen, s.site, s.assess)
    d, watch = warn.step(state.warn, seen, threats, acts, s.site, s.warn)
    return State(a, b, c, d), Output(scan.t_ns, association, seen, threats, watch)


def inspect(scan: Scan, sensors: Sensors, last_ns: int) -> str:
    """Why a scan cannot be taken, "" when it can."""
    m = len(scan.z)
    if not 0 <= scan.sensor < len(sensors.kind):
        return f"sensor {scan.sensor}: expected one of the {len(sensors.kind)} declared"
    if scan.t_ns < last_ns:
        return f"time runs backwards by {(last_ns - scan.t_ns) / 1e9:.3f} s"
    if scan.z.shape != (m, 6) or scan.sd.shape != (m, 6) or scan.look.shape != (6,):
        return f"z {scan.z.shape}, sd {scan.sd.shape}: expected (m, 6) both"
    columns = (scan.t_det_ns, scan.rcs_dbsm, scan.rotor, scan.declared, scan.confidence,
               scan.identity, scan.number)  # fmt: skip
    if any(c.shape != (m,) for c in columns):
        return f"a column is not one value a detection: expected {m}"
    if not np.isfinite(scan.look).all():
        return "look: expected finite numbers"
    used = ~np.isnan(scan.z)
    if m and not used.any(axis=1).all():
        return "z: a detection without any measured number"
    if np.isinf(scan.z).any() or not (scan.sd[used] > 0.0).all() or np.isinf(scan.sd[used]).any():
        return "z, sd: expected finite numbers and a 1-sigma over 0 for each"
    if scan.frame == 0 and m and (scan.z[:, 0] < 0.0).any():
        return "z: a range below 0"
    if m and (scan.t_det_ns > scan.t_ns + FUTURE_NS).any():
        return "t_det: a detection from the future"
    return ""


def warm(site: Site) -> None:
    """Compiles every kernel of the flow: one scan without and one with a detection."""
    s = setup(site, Mode.EXERCISE)
    state = start(s)
    z = np.full((1, 6), np.nan)
    z[0, :3] = 1000.0, 0.5, 0.1
    for m in (0, 1, 1):
        text = np.zeros(m, np.int64)
        scan = Scan(
            state.track.t_ns + 1, 0, 0, site.sensors.look[0].copy(), text + 1, z[:m],
            np.where(np.isnan(z[:m]), np.nan, 0.1), np.full(m, np.nan), np.zeros(m, np.int8),
            np.zeros(m, np.int8), np.zeros(m), text, text - 1,
        )  # fmt: skip
        state, _ = step(state, scan, (), s)


def run(
    source: Iterable[Scan | Refused], s: Setup, writer: Writer | None = None
) -> Iterator[Output]:
    """Every scan of a source through the flow, all of it journalled; yields each output.

    What cannot be taken is set aside as `Refused`, counted, and the loop goes on.
    """
    state = start(s)
    for item in source:
        if isinstance(item, Scan):
            why = inspect(item, s.site.sensors, state.track.t_ns)
            if not why:
                state, output = step(state, item, (), s)
                if writer:
                    writer.step(item, output)
                yield output
                continue
            item = Refused(item.t_ns, f"sensor {item.sensor}", "scan", why, pack(item))
        if writer:
            writer.refused(item)
