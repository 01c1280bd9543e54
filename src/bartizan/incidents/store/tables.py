"""The tables that follow from the audit: their schema, and what an entry does to them.

In: an entry.  Out: rows.  Does not: check whether it may (see `record.changes`), or write
the chain.
"""

from __future__ import annotations

import sqlite3
from typing import Any, Final

import msgspec

from bartizan.errors import InputError
from bartizan.incidents.record import nouns
from bartizan.incidents.record.nouns import Claim, Incident

TABLES: Final = """
CREATE TABLE document (n INTEGER PRIMARY KEY, sha256 TEXT NOT NULL UNIQUE, body BLOB, text TEXT);
CREATE TABLE actor (name TEXT PRIMARY KEY, body BLOB) WITHOUT ROWID;
CREATE TABLE alias (key TEXT PRIMARY KEY, actor TEXT) WITHOUT ROWID;
CREATE TABLE incident (n INTEGER PRIMARY KEY, site TEXT, kind TEXT, from_ns INTEGER,
  title TEXT, gone_to INTEGER, gone_seq INTEGER, body BLOB);
CREATE TABLE claim (n INTEGER PRIMARY KEY, incident INTEGER, field TEXT, quote TEXT, body BLOB);
CREATE TABLE evidence (n INTEGER PRIMARY KEY, incident INTEGER, body BLOB);
CREATE TABLE relation (n INTEGER PRIMARY KEY, a INTEGER, b INTEGER, body BLOB);
CREATE TABLE link (n INTEGER PRIMARY KEY, a INTEGER, b INTEGER, body BLOB);
CREATE TABLE confirmation (n INTEGER PRIMARY KEY, claim INTEGER, body BLOB);
CREATE TABLE decision (n INTEGER PRIMARY KEY, incident INTEGER, body BLOB);
CREATE INDEX incident_when ON incident (from_ns);
CREATE INDEX incident_gone ON incident (gone_to) WHERE gone_to IS NOT NULL;
CREATE INDEX claim_incident ON claim (incident, field);
CREATE INDEX evidence_incident ON evidence (incident);
CREATE INDEX relation_a ON relation (a);
CREATE INDEX relation_b ON relation (b);
CREATE INDEX link_a ON link (a);
CREATE INDEX link_b ON link (b);
CREATE INDEX confirmation_claim ON confirmation (claim);
CREATE INDEX decision_incident ON decision (incident);
CREATE VIRTUAL TABLE words USING fts5 (quote, content='claim', content_rowid='n');
CREATE VIRTUAL TABLE titles USING fts5 (title, content='incident', content_rowid='n');
"""
DERIVED: Final = (
    "document", "actor", "alias", "incident", "claim", "evidence", "relation", "link",
    "confirmation", "decision",
)  # fmt: skip
PREFIX: Final = {
    "document": "D", "incident": "I", "claim": "C", "evidence": "E", "relation": "R", "link": "L",
}  # fmt: skip
pack = msgspec.msgpack.Encoder().encode


def key(name: str) -> str:
    """A name without the difference of case and spaces."""
    return " ".join(name.split()).casefold()


def number(text: str, table: str) -> int:
    """The number of an id such as I12.  Raises InputError on anything else."""
    prefix = PREFIX[table]
    if text[:1] != prefix or not text[1:].isdecimal() or len(text) > 18:
        raise InputError(f"{text}: expected {a_(table)}, such as {prefix}1")
    return int(text[1:])


def a_(table: str) -> str:
    """Its name with the article."""
    return f"{'an' if table[0] in 'aeiou' else 'a'} {table}"


def _place(db: sqlite3.Connection, name: str) -> int:
    """The row of the incident that stands for this id; 0 for a claim on none."""
    return number(name, "incident") if name else 0


def apply(db: sqlite3.Connection, seq: int, t_ns: int, entry: nouns.Entry) -> None:
    """The derived tables as they are after an entry."""
    match entry.act:
        case nouns.Add(document, text, incidents, claims, links):
            row = (number(document.id, "document"), document.sha256, pack(document), text)
            db.execute("INSERT INTO document VALUES (?, ?, ?, ?)", row)
            for incident in incidents:
                _put_incident(db, incident)
            _put_claims(db, claims)
            _put_actors(db, document, claims)
            for one in links:
                _put_link(db, one)
        case nouns.Open(incident, evidence):
            _put_incident(db, incident)
            _put_evidence(db, evidence)
        case nouns.Tie(evidence):
            _put_evidence(db, evidence)
        case nouns.Relate(r):
            row4 = (number(r.id, "relation"), number(r.a, "claim"), number(r.b, "claim"), pack(r))
            db.execute("INSERT INTO relation VALUES (?, ?, ?, ?)", row4)
        case nouns.Join(one):
            _put_link(db, one)
        case nouns.Merge(gone, into, _):
            _merge(db, seq, number(gone, "incident"), number(into, "incident"))
        case nouns.Confirm(claim, why, tied):
            body = pack(nouns.Confirmation(claim, entry.who, t_ns, why, tied))
            values = (seq, number(claim, "claim"), body)
            db.execute("INSERT INTO confirmation VALUES (?, ?, ?)", values)
        case nouns.Decide(name, field, claim, why, seen):
            body = pack(nouns.Decision(field, claim, entry.who, t_ns, why, seen))
            values = (seq, number(name, "incident"), body)
            db.execute("INSERT INTO decision VALUES (?, ?, ?)", values)
        case nouns.Rate(subject, mark, _):
            _rate(db, subject, mark)
        case nouns.Correct(claim, field, value, incident, why, was):
            said = f"{entry.who}: {_words(*was)} is {_words(field, value, incident)} ({why})"
            new = {"field": field, "value": value, "incident": incident}
            old = _claim(db, claim)
            _set_claim(db, old, new | {"corrected": (*old.corrected, said)})
        case nouns.Reject(claim, why):
            _set_claim(db, _claim(db, claim), {"rejected": f"{entry.who}: {why}"})


def _words(field: str, value: object, incident: str) -> str:
    """What a claim says, in short."""
    return f"{field} {msgspec.json.encode(value).decode()} on {incident or 'no incident'}"


def _claim(db: sqlite3.Connection, name: str) -> Claim:
    n = number(name, "claim")
    row = db.execute("SELECT incident, body FROM claim WHERE n = ?", (n,)).fetchone()
    claim = msgspec.msgpack.decode(row[1], type=Claim)
    return msgspec.structs.replace(claim, incident=f"I{row[0]}" if row[0] else "")


def _set_claim(db: sqlite3.Connection, claim: Claim, new: dict[str, Any]) -> None:
    made = msgspec.structs.replace(claim, **new)
    n, place = number(made.id, "claim"), _place(db, made.incident)
    row = (place, made.field, pack(made), n)
    db.execute("UPDATE claim SET incident = ?, field = ?, body = ? WHERE n = ?", row)


def _put_incident(db: sqlite3.Connection, i: Incident) -> None:
    n = number(i.id, "incident")
    db.execute(
        "INSERT INTO incident VALUES (?, ?, ?, ?, ?, NULL, NULL, ?)",
        (n, i.site, i.kind, i.from_ns, i.title, pack(i)),
    )
    db.execute("INSERT INTO titles (rowid, title) VALUES (?, ?)", (n, i.title))


def _put_claims(db: sqlite3.Connection, claims: tuple[Claim, ...]) -> None:
    rows = [
        (number(c.id, "claim"), _place(db, c.incident), c.field, c.quote, pack(c)) for c in claims
    ]
    db.executemany("INSERT INTO claim VALUES (?, ?, ?, ?, ?)", rows)
    db.executemany("INSERT INTO words (rowid, quote) VALUES (?, ?)", [(r[0], r[3]) for r in rows])


def _put_evidence(db: sqlite3.Connection, evidence: tuple[nouns.Evidence, ...]) -> None:
    rows = [(number(e.id, "evidence"), number(e.incident, "incident"), pack(e)) for e in evidence]
    db.executemany("INSERT INTO evidence VALUES (?, ?, ?)", rows)


def _put_link(db: sqlite3.Connection, one: nouns.Link) -> None:
    ends = number(one.a, "incident"), number(one.b, "incident")
    db.execute("INSERT INTO link VALUES (?, ?, ?, ?)", (number(one.id, "link"), *ends, pack(one)))


def _put_actors(
    db: sqlite3.Connection, document: nouns.Document, claims: tuple[Claim, ...]
) -> None:
    said = dict.fromkeys(s for c in claims for s in c.chain)
    said[nouns.Speaker(document.publisher, "media")] = None
    for s in said:
        names = [key(n) for n in (s.name, s.alias) if n]
        rows = db.execute(
            f"SELECT actor FROM alias WHERE key IN ({','.join('?' * len(names))}) ORDER BY key",
            names,
        ).fetchall()
        if not rows:
            actor = nouns.Actor(s.name, s.kind, (s.alias,) if s.alias else (), s.affiliation)
            db.execute("INSERT INTO actor VALUES (?, ?)", (s.name, pack(actor)))
        owner = rows[0][0] if rows else s.name
        for name in names:
            db.execute("INSERT OR IGNORE INTO alias VALUES (?, ?)", (name, owner))


def _merge(db: sqlite3.Connection, seq: int, gone: int, into: int) -> None:
    db.execute("UPDATE incident SET gone_to = ?, gone_seq = ? WHERE n = ?", (into, seq, gone))
    for table in ("claim", "evidence", "decision"):
        db.execute(f"UPDATE {table} SET incident = ? WHERE incident = ?", (into, gone))
    for end in ("a", "b"):
        db.execute(f"UPDATE link SET {end} = ? WHERE {end} = ?", (into, gone))


def _rate(db: sqlite3.Connection, subject: str, mark: str) -> None:
    if mark.isdecimal():
        n = number(subject, "claim")
        (body,) = db.execute("SELECT body FROM claim WHERE n = ?", (n,)).fetchone()
        claim = msgspec.msgpack.decode(body, type=Claim)
        new = pack(msgspec.structs.replace(claim, credibility=int(mark)))
        db.execute("UPDATE claim SET body = ? WHERE n = ?", (new, n))
        return
    sql = "SELECT actor.name, body FROM alias JOIN actor ON actor.name = alias.actor WHERE key = ?"
    name, body = db.execute(sql, (key(subject),)).fetchone()
    actor = msgspec.structs.replace(
        msgspec.msgpack.decode(body, type=nouns.Actor), reliability=mark
    )
    db.execute("UPDATE actor SET body = ? WHERE name = ?", (pack(actor), name))
