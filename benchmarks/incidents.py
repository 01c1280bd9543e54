"""100,000 incidents with 1,000,000 claims: search, link candidates, the report of one.

    python benchmarks/incidents.py [--incidents N] [--claims-each K] [--keep FILE]

Builds a record from drafts of invented words (seeded), through the same door as any draft,
then measures each answer as the median and the worst of several, and prints one JSON line.
"""

from __future__ import annotations

import argparse
import json
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bartizan.incidents import links
from bartizan.incidents.record import changes, draft, nouns
from bartizan.incidents.record.places import Place
from bartizan.incidents.report import gather, render
from bartizan.incidents.store import Store

T0_NS = 1_262_304_000_000_000_000  # 2010-01-01; incidents lie evenly over 15 years
YEARS_NS = 15 * 365 * 86_400 * 10**9
LIMIT_S = 1.0
WORDS = ("the army said that {n} drones came over {place} {when} and were {out} near gate {k}; "
         "an officer of unit {u} saw {colour} smoke")  # fmt: skip
PLACES = tuple(
    Place(f"site-{k:02d}", f"Site {k:02d}", 30.0 + k % 10, 40.0 + k // 10, 10_800)
    for k in range(60)
)
COLOURS = ("white", "grey", "black", "yellow", "red", "blue", "violet", "brown")
OUTS = ("shot_down", "thwarted", "hit", "missed", "destroyed")


def one(rng: random.Random, k: int, claims: int) -> draft.Draft:
    """A draft of one incident."""
    day = time.strftime("%Y-%m-%d", time.gmtime((T0_NS + YEARS_NS * k // total) // 10**9))
    place, n = rng.choice(PLACES), rng.randint(1, 5)
    out, said, text = rng.choice(OUTS), [], f"Report {k}. "
    army = nouns.Speaker(f"army {rng.randrange(40)}", "official_org")
    unit = nouns.Speaker("an officer", "official_anonymous", False, f"unit {rng.randrange(900)}")
    fields = ("vehicle.count", "outcome", "vehicle.kind", "fall.location")
    for c in range(claims):
        words = WORDS.format(n=n, place=place.title, when=day, out=out, k=c, u=rng.randrange(900),
                             colour=rng.choice(COLOURS))  # fmt: skip
        value = {
            "vehicle.count": n,
            "outcome": out,
            "vehicle.kind": "uav",
            "fall.location": "outside",
        }
        field = fields[c % 4]
        said.append(draft.DraftClaim(len(text), len(text) + len(words), words, field, value[field],
                                     "A", (army if c % 2 else unit,)))  # fmt: skip
        text += words + ". "
    incident = draft.DraftIncident("A", f"Attack {k} at {place.title}", "attack", place.name, day)
    return draft.Draft(
        draft.DraftDocument(f"Paper {k % 50}", day, text=text), (incident,), tuple(said)
    )


def build(path: Path, incidents: int, claims: int) -> float:
    """The record, and the seconds it took; many drafts share a transaction only here."""
    rng, begun = random.Random(7), time.perf_counter()
    now = T0_NS + 2 * YEARS_NS
    with Store(path, write=True) as store:
        store._db.execute("PRAGMA synchronous=OFF")  # the bench's own file may be lost
        for k in range(incidents):
            d = one(rng, k, claims)
            draft.check(d, f"draft {k}")
            changes.add(store, d, "bench", now, None, PLACES)
            if k % 10_000 == 9_999:
                print(
                    f"  {k + 1:,} incidents, {time.perf_counter() - begun:.0f} s", file=sys.stderr
                )
    return time.perf_counter() - begun


def timed(call: Callable[[int], object], times: int) -> tuple[float, float]:
    """Median and worst [s]; the first is warm-up for the interpreter and not counted."""
    call(0)
    took = []
    for k in range(times):
        begun = time.perf_counter()
        call(k + 1)
        took.append(time.perf_counter() - begun)
    return statistics.median(took), max(took)


def measure(path: Path, incidents: int) -> dict[str, tuple[float, float]]:
    """Each answer, every time of another incident."""
    rng = random.Random(11)
    ids = [f"I{rng.randint(1, incidents)}" for _ in range(64)]
    with Store(path) as store:
        words = ["drones", "army smoke", "violet", "shot_down near", "gate 7 white", "unit 77",
                 "Attack 999*", "no such words"]  # fmt: skip
        return {
            "search": timed(lambda k: store.search(words[k % len(words)]), 24),
            "link candidates": timed(lambda k: links.candidates(store, ids[k]), 24),
            "report of one": timed(lambda k: render(gather(store, ids[k], PLACES)), 24),
            "list": timed(lambda k: store.incidents(limit=100), 12),
        }


def main() -> int:
    global total
    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ask.add_argument("--incidents", type=int, default=100_000)
    ask.add_argument("--claims-each", type=int, default=10)
    ask.add_argument("--keep", type=Path, help="keep the record here, or use the one that is there")
    args = ask.parse_args()
    total = args.incidents
    with tempfile.TemporaryDirectory() as folder:
        path = args.keep or Path(folder) / "incidents.db"
        took = 0.0 if path.exists() else build(path, args.incidents, args.claims_each)
        size = path.stat().st_size
        measured = measure(path, args.incidents)
    claims = args.incidents * args.claims_each
    print(f"{args.incidents:,} incidents, {claims:,} claims, {size / 1e6:,.0f} MB, "
          f"built in {took:,.0f} s; SQLite {sqlite3.sqlite_version}")  # fmt: skip
    for name, (median, worst) in measured.items():
        print(f"  {name:16s} median {median * 1e3:7.1f} ms   worst {worst * 1e3:7.1f} ms")
    out = {k: {"median_s": m, "worst_s": w} for k, (m, w) in measured.items()}
    within = all(w < LIMIT_S for _, w in measured.values())
    print(json.dumps({"incidents": args.incidents, "claims": claims, "build_s": took,
                      "measured": out, "within_a_second": within}))  # fmt: skip
    return 0 if within else 1


total = 1
if __name__ == "__main__":
    sys.exit(main())
