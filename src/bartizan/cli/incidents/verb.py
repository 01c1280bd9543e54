"""What the verbs of `bartizan incidents` share: their options, the record, files, the clock.

In: arguments.  Out: what the called part says.  Does not: decide anything about the domain.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rich.console import Console

from bartizan.cli import say
from bartizan.errors import InputError
from bartizan.units import RAD_PER_DEG, ns_from_iso

Call = Callable[[argparse.Namespace, Console], Any]


def verb(kinds: say.Verbs, name: str, call: Call, about: str, *, person: bool = False, rule: str = "") -> argparse.ArgumentParser:  # fmt: skip
    """Adds a verb with the options that all have; `person` where it changes the record,
    `rule` who does it where no person is named."""
    made = kinds.add_parser(name, help=about)
    made.add_argument("--db", type=Path, default=Path("incidents.db"), metavar="FILE",
                      help="the record (default: %(default)s)")  # fmt: skip
    say.json_option(made)
    if person:
        made.add_argument("--who", required=not rule, default=rule, metavar="NAME",
                          help="the person who does it" + (f" (default: {rule})" if rule else
                          ": nothing changes without one"))  # fmt: skip
        made.add_argument("--at", metavar="TIME", help="ISO 8601, in place of now")
    made.set_defaults(call=lambda args: _called(args, call))
    return made


def _called(args: argparse.Namespace, call: Call) -> int:
    result = call(args, say.console(args))
    status = int(result.pop("status", 0)) if isinstance(result, dict) else 0
    if args.json:
        print(json.dumps(result, default=_plain))
    return status


def _plain(value: Any) -> Any:
    import msgspec

    return msgspec.to_builtins(value)


def record(args: argparse.Namespace, *, write: bool = False) -> Any:
    """The record, for reading or for writing."""
    from bartizan.incidents.store import Store

    return Store(args.db, write=write)


def now_ns(args: argparse.Namespace) -> int:
    """The time of a person's act."""
    if getattr(args, "at", None):
        try:
            return ns_from_iso(args.at)
        except ValueError as e:
            raise InputError(f"--at {args.at}: expected a time such as 2022-01-04T06:00:00Z") from e
    return time.time_ns()  # noqa: TID251 - a person's act has the clock's time; nothing rests on it


def data(path: Path) -> bytes:
    """The bytes of a file."""
    try:
        return path.read_bytes()
    except OSError as e:
        raise InputError(f"{path}: cannot be read: {e.strerror}") from e


def text(path: Path) -> str:
    """The text of a file."""
    try:
        return data(path).decode("utf-8")
    except UnicodeDecodeError as e:
        raise InputError(f"{path}: expected UTF-8 text: {e}") from e


def places() -> tuple[Any, ...]:
    """The built-in sites."""
    from bartizan import config
    from bartizan.incidents.record.places import Place

    out = []
    for name in config.list_sites():
        loaded = config.load_site(name)
        s = loaded.site
        lat, lon = (float(v / RAD_PER_DEG) for v in s.origin[:2])
        out.append(Place(name, s.title, lat, lon, s.utc_offset_s))
    return tuple(out)
