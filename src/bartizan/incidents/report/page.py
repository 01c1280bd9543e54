"""The page of an incident's report.

In: a dossier.  Out: HTML that needs nothing else, the same bytes for the same dossier.
Does not: fetch, script, or trust a word of a document: every one is escaped.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any, Final

from bartizan.incidents import statement
from bartizan.incidents.record import fields, rules
from bartizan.incidents.record.fields import State
from bartizan.incidents.record.nouns import Claim, Evidence
from bartizan.incidents.record.rules import Status
from bartizan.incidents.recurrence import in_short
from bartizan.incidents.report import drawings
from bartizan.incidents.report.dossier import Dossier
from bartizan.report import drawing
from bartizan.report.page import STYLE, figure, table
from bartizan.units import iso_from_ns

MOST_ROWS: Final = 200
_EXTRA: Final = """
.confirmed,.decided{background:#d8ecd9}.corroborated{background:#e6f0fa}.disputed{background:#fbdcd9}
.single_source{background:#fdf3d3}.no_basis,.set_aside,.not_said{color:#6a747d}
td.matrix{min-width:7em}blockquote{margin:.2em 0;padding-left:.8em;border-left:3px solid #cfd5da}
pre{white-space:pre-wrap;font:inherit;background:#fff;border:1px solid #dfe4e8;padding:10px}
"""


def render(d: Dossier) -> str:
    """The whole page."""
    i, mark = d.case.incident, escape(d.statement.mark)
    banner = f'<div class="mark">{mark}</div>' if mark else ""
    when = f"{i.date or 'date not known'}, known to {i.precision.replace('_', ' ')}"
    where = d.place.title if d.place else i.site or "place not known"
    parts = [
        "<!doctype html>\n", '<html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width,initial-scale=1">',
        f"<title>{mark} {escape(i.title)}</title><style>{STYLE}{_EXTRA}</style></head><body>",
        banner, "<main>", f"<h1>{escape(i.title)}</h1>",
        f"<p>{escape(i.id)}; {escape(where)}; {escape(when)}.{_merged(d)}</p>", _told_of(d),
        f"<h2>Draft statement</h2><pre>{escape(statement.text(d.statement))}</pre>",
        _maps(d), _matrix(d), _contradictions(d), _sensors(d), _wreckage(d), _links(d),
        _forecast(d.forecast), _claims(d), _evidence(d), _documents(d), _provenance(d),
        "</main>", banner, "</body></html>\n",
    ]  # fmt: skip
    return "".join(parts)


def _merged(d: Dossier) -> str:
    gone = d.case.merged
    return f" Merged into it: {escape(', '.join(gone))}." if gone else ""


def _told_of(d: Dossier) -> str:
    counts = {s: sum(x.status == s for x in d.standings) for s in Status}
    words = ", ".join(f"{n} {s.replace('_', ' ')}" for s, n in counts.items() if n)
    return (
        f"<p>{_count(len(d.case.claims), 'claim')} of {_count(len(d.case.documents), 'document')}, "
        f"{_count(len(set(d.origins.values())), 'origin')}. Values: {escape(words)}.</p>"
    )


def _count(n: int, word: str) -> str:
    return f"{n} {word}{'' if n == 1 else 's'}"


def _maps(d: Dossier) -> str:
    out = ""
    if d.facts is not None:
        out += figure(drawing.site_map(d.facts), "The site, from the run's journal: alarmed tracks "
                      "in colour, wreckage as crosses with its 95 % ellipse.")  # fmt: skip
        out += figure(drawing.timeline(d.facts), "The night, from the run's journal, local time.")
    out += figure(drawings.region(d), "This incident in red, those beside it grey; a plain chart "
                  "around the sites' reference points.")  # fmt: skip
    out += figure(drawings.days(d), "Attacks beside it; a bar is as long as its time is uncertain.")
    return f"<h2>Where and when</h2>{out}" if out else ""


def _order(s: rules.Standing) -> tuple[bool, int, str]:
    """What is said before what is not, in the statement's order."""
    order = statement.ORDER
    place = order.index(s.field) if s.field in order else len(order)
    return s.state == State.NOT_SAID, place, s.field


def _cell(claims: list[Claim]) -> str:
    return ", ".join(
        f'<span title="{escape(c.quote)}">{escape(c.id)}{"&#x2212;" * (c.polarity == "denied")}</span>'
        for c in claims
    )


def _matrix(d: Dossier) -> str:
    """Who says what: a row a value, a column an origin."""
    if not d.case.claims:
        return "<h2>Claims matrix</h2><p>No claim has been taken in yet.</p>"
    columns = list(dict.fromkeys(d.origins[c.id] for c in d.case.claims))
    rows = []
    for s in sorted(d.standings, key=_order):
        value = "not said" if s.state == State.NOT_SAID else fields.shown(s.value)
        cells = [f'<span class="{s.status}">{s.status.replace("_", " ")}</span>']
        mine: dict[str, list[Claim]] = {}
        for c in d.case.claims:
            for p in fields.parts(c.field, c.value):
                if p.field == s.field and fields.canonical(p.value) == fields.canonical(s.value):
                    mine.setdefault(d.origins[c.id], []).append(c)
        if s.state == State.NOT_SAID:
            mine = {}
        name = fields.WORDS.get(s.field, s.field)
        rows.append([escape(name), f'<span class="{s.status}">{escape(value)}</span>', *cells,
                     escape(s.why), *(_cell(mine.get(o, [])) for o in columns)])  # fmt: skip
    heads = ["of", "value", "stands", "why", *columns]
    note = "A minus sign marks a denial. Point at a claim for its exact words."
    return table("Claims matrix", heads, rows, note)


def _contradictions(d: Dossier) -> str:
    rows = []
    for c in d.contradictions:
        values = "<br>".join(
            f"{escape(fields.shown(v))} ({escape(', '.join(ids))})" for v, ids in c.values
        )
        end = (
            f"decided for {c.decision.claim} by {c.decision.who}: {c.decision.why}"
            if c.decision
            else "open"
        )
        rows.append([escape(fields.WORDS.get(c.field, c.field)), values,
                     escape(", ".join(c.denied)), escape(end)])  # fmt: skip
    return table("Contradictions", ["of", "values", "denied by", "decision"], rows)


def _sensors(d: Dossier) -> str:
    if not any(e.journal for e in d.case.evidence):
        return "<h2>The sensors' record</h2><p>No sensors' record is tied to this incident.</p>"
    rows = [
        [escape(k.claim), escape(fields.WORDS.get(k.field, k.field)),
         escape(k.verdict.replace("_", " ")), escape(k.why),
         escape("EXERCISE" if k.exercise else ""), ", ".join(map(str, k.records))]
        for k in d.checked[:MOST_ROWS]
    ]  # fmt: skip
    left = len(d.checked) - len(rows)
    note = f"{left} more are in the record." if left > 0 else ""
    heads = ["claim", "of", "the record", "why", "", "journal records"]
    if not rows:
        return "<h2>The sensors' record</h2><p>No claim to check against it yet.</p>"
    return table("The sensors' record", heads, rows, note)


def _wreckage(d: Dossier) -> str:
    rows = [
        [escape(e.id), escape(e.what), _number(e, "d_wall_m", "{:,.0f} m"),
         _number(e, "p_inside_walls", "{:.1%}"), "EXERCISE" if e.exercise else "",
         ", ".join(map(str, e.records))]
        for e in d.case.evidence if e.kind == "wreckage"
    ]  # fmt: skip
    heads = ["evidence", "what", "from the wall*", "P inside by the fall model*", "", "records"]
    return table("Wreckage", heads, rows)


def _number(e: Evidence, name: str, form: str) -> str:
    value = e.data.get(name)
    return form.format(value) if isinstance(value, int | float) else ""


def _links(d: Dossier) -> str:
    held = [
        [escape(x.id), escape(x.kind.replace("_", " ")), escape(x.b if x.a == d.case.incident.id else x.a),
         escape(x.status), escape(x.why or ", ".join(x.basis))]
        for x in d.case.links
    ]  # fmt: skip
    out = table("Links in the record", ["link", "kind", "with", "status", "why"], held)
    rows = []
    for x in d.likenesses[:MOST_ROWS]:
        reasons = "<br>".join(
            f"{r.weight:+.2f} {escape(r.trait)}: {escape(r.words)}" for r in x.reasons
        )
        rows.append([escape(x.b), escape(d.others[x.b].title), escape(x.kind.replace("_", " ")),
                     f"{x.p:.2f}", x.state, reasons])  # fmt: skip
    note = (f"Log odds, {d.unlike} more under one half; weights as documented, most of them "
            "assumed. A person links.")  # fmt: skip
    heads = ["with", "what", "as", "probability*", "", "reasons"]
    out += table("Likenesses", heads, rows, note)
    told = [
        [escape(o.claim), escape(o.verdict.replace("_", " ")), escape(o.why)] for o in d.ordinals
    ]
    out += table("Ordinals", ["claim", "the record", "why"], told)
    days = [
        [escape(a.of), escape(a.title), str(a.nth), f"{a.offset_days:+d}", "0"]
        for a in d.anniversaries
    ]
    return out + table("Anniversaries: context, without weight",
                       ["event", "what", "years*", "days off*", "weight*"], days)  # fmt: skip


def _forecast(forecast: Mapping[str, Any]) -> str:
    if not forecast:
        return "<h2>Forecast</h2><p>None was given for this report.</p>"
    if "horizons" in forecast and "stand_down" in forecast:  # of the recurrence
        forecast = {"posture": forecast.get("posture", "not given"), **in_short(forecast)}
    return table("Forecast", ["", "value"], [[escape(k), escape(v)] for k, v in _flat(forecast)])


def _flat(value: Any, path: str = "") -> list[tuple[str, str]]:
    """A plain mapping as rows; two numbers in 0 to 1 are a range of probability."""
    if isinstance(value, Mapping):
        return [row for k, v in value.items() for row in _flat(v, f"{path}{'.' * bool(path)}{k}")]
    if isinstance(value, list | tuple):
        numbers = [v for v in value if isinstance(v, int | float)]
        if len(value) == len(numbers) == 2 and all(0.0 <= v <= 1.0 for v in numbers):
            return [(path, f"{numbers[0]:.1%} to {numbers[1]:.1%}")]
        if value and all(isinstance(v, Mapping) for v in value):
            return [row for k, v in enumerate(value) for row in _flat(v, f"{path}[{k}]")]
        return [(path, ", ".join(map(str, value)))]
    return [(path, f"{value:.4g}" if isinstance(value, float) else str(value))]


def _claims(d: Dossier) -> str:
    rows = []
    for c in d.case.claims[:MOST_ROWS]:
        who = statement.attributed(c.chain)
        actor = d.case.actors.get(c.chain[-1].name) if c.chain else None
        marks = f"{actor.reliability if actor else 'F'}{c.credibility}"
        why = rules.why_no_basis(c, d.case)
        rows.append([
            escape(c.id), f"<blockquote>{escape(c.quote)}</blockquote>", escape(who),
            f"{escape(c.document)} {c.start}-{c.end}", escape(f"{c.field} {fields.shown(c.value)}"),
            escape(marks), escape("; ".join([w for w in (why, c.note, ", ".join(c.traps)) if w])),
        ])  # fmt: skip
    left = len(d.case.claims) - len(rows)
    note = "Marks: Admiralty reliability of who speaks, credibility of what is said; F6: neither judged."
    note += f" {left} more claims are in the record." if left > 0 else ""
    heads = ["claim", "exact words", "who says so", "where", "read as", "marks", "beware"]
    return table("Claims in their exact words", heads, rows, note)


def _evidence(d: Dossier) -> str:
    rows = [
        [escape(e.id), e.kind, escape(e.what), "archive: never a basis" if e.archive else "",
         "EXERCISE" if e.exercise else "", f"<code>{escape(e.hash)}</code>"]
        for e in d.case.evidence
    ]  # fmt: skip
    return table("Evidence by hash", ["evidence", "kind", "what", "", "", "hash"], rows)


def _documents(d: Dossier) -> str:
    rows = []
    for x in d.case.documents.values():
        left = "<br>".join(escape(_spot(u)) for u in x.uncovered) or "nothing listed"
        rows.append([escape(x.id), escape(x.publisher), escape(x.published), escape(x.title), left,
                     f"<code>{escape(x.sha256)}</code>"])  # fmt: skip
    heads = ["document", "publisher", "published", "title", "no claim covers", "SHA-256"]
    return table("Documents", heads, rows)


def _spot(u: Any) -> str:
    if isinstance(u, Mapping):
        return str(u.get("quote") or u.get("text") or dict(u))
    return str(u)


def _provenance(d: Dossier) -> str:
    heads = sorted({e.journal for e in d.case.evidence if e.journal})
    journals = "".join(f"<br>journal: <code>{escape(h)}</code>" for h in heads)
    times = [c.t_ns for c in d.case.confirmations] + [c.t_ns for c in d.case.decisions]
    last = f" The last judgement of a person is of {iso_from_ns(max(times), 0)}." if times else ""
    return (
        "<h2>Where this comes from</h2><p>Made from the incident record alone; nothing in it "
        f"changes without a person.{last} Last hash of its chain:<br><code>{escape(d.head)}</code>"
        f"{journals}</p>"
    )
