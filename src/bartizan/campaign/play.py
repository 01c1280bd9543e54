"""The closed loop: the simulated world makes scans, the pipeline warns, effectors answer.

In: a site, a raid, effectors, a seed.  Out: one frame a step of the world; a score by the
truth.  Does not: let the pipeline see anything but scans.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from bartizan import pipeline, sim
from bartizan.journal import Writer
from bartizan.pipeline import Setup
from bartizan.sim import truth
from bartizan.sim.spec import Effector, Raid
from bartizan.types import Event, Output
from bartizan.units import NS_PER_S

STEP_S = 0.25


class Frame(NamedTuple):
    """One step of the world: its time, the outputs of its scans, the umpire's events."""

    t_ns: int
    outputs: tuple[Output, ...]
    umpire: tuple[Event, ...]


class Played(NamedTuple):
    """How a raid ended, by the truth, and when it was first seen and alarmed [s].

    first_detection_s: first confirmed track within 300 m of an attacker; None: never
    first_alarm_s: first alarm about such a track   false_alarms: alarms about no attacker
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


class Umpire:
    """Follows truth and tracks beside each other, for the score alone."""

    def __init__(self, raid: Raid) -> None:
        """Nothing seen yet."""
        self._raid = raid
        self._hostile_labels: set[int] = set()
        self._alarms: dict[int, set[int]] = {}
        self.first_detection_s: float | None = None
        self.first_alarm_s: float | None = None

    def see(self, output: Output, state: sim.SimState) -> None:
        """One output of the pipeline against the truth of that moment."""
        near = truth.hostile_near(state.fleet, state.flying, output.tracks.x[:, :3], 300.0)
        t_s = (output.t_ns - self._raid.t0_ns) / NS_PER_S
        for label in output.tracks.label[near].tolist():
            self._hostile_labels.add(label)
            if self.first_detection_s is None:
                self.first_detection_s = t_s
        for alarm in output.watch.alarms:
            self._alarms.setdefault(alarm.number, set()).update(alarm.labels)
            if self.first_alarm_s is None and self._hostile_labels & set(alarm.labels):
                self.first_alarm_s = t_s

    def false_alarms(self) -> int:
        """Alarms of which no track was ever near an attacker."""
        return sum(not self._hostile_labels & v for v in self._alarms.values())


def play(
    setup: Setup, raid: Raid, effectors: tuple[Effector, ...], seed: int,
    writer: Writer | None = None, book: truth.Writer | None = None,
) -> Iterator[Frame | Played]:  # fmt: skip
    """The whole raid to its duration: a `Frame` a step of the world, at last one `Played`."""
    world = sim.start(setup.site, raid, effectors, seed)
    state = pipeline.start(setup)
    umpire = Umpire(raid)
    end_ns = raid.t0_ns + round(raid.duration_s * NS_PER_S)
    posture = "WHITE"
    last: Output | None = None
    while world.t_ns < end_ns:
        world, scans, events = sim.step(world, STEP_S)
        outputs = []
        for scan in scans:
            state, last = pipeline.step(state, scan, (), setup)
            if writer:
                writer.step(scan, last)
            umpire.see(last, world)
            outputs.append(last)
        if last is not None and outputs:
            posture = last.watch.posture.level.name
            world, shots = sim.engage(world, last.picture, last.threats, last.watch)
            events = events + shots
        if writer:
            writer.umpire(events)
        if book:
            book.write(world.t_ns, world.flying)
        yield Frame(world.t_ns, tuple(outputs), events)
    s = sim.score(world)
    yield Played(
        seed, s.attackers, s.stopped, s.leakers, s.in_flight, s.wreckage_inside_walls,
        s.others_shot_down, s.shots, umpire.first_detection_s, umpire.first_alarm_s,
        umpire.false_alarms(), posture,
    )  # fmt: skip
