"""Effectors as open literature abstracts them, in simulation only: who shoots when, at what.

In: the picture, the threats and the alarms in force.  Out: shots, refusals, hits.
Does not: aim by the truth (a shot goes where the track says), sense, or exist for a live
site: nothing on the live side can import this.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np

from bartizan.frames import TWO_PI
from bartizan.jit import kernel
from bartizan.sim import debris
from bartizan.sim.assignment import optimal
from bartizan.sim.spec import Body, Effector, Policy
from bartizan.sim.streams import stream
from bartizan.sim.truth import FLYING, Flying
from bartizan.terrain.sight import heights
from bartizan.types import (
    F64,
    I64,
    Event,
    EventKind,
    Identity,
    Picture,
    Site,
    Threats,
    Watch,
)
from bartizan.units import NS_PER_S

BASKET_M: Final = 50.0  # a shot takes what is nearest within this of its aim, assumed
FRIEND_M: Final = 150.0  # no shot where a friend's track will be this near the aim, assumed
P_PEOPLE: Final = 0.02  # refused when the wreck may come down on people likelier, assumed
STALE_S: Final = 5.0  # no shot at a track without a plot for this long, assumed
REVISED_S: Final = 3.0  # a track still seen so long after its hit was not hit, assumed
URGENT_S: Final = 60.0  # a track so far from the wall in time counts half, assumed
GREEDY: Final = Policy()
NOMINAL: Final = Body(mass_kg=50.0, area_m2=1.5, cd=0.8)  # what the defence expects, assumed
PEOPLE: Final = 1  # why a shot was refused: `refused` of its event
FRIEND: Final = 2
HELD: Final = (Identity.ASSUMED_FRIEND, Identity.FRIEND, Identity.NEUTRAL)


class Shot(NamedTuple):
    """A shot under way.  aim (e, n, u) [m]; hit_ns when it is there; number per effector."""

    effector: int
    number: int
    label: int
    aim: tuple[float, float, float]
    hit_ns: int


class Battery(NamedTuple):
    """All effectors: rounds (k,) left, ready_ns (k,), shots under way.

    busy: (label, until ns) being shot at or assessed   done: (label, when) shot down
    refused: labels ever refused   fired: shots in all
    """

    rounds: I64
    ready_ns: I64
    shots: tuple[Shot, ...]
    busy: tuple[tuple[int, int], ...]
    done: tuple[tuple[int, int], ...]
    refused: tuple[int, ...]
    fired: int


class Hit(NamedTuple):
    """A shot that shot something down: row of the fleet, its state (6,), when, by which."""

    row: int
    x: F64
    t_ns: int
    label: int


@kernel
def kills(die: float, p_kill: float) -> bool:
    """Whether a shot that meets its target kills it: its own die against its probability."""
    return die < p_kill


def load(effectors: tuple[Effector, ...], t0_ns: int) -> Battery:
    """Every magazine full."""
    rounds = np.array([e.magazine for e in effectors], dtype=np.int64)
    return Battery(rounds, np.full(len(effectors), t0_ns, np.int64), (), (), (), (), 0)


@kernel
def meeting_s(d: F64, v: F64, delay_s: float, speed_mps: float) -> float:
    """Seconds until a shot that leaves after delay_s meets a target at d (3,), v (3,); inf never.

    The smallest t >= delay with |d + v t| = speed (t - delay).
    """
    vv = v[0] * v[0] + v[1] * v[1] + v[2] * v[2]
    dv = d[0] * v[0] + d[1] * v[1] + d[2] * v[2]
    dd = d[0] * d[0] + d[1] * d[1] + d[2] * d[2]
    a = vv - speed_mps * speed_mps
    b = 2.0 * dv + 2.0 * speed_mps * speed_mps * delay_s
    c = dd - (speed_mps * delay_s) ** 2
    if abs(a) < 1e-9:
        t: float = -c / b if b != 0.0 else -math.inf
        return t if t >= delay_s - 1e-9 else math.inf
    q = b * b - 4.0 * a * c
    if q < 0.0:
        return math.inf
    root = math.sqrt(q) if a > 0.0 else -math.sqrt(q)
    first: float = (-b - root) / (2.0 * a)
    last: float = (-b + root) / (2.0 * a)
    if first >= delay_s - 1e-9:
        return first
    return last if last >= delay_s - 1e-9 else math.inf


def in_zone(effector: Effector, p: F64) -> bool:
    """Whether a point (3,) [m] ENU is where the effector reaches."""
    pe, pn, pu = effector.pos.tolist()
    de, dn, du = float(p[0]) - pe, float(p[1]) - pn, float(p[2]) - pu
    r = math.sqrt(de * de + dn * dn + du * du)
    if not effector.range_min_m <= r <= effector.range_max_m:
        return False
    az, el = math.atan2(de, dn), math.atan2(du, math.hypot(de, dn))
    turned = (az - effector.az_from_rad) % TWO_PI
    around = effector.az_width_rad >= TWO_PI or turned <= effector.az_width_rad
    return around and effector.el_from_rad <= el <= effector.el_to_rad


class Choice(NamedTuple):
    """An effector that can meet a track: its row, seconds until then, the state (6,) there."""

    effector: int
    tau: float
    x: F64


def engage(
    battery: Battery, effectors: tuple[Effector, ...], site: Site, warhead_m: float,
    wind_mps: F64, t_ns: int, picture: Picture, threats: Threats, watch: Watch,
    policy: Policy = GREEDY,
) -> tuple[Battery, tuple[Event, ...]]:  # fmt: skip
    """Guides the shots under way and shoots at the tracks that the watch has alarmed on.

    One salvo a track at a time (shoot, look, shoot).  Never at a track that is friend or
    neutral or stale, never beside a friend, never where the wreck may come down on people;
    the refusal is an event.  A track that goes on being seen after it was shot down is shot
    at again.  Greedy: the most urgent track first, by the effector that meets it soonest.
    """
    battery = battery._replace(
        shots=tuple(_guided(s, picture) for s in battery.shots),
        busy=tuple(b for b in battery.busy if b[1] > t_ns),
    )
    rows = _targets(battery, picture, threats, watch, t_ns)
    if not rows:
        return battery, ()
    events: list[Event] = []
    may: list[list[Choice]] = []
    greedy = policy.assignment == "greedy"
    for i in rows:
        ready = _meetings(battery, effectors, picture, i, t_ns)
        ready = ready[: policy.salvo] if greedy else ready
        label, free = int(picture.tracks.label[i]), []
        for choice in ready:
            k, tau, x = choice
            code, why = _refusal(site, warhead_m, wind_mps, picture, i, x, tau)
            if not code:
                free.append(choice)
            elif label not in battery.refused:
                battery = battery._replace(refused=(*battery.refused, label))
                events.append(_refused(t_ns, label, effectors[k], k, x, tau, code, why))
        for choice in free if greedy else ():
            battery, event = _shoot(battery, effectors, choice, label, t_ns)
            events.append(event)
        may.append(free)
    if not greedy:
        battery, shots = _assigned(battery, effectors, picture, threats, rows, may, policy, t_ns)
        events += shots
    return battery, tuple(events)


def _targets(
    battery: Battery, picture: Picture, threats: Threats, watch: Watch, t_ns: int
) -> list[int]:
    """Rows of the picture that may be shot at now, the soonest at the wall first."""
    if not watch.alarms:
        return []
    taken = {b[0] for b in battery.busy}
    out = []
    for i in _alarmed(picture, threats, watch):
        label, seen_ns = int(picture.tracks.label[i]), int(picture.tracks.seen_ns[i])
        held = label in taken or picture.identity[i] in HELD or _dead(battery, label, seen_ns)
        if not held and t_ns - seen_ns <= STALE_S * NS_PER_S:
            out.append(i)
    return out


def _assigned(
    battery: Battery, effectors: tuple[Effector, ...], picture: Picture, threats: Threats,
    rows: list[int], may: list[list[Choice]], policy: Policy, t_ns: int,
) -> tuple[Battery, list[Event]]:  # fmt: skip
    """Shots of the optimal assignment of the free effectors to the tracks `rows`."""
    p = np.zeros((len(effectors), len(rows)))
    for j, ready in enumerate(may):
        for choice in ready:
            p[choice.effector, j] = effectors[choice.effector].p_kill
    if not p.any():
        return battery, []
    wall_s = dict(zip(threats.label.tolist(), threats.t_wall_s.tolist(), strict=True))
    labels = [int(picture.tracks.label[i]) for i in rows]
    value = np.array([1.0 / (1.0 + wall_s.get(n, math.inf) / URGENT_S) + 0.01 for n in labels])
    one = np.ones(len(effectors), np.int64)
    best = optimal(value, p, one, policy.salvo)
    proof = (("left", best.left), ("bound", best.bound), ("greedy_left", best.greedy_left))
    events = []
    for j, ready in enumerate(may):
        for choice in ready:
            if best.shots[choice.effector, j]:
                battery, event = _shoot(battery, effectors, choice, labels[j], t_ns)
                events.append(event._replace(data=(*event.data, *proof)))
    return battery, events


def _dead(battery: Battery, label: int, seen_ns: int) -> bool:
    """Whether a track was shot down and has not been seen since (but for a moment)."""
    hit_ns = max((t for n, t in battery.done if n == label), default=None)
    return hit_ns is not None and seen_ns <= hit_ns + REVISED_S * NS_PER_S


def _alarmed(picture: Picture, threats: Threats, watch: Watch) -> list[int]:
    """Rows of the picture under an alarm, the soonest at the wall first."""
    labels = {label for alarm in watch.alarms for label in alarm.labels}
    urgency = dict(zip(threats.label.tolist(), threats.t_wall_s.tolist(), strict=True))
    rows = [(n, i) for i, n in enumerate(picture.tracks.label.tolist()) if n in labels]
    return [i for *_, i in sorted((urgency.get(n, math.inf), n, i) for n, i in rows)]


def _ahead(picture: Picture, i: int, t_ns: int) -> F64:
    """Track i's state (6,) carried straight on to t_ns."""
    x: F64 = picture.tracks.x[i].copy()
    x[:3] += x[3:] * ((t_ns - picture.tracks.t_ns) / NS_PER_S)
    return x


def _guided(shot: Shot, picture: Picture) -> Shot:
    """The shot with its aim moved to where its track will be when it arrives."""
    at = np.flatnonzero(picture.tracks.label == shot.label)
    if at.size == 0:
        return shot
    e, n, u = _ahead(picture, int(at[0]), shot.hit_ns)[:3].tolist()
    return shot._replace(aim=(e, n, u))


def _free(battery: Battery, k: int, t_ns: int) -> bool:
    """Whether effector k has a round and is ready."""
    return bool(battery.rounds[k] > 0 and battery.ready_ns[k] <= t_ns)


def _meetings(
    battery: Battery, effectors: tuple[Effector, ...], picture: Picture, i: int, t_ns: int
) -> list[Choice]:
    """The free effectors that can meet track i inside their zones, the soonest first."""
    now = _ahead(picture, i, t_ns)
    out = []
    for k, effector in enumerate(effectors):
        if not _free(battery, k, t_ns):
            continue
        tau = meeting_s(now[:3] - effector.pos, now[3:], effector.reaction_s, effector.speed_mps)
        if not math.isfinite(tau):
            continue
        x = now.copy()
        x[:3] += tau * x[3:]
        if in_zone(effector, x[:3]):
            out.append(Choice(k, tau, x))
    return sorted(out, key=lambda c: (c.tau, c.effector))


def _refusal(
    site: Site, warhead_m: float, wind_mps: F64, picture: Picture, i: int, x: F64, tau: float
) -> tuple[int, str]:
    """Why the shot must not be taken: PEOPLE or FRIEND and the reason, or 0."""
    for j in range(picture.tracks.label.size):
        if j != i and picture.identity[j] in HELD:
            friend = _ahead(picture, j, picture.t_ns)
            gap = friend[:3] + tau * friend[3:] - x[:3]
            if float(np.sqrt(gap @ gap)) < FRIEND_M:
                return FRIEND, f"a friend's track {int(picture.tracks.label[j])} will be beside it"
    if not site.people:
        return 0, ""
    P = picture.tracks.P[i]
    carry = np.eye(6)
    carry[:3, 3:] = tau * np.eye(3)
    ground_m = float(heights(site.terrain, x[None])[0])
    falls = debris.footprint(x, ground_m, wind_mps, NOMINAL, carry @ P @ carry.T)
    for area in site.people:
        p = debris.probability_within(falls, area.polygon, warhead_m)
        if p > P_PEOPLE:
            return PEOPLE, f"the wreck would come down on {area.name} with probability {p:.2f}"
    return 0, ""


def _shot_data(x: F64, tau: float, k: int) -> tuple[tuple[str, float], ...]:
    e, n, u = (float(v) for v in x[:3])
    return ("e_m", e), ("n_m", n), ("u_m", u), ("shot_t_s", tau), ("effector", float(k))


def _shoot(
    battery: Battery,
    effectors: tuple[Effector, ...],
    choice: Choice,
    label: int,
    t_ns: int,
) -> tuple[Battery, Event]:
    k, tau, x = choice
    effector = effectors[k]
    hit_ns = t_ns + round(tau * NS_PER_S)
    rounds, ready = battery.rounds.copy(), battery.ready_ns.copy()
    number = effector.magazine - int(rounds[k])
    rounds[k] -= 1
    ready[k] = t_ns + round(effector.reload_s * NS_PER_S)
    e, n, u = x[:3].tolist()
    until = hit_ns + round(effector.assess_s * NS_PER_S)
    gap = float(np.linalg.norm(x[:3] - effector.pos))
    event = Event(
        t_ns,
        EventKind.ENGAGEMENT,
        f"EXERCISE: {effector.name} engages track {label}, "
        f"{gap / 1000.0:.1f} km from it in {tau:.0f} s",
        (label,),
        ("under alarm, not friend or neutral", f"single-shot probability {effector.p_kill:.2f}"),
        _shot_data(x, tau, k),
    )
    battery = battery._replace(
        rounds=rounds,
        ready_ns=ready,
        shots=(*battery.shots, Shot(k, number, label, (e, n, u), hit_ns)),
        busy=(*battery.busy, (label, until)),
        fired=battery.fired + 1,
    )
    return battery, event


def _refused(
    t_ns: int, label: int, effector: Effector, k: int, x: F64, tau: float, code: int, why: str
) -> Event:
    return Event(
        t_ns,
        EventKind.ENGAGEMENT,
        f"EXERCISE: {effector.name} holds fire on track {label}: {why}",
        (label,),
        (why,),
        (*_shot_data(x, tau, k), ("refused", float(code))),
    )


def resolve(
    battery: Battery, effectors: tuple[Effector, ...], flying: Flying, t_ns: int, seed: int
) -> tuple[Battery, tuple[Hit, ...], tuple[Event, ...]]:
    """The shots that arrive by t_ns: each takes the nearest true thing in its basket.

    flying: the truth at t_ns.  The shot's own die decides with its single-shot
    probability, whatever else is rolled.
    """
    if all(s.hit_ns > t_ns for s in battery.shots):
        return battery, (), ()
    hits: list[Hit] = []
    events: list[Event] = []
    done = battery.done
    up = np.flatnonzero(flying.status == FLYING)
    for shot in sorted((s for s in battery.shots if s.hit_ns <= t_ns), key=lambda s: s.hit_ns):
        effector = effectors[shot.effector]
        back = (t_ns - shot.hit_ns) / NS_PER_S
        then = flying.x[up, :3] - back * flying.x[up, 3:]
        gap = np.sqrt(((then - np.array(shot.aim)) ** 2).sum(axis=1))
        alive = [j for j in np.argsort(gap, kind="stable") if up[j] not in {h.row for h in hits}]
        die = stream(seed, "effector", effector.name, shot.number).random()
        near = bool(alive) and float(gap[alive[0]]) <= BASKET_M
        hit = near and bool(kills(die, effector.p_kill))
        e, n, u = shot.aim
        why = "nothing within its basket" if not near else "hit" if hit else "missed by chance"
        if hit:
            x = flying.x[up[alive[0]]].copy()
            x[:3] = then[alive[0]]
            e, n, u = x[:3].tolist()
            hits.append(Hit(int(up[alive[0]]), x, shot.hit_ns, shot.label))
            done = (*done, (shot.label, shot.hit_ns))
        word = "stopped" if hit else "missed"
        events.append(
            Event(
                shot.hit_ns,
                EventKind.OUTCOME,
                f"EXERCISE: {effector.name} {word} track {shot.label}",
                (shot.label,),
                (why,),
                (("hit", float(hit)), ("e_m", e), ("n_m", n), ("u_m", u)),
            )
        )
    left = tuple(s for s in battery.shots if s.hit_ns > t_ns)
    return battery._replace(shots=left, done=done), tuple(hits), tuple(events)
