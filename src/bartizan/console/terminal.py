"""The live terminal of a run: posture, situation, tracks, plan, events.

In: `Output`s and umpire events.  Out: a rich live view; without a terminal one plain line
an event.  Does not: cost anything between two refreshes.
"""

from __future__ import annotations

import time
from collections import deque
from types import TracebackType
from typing import Self

import numpy as np
from rich.console import Console, Group, RenderableType
from rich.layout import Layout
from rich.live import Live as RichLive
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from bartizan.types import (
    Event,
    EventKind,
    Identity,
    Level,
    Mode,
    ObjectClass,
    Output,
    Site,
)
from bartizan.units import clock_from_ns

REFRESH_HZ = 8.0
LOUD = {
    EventKind.ALARM, EventKind.ALARM_UPDATE, EventKind.ALL_CLEAR, EventKind.POSTURE,
    EventKind.ATTENTION, EventKind.ENGAGEMENT, EventKind.OUTCOME, EventKind.WRECKAGE,
    EventKind.WALL, EventKind.SENSOR, EventKind.ACT,
}  # fmt: skip
STYLE = {
    EventKind.ALARM: "bold red", EventKind.ALARM_UPDATE: "red", EventKind.ALL_CLEAR: "bold green",
    EventKind.POSTURE: "bold", EventKind.ATTENTION: "yellow", EventKind.WALL: "bold red",
    EventKind.ENGAGEMENT: "cyan", EventKind.OUTCOME: "cyan", EventKind.WRECKAGE: "cyan",
}  # fmt: skip
BANNER = {Level.WHITE: "black on white", Level.YELLOW: "black on yellow", Level.RED: "white on red"}
MARK = {Mode.EXERCISE: "EXERCISE EXERCISE EXERCISE", Mode.RECORDING: "RECORDING", Mode.LIVE: ""}


class Live:
    """A context manager; `see` takes every step's outputs and umpire events."""

    def __init__(self, console: Console, site: Site, mode: Mode, title: str, t0_ns: int) -> None:
        """Nothing is drawn yet.  A console without a terminal gets plain lines."""
        self._console = console
        self._site, self._mode, self._title, self._t0_ns = site, mode, title, t0_ns
        self._plain = not console.is_terminal
        self._log: deque[Event] = deque(maxlen=40)
        self._last: Output | None = None
        self._seen_classes: set[int] = set()
        self._drawn = 0.0
        self._started = time.monotonic()
        self._live = RichLive(console=console, auto_refresh=False, screen=False)

    def __enter__(self) -> Self:
        if self._plain:
            self._console.print(f"{MARK[self._mode]} {self._title}".strip(), highlight=False)
        else:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        if not self._plain:
            if self._last is not None and kind is None:
                self._live.update(self._draw(self._last), refresh=True)
            self._live.stop()

    def see(self, outputs: tuple[Output, ...], umpire: tuple[Event, ...] = ()) -> None:
        """One step of a run; draws at most REFRESH_HZ times a second."""
        for output in outputs:
            self._last = output
            for event in output.watch.events:
                self._note(event)
        for event in umpire:
            self._note(event)
        now = time.monotonic()
        if not self._plain and self._last is not None and now - self._drawn > 1.0 / REFRESH_HZ:
            self._drawn = now
            self._live.update(self._draw(self._last), refresh=True)

    def _worth(self, event: Event) -> bool:
        """Whether a person should read it: the loud ones, and what may be a threat."""
        if event.kind in LOUD:
            return True
        if self._last is None or event.kind in (EventKind.DISMISSAL, EventKind.DISMISSAL_ENDED):
            return False
        threats = self._last.threats
        concerned = set(threats.label[threats.score >= 0.2].tolist())
        return bool(concerned & set(event.labels))

    def _note(self, event: Event) -> None:
        if not self._worth(event):
            return
        self._log.append(event)
        if self._plain:
            clock = clock_from_ns(event.t_ns, self._site.utc_offset_s)
            self._console.print(
                f"{clock}  {event.kind.value:<16} {event.text}", highlight=False, markup=False,
                soft_wrap=True,
            )  # fmt: skip

    def _draw(self, output: Output) -> RenderableType:
        layout = Layout()
        wide = self._console.width >= 110
        log = self._events(14)
        if wide:
            middle = Layout(ratio=1)
            middle.split_row(Layout(self._tracks(output, 12), ratio=3), Layout(self._plan(output), ratio=2))  # fmt: skip
            layout.split_column(Layout(self._head(output), size=4), middle, Layout(log, size=16))
            layout.minimum_size = 30
            return Panel(layout, height=min(self._console.height, 40), border_style="dim")
        return Group(self._head(output), self._tracks(output, 8), log)

    def _head(self, output: Output) -> RenderableType:
        t = output.t_ns
        posture = output.watch.posture
        ran_s = (t - self._t0_ns) / 1e9
        factor = ran_s / max(time.monotonic() - self._started, 1e-6)
        top = Text.assemble(
            (f"{MARK[self._mode]}  ", "bold magenta"), (self._title, "bold"),
            f"   {clock_from_ns(t)} UTC  {clock_from_ns(t, self._site.utc_offset_s)} local"
            f"   {factor:.0f}x",
        )  # fmt: skip
        words = f" {posture.level.name}  {posture.reason} "
        return Group(top, Text(words, style=BANNER[posture.level]), Text(self._sentence(output)))

    def _sentence(self, output: Output) -> str:
        alarms = output.watch.alarms
        if not alarms:
            return f"{len(output.tracks.label)} tracks; no alarm in force."
        first = min(a.t_wall_s for a in alarms)
        when = f"first at the wall in {first:.0f} s" if np.isfinite(first) else "not closing now"
        return "; ".join(f"alarm {a.number}: {a.what}, {a.where}" for a in alarms) + f"; {when}"

    def _tracks(self, output: Output, most: int) -> RenderableType:
        table = Table(expand=True, padding=(0, 1), border_style="dim")
        for name in ("track", "what", "whose", "height", "speed", "to wall", "at wall", "exists"):
            words = name in ("what", "whose")
            table.add_column(name, justify="left" if words else "right", no_wrap=True)
        p, th = output.picture, output.threats
        for i in np.argsort(-th.score, kind="stable")[:most].tolist():
            x = p.tracks.x[i]
            cls = ObjectClass(int(p.cls[i]))
            sure = f" {p.posterior[i, cls]:.0%}" if cls != ObjectClass.UNKNOWN else ""
            who = p.callsign[i] or Identity(int(p.identity[i])).name.lower().replace("_", " ")
            t_wall = f"{th.t_wall_s[i]:.0f} s" if np.isfinite(th.t_wall_s[i]) else "-"
            table.add_row(
                str(int(th.label[i])), cls.name.lower().replace("_", " ") + sure, who,
                f"{x[2]:.0f} m", f"{np.linalg.norm(x[3:]):.0f} m/s",
                f"{th.d_wall_m[i] / 1000:.1f} km", t_wall, f"{p.tracks.existence[i]:.2f}",
                style="red" if th.group[i] else "",
            )  # fmt: skip
        left = len(th.label) - most
        if left > 0:
            table.caption = f"and {left} more of less concern"
        return table

    def _plan(self, output: Output) -> RenderableType:
        """A plan of the site: wall as dots, tracks as their label's last digit."""
        w, h = max(int(self._console.width * 0.4) - 8, 20), 15
        wall = self._site.wall.polygon
        reach = max(3.0 * float(np.abs(wall).max()), 3000.0)
        cells = [[(" ", "")] * w for _ in range(h)]

        def put(e: float, n: float, mark: str, style: str) -> None:
            c, r = round((e / reach + 1) * (w - 1) / 2), round((1 - n / reach) * (h - 1) / 2)
            if 0 <= c < w and 0 <= r < h:
                cells[r][c] = (mark, style)

        for a, b in zip(wall, np.roll(wall, -1, axis=0), strict=True):
            for s in np.linspace(0, 1, 60):
                e, n = a + s * (b - a)
                put(float(e), float(n), "·", "dim")
        th = output.threats
        for i in np.argsort(th.score, kind="stable").tolist():
            e, n = output.tracks.x[i, :2].tolist()
            bad = th.group[i] > 0
            put(e, n, "◆" if bad else "o", "bold red" if bad else "blue")
        text = Text("\n").join(Text.assemble(*(c for c in row)) for row in cells)
        return Panel(text, title=f"plan, {2 * reach / 1000:.0f} km across", border_style="dim")

    def _events(self, most: int) -> RenderableType:
        lines = [
            Text(
                f"{clock_from_ns(e.t_ns, self._site.utc_offset_s)}  {e.text}",
                style=STYLE.get(e.kind, ""), no_wrap=True, overflow="ellipsis",
            )
            for e in list(self._log)[-most:]
        ]  # fmt: skip
        return Panel(Group(*lines), title="events (local time)", border_style="dim")
