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
        return 0
    sites = [config.load_site(n) for n in found["sites"]]
    defended = [s.site for s in sites if s.effectors]
    print("sites, for watch, run, campaign, coverage:")
    for s in defended:
        print(f"  {s.name:<35}{s.title}")
    print("raids, for run, drill, campaign, emit:")
    for n in found["raids"]:
        raid, at = config.load_raid(n)
        print(f"  {n:<35}{raid.title} ({at.site.name})")
    print("places where recordings were made, for replay and evaluate:")
    print(f"  {', '.join(s.site.name for s in sites if not s.effectors)}")
    return 0
