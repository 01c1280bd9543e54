"""One step of the assessment: courses, score, raids, reasons.

In: `AssessState`, `Picture`, `Site`.  Out: the next state, `Threats`.
Does not: read a clock, or change what it was given.
"""

from __future__ import annotations

import math

import numpy as np

from bartizan.assess import approach, group, landing, reasons
from bartizan.assess.approach import CLOSING, CLOSING_SD, D_WALL, P_WALL, T_WALL, T_WALL_SD, ZONE
from bartizan.assess.state import AssessParams, AssessState, carry
from bartizan.types import B1, F64, I64, Identity, Picture, Site, Threats
from bartizan.units import NS_PER_S

RAYS = approach.rays()
EARTH_M = 6_371_000.0  # mean radius: a thing's height over the ground far away
SOON_S = 300.0  # of two alike the sooner comes first: this time's share is e^-1; assumed
TRUSTED = np.array(
    [i in (Identity.FRIEND, Identity.ASSUMED_FRIEND, Identity.NEUTRAL) for i in Identity]
)


def step(
    state: AssessState, picture: Picture, site: Site, params: AssessParams
) -> tuple[AssessState, Threats]:
    """One picture on: what each track may do to the site, in which raid, and why."""
    tracks, t_ns = picture.tracks, picture.t_ns
    state = carry(state, tracks.label, t_ns, round(params.memory_s * NS_PER_S))
    at = np.searchsorted(state.label, tracks.label)
    corner, first = _polygons(site)
    course = approach.approach(
        tracks.x, tracks.P, corner, first, params.manoeuvre_m2ps3, params.horizon_s, RAYS
    )
    falls, impact, origin = landing.landings(tracks, params, site.terrain)
    landing.override(course, falls, impact, corner, first, RAYS, params)
    closing = _closing(course, state.closing[at], params)
    state.closing[at] = closing
    low = _low(tracks.x, tracks.P, params)
    low[falls] = 1.0  # what falls comes down
    harm = picture.posterior @ np.array(params.harm) * np.array(params.trust)[picture.identity]
    score = threat_score(harm, course, low, params)
    tcpa, dcpa = closest_approach(tracks.x, tracks.P, params.height_sd_max_m)
    member = closing & (harm * low >= params.member_harm)
    member &= course[:, P_WALL] >= params.member_p_wall
    trusted = TRUSTED[picture.identity]
    arrival = group.arrivals_ns(t_ns, course[:, T_WALL], course[:, D_WALL], course[:, CLOSING])
    state = group.regroup(
        state, t_ns, at, tracks.x[:, :2], member & ~trusted, trusted, arrival, params
    )
    raid = state.group[at]
    numbers = reasons.worded(course, closing, raid, score, picture.identity, low)
    state = _explain(state, at, numbers, site)
    why = state.why if len(at) == len(state.why) else tuple(state.why[i] for i in at.tolist())
    if len(falls):
        down = {i: landing.words(impact[i], origin[i]) for i in falls.tolist()}
        why = tuple(w + down.get(i, ()) for i, w in enumerate(why))
    threats = Threats(
        t_ns, tracks.label, score, course[:, T_WALL].copy(), course[:, T_WALL_SD].copy(),
        course[:, P_WALL].copy(), tcpa, dcpa, course[:, D_WALL].copy(),
        course[:, ZONE].astype(np.int64), raid, closing, why,
        impact, origin,
    )  # fmt: skip
    return state, threats


def _polygons(site: Site) -> tuple[F64, I64]:
    """All corners (k, 2), and where each polygon begins: the wall, then the zones."""
    areas = (site.wall, *site.zones)
    first = np.cumsum([0, *(len(a.polygon) for a in areas)])
    return np.concatenate([a.polygon for a in areas]), first


def _closing(course: F64, before: B1, params: AssessParams) -> B1:
    """Comes nearer the wall by more than its 1-sigma; once so, until it comes no nearer."""
    v, sd = course[:, CLOSING], course[:, CLOSING_SD]
    starts = v > np.maximum(params.closing_min_mps, sd)
    out: B1 = starts | (before & (v > 0.0)) | (course[:, D_WALL] <= 0.0)
    return out


def _low(x: F64, P: F64, params: AssessParams) -> F64:
    """Probability (n,) that it flies below the ceiling; 1 where the height is not known."""
    height = x[:, 2] + (x[:, 0] ** 2 + x[:, 1] ** 2) / (2.0 * EARTH_M)
    sd = np.sqrt(P[:, 2, 2])
    z = (params.ceiling_m - height) / np.maximum(sd, 1.0)
    p = np.array([0.5 * math.erfc(-a / math.sqrt(2.0)) for a in z.tolist()])
    out: F64 = np.where(sd <= params.height_sd_max_m, p, 1.0)
    return out


def closest_approach(x: F64, P: F64, height_sd_max_m: float) -> tuple[F64, F64]:
    """Time [s] and distance [m] (n,) of the closest approach to the reference point.

    On a straight course, from now on; over the ground only where the height is not known.
    """
    known = P[:, 2, 2] <= height_sd_max_m**2
    p = np.where([True, True, False] | known[:, None], x[:, :3], 0.0)
    v = np.where([True, True, False] | known[:, None], x[:, 3:], 0.0)
    v2 = (v * v).sum(axis=1)
    t = np.maximum(-(p * v).sum(axis=1) / np.maximum(v2, 1e-12), 0.0)
    c = p + t[:, None] * v
    return t, np.sqrt((c * c).sum(axis=1))


def threat_score(harm: F64, course: F64, low: F64, params: AssessParams) -> F64:
    """Score (n,) in 0..1: harm (class x trust in its identity) x how it comes x how low.

    How it comes: 0.1 + 0.9 max(p_wall, near exp(-d / near_m)), and of two alike the sooner
    is higher by up to a fifth.  The order is what it is for; it is no probability.
    """
    beside = params.near * np.exp(-np.maximum(course[:, D_WALL], 0.0) / params.near_m)
    comes = 0.1 + 0.9 * np.maximum(course[:, P_WALL], beside)
    soon = 0.8 + 0.2 * np.exp(-course[:, T_WALL] / SOON_S)
    out: F64 = harm * comes * soon * (0.1 + 0.9 * low)
    return out


def _explain(state: AssessState, at: I64, numbers: I64, site: Site) -> AssessState:
    """The state with the words of every row whose numbers changed made again."""
    stale = np.flatnonzero((numbers != state.worded[at]).any(axis=1)).tolist()
    if not stale:
        return state
    why = list(state.why)
    for i in stale:
        why[at[i]] = reasons.words(numbers[i], site)
    state.worded[at] = numbers
    return state._replace(why=tuple(why))
