"""`bartizan outlets` and `bartizan export`: whom the watch can tell, and a run as a file.

In: arguments.  Out: what the called part says.  Does not: decide anything about the domain.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from bartizan.cli import say

# What a running watch serves by itself.
SERVED = {
    "/api/picture": "the picture as JSON; a token of the role viewer (/openapi.json)",
    "/api/live": "a WebSocket: the picture at each change, and the log",
    "/metrics": "counters for Prometheus",
}


def add(verbs: say.Verbs) -> None:
    """Adds the commands to the parser."""
    outlets = verbs.add_parser("outlets", help="what is built in: outlets and exports")
    outlets.set_defaults(call=_outlets)

    export = verbs.add_parser("export", help="write a run's tracks in another format")
    export.add_argument("run", type=Path, help="a run's folder, or its journal")
    export.add_argument("--format", required=True, help="see bartizan outlets")
    export.add_argument("--out", required=True, type=Path, help="the file to write")
    export.set_defaults(call=_export)
    for verb in (outlets, export):
        say.json_option(verb)


def _outlets(args: argparse.Namespace) -> int:
    from bartizan.config import outlets
    from bartizan.outlets.exports import EXPORTS

    built_in = outlets.described()
    exports = [{"name": name, "what": f.what} for name, f in EXPORTS.items()]
    if args.json:
        print(json.dumps({"outlets": built_in, "exports": exports, "served": SERVED}))
        return 0
    for outlet in built_in:
        print(f"outlet {outlet['name']}: {outlet['what']}")
        for key, p in outlet["params"].items():
            print(f"    {key}: " + ("needed" if p["needed"] else f"{p['default']}"))
    for name, what in SERVED.items():
        print(f"served {name}: {what}")
    for export in exports:
        print(f"export {export['name']}: {export['what']}")
    return 0


def _export(args: argparse.Namespace) -> int:
    from bartizan.outlets.exports import export

    tracks = export(args.run, args.format, args.out)
    if args.json:
        size = args.out.stat().st_size
        found = {"out": str(args.out), "format": args.format, "tracks": tracks, "bytes": size}
        print(json.dumps(found))
    else:
        print(f"{tracks} tracks: {args.out}")
    return 0
