"""`bartizan coverage`: what a site's sensors see, and where it is blind, height by height.

In: arguments.  Out: figures, a page with one heat map a height.  Does not: decide anything
about the domain.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from bartizan.cli import say
from bartizan.errors import InputError


def add(verbs: say.Verbs) -> None:
    """Adds the command to the parser."""
    verb = verbs.add_parser("coverage", help="what the sensors see, and where they are blind")
    verb.add_argument("site", help="built-in name or YAML file")
    verb.add_argument("--height", type=float, nargs="+", default=[30.0, 100.0, 300.0],
                      metavar="M", help="over the ground (default: 30 100 300)")  # fmt: skip
    verb.add_argument("--reach", type=float, default=10_000.0, help="half the map's side [m]")
    verb.add_argument("--step", type=float, default=100.0, help="between places [m]")
    verb.add_argument("--within", type=float, default=10.0, help="seconds to find it in")
    verb.add_argument("--speed", type=float, default=30.0, help="of the thing, straight in [m/s]")
    verb.add_argument("--emits", action="store_true", help="it sends: radio sensors count too")
    verb.add_argument("--html", type=Path, help="write one page with a map a height")
    say.json_option(verb)
    verb.set_defaults(call=_coverage)


def _coverage(args: argparse.Namespace) -> int:
    from bartizan import config
    from bartizan.campaign import heat
    from bartizan.sensing import cover

    for name, low, high in (("reach", 100.0, 1e6), ("step", 1.0, args.reach), ("within", 0.1, 3600.0)):  # fmt: skip
        value = getattr(args, name)
        if not low <= value <= high:
            raise InputError(f"--{name} {value:g}: expected {low:g} to {high:g}")
    if 2.0 * args.reach / args.step > 2000:
        raise InputError(f"--step {args.step:g}: expected at most 2,000 places a side")
    for h in args.height:
        if not 0.0 <= h <= 20_000.0:
            raise InputError(f"--height {h:g}: expected 0 to 20,000 m")
    site = config.load_site(args.site).site
    axis = cover.grid(args.reach, args.step)
    covers = [
        cover.cover(
            site.sensors,
            axis,
            axis,
            h,
            args.within,
            args.speed,
            hidden=not args.emits,
            terrain=site.terrain,
        )
        for h in args.height
    ]
    found = heat.figures(site, covers)
    console = say.console(args)
    for f in found:
        reach = f["reach_m"]
        console.print(
            f"{f['height_m']:g} m: blind {f['blind_share']:.1%} of the circle of "
            f"{f['circle_m'] / 1000:g} km; covered without a gap out to {reach['least']:,.0f} m "
            f"on the worst bearing ({reach['worst_deg']:.0f} deg), {reach['median']:,.0f} m median",
            highlight=False,
        )
    if args.html:
        args.html.write_text(heat.page(site, covers, found), encoding="utf-8")
        console.print(f"Map: {args.html}", highlight=False, soft_wrap=True)
    if args.json:
        print(json.dumps({"site": site.name, "heights": found}))
    return 0
