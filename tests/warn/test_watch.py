"""The watch's rules: alarms, interrogation, dismissal, words."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bartizan import assess, warn
from bartizan.errors import BartizanError
from bartizan.types import N_CLASSES, Act, EventKind, Identity, Level, Mode, ObjectClass
from warn.stubs import ATTACK, Post, Seen, at, picture
from warn.synthetic import T0_NS, S, Thing, events, fly, inbound, site

DRONE = inbound(40.0, 6000.0, 48.0, 150.0)
BIRD = int(ObjectClass.BIRD)
FRIEND = int(Identity.FRIEND)


def test_ten_drones_one_alarm_that_grows_once_for_each_step() -> None:
    post = Post()
    swarm = [Seen(k + 1, inbound(40.0 + k, 5000.0 + 60 * k, 48.0, 150.0)) for k in range(10)]
    for t in range(20):
        post.see(t, [s._replace(x=at(s.x, t)) for s in swarm[: 6 if t < 8 else 10]])
    assert len(post.kinds(EventKind.ALARM)) == 1
    updates = [e for e in post.kinds(EventKind.ALARM_UPDATE) if "more tracks" in e.why[0]]
    assert [dict(e.data)["count"] for e in updates] == [10.0]
    assert len(post.w.alarms) == 1
    assert post.w.alarms[0].labels == tuple(range(1, 11))


def test_an_alarm_says_what_where_what_to_do_until_when() -> None:
    post = Post()
    for t in range(3):
        watch = post.see(t, [Seen(1, at(DRONE, t))])
    (alarm,) = watch.alarms
    (event,) = post.kinds(EventKind.ALARM)
    assert alarm.raised_ns == event.t_ns == T0_NS + 2 * S  # held for two seconds
    assert "one-way attack drone closing" in alarm.what
    assert (
        "from the north-east (040°), 3." in alarm.where
        or "from the north-east (040°)" in alarm.where
    )
    assert "shelter" in alarm.do
    data = dict(event.data)
    assert data["bearing_rad"] == pytest.approx(np.radians(40.0))
    assert data["t_wall_s"] == pytest.approx(float(post.threats.t_wall_s[0]))
    assert data["count"] == 1.0
    assert alarm.until_ns >= T0_NS + round((data["t_wall_s"] + 299) * S)
    assert np.isfinite([v for _, v in event.data]).all()


def test_time_classes_update_the_alarm_once_each() -> None:
    post = Post()
    for t in range(118):
        post.see(t, [Seen(1, at(DRONE, t))])
    left = [dict(e.data)["t_wall_s"] for e in post.kinds(EventKind.ALARM_UPDATE)]
    assert len(left) == 3
    for got, want in zip(left, (60.0, 30.0, 5.0), strict=True):
        assert want - 1.0 <= got <= want
    assert "Take cover now" in post.kinds(EventKind.ALARM_UPDATE)[0].text


def test_all_clear_waits_for_the_lost_to_have_arrived() -> None:
    post = Post()
    for t in range(20):
        post.see(t, [Seen(1, at(DRONE, t))])
    arrival = 19.0 + float(post.threats.t_wall_s[0])
    for t in range(20, 400):
        watch = post.see(t, [])
        if not watch.alarms:
            break
    assert t == pytest.approx(arrival + 60.0, abs=1.5)
    assert "no longer seen" in post.kinds(EventKind.ALL_CLEAR)[0].why[0]
    assert watch.posture.level is Level.YELLOW
    assert "in anticipation of another" in watch.posture.reason


def test_all_clear_when_it_turns_away() -> None:
    post = Post()
    for t in range(10):
        post.see(t, [Seen(1, at(DRONE, t))])
    away = at(DRONE, 10) * [1, 1, 1, -1, -1, 1]
    for t in range(10, 100):
        watch = post.see(t, [Seen(1, at(away, t - 10))])
    assert not watch.alarms
    (clear,) = post.kinds(EventKind.ALL_CLEAR)
    assert (clear.t_ns - T0_NS) / S == pytest.approx(69.0, abs=1.0)
    assert "still seen, and no longer a threat" in clear.why[0]


@pytest.mark.parametrize(
    "thing",
    [
        Seen(1, DRONE, BIRD, 0.95),
        Seen(1, inbound(300, 40_000, 230.0, 10_500.0), int(ObjectClass.AIRLINER), 0.95),
        Seen(1, DRONE, int(ObjectClass.MULTIROTOR), 0.95, FRIEND, "SCOUT-1"),
        Seen(1, DRONE, int(ObjectClass.HELICOPTER), 0.9, int(Identity.NEUTRAL), "MEDEVAC"),
    ],
)
def test_nuisance_is_interrogated_then_dismissed_never_alarmed(thing: Seen) -> None:
    post = Post()
    for t in range(60):
        watch = post.see(t, [thing._replace(x=at(thing.x, t))])
    assert not post.kinds(EventKind.ALARM)
    assert watch.posture.level is Level.WHITE
    order = [
        e.kind for e in post.events if e.kind in (EventKind.INTERROGATION, EventKind.DISMISSAL)
    ]
    assert order == [EventKind.INTERROGATION, EventKind.DISMISSAL]
    (event,) = post.kinds(EventKind.DISMISSAL)
    assert "by rule until" in event.text
    assert event.why


def test_a_dismissal_ends_with_its_time_and_is_asked_again() -> None:
    post = Post()
    far = inbound(300, 80_000, 60.0, 150.0)
    for t in range(200):
        post.see(t, [Seen(1, at(far, t), BIRD, 0.95)])
    ended = post.kinds(EventKind.DISMISSAL_ENDED)
    assert [(e.t_ns - T0_NS) // S for e in ended] == [180]
    assert "its time is over" in ended[0].text
    assert len(post.kinds(EventKind.DISMISSAL)) == 2


def test_a_dismissal_ends_when_the_evidence_changes_and_the_alarm_follows() -> None:
    post = Post()
    for t in range(10):
        post.see(t, [Seen(1, at(DRONE, t), BIRD, 0.95)])
    for t in range(10, 14):
        post.see(t, [Seen(1, at(DRONE, t), ATTACK, 0.9)])
    kinds = [e.kind for e in post.events if (e.t_ns - T0_NS) >= 10 * S]
    assert kinds.index(EventKind.DISMISSAL_ENDED) < kinds.index(EventKind.ALARM)
    assert "the evidence changed" in post.kinds(EventKind.DISMISSAL_ENDED)[0].text


def test_a_friend_whose_claim_is_contradicted_is_alarmed() -> None:
    post = Post()
    friend = Seen(1, DRONE, int(ObjectClass.MULTIROTOR), 0.9, FRIEND, "SCOUT-1")
    for t in range(5):
        post.see(t, [friend._replace(x=at(DRONE, t))])
    lie = friend._replace(identity=int(Identity.SUSPECT), contradicted=True)
    other = lie._replace(label=2, x=inbound(200.0, 9000.0, 0.0, 150.0))  # both are seen: who is it?
    for t in range(5, 9):
        post.see(t, [lie._replace(x=at(DRONE, t)), other])
    assert post.kinds(EventKind.DISMISSAL_ENDED)
    assert post.kinds(EventKind.ALARM)


def test_a_claim_alone_waits_for_a_sensor_and_is_never_dropped_in_silence() -> None:
    def fly(gone_s: float = np.inf, seen_s: float = np.inf) -> Post:
        post = Post()
        for t in np.arange(0.0, 100.0, 0.5):
            lie = bool(gone_s <= t < seen_s)
            post.see(float(t), [Seen(
                1, at(DRONE, float(t)), int(ObjectClass.MULTIROTOR), 0.9,
                int(Identity.SUSPECT if lie else Identity.UNKNOWN), "UAS-7", contradicted=lie,
                sensors=1 | 2 if t >= seen_s else 2,
            )])  # fmt: skip
        return post

    def first_s(post: Post) -> float:
        return min([(e.t_ns - T0_NS) / S for e in post.kinds(EventKind.ALARM)], default=np.inf)

    # Nobody looks there: alarmed all the same, 30 s later than what is seen.
    assert first_s(fly()) == 30.0
    # A radar looks there and finds nothing: no alarm, but asked, told, and YELLOW.
    lie = fly(gone_s=20.0)
    assert first_s(lie) == np.inf
    asked = [e for e in lie.kinds(EventKind.INTERROGATION) if "not borne out" in e.why[0]]
    assert "a claim that no sensor has seen" in asked[0].why[0]
    assert "stays under watch" in asked[0].text
    assert not lie.kinds(EventKind.DISMISSAL)
    assert lie.w.posture.level is Level.YELLOW
    # Seen after all: alarmed as anything is.
    assert first_s(fly(gone_s=20.0, seen_s=40.0)) == 42.0


def test_unsure_waits_longer_and_near_waits_as_the_sure() -> None:
    def first(thing: Seen) -> float:
        post = Post()
        for t in np.arange(0.0, 20.0, 0.5):
            post.see(float(t), [thing._replace(x=at(thing.x, float(t)))])
            if post.kinds(EventKind.ALARM):
                return float(t)
        return np.inf

    maybe = Seen(1, DRONE, int(ObjectClass.MULTIROTOR), 0.5)  # 0.5 + 3 of 9 others: sure
    assert first(maybe) == 2.0
    light = int(ObjectClass.LIGHT_AIRCRAFT)
    half = Seen(1, DRONE, light, 0.1)  # attack-like 0.5: five of the nine others
    assert first(half) == 5.0
    assert first(half._replace(x=inbound(40, 2200.0, 48.0, 150.0))) == 2.0
    assert first(Seen(1, DRONE, light, 0.3)) == np.inf


def test_an_unknown_that_does_not_close_is_interrogated_near_and_watched() -> None:
    post = Post()
    hover = np.array([2500.0, 0.0, 100.0, 0.2, 0.1, 0.0])
    far = np.array([9000.0, 0.0, 100.0, 0.2, 0.1, 0.0])
    for t in range(30):
        post.see(t, [Seen(1, hover, int(ObjectClass.MULTIROTOR)), Seen(2, far)])
    assert [e.labels for e in post.kinds(EventKind.INTERROGATION)] == [(1,)]
    assert not post.kinds(EventKind.DISMISSAL)
    assert not post.kinds(EventKind.ALARM)


def test_lost_is_told_once_and_back_is_told() -> None:
    post = Post()
    for t in range(60):
        post.see(t, [] if 5 <= t < 30 else [Seen(1, at(DRONE, t), BIRD, 0.95)])
    (lost,) = post.kinds(EventKind.TRACK_DROPPED)
    assert (lost.t_ns - T0_NS) // S == 15
    here = post.kinds(EventKind.TRACK_CONFIRMED)
    assert len(here) == 2
    assert "is back" in here[1].text
    assert {"e_m", "n_m", "u_m", "existence"} <= set(dict(here[0].data))


def test_a_short_gap_is_no_news() -> None:
    post = Post()
    for t in range(40):
        post.see(t, [] if 5 <= t < 14 else [Seen(1, at(DRONE, t))])
    assert not post.kinds(EventKind.TRACK_DROPPED)
    assert len(post.kinds(EventKind.ALARM)) == 1


def test_what_is_named_a_bird_is_not_alarmed_at_even_odds() -> None:
    """Named down to 0.45, while 0.5 is attack-like: the name stands against the alarm."""
    post = Post()
    for t in range(20):
        pic = picture(t, [Seen(1, at(DRONE, t), BIRD, 0.46)])
        p = np.full((1, N_CLASSES), 0.0)
        p[0, BIRD], p[0, 1], p[0, 5] = 0.46, 0.52, 0.02
        pic = pic._replace(posterior=p, cls=np.array([BIRD]))
        post.a, th = assess.step(post.a, pic, post.here, post.a_params)
        post.w, watch = warn.step(post.w, pic, th, (), post.here, post.params)
        assert not watch.alarms


class TestMarks:
    """Every text that a person sees carries the mode's mark."""

    @pytest.mark.parametrize(
        ("mode", "mark"),
        [
            (Mode.EXERCISE, "EXERCISE EXERCISE EXERCISE"),
            (Mode.RECORDING, "RECORDING"),
            (Mode.LIVE, ""),
        ],
    )
    def test_marks(self, mode: Mode, mark: str) -> None:
        post = Post(warn.WarnParams(mode=mode))
        act = Act(T0_NS, "Ada", "acknowledge", 1)
        for t in range(130):
            watch = post.see(t, [Seen(1, at(DRONE, t))], *([act] if t == 9 else []))
            for a in watch.alarms:
                assert all(text.startswith(mark) for text in (a.what, a.where, a.do))
            assert watch.posture.reason.startswith(mark)
            assert watch.posture.forecast.startswith(mark)
        assert all(e.text.startswith(mark) for e in post.events)
        assert all(e.text.count("EXERCISE") in (0, 3) for e in post.events)
        if mode is Mode.LIVE:
            assert not any("EXERCISE" in e.text or "RECORDING" in e.text for e in post.events)

    def test_marked_once(self) -> None:
        from bartizan.warn import words

        for mode in Mode:
            once = words.marked(mode, "x")
            assert words.marked(mode, once) == once
            assert words.unmarked(mode, once) == "x"

    def test_interlock(self) -> None:
        for a in Mode:
            for b in Mode:
                if a is b:
                    warn.interlock(a, b)
                else:
                    with pytest.raises(BartizanError, match="must not reach"):
                        warn.interlock(a, b)


def test_inputs_unchanged_and_same_again() -> None:
    def run() -> list[object]:
        post, out = Post(), []
        for t in range(40):
            before = [np.copy(f) if isinstance(f, np.ndarray) else f for f in post.w.rows]
            rows = post.w.rows
            out.append(post.see(t, [Seen(1, at(DRONE, t)), Seen(2, at(-DRONE, t), BIRD, 0.95)]))
            for f, g in zip(rows, before, strict=True):
                np.testing.assert_array_equal(f, g)
        return out

    assert repr(run()) == repr(run())


# ---- laws over random nights ------------------------------------------------------------

things = st.lists(
    st.tuples(
        st.integers(0, 359), st.floats(1500, 12_000), st.floats(0, 60), st.integers(0, 40),
        st.integers(5, 120), st.sampled_from([ATTACK, BIRD, 1, 7]),
        st.sampled_from([0.3, 0.6, 0.95]),
        st.sampled_from([0, 1, 2, 3, 4, 5]), st.booleans(),
    ),
    min_size=1, max_size=5,
)  # fmt: skip


@given(sky=things, step_s=st.sampled_from([2.0, 6.0]))
@settings(max_examples=35, deadline=None)
def test_laws_of_the_watch(sky: list[tuple], step_s: float) -> None:
    """RED never falls to WHITE by a rule; what closes unknown is asked or alarmed; one
    alarm a raid at a time; a dismissal follows an interrogation; each alarm ends."""
    post = Post()
    closed: set[int] = set()
    for k in range(round(600 / step_s)):
        t = k * step_s
        here = []
        for label, (b, d, v, since, until, cls, p, who, toward) in enumerate(sky, 1):
            if since <= t < since + until:
                x = inbound(b, d, max(v, 0.1), 150.0) * (
                    [1] * 6 if toward else [1, 1, 1, -1, -1, 1]
                )
                name = "SCOUT-1" if who == FRIEND else ""
                here.append(Seen(label, at(x, t - since), cls, p, who, name))
        watch = post.see(t, here)
        assert len({a.group for a in watch.alarms if a.group}) == sum(
            a.group > 0 for a in watch.alarms
        )
        if watch.alarms:
            assert watch.posture.level is Level.RED
        shown = {s.label: s for s in here}
        for i, label in enumerate(post.threats.label.tolist()):
            if post.threats.closing[i] and shown[label].identity in (0, 1, 5):
                closed.add(label)
    assert not post.w.alarms
    levels = [(e.data[0][1], e.data[1][1]) for e in post.kinds(EventKind.POSTURE)]
    assert (2.0, 0.0) not in levels
    asked = {e.labels[0] for e in post.kinds(EventKind.INTERROGATION)}
    alarmed = {i for e in post.kinds(EventKind.ALARM) for i in e.labels}
    assert closed <= asked | alarmed
    assert len(post.kinds(EventKind.ALARM)) == len(post.kinds(EventKind.ALL_CLEAR))
    for e in post.kinds(EventKind.DISMISSAL):
        before = [x for x in post.kinds(EventKind.INTERROGATION) if x.labels == e.labels]
        assert any(x.t_ns == e.t_ns for x in before)


# ---- with a filter and noise --------------------------------------------------------------


def test_first_plot_to_alarm_and_no_alarm_for_nuisance() -> None:
    """40 attackers: alarm within 5 s of confirmation at p95; 15 min of nuisance: none."""
    waits = []
    for seed in range(40):
        rng = np.random.default_rng(seed)
        x = inbound(rng.uniform(0, 360), rng.uniform(3000, 9000), rng.uniform(42, 53), 150.0,
                    tuple(rng.uniform(-500, 500, 2)))  # fmt: skip
        run = fly([Thing(x, rcs_dbsm=-10.0, wander_mps2=0.2)], 30, rng)
        (alarm,) = events(run, "alarm")[:1]
        waits.append((alarm.t_ns - events(run, "track_confirmed")[0].t_ns) / S)
    assert np.percentile(waits, 95) <= 5.0
    for seed in range(3):
        rng = np.random.default_rng(100 + seed)
        birds = [
            Thing(np.array([*rng.uniform(-4000, 4000, 2), rng.uniform(30, 300),
                            *rng.normal(0, 8, 2), 0.0]), rcs_dbsm=-30.0, rotor=0, wander_mps2=1.0)
            for _ in range(8)
        ]  # fmt: skip
        jet = Thing(inbound(300, 19_000, 220.0, 9500.0), rcs_dbsm=15.0)
        run = fly([*birds, jet], 300, rng)
        assert not events(run, "alarm")


def test_many_airliners_without_height_raise_nothing() -> None:
    """100 aircraft within 200 km on a radar without height: asked, not alarmed, posture WHITE."""
    rng = np.random.default_rng(5)
    from bartizan import picture as pictures
    from bartizan.types import Association, Scan, Tracks

    n = 100
    p = rng.uniform(-200e3, 200e3, (n, 2))
    v = rng.normal(size=(n, 2))
    v *= rng.uniform(150, 260, (n, 1)) / np.linalg.norm(v, axis=1, keepdims=True)
    v[:10] = -p[:10] / np.linalg.norm(p[:10], axis=1, keepdims=True) * 230.0  # straight at us
    here = site()
    pp, ap, wp = (
        pictures.PictureParams(),
        assess.AssessParams(),
        warn.WarnParams(mode=Mode.RECORDING),
    )
    ps, as_, ws = pictures.start(pp), assess.start(ap), warn.start(wp)
    label = np.arange(1, n + 1)
    P = np.tile(np.diag(np.square([200.0, 200, 350, 5, 5, 5])), (n, 1, 1))
    nan, zero = np.full((n, 6), np.nan), np.zeros(n, np.int64)
    kinds = set()
    for k in range(100):
        t = T0_NS + 8 * k * S
        x = np.column_stack([p + 8.0 * k * v, np.full(n, 350.0), v, np.zeros(n)])
        tracks = Tracks(t, label, np.ones(n), x, P, np.ones((n, 1)), np.full(n, T0_NS),
                        np.full(n, t), np.full(n, 5 + k), np.ones(n, np.int64), zero)  # fmt: skip
        scan = Scan(t, 0, 1, np.zeros(6), np.full(n, t), nan, nan, np.full(n, np.nan),
                    np.full(n, -1, np.int8), np.zeros(n, np.int8), np.full(n, np.nan), zero,
                    zero - 1)  # fmt: skip
        ps, pic = pictures.step(ps, scan, tracks, Association(label, np.ones(n)), here, pp)
        as_, th = assess.step(as_, pic, here, ap)
        ws, watch = warn.step(ws, pic, th, (), here, wp)
        kinds |= {e.kind for e in watch.events}
    assert EventKind.ALARM not in kinds
    assert watch.posture.level is Level.WHITE
    assert EventKind.INTERROGATION in kinds
    assert (pic.cls == ObjectClass.AIRLINER).mean() > 0.9


def test_an_empty_night() -> None:
    post = Post()
    watch = post.see(0.0, [])
    assert [e.kind for e in watch.events] == [EventKind.POSTURE]
    assert picture(0.0, []).tracks.x.shape == (0, 6)
    assert post.see(1.0, []).events == ()
