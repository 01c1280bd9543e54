"""The picture's reasons in words, made again only when what they rest on changes.

In: rows of the state.  Out: a tuple of short texts by row.
Does not: decide anything.
"""

from __future__ import annotations

import numpy as np

from bartizan.picture.classes import WORDS
from bartizan.picture.evidence import MEAN_RCS
from bartizan.picture.state import PictureParams, PictureState
from bartizan.terrain import Terrain
from bartizan.terrain.sight import above_ground
from bartizan.types import F64, I64, Identity, ObjectClass, SensorKind, Site, Tracks

NOT_MEASURED = -(10**6)
SPEED_STEP_MPS = 5.0
HEIGHT_STEP_M = 50.0
RCS_STEP_DB = 3.0
HEARD = {
    int(SensorKind.ADSB): "ADS-B",
    int(SensorKind.REMOTE_ID): "Remote ID",
    int(SensorKind.RADAR): "transponder",
}


def worded(state: PictureState, tracks: Tracks, at: I64, posterior: F64, along: I64,
           params: PictureParams, terrain: Terrain) -> I64:  # fmt: skip
    """The numbers (n, 9) that the words rest on, rounded to the steps that are told."""
    x = tracks.x
    height = above_ground(terrain, x)
    rcs = state.motion[at, MEAN_RCS]
    best = posterior.argmax(axis=1)
    out = np.empty((len(at), 9), np.int64)
    out[:, 0] = state.cls[at]
    out[:, 1] = best
    out[:, 2] = np.rint(10.0 * posterior[np.arange(len(at)), best])
    out[:, 3] = state.identity[at] * 2 + state.contradicted[at]
    out[:, 4] = state.key[at]
    out[:, 5] = along
    out[:, 6] = np.rint(np.hypot(x[:, 3], x[:, 4]) / SPEED_STEP_MPS)
    known = tracks.P[:, 2, 2] <= params.height_sd_max_m**2
    out[:, 7] = np.where(known, np.rint(height / HEIGHT_STEP_M), NOT_MEASURED)
    out[:, 8] = np.where(np.isnan(rcs), NOT_MEASURED, np.rint(rcs / RCS_STEP_DB))
    return out


def words(numbers: I64, kind: int, callsign: str, site: Site) -> tuple[str, ...]:
    """The reasons for one row: class, motion, cross-section, identity, corridor."""
    cls, best, tenths, whose, key, along, speed, height, rcs = numbers.tolist()
    what = WORDS[ObjectClass(best)]
    out = [
        f"{what}, about {tenths * 10} %" if cls else f"class not decided: {what} {tenths * 10} %",
        f"speed about {int(speed * SPEED_STEP_MPS)} m/s",
        "height not measured"
        if height == NOT_MEASURED
        else f"height about {int(height * HEIGHT_STEP_M)} m",
    ]
    if rcs != NOT_MEASURED:
        out.append(f"radar cross-section about {int(rcs * RCS_STEP_DB)} dBsm")
    if key:
        out.append(f"{HEARD.get(kind, 'radio')} says {callsign or 'an identity without a name'}")
    else:
        out.append("no cooperative identity heard, which says nothing for or against it")
    if along >= 0:
        out.append(f"follows corridor {site.corridors[along].name}")
    out.append(_whose(Identity(whose // 2), bool(whose % 2), bool(key), along >= 0))
    return tuple(out)


def _whose(identity: Identity, contradicted: bool, named: bool, along: bool) -> str:
    """One sentence on the identity."""
    if contradicted:
        return "its declared position is not borne out by any independent sensor: suspect"
    if identity is Identity.SUSPECT:
        return "it flies as an attacker would: suspect"
    if identity is Identity.FRIEND:
        return "on the site's list of friends, and seen by an independent sensor"
    if identity is Identity.ASSUMED_FRIEND and named:
        return "on the site's list of friends, not lately confirmed by an independent sensor"
    if identity is Identity.ASSUMED_FRIEND or (identity is Identity.NEUTRAL and along):
        return "assumed from the corridor alone"
    if identity is Identity.NEUTRAL:
        return "civil traffic by its transponder, and it flies like an aircraft"
    if named:
        return "it names itself, but nobody here knows it"
    return "identity pending" if identity is Identity.PENDING else "identity unknown"
