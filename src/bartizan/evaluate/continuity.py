"""How long each thing was kept, under how many labels, with which gaps; and what was extra.

In: rows of truth and of tracks at the same times, and which stood for which (`matching`).
Out: seconds, shares and counts under their own names.  Does not: match, or weigh errors.

A row stands for step_s seconds of its thing: the rows' own spacing.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from bartizan.evaluate.matching import Rows, side_by_side, things
from bartizan.types import F64, I64


class Kept(NamedTuple):
    """How one thing was kept.

    present_s, held_s: seconds of truth, and those with a track   confirm_s: from its first
    row to its first track, NaN never   labels: how many different   longest_s: seconds under
    the label that had most   changes: tracks unlike the one before   gap_s (k,): lengths of
    the stretches without a track after the first one, the last included when it never
    came back   regained, same (k,): whether a gap ended, and under the label before it
    """

    id: int
    present_s: float
    held_s: float
    confirm_s: float
    labels: int
    longest_s: float
    changes: int
    gap_s: F64
    regained: I64
    same: I64


def kept(truth: Rows, tracks: Rows, held: I64, step_s: float = 1.0) -> tuple[Kept, ...]:
    """How each thing of `truth` was kept, by id; held (n,) as `matching.match` gives it."""
    out = []
    for thing, mine in things(truth).items():
        row = held[mine]
        label = np.where(row >= 0, tracks.id[row], -1) if len(tracks.id) else row
        on = np.nonzero(row >= 0)[0]
        under = label[on]
        _, many = np.unique(under, return_counts=True)
        first = float(truth.t_s[mine[on[0]]] - truth.t_s[mine[0]]) if len(on) else np.nan
        gap, regained, same = _gaps(on, under, len(mine))
        out.append(
            Kept(
                thing,
                len(mine) * step_s,
                len(on) * step_s,
                first,
                len(many),
                float(many.max(initial=0)) * step_s,
                int((under[1:] != under[:-1]).sum()),
                gap * step_s,
                regained,
                same,
            )
        )
    return tuple(out)


def _gaps(on: I64, under: I64, n: int) -> tuple[F64, I64, I64]:
    """Rows in each gap, whether it ended, and under the same label; on: rows with a track."""
    none = np.zeros(0, np.int64)
    if not len(on):
        return np.zeros(0), none, none
    missing = np.diff(on) - 1
    where = np.nonzero(missing > 0)[0]
    gap, back = missing[where].astype(float), np.ones(len(where), np.int64)
    same = (under[where] == under[where + 1]).astype(np.int64)
    last = n - 1 - int(on[-1])
    if last:
        gap, back, same = np.append(gap, last), np.append(back, 0), np.append(same, 0)
    return gap, back, same


class Continuity(NamedTuple):
    """What `kept` says of all things together; None where there is nothing to say it of.

    held_share, label_share: of all thing-seconds those with a track, and those under each
    thing's longest label   labels_per_thing: mean, of the things that had any   changes
    gaps, gap_longest_s, gap_mean_s   confirm_median_s, confirm_longest_s: of the things
    that had a track   never: things that had none
    """

    held_share: float | None
    label_share: float | None
    labels_per_thing: float | None
    changes: int
    gaps: int
    gap_longest_s: float
    gap_mean_s: float | None
    confirm_median_s: float | None
    confirm_longest_s: float | None
    never: int


def continuity(each: tuple[Kept, ...]) -> Continuity:
    """All things together, each second weighing the same."""
    present = sum(k.present_s for k in each)
    gaps = np.concatenate([k.gap_s for k in each]) if each else np.zeros(0)
    found = [k for k in each if k.held_s > 0.0]
    confirm = np.array([k.confirm_s for k in found])
    return Continuity(
        sum(k.held_s for k in each) / present if present else None,
        sum(k.longest_s for k in each) / present if present else None,
        float(np.mean([k.labels for k in found])) if found else None,
        sum(k.changes for k in each),
        len(gaps),
        float(gaps.max(initial=0.0)),
        float(gaps.mean()) if len(gaps) else None,
        float(np.median(confirm)) if found else None,
        float(confirm.max()) if found else None,
        len(each) - len(found),
    )


class Extra(NamedTuple):
    """Tracks beside those that stand for a thing.

    duplicate_s: track-seconds within the gate of a thing that another track stands for
    false_s: track-seconds farther than the gate from every thing   duplicate_share,
    spurious_share: duplicate_s of all thing-seconds, false_s of all track-seconds
    tracks: how many labels   spurious: those that were never within the gate of a thing
    """

    duplicate_s: float
    false_s: float
    duplicate_share: float | None
    spurious_share: float | None
    tracks: int
    spurious: int


def extra(truth: Rows, tracks: Rows, held: I64, gate_m: float, step_s: float = 1.0) -> Extra:
    """Duplicate and false track-seconds; held (n,) as `matching.match` gives it."""
    near = np.zeros(len(tracks.t_s), bool)
    for _, i, j, d in side_by_side(truth, tracks):
        if len(i):
            near[j] = (d <= gate_m).any(axis=0)
    stands = np.zeros(len(tracks.t_s), bool)
    stands[held[held >= 0]] = True
    duplicate_s = float((near & ~stands).sum()) * step_s
    false_s = float((~near).sum()) * step_s
    labels = things(tracks)
    return Extra(
        duplicate_s,
        false_s,
        duplicate_s / (len(truth.t_s) * step_s) if len(truth.t_s) else None,
        false_s / (len(tracks.t_s) * step_s) if len(tracks.t_s) else None,
        len(labels),
        sum(not near[rows].any() for rows in labels.values()),
    )


def dubious(tracks: Rows, min_rows: int, min_s: float, max_mps: float) -> int:
    """How many tracks look like none, by themselves: truth is not asked.

    A track is dubious with fewer than min_rows rows, a life under min_s, or more than one
    in twenty of its steps faster than max_mps [m/s].

    Ref: the "Dubious Tracks" of OpenATS COMPASS (user manual, section of that name), which
    also looks at turn rate, acceleration and climb; the twentieth is its default.
    """
    count = 0
    for rows in things(tracks).values():
        t, p = tracks.t_s[rows], tracks.p[rows]
        fast = np.linalg.norm(np.diff(p, axis=0), axis=1) > max_mps * np.diff(t)
        short = len(rows) < min_rows or t[-1] - t[0] < min_s
        count += bool(short or (len(fast) and fast.mean() > 0.05))
    return count
