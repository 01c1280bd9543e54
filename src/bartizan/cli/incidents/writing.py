"""Verbs that write something of an incident: statement, report, pack, export.

In: arguments.  Out: what the called part says.  Does not: decide anything about the domain.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from rich.console import Console

from bartizan.cli import say
from bartizan.cli.incidents.verb import data, now_ns, places, record, verb
from bartizan.errors import InputError


def add(kinds: say.Verbs) -> None:
    """Adds the verbs."""
    verb(kinds, "statement", _statement, "a draft statement, each fact with who says so") \
        .add_argument("incident")  # fmt: skip
    report = verb(kinds, "report", _report, "one HTML file that opens offline")
    report.add_argument("incident")
    report.add_argument("--out", type=Path, help="default: I1.html")
    report.add_argument("--pdf", type=Path, help="and the same as PDF (needs the extra `pdf`)")
    report.add_argument("--forecast", type=Path, metavar="FILE.json",
                        help="what `bartizan recurrence --json` printed")  # fmt: skip
    pack = verb(kinds, "pack", _pack, "a zip of evidence that a stranger can check")
    pack.add_argument("incident")
    pack.add_argument("--out", type=Path, help="default: I1.zip")
    pack.add_argument("--whole", action="store_true", help="with the whole journal of --run")
    for one in (report, pack):
        one.add_argument("--run", type=Path, help="folder of the run that it was opened from")
    export = verb(kinds, "export", _export, "the record in another format")
    export.add_argument("format", help="stix, acled, geojson, cap or timemap")
    export.add_argument("incidents", nargs="*", metavar="I1", help="default: all that stand")
    export.add_argument("--out", type=Path, help="default: standard output")
    export.add_argument("--at", metavar="TIME", help="ISO 8601, in place of now")


def _dossier(args: argparse.Namespace, store: Any, run: Path | None = None,
             forecast: dict[str, Any] | None = None) -> Any:  # fmt: skip
    from bartizan.incidents.report import gather

    return gather(store, args.incident, places(), run, forecast)


def _statement(args: argparse.Namespace, console: Console) -> Any:
    from bartizan.incidents import statement

    with record(args) as store:
        drafted = _dossier(args, store).statement
    words = statement.text(drafted)
    if not args.json:
        print(words, end="")
    return {"statement": drafted._asdict(), "text": words}


def _save(path: Path, content: str) -> None:
    try:
        path.write_text(content, encoding="utf-8")
    except OSError as e:
        raise InputError(f"{path}: cannot be written: {e.strerror}") from e


def _report(args: argparse.Namespace, console: Console) -> Any:
    from bartizan.incidents.report import render, write_pdf

    forecast = _json(args.forecast) if args.forecast else None
    with record(args) as store:
        html = render(_dossier(args, store, args.run, forecast))
    page = args.out or Path(f"{args.incident}.html")
    _save(page, html)
    console.print(f"Report: {page}", highlight=False, soft_wrap=True)
    if args.pdf:
        write_pdf(html, args.pdf)
        console.print(f"PDF: {args.pdf}", highlight=False, soft_wrap=True)
    return {"report": str(page), "pdf": str(args.pdf) if args.pdf else None}


def _json(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(data(path))
    except ValueError as e:
        raise InputError(f"{path}: expected one JSON object: {e}") from e
    if not isinstance(found, dict):
        raise InputError(f"{path}: expected one JSON object (found a {type(found).__name__})")
    return found


def _pack(args: argparse.Namespace, console: Console) -> Any:
    from bartizan.incidents import pack

    path = args.out or Path(f"{args.incident}.zip")
    with record(args) as store:
        files = pack.write(store, _dossier(args, store, args.run), path, args.run, whole=args.whole)
    console.print(f"Pack: {path}, {files} files; to check it: unzip, python verify.py",
                  highlight=False, soft_wrap=True)  # fmt: skip
    return {"pack": str(path), "files": files}


def _export(args: argparse.Namespace, console: Console) -> Any:
    from bartizan.incidents.export import FORMATS
    from bartizan.incidents.report import gather

    if args.format not in FORMATS:
        raise InputError(f"{args.format}: expected one of {', '.join(FORMATS)}")
    known = places()
    with record(args) as store:
        names = args.incidents or [i.id for i in reversed(store.incidents(limit=100_000))]
        content = FORMATS[args.format]([gather(store, n, known) for n in names], now_ns(args))
    if args.out:
        _save(args.out, content)
        console.print(f"{args.format}: {args.out}", highlight=False, soft_wrap=True)
    elif not args.json:
        print(content, end="")
    return {
        "format": args.format,
        "incidents": names,
        "out": str(args.out) if args.out else content,
    }
