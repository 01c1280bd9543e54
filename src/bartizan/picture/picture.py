"""One step of the picture: evidence in, class and identity out.

In: `PictureState`, `Scan`, `Tracks`, `Association`, `Site`.  Out: the next state, `Picture`.
Does not: read a clock, or change what it was given.
"""

from __future__ import annotations

import numpy as np

from bartizan.picture import evidence, ledger, reasons
from bartizan.picture.state import PictureParams, PictureState, carry
from bartizan.types import (
    F64,
    I64,
    Association,
    Picture,
    Scan,
    SensorKind,
    Site,
    Tracks,
)
from bartizan.units import NS_PER_S

COOPERATIVE_MIN = 1e-6  # no class is ruled out by what it says of itself


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
    if before_ns:
        evidence.fade(state, (tracks.t_ns - before_ns) / NS_PER_S, params)
    at = np.searchsorted(state.label, tracks.label)
    row = evidence.rows_of(state, assoc, params)
    state = evidence.observe(state, scan, tracks, row, params, site.sensors.confusion)
    state = ledger.hear(state, scan, tracks, at, row, site, params)
    ledger.contradict(state, tracks, at, params)
    posterior = class_posterior(state, at, params, evidence.falling(tracks, params))
    decide(state, at, posterior, tracks.hits, params)
    along = ledger.identify(state, tracks, at, posterior, site, params)
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


def class_posterior(
    state: PictureState, at: I64, params: PictureParams, falling: F64 | None = None
) -> F64:
    """Class probabilities (n, c) of the rows `at`: prior, evidence, and what it says itself.

    falling (n, c) log-evidence of the motion modes, None when none of them falls.

    A cooperative identity counts once, by the share of each class that reports so; a
    contradicted one does not count, and the lack of one never does.
    """
    table = params.table
    log_p = evidence.total(state, at, params) + np.log(table.prior)
    if falling is not None:
        log_p += falling
    says = (state.key[at] != 0) & ~state.contradicted[at]
    if says.any():
        share = np.where(
            (state.kind[at] == int(SensorKind.REMOTE_ID))[:, None], table.remote_id, table.adsb
        )
        log_p += np.where(says[:, None], np.log(np.maximum(share, COOPERATIVE_MIN)), 0.0)
    log_p -= log_p.max(axis=1, keepdims=True, initial=-np.inf)
    p = np.exp(log_p)
    out: F64 = p / p.sum(axis=1, keepdims=True)
    return out


def decide(state: PictureState, at: I64, posterior: F64, hits: I64, params: PictureParams) -> None:
    """Name the class of each row where the evidence decides, else UNKNOWN; writes cls.

    Named: at least `decide` and `margin` over the next, after `plots` plots; a named
    class stays named, while it is still the most probable, down to `keep`.
    """
    if len(at) == 0:
        return
    best = posterior.argmax(axis=1)
    top = np.sort(posterior, axis=1)[:, -2:]
    clear = (top[:, 1] >= params.decide) & (top[:, 1] - top[:, 0] >= params.margin)
    kept = (state.cls[at] == best) & (top[:, 1] >= params.keep)
    named = (clear | kept) & (hits >= params.plots)
    state.cls[at] = np.where(named, best, 0)


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
