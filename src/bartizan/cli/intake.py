"""`bartizan intake`: a report's text to drafted incidents and claims.

In: arguments.  Out: what the called part says.  Does not: decide anything about the domain.
"""

from __future__ import annotations

import argparse
import datetime
import json
from pathlib import Path
from typing import Any

from bartizan.cli import say
from bartizan.errors import InputError


def add(verbs: say.Verbs) -> None:
    """Adds the command to the parser."""
    verb = verbs.add_parser("intake", help="draft incidents and claims from a report's text")
    verb.add_argument("file", metavar="FILE", help='text or HTML; "-" reads standard input')
    verb.add_argument("--published", required=True, metavar="DATE", help="day, as 2022-01-04")
    verb.add_argument("--publisher", help="who publishes the page")
    verb.add_argument("--sites", type=Path, help="folder of site files whose names to know")
    verb.add_argument("--encoding", help="how the text is encoded (UTF-8 when not said)")
    verb.add_argument(
        "--beside", type=Path, metavar="DRAFT", help="another draft (--json) to compare"
    )
    say.json_option(verb)
    verb.set_defaults(call=_intake)


def _intake(args: argparse.Namespace) -> int:
    from bartizan.incidents import intake

    try:
        published = datetime.date.fromisoformat(args.published)
    except ValueError as e:
        raise InputError(f"--published: {args.published!r}; expected a day as 2022-01-04") from e
    if published > datetime.date.today():
        raise InputError(f"--published: {published} is in the future; expected the report's day")
    text = intake.read(args.file, args.encoding)
    read = intake.reading(text, published, intake.gazetteer(args.sites), args.publisher)
    out = intake.draft(read)
    if args.beside is not None:
        out["contradictions"] += intake.against(out, _other(args.beside))
    if args.json:
        print(json.dumps(out, ensure_ascii=False))
        return 0
    for note in out["document"]["notes"]:
        print(f"note: {note}")
    for c in out["claims"]:
        who = " < ".join(x["name"] for x in reversed(c["chain"]))
        print(f"{c['incident']}  {c['field']} = {json.dumps(c['value'], ensure_ascii=False)}")
        print(f"     {c['start']}-{c['end']} {c['quote']!r}, said by {who}")
    for row in out["contradictions"]:
        print(f"differ on {row['field']} of {row['incident']}: {'; '.join(row['claims'])}")
    for row in out["uncovered"]:
        print(f"left over at {row['start']}: {row['quote']!r} ({', '.join(row['words'])})")
    print("A draft: a person completes and confirms it.")
    return 0


def _other(path: Path) -> dict[str, Any]:
    """Another report's draft, as --json wrote it."""
    try:
        other = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as e:
        raise InputError(f"{path}: expected a draft that intake --json wrote ({e})") from e
    if not isinstance(other, dict) or not {"document", "incidents", "claims"} <= set(other):
        raise InputError(f"{path}: expected a draft with document, incidents and claims")
    return other
