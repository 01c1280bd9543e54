"""The command line: parse, call, print.

In: arguments.  Out: what the called part says; exit status 0, 1 (a check or a comparison
failed) or 2 (bad input).  Does not: decide anything about the domain.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console

from bartizan import __version__, jit
from bartizan.errors import BartizanError, ConfigError

RAID = "ain-al-asad-2022-01-04"
WATCHED_SPEED = 30.0  # times real time, where somebody watches


def main(argv: Sequence[str] | None = None) -> None:
    """Runs one command and leaves with its exit status."""
    args = _parser().parse_args(argv)
    try:
        status = args.call(args)
    except ConfigError as e:
        word = "mistake" if len(e.mistakes) == 1 else "mistakes"
        _say(f"{len(e.mistakes)} {word}:\n{e}")
        status = 2
    except BartizanError as e:
        _say(str(e))
        status = 2
    except KeyboardInterrupt:
        _say("stopped")
        status = 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 0
    sys.exit(status)


def _say(text: str) -> None:
    print(f"bartizan: {text}", file=sys.stderr)


def _parser() -> argparse.ArgumentParser:
    cli = argparse.ArgumentParser(prog="bartizan", description="The defence cell of a site.")
    cli.add_argument("--version", action="version", version=f"bartizan {__version__}")
    verbs = cli.add_subparsers(required=True, metavar="COMMAND")

    run = verbs.add_parser("run", help="play a simulated raid from first plot to report")
    run.add_argument(
        "--raid", default=RAID, help="built-in name or YAML file (default: %(default)s)"
    )
    run.add_argument("--site", help="built-in name or YAML file (default: the raid's own)")
    run.add_argument("--seed", type=int, default=7, help="default: %(default)s")
    run.add_argument("--speed", type=float, help="times real time; 0 as fast as it goes")
    run.add_argument("--no-effectors", action="store_true", help="nothing shoots back")
    run.add_argument("--seeds", type=int, metavar="N",
                     help="no report: play N seeds from --seed on, print the share stopped")  # fmt: skip
    run.add_argument("--workers", type=int, default=0, help="processes for --seeds (0: all cores)")
    run.set_defaults(call=_run)

    replay = verbs.add_parser("replay", help="read a recording or a run through the same loop")
    replay.add_argument("path", type=Path)
    replay.add_argument("--source", type=Path, help="settings of the recording (YAML)")
    replay.add_argument("--verify", action="store_true",
                        help="derive a run's every output again and compare bytes")  # fmt: skip
    replay.set_defaults(call=_replay)

    evaluate = verbs.add_parser("evaluate", help="score tracks of a recording against its truth")
    evaluate.add_argument("path", type=Path)
    evaluate.add_argument("--source", type=Path, help="settings of the recording (YAML)")
    evaluate.add_argument(
        "--courageous",
        type=Path,
        metavar="OUT.json",
        help="write the fused tracks as a COURAGEOUS trial log (more scenarios: OUT-name.json)",
    )
    evaluate.set_defaults(call=_evaluate)

    check = verbs.add_parser("check", help="every mistake of a site or raid file, and its sense")
    check.add_argument("path")
    check.set_defaults(call=_check)

    report = verbs.add_parser("report", help="write a run's report again")
    report.add_argument("path", type=Path)
    report.set_defaults(call=_report)

    lists = verbs.add_parser("list", help="what is built in: sites and raids")
    lists.set_defaults(call=_list)
    for verb in (run, replay, evaluate, check, lists):
        verb.add_argument("--json", action="store_true", help="one JSON object, last on stdout")
    for verb in (run, replay):
        verb.add_argument("--runs", type=Path, default=Path("runs"), help="folder for run folders")
    return cli


def _console(args: argparse.Namespace) -> Console:
    """Where a person reads; with --json that is standard error."""
    return Console(stderr=bool(getattr(args, "json", False)))


def _warm(console: Console, site: Any) -> None:
    """Compiles the kernels, saying so where that takes time."""
    from bartizan import pipeline

    if jit.is_warm():
        return
    start = time.process_time()
    with console.status("Compiling kernels, once for this version (half a minute of CPU or so)..."):
        pipeline.warm(site)
    console.print(f"Compiled kernels in {time.process_time() - start:.1f} s of CPU.")


def _run(args: argparse.Namespace) -> int:
    from bartizan import config
    from bartizan.campaign import Night, night
    from bartizan.config.history import attacks_before

    at = config.load_site(args.site) if args.site else None
    raid, loaded = config.load_raid(args.raid, at)
    effectors = () if args.no_effectors else loaded.effectors
    setup = night.setup(loaded.site, attacks_before(loaded.site.name, raid.t0_ns))
    console = _console(args)
    _warm(console, loaded.site)
    if args.seeds is not None:
        return _seeds(args, console, setup, raid, effectors)
    folder = night.new_folder(args.runs, f"{raid.name}-seed{args.seed}")
    return _night(args, console, Night(setup, raid, effectors, args.seed, folder))


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
    console.print(f"EXERCISE EXERCISE EXERCISE  {say}", highlight=False)
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


def _replay(args: argparse.Namespace) -> int:
    from bartizan import replay

    journal = args.path / "journal.db" if args.path.is_dir() else args.path
    is_run = journal.suffix == ".db" and journal.is_file()
    console = _console(args)
    if args.verify:
        seen = replay.verify(args.path)
        ended = "closed" if seen.closed else "not closed: its writer was stopped"
        console.print(
            f"{journal}: {seen.records} records, chain whole, {ended}; {seen.steps} steps derived "
            f"again, every byte equal. Head {seen.head}", highlight=False, soft_wrap=True,
        )  # fmt: skip
        if args.json:
            print(json.dumps({"verified": True} | seen._asdict()))
        return 0
    return _replay_run(args, console, journal) if is_run else _replay_recording(args, console)


def _replay_recording(args: argparse.Namespace, console: Console) -> int:
    from bartizan import pipeline, replay, report
    from bartizan.campaign import night
    from bartizan.config.source import load_source
    from bartizan.feeds import FEEDS
    from bartizan.types import Mode

    source = load_source(args.path, args.source)
    _warm(console, source.site.site)
    setup = pipeline.setup(source.site.site, Mode.RECORDING)
    folder = night.new_folder(args.runs, f"replay-{args.path.resolve().name}")
    scans = FEEDS[source.feed](args.path, source.site.site, source.params)
    seen = replay.record(scans, setup, folder, source.title, _watcher(console, setup, source.title))
    return _told(args, console, folder, seen, report.write(folder))


def _replay_run(args: argparse.Namespace, console: Console, journal: Path) -> int:
    from bartizan import pipeline, replay, report
    from bartizan.campaign import night
    from bartizan.journal import Reader, unpack

    with Reader(journal) as run:
        setup = unpack(run.meta.setup, pipeline.Setup)
        title = f"{run.meta.title}, played again"
        folder = night.new_folder(args.runs, f"replay-{journal.resolve().parent.name}")
        watch = _watcher(console, setup, title)
        seen = replay.record(run.received(), setup, folder, title, watch)
    return _told(args, console, folder, seen, report.write(folder))


def _watcher(console: Console, setup: Any, title: str) -> Any:
    from bartizan.console import Live

    def watch(t0_ns: int) -> Live:
        return Live(console, setup.site, setup.warn.mode, title, t0_ns)

    return watch


def _told(args: argparse.Namespace, console: Console, folder: Path, seen: Any, page: Path) -> int:
    console.print(
        f"{seen.scans:,} scans, {seen.detections:,} detections, {seen.tracks:,} tracks, "
        f"{seen.alarms} alarms, {seen.refused:,} records set aside", highlight=False,
    )  # fmt: skip
    console.print(f"Report: {page}", highlight=False, soft_wrap=True)
    if args.json:
        print(json.dumps(seen._asdict() | {"run": str(folder), "report": str(page)}))
    return 0


def _evaluate(args: argparse.Namespace) -> int:
    from bartizan import pipeline
    from bartizan.config.source import load_source
    from bartizan.evaluate import multicam, recordings
    from bartizan.feeds import FEEDS, courageous
    from bartizan.track import registration
    from bartizan.types import Mode

    console = _console(args)

    def replay(path: Path) -> Any:
        source = load_source(path, args.source)
        setup = pipeline.setup(source.site.site, Mode.RECORDING)
        scans = FEEDS[source.feed](path, source.site.site, source.params)
        site, cameras = source.site.site, source.feed == "multicam"
        biases[path.name] = registration.said(
            registration.nothing(len(site.sensor_names)), site.sensor_names
        )

        def rows() -> Any:
            log = logs[path.name] = courageous.Log(site, source.site.frame, __version__)
            for o in pipeline.run(scans, setup):
                log.see(o)
                if o.registration is not None:
                    biases[path.name] = registration.said(o.registration, site.sensor_names)
                yield multicam.all_tracks(o) if cameras else recordings.drones(o)

        if cameras:
            return site, source.params, rows()
        return source.site.frame, rows()

    biases: dict[str, Any] = {}
    logs: dict[str, courageous.Log] = {}
    scores: Any = multicam if multicam.scenarios(args.path) else recordings
    result: Any = scores.table(args.path, replay)
    scores.show(result, console)
    recordings.show_registration(biases, console)
    for scenario, scores in result.items():
        for name, one in scores.items():
            one["registration"] = biases[scenario] if name == "fused" else biases[scenario][name]
    if args.courageous is not None:
        out: Path = args.courageous
        for name, log in logs.items():
            at = out if len(logs) == 1 else out.with_name(f"{out.stem}-{name}{out.suffix}")
            courageous.write(log.document(), at)
            console.print(f"COURAGEOUS log: {at}", highlight=False, soft_wrap=True)
    if args.json:
        print(json.dumps(result))
    return 0


def _check(args: argparse.Namespace) -> int:
    from bartizan import config

    mistakes = config.check(args.path)
    errors = sum(m.severity == "error" for m in mistakes)
    for m in mistakes:
        print(f"{m.severity}: {m}", file=sys.stderr if args.json else sys.stdout)
    if not args.json:
        print(f"{args.path}: {errors} errors, {len(mistakes) - errors} warnings")
    else:
        print(json.dumps({"errors": errors, "mistakes": [m._asdict() for m in mistakes]}))
    return 1 if errors else 0


def _report(args: argparse.Namespace) -> int:
    from bartizan import report

    print(report.write(args.path))
    return 0


def _list(args: argparse.Namespace) -> int:
    from bartizan import config

    found = {"sites": list(config.list_sites()), "raids": list(config.list_raids())}
    if args.json:
        print(json.dumps(found))
    else:
        for kind, names in found.items():
            print(f"{kind}: {', '.join(names)}")
    return 0
