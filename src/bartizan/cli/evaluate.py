"""`bartizan evaluate`: tracks of a recording against its truth.

In: arguments.  Out: what the called part says.  Does not: decide anything about the domain.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from bartizan import __version__
from bartizan.cli import say


def add(verbs: say.Verbs) -> None:
    """Adds the command to the parser."""
    evaluate = verbs.add_parser("evaluate", help="score tracks of a recording against its truth")
    evaluate.add_argument("path", type=Path)
    evaluate.add_argument("--source", type=Path, help="settings of the recording (YAML)")
    evaluate.add_argument(
        "--truth",
        type=Path,
        nargs="+",
        metavar="FILE",
        help="where the drones were: GPX, or CSV of time, latitude, longitude (and drone)",
    )
    evaluate.add_argument(
        "--courageous",
        type=Path,
        metavar="OUT.json",
        help="write the fused tracks as a COURAGEOUS trial log (more scenarios: OUT-name.json)",
    )
    say.json_option(evaluate)
    evaluate.set_defaults(call=_evaluate)


def _evaluate(args: argparse.Namespace) -> int:
    from bartizan import pipeline
    from bartizan.config.source import load_source
    from bartizan.evaluate import multicam, recordings, truth
    from bartizan.feeds import FEEDS, courageous
    from bartizan.track import registration
    from bartizan.types import Mode

    console = say.console(args)

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
    if args.truth:
        scores = recordings

    def where(frame: Any) -> Any:
        return truth.read(args.truth, frame)

    result: Any = (
        recordings.against(args.path, replay, where)
        if args.truth
        else scores.table(args.path, replay)
    )
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
