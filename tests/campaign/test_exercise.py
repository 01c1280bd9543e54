"""An exercise as a live source: it gives way at once, and its sensors never fall silent."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from bartizan import config
from bartizan.campaign import exercise
from bartizan.units import NS_PER_S


def test_it_gives_way_and_comes_again(monkeypatch: pytest.MonkeyPatch) -> None:
    raid, at = config.load_raid("ain-al-asad-2022-01-04")
    now = [raid.t0_ns]

    def slept(seconds: float) -> None:
        now[0] += round(seconds * NS_PER_S)

    monkeypatch.setattr(exercise, "time", SimpleNamespace(sleep=slept))
    made = exercise.Exercise(at.site, raid, (), 7, lambda: now[0], rounds=2, pause_s=20.0)
    heard = {0: raid.t0_ns}  # search radar
    alone = seen = 0
    for scan in made.items():
        t_s = (scan.t_ns - raid.t0_ns) / NS_PER_S
        if scan.sensor == 0:
            assert scan.t_ns - heard[0] < 2.5 * NS_PER_S, "the radar looks on"
            heard[0] = scan.t_ns
            # Things in the air: this radar's clutter is 6 false plots a look.
            if 32.0 < t_s < 60.0:
                alone += int((scan.identity > 0).sum())
            if t_s > 62.0:
                seen += len(scan.z)
        if t_s > 30.0:
            made.give_way(t_s < 60.0)
        if t_s > 90.0:
            break
    assert alone == 0
    assert seen > 0
    assert made.score()["attackers"] == 2, "the round has begun anew"
