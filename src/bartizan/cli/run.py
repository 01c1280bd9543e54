"""`bartizan run`: a simulated raid, once or over many seeds.

In: arguments.  Out: what the called part says.  Does not: decide anything about the domain.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import Any

from rich.console import Console

from bartizan.cli import campaign, say
from bartizan.errors import BartizanError

RAID = "ain-al-asad-2022-01-04"
WATCHED_SPEED = 30.0  # times real time, where somebody watches


def add(verbs: say.Verbs) -> None:
    """Adds the command to the parser."""
    run = verbs.add_parser("run", help="play a simulated raid from first plot to report")
    run.add_argument(
        "--raid", default=RAID, help="built-in name or YAML file (default: %(default)s)"
    )
    run.add_argument("--site", help="built-in name or YAML file (default: the raid's own)")
    run.add_argument("--seed", type=int, default=7, help="default: %(default)s")
    run.add_argument("--speed", type=float, help="times real time; 0 as fast as it goes")
    run.add_argument("--no-effectors", action="store_true", help="nothing shoots back")
    run.add_argument("--nuisances", nargs="+", default=[], metavar="NAME",
                     help="corpora of nuisances beside the raid's: built-in names or YAML files")  # fmt: skip
    run.add_argument("--no-attackers", action="store_true", help="only what else flies")
    run.add_argument("--seeds", type=int, metavar="N",
                     help="no report: play N seeds from --seed on, print the share stopped")  # fmt: skip
    say.workers_option(run, "processes for --seeds")
    run.add_argument("--from", dest="campaign", type=Path, metavar="CAMPAIGN",
                     help="play a raid of a campaign's folder again")  # fmt: skip
    run.add_argument("--raid-number", type=int, default=0, help="which raid of it")
    say.json_option(run)
    say.runs_option(run)
    run.set_defaults(call=_run)


def _run(args: argparse.Namespace) -> int:
    from bartizan import config
    from bartizan.campaign import Night, night
    from bartizan.config.history import attacks_before

    if args.campaign is not None:
        return _again(args)
    at = config.load_site(args.site) if args.site else None
    raid, loaded = config.load_raid(args.raid, at, tuple(args.nuisances))
    if args.no_attackers:
        raid = raid._replace(groups=tuple(g for g in raid.groups if not g.hostile))
    effectors = () if args.no_effectors else loaded.effectors
    before = attacks_before(loaded.site.name, raid.t0_ns)
    setup = night.setup(loaded.site, before, raid.t0_ns)
    console = say.console(args)
    say.warm(console, loaded.site)
    if args.seeds is not None:
        return _seeds(args, console, setup, raid, effectors)
    folder = night.new_folder(args.runs, f"{raid.name}-seed{args.seed}")
    return _night(args, console, Night(setup, raid, effectors, args.seed, folder))


def _again(args: argparse.Namespace) -> int:
    """One raid of a campaign as a full run."""
    from bartizan.campaign import night

    n = campaign.again(args.campaign, args.raid_number)
    console = say.console(args)
    say.warm(console, n.setup.site)
    name = f"{n.raid.name}-raid{args.raid_number}-seed{n.seed}"
    return _night(args, console, n._replace(folder=night.new_folder(args.runs, name)))


def _night(args: argparse.Namespace, console: Console, n: Any) -> int:
    from bartizan import report
    from bartizan.campaign import Played, night
    from bartizan.console import Live
    from bartizan.types import Mode

    watched = console.is_terminal and not args.json
    speed = args.speed if args.speed is not None else (WATCHED_SPEED if watched else 0.0)
    begun = time.monotonic()
    end = None
    with Live(console, n.setup.site, Mode.EXERCISE, n.raid.title, n.raid.t0_ns) as live:
        for frame in night.record(n):
            if isinstance(frame, Played):
                end = frame
                continue
            live.see(frame.outputs, frame.umpire)
            if speed > 0.0:
                ahead = (frame.t_ns - n.raid.t0_ns) / 1e9 / speed - (time.monotonic() - begun)
                time.sleep(max(ahead, 0.0))
    assert end is not None  # record always ends in a score
    page = report.write(n.folder)
    say = f"{end.stopped} of {end.attackers} attackers stopped, {end.leakers} at the wall, "
    say += f"wreckage inside the walls: {end.wreckage_inside_walls}; posture {end.posture}"
    console.print(f"EXERCISE EXERCISE EXERCISE  {say}", highlight=False, soft_wrap=True)
    console.print(f"Report: {page}", highlight=False, soft_wrap=True)
    if args.json:
        print(json.dumps(end._asdict() | {"run": str(n.folder), "report": str(page)}))
    return 0


def _seeds(args: argparse.Namespace, console: Console, setup: Any, raid: Any, eff: Any) -> int:
    from rich.progress import Progress

    from bartizan.campaign import share_stopped

    if args.seeds < 1:
        raise BartizanError(f"--seeds {args.seeds}: expected 1 or more")
    seeds = range(args.seed, args.seed + args.seeds)
    with Progress(console=console, transient=True) as bar:
        task = bar.add_task("raids", total=len(seeds))
        share = share_stopped(setup, raid, eff, seeds, args.workers, lambda _: bar.advance(task))
    console.print(
        f"EXERCISE EXERCISE EXERCISE  {raid.title}: all attackers stopped in {share.stopped} of "
        f"{share.raids} raids: {share.stopped / share.raids:.1%} (95 % interval {share.low:.1%} to "
        f"{share.high:.1%}); with no wreckage inside the walls either in {share.clean}",
        highlight=False,
    )
    if args.json:
        out = share._asdict()
        out["played"] = [p._asdict() for p in share.played]
        print(json.dumps(out))
    return 0
