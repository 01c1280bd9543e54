"""`bartizan feeds`, `decode` and `emit`: what comes in, and simulated traffic of it.

In: arguments.  Out: what the called part says.  Does not: decide anything about the domain.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bartizan.cli import say
from bartizan.errors import InputError

STEP_S = 0.25  # of the simulated world
EXERCISES = ("tie20", "multicam")  # recordings of tables, which no wire has
LATE_S = 0.5  # more than this behind, and the sender says so


def add(verbs: say.Verbs) -> None:
    """Adds the commands to the parser."""
    decode = verbs.add_parser("decode", help="count a file's messages, and what is refused and why")
    decode.add_argument(
        "format",
        help="asterix, adsb, remote_id, mavlink, sapient, courageous, cap, journal, tie20, multicam",
    )
    decode.add_argument("path", type=Path)
    decode.add_argument(
        "--edition", action="append", default=[], metavar="062=0.17",
        help="ASTERIX: the edition of a category (again for more)",
    )  # fmt: skip
    decode.set_defaults(call=_decode)
    feeds = verbs.add_parser("feeds", help="what a site can listen to, with its settings")
    feeds.set_defaults(call=_feeds)
    emit = verbs.add_parser("emit", help="a simulated raid as real SAPIENT, ASTERIX, Remote ID")
    emit.add_argument("raid", help="built-in name or YAML file")
    emit.add_argument("--site", help="built-in name or YAML file (default: the raid's own)")
    for name, what in (("sapient", "TCP"), ("asterix", "UDP"), ("remote-id", "UDP")):
        emit.add_argument(f"--{name}", metavar="HOST:PORT", help=f"where {name} goes ({what})")
    emit.add_argument("--write-site", type=Path, metavar="OUT.yaml",
                      help="only write the site's file with feeds that hear this traffic, for "
                      "`bartizan watch OUT.yaml --exercise`")  # fmt: skip
    emit.add_argument("--radars", choices=("sapient", "asterix"), default="sapient")
    emit.add_argument("--seed", type=int, default=7, help="default: %(default)s")
    emit.add_argument("--speed", type=float, default=1.0, help="times real time; 0: no waiting")
    emit.add_argument("--seconds", type=float, help="stop after so many of the raid's seconds")
    emit.add_argument("--anywhere", action="store_true", help="other machines too, not only this")
    emit.set_defaults(call=_emit)
    for verb in (decode, feeds, emit):
        say.json_option(verb)


def _decode(args: argparse.Namespace) -> int:
    from bartizan.feeds.decode import counted, decode

    pairs = [text.partition("=") for text in args.edition]
    for category, sign, edition in pairs:
        if not (category and sign and edition):
            raise InputError(f"--edition {category}{sign}{edition}: expected such as 062=0.17")
    if args.format in EXERCISES:
        found = counted(_scans(args.path, args.format))
    else:
        found = decode(args.format, args.path, {c: e for c, _, e in pairs})
    total, aside = sum(found.messages.values()), sum(found.refused.values())
    if args.json:
        said = {"format": args.format, "file": str(args.path), "total": total}
        shown = [{"where": w, "why": y} for w, y in found.shown]
        print(json.dumps(said | {"messages": found.messages, "set_aside": aside,
                                 "refused": found.refused, "shown": shown}))  # fmt: skip
        return 0
    for name, n in found.messages.items():
        print(f"{n:8,d}  {name}")
    for why, n in found.refused.items():
        print(f"{n:8,d}  refused: {why}")
    print(f"{args.path}: {total:,d} messages, {aside:,d} records set aside")
    return 0


def _scans(path: Path, kind: str) -> Iterator[Any]:
    """A recording of tables with the built-in settings that fit it: a word a detection."""
    from bartizan.config.source import load_source
    from bartizan.feeds import FEEDS
    from bartizan.types import Refused

    source = load_source(path)
    if source.feed != kind:
        raise InputError(f"{path}: a recording of {source.feed}, expected one of {kind}")
    site = source.site.site
    for item in FEEDS[kind](path, site, source.params):
        if isinstance(item, Refused):
            yield item
        else:
            yield from [f"detection of {site.sensor_names[item.sensor]}"] * len(item.z)


def _feeds(args: argparse.Namespace) -> int:
    from importlib.metadata import entry_points

    from bartizan.config.feeds import FILES
    from bartizan.feeds import FEEDS
    from bartizan.feeds.live import GROUP, LIVE

    live = {}
    for name, one in LIVE.items():
        fields = FILES[name].model_fields
        settings = {
            k: "needed" if f.is_required() else f.get_default(call_default_factory=True)
            for k, f in fields.items() if k not in ("name", "feed")
        }  # fmt: skip
        live[name] = {"reads": one.reads, "needs": one.needs, "settings": settings}
    others = {e.name: e.value for e in entry_points(group=GROUP)}
    recorded = sorted([*FEEDS, "journal"])
    if args.json:
        print(json.dumps({"live": live, "recorded": recorded, "others": others}))
        return 0
    for name, said in live.items():
        print(f"{name:16} {said['reads']}" + (f" (needs {said['needs']})" if said["needs"] else ""))
        print(f"{'':16} {', '.join(f'{k}: {v}' for k, v in said['settings'].items())}")  # type: ignore[attr-defined]
    for name, value in others.items():
        print(f"{name:16} of {value}")
    print(f"recorded: {', '.join(recorded)}")
    return 0


def _emit(args: argparse.Namespace) -> int:
    from bartizan import config
    from bartizan.feeds.emit import Emitter, Targets
    from bartizan.feeds.live.sockets import address

    at = config.load_site(args.site) if args.site else None
    raid, loaded = config.load_raid(args.raid, at)
    named = {n: getattr(args, n) for n in ("sapient", "asterix", "remote_id")}
    targets = Targets(**{n: address(v) for n, v in named.items() if v}, radars=args.radars)
    if not any(named.values()):
        raise InputError("emit: expected --sapient, --asterix or --remote-id")
    if args.speed < 0.0:
        raise InputError(f"--speed {args.speed:g}: expected 0 or more")
    console = say.console(args)
    if args.write_site:
        from bartizan.config.wire import hearing

        hearing(loaded, targets, args.write_site)
        console.print(f"Site with feeds: {args.write_site}", highlight=False, soft_wrap=True)
        return 0
    seconds = min(args.seconds or raid.duration_s, raid.duration_s)
    with Emitter(loaded.site, targets, args.anywhere) as emitter:
        left = sorted(set(range(len(loaded.site.sensor_names))) - set(emitter.wires))
        if left:
            names = ", ".join(loaded.site.sensor_names[k] for k in left)
            console.print(f"Not sent, no target for them: {names}", highlight=False)
        scans = 0
        for scan in _played(loaded.site, raid, args.seed, seconds, args.speed, emitter):
            emitter.send(scan)
            scans += scan.sensor in emitter.wires
    if emitter.late:
        console.print(f"{emitter.late:,} scans were sent more than {LATE_S:g} s after their time: "
                      "this machine is too slow or too busy, and SAPIENT refuses what is 0.9 s late.",
                      highlight=False)  # fmt: skip
    console.print(f"EXERCISE EXERCISE EXERCISE  {scans:,} scans sent: "
                  + ", ".join(f"{n:,} {k}" for k, n in sorted(emitter.sent.items())),
                  highlight=False)  # fmt: skip
    if args.json:
        print(json.dumps({"raid": raid.name, "seed": args.seed, "scans": scans,
                          "sent": dict(emitter.sent)}))  # fmt: skip
    return 0


def _played(
    site: Any, raid: Any, seed: int, seconds: float, speed: float, emitter: Any
) -> Iterator[Any]:
    """The raid's scans, moved to begin now, each no sooner than its time has come."""
    from bartizan import sim
    from bartizan.feeds.reports import shifted
    from bartizan.units import NS_PER_S, ns_from_s

    world = sim.start(site, raid, (), seed)
    step = sim.step(world, STEP_S)  # compiles or loads its kernels: before the clock runs
    emitter.open(time.time_ns())  # noqa: TID251  traffic has the real time
    begun, now_ns = time.monotonic(), time.time_ns()  # noqa: TID251
    by_ns = now_ns - raid.t0_ns
    end_ns = raid.t0_ns + ns_from_s(seconds)

    def wait(t_ns: int) -> float:
        """Until then; how many seconds there were to wait, below 0 when it is late."""
        if speed == 0.0:
            return 0.0
        ahead = float((t_ns - raid.t0_ns) / NS_PER_S / speed) - (time.monotonic() - begun)
        time.sleep(max(ahead, 0.0))
        return ahead

    while world.t_ns < end_ns:
        world, scans, _ = step
        for scan in scans:
            ahead = wait(scan.t_ns)
            emitter.late += ahead < -LATE_S
            yield shifted(scan, by_ns)
        step = sim.step(world, STEP_S)
    wait(end_ns)  # a goodbye from the future would be refused
    emitter.close(end_ns + by_ns)
