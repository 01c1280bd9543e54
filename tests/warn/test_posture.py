"""Posture and forecast: the state machine, and the numbers against independent ones."""

from __future__ import annotations

import numpy as np

from bartizan import warn
from bartizan.recurrence import LITTLE_KNOWN, spread
from bartizan.types import Act, EventKind, Level, ObjectClass
from bartizan.warn import posture
from warn.stubs import Post, Seen, at
from warn.synthetic import T0_NS, S, inbound

DAY = 86_400
DRONE = inbound(40.0, 6000.0, 48.0, 150.0)


def raid(post: Post, from_s: float = 0.0) -> float:
    """One drone comes, is lost after 30 s; -> the time when the all clear was given."""
    for t in range(30):
        post.see(from_s + t, [Seen(int(from_s) + 1, at(DRONE, t))])
    t = from_s + 30.0
    while post.w.alarms:
        post.see(t, [])
        t += 1.0
    return t


def test_white_red_yellow_white() -> None:
    post = Post()
    end = raid(post)
    assert post.w.posture.level is Level.YELLOW
    assert post.w.posture.expires_ns == T0_NS + round((end - 1 + DAY) * S)
    post.see(end - 2 + DAY, [])
    assert post.w.posture.level is Level.YELLOW
    post.see(end - 1 + DAY, [])
    assert post.w.posture.level is Level.WHITE
    steps = [(e.data[0][1], e.data[1][1]) for e in post.kinds(EventKind.POSTURE)]
    assert steps == [(0, 0), (0, 2), (2, 1), (1, 0)]
    for e in post.kinds(EventKind.POSTURE):
        assert e.why[0]
        assert "no skill assessed" in e.why[1]


def test_a_second_raid_raises_again_from_yellow() -> None:
    post = Post()
    raid(post)
    raid(post, 1000.0)
    steps = [(e.data[0][1], e.data[1][1]) for e in post.kinds(EventKind.POSTURE)]
    assert steps == [(0, 0), (0, 2), (2, 1), (1, 2), (2, 1)]
    assert [e.data[0] for e in post.kinds(EventKind.ALARM)] == [("alarm", 1.0), ("alarm", 2.0)]


def test_concern_raises_yellow_after_its_time_and_holds_while_it_lasts() -> None:
    aside = inbound(40.0, 4000.0, 20.0, 150.0)
    thing = Seen(1, aside, int(ObjectClass.LIGHT_AIRCRAFT), 0.1)  # attack-like 0.5, half sure
    params = warn.WarnParams(alarm_unsure_s=1e9, alarm_now_s=0.0)
    post = Post(params)
    levels = [post.see(t, [thing._replace(x=at(aside, t))]).posture.level for t in range(60)]
    assert levels[:8] == [Level.WHITE] * 8
    assert levels[8:] == [Level.YELLOW] * 52
    assert post.w.posture.expires_ns == T0_NS + (59 + 900) * S
    for t in range(60, 60 + 905):
        watch = post.see(t, [])
    assert watch.posture.level is Level.WHITE


def order(level: int, t: float, until_s: float = 0.0, why: str = "told by the unit") -> Act:
    until = T0_NS + round(until_s * S) if until_s else 0
    return Act(T0_NS + round(t * S), "Ada", "posture", level, why=why, until_ns=until)


def test_a_person_raises_and_lowers_and_the_rule_respects_it() -> None:
    post = Post()
    post.see(0, [])
    watch = post.see(1, [], order(1, 1, 500.0))
    assert (watch.posture.level, watch.posture.by) == (Level.YELLOW, "Ada")
    watch = post.see(2, [], order(2, 2, 400.0))
    assert watch.posture.level is Level.RED
    assert post.see(399, []).posture.level is Level.RED
    assert post.see(400, []).posture.level is Level.YELLOW  # RED ends in YELLOW, not WHITE


def test_an_alarm_goes_over_a_person_and_red_stands_until_it_ends() -> None:
    post = Post()
    post.see(0, [], order(0, 0, 4000.0))
    for t in range(1, 20):
        post.see(t, [Seen(1, at(DRONE, t))])
    assert post.w.posture.level is Level.RED
    watch = post.see(20, [Seen(1, at(DRONE, 20))], order(0, 20))
    assert watch.posture.level is Level.RED
    assert "refused: an alarm is in force" in watch.events[0].text


def test_known_attacks_counts_one_raid_once() -> None:
    hour = 3600 * S
    old, now = T0_NS - 24 * hour, T0_NS
    assert posture.known_attacks(now, (old, now + hour), ()) == (old,)
    assert posture.known_attacks(now, (old, now - hour), (now - 2 * hour,)) == (old, now - hour)
    assert posture.known_attacks(now, (old,), (now - hour,)) == (old, now - hour)


def test_forecast_rests_on_what_it_says() -> None:
    day = 24 * 3600 * S
    laws = LITTLE_KNOWN
    text = posture.forecast(T0_NS, (T0_NS - day,), T0_NS - 100 * day, laws, "no skill assessed")
    assert "rests on 1 attack in 100 days" in text
    assert "law hawkes_prior; range over 2 laws" in text
    assert "no skill assessed" in text
    p, low, high = spread(laws, np.array([99.0]), 100.0, 1.0)
    assert f"24 h {p:.0%} ({low:.0%} to {high:.0%})" in text
    assert "no history given" in posture.forecast(T0_NS, (), 0, laws, "")
    # a raid of this watch counts where there is no history: it can bring others
    after = posture.forecast(T0_NS, (T0_NS,), 0, laws, "")
    assert float(after.split("24 h ")[1].split("%")[0]) >= 8


def test_a_time_on_another_day_carries_its_date() -> None:
    post = Post()
    raid(post)
    told = post.kinds(EventKind.POSTURE)
    assert "until 04:05:29 local on 2022-01-05" not in told[1].text
    assert told[1].text.endswith(" local")
    assert told[2].text.endswith(" local on 2022-01-05")
