"""Scans to tracks: Poisson multi-Bernoulli with interacting motion modes.

In: `Scan`, `Sensors`.  Out: `Tracks`, `Association`.  Does not: know truth or a clock.
"""

from __future__ import annotations

from bartizan.track import lifecycle
from bartizan.track.state import TrackParams, TrackState, default_params, start
from bartizan.types import Association, Scan, Tracks

__all__ = ["TrackParams", "TrackState", "default_params", "start", "step"]


def step(
    state: TrackState, scan: Scan, params: TrackParams
) -> tuple[TrackState, Tracks, Association]:
    """One scan on: the next state, the confirmed tracks at its time, who got which plot.

    The scan's time must not be before the state's; two scans at one instant are fine.
    """
    state, x, P, mode, ids, label, share = lifecycle.step(
        state, scan.t_ns, scan.sensor, scan.frame, scan.look, scan.t_det_ns, scan.z, scan.sd,
        scan.identity, params,
    )  # fmt: skip
    tracks = Tracks(
        scan.t_ns, ids[:, 0], mode[:, 0], x, P, mode[:, 1:], ids[:, 1], ids[:, 2], ids[:, 3],
        ids[:, 4], ids[:, 5],
    )  # fmt: skip
    return state, tracks, Association(label, share)
