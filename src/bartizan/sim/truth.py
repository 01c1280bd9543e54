"""The truth of a simulated raid: who is who, where each is, how it ended.

In: the simulation's arrays.  Out: their shapes, and truth.db, a file of its own.
Does not: reach a sensor's reader, a stage or the journal; only sim, evaluate and campaign
may import this module.
"""

from __future__ import annotations

import sqlite3
from enum import IntEnum
from pathlib import Path
from types import TracebackType
from typing import Final, NamedTuple

import numpy as np

from bartizan.sensing import Signatures
from bartizan.types import B1, F64, I64


class Status(IntEnum):
    """Where a thing stands in its life."""

    WAITING = 0
    FLYING = 1
    LANDED = 2
    FALLING = 3  # shot down, not yet on the ground
    DOWN = 4  # on the ground: a wreck, or an attacker that hit


# The same as plain integers: kernels and inner loops take them faster.
WAITING: Final = int(Status.WAITING)
FLYING: Final = int(Status.FLYING)
LANDED: Final = int(Status.LANDED)
FALLING: Final = int(Status.FALLING)
DOWN: Final = int(Status.DOWN)


class Fleet(NamedTuple):
    """What does not change of n things, rows in the order of the raid's groups.

    names: "group#member"   group (n,) row of Raid.groups   hostile, lands (n,)
    start_ns (n,) UTC   speed_mps, wander_mps2, phase_rad (n,)   offset (n, 3) [m] each
    member's place about its route   way (w, 3) all waypoints: east, north, height over
    the curved ground [m]   first, legs (n,) where its waypoints begin in `way`, and how many
    drag_pm (n,) [1/m] of what is shot and falls, NaN of what flies   shot (n, 3) [m/s] ENU
    velocity with which it leaves the ground   hover (w,) [s] at each waypoint   airspeed (n,)
    its speed is through the air   leaves (n,) it is gone at the end of its way   decoy (n,) an
    attacker that does no harm   signatures: how they show
    """

    names: tuple[str, ...]
    group: I64
    hostile: B1
    lands: B1
    start_ns: I64
    speed_mps: F64
    wander_mps2: F64
    phase_rad: F64
    offset: F64
    way: F64
    first: I64
    legs: I64
    drag_pm: F64
    shot: F64
    hover: F64
    airspeed: B1
    leaves: B1
    decoy: B1
    signatures: Signatures


class Flying(NamedTuple):
    """What changes.  status (n,) Status   x (n, 6) [m, m/s] site ENU   course_rad (n,)

    leg (n,) waypoint it flies to, `legs` past the last   sway (n, 2) state of its gusts
    leaked (n,) has reached the wall   hovered_s (n,) how long it has at its waypoint
    """

    status: I64
    x: F64
    course_rad: F64
    leg: I64
    sway: F64
    leaked: B1
    hovered_s: F64


class Truth(NamedTuple):
    """One record of truth.db: time and the changing arrays of every thing."""

    t_ns: I64
    status: I64
    x: F64


SCHEMA: Final = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE thing (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL, class INTEGER NOT NULL, hostile INTEGER NOT NULL,
  identity INTEGER NOT NULL, reports INTEGER NOT NULL);
CREATE TABLE state (
  t_ns INTEGER NOT NULL, id INTEGER NOT NULL, status INTEGER NOT NULL,
  e_m REAL NOT NULL, n_m REAL NOT NULL, u_m REAL NOT NULL,
  ve_mps REAL NOT NULL, vn_mps REAL NOT NULL, vu_mps REAL NOT NULL,
  PRIMARY KEY (t_ns, id)) WITHOUT ROWID;
"""


class Writer:
    """Writes truth.db: one row a thing and time.  A context manager; refuses to overwrite."""

    def __init__(self, path: Path, fleet: Fleet, seed: int) -> None:
        """A new file at `path`.  Raises FileExistsError when there is one."""
        if path.exists():
            raise FileExistsError(f"{path} is there already; truth is never overwritten")
        self._db = sqlite3.connect(path)
        self._db.execute("PRAGMA synchronous=OFF")  # a simulation can be run again
        self._db.executescript(SCHEMA)
        self._db.execute("INSERT INTO meta VALUES ('seed', ?)", (str(seed),))
        self._db.execute("INSERT INTO meta VALUES ('notice', 'EXERCISE: simulated')")
        s = fleet.signatures
        self._db.executemany(
            "INSERT INTO thing VALUES (?, ?, ?, ?, ?, ?)",
            zip(
                range(len(fleet.names)),
                fleet.names,
                s.cls.tolist(),
                fleet.hostile.astype(int).tolist(),
                s.identity.tolist(),
                s.reports.tolist(),
                strict=True,
            ),
        )

    def write(self, t_ns: int, flying: Flying) -> None:
        """One record: where every thing is at t_ns, but those that wait for their start."""
        rows = np.flatnonzero(flying.status != WAITING)
        x, status = flying.x[rows].tolist(), flying.status[rows].tolist()
        self._db.executemany(
            "INSERT INTO state VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [(t_ns, i, s, *v) for i, s, v in zip(rows.tolist(), status, x, strict=True)],
        )

    def close(self) -> None:
        """Commits and closes."""
        self._db.commit()
        self._db.close()

    def __enter__(self) -> Writer:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def read(path: Path) -> tuple[tuple[str, ...], I64, B1, Truth]:
    """names, cls (n,), hostile (n,) and the records of a truth.db: t_ns (t,), status (t, n),

    x (t, n, 6) [m, m/s], NaN and WAITING where a thing has not started.
    """
    db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        things = db.execute("SELECT name, class, hostile FROM thing ORDER BY id").fetchall()
        times = [r[0] for r in db.execute("SELECT DISTINCT t_ns FROM state ORDER BY t_ns")]
        rows = db.execute("SELECT * FROM state ORDER BY t_ns, id").fetchall()
    finally:
        db.close()
    at = {t: k for k, t in enumerate(times)}
    status = np.full((len(times), len(things)), WAITING, dtype=np.int64)
    x = np.full((len(times), len(things), 6), np.nan)
    for t, i, s, *v in rows:
        status[at[t], i] = s
        x[at[t], i] = v
    names = tuple(str(r[0]) for r in things)
    cls = np.array([r[1] for r in things], dtype=np.int64)
    hostile = np.array([r[2] for r in things], dtype=bool)
    return names, cls, hostile, Truth(np.array(times, dtype=np.int64), status, x)


def hostile_near(fleet: Fleet, flying: Flying, place: F64, within_m: float) -> B1:
    """Which places (k, 3) [m] ENU have an attacker in flight within a distance."""
    up = fleet.hostile & (flying.status == FLYING)
    gap = place[:, None, :] - flying.x[None, up, :3]
    out: B1 = (np.linalg.norm(gap, axis=2) <= within_m).any(axis=1)
    return out
