"""Raids a second and core of the whole closed loop, the journal off.

    python benchmarks/raids.py [--raids 6] [--json OUT]

The default raid: 5 minutes, two drones and ten birds, one radar and two cameras at 1 Hz (the
built-in night with its other sensors and traffic left out). Then how it grows with drones, birds
and sensors, and the assignment of effectors beside its bound. CPU seconds of one process, kernels
compiled before; the share of each stage is measured in a run of its own, with its clock inside.
"""

from __future__ import annotations

import argparse
import gc
import json
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from bartizan import assess, config, picture, sim, track, warn
from bartizan.campaign import night
from bartizan.campaign.play import Played, play
from bartizan.pipeline import Setup
from bartizan.sim.assignment import optimal
from bartizan.sim.spec import Effector, Raid
from bartizan.types import Sensors

STAGES = (("track", track, "step"), ("picture", picture, "step"), ("assess", assess, "step"),
          ("warn", warn, "step"), ("world and sensors", sim, "step"), ("effectors", sim, "engage"))  # fmt: skip


def default(drones: int = 2, birds: int = 10, cameras: int = 2, radars: int = 1) -> Any:
    """Setup, raid and effectors of the default raid, or of one with more of something."""
    raid, loaded = config.load_raid("ain-al-asad-2022-01-04")
    site = loaded.site
    rows = [0] * radars + [1 + k % 2 for k in range(cameras)]
    table = {k: v[rows].copy() if len(v) else v for k, v in site.sensors._asdict().items()}
    table["period_s"][:] = 1.0
    names = tuple(f"sensor {i}" for i in range(len(rows)))
    site = site._replace(sensors=Sensors(**table), sensor_names=names)
    groups = {g.name: g for g in raid.groups}
    own = [groups["attackers"]._replace(count=drones)]
    if birds:
        own.append(groups["birds north"]._replace(count=birds - birds // 2))
        own.append(groups["birds south"]._replace(count=birds // 2))
    return night.setup(site, ()), raid._replace(duration_s=300.0, groups=tuple(own)), loaded.effectors  # fmt: skip


def seconds(setup: Setup, raid: Raid, effectors: tuple[Effector, ...], seeds: range) -> float:
    """CPU seconds a raid, the mean over seeds of the best of two."""
    took = []
    for seed in seeds:
        best = np.inf
        for _ in range(2):
            begun = time.process_time()
            for frame in play(setup, raid, effectors, seed, words=False):
                last = frame
            best = min(best, time.process_time() - begun)
            assert isinstance(last, Played)
        took.append(best)
    return float(np.mean(took))


def shares(setup: Setup, raid: Raid, effectors: tuple[Effector, ...]) -> dict[str, float]:
    """The share of each stage in one raid's CPU time."""
    spent = {name: 0.0 for name, _, _ in STAGES}

    def timed(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any) -> Any:
            begun = time.perf_counter()
            out = function(*args)
            spent[name] += time.perf_counter() - begun
            return out

        return call

    was = [getattr(room, f) for _, room, f in STAGES]
    for name, room, f in STAGES:
        setattr(room, f, timed(name, getattr(room, f)))
    begun = time.perf_counter()
    for _ in play(setup, raid, effectors, 1, words=False):
        pass
    whole = time.perf_counter() - begun
    for (_, room, f), own in zip(STAGES, was, strict=True):
        setattr(room, f, own)
    rest = whole - sum(spent.values())
    return {k: v / whole for k, v in spent.items()} | {"umpire and loop": rest / whole}


def assignments() -> list[dict[str, float]]:
    """Effectors against targets as Ahuja et al. 2007 draw them: V in 25..100, p in 0.6..0.9."""
    out = []
    for m, n in ((4, 4), (20, 40), (40, 20), (50, 100)):
        for seed in range(3 if m > 4 else 1):
            rng = np.random.Generator(np.random.Philox(seed))
            value, p = rng.uniform(25, 100, n), rng.uniform(0.6, 0.9, (m, n))
            begun = time.process_time()
            a = optimal(value, p, np.ones(m, np.int64))
            out.append({"effectors": m, "targets": n, "seed": seed, "left": a.left,
                        "bound": a.bound, "gap": a.gap, "greedy_left": a.greedy_left,
                        "cpu_s": time.process_time() - begun})  # fmt: skip
    return out[1:]  # the first compiles


def main() -> None:
    cli = argparse.ArgumentParser(description=__doc__)
    cli.add_argument("--raids", type=int, default=4)
    cli.add_argument("--json", metavar="OUT")
    args = cli.parse_args()
    seeds = range(args.raids)
    setup, raid, effectors = default()
    gc.freeze()  # as in a campaign's worker
    seconds(setup, raid._replace(duration_s=20.0), effectors, range(1))  # compiled before
    base = seconds(setup, raid, effectors, seeds)
    found: dict[str, Any] = {"raids_per_core_second": 1.0 / base, "cpu_s": base}
    print(f"default raid: {base:.2f} s of CPU, {1.0 / base:.2f} raids a second and core")
    found["shares"] = shares(setup, raid, effectors)
    print("  " + ", ".join(f"{k} {v:.0%}" for k, v in found["shares"].items()))
    found["growth"] = []
    for change in ({"drones": 10}, {"drones": 40}, {"birds": 40}, {"birds": 160},
                   {"cameras": 8}, {"radars": 4}):  # fmt: skip
        s = seconds(*default(**change), range(max(args.raids // 4, 1)))
        found["growth"].append(change | {"cpu_s": s, "raids_per_core_second": 1.0 / s})
        print(f"  {change}: {s:.2f} s, {1.0 / s:.2f} a second and core")
    found["assignment"] = assignments()
    for a in found["assignment"]:
        print(f"  assignment {a['effectors']} x {a['targets']} seed {a['seed']}: left {a['left']:.2f}, "
              f"bound {a['bound']:.2f}, gap {a['gap']:.2e}, greedy {a['greedy_left']:.2f}, "
              f"{a['cpu_s']:.2f} s")  # fmt: skip
    if args.json:
        with open(args.json, "w", encoding="utf-8") as f:
            json.dump(found, f, indent=2)


if __name__ == "__main__":
    main()
