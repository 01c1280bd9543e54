"""Incidents, links, contradictions and what is left over, out of the claims.

In: claims with their incidents.  Out: rows for a person to look at.
Does not: choose between claims that differ: an incident's row has what the first body claim says.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from datetime import date
from typing import Any

from bartizan.incidents.intake import lexicon
from bartizan.incidents.intake.focus import Incident
from bartizan.incidents.intake.places import fold
from bartizan.incidents.intake.text import (
    BOILERPLATE,
    CAPTION,
    HEADLINE,
    UNREAD,
    Page,
    Sentence,
)

Claim = dict[str, Any]
_NARROW = {"uav_explosive": "uav", "ballistic_missile": "missile", "cruise_missile": "missile"}
_DIFFER = ("vehicle.count", "intercept.by", "fall.location", "casualties", "outcome", "damage")
_STOPPED = frozenset(
    ("shot_down", "destroyed", "intercepted", "thwarted", "failed", "missed", "jammed")
)


def _first(claims: list[Claim], field: str) -> Any:
    """The first affirmed value of a field, body before headline."""
    of = [
        c
        for c in claims
        if c["field"] == field and c["polarity"] != "denied" and c["voice"] != CAPTION
    ]
    of = [
        c
        for c in of
        if c["polarity"] == "affirmed" or field in ("casualties", "damage", "claimed_by")
    ]
    body = [c for c in of if c["voice"] != HEADLINE]
    return (body or of)[0]["value"] if of else None


def incident(i: Incident, claims: list[Claim]) -> dict[str, Any]:
    """One incident's row; null is not said, 0 is said to be none."""
    mine = [c for c in claims if c["incident"] == i.id]
    hurt: dict[str, Any] = {}
    for c in mine:
        if c["field"] == "casualties" and c["polarity"] != "denied":
            for k, v in c["value"].items():
                hurt.setdefault(k, v)
    kind = _first(mine, "vehicle.kind")
    where = i.title or i.site or _first(mine, "event.place")
    return {
        "id": i.id,
        "title": " at ".join(x for x in (kind or "attack", where) if x),
        "date": i.date,
        "time": _first(mine, "event.time"),
        "site": i.site,
        "place": _first(mine, "event.place"),
        "kind": kind,
        "n_vehicles": _first(mine, "vehicle.count"),
        "outcome": _first(mine, "outcome"),
        "fell": _first(mine, "fall.location"),
        "killed": hurt.get("killed"),
        "injured": hurt.get("injured"),
        "damage": _first(mine, "damage"),
        "claimed_by": _first(mine, "claimed_by"),
        "blamed": _first(mine, "blamed"),
        "marking": _first(mine, "marking"),
    }


def links(
    incidents: list[dict[str, Any]], contexts: list[dict[str, Any]], claims: list[Claim]
) -> list[dict[str, Any]]:
    """Links that the report itself states, and anniversaries that follow from its days."""
    out: list[dict[str, Any]] = []
    said = [(k, c) for k, c in enumerate(claims) if c["field"] in ("link.ordinal", "link.similar")]
    for a in incidents:
        for b in incidents:
            if a["id"] >= b["id"] or not said:
                continue
            gap = _days(a["date"], b["date"])
            basis = [k for k, c in said if (c["field"] == "link.similar" and {c["incident"], c["value"]["to"]} == {a["id"], b["id"]})
                     or (c["field"] == "link.ordinal" and c["incident"] in (a["id"], b["id"]) and gap is not None and abs(gap) * 24 <= c["value"]["window_h"])]  # fmt: skip
            if basis:
                out.append(
                    {
                        "a": a["id"],
                        "b": b["id"],
                        "kind": "same_campaign",
                        "basis": basis,
                        "status": "asserted",
                    }
                )
    for k, c in enumerate(claims):
        if c["field"] != "link.anniversary":
            continue
        of = next((x for x in contexts if x["date"] and x["date"] == c["value"]["date"]), None)
        if of is None:
            continue
        for i in incidents:
            offset = _anniversary(of["date"], i["date"], c["value"]["nth"])
            if offset is not None and (i["id"] == c["incident"] or abs(offset) <= 3):
                out.append({"a": i["id"], "b": of["id"], "kind": "anniversary", "nth": c["value"]["nth"], "offset_days": offset,
                            "basis": [k], "status": "asserted" if i["id"] == c["incident"] else "derived"})  # fmt: skip
    return out


def _days(a: str | None, b: str | None) -> int | None:
    if not a or not b or len(a) != 10 or len(b) != 10:
        return None
    return (date.fromisoformat(a) - date.fromisoformat(b)).days


def _anniversary(of: str, then: str | None, nth: int | None) -> int | None:
    if not then or len(then) != 10 or not nth:
        return None
    was = date.fromisoformat(of)
    try:
        return (date.fromisoformat(then) - was.replace(year=was.year + nth)).days
    except ValueError:  # 29 February
        return None


def contradictions(incidents: list[dict[str, Any]], claims: list[Claim]) -> list[dict[str, Any]]:
    """Fields of one incident on which the claims differ; for a person to decide."""
    out = []
    for i in incidents:
        for field in _DIFFER:
            mine = [
                (k, c)
                for k, c in enumerate(claims)
                if c["incident"] == i["id"]
                and c["field"] == field
                and c["voice"] != HEADLINE
                and not (field == "casualties" and c.get("subset") is not None)
            ]
            kinds = {_family(c) for _, c in mine}
            values = max(
                (
                    {
                        _value(field, c)
                        for _, c in mine
                        if _family(c) == k and (field != "outcome" or c.get("subset") is None)
                    }
                    for k in sorted(kinds)
                ),
                key=len,
                default=set(),
            )
            if len(values) > 1 and not (
                field == "casualties" and _compatible([c for _, c in mine])
            ):
                out.append(_row(i["id"], field, mine))
        for k, c in enumerate(claims):
            if c["incident"] == i["id"] and "weekday_disagrees" in c["traps"]:
                out.append(_row(i["id"], "event.date", [(k, c)], "the weekday is not that day's"))
    return out


def _family(c: Claim) -> str:
    """The kind that a count is of: drones and rockets are counted apart."""
    return str(c.get("of", "")).split("_")[0]


def _value(field: str, c: Claim) -> str:
    if field == "outcome":  # one was stopped and one hit is no contradiction; the same one is
        stopped = c["value"] in _STOPPED
        return "stopped" if stopped == (c["polarity"] == "affirmed") else "hit"
    return json.dumps([c["value"], c["polarity"] == "denied"], sort_keys=True)


def _compatible(claims: list[Claim]) -> bool:
    said: dict[str, set[str]] = {}
    for c in claims:
        for k, v in c["value"].items():
            said.setdefault(k, set()).add(str(v))
    return all(len(v) == 1 for v in said.values())


def _row(
    incident: str, field: str, mine: list[tuple[int, Claim]], note: str = ""
) -> dict[str, Any]:
    said = [
        f"{'not ' * (c['polarity'] == 'denied')}{json.dumps(c['value'], ensure_ascii=False)} ({c['chain'][-1]['name']})"
        for _, c in mine
    ]
    note = note or (
        "compatible if airspace > perimeter; leave to the person"
        if field == "fall.location"
        else "leave to the person"
    )
    return {
        "incident": incident,
        "field": field,
        "claims": said,
        "of": [k for k, _ in mine],
        "note": note,
    }


def against(mine: dict[str, Any], other: dict[str, Any]) -> list[dict[str, Any]]:
    """Where another report's draft says otherwise of an incident of the same day and site.

    Both are drafts as `draft()` gives them; the rows are like those of `contradictions`.
    """
    out = []
    for i in mine["incidents"]:
        for j in other["incidents"]:
            if not i.get("site") or (i["site"], i["date"]) != (j.get("site"), j["date"]):
                continue
            for field in _DIFFER:
                pair = [
                    [c for c in d["claims"] if c["field"] == field and c["incident"] == x["id"]]
                    for d, x in ((mine, i), (other, j))
                ]
                said = [{(_family(c), _value(field, c)) for c in p} for p in pair]
                if all(said) and not said[0] & said[1]:
                    row = _row(i["id"], field, [*enumerate(pair[0]), *enumerate(pair[1])])
                    out.append({**row, "of": [], "beside": other["document"]["publisher"]})
    return out


def merged(claims: list[Claim]) -> list[Claim]:
    """The same words from the same mouth once; the other places of it under `also`."""
    out: list[Claim] = []
    at: dict[str, Claim] = {}
    body_site = {
        (c["incident"], c["value"])
        for c in claims
        if c["field"] == "target.site" and c["voice"] != HEADLINE
    }
    for c in claims:
        if (
            c["field"] == "target.site"
            and c["voice"] == HEADLINE
            and (c["incident"], c["value"]) in body_site
        ):
            continue
        key = _key(c)
        if key in at:
            at[key].setdefault("also", []).append([c["start"], c["end"]])
            continue
        if (
            c["field"] == "vehicle.count"
            and c["value"] == 1
            and not re.match(r"(?:a single|only one|just one)\b", c["quote"], re.I)
            and any(
                o["field"] == "vehicle.count" and o["incident"] == c["incident"] and o["value"] != 1
                for o in out
            )
        ):
            continue  # one of those
        if c["field"] == "vehicle.kind" and any(
            o["field"] == "vehicle.kind"
            and o["incident"] == c["incident"]
            and _NARROW.get(o["value"]) == c["value"]
            for o in out
        ):
            continue
        at[key] = c
        out.append(c)
    return out


def _key(c: Claim) -> str:
    value = json.dumps(c["value"], sort_keys=True)
    mouth = [x["name"] for x in c["chain"]] + [c["voice"] == "direct_quote"]
    if c["field"] == "vehicle.kind":
        mouth = []
    elif c["field"] == "target.site":
        mouth = sorted({fold(w) for w in re.findall(r"[^\W_]+", c["quote"])} - _GENERIC)
    elif c["field"] in ("event.date", "event.place"):
        mouth = [c["start"]] if c["field"] == "event.date" else []
    subset = c.get("subset") if c["field"] == "outcome" else None
    return json.dumps([c["incident"], c["field"], value, mouth, subset, c["polarity"]])


_GENERIC = {
    fold(w)
    for w in [
        "the",
        "a",
        "an",
        "iraqi",
        "american",
        "us",
        "military",
        "air",
        "base",
        "airport",
        "al",
        "el",
        "of",
        "in",
        "at",
        "international",
        "camp",
        "field",
    ]
}


def uncovered(page: Page, claims: list[Claim]) -> list[dict[str, Any]]:
    """Sentences with a number, a weapon or a casualty word that no claim's words hold."""
    spans = sorted(
        [(c["start"], c["end"]) for c in claims]
        + [(a, b) for c in claims for a, b in c.get("also", ())]
    )
    hurt = sorted(  # the dead inside a claim of something else are not told by it
        k for c in claims
        if c["field"] not in ("outcome", "vehicle.count", "vehicle.kind", "intercept.by", "event.attack")
        for k in ((c["start"], c["end"]), *((a, b) for a, b in c.get("also", ())))
    )  # fmt: skip
    out = []
    for s in page.sentences:  # a claim stands in one sentence
        if s.role == BOILERPLATE:
            continue
        if s.role == UNREAD:
            out.append({"start": s.start, "end": s.end, "quote": s.text[:200], "words": []})
            continue
        words = [
            m.group() for p in (lexicon.NUMERAL, lexicon.WEAPON, lexicon.CASUALTY, lexicon.DAMAGE) for m in p.finditer(s.text)
            if not any(a <= s.start + m.start() and s.start + m.end() <= b
                       for a, b in _in(hurt if p is lexicon.CASUALTY else spans, s))
        ]  # fmt: skip
        if words:
            out.append(
                {"start": s.start, "end": s.end, "quote": s.text, "words": sorted(set(words))}
            )
        elif page.notes and re.search(r"\w", s.text):
            out.append({"start": s.start, "end": s.end, "quote": s.text[:200], "words": []})
    return out


def _in(spans: list[tuple[int, int]], s: Sentence) -> list[tuple[int, int]]:
    """Those of sorted spans that begin in a sentence."""
    return spans[bisect_left(spans, (s.start, 0)) : bisect_left(spans, (s.end, 0))]
