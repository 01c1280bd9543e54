"""Are class probabilities worth what they say?  Simulated nights, and recordings with truth.

    python benchmarks/classes.py [--nights 40] [--first 1000] [--fit 0] [--tie20 FOLDER]
                                 [--svg classes.svg] [--json]

Each night has its own seed: NIGHT_OF things are drawn from the class table's prior, their speed,
height, size and course from the ranges below, which are not the table's.  One sample a thing a
night: the picture of the track nearest to it at a moment drawn at random among those at which it
was tracked, so that samples are independent.  --fit N: first fit the power of the evidence on N
nights of other seeds (from 500,000 on), and say what it would make of the nights reported.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

import numpy as np

from bartizan import config, pipeline
from bartizan.config.source import load_source
from bartizan.evaluate import calibration
from bartizan.feeds import FEEDS
from bartizan.frames import enu_from_wgs84
from bartizan.picture import PictureParams
from bartizan.picture.classes import TABLE, WORDS
from bartizan.sim import start as muster
from bartizan.sim import step as world_step
from bartizan.sim.spec import Body, Group, Raid, Signature
from bartizan.sim.truth import FLYING
from bartizan.types import Mode, ObjectClass, Output

SITE = "ain-al-asad"
T0_NS = 1_641_254_400_000_000_000
NIGHT_OF = 24  # things a night
NIGHT_S = 120.0
NEAR_M = 150.0  # a track stands for the thing nearest to it within this, or 3 of its sigmas
FIT_FROM = 500_000


class Kind(NamedTuple):
    """How one class is drawn; every range is uniform but heights, uniform in their logarithm.

    speed_mps, height_m, rcs_dbsm, size_m, level_db from, to   rotor, reports: shares with
    blades that show, with a cooperative identity   wander_mps2   source
    """

    speed_mps: tuple[float, float]
    height_m: tuple[float, float]
    rcs_dbsm: tuple[float, float]
    size_m: tuple[float, float]
    level_db: tuple[float, float]
    rotor: float
    reports: float
    by: str
    wander_mps2: float
    source: str


KINDS = {
    ObjectClass.MULTIROTOR: Kind((3, 22), (20, 400), (-19.1, -8.1), (0.3, 1.2), (75, 95), 1.0, 0.5,
        "remote_id", 0.0, "cross-section: IEICE ComEX 9(7) 2020; else assumed"),
    ObjectClass.FIXED_WING: Kind((14, 40), (80, 1500), (-20, -5), (1, 4), (85, 105), 0.3, 0.2,
        "remote_id", 0.0, "assumed"),
    ObjectClass.ONE_WAY_ATTACK: Kind((38, 56), (50, 1500), (-18, -3), (2, 3.5), (100, 110), 0.3, 0.0,
        "", 0.0, "speed: 150-190 km/h as reported of Shahed-131/136; else assumed"),
    ObjectClass.BIRD: Kind((8, 23), (10, 800), (-40, -18), (0.2, 1.2), (20, 40), 0.0, 0.0,
        "", 1.0, "speed: Alerstam and others 2007; else assumed"),
    ObjectClass.LIGHT_AIRCRAFT: Kind((35, 80), (200, 3000), (-2, 6), (8, 12), (110, 125), 1.0, 0.6,
        "adsb", 0.0, "usual flight envelopes; assumed"),
    ObjectClass.HELICOPTER: Kind((15, 75), (50, 1500), (1, 9), (10, 18), (115, 130), 1.0, 0.5,
        "adsb", 0.0, "usual flight envelopes; assumed"),
    ObjectClass.AIRLINER: Kind((90, 250), (1500, 11_500), (8, 22), (30, 60), (130, 145), 0.0, 0.97,
        "adsb", 0.0, "usual flight envelopes; assumed"),
    ObjectClass.BALLOON: Kind((2, 12), (50, 5000), (-25, -5), (1, 3), (5, 10), 0.0, 0.0,
        "", 0.0, "assumed"),
}  # fmt: skip


def group(rng: np.random.Generator, k: int) -> Group:
    """One thing of the night."""
    share = np.array([TABLE.prior[c] for c in KINDS])
    cls = list(KINDS)[int(rng.choice(len(KINDS), p=share / share.sum()))]
    kind = KINDS[cls]
    speed = rng.uniform(*kind.speed_mps)
    height = math.exp(rng.uniform(*np.log(kind.height_m)))
    far = rng.uniform(1500, 4000 + 60 * speed)
    side = rng.uniform(0, 2 * np.pi)
    at = far * np.array([math.sin(side), math.cos(side)])
    path = [at]
    course = side + np.pi + rng.normal(0, 0.8)
    turns = cls in (ObjectClass.MULTIROTOR, ObjectClass.FIXED_WING, ObjectClass.HELICOPTER,
                    ObjectClass.BIRD)  # fmt: skip
    hostile = cls is ObjectClass.ONE_WAY_ATTACK
    if hostile:
        path.append(rng.normal(0, 500, 2))
    for _ in range(0 if hostile else 5 if turns else 1):
        leg = speed * rng.uniform(8, 40) if turns else speed * 2 * NIGHT_S
        path.append(path[-1] + leg * np.array([math.sin(course), math.cos(course)]))
        course += rng.normal(0, 1.0)
    route = np.array([[*p, height] for p in path])
    by = kind.by if rng.random() < kind.reports else ""
    return Group(
        f"thing {k}", cls, 1, 0.0, route, speed, 0.0, 0.0, kind.wander_mps2, hostile, by,
        f"ID-{k}" if by else "", False,
        Signature(rng.uniform(*kind.rcs_dbsm), rng.uniform(*kind.size_m),
                  rng.uniform(*kind.level_db), bool(by), bool(rng.random() < kind.rotor)),
        Body(10.0, 0.3, 1.0),
    )  # fmt: skip


class Sample(NamedTuple):
    """One thing in one picture: what it was, what was said of it, how long it was tracked."""

    true: int
    named: int
    said: tuple[float, ...]
    age_s: float
    reports: bool


def night(seed: int) -> list[Sample]:
    """The samples of one simulated night."""
    rng = np.random.default_rng([seed, 77])
    loaded = config.load_site(SITE)
    groups = tuple(group(rng, k) for k in range(NIGHT_OF))
    raid = Raid(
        "mixed", "mixed", SITE, T0_NS, NIGHT_S, groups, np.array([3.0, -2.0, 0.0]), 60.0, "", ""
    )
    setup = pipeline.setup(loaded.site, Mode.EXERCISE)
    seen: dict[int, list[Sample]] = {}
    world, state = muster(loaded.site, raid, (), seed), pipeline.start(setup)
    while world.t_ns < T0_NS + NIGHT_S * 1e9:
        world, scans, _ = world_step(world, 0.25)
        last = None
        for scan in scans:
            state, last = pipeline.step(state, scan, (), setup)
        if last is not None:
            up = np.flatnonzero(world.flying.status == FLYING)
            here = world.fleet.signatures.cls[up]
            for thing, sample in beside(last, up, world.flying.x[up, :3], here, 3):
                seen.setdefault(thing, []).append(sample)
    return [s[int(rng.integers(len(s)))] for _, s in sorted(seen.items())]


def beside(o: Output, things: np.ndarray, place: np.ndarray, cls: np.ndarray, axes: int):
    """Every track that stands for a thing: the thing nearest to it, nearest to that thing."""
    tracks, picture = o.picture.tracks, o.picture
    if len(tracks.label) == 0 or len(things) == 0:
        return
    gap = np.linalg.norm(tracks.x[:, None, :axes] - place[None, :, :axes], axis=2)
    wide = 3.0 * np.sqrt(np.trace(tracks.P[:, :axes, :axes], axis1=1, axis2=2))
    for i, k in enumerate(gap.argmin(axis=1).tolist()):
        if gap[i, k] <= max(NEAR_M, wide[i]) and gap[:, k].argmin() == i:
            age = (tracks.t_ns - int(tracks.born_ns[i])) * 1e-9
            yield int(things[k]), Sample(
                int(cls[k]), int(picture.cls[i]), tuple(picture.posterior[i].tolist()), age,
                bool(tracks.identity[i] != 0),
            )  # fmt: skip


def recorded(folder: Path) -> list[Sample]:
    """Samples of recordings with truth: each drone every 30 s.  Those of tie20 hover and are
    multirotors (slower than 1 m/s in the air, their own GPS)."""
    out = []
    for truth in sorted([*folder.glob("truth.csv"), *folder.glob("*/truth.csv")]):
        with open(truth, newline="") as file:
            rows = list(csv.DictReader(file))
        source = load_source(truth.parent, None)
        frame = source.site.frame
        at: dict[int, list[tuple[int, np.ndarray]]] = {}
        for r in rows:
            lat, lon = (
                np.float64(float(r[c])) * np.pi / 180 for c in ("latitude_deg", "longitude_deg")
            )
            if float(r["height_above_takeoff_m"]) > 5.0:
                p = enu_from_wgs84(frame, lat, lon, np.float64(frame.hae_m))
                at.setdefault(int(float(r["unix_s"])), []).append((int(r["drone"]), p))
        setup = pipeline.setup(source.site.site, Mode.RECORDING)
        done: set[tuple[int, int]] = set()
        for o in pipeline.run(
            FEEDS[source.feed](truth.parent, source.site.site, source.params), setup
        ):
            now = at.get(round(o.t_ns * 1e-9))
            if now is None:
                continue
            drones, place = np.array([d for d, _ in now]), np.array([p for _, p in now])
            cls = np.full(len(now), int(ObjectClass.MULTIROTOR))
            for drone, s in beside(o, drones, place, cls, 2):
                key = (drone, int(o.t_ns * 1e-9) // 30)
                if key not in done:
                    done.add(key)
                    out.append(s)
    return out


def arrays(samples: list[Sample]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Said (n, c), true (n,), named (n,)."""
    return (np.array([s.said for s in samples]), np.array([s.true for s in samples]),
            np.array([s.named for s in samples]))  # fmt: skip


def told(title: str, samples: list[Sample]) -> dict:
    """Prints the table of one set of samples -> the same as numbers."""
    p, true, named = arrays(samples)
    s = calibration.scores(p, true)
    top = p.argmax(axis=1)
    r = calibration.reliability(p.max(axis=1), (top == true).astype(float))
    some = named != 0
    right = float((named[some] == true[some]).mean()) if some.any() else math.nan
    print(f"\n{title}: {s.n} samples; likeliest class right {s.right:.1%}, said {s.said:.1%}; "
          f"ECE {s.ece:.3f}, Brier {s.brier:.3f}, log score {s.log_score:.3f}; "
          f"abstains {1 - some.mean():.1%}, right where it names {right:.1%}")  # fmt: skip
    print("| said | n | mean said | came true | 95 % interval |\n|---|---|---|---|---|")
    for k in range(len(r.n)):
        if r.n[k]:
            print(f"| {r.edges[k]:.1f}-{r.edges[k + 1]:.1f} | {r.n[k]} | {r.said[k]:.3f} | "
                  f"{r.came[k]:.3f} | {r.low[k]:.3f}-{r.high[k]:.3f} |")  # fmt: skip
    for c in np.unique(true).tolist():
        mine = true == c
        print(f"  {WORDS[ObjectClass(c)]}: {mine.sum()} samples, mean probability of it "
              f"{p[mine, c].mean():.2f}; said in all {p[:, c].sum():.0f} times")  # fmt: skip
    return {"scores": s._asdict(), "abstains": float(1 - some.mean()), "right_where_named": right,
            "bins": {k: np.nan_to_num(v, nan=-1.0).tolist() for k, v in r._asdict().items()}}  # fmt: skip


def draw(sets: dict[str, dict], path: Path) -> None:
    """The reliability diagram as SVG: one panel a set; bars are 95 % intervals."""
    w, pad = 300, 45
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{len(sets) * (w + pad) + pad}" '
           f'height="{w + 2 * pad}" font-family="sans-serif" font-size="11">']  # fmt: skip
    for i, (title, one) in enumerate(sets.items()):
        x0, y0 = pad + i * (w + pad), pad + w
        b = one["bins"]
        out.append(f'<text x="{x0}" y="{pad - 22}">{title}</text><text x="{x0}" y="{pad - 8}">'
                   f'n {one["scores"]["n"]}, ECE {one["scores"]["ece"]:.3f}</text>')  # fmt: skip
        out.append(f'<rect x="{x0}" y="{pad}" width="{w}" height="{w}" fill="none" stroke="#888"/>'
                   f'<line x1="{x0}" y1="{y0}" x2="{x0 + w}" y2="{pad}" stroke="#bbb"/>')  # fmt: skip
        for n, said, came, low, high in zip(
            b["n"], b["said"], b["came"], b["low"], b["high"], strict=True
        ):
            if n:
                x = x0 + w * said
                out.append(f'<line x1="{x:.1f}" y1="{y0 - w * low:.1f}" x2="{x:.1f}" '
                           f'y2="{y0 - w * high:.1f}" stroke="#06c" stroke-width="2"/>'
                           f'<circle cx="{x:.1f}" cy="{y0 - w * came:.1f}" r="4" fill="#06c"/>')  # fmt: skip
        out.append(f'<text x="{x0 + w / 2 - 60}" y="{y0 + 28}">said (likeliest class)</text>')
        for v in (0.0, 0.5, 1.0):
            out.append(f'<text x="{x0 + w * v - 6}" y="{y0 + 14}">{v}</text>'
                       f'<text x="{x0 - 22}" y="{y0 - w * v + 4}">{v}</text>')  # fmt: skip
    path.write_text("\n".join([*out, "</svg>", ""]), encoding="utf-8")


def nights(first: int, count: int, workers: int) -> list[Sample]:
    """Samples of many nights, in the order of their seeds."""
    with ProcessPoolExecutor(workers, get_context("spawn")) as pool:
        return [s for one in pool.map(night, range(first, first + count)) for s in one]


def fitted(samples: list[Sample]) -> float:
    """The power of the evidence, on things that say nothing of themselves."""
    p, true, _ = arrays([s for s in samples if not s.reports])
    log_prior = np.log(TABLE.prior)
    now = PictureParams().temper
    return now * calibration.best_power(np.log(np.maximum(p, 1e-300)) - log_prior, log_prior, true)


def main() -> None:
    """Command line."""
    a = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    a.add_argument("--nights", type=int, default=40)
    a.add_argument("--first", type=int, default=1000)
    a.add_argument("--fit", type=int, default=0)
    a.add_argument("--tie20", type=Path)
    a.add_argument("--svg", type=Path, default=Path("classes.svg"))
    a.add_argument("--workers", type=int, default=2)
    a.add_argument("--json", action="store_true")
    args = a.parse_args()
    sets = {}
    if args.fit:
        print(f"power of the evidence that fits best on {args.fit} other nights: "
              f"{fitted(nights(FIT_FROM, args.fit, args.workers)):.2f}; "
              f"built in: {PictureParams().temper}")  # fmt: skip
    if args.nights:
        samples = nights(args.first, args.nights, args.workers)
        sets["simulated nights"] = told(f"{args.nights} simulated nights", samples)
        quiet = [s for s in samples if not s.reports]
        sets["saying nothing of themselves"] = told(
            "of these, without an identity of their own", quiet
        )
    if args.tie20:
        sets["tie20"] = told("tie20, each drone every 30 s", recorded(args.tie20))
    draw(sets, args.svg)
    if args.json:
        print(json.dumps(sets))


if __name__ == "__main__":
    main()
