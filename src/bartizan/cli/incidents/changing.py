"""Verbs that change the incident record: each needs a person.

In: arguments.  Out: what the called part says.  Does not: decide anything about the domain.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any, get_args

from rich.console import Console

from bartizan.cli import say
from bartizan.cli.incidents.verb import data, now_ns, places, record, text, verb
from bartizan.errors import InputError


def add(kinds: say.Verbs) -> None:
    """Adds the verbs."""
    opens = verb(kinds, "open", _open, "open an incident from a run's alarm", person=True)
    opens.add_argument("run", type=Path)
    opens.add_argument("--alarm", type=int, help="one alarm of the run (default: every one)")
    adds = verb(
        kinds, "add", _take_in, "take in what `bartizan intake --json` drafted", person=True
    )
    adds.add_argument("drafts", type=Path, metavar="DRAFTS.json")
    adds.add_argument("--text", type=Path, help="the document's text, where the draft has none")
    adds.add_argument("--into", action="append", default=[], metavar="A=I1",
                      help="the draft's incident A is the record's I1")  # fmt: skip
    tie = verb(kinds, "tie", _tie, "tie a picture or another file by its hash", person=True)
    tie.add_argument("incident")
    tie.add_argument("file", type=Path)
    tie.add_argument("--kind", choices=("image", "marking", "wreckage"), default="image")
    tie.add_argument("--what", required=True, help="what it shows, in words")
    tie.add_argument("--archive", action="store_true", help="it is older: never a basis")
    link = verb(kinds, "link", _link, "link two incidents", person=True)
    link.add_argument("a")
    link.add_argument("b")
    link.add_argument("kind", help="same_incident, same_wave, same_campaign, second_in_window, "
                      "anniversary or responds_to")  # fmt: skip
    relate = verb(kinds, "relate", _relate, "relate two claims", person=True)
    relate.add_argument("a")
    relate.add_argument("kind", help="supports, contradicts, repeats, corrects or translates")
    relate.add_argument("b")
    merge = verb(kinds, "merge", _merge, "two incidents are one", person=True)
    merge.add_argument("gone")
    merge.add_argument("into")
    confirm = verb(kinds, "confirm", _confirm, "say that what a claim says is so", person=True)
    confirm.add_argument("claim")
    confirm.add_argument("--evidence", default="", metavar="E1")
    correct = verb(kinds, "correct", _correct, "put right what a drafted claim says", person=True)
    correct.add_argument("claim")
    correct.add_argument("--field", help="another field, such as vehicle.count")
    correct.add_argument("--value", metavar="JSON", help="another value: words, a number, or JSON")
    correct.add_argument("--incident", metavar="I1", help="another incident; - for none")
    reject = verb(kinds, "reject", _reject, "turn a drafted claim down", person=True)
    reject.add_argument("claim")
    decide = verb(kinds, "decide", _decide, "decide a contradiction for a claim", person=True)
    decide.add_argument("incident")
    decide.add_argument("field")
    decide.add_argument("claim")
    rate = verb(kinds, "rate", _rate, "an actor's reliability or a claim's credibility", person=True)  # fmt: skip
    rate.add_argument("subject", help="a name, or a claim such as C1")
    rate.add_argument("mark", help="A to F, or 1 to 6")
    for one in (link, merge, confirm, correct, reject, decide, rate):
        one.add_argument("--why", required=True, metavar="REASON")
    relate.add_argument("--why", default="", metavar="REASON")


def _open(args: argparse.Namespace, console: Console) -> Any:
    from bartizan.incidents import tie
    from bartizan.incidents.record import changes

    made = []
    openings = tie.from_run(args.run, args.alarm)
    with record(args, write=True) as store:
        for o in openings:
            name = changes.opened(store, o.incident, o.evidence, args.who, now_ns(args))
            made.append(name)
            console.print(f"{name}: {o.incident.title}; {len(o.evidence)} pieces of evidence",
                          markup=False, highlight=False, soft_wrap=True)  # fmt: skip
    return {"incidents": made}


def _take_in(args: argparse.Namespace, console: Console) -> Any:
    from bartizan.incidents.record import changes, draft

    into = {}
    for pair in args.into:
        a, sign, b = pair.partition("=")
        if not sign:
            raise InputError(f"--into {pair}: expected the draft's and the record's, as A=I1")
        into[a] = b
    words = text(args.text) if args.text else None
    drafts = draft.read(data(args.drafts), str(args.drafts), words)
    if into and len(drafts) > 1:
        raise InputError("--into: expected a file of one draft")
    out = []
    known, now = places(), now_ns(args)
    with record(args, write=True) as store:
        for one in drafts:
            added = changes.add(store, one, args.who, now, into, known)
            out.append(added._asdict())
            said = ", ".join(f"{a} is {b}" for a, b in added.incidents.items())
            console.print(f"{added.document}: {len(added.claims)} claims; incidents: {said or 'none'}; "
                          f"{len(one.uncovered)} places that no claim covers", highlight=False, soft_wrap=True)  # fmt: skip
    return {"added": out}


def _tie(args: argparse.Namespace, console: Console) -> Any:
    from bartizan.incidents.record import changes

    with record(args, write=True) as store:
        name = changes.tie_file(store, args.incident, args.kind, data(args.file), args.what, args.who,
                                now_ns(args), archive=args.archive)  # fmt: skip
    console.print(f"{name}: {args.kind} tied to {args.incident}", highlight=False, soft_wrap=True)
    return {"evidence": name}


def _chosen(word: str, choices: Any, what: str) -> Any:
    if word not in get_args(choices):
        raise InputError(f"{what}: expected {', '.join(get_args(choices))} (found {word})")
    return word


def _link(args: argparse.Namespace, console: Console) -> Any:
    from bartizan.incidents.record import changes, nouns

    kind = _chosen(args.kind, nouns.LinkKind, "kind")
    with record(args, write=True) as store:
        name = changes.join(store, args.a, args.b, kind, args.why, args.who, now_ns(args))
    console.print(
        f"{name}: {args.a} {kind.replace('_', ' ')} {args.b}", highlight=False, soft_wrap=True
    )
    return {"link": name}


def _relate(args: argparse.Namespace, console: Console) -> Any:
    from bartizan.incidents.record import changes, nouns

    kind = _chosen(args.kind, nouns.RelationKind, "kind")
    with record(args, write=True) as store:
        name = changes.relate(store, args.a, args.b, kind, args.why, args.who, now_ns(args))
    console.print(f"{name}: {args.a} {kind} {args.b}", highlight=False, soft_wrap=True)
    return {"relation": name}


def _merge(args: argparse.Namespace, console: Console) -> Any:
    from bartizan.incidents.record import changes

    with record(args, write=True) as store:
        changes.merge(store, args.gone, args.into, args.why, args.who, now_ns(args))
    console.print(f"{args.gone} is merged into {args.into}", highlight=False, soft_wrap=True)
    return {"merged": args.gone, "into": args.into}


def _confirm(args: argparse.Namespace, console: Console) -> Any:
    from bartizan.incidents.record import changes

    with record(args, write=True) as store:
        changes.confirm(store, args.claim, args.why, args.who, now_ns(args), args.evidence)
    console.print(f"{args.claim} is confirmed by {args.who}", highlight=False, soft_wrap=True)
    return {"confirmed": args.claim}


def _correct(args: argparse.Namespace, console: Console) -> Any:
    from bartizan.incidents.record import correct

    said = {k: v for k in ("field", "incident") if (v := getattr(args, k)) is not None}
    if args.value is not None:
        try:
            said["value"] = json.loads(args.value)
        except ValueError:
            said["value"] = args.value
    with record(args, write=True) as store:
        act = correct.correct(store, args.claim, said, args.why, args.who, now_ns(args))
    console.print(f"{args.claim}: {act.field} {json.dumps(act.value)} on {act.incident or 'none'}",
                  markup=False, highlight=False, soft_wrap=True)  # fmt: skip
    return {"corrected": args.claim, "field": act.field, "value": act.value,
            "incident": act.incident}  # fmt: skip


def _reject(args: argparse.Namespace, console: Console) -> Any:
    from bartizan.incidents.record import correct

    with record(args, write=True) as store:
        correct.reject(store, args.claim, args.why, args.who, now_ns(args))
    console.print(f"{args.claim} is turned down by {args.who}", highlight=False, soft_wrap=True)
    return {"rejected": args.claim}


def _decide(args: argparse.Namespace, console: Console) -> Any:
    from bartizan.incidents.record import changes

    with record(args, write=True) as store:
        changes.decide(store, args.incident, args.field, args.claim, args.why, args.who, now_ns(args))  # fmt: skip
    console.print(
        f"{args.incident} {args.field}: decided for {args.claim}", highlight=False, soft_wrap=True
    )
    return {"decided": args.claim, "field": args.field}


def _rate(args: argparse.Namespace, console: Console) -> Any:
    from bartizan.incidents.record import changes

    with record(args, write=True) as store:
        changes.rate(store, args.subject, args.mark, args.why, args.who, now_ns(args))
    console.print(f"{args.subject}: {args.mark}", highlight=False, soft_wrap=True)
    return {"subject": args.subject, "mark": args.mark}
