"""`bartizan decode`: what a file of a format holds.

In: arguments.  Out: what the called part says.  Does not: decide anything about the domain.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from bartizan.cli import say
from bartizan.errors import InputError


def add(verbs: say.Verbs) -> None:
    """Adds the commands to the parser."""
    decode = verbs.add_parser("decode", help="count a file's messages, and what is refused and why")
    decode.add_argument("format", help="asterix, adsb, remote_id, sapient, courageous, cap")
    decode.add_argument("path", type=Path)
    decode.add_argument(
        "--edition", action="append", default=[], metavar="062=0.17",
        help="ASTERIX: the edition of a category (again for more)",
    )  # fmt: skip
    say.json_option(decode)
    decode.set_defaults(call=_decode)


def _decode(args: argparse.Namespace) -> int:
    from bartizan.feeds.decode import decode

    pairs = [text.partition("=") for text in args.edition]
    for category, sign, edition in pairs:
        if not (category and sign and edition):
            raise InputError(f"--edition {category}{sign}{edition}: expected such as 062=0.17")
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
