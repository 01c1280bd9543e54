"""`bartizan recurrence`: how likely another attack on a site is, and when to stand down.

In: arguments.  Out: what the called part says.  Does not: decide anything about the domain.
"""

from __future__ import annotations

import argparse
import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bartizan.cli import say
from bartizan.errors import InputError

if TYPE_CHECKING:
    from bartizan.incidents.recurrence import Outlook

RULE = (
    "stand down when P(another within 24 h), if nothing more comes, is down to {what}, and not "
    "within 24 h of the last attack"
)


def add(verbs: say.Verbs) -> None:
    """Adds the command to the parser."""
    verb = verbs.add_parser(
        "recurrence", help="P(another attack) at a site, and when to stand down"
    )
    verb.add_argument("site", help="a built-in site, or any name with --history")
    verb.add_argument("--history", type=Path, metavar="FILE", help="CSV or YAML with a column time")
    verb.add_argument("--now", metavar="DATE", help="time of asking (default: the last attack)")
    verb.add_argument("--since", metavar="DATE", help="watched since (default: the first attack)")
    verb.add_argument(
        "--regime", metavar="DATE", help="all changed then: what was before is left out"
    )
    verb.add_argument("--who", default="", help="who says that the regime changed")
    verb.add_argument("--why", default="", help="and why")
    verb.add_argument("--accept", type=float, metavar="P", help="stand down at this P(24 h)")
    say.json_option(verb)
    verb.set_defaults(call=_recurrence)


def _recurrence(args: argparse.Namespace) -> int:
    import numpy as np

    from bartizan.incidents.recurrence import outlook

    if args.accept is not None and not 0.0 < args.accept < 1.0:
        raise InputError(f"--accept {args.accept:g}: expected a probability between 0 and 1")
    if (args.who or args.why) and not args.regime:
        raise InputError("--who, --why: expected only beside --regime DATE")
    times, file, notes = _reports(args)
    now, since = _window(args, times)
    kept = [t for t in times if since <= t <= now]
    notes += _left_out(times, now, since)
    found = outlook(np.array(kept, np.int64), now, since, args.accept)
    said = _said(args, found, file, len(kept), notes)
    if args.json:
        print(json.dumps(_finite(said)))
    else:
        _tell(said)
    return 0


def _reports(args: argparse.Namespace) -> tuple[list[int], str, list[str]]:
    from bartizan import config
    from bartizan.config.history import LATEST_NS, attacks_before, read_reports

    notes: list[str] = []
    if args.history is None:
        site = config.load_site(args.site).site.name
        times = list(attacks_before(site, LATEST_NS))
        notes.append(
            "the built-in history is what public pages tell: a rate from it is a lower bound"
        )
        return times, "built-in", notes
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


def _said(
    args: argparse.Namespace, o: Outlook, file: str, reports: int, notes: list[str]
) -> dict[str, Any]:
    from bartizan.recurrence import MERGE_NS
    from bartizan.units import iso_from_ns

    def at(days: float | None) -> str | None:
        return None if days is None else iso_from_ns(o.now_ns + round(days * 86_400e9), 0)

    s = o.stand_down
    what = (
        f"{args.accept:g}"
        if args.accept
        else f"what is usual at the site ({o.usual:.1%}, the constant rate)"
    )
    names = [x.model for x in o.scores]
    return {
        "site": args.site,
        "now": iso_from_ns(o.now_ns, 0),
        "history": {
            "file": file, "reports": reports, "attacks": o.attacks,
            "since": iso_from_ns(o.since_ns, 0), "merged_within_h": MERGE_NS / 3600e9,
        },
        "regime": {"date": args.regime, "who": args.who or "not said", "why": args.why or "not said"}
        if args.regime else None,
        "model": o.model,
        "why": o.why,
        "law": o.laws[0]._asdict(),
        "horizons": [
            h._asdict() | {"models": dict(zip(names, h.models, strict=True))} for h in o.horizons
        ],
        "scores": [x._asdict() for x in o.scores],
        "skill": o.skill._asdict() | {"slope": o.skill.slope._asdict()},
        "stand_down": {
            "at": at(s.days), "in_h": None if s.days is None else round(s.days * 24.0, 6),
            "earliest": at(s.earliest_days), "latest": at(s.latest_days),
            "rule": RULE.format(what=what),
        },
        "notes": notes,
    }  # fmt: skip


def _finite(value: Any) -> Any:
    """JSON has no NaN and no infinity: null."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {k: _finite(v) for k, v in value.items()}
    return [_finite(v) for v in value] if isinstance(value, list | tuple) else value


def _tell(said: dict[str, Any]) -> None:
    history = said["history"]
    print(f"{said['site']}, asked for {said['now']}: {history['attacks']} attacks in "
          f"{history['reports']} reports since {history['since']}")  # fmt: skip
    for h in said["horizons"]:
        print(f"  another within {h['hours']} h: {h['p']:.1%} ({h['low']:.1%} to {h['high']:.1%})")
    print(f"model: {said['model']} ({said['why']})")
    for x in said["scores"]:
        p = said["horizons"][0]["models"][x["model"]]
        score = (
            "not scored"
            if math.isnan(x["log_score"])
            else f"log score {x['log_score']:.4f}, Brier {x['brier']:.4f}"
        )
        print(f"  {x['model']:<13} 24 h {p:.1%}  {score}")
    print(said["skill"]["words"])
    s = said["stand_down"]
    when = s["at"] or "not within a year"
    print(
        f"stand down: {when} (earliest {s['earliest'] or '-'}, latest {s['latest'] or 'not within a year'})"
    )
    print(f"  rule: {s['rule']}")
    for note in said["notes"]:
        print(f"note: {note}")
