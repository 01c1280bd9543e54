"""`bartizan check` and `bartizan list`: site and raid files.

In: arguments.  Out: what the called part says.  Does not: decide anything about the domain.
"""

from __future__ import annotations

import argparse
import json
import sys

from bartizan.cli import say


def add(verbs: say.Verbs) -> None:
    """Adds the commands to the parser."""
    check = verbs.add_parser(
        "check", help="every mistake of a site, raid or nuisance file, and its sense"
    )
    check.add_argument("path")
    check.set_defaults(call=_check)

    lists = verbs.add_parser("list", help="what is built in: sites, raids, nuisances")
    lists.set_defaults(call=_list)
    for verb in (check, lists):
        say.json_option(verb)


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


def _list(args: argparse.Namespace) -> int:
    from bartizan import config

    found = {
        "sites": list(config.list_sites()),
        "raids": list(config.list_raids()),
        "nuisances": list(config.list_nuisances()),
    }
    if args.json:
        print(json.dumps(found))
    else:
        for kind, names in found.items():
            print(f"{kind}: {', '.join(names)}")
    return 0
