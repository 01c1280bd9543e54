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
    verb.add_argument("--grammar", action="store_true", help="hear more speakers (extra grammar)")
    verb.add_argument("--endpoint", metavar="URL", help="ask a language model there, too")
    verb.add_argument("--model", help="which model to ask there")
    verb.add_argument("--key-file", type=Path, metavar="FILE", help="its key, if it wants one")
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
    to = _endpoint(args)
    text = intake.read(args.file, args.encoding)
    hear = {"hear": intake.grammar()} if args.grammar else {}
    read = intake.reading(text, published, intake.gazetteer(args.sites), args.publisher, **hear)
    out = intake.draft(read, intake.ask(to, read) if to and not read.page.notes else ())
    if args.beside is not None:
        out["contradictions"] += intake.against(out, _other(args.beside))
    if args.json:
        print(json.dumps(out, ensure_ascii=False))
        return 0
    for note in out["document"]["notes"]:
        print(f"note: {note}")
    for c in out["claims"]:
        who = " < ".join(x["name"] for x in reversed(c["chain"]))
        marks = [c["polarity"]] * (c["polarity"] == "denied") + [c["modality"]] * (
            c["modality"] != "asserted"
        )
        said = f" ({', '.join(marks)})" if marks else ""
        print(f"{c['incident']}  {c['field']} = {json.dumps(c['value'], ensure_ascii=False)}{said}")
        print(f"     {c['start']}-{c['end']} {c['quote']!r}, said by {who}")
    for row in out["contradictions"]:
        print(f"differ on {row['field']} of {row['incident']}: {'; '.join(row['claims'])}")
    for row in out.get("refused", ()):
        print(
            f"refused: {row['field']} = {row['value']!r} from {row['quote']!r}: {row['refused'][0]}"
        )
    for row in out["uncovered"]:
        print(f"left over at {row['start']}: {row['quote']!r} ({', '.join(row['words'])})")
    print("A draft: a person completes and confirms it.")
    return 0


def _endpoint(args: argparse.Namespace) -> Any:
    """The endpoint that was asked for, None where none was."""
    from bartizan.incidents import intake

    if not args.endpoint:
        if args.model or args.key_file:
            raise InputError("--model and --key-file: expected --endpoint URL beside them")
        return None
    if not args.model:
        raise InputError("--endpoint: expected --model NAME beside it")
    key = None
    if args.key_file is not None:
        try:
            key = args.key_file.read_text(encoding="ascii").strip()
        except (OSError, UnicodeError) as e:
            raise InputError(f"{args.key_file}: expected a readable file with one key") from e
        if not key or not key.isprintable():
            raise InputError(f"{args.key_file}: expected one key in one line")
    return intake.endpoint(args.endpoint, args.model, key)


def _other(path: Path) -> dict[str, Any]:
    """Another report's draft, as --json wrote it."""
    try:
        other = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as e:
        raise InputError(f"{path}: expected a draft that intake --json wrote ({e})") from e
    if not isinstance(other, dict) or not {"document", "incidents", "claims"} <= set(other):
        raise InputError(f"{path}: expected a draft with document, incidents and claims")
    return other
