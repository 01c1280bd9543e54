"""`bartizan replay`: a recording or a run through the same loop; a report again.

In: arguments.  Out: what the called part says.  Does not: decide anything about the domain.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from rich.console import Console

from bartizan.cli import say


def add(verbs: say.Verbs) -> None:
    """Adds the commands to the parser."""
    replay = verbs.add_parser("replay", help="read a recording or a run through the same loop")
    replay.add_argument("path", type=Path)
    replay.add_argument("--source", type=Path, help="settings of the recording (YAML)")
    replay.add_argument("--verify", action="store_true",
                        help="derive a run's every output again and compare bytes")  # fmt: skip
    say.json_option(replay)
    say.runs_option(replay)
    replay.set_defaults(call=_replay)

    report = verbs.add_parser("report", help="write a run's report again")
    report.add_argument("path", type=Path)
    report.set_defaults(call=_report)


def _replay(args: argparse.Namespace) -> int:
    from bartizan import replay

    journal = args.path / "journal.db" if args.path.is_dir() else args.path
    is_run = journal.suffix == ".db" and journal.is_file()
    console = say.console(args)
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
    say.warm(console, source.site.site)
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


def _report(args: argparse.Namespace) -> int:
    from bartizan import report

    print(report.write(args.path))
    return 0
