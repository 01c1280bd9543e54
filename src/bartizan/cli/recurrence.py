"""`bartizan recurrence`: how likely another attack on a site is, and when to stand down.

In: arguments.  Out: what the called part says.  Does not: decide anything about the domain.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from bartizan.cli import say
from bartizan.errors import InputError


def add(verbs: say.Verbs) -> None:
    """Adds the command to the parser."""
    verb = verbs.add_parser(
        "recurrence", help="P(another attack) at a site, and when to stand down"
    )
    verb.add_argument("site", help="a built-in site, or any name with --history or --db")
    verb.add_argument("--history", type=Path, metavar="FILE", help="CSV or YAML with a column time")
    verb.add_argument(
        "--db", type=Path, metavar="FILE", help="and the attacks of an incident record"
    )
    verb.add_argument("--now", metavar="DATE", help="time of asking (default: the last attack)")
    verb.add_argument("--since", metavar="DATE", help="watched since (default: the first attack)")
    verb.add_argument(
        "--regime", metavar="DATE", help="all changed then: what was before is left out"
    )
    verb.add_argument("--who", default="", metavar="NAME", help="who says that the regime changed")
    verb.add_argument("--why", default="", metavar="REASON", help="and why")
    verb.add_argument("--accept", type=float, metavar="P", help="stand down at this P(24 h)")
    say.json_option(verb)
    verb.set_defaults(call=_recurrence)


def _recurrence(args: argparse.Namespace) -> int:
    import numpy as np

    from bartizan.incidents.recurrence import outlook, told

    if args.accept is not None and not 0.0 < args.accept < 1.0:
        raise InputError(f"--accept {args.accept:g}: expected a probability between 0 and 1")
    if bool(args.regime) != bool(args.who and args.why):
        raise InputError("--regime DATE --who NAME --why REASON: expected all three or none")
    times, file, notes = _reports(args)
    now, since = _window(args, times)
    kept = [t for t in times if since <= t <= now]
    notes += _left_out(times, now, since)
    found = outlook(np.array(kept, np.int64), now, since, args.accept)
    regime = {"date": args.regime, "who": args.who, "why": args.why} if args.regime else None
    said = {
        "site": args.site, "file": file, "reports": len(kept), "regime": regime,
        **told(found, args.accept), "notes": notes,
    }  # fmt: skip
    if args.json:
        print(json.dumps(said))
    else:
        _tell(said)
    return 0


def _reports(args: argparse.Namespace) -> tuple[list[int], str, list[str]]:
    times, file, notes = _written(args)
    if args.db is None:
        return times, file, notes
    from bartizan.incidents.recurrence.reports import from_record
    from bartizan.incidents.store import Store

    with Store(args.db) as store:
        found = from_record(store, args.site, tuple(times))
    notes.append(f"{args.db}: {len(found.times_ns) - len(times)} attacks more; {found.same} are the same as "
                 f"another, {found.exercises} are exercises, {found.undated} have no time")  # fmt: skip
    return list(found.times_ns), f"{file}, {args.db}", notes


def _written(args: argparse.Namespace) -> tuple[list[int], str, list[str]]:
    from bartizan import config
    from bartizan.config.history import LATEST_NS, attacks_before, read_reports

    notes: list[str] = []
    if args.history is None:
        known = args.site in config.list_sites()
        if not known and args.db is not None:
            return [], "no history", notes
        site = config.load_site(args.site).site.name
        notes.append(
            "the built-in history is what public pages tell: a rate from it is a lower bound"
        )
        return list(attacks_before(site, LATEST_NS)), "built-in", notes
    told = read_reports(args.history, args.site)
    times = list(told.times_ns)
    if told.other_sites:
        notes.append(f"{told.other_sites} reports of other sites are left aside")
    if times != sorted(times):
        notes.append("the reports were not in order of time: sorted")
    doubles = len(times) - len(set(times))
    if doubles:
        notes.append(f"{doubles} reports have the time of another: one attack")
    return sorted(times), str(args.history), notes


def _window(args: argparse.Namespace, times: list[int]) -> tuple[int, int]:
    """Now and since when [ns]."""
    start = _date(args, "regime") or _date(args, "since")
    now = _date(args, "now")
    before = [t for t in times if now is None or t <= now]
    if start is None and not before:
        what = "no attack in the history" if not times else f"no attack before --now {args.now}"
        raise InputError(f"{what}: expected one, or --since DATE: watched since then without one")
    if now is None:
        if not times:
            raise InputError("no attack in the history: expected --now DATE beside --since")
        now = max(times)
    since = min(before) if start is None else start
    if since > now:
        name = "--regime" if args.regime else "--since"
        raise InputError(f"{name} {args.regime or args.since}: expected a date before now")
    return now, since


def _date(args: argparse.Namespace, name: str) -> int | None:
    from bartizan.config.history import EARLIEST_NS, LATEST_NS
    from bartizan.units import ns_from_iso

    text = getattr(args, name)
    if text is None:
        return None
    try:
        t_ns = ns_from_iso(text)
    except (ValueError, OverflowError):
        t_ns = LATEST_NS
    if not EARLIEST_NS <= t_ns < LATEST_NS:
        raise InputError(
            f"--{name} {text!r}: expected a date, as 2022-01-04 or 2022-01-04T05:10:00+03:00"
        )
    return t_ns


def _left_out(times: list[int], now: int, since: int) -> list[str]:
    after, before = sum(t > now for t in times), sum(t < since for t in times)
    notes = [f"{after} reports are after now: left out"] if after else []
    return notes + ([f"{before} reports are before the record begins: left out"] if before else [])


def _tell(said: dict[str, Any]) -> None:
    from bartizan.incidents.recurrence import in_short

    print(f"{said['site']}: attacks: {said['attacks']}, in reports: {said['reports']}")
    if said["regime"]:
        r = said["regime"]
        print(f"the regime changed on {r['date']}, says {r['who']}: {r['why']}")
    for name, words in in_short(said).items():
        print(f"{name}: {words}")
    for x in said["scores"]:
        p = said["horizons"][0]["models"][x["model"]]
        score = "not scored"
        if x["log_score"] is not None:
            score = f"log score {x['log_score']:.4f}, Brier {x['brier']:.4f}"
        print(f"  {x['model']:<13} 24 h {p:.1%}  {score}")
    for note in said["notes"]:
        print(f"note: {note}")
