"""The identity ledger: friends, claims that stand alone, two things with one name."""

from __future__ import annotations

import numpy as np
import pytest

import picture.made as made
from bartizan.picture import PictureParams, PictureState, start, step
from bartizan.types import Identity, Picture, Site

DRONE = np.array([0.0, -3000.0, 120.0, 3.0, 12.0, 0.0])
KEY = 77


class Run:
    """A picture stepped by hand."""

    def __init__(self, here: Site | None = None) -> None:
        self.params = PictureParams()
        self.state: PictureState = start(self.params)
        self.here = here or made.site()

    def look(
        self, t_s: float, x: np.ndarray, labels: tuple[int, ...], sensor: int, **how
    ) -> Picture:
        n = len(np.atleast_2d(x))
        shown = how.pop("shown", tuple(range(1, n + 1)))
        tracks = made.tracks(t_s, x, label=shown)
        scan, assoc = made.scan(t_s, labels, sensor, here=self.here, **how)
        self.state, out = step(self.state, scan, tracks, assoc, self.here, self.params)
        return out

    def radar(self, t_s: float, x: np.ndarray, labels: tuple[int, ...], **how) -> Picture:
        return self.look(t_s, x, labels, made.RADAR, **how)

    def says(self, t_s: float, x: np.ndarray, label: int, name: str, sensor: int = made.REMOTE_ID,
             key: int = KEY, **how) -> Picture:  # fmt: skip
        return self.look(t_s, x, (label,), sensor, names=(name,), keys=(key,), **how)


def test_pending_then_unknown() -> None:
    run = Run()
    who = [int(run.radar(t, DRONE, (1,)).identity[0]) for t in (0.0, 2.0, 3.0, 9.0)]
    assert who == [Identity.PENDING, Identity.PENDING, Identity.UNKNOWN, Identity.UNKNOWN]


def test_a_friend_is_one_only_when_seen() -> None:
    run = Run()
    assert run.says(0.0, DRONE, 1, "scout-1 ").identity[0] == Identity.ASSUMED_FRIEND
    out = run.radar(1.0, DRONE, (1,))
    assert out.identity[0] == Identity.FRIEND
    assert out.callsign == ("scout-1 ",)
    assert out.t_identity_ns[0] == made.T0_NS


def test_a_friend_that_falls_silent_is_assumed_then_unknown() -> None:
    run = Run()
    run.says(0.0, DRONE, 1, "SCOUT-1")
    who = {t: int(run.radar(t, DRONE, (1,)).identity[0]) for t in (1, 30, 31, 120, 121)}
    assert who == {
        1: Identity.FRIEND, 30: Identity.FRIEND, 31: Identity.ASSUMED_FRIEND,
        120: Identity.ASSUMED_FRIEND, 121: Identity.UNKNOWN,
    }  # fmt: skip


def test_silence_never_lowers_and_never_raises() -> None:
    """With and without a radio receiver about, the unknown's posterior is the same."""
    quiet, heard = Run(), Run()
    for t in range(20):
        a = quiet.radar(float(t), DRONE, (1,))
        heard.look(t - 0.5, DRONE, (), made.REMOTE_ID)
        b = heard.radar(float(t), DRONE, (1,))
    np.testing.assert_allclose(a.posterior, b.posterior, rtol=1e-12)
    assert a.identity[0] == b.identity[0] == Identity.UNKNOWN


def test_a_stranger_with_a_name_stays_unknown() -> None:
    run = Run()
    run.says(0.0, DRONE, 1, "1581F4XYZ")
    out = run.radar(5.0, DRONE, (1,))
    assert out.identity[0] == Identity.UNKNOWN
    assert out.callsign == ("1581F4XYZ",)


def test_a_claim_that_no_radar_bears_out_is_suspect() -> None:
    """Each look at Pd 0.95 counts half of it: log-odds 0.645; the 11th passes 7."""
    run = Run()
    first = None
    for t in range(30):
        run.says(t + 0.0, DRONE, 1, "SCOUT-1")
        out = run.radar(t + 0.5, DRONE, ())
        if out.contradicted[0] and first is None:
            first = t
            assert out.identity[0] == Identity.SUSPECT
    assert first == int(np.ceil(7.0 / -np.log1p(-0.475))) - 1
    assert run.radar(31.0, DRONE, (1,)).contradicted[0]  # one plot may be a stray one
    assert run.radar(32.0, DRONE, (1,)).contradicted[0]
    assert run.radar(33.0, DRONE, (1,)).identity[0] == Identity.FRIEND  # seen at last


@pytest.mark.parametrize("why", ["out of reach", "no look"])
def test_no_radar_that_could_see_it_contradicts_nothing(why: str) -> None:
    run = Run(made.site(reach_m=2000.0) if why == "out of reach" else None)
    for t in range(40):
        run.says(t + 0.0, DRONE, 1, "SCOUT-1")
        out = run.radar(t + 0.5, DRONE, (), look=why == "out of reach")
    assert not out.contradicted[0]
    assert out.identity[0] == Identity.ASSUMED_FRIEND


def test_a_friend_that_lands_is_not_contradicted() -> None:
    run = Run()
    run.says(0.0, DRONE, 1, "SCOUT-1")
    run.radar(0.5, DRONE, (1,))
    for t in range(1, 60):
        run.says(t + 0.0, DRONE, 1, "SCOUT-1")
        out = run.radar(t + 0.5, DRONE, ())
    assert not out.contradicted[0]
    assert out.identity[0] == Identity.ASSUMED_FRIEND


def test_one_name_on_two_things() -> None:
    """The phantom that no radar sees is suspect; the thing that the radar sees is not."""
    run = Run()
    far = DRONE + [4000.0, 0, 0, 0, 0, 0]
    both = np.array([DRONE, far])
    run.says(0.0, both, 1, "SCOUT-1")
    run.radar(0.5, both, (1,))
    out = run.says(1.0, both, 2, "SCOUT-1")
    assert out.contradicted.tolist() == [False, True]
    assert out.identity.tolist() == [Identity.FRIEND, Identity.SUSPECT]
    out = run.radar(1.5, both, (1, 2))  # and now the radar sees both: nobody knows which
    assert out.contradicted.tolist() == [True, True]


def test_one_thing_twice_is_no_contradiction() -> None:
    run = Run()
    both = np.array([DRONE, DRONE + [300.0, 0, 0, 0, 0, 0]])
    run.says(0.0, both, 1, "SCOUT-1")
    out = run.says(0.2, both, 2, "SCOUT-1")
    assert not out.contradicted.any()


def test_civil_only_if_it_flies_like_an_aircraft() -> None:
    jet = np.array([9e3, 30e3, 10e3, 230.0, 0.0, 0.0])
    run = Run()
    run.says(0.0, jet, 1, "RJA811", made.ADSB)
    assert run.radar(1.0, jet, (1,)).identity[0] == Identity.NEUTRAL
    liar = Run()
    slow = np.array([500.0, 3000.0, 40.0, 1.0, 2.0, 0.0])
    liar.says(0.0, slow, 1, "RJA811", made.ADSB)
    out = liar.radar(5.0, slow, (1,), rcs=(-20.0,), rotor=(1,))
    assert out.posterior[0, 5:8].sum() < 0.5
    assert out.identity[0] == Identity.UNKNOWN


def test_another_name_does_not_take_a_track_over() -> None:
    run = Run()
    run.says(0.0, DRONE, 1, "SCOUT-1")
    out = run.says(1.0, DRONE, 1, "OTHER", key=78)
    assert out.callsign == ("SCOUT-1",)
    out = run.says(9.0, DRONE, 1, "OTHER", key=78)
    assert out.callsign == ("OTHER",)


def test_corridor_needs_place_height_direction_and_time() -> None:
    def follow(x: np.ndarray, seconds: int) -> Picture:
        run = Run()
        for t in range(seconds + 1):
            out = run.radar(float(t), x, (1,))
        return out

    along = np.array([100.0, -6000.0, 120.0, 0.0, 12.0, 0.0])
    assert follow(along, 10).corridor[0] == 0
    assert follow(along, 10).identity[0] == Identity.ASSUMED_FRIEND
    assert follow(along, 9).corridor[0] == -1
    assert follow(along + [250, 0, 0, 0, 0, 0], 10).corridor[0] == -1
    assert follow(along + [0, 0, 300, 0, 0, 0], 10).corridor[0] == -1
    assert follow(along * [1, 1, 1, 1, -1, 1], 10).corridor[0] == 0  # outbound
    assert follow(np.array([100.0, -6000.0, 120.0, 12.0, 0.0, 0.0]), 10).corridor[0] == -1


def test_a_contradicted_name_says_nothing_of_the_class() -> None:
    liar, mute = Run(), Run()
    for t in range(20):
        liar.says(t + 0.0, DRONE, 1, "SCOUT-1")
        mute.look(t + 0.0, DRONE, (1,), made.REMOTE_ID)
        a, b = liar.radar(t + 0.5, DRONE, ()), mute.radar(t + 0.5, DRONE, ())
        if t == 1:
            assert a.posterior[0, 1] > b.posterior[0, 1]  # believed: most Remote ID is drones
    assert a.contradicted[0]
    np.testing.assert_allclose(a.posterior, b.posterior, rtol=1e-12)


def test_words_say_what_was_held_against_it() -> None:
    run = Run()
    for t in range(20):
        run.says(t + 0.0, DRONE, 1, "SCOUT-1")
        out = run.radar(t + 0.5, DRONE, ())
    assert any("Remote ID says SCOUT-1" in w for w in out.why[0])
    assert any("not borne out" in w for w in out.why[0])
