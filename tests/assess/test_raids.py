"""Threats: who comes, in what order, and in which raid."""

from __future__ import annotations

import numpy as np
import pytest

from bartizan.assess import AssessParams, AssessState, start, step
from bartizan.types import (
    F64,
    N_CLASSES,
    Area,
    Identity,
    ObjectClass,
    Picture,
    Site,
    Threats,
    Tracks,
)

S = 1_000_000_000
WALL = np.array([[-1000.0, -1000.0], [1000.0, -1000.0], [1000.0, 1000.0], [-1000.0, 1000.0]])
SD = (15.0, 15.0, 15.0, 1.0, 1.0, 1.0)


def site() -> Site:
    none = (0.0, 0.0, 0.0)
    return Site(
        "made", "Made", none, 0.0, 0, Area("the wall", WALL),
        (Area("housing", WALL * 0.2),), (), (), (), None, 2e4, True,
    )  # fmt: skip


def picture(t_s: float, x: F64, cls: int = ObjectClass.ONE_WAY_ATTACK, p: float = 0.8,
            identity: tuple[int, ...] | None = None, label: tuple[int, ...] | None = None,
            sd: tuple[float, ...] = SD) -> Picture:  # fmt: skip
    x = np.atleast_2d(np.asarray(x, float))
    n, now = len(x), round(t_s * S) + S
    tracks = Tracks(
        now, np.array(label or range(1, n + 1), np.int64), np.ones(n), x,
        np.tile(np.diag(np.square(sd)), (n, 1, 1)), np.ones((n, 1)), np.full(n, S), np.full(n, now),
        np.full(n, 9), np.ones(n, np.int64), np.zeros(n, np.int64),
    )  # fmt: skip
    posterior = np.full((n, N_CLASSES), (1 - p) / (N_CLASSES - 1))
    posterior[:, cls] = p
    none = np.zeros(n, np.int64)
    return Picture(
        now, tracks, posterior, np.full(n, cls),
        np.array(identity or [Identity.UNKNOWN] * n, np.int64),
        ("",) * n, none - 1, np.zeros(n, np.bool_), none, none, ((),) * n,
    )  # fmt: skip


def inbound(
    bearing_deg: float, distance_m: float, speed_mps: float = 48.0, up_m: float = 150.0
) -> F64:
    a = np.radians(bearing_deg)
    u = np.array([np.sin(a), np.cos(a)])
    return np.array([*(distance_m * u), up_m, *(-speed_mps * u), 0.0])


def run(*pictures: Picture) -> list[Threats]:
    params = AssessParams()
    state: AssessState = start(params)
    out = []
    for p in pictures:
        state, threats = step(state, p, site(), params)
        out.append(threats)
    return out


def advance(x: F64, t_s: float) -> F64:
    y = np.atleast_2d(x).copy()
    y[:, :3] += t_s * y[:, 3:]
    return y


def test_ten_drones_from_all_sides_are_one_raid() -> None:
    x = np.array([inbound(36.0 * k, 6000.0 + 300.0 * k) for k in range(10)])
    out = run(picture(0, x))[0]
    assert out.group.tolist() == [1] * 10


def test_a_second_wave_is_another_raid_and_numbers_stay() -> None:
    first, second = inbound(40.0, 3000.0), inbound(40.0, 3000.0 + 48.0 * 260.0)
    both = np.array([first, second])
    seen = [run(*[picture(t, advance(both, t)) for t in range(0, k + 1, 20)])[-1].group.tolist()
            for k in (0, 40, 100)]  # fmt: skip
    assert seen[0][0] == 1
    assert seen[-1] == [1, 2]
    assert all(g[0] == 1 and g[1] in (0, 2) for g in seen)


def test_one_that_comes_long_before_the_raid_is_another() -> None:
    raid, sooner = inbound(40.0, 13_000.0), inbound(220.0, 2500.0)
    both = np.array([raid, sooner])
    out = run(picture(0, raid), picture(1, both))
    assert out[1].t_wall_s[0] - out[1].t_wall_s[1] > 180.0
    assert out[1].group.tolist() == [1, 2]


def test_height_takes_the_threat_away_only_if_it_is_known() -> None:
    low, high = inbound(0, 3000), inbound(0, 3000, 48.0, 10_000.0)
    blind = (15.0, 15.0, 350.0, 1.0, 1.0, 1.0)
    sure = [float(run(picture(0, x))[0].score[0]) for x in (low, high)]
    unsure = [float(run(picture(0, x, sd=blind))[0].score[0]) for x in (low, high)]
    assert sure[1] == pytest.approx(0.1 * sure[0])
    assert unsure == pytest.approx([sure[0]] * 2, rel=0.01)
    assert "higher than a threat to the ground flies" in run(picture(0, high))[0].why[0]


def test_one_more_close_by_joins_though_it_arrives_later() -> None:
    slow = inbound(40.0, 5000.0, 14.0)
    fast = inbound(45.0, 5200.0, 50.0)
    assert run(picture(0, np.array([slow, fast])))[0].group.tolist() == [1, 1]
    far = inbound(200.0, 4100.0, 13.0)  # same class of arrival, other side: one raid too
    late = run(picture(0, np.array([fast, far])))[0]
    assert abs(late.t_wall_s[0] - late.t_wall_s[1]) < 180.0
    assert late.group.tolist() == [1, 1]


def test_a_raid_number_is_never_used_twice() -> None:
    x = inbound(40.0, 6000.0)
    away = x * [1, 1, 1, -1, -1, 1]
    out = run(picture(0, x), picture(10, away), picture(320, away), picture(330, x, label=(2,)))
    assert [int(t.group[0]) for t in out] == [1, 1, 0, 2]


def test_a_track_that_turns_out_a_friend_leaves_the_raid() -> None:
    x = np.array([inbound(40.0, 6000.0), inbound(42.0, 6000.0)])
    out = run(picture(0, x), picture(1, x, identity=(Identity.FRIEND, Identity.UNKNOWN)))
    assert out[0].group.tolist() == [1, 1]
    assert out[1].group.tolist() == [0, 1]


@pytest.mark.parametrize("height_known", [True, False])
def test_an_airliner_overhead_is_no_raid(height_known: bool) -> None:
    sd = SD if height_known else (15, 15, 350.0, 1, 1, 3.0)
    x = inbound(300.0, 40_000.0, 230.0, 10_500.0)
    out = run(picture(0, x, ObjectClass.AIRLINER, 0.9, sd=sd))[0]
    assert out.p_wall[0] > 0.5  # its course does cross the wall
    assert out.group[0] == 0
    assert out.score[0] < 0.1


def test_order_sooner_surer_and_less_trusted_first() -> None:
    near, far = inbound(0, 3000), inbound(0, 9000)
    aside = near.copy()
    aside[3:5] = [40.0, 26.0]
    out = run(picture(0, np.array([near, far, aside])))[0]
    assert out.score[0] > out.score[1] > out.score[2]
    trust = [run(picture(0, near, identity=(i,)))[0].score[0] for i in Identity]
    by = dict(zip(Identity, trust, strict=True))
    assert by[Identity.FRIEND] < by[Identity.NEUTRAL] < by[Identity.ASSUMED_FRIEND]
    assert by[Identity.ASSUMED_FRIEND] < by[Identity.UNKNOWN]
    assert by[Identity.UNKNOWN] == by[Identity.PENDING] == by[Identity.HOSTILE]
    assert run(picture(0, near, ObjectClass.BIRD))[0].score[0] < 0.3 * out.score[0]


def test_closing_has_hysteresis_and_a_hovering_thing_does_not_close() -> None:
    still = inbound(0, 3000, 0.5)
    slow = inbound(0, 3000, 0.9)
    fast = inbound(0, 3000, 12.0)
    out = run(
        picture(0, still),
        picture(1, fast),
        picture(2, slow),
        picture(3, -1 * slow * [-1, -1, -1, 1, 1, 1]),
    )
    assert [bool(t.closing[0]) for t in out] == [False, True, True, False]
    noisy = run(picture(0, inbound(0, 3000, 12.0), sd=(15, 15, 15, 20.0, 20.0, 1.0)))[0]
    assert not noisy.closing[0]


def test_inside_the_wall() -> None:
    out = run(picture(0, np.array([100.0, 50.0, 60.0, 1.0, 0.0, 0.0])))[0]
    assert out.d_wall_m[0] == pytest.approx(-900.0)
    assert (out.t_wall_s[0], out.p_wall[0], out.closing[0], out.zone[0]) == (0.0, 1.0, True, 0)
    assert out.why[0][0] == "inside the wall"


def test_words_carry_the_numbers() -> None:
    out = run(picture(0, inbound(90.0, 5800.0)))[0]
    assert out.t_wall_s[0] == pytest.approx(100.0)
    assert out.why[0][0].startswith("4800 m from the wall, at it in about 100 s")
    assert "its course meets housing first" in out.why[0]
    assert "comes with raid 1" in out.why[0]


def test_no_tracks_and_inputs_unchanged() -> None:
    params = AssessParams()
    x = np.array([inbound(40.0, 6000.0), inbound(42.0, 6000.0)])
    one = picture(0, x)
    state, _ = step(start(params), one, site(), params)
    before = [np.copy(f) if isinstance(f, np.ndarray) else f for f in state]
    step(state, picture(1, -x), site(), params)
    for f, g in zip(state, before, strict=True):
        np.testing.assert_array_equal(f, g) if isinstance(f, np.ndarray) else None
    empty = picture(2, np.zeros((0, 6)))
    after, threats = step(state, empty, site(), params)
    assert len(threats.label) == 0
    assert after.group.tolist() == [1, 1]  # remembered
