"""THE FLOW: a scan becomes tracks, a picture, threats, a warning, a record.

    Scan -> track -> picture -> assess -> warn -> Output -> journal

In: scans of a simulation, a recording or a live feed (nothing here can tell which), and
people's acts.  Out: one `Output` a scan.  Does not: read a clock, send, or know truth.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np

from bartizan import assess, picture, track, warn
from bartizan.feeds.order import JUMP
from bartizan.intake import aside, inspect
from bartizan.journal import Writer
from bartizan.track import late, registration
from bartizan.types import Act, Mode, ObjectClass, Output, Refused, Scan, Site


class Setup(NamedTuple):
    """A site and the settings of every stage."""

    site: Site
    track: track.TrackParams
    picture: picture.PictureParams
    assess: assess.AssessParams
    warn: warn.WarnParams
    registration: registration.RegistrationParams = registration.RegistrationParams()


class State(NamedTuple):
    """What every stage remembers."""

    track: track.TrackState
    picture: picture.PictureState
    assess: assess.AssessState
    warn: warn.WarnState
    registration: registration.RegistrationState


def setup(site: Site, mode: Mode) -> Setup:
    """The default settings for a site, its own of the tracker, and for what it expects."""
    tracker = track.params_with(site.tracker, float(np.nanmax(site.sensors.period_s)))
    if ObjectClass.BALLISTIC in site.expects:
        tracker = track.with_rockets(tracker)
    drag, prior = track.falling_modes(tracker)
    return Setup(
        site, tracker, picture.PictureParams(falling=prior), assess.AssessParams(fall_drag=drag),
        warn.WarnParams(mode=mode),
    )  # fmt: skip


def start(s: Setup) -> State:
    """The state before the first scan."""
    return State(
        track.start(s.site.sensors, s.track), picture.start(s.picture),
        assess.start(s.assess), warn.start(s.warn), registration.start(s.site.sensors),
    )  # fmt: skip


def step(state: State, scan: Scan, acts: tuple[Act, ...], s: Setup) -> tuple[State, Output]:
    """One scan through every stage."""
    r, table, answer = registration.accept(state.registration, state.track.table, acts)
    a, tracks, association = track.step(state.track._replace(table=table), scan, s.track)
    r, estimate = registration.step(r, scan, tracks, association, table, s.registration)
    offer = answer or estimate
    b, seen = picture.step(state.picture, scan, tracks, association, s.site, s.picture)
    c, threats = assess.step(state.assess, seen, s.site, s.assess)
    heard = scan.sensor if len(scan.z) or scan.look[3] > 0.0 else -1
    d, watch = warn.step(state.warn, seen, threats, acts, s.site, s.warn, offer, heard)
    return State(a, b, c, d, r), Output(scan.t_ns, association, seen, threats, watch, offer)


def warm(site: Site) -> None:
    """Compiles every kernel of the flow: one scan without and one with a detection."""
    s = setup(site, Mode.EXERCISE)
    state = start(s)
    z = np.full((1, 6), np.nan)
    z[0, :3] = 1000.0, 0.5, 0.1
    for m in (0, 1, 1):
        text = np.zeros(m, np.int64)
        scan = Scan(
            state.track.t_ns + 1, 0, 0, site.sensors.look[0].copy(), text + 1, z[:m],
            np.where(np.isnan(z[:m]), np.nan, 0.1), np.full(m, np.nan), np.zeros(m, np.int8),
            np.zeros(m, np.int8), np.zeros(m), text, text - 1,
        )  # fmt: skip
        state, _ = step(state, scan, (), s)
    if s.assess.fall_drag:
        assess.warm()


class Flow:
    """A source's items one by one through the flow, all of it journalled.

    A person's act is kept as it comes and taken in with the next scan.  What cannot be
    taken is set aside as `Refused`, counted, and the flow goes on.
    """

    def __init__(self, s: Setup, writer: Writer | None = None, state: State | None = None) -> None:
        """From the start, or from a state that an earlier flow had come to."""
        self.state = start(s) if state is None else state
        self.writer = writer
        self._s = s
        self._acts: tuple[Act, ...] = ()
        self._in_a_row = 0  # scans from far ahead since the last one taken

    @property
    def settled(self) -> bool:
        """Whether no act waits for the next scan: the state alone says how it goes on."""
        return not self._acts

    def take(self, item: Scan | Act | Refused) -> Output | None:
        """What came of one item; None for what is no scan, or none that can be taken."""
        if isinstance(item, Act):
            self._acts = (*self._acts, item)
            if self.writer:
                self.writer.act(item)
            return None
        if isinstance(item, Scan):
            t_ns = self.state.track.t_ns
            params = self._s.track
            why = inspect(item, self._s.site.sensors, t_ns, self._in_a_row, params.late_s)
            if not why:
                scan = late.taken_back(item, t_ns, params)
                self.state, output = step(self.state, scan, self._acts, self._s)
                self._acts, self._in_a_row = (), 0
                if self.writer:
                    self.writer.step(item, output)
                return output
            item = aside(item, why, t_ns)
            self._in_a_row += why.startswith(JUMP)  # others say nothing of the clock
        if self.writer:
            self.writer.refused(item)
        return None


def run(
    source: Iterable[Scan | Act | Refused], s: Setup, writer: Writer | None = None
) -> Iterator[Output]:
    """Every scan of a source through the flow (see `Flow`); yields each output."""
    flow = Flow(s, writer)
    for item in source:
        output = flow.take(item)
        if output is not None:
            yield output
