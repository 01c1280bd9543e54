"""False alarms an hour on each corpus of nuisances, beside the detection probability in it.

    python benchmarks/nuisances.py [--hours 2] [--seeds 4] [--only NAME ...] [--from-seed 100] [--json OUT] [--why]

The built-in site without attackers and with no history of attacks, so that the posture begins at
WHITE; the corpus and nothing else flies, from the local hour that its file names.  An alarm is any
alarm raised; the interval is Poisson's (Garwood 1936).  Beside it the default raid in the same
corpus, nobody shooting: the share of attackers tracked, and of raids alarmed, before they arrive.
`--why` prints each false alarm with its reasons.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any

from bartizan import config
from bartizan.campaign import night
from bartizan.campaign.many.measure import poisson_interval
from bartizan.campaign.play import Played, play
from bartizan.campaign.seeds import interval
from bartizan.types import EventKind
from bartizan.units import NS_PER_S

RAID = "ain-al-asad-2022-01-04"


def quiet(name: str, hours: float, seed: int) -> dict[str, Any]:
    """One corpus with nobody attacking."""
    raid, loaded = config.load_raid(RAID, None, () if name == "none" else (name,))
    corpus = raid.nuisances
    day_ns = 86_400 * NS_PER_S
    local_ns = raid.t0_ns + loaded.site.utc_offset_s * NS_PER_S
    hour = corpus[0].hour if corpus else 5.0
    t0_ns = raid.t0_ns - local_ns % day_ns + round(hour * 3600 * NS_PER_S)
    raid = raid._replace(groups=(), t0_ns=t0_ns, duration_s=hours * 3600.0)
    setup = night.setup(loaded.site, ())
    alarms, labels, why = 0, set(), []
    yellow_s = 0.0
    for frame in play(setup, raid, (), seed):
        if isinstance(frame, Played):
            alarms = frame.alarms
            continue
        for o in frame.outputs:
            labels.update(o.tracks.label.tolist())
            for e in o.watch.events:
                if e.kind == EventKind.ALARM:
                    at = (e.t_ns - raid.t0_ns) / NS_PER_S
                    why.append(f"{at:.0f} s {e.text} | {'; '.join(e.why)}")
        if frame.outputs and frame.outputs[-1].watch.posture.level > 0:
            yellow_s += 0.25
    return {"hours": hours, "alarms": alarms, "tracks": len(labels), "why": why,
            "not_white_h": yellow_s / 3600.0}  # fmt: skip


def attacked(name: str, seed: int) -> tuple[int, int, bool]:
    """Attackers, those tracked before they arrive, whether an alarm came before."""
    raid, loaded = config.load_raid(RAID, None, () if name == "none" else (name,))
    raid = raid._replace(duration_s=240.0)
    for end in play(night.setup(loaded.site, ()), raid, (), seed):
        if isinstance(end, Played):
            soon = end.first_alarm_s is not None and end.first_alarm_s < (end.arrival_s or 1e9)
            return end.attackers, end.tracked, soon
    raise AssertionError("a raid always ends in a score")


def _job(job: tuple[str, str, float, int]) -> Any:
    kind, name, hours, seed = job
    return quiet(name, hours, seed) if kind == "quiet" else attacked(name, seed)


def rows(
    names: list[str], hours: float, seeds: int, workers: int, first: int = 100
) -> Iterator[dict[str, Any]]:
    """One row a corpus, as it is finished."""
    parts = max(round(hours), 1)
    jobs = []
    for n in names:
        jobs += [("quiet", n, hours / parts, first + k) for k in range(parts)]
        jobs += [("attack", n, 0.0, 1 + k) for k in range(seeds)]
    with ProcessPoolExecutor(workers, get_context("spawn")) as pool:
        done = pool.map(_job, jobs)
        for n in names:
            still = [next(done) for _ in range(parts)]
            fought = [next(done) for _ in range(seeds)]
            flown, alarms = sum(q["hours"] for q in still), sum(q["alarms"] for q in still)
            came, tracked = sum(f[0] for f in fought), sum(f[1] for f in fought)
            yield {
                "corpus": n, "hours": flown, "alarms": alarms, "per_hour": alarms / flown,
                "interval": poisson_interval(alarms, flown),
                "tracks_per_hour": sum(q["tracks"] for q in still) / flown,
                "not_white_h": sum(q["not_white_h"] for q in still),
                "detection": tracked / came if came else None,
                "detection_interval": interval(tracked, came) if came else None,
                "alarmed": sum(f[2] for f in fought), "raids": len(fought),
                "why": [w for q in still for w in q["why"]],
            }  # fmt: skip


def main() -> None:
    cli = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    cli.add_argument("--hours", type=float, default=2.0)
    cli.add_argument("--from-seed", type=int, default=100, help="of the hours without attackers")
    cli.add_argument("--seeds", type=int, default=4, help="of the default raid in each corpus")
    cli.add_argument("--only", nargs="+", default=["none", *config.list_nuisances()])
    cli.add_argument("--workers", type=int, default=2)
    cli.add_argument("--json")
    cli.add_argument("--why", action="store_true")
    args = cli.parse_args()
    head = "| corpus | hours | tracks an hour | alarms | an hour | 95 % | Pd | alarmed |"
    print(f"{head}\n|{'---|' * 8}", flush=True)
    found = []
    for r in rows(args.only, args.hours, args.seeds, args.workers, args.from_seed):
        found.append(r)
        low, high = r["interval"]
        pd = "" if r["detection"] is None else f"{r['detection']:.2f}"
        print(f"| {r['corpus']} | {r['hours']:g} | {r['tracks_per_hour']:.0f} | {r['alarms']} | "
              f"{r['per_hour']:.2f} | {low:.2f} to {high:.2f} | {pd} | {r['alarmed']} of {r['raids']} |",
              flush=True)  # fmt: skip
        for why in r["why"] if args.why else ():
            print("   ", why)
    hours, alarms = sum(r["hours"] for r in found), sum(r["alarms"] for r in found)
    low, high = poisson_interval(alarms, hours)
    print(
        f"| all | {hours:g} |  | {alarms} | {alarms / hours:.2f} | {low:.2f} to {high:.2f} |  |  |"
    )
    if args.json:
        with open(args.json, "w", encoding="utf-8") as file:
            json.dump(found, file, indent=2)


if __name__ == "__main__":
    main()
