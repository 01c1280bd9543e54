"""Counters for Prometheus, as the text that it reads (exposition format 0.0.4).

In: outputs, refusals by feed, times from plot to track.  Out: text for `/metrics`.
Does not: serve it, or give a track a time series: a label is a feed, a kind, a level or the
mode, never a track number.
"""

from __future__ import annotations

import math
import threading
from collections import Counter
from typing import Final

from bartizan.types import EventKind, Level, Mode, Output

# Seconds; the goal is p95 <= 0.1 s, p99 <= 0.25 s.
BUCKETS_S: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
MOST_FEEDS: Final = 100  # names counted apart: a feed that makes them up does not fill the memory


class Metrics:
    """What has been counted since the start; may be asked from any thread."""

    def __init__(self, mode: Mode) -> None:
        """Nothing counted."""
        self._lock = threading.Lock()
        self._mode = mode
        self._scans = self._detections = self._tracks = self._alarms = 0
        self._raised = 0
        self._level = Level.WHITE
        self._refused: Counter[str] = Counter()
        self._latency = [0] * (len(BUCKETS_S) + 1)
        self._latency_sum_s = 0.0

    def see(self, output: Output) -> None:
        """One step."""
        with self._lock:
            self._scans += 1
            self._detections += len(output.association.label)
            self._tracks = len(output.tracks.label)
            self._alarms = len(output.watch.alarms)
            self._raised += sum(e.kind is EventKind.ALARM for e in output.watch.events)
            self._level = output.watch.posture.level

    def refuse(self, feed: str) -> None:
        """One record that a feed set aside."""
        with self._lock:
            known = feed in self._refused or len(self._refused) < MOST_FEEDS
            self._refused[feed if known else "other"] += 1

    def time(self, latency_s: float) -> None:
        """From the time of a scan with plots to its tracks in the picture [s]."""
        with self._lock:
            at = next((k for k, b in enumerate(BUCKETS_S) if latency_s <= b), len(BUCKETS_S))
            self._latency[at] += 1
            self._latency_sum_s += latency_s

    def text(self) -> str:
        """The exposition."""
        with self._lock:
            lines = [*self._counted(), *self._standing(), *self._timed()]
        return "\n".join(lines) + "\n"

    def _labels(self, *pairs: tuple[str, str]) -> str:
        said = (("mode", str(self._mode)), *pairs)
        return "{" + ",".join(f'{k}="{_escaped(v)}"' for k, v in said) + "}"

    def _counted(self) -> list[str]:
        one = self._labels()
        out = [
            *_head("scans", "counter", "scans taken in"), f"bartizan_scans_total{one} {self._scans}",
            *_head("detections", "counter", "detections in them"),
            f"bartizan_detections_total{one} {self._detections}",
            *_head("alarms_raised", "counter", "alarms raised"),
            f"bartizan_alarms_raised_total{one} {self._raised}",
            *_head("refused", "counter", "records set aside, by feed"),
        ]  # fmt: skip
        for feed, n in sorted(self._refused.items()):
            out.append(f"bartizan_refused_total{self._labels(('feed', feed))} {n}")
        return out

    def _standing(self) -> list[str]:
        one = self._labels()
        out = [
            *_head("tracks", "gauge", "tracks shown now"), f"bartizan_tracks{one} {self._tracks}",
            *_head("alarms", "gauge", "alarms in force now"), f"bartizan_alarms{one} {self._alarms}",
            *_head("posture", "gauge", "1 for the level in force"),
        ]  # fmt: skip
        for level in Level:
            on = int(level == self._level)
            out.append(f"bartizan_posture{self._labels(('level', level.name))} {on}")
        return out

    def _timed(self) -> list[str]:
        out = _head(
            "latency_seconds", "histogram", "from the time of a scan with plots to the picture"
        )
        total = 0
        for bound, n in zip((*BUCKETS_S, math.inf), self._latency, strict=True):
            total += n
            le = "+Inf" if math.isinf(bound) else repr(bound)
            out.append(f"bartizan_latency_seconds_bucket{self._labels(('le', le))} {total}")
        out.append(f"bartizan_latency_seconds_sum{self._labels()} {self._latency_sum_s!r}")
        out.append(f"bartizan_latency_seconds_count{self._labels()} {total}")
        return out


def _head(name: str, kind: str, what: str) -> list[str]:
    full = f"bartizan_{name}" + ("_total" if kind == "counter" else "")
    return [f"# HELP {full} {what}", f"# TYPE {full} {kind}"]


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
