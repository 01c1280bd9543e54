"""One step of the assessment: courses, score, raids, reasons.

In: `AssessState`, `Picture`, `Site`.  Out: the next state, `Threats`.
Does not: read a clock, or change what it was given.
"""

from __future__ import annotations

import numpy as np

from bartizan.assess import approach, group, landing, reasons, weigh
from bartizan.assess.state import AssessParams, AssessState, carry
from bartizan.assess.weigh import DCPA, LOW, P_REACH, SCORE, T_SD, TCPA, D, T
from bartizan.types import F64, I64, Picture, Site, Threats
from bartizan.units import NS_PER_S

RAYS = approach.rays()


def step(
    state: AssessState, picture: Picture, site: Site, params: AssessParams, words: bool = True
) -> tuple[AssessState, Threats]:
    """One picture on: what each track may do to the site, in which raid, and why.

    words False leaves the reasons out: nobody will read them.
    """
    tracks, t_ns = picture.tracks, picture.t_ns
    state = carry(state, tracks.label, t_ns, round(params.memory_s * NS_PER_S))
    if state.site is not site:
        corner, first = _polygons(site)
        state = state._replace(site=site, corner=corner, first=first)
    at, n = state.label.searchsorted(tracks.label), len(tracks.label)
    corner, first = state.corner, state.first
    course = approach.approach(
        tracks.x, tracks.P, corner, first, params.manoeuvre_m2ps3, params.horizon_s, RAYS
    )
    falls, impact, origin = landing.landings(tracks, params, site.terrain)
    landing.override(course, falls, impact, corner, first, RAYS, params)
    w = weigh.weigh(
        course, tracks.x, tracks.P, picture.posterior, at, picture.identity, falls, state.closing,
        t_ns, *weigh.limits(params),
    )  # fmt: skip
    by = w.number
    if w.friends:
        state.group[at[w.trusted]] = 0
    if w.some or len(state.raid):
        state = group.regroup(state, t_ns, at, tracks.x[:, :2], w.member, w.arrival_ns, params)
    raid = state.group[at]
    why: tuple[tuple[str, ...], ...] = ((),) * n
    if words:
        numbers = reasons.worded(course, w.closing, raid, by[SCORE], picture.identity, by[LOW])
        state = _explain(state, at, numbers, site)
        why = state.why if n == len(state.why) else tuple(state.why[i] for i in at.tolist())
        if len(falls):
            down = {i: landing.words(impact[i], origin[i]) for i in falls.tolist()}
            why = tuple(told + down.get(i, ()) for i, told in enumerate(why))
    threats = Threats(
        t_ns, tracks.label, by[SCORE], by[T], by[T_SD], by[P_REACH], by[TCPA], by[DCPA], by[D],
        w.zone, raid, w.closing, why, impact, origin,
    )  # fmt: skip
    return state, threats


def _polygons(site: Site) -> tuple[F64, I64]:
    """All corners (k, 2), and where each polygon begins: the wall, then the zones."""
    areas = (site.wall, *site.zones)
    first = np.cumsum([0, *(len(a.polygon) for a in areas)])
    return np.concatenate([a.polygon for a in areas]), first


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
