"""Two threads: the same bytes as one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from bartizan import track
from bartizan.journal import pack
from bartizan.track import threads
from track import made


@pytest.mark.parametrize("rockets", [False, True])
def test_two_threads_give_the_same_bytes_as_one(rockets: bool) -> None:
    rng = np.random.default_rng(8)
    sensors = made.radar(2, clutter=150.0)
    params = track.default_params()
    if rockets:
        params = track.with_rockets(params)
    one = two = track.start(sensors, params)
    x = np.zeros((120, 6))
    x[:, :2] = rng.uniform(-6000, 6000, (120, 2))
    x[:, 2] = rng.uniform(80, 500, 120)
    x[:, 3:5] = rng.normal(0, 25, (120, 2))
    most = 0
    with ThreadPoolExecutor(1) as pool:
        for k in range(8):
            for s in range(2):
                z = made.seen(sensors, s, x, rng)
                noise = np.full((150, 6), np.nan)
                noise[:, 0] = rng.uniform(100, 10_000, 150)
                noise[:, 1] = rng.uniform(-np.pi, np.pi, 150)
                noise[:, 2] = rng.uniform(-0.1, 0.9, 150)
                scan = made.scan_of(sensors, s, k + 0.5 * s, np.concatenate([z, noise]))
                one, *a = track.step(one, scan, params)
                two, *b = track.step(two, scan, params, pool)
                most = max(most, len(one.r) + len(scan.z))
                assert pack((one, a)) == pack((two, b))
            x[:, :3] += x[:, 3:]
    assert most > threads.WORTH
