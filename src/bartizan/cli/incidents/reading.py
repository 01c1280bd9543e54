"""Verbs that read the incident record.

In: arguments.  Out: what the called part says.  Does not: decide anything about the domain.
"""

from __future__ import annotations

import argparse
from typing import Any

from rich.console import Console
from rich.table import Table

from bartizan.cli import say
from bartizan.cli.incidents.verb import record, verb
from bartizan.units import iso_from_ns


def add(kinds: say.Verbs) -> None:
    """Adds the verbs."""
    lists = verb(kinds, "list", _list, "incidents that stand, the latest first")
    lists.add_argument("--site", default="")
    lists.add_argument("--limit", type=int, default=100)
    search = verb(kinds, "search", _search, "claims by their exact words, incidents by title")
    search.add_argument("words")
    search.add_argument("--limit", type=int, default=50)
    show = verb(kinds, "show", _show, "one incident: how each value stands, what contradicts")
    show.add_argument("incident")
    check = verb(kinds, "check", _check, "claims of an incident against the sensors' record")
    check.add_argument("incident")
    links = verb(kinds, "links", _links, "what an incident may be linked to, and why")
    links.add_argument("incident")
    links.add_argument("--limit", type=int, default=20)
    verb(kinds, "audit", _audit, "every change: who, when, what")
    verb(kinds, "verify", _verify, "check the record's chain, derive its tables again")


def _list(args: argparse.Namespace, console: Console) -> Any:
    with record(args) as store:
        found = store.incidents(site=args.site, limit=args.limit)
    table = Table(box=None)
    for head in ("incident", "date", "site", "kind", "title"):
        table.add_column(head)
    for i in found:
        table.add_row(i.id, i.date or "not known", i.site, i.kind, i.title)
    console.print(table)
    return {"incidents": found}


def _search(args: argparse.Namespace, console: Console) -> Any:
    with record(args) as store:
        found = store.search(args.words, args.limit)
    for f in found:
        console.print(
            f"{f.incident} {f.claim or 'title'}: {f.words}", markup=False, highlight=False
        )
    return {"found": [f._asdict() for f in found]}


def _show(args: argparse.Namespace, console: Console) -> Any:
    from bartizan.incidents.record import fields, rules

    with record(args) as store:
        case = store.case(args.incident)
    standings, clashes = rules.standings(case), rules.contradictions(case)
    mark = "EXERCISE: part of its evidence is simulated. " if case.exercise else ""
    console.print(
        f"{mark}{case.incident.id} {case.incident.title}",
        markup=False,
        highlight=False,
        soft_wrap=True,
    )
    table = Table(box=None)
    for head in ("field", "value", "stands", "claims", "why"):
        table.add_column(head)
    for s in standings:
        value = "not said" if s.state == fields.State.NOT_SAID else fields.shown(s.value)
        table.add_row(s.field, value, s.status.replace("_", " "), " ".join(s.claims), s.why)
    console.print(table)
    for c in clashes:
        word = " / ".join(f"{fields.shown(v)} ({', '.join(ids)})" for v, ids in c.values)
        end = (
            f"decided by {c.decision.who}: {c.decision.why}" if c.decision else "nobody has decided"
        )
        console.print(
            f"contradiction, {c.field}: {word}: {end}",
            markup=False,
            highlight=False,
            soft_wrap=True,
        )
    return {
        "case": case, "exercise": case.exercise,
        "standings": [s._asdict() for s in standings],
        "contradictions": [c._asdict() for c in clashes],
    }  # fmt: skip


def _check(args: argparse.Namespace, console: Console) -> Any:
    from bartizan.incidents import tie

    with record(args) as store:
        case = store.case(args.incident)
    checked = [k for c in case.claims for k in tie.check(c, case.incident, case.evidence)]
    if not checked:
        console.print(
            f"{args.incident}: no sensors' record is tied to it", highlight=False, soft_wrap=True
        )
    quotes = {c.id: c.quote for c in case.claims}
    for k in checked:
        mark = "EXERCISE " if k.exercise else ""
        where = f" [records {', '.join(map(str, k.records))}]" if k.records else ""
        console.print(f"{mark}{k.claim} {k.field} {quotes[k.claim]!r}: "
                      f"{k.verdict.replace('_', ' ')}: {k.why}{where}", markup=False, highlight=False, soft_wrap=True)  # fmt: skip
    wrong = sum(k.verdict == tie.Verdict.CONTRADICTS for k in checked)
    return {"checked": [k._asdict() for k in checked], "contradicts": wrong, "status": wrong > 0}


def _links(args: argparse.Namespace, console: Console) -> Any:
    from bartizan.incidents import links

    with record(args) as store:
        case = store.case(args.incident)
        near = links.candidates(store, args.incident)[: args.limit]
        told = [links.ordinal(store, c) for c in case.claims if c.field == "link.ordinal"]
        days = links.anniversaries(store, args.incident)
    for x in near:
        console.print(
            f"{x.b} {x.kind.replace('_', ' ')}: {x.p:.2f} ({x.state})",
            highlight=False,
            soft_wrap=True,
        )
        for r in x.reasons:
            console.print(
                f"    {r.weight:+.2f} {r.trait}: {r.words}", markup=False, highlight=False
            )
    for o in told:
        console.print(
            f"{o.claim} ordinal: {o.verdict.replace('_', ' ')}: {o.why}",
            highlight=False,
            soft_wrap=True,
        )
    for a in days:
        console.print(f"{a.of} anniversary {a.nth}, {a.offset_days:+d} days: {a.title} (no weight)",
                      markup=False, highlight=False, soft_wrap=True)  # fmt: skip
    likenesses = [x._asdict() | {"reasons": [r._asdict() for r in x.reasons]} for x in near]
    return {"links": case.links, "likenesses": likenesses, "ordinals": [o._asdict() for o in told],
            "anniversaries": [a._asdict() for a in days]}  # fmt: skip


def _audit(args: argparse.Namespace, console: Console) -> Any:
    with record(args) as store:
        entries = list(store.audit())
    for e in entries:
        word = str(e.act.__struct_config__.tag)
        console.print(f"{e.seq} {iso_from_ns(e.t_ns, 0)} {e.who}: {word} {e.hash[:16]}",
                      markup=False, highlight=False, soft_wrap=True)  # fmt: skip
    return {"audit": entries}


def _verify(args: argparse.Namespace, console: Console) -> Any:
    with record(args) as store:
        records, head = store.verify(), store.head()
    console.print(f"{args.db}: {records} records, chain whole, every table follows from it. "
                  f"Head {head}", highlight=False, soft_wrap=True)  # fmt: skip
    return {"verified": True, "records": records, "head": head}
