"""The evidence pack: case, texts, audit and journal extracts, hashes, and a checker.

In: a store, a dossier, the run's folder where there is one.  Out: a zip, the same bytes for
the same record.  Does not: sign: the heads prove it only where they were kept elsewhere.

    manifest.json   SHA-256 of every file, heads of the chains, EXERCISE where simulated
    incident.json   the case: claims, evidence, relations, links, judgements
    documents/      the texts that the claims quote       audit.jsonl   who changed what
    journals/       records of the run that evidence rests on (all of them with `whole`)
    report.html, statement.txt, verify.py, README.txt
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any, Final

import msgspec

from bartizan import __version__
from bartizan.errors import InputError
from bartizan.incidents import statement
from bartizan.incidents.record import nouns
from bartizan.incidents.report.dossier import Dossier
from bartizan.incidents.report.page import render
from bartizan.incidents.store import Store
from bartizan.journal import Reader

_DATE: Final = (1980, 1, 1, 0, 0, 0)  # a zip's earliest: the same record gives the same bytes
_README: Final = """Evidence pack of {title}

Unpack it and run:  python verify.py     (plain Python, no library, no network)
or:                 python verify.py PACK.zip

verify.py says what it checks and what it cannot show. The heads of the chains:
incident record  {head}
{journals}
{mark}
"""


def write(
    store: Store, d: Dossier, path: Path, run: Path | None = None, *, whole: bool = False
) -> int:
    """Writes the pack; -> how many files it holds.

    run: the folder of the run that the incident was opened from; whole: its journal in full.
    Raises InputError where `whole` has no run to take it from.
    """
    if whole and run is None:
        raise InputError("a whole journal: expected --run, the folder that holds it")
    files = dict(_files(store, d))
    if run is not None:
        files.update(_journal(d, run, whole))
    heads = {
        "record": d.head,
        "journals": sorted({e.journal for e in d.case.evidence if e.journal}),
    }
    listed = {name: hashlib.sha256(data).hexdigest() for name, data in sorted(files.items())}
    manifest = {"incident": d.case.incident.id, "mark": d.statement.mark, "heads": heads,
                "bartizan": __version__, "files": listed}  # fmt: skip
    files["manifest.json"] = _json(manifest)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as pack:
        for name in sorted(files):
            info = zipfile.ZipInfo(name, _DATE)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            pack.writestr(info, files[name])
    return len(files)


def _json(value: Any) -> bytes:
    text = json.dumps(msgspec.to_builtins(value), ensure_ascii=False, indent=1, sort_keys=True)
    return (text + "\n").encode()


def _files(store: Store, d: Dossier) -> Iterator[tuple[str, bytes]]:
    yield "incident.json", _json(d.case)
    for name in d.case.documents:
        yield f"documents/{name}.txt", store.text(name).encode()
    yield "audit.jsonl", _audit(store, d)
    yield "report.html", render(d).encode()
    yield "statement.txt", statement.text(d.statement).encode()
    yield "verify.py", resources.files(__package__).joinpath("verify.py").read_bytes()
    journals = "\n".join(
        f"journal          {h}" for h in sorted({e.journal for e in d.case.evidence if e.journal})
    )
    yield (
        "README.txt",
        _README.format(
            title=d.case.incident.title, head=d.head, journals=journals, mark=d.statement.mark
        ).encode(),
    )


def _line(before: bytes, row: tuple[int, str, int, bytes, bytes]) -> str:
    seq, kind, t_ns, payload, digest = row
    record = {"seq": seq, "kind": kind, "t_ns": t_ns, "payload": payload.hex(),
              "before": before.hex(), "hash": digest.hex()}  # fmt: skip
    return json.dumps(record) + "\n"


def _audit(store: Store, d: Dossier) -> bytes:
    """The records of the chain that speak of this incident, and the last, which is its head."""
    mine = {d.case.incident.id, *d.case.merged}
    ids = mine | {c.id for c in d.case.claims} | {e.id for e in d.case.evidence}
    speakers = {a.name for a in d.case.actors.values()}
    out, before, last = [], bytes(32), ""
    for row, entry in zip(store.rows(), store.audit(), strict=True):
        last = _line(before, row)
        if _speaks_of(entry.act, ids, speakers, set(d.case.documents)):
            out.append(last)
        before = row[4]
    if last and (not out or out[-1] != last):
        out.append(last)
    return "".join(out).encode()


def _speaks_of(act: nouns.Act, ids: set[str], speakers: set[str], documents: set[str]) -> bool:
    match act:
        case nouns.Add(document=document):
            return document.id in documents
        case nouns.Open(evidence=evidence) | nouns.Tie(evidence=evidence):
            return any(e.id in ids for e in evidence)
        case nouns.Relate(relation=x):
            return x.a in ids or x.b in ids
        case nouns.Join(link=y):
            return y.a in ids or y.b in ids
        case nouns.Merge(gone=gone, into=into):
            return gone in ids or into in ids
        case (
            nouns.Confirm(claim=claim)
            | nouns.Decide(claim=claim)
            | nouns.Correct(claim=claim)
            | nouns.Reject(claim=claim)
        ):
            return claim in ids
        case nouns.Rate(subject=subject):
            return subject in ids or subject in speakers
    return False


def _journal(d: Dossier, run: Path, whole: bool) -> dict[str, bytes]:
    """The extract: the first record, the last, and each that evidence rests on."""
    wanted = {r for e in d.case.evidence for r in e.records}
    out: list[str] = []
    with Reader(run) as journal:
        head = journal.head()
        last, before = "", bytes(32)
        for r in journal.records():
            last = _line(before, (r.seq, r.kind.value, r.t_ns, r.payload, r.hash))
            if r.seq == 0 or r.seq in wanted:
                out.append(last)
            before = r.hash
        if out[-1] != last:
            out.append(last)
        files = {f"journals/{head}.jsonl": "".join(out).encode()}
        if whole and not journal.closed():
            raise InputError(f"{journal.path}: not closed: what its writer left beside the file "
                             "would be missing from a whole copy")  # fmt: skip
        if whole:
            files[f"journals/{head}.db"] = journal.path.read_bytes()
    return files
