"""One step of the picture: evidence in, class and identity out.

In: `PictureState`, `Scan`, `Tracks`, `Association`, `Site`.  Out: the next state, `Picture`.
Does not: read a clock, or change what it was given.
"""

from __future__ import annotations

import numpy as np

from bartizan.picture import evidence, ledger, reasons
from bartizan.picture.corridor import lanes
from bartizan.picture.settle import settle
from bartizan.picture.state import PictureParams, PictureState, carry
from bartizan.types import (
    F64,
    I64,
    Association,
    Picture,
    Scan,
    Site,
    Tracks,
)
from bartizan.units import NS_PER_S


def step(
    state: PictureState, scan: Scan, tracks: Tracks, assoc: Association, site: Site,
    params: PictureParams, words: bool = True,
) -> tuple[PictureState, Picture]:  # fmt: skip
    """One scan on: what each track is (class), whose (identity), and why.

    scan and assoc have the same rows; the picture's time is the tracks'.  words False leaves
    the reasons out: nobody will read them.
    """
    before_ns = state.t_ns
    state = carry(state, tracks, params)
    if state.site is not site:
        state = state._replace(site=site, lanes=lanes(site.corridors))
    if before_ns:
        evidence.fade(state, (tracks.t_ns - before_ns) / NS_PER_S, params)
    at = state.label.searchsorted(tracks.label)
    state, row = evidence.observe(state, scan, tracks, assoc, params, site.sensors.confusion)
    state = ledger.hear(state, scan, tracks, at, row, site, params)
    ledger.contradict(state, tracks, at, params)
    posterior, along = settle(state, tracks, at, evidence.falling(tracks, params), params)
    names = dict(state.names)
    callsign = tuple(names.get(k, "") for k in state.key[at].tolist())
    if words:
        state = _explain(state, tracks, at, posterior, along, callsign, site, params)
    picture = Picture(
        tracks.t_ns, tracks, posterior, state.cls[at], state.identity[at], callsign, along,
        state.contradicted[at], state.t_class_ns[at], state.t_identity_ns[at],
        state.why if len(at) == len(state.why) else tuple(state.why[i] for i in at.tolist()),
        tuple(p for p in state.pilots if (tracks.identity == p.identity).any()),
        ledger.objects(scan, assoc, params),
    )  # fmt: skip
    return state, picture


def _explain(
    state: PictureState, tracks: Tracks, at: I64, posterior: F64, along: I64,
    callsign: tuple[str, ...], site: Site, params: PictureParams,
) -> PictureState:  # fmt: skip
    """The state with the words of every row whose numbers changed made again."""
    numbers = reasons.worded(state, tracks, at, posterior, along, params, site.terrain)
    stale = np.flatnonzero((numbers != state.worded[at]).any(axis=1)).tolist()
    if not stale:
        return state
    why = list(state.why)
    for i in stale:
        why[at[i]] = reasons.words(numbers[i], int(state.kind[at[i]]), callsign[i], site)
    state.worded[at] = numbers
    return state._replace(why=tuple(why))
