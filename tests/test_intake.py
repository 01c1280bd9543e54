"""The gate in front of the flow: one wrong scan is one counted record, whatever is wrong."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bartizan import config, pipeline, replay
from bartizan.feeds.order import AHEAD_NS, COMPANY
from bartizan.intake import MOST, aside, inspect
from bartizan.journal import Kind, Meta, Reader, Writer, pack, unpack
from bartizan.types import Act, EventKind, Mode, Refused, Scan
from track import made

SENSORS = made.radar()
HOUR_NS = 3600 * 10**9
YEAR_NS = 365 * 86_400 * 10**9


def scan(t_s: float = 5.0, **other: object) -> Scan:
    """One plot 5 km away with every kind of evidence."""
    z = np.array([[5000.0, 0.5, 0.05, np.nan, np.nan, np.nan]])
    return made.scan_of(
        SENSORS, 0, t_s, z, declared=np.array([1], np.int8), confidence=np.array([0.5]),
        identity=np.array([77]), names=((77, "UAE 4F"),),
    )._replace(**other)  # fmt: skip


def put(name: str, at: int | tuple[int, int], value: float) -> Scan:
    a = getattr(scan(), name).copy()
    a[at] = value
    return scan(**{name: a})


G = scan()
BAD = {
    "a list": G._replace(z=[[1.0] * 6]),
    "nothing": G._replace(z=None),
    "a scalar": G._replace(z=np.float64(3.0)),
    "objects": G._replace(z=np.full((1, 6), None)),
    "another dtype": G._replace(z=G.z.astype(np.float32)),
    "no such class": put("declared", 0, 99),
    "a class below 0": put("declared", 0, -3),
    "NaN confidence": put("confidence", 0, np.nan),
    "confidence 7": put("confidence", 0, 7.0),
    "rotor 9": put("rotor", 0, 9),
    "infinite cross-section": put("rcs_dbsm", 0, np.inf),
    "no such frame": G._replace(frame=7),
    "beyond the Earth": put("z", (0, 0), 1e300),
    "a range of 0": put("z", (0, 0), 0.0),
    "too many plots": made.scan_of(SENSORS, 0, 5.0, np.tile(G.z, (MOST + 1, 1))),
    "all plots the same": made.scan_of(SENSORS, 0, 5.0, np.tile(G.z, (500, 1))),
    "an hour ahead": G._replace(t_ns=G.t_ns + HOUR_NS, t_det_ns=G.t_det_ns + HOUR_NS),
    "an hour back": G._replace(t_ns=max(G.t_ns - HOUR_NS, 0)),
    "many turns": put("z", (0, 1), 1e9),
    "over the zenith": put("z", (0, 2), 3.0),
    "no noise": put("sd", (0, 0), 0.0),
    "next to no noise": put("sd", (0, 0), 1e-300),
    "NaN noise": put("sd", (0, 0), np.nan),
    "1970": put("t_det_ns", 0, 0),
    "a date beyond 64 bits": G._replace(t_ns=2**70),
    "a negative date": G._replace(t_ns=-5),
    "a date in seconds": G._replace(t_ns=1e9),
    "a year ahead": G._replace(t_ns=G.t_ns + YEAR_NS, t_det_ns=G.t_det_ns + YEAR_NS),
    "negative width": put("look", 3, -1.0),
    "far before near": put("look", 0, 1e6),
    "a key beyond 64 bits": G._replace(names=((2**70, "x"),)),
    "half a character": G._replace(names=((77, "\ud800"),)),
    "a terminal's escape": G._replace(names=((77, "\x1b[2J"),)),
    "a word for a sensor": G._replace(sensor="radar"),
}


def test_a_good_scan_is_taken() -> None:
    assert inspect(G, SENSORS, 0, 0) == ""
    assert inspect(made.scan_of(SENSORS, 0, 5.0, np.empty((0, 6))), SENSORS, G.t_ns, 0) == ""


@pytest.mark.parametrize("what", BAD)
def test_a_bad_scan_is_told_and_kept(what: str) -> None:
    before = scan(4.0).t_ns
    why = inspect(BAD[what], SENSORS, before, 0)
    assert why
    kept = aside(BAD[what], why, before)
    assert kept.raw
    assert 0 <= kept.t_ns < 2**63
    assert unpack(pack(kept), Refused) == kept


def site_setup() -> pipeline.Setup:
    site = config.load_site("erbil-airport").site._replace(sensors=SENSORS, sensor_names=("r",))
    return pipeline.setup(site, Mode.RECORDING)


def writer(path: Path, s: pipeline.Setup) -> Writer:
    return Writer(path, Meta("0", Mode.RECORDING, "t", "s", "", "", -1, 0, s.site, pack(s)))


def test_the_loop_goes_on_past_all_of_them(tmp_path: Path) -> None:
    s = site_setup()
    good = [scan(4.0 + 0.03 * k) for k in range(len(BAD))]
    mixed = [x for pair in zip(good, BAD.values(), strict=True) for x in pair]
    with writer(tmp_path / "journal.db", s) as w:
        out = list(pipeline.run(mixed, s, w))
        assert w.counts[Kind.REFUSED] == len(BAD)
    assert [pack(o) for o in out] == [pack(o) for o in pipeline.run(good, s)]
    assert replay.verify(tmp_path).steps == len(good)


def test_one_wrong_date_does_not_make_all_others_too_late() -> None:
    s = site_setup()
    wrong = scan(3.5, t_ns=G.t_ns + YEAR_NS)
    good = [scan(float(k)) for k in range(12)]
    out = list(pipeline.run([*good[:4], wrong, *good[4:8], wrong, *good[8:]], s))
    assert len(out) == len(good)


def test_a_real_gap_is_believed_in_the_end() -> None:
    """A source that was off for two hours goes on, after a counted doubt."""
    s = site_setup()
    later = [scan(2 * AHEAD_NS / 1e9 + k) for k in range(COMPANY + 5)]
    assert len(list(pipeline.run([scan(0.0), *later], s))) == 1 + 5


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(Scan._fields),
    st.one_of(
        st.none(), st.integers(), st.floats(), st.text(max_size=3),
        st.lists(st.floats(), max_size=6).map(np.array),
        st.lists(st.integers(-(2**63), 2**63 - 1), max_size=2).map(lambda v: np.array(v, np.int64)),
        st.lists(st.floats(), min_size=6, max_size=6).map(lambda v: np.array([v])),
    ),
)  # fmt: skip
def test_inspect_never_raises(field: str, value: object) -> None:
    bad = G._replace(**{field: value})
    why = inspect(bad, SENSORS, 0, 0)
    assert isinstance(why, str)
    assert unpack(pack(aside(bad, why, 0)), Refused).raw


def test_peoples_acts_go_with_the_next_scan_and_are_derived_again(tmp_path: Path) -> None:
    s = site_setup()
    act = Act(scan(5.0).t_ns, "duty officer", "posture", 1, why="drill", until_ns=scan(90.0).t_ns)
    late = Act(scan(9.0).t_ns, "duty officer", "posture", 0, why="over")
    source = [
        *(scan(float(k)) for k in range(5)),
        act,
        *(scan(float(k)) for k in range(5, 9)),
        late,
    ]
    with writer(tmp_path / "journal.db", s) as w:
        out = list(pipeline.run(source, s, w))
    told = [k for k, o in enumerate(out) if any(e.kind == EventKind.ACT for e in o.watch.events)]
    assert told == [5]
    assert out[4].watch.posture.level == 0
    assert out[5].watch.posture.level == 1
    assert replay.verify(tmp_path).steps == 9
    with Reader(tmp_path) as r:
        assert [x.kind for x in r.records()][-2:] == [Kind.ACT, Kind.END]


def test_a_scan_of_the_very_nanosecond_is_taken_and_one_before_is_not() -> None:
    """Today's nanoseconds have more digits than a double."""
    for now_ns in range(1_641_262_239_854_101_900, 1_641_262_239_854_102_200, 7):
        same = G._replace(t_ns=now_ns, t_det_ns=G.t_det_ns - G.t_ns + now_ns)
        assert inspect(same, SENSORS, now_ns, 0) == ""
        assert "backwards" in inspect(same, SENSORS, now_ns + 1, 0)
