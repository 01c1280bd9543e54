"""The order buffer: it loses nothing, and arrival inside its hold changes nothing."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from bartizan.feeds.order import content, order, tick
from bartizan.feeds.reports import Report, scan_of
from bartizan.types import Frame, Refused, Scan

LOOK = np.array([0.0, 1000.0, 0.0, 6.28, -1.0, 1.0])
NAN = float("nan")


def scan(t_ns: int, sensor: int = 0, r_m: float = 1.0) -> Scan:
    z = (r_m, 0.0, NAN, NAN, NAN, NAN)
    return scan_of(t_ns, sensor, Frame.SPHERICAL, LOOK, [Report(t_ns, z, z)])


many = st.lists(st.tuples(st.integers(0, 5_000), st.integers(0, 2), st.integers(1, 4)), max_size=40)


@settings(max_examples=100, deadline=None)
@given(many)
def test_loses_nothing_and_sorts(rows: list[tuple[int, int, int]]) -> None:
    scans = [scan(t * 1_000_000, s, r) for t, s, r in rows]
    out = list(order(scans, 1.0))
    assert len(out) == len(scans)
    times = [x.t_ns for x in out if isinstance(x, Scan)]
    assert times == sorted(times)
    kept = {content(x) for x in out if isinstance(x, Scan)}
    for x in out:
        if isinstance(x, Refused):
            assert x.why == "repeated" or x.why.startswith("late")
    late = [x for x in out if isinstance(x, Refused) and x.why.startswith("late")]
    assert len(kept) + len(late) <= len(scans)
    assert late or kept == {content(x) for x in scans}


@settings(max_examples=100, deadline=None)
@given(many, st.randoms(use_true_random=False))
def test_any_arrival_inside_the_hold_gives_the_same(rows, random) -> None:  # type: ignore[no-untyped-def]
    scans = [scan(t * 1_000_000, s, r) for t, s, r in rows]
    shuffled = list(scans)
    random.shuffle(shuffled)
    a = [content(x) for x in order(scans, 6.0) if isinstance(x, Scan)]
    b = [content(x) for x in order(shuffled, 6.0) if isinstance(x, Scan)]
    assert a == b


def test_late_and_repeated_are_counted() -> None:
    out = list(order([scan(0), scan(0), scan(5_000_000_000), scan(1_000_000_000)], 2.0))
    why = [x.why for x in out if isinstance(x, Refused)]
    assert why == ["repeated", "late: 4.0 s, held for 2 s"]
    assert [x.t_ns for x in out if isinstance(x, Scan)] == [0, 5_000_000_000]


def test_a_scan_from_far_ahead_does_not_make_all_others_late() -> None:
    good = [scan((k + 1) * 10**9, 0) for k in range(5)]
    wrong = scan(100_001 * 10**9, 1)
    out = list(order([*good[:2], wrong, *good[2:]], 2.0))
    assert [i.t_ns for i in out if isinstance(i, Scan)] == [s.t_ns for s in good]
    assert [i.why for i in out if isinstance(i, Refused)] == ["time jumps ahead by 99999 s"]


def test_scan_does_not_depend_on_the_order_of_rows() -> None:
    a = Report(5, (1.0, *[NAN] * 5), (1.0, *[NAN] * 5), number=1)
    b = Report(4, (2.0, *[NAN] * 5), (1.0, *[NAN] * 5), number=2)
    one, two = (scan_of(9, 0, Frame.SPHERICAL, LOOK, rows) for rows in ([a, b], [b, a]))
    assert content(one) == content(two)
    assert one.t_det_ns.tolist() == [4, 5]


def test_ticks_fill_a_silence_and_end() -> None:
    s = 1_000_000_000
    out = [x for x in tick([scan(0), scan(3 * s), scan(30 * s)]) if isinstance(x, Scan)]
    assert [x.t_ns // s for x in out] == [0, 1, 2, 3, 4, 5, 6, 7, 8, 30]
    assert all(x.look[3] == 0.0 and len(x.z) == 0 for x in out[1:3])
