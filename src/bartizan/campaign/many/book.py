"""The results folder: every finished raid on disk before the next is counted.

In: rows as they come.  Out: raids.log (one checked line a raid), raids.parquet, and what a
half-written folder still holds.  Does not: measure, draw, or play.

raids.log: a CRC-32 of the line in hexadecimal, a blank, the row as JSON.  A line whose check
fails is what a crash left half written: it is set aside, counted, and its raid played again.
"""

from __future__ import annotations

import fcntl
import json
import os
import zlib
from pathlib import Path
from typing import Any, Final, NamedTuple, TextIO

import pyarrow as pa
import pyarrow.parquet as pq

from bartizan.campaign.play import Played
from bartizan.errors import InputError

LOG: Final = "raids.log"
TABLE: Final = "raids.parquet"
ORDER: Final = "campaign.json"


class Lost(NamedTuple):
    """A raid without a result: its number, seed and why."""

    number: int
    seed: int
    why: str


class Row(NamedTuple):
    """One raid of a campaign, by its number, and its cell.  p_kill None: as the site says."""

    number: int
    size: int
    p_kill: float | None
    policy: str
    played: Played


class Book:
    """The log of one campaign; opened once, appended to durably.  A context manager."""

    def __init__(self, folder: Path, order: dict[str, Any], resume: bool) -> None:
        """A new folder, or with `resume` one that is there.

        order: what the campaign plays, as JSON; a folder of another order is refused.
        Raises InputError for a folder that is there (without resume) or of something else.
        """
        self.folder, self.damaged = folder, 0
        self.rows: dict[int, Row] = {}
        self.lost: dict[int, Lost] = {}
        if resume:
            if not folder.is_dir():
                raise InputError(f"--out {folder}: expected a campaign's folder to go on with")
            self._held = _alone(folder)
            try:
                self._reopen(order)
            except BaseException:
                os.close(self._held)
                raise
        else:
            if folder.exists() and any(folder.iterdir()):
                raise InputError(f"--out {folder}: expected a new folder, or --resume to go on")
            folder.mkdir(parents=True, exist_ok=True)
            self._held = _alone(folder)
            _write(folder / ORDER, json.dumps(order, indent=2) + "\n")
        self._log: TextIO = (folder / LOG).open("a", encoding="utf-8")

    def _reopen(self, order: dict[str, Any]) -> None:
        was = read_order(self.folder)
        for key in sorted(set(was) | set(order)):
            if was.get(key) != order.get(key):
                raise InputError(
                    f"{self.folder / ORDER}: {key}: expected {order.get(key)!r} to go on with "
                    f"(found {was.get(key)!r}); take another --out for another campaign"
                )
        lines, self.rows, self.lost, self.damaged = read_log(self.folder)
        self.lost = {}  # a raid that was lost is tried again
        if self.damaged:
            _write(self.folder / LOG, "".join(lines))

    def add(self, row: Row | Lost) -> None:
        """Keeps one raid; it is on disk when this returns."""
        self._log.write(_line(row))
        self._log.flush()
        os.fsync(self._log.fileno())
        if isinstance(row, Lost):
            self.lost[row.number] = row
        else:
            self.rows[row.number] = row

    def seal(self, raids: int) -> tuple[Row, ...]:
        """Writes raids.parquet: the rows with number < raids, sorted; and returns them."""
        rows = tuple(self.rows[k] for k in sorted(self.rows) if k < raids)
        half = self.folder / (TABLE + ".part")
        pq.write_table(table(rows), half, compression="zstd")
        half.replace(self.folder / TABLE)
        return rows

    def close(self) -> None:
        """Closes the log."""
        self._log.close()
        os.close(self._held)

    def __enter__(self) -> Book:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _alone(folder: Path) -> int:
    """Holds the folder against another campaign; the lock goes with the process."""
    held = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as e:
        os.close(held)
        raise InputError(f"--out {folder}: expected no campaign at work in it") from e
    return held


def _write(path: Path, text: str) -> None:
    """Writes a file whole or not at all."""
    half = path.with_name(path.name + ".part")
    with half.open("w", encoding="utf-8") as f:
        f.write(text)
        f.flush()
        os.fsync(f.fileno())
    half.replace(path)


def _line(row: Row | Lost) -> str:
    data = row._asdict() if isinstance(row, Lost) else row._asdict() | row.played._asdict()
    data.pop("played", None)
    text = json.dumps(data, separators=(",", ":"))
    return f"{zlib.crc32(text.encode()):08x} {text}\n"


def _parsed(line: str) -> Row | Lost | None:
    """A line's row, None when it is not whole."""
    check, _, text = line.rstrip("\n").partition(" ")
    if not line.endswith("\n") or f"{zlib.crc32(text.encode()):08x}" != check:
        return None
    data = json.loads(text)
    if "why" in data:
        return Lost(**data)
    number, size, p_kill, policy = (data.pop(k) for k in ("number", "size", "p_kill", "policy"))
    data["rounds_left"] = tuple(data["rounds_left"])
    for name in ("wrecks", "hits"):
        data[name] = tuple(tuple(v) for v in data[name])
    return Row(number, size, p_kill, policy, Played(**data))


def read_log(folder: Path) -> tuple[list[str], dict[int, Row], dict[int, Lost], int]:
    """Whole lines, rows and losses by number, and how many lines were not whole."""
    path = folder / LOG
    if not path.is_file():
        return [], {}, {}, 0
    rows: dict[int, Row] = {}
    lost: dict[int, Lost] = {}
    whole, damaged = [], 0
    for line in path.read_bytes().decode("utf-8", "replace").splitlines(keepends=True):
        row = _parsed(line)
        if row is None:
            damaged += 1
            continue
        whole.append(line)
        if isinstance(row, Lost):
            lost[row.number] = row
        else:
            rows[row.number] = row
    return whole, rows, lost, damaged


def read_order(folder: Path) -> dict[str, Any]:
    """What a campaign's folder says it plays.  Raises InputError."""
    path = folder / ORDER
    try:
        out: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as e:
        raise InputError(f"{path}: expected a campaign's folder ({e})") from e
    return out


def table(rows: tuple[Row, ...]) -> pa.Table:
    """The rows as a table, one column a field; equal rows give equal bytes."""
    f, i = pa.float64(), pa.int64()
    kinds = {
        "first_detection_s": f, "first_alarm_s": f, "arrival_s": f, "warning_s": f,
        "posture": pa.string(), "broken": pa.string(), "rounds_left": pa.list_(i),
        "wrecks": pa.list_(pa.list_(f)), "hits": pa.list_(pa.list_(f)),
        "worst_gap": f, "left": f, "greedy_left": f,
    }  # fmt: skip
    columns: dict[str, pa.Array] = {
        "number": pa.array([r.number for r in rows], i),
        "size": pa.array([r.size for r in rows], i),
        "p_kill": pa.array([r.p_kill for r in rows], f),
        "policy": pa.array([r.policy for r in rows], pa.string()),
    }
    for name in Played._fields:
        values = [getattr(r.played, name) for r in rows]
        columns[name] = pa.array(values, kinds.get(name, i))
    return pa.table(columns, metadata={"notice": "EXERCISE: simulated"})
