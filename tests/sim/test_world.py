"""The world: streams that do not touch each other, same bytes, walls, times, speed."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest

from bartizan import sim
from bartizan.sim import truth
from bartizan.sim.truth import FLYING, LANDED
from bartizan.types import Event, EventKind, ObjectClass, Scan
from sim import world


def bytes_of(scans: list[Scan]) -> list[bytes]:
    """Every scan as bytes, field by field."""
    return [
        b"".join(v.tobytes() if isinstance(v, np.ndarray) else repr(v).encode() for v in s)
        for s in scans
    ]


def run(
    raid: sim.world.Raid, seed: int = 7, seconds: float = 60, shots: bool = False
) -> tuple[sim.SimState, list[Scan], list[Event]]:
    """The raid against one effector."""
    state = sim.start(world.site(), raid, (world.effector(),), seed)
    return world.play(state, seconds, shots)


def test_same_seed_same_bytes_other_seed_others() -> None:
    """Scans, events and truth are a function of the seed."""
    a, b, c = run(world.raid(), 7), run(world.raid(), 7), run(world.raid(), 8)
    assert bytes_of(a[1]) == bytes_of(b[1]) != bytes_of(c[1])
    assert a[2] == b[2]
    assert a[0].flying.x.tobytes() == b[0].flying.x.tobytes()


def test_adding_birds_changes_nobody_elses_plots() -> None:
    """With nine birds for eight and a flock before the attackers, every old plot is still there."""
    old = run(world.raid(world.attackers(), world.birds(8), world.friend()))[1]
    flock = world.birds(3)._replace(name="other flock")
    new = run(world.raid(flock, world.attackers(), world.birds(9), world.friend()))[1]
    assert [(s.t_ns, s.sensor) for s in old] == [(s.t_ns, s.sensor) for s in new]
    for a, b in zip(old, new, strict=True):
        plots = {row.tobytes() for row in b.z}
        assert all(row.tobytes() in plots for row in a.z)


def test_adding_a_sensor_changes_no_other_sensors_scans() -> None:
    """The first six sensors' scans are the same bytes without the seventh."""
    site = world.site()
    own = type(site.sensors)(*(column[:6] for column in site.sensors))
    fewer = site._replace(sensors=own, sensor_names=site.sensor_names[:6])
    state = sim.start(fewer, world.raid(), (), 7)
    _, scans, _ = world.play(state, 60, False)
    all_of_them = run(world.raid())[1]
    assert bytes_of(scans) == bytes_of([s for s in all_of_them if s.sensor < 6])


def test_shooting_changes_no_plot_of_what_still_flies() -> None:
    """Effectors' dice are their own: until the first hit every byte is the same, then plots
    only go missing."""
    quiet, loud = run(world.raid(), seconds=240), run(world.raid(), seconds=240, shots=True)
    assert sim.score(loud[0]).stopped == 2
    hit_ns = min(e.t_ns for e in loud[2] if e.kind == EventKind.OUTCOME)
    for a, b in zip(quiet[1], loud[1], strict=True):
        before = {row.tobytes() for row in a.z}
        assert all(row.tobytes() in before for row in b.z)
        assert a.t_ns >= hit_ns or bytes_of([a]) == bytes_of([b])


def test_step_length_does_not_change_what_happens() -> None:
    """One step of 20 s is eighty of a quarter second."""
    state = sim.start(world.site(), world.raid(), (), 7)
    one, scans, _ = sim.step(state, 20.0)
    many: list[Scan] = []
    for _ in range(80):
        state, some, _ = sim.step(state)
        many += some
    assert bytes_of(list(scans)) == bytes_of(many)
    assert one.flying.x.tobytes() == state.flying.x.tobytes()


def test_inputs_are_never_changed() -> None:
    """The state that went in still holds what it held."""
    state = sim.start(world.site(), world.raid(), (world.effector(),), 7)
    state, _, _ = sim.step(state, 165.0)
    before = [a.copy() for a in (*state.flying, state.looks, state.battery.rounds)]
    after, _, _ = sim.step(state, 5.0)
    sim.engage(after, *world.seen(after))
    for a, b in zip(before, (*state.flying, state.looks, state.battery.rounds), strict=True):
        np.testing.assert_array_equal(a, b)


def test_scans_come_at_their_sensors_periods_and_never_together() -> None:
    """In time order inside a step, exactly periodic for each sensor, two never at once."""
    scans = run(world.raid(), seconds=60)[1]
    t = np.array([s.t_ns for s in scans])
    assert (np.diff(t) > 0).all()
    periods = world.sensors().period_s
    for s in range(periods.size):
        own = np.diff([scan.t_ns for scan in scans if scan.sensor == s]) / 1e9
        np.testing.assert_allclose(own, periods[s], atol=1e-8)


def test_an_attacker_that_is_let_through_is_a_leaker_with_its_wreck_inside() -> None:
    """Two attackers, no shots: two WALL events at the wall, two wrecks inside it."""
    state, _, events = run(world.raid(world.attackers()), seconds=290)
    walls = [dict(e.data) for e in events if e.kind == EventKind.WALL]
    assert len(walls) == 2
    for at in walls:
        gap = truth_distance(at["e_m"], at["n_m"])
        assert -15.0 <= gap <= 0.0  # a quarter second at 50 m/s
    wrecks = [dict(e.data) for e in events if e.kind == EventKind.WRECKAGE]
    assert [w["inside_walls"] for w in wrecks] == [1.0, 1.0]
    score = sim.score(state)
    assert (score.attackers, score.leakers, score.stopped, score.in_flight) == (2, 2, 0, 0)
    assert score.wreckage_inside_walls == 2


def truth_distance(e_m: float, n_m: float) -> float:
    """Distance to the test wall, an axis-aligned box."""
    return max(abs(e_m) - 1500.0, abs(n_m) - 800.0)


def test_what_is_shot_down_falls_outside_and_is_seen_no_more() -> None:
    """The wreckage event's numbers agree with each other and with the wall."""
    _, scans, events = run(world.raid(world.attackers()), seconds=240, shots=True)
    wrecks = [e for e in events if e.kind == EventKind.WRECKAGE]
    assert len(wrecks) == 2
    for event in wrecks:
        d = dict(event.data)
        gap = np.hypot(max(d["e_m"] - 1500.0, 0.0), max(d["n_m"] - 800.0, 0.0))
        assert d["d_wall_m"] == pytest.approx(gap, abs=1e-6)
        assert d["inside_walls"] == 0.0 and d["p_inside_walls"] < 0.01
        assert d["sd_major_m"] >= d["sd_minor_m"] > 0.0
        assert event.text.startswith("EXERCISE")
    down_ns = max(e.t_ns for e in events if e.kind == EventKind.OUTCOME)
    later = [s for s in scans if s.t_ns > down_ns and s.sensor == 1]
    assert later and all(len(s.z) <= 2 for s in later)  # clutter only


def test_everything_said_is_marked_exercise() -> None:
    """Every umpire event's text."""
    events = run(world.raid(), seconds=290, shots=True)[2]
    assert events and all(e.text.startswith("EXERCISE: ") for e in events)


def test_flight_speeds_heights_and_endings() -> None:
    """Attackers keep speed and height, the friend lands, the airliner cruises, birds stay."""
    state = sim.start(world.site(), world.raid(), (), 7)
    low, kinds = np.inf, state.fleet.signatures.cls
    for _ in range(100):
        state, _, _ = sim.step(state, 1.0)
        flying = state.flying.status == FLYING
        speed = np.hypot(state.flying.x[:, 3], state.flying.x[:, 4])
        attack = flying & (kinds == ObjectClass.ONE_WAY_ATTACK)
        np.testing.assert_allclose(speed[attack], state.fleet.speed_mps[attack], rtol=1e-9)
        low = min(low, float(state.flying.x[attack, 2].min()))
    assert low > 20.0
    for _ in range(290):
        state, _, _ = sim.step(state, 1.0)
    friend = state.flying.x[kinds == ObjectClass.MULTIROTOR][0]
    assert state.flying.status[kinds == ObjectClass.MULTIROTOR][0] == LANDED
    np.testing.assert_allclose(friend[:3], [-500.0, 0.0, 0.0], atol=4.0)
    airliner = state.flying.x[kinds == ObjectClass.AIRLINER][0]
    ground = (airliner[0] ** 2 + airliner[1] ** 2) / (2.0 * 6_371_000.0)
    assert airliner[2] + ground == pytest.approx(10_500.0 + 125.6 + 13.8, abs=60.0)
    birds = state.flying.x[kinds == ObjectClass.BIRD]
    assert (np.hypot(birds[:, 0] - 1_000.0, birds[:, 1] - 5_000.0) < 4_000.0).all()
    assert ((birds[:, 2] > 0.0) & (birds[:, 2] < 600.0)).all()


def test_truth_goes_to_its_own_file(tmp_path: Path) -> None:
    """Written and read back to the bit; never overwritten."""
    state = sim.start(world.site(), world.raid(), (), 7)
    path = tmp_path / "truth.db"
    kept = []
    with truth.Writer(path, state.fleet, state.seed) as out:
        for _ in range(5):
            state, _, _ = sim.step(state, 1.0)
            out.write(state.t_ns, state.flying)
            kept.append(state.flying.x)
    names, cls, hostile, record = truth.read(path)
    assert names == state.fleet.names
    np.testing.assert_array_equal(hostile, state.fleet.hostile)
    np.testing.assert_array_equal(cls, state.fleet.signatures.cls)
    np.testing.assert_array_equal(record.x, np.stack(kept))
    with pytest.raises(FileExistsError):
        truth.Writer(path, state.fleet, state.seed)


def test_an_empty_raid_is_a_quiet_night() -> None:
    """No groups at all: scans with clutter, no events, no crash."""
    quiet = world.raid()._replace(groups=())
    state, scans, events = run(quiet, seconds=10, shots=True)
    assert scans and not events
    assert sim.score(state).attackers == 0


def test_bad_inputs_are_named() -> None:
    """A route of the wrong shape and a step of no length say so."""
    with pytest.raises(ValueError, match="attackers: a route is"):
        sim.start(world.site(), world.raid(world.attackers(route=np.zeros((0, 3)))), (), 1)
    state = sim.start(world.site(), world.raid(), (), 1)
    with pytest.raises(ValueError, match="positive"):
        sim.step(state, 0.0)


def test_five_minutes_are_simulated_in_about_half_a_second() -> None:
    """The whole raid, seven sensors, twelve things; best of three, with room for a slow machine."""
    best = np.inf
    for _ in range(3):
        state = sim.start(world.site(), world.raid(), (world.effector(),), 7)
        begin = time.process_time()
        for _ in range(1200):
            state, _, _ = sim.step(state)
        best = min(best, time.process_time() - begin)
    assert best < 1.5


def test_birds_soar_by_day_only() -> None:
    """From 9 to 18 h local time a bird climbs circling; before dawn it never does."""
    turned = {}
    for hour in (4, 12):
        site = world.site()._replace(utc_offset_s=hour * 3600)
        state = sim.start(site, world.raid(world.birds(12)), (), 7)
        course, rates = state.flying.course_rad, []
        for _ in range(240):
            state, _, _ = sim.step(state)
            turn = (state.flying.course_rad - course + np.pi) % (2.0 * np.pi) - np.pi
            rates.append(np.abs(np.abs(turn) - 0.5 * 0.25) < 1e-9)
            course = state.flying.course_rad
        turned[hour] = float(np.mean(rates))
    assert turned[4] == 0.0
    assert turned[12] == pytest.approx(1.0 / 3.0, abs=0.02)
