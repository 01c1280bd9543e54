"""The closed loop: the simulated world makes scans, the pipeline warns, effectors answer.

In: a site, a raid, effectors, a seed, how the defence is conducted.  Out: one frame a step
of the world; a score by the truth.  Does not: let the pipeline see anything but scans.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

import numpy as np

from bartizan import assess, picture, pipeline, sim, track, warn
from bartizan.campaign.crew import NONE, Crew, released
from bartizan.campaign.umpire import Umpire, broken_link, last_order_s
from bartizan.feeds.hold import Hold
from bartizan.intake import aside, inspect
from bartizan.journal import Writer
from bartizan.pipeline import Setup
from bartizan.sim import truth
from bartizan.sim.debris import drag_per_m
from bartizan.sim.flight import Approach
from bartizan.sim.spec import Effector, Policy, Raid
from bartizan.sim.world import Wreck
from bartizan.terrain.sight import heights
from bartizan.types import F64, I64, Event, Output, Scan
from bartizan.units import NS_PER_S

STEP_S = 0.25


class Conduct(NamedTuple):
    """How the defence is conducted: the people in the chain, and how effectors choose."""

    crew: Crew = NONE
    policy: Policy = Policy()


class Frame(NamedTuple):
    """One step of the world: its time, the outputs of its scans, the umpire's events."""

    t_ns: int
    outputs: tuple[Output, ...]
    umpire: tuple[Event, ...]


class Played(NamedTuple):
    """How a raid ended, by the truth, and when it was first seen and alarmed [s].

    first_detection_s: first confirmed track within 300 m of an attacker; None: never
    first_alarm_s: first alarm about such a track   false_alarms: alarms about no attacker
    arrival_s: when the first attacker is at the wall if nobody shoots, None: never
    warning_s: from when people hear the alarm to then, 0 when too late or never; None when
    nobody arrives   tracked: attackers with a confirmed track before they arrive
    refused: tracks that were not shot at, refused_people: because of people   broken: the link
    that broke in the first leaker's chain, "" without one   rounds_left: of each effector
    wrecks: (east, north) [m] each   hits: of what was shot down, its drag [1/m], the ground's
    height [m] there and its state (6) [m, m/s] when it was hit   assignments made, worst_gap of
    them, value left and greedy_left (see `sim.assignment`) in all
    """

    seed: int
    attackers: int
    stopped: int
    leakers: int
    in_flight: int
    wreckage_inside_walls: int
    others_shot_down: int
    shots: int
    first_detection_s: float | None
    first_alarm_s: float | None
    false_alarms: int
    posture: str
    arrival_s: float | None = None
    warning_s: float | None = None
    tracked: int = 0
    alarms: int = 0
    refused: int = 0
    broken: str = ""
    rounds_left: tuple[int, ...] = ()
    wrecks: tuple[tuple[float, float], ...] = ()
    refused_people: int = 0
    hits: tuple[tuple[float, ...], ...] = ()
    assignments: int = 0
    worst_gap: float = 0.0
    left: float = 0.0
    greedy_left: float = 0.0


def play(
    setup: Setup, raid: Raid, effectors: tuple[Effector, ...], seed: int,
    writer: Writer | None = None, book: truth.Writer | None = None,
    conduct: Conduct = Conduct(), words: bool = True,
) -> Iterator[Frame | Played]:  # fmt: skip
    """The whole raid to its duration: a `Frame` a step of the world, at last one `Played`.

    words False leaves each track's reasons out where only `Played` is wanted: it is the same.
    """
    world = sim.start(setup.site, raid, effectors, seed, conduct.policy)
    state = pipeline.start(setup)
    umpire = Umpire(raid, np.flatnonzero(world.fleet.hostile), conduct.crew, seed)
    end_ns = raid.t0_ns + round(raid.duration_s * NS_PER_S)
    rounds: dict[int, I64] = {}  # what each effector had left when a leaker was at the wall
    posture = "WHITE"
    last: Output | None = None
    step = pipeline.step if writer else partial(_quick, words=words)
    hold = Hold(0.0) if world.spells else None
    while world.t_ns < end_ns:
        world, scans, events = sim.step(world, STEP_S)
        outputs = []
        for scan in (
            scans
            if hold is None
            else _received(hold, scans, world.t_ns, state.track.t_ns, setup, writer)
        ):
            state, last = step(state, scan, (), setup)
            if writer:
                writer.step(scan, last)
            umpire.see(last, world)
            outputs.append(last)
        if last is not None and outputs:
            posture = last.watch.posture.level.name
            free = released(last.watch, umpire.notices, world.t_ns)
            world, shots = sim.engage(world, last.picture, last.threats, free)
            events = events + shots
        umpire.hear(events)
        for k in np.flatnonzero(world.flying.leaked).tolist():
            rounds.setdefault(k, world.battery.rounds)
        if writer:
            writer.umpire(events)
        if book:
            book.write(world.t_ns, world.flying)
        yield Frame(world.t_ns, tuple(outputs), events)
    yield _played(world, umpire, rounds, posture)


def _received(
    hold: Hold, scans: tuple[Scan, ...], now_ns: int, t_ns: int, setup: Setup,
    writer: Writer | None,
) -> list[Scan]:  # fmt: skip
    """What the flow takes of a step's scans where faults make them late.

    In order, each once, none older than the last one taken at t_ns, as in the live service.
    """
    for scan in scans:
        hold.put(scan, now_ns)
    taken = []
    for scan in hold.take(now_ns):
        why = inspect(scan, setup.site.sensors, t_ns, 0)
        if not why:
            taken.append(scan)
            t_ns = scan.t_ns
        elif writer:
            writer.refused(aside(scan, why, t_ns))
    return taken


def _quick(
    state: pipeline.State, scan: Scan, acts: tuple[()], s: Setup, words: bool
) -> tuple[pipeline.State, Output]:
    """`pipeline.step` without registration, which moves nothing until a person accepts it.

    In a campaign nobody does: tracks, alarms and shots are the same (a test compares).
    """
    a, tracks, association = track.step(state.track, scan, s.track)
    b, seen = picture.step(state.picture, scan, tracks, association, s.site, s.picture, words)
    c, threats = assess.step(state.assess, seen, s.site, s.assess, words)
    d, watch = warn.step(state.warn, seen, threats, acts, s.site, s.warn)
    after = pipeline.State(a, b, c, d, state.registration)
    return after, Output(scan.t_ns, association, seen, threats, watch)


def _played(
    world: sim.SimState, umpire: Umpire, rounds: dict[int, I64], posture: str
) -> Played:  # fmt: skip
    """The score, the warning time and the broken link."""
    s = sim.score(world)
    way = sim.approach(world, STEP_S)
    arrival = float(way.arrival_s.min(initial=math.inf))
    warned = umpire.warned_s()
    early = 0.0 if warned is None else max(arrival - warned, 0.0)
    made = np.array(umpire.assigned).reshape(-1, 3)
    seen = [umpire.chain(k).confirmed_s for k in range(len(way.arrival_s))]
    real = ~world.fleet.decoy[world.fleet.hostile]
    tracked = sum(
        t is not None and t <= a
        for t, a, own in zip(seen, way.arrival_s, real.tolist(), strict=True)
        if own
    )
    return Played(
        world.seed, s.attackers, s.stopped, s.leakers, s.in_flight, s.wreckage_inside_walls,
        s.others_shot_down, s.shots, umpire.first_detection_s, umpire.first_alarm_s,
        umpire.false_alarms(), posture,
        arrival if math.isfinite(arrival) else None,
        early if math.isfinite(arrival) else None,
        int(tracked), umpire.alarms(), s.refused, _broken(world, umpire, rounds, way),
        tuple(world.battery.rounds.tolist()), tuple((w.e_m, w.n_m) for w in world.down),
        umpire.refused("people"), tuple(_hit(world, w) for w in world.down + world.falling if w.label),
        len(made), float(gaps(made).max(initial=0.0)), float(made[:, 0].sum()),
        float(made[:, 2].sum()),
    )  # fmt: skip


def gaps(made: F64) -> F64:
    """Certified gap (n,) of assignments (n, 3): value left, its bound, greedy's."""
    out: F64 = np.maximum(made[:, 0] - made[:, 1], 0.0) / np.maximum(made[:, 0], 1e-9)
    return out


def _hit(world: sim.SimState, wreck: Wreck) -> tuple[float, ...]:
    """What is needed to let it fall again: drag, the ground there, its state when it was hit."""
    body = world.raid.groups[int(world.fleet.group[wreck.row])].body
    ground_m = float(heights(world.site.terrain, wreck.hit[None])[0])
    return (drag_per_m(body), ground_m, *wreck.hit.tolist())


def _broken(world: sim.SimState, umpire: Umpire, rounds: dict[int, I64], way: Approach) -> str:
    """The first link that broke in the chain of the first leaker, "" without a leaker."""
    if not rounds:
        return ""
    rows = np.flatnonzero(world.fleet.hostile).tolist()
    row = min(rounds, key=lambda r: (way.arrival_s[rows.index(r)], r))
    k = rows.index(row)
    last_s, able = last_order_s(way, k, world.effectors)
    return broken_link(umpire.chain(k), last_s, able, rounds[row])
