"""The outlook as plain data, and in short for a report.

In: `Outlook`.  Out: mappings that JSON takes.  Does not: estimate.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from bartizan.incidents.recurrence.outlook import Outlook
from bartizan.recurrence import MERGE_NS, named
from bartizan.units import iso_from_ns

RULE = (
    "stand down when P(another within 24 h), if nothing more comes, is down to {what}, and not "
    "within 24 h of the last attack"
)


def told(o: Outlook, limit: float | None = None) -> dict[str, Any]:
    """Everything that is said: forecasts, models and their scores, skill, when to stand down.

    limit: as it was asked for.  No number is infinite or NaN: null.
    """
    s = o.stand_down
    what = (
        f"{limit:g}" if limit else f"what is usual at the site ({o.usual:.1%}, the constant rate)"
    )
    names = [x.model for x in o.scores]
    out = {
        "now": iso_from_ns(o.now_ns, 0),
        "attacks": o.attacks, "since": iso_from_ns(o.since_ns, 0), "merged_within_h": MERGE_NS / 3600e9,
        "model": o.model, "why": o.why, "in_use": named(o.laws),
        "laws": [law._asdict() for law in o.laws],
        "horizons": [
            h._asdict() | {"models": dict(zip(names, h.models, strict=True))} for h in o.horizons
        ],
        "scores": [x._asdict() for x in o.scores],
        "skill": o.skill._asdict() | {"slope": o.skill.slope._asdict()},
        "stand_down": {
            "at": _at(o, s.days), "in_h": None if s.days is None else round(s.days * 24.0, 6),
            "earliest": _at(o, s.earliest_days), "latest": _at(o, s.latest_days),
            "rule": RULE.format(what=what),
        },
    }  # fmt: skip
    return {k: _finite(v) for k, v in out.items()}


def in_short(said: Mapping[str, Any]) -> dict[str, str]:
    """What `told` said (or `bartizan recurrence --json`), as lines for a report."""
    s = said["stand_down"]
    return {
        "asked for": f"{said['now']}; attacks known: {said['attacks']}, since {said['since']}",
        **{
            f"P(another within {h['hours']} h)": f"{h['p']:.1%} ({h['low']:.1%} to {h['high']:.1%})"
            for h in said["horizons"]
        },
        "model": f"{said['in_use']} ({said['why']})",
        "skill": said["skill"]["words"],
        "stand down": f"{s['at'] or 'not within a year'} (earliest {s['earliest'] or 'not within a year'}, "
        f"latest {s['latest'] or 'not within a year'}): {s['rule']}",
    }


def _at(o: Outlook, days: float | None) -> str | None:
    return None if days is None else iso_from_ns(o.now_ns + round(days * 86_400e9), 0)


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {k: _finite(v) for k, v in value.items()}
    return [_finite(v) for v in value] if isinstance(value, list | tuple) else value
