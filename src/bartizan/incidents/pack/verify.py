"""Checks this evidence pack with plain Python 3.8 or newer: python verify.py

In: the folder that it lies in, or the pack's zip as argument.  Out: what holds, line by
line; exit status 0, or 1 where something does not.  Does not: need bartizan, a network or
any library.

What it shows: every file is as it was packed; every record of an extract has the hash that
it claims, over the hash before it; consecutive records follow each other; every quote
stands in its document at its place; every piece of evidence is a record of the journal
extract.  What it cannot show: who wrote it.  The chain is not signed; compare the heads
with ones that were kept elsewhere.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Any


def main() -> int:
    """Runs every check; 0 when all hold."""
    where = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent
    if where.is_file():
        with tempfile.TemporaryDirectory() as folder:
            with zipfile.ZipFile(where) as pack:
                bad = pack.testzip()
                if bad:
                    return _say([f"{bad}: the zip is damaged"])
                names = pack.namelist()
                if any(n.startswith("/") or ".." in Path(n).parts for n in names):
                    return _say(["the zip holds a name outside its folder"])
                pack.extractall(folder)
            return _say(check(Path(folder)))
    return _say(check(where))


def _say(wrong: list[str]) -> int:
    for line in wrong:
        print("WRONG: " + line)
    print("Something does not hold." if wrong else "Everything holds.")
    return 1 if wrong else 0


def check(folder: Path) -> list[str]:
    """What does not hold, in words."""
    wrong = _files(folder)
    if wrong:
        return wrong
    case = json.loads((folder / "incident.json").read_text(encoding="utf-8"))
    wrong += _quotes(folder, case)
    wrong += _extract(folder / "audit.jsonl", "audit")
    for path in sorted((folder / "journals").glob("*.jsonl")):
        wrong += _extract(path, "journal " + path.stem[:16])
    wrong += _evidence(folder, case)
    for path in sorted((folder / "journals").glob("*.db")):
        wrong += _whole(path)
    return wrong


def _files(folder: Path) -> list[str]:
    try:
        listed = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["files"]
    except (OSError, ValueError, KeyError) as e:
        return [f"manifest.json: cannot be read: {e}"]
    wrong = []
    for name, digest in sorted(listed.items()):
        path = folder / name
        if not path.is_file():
            wrong.append(f"{name}: missing")
        elif hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            wrong.append(f"{name}: changed: its SHA-256 is not the manifest's")
    print(f"{len(listed)} files compared with the manifest")
    return wrong


def _quotes(folder: Path, case: dict[str, Any]) -> list[str]:
    wrong: list[str] = []
    count, texts = 0, {}
    for name, document in case["documents"].items():
        data = (folder / "documents" / f"{name}.txt").read_bytes()
        if hashlib.sha256(data).hexdigest() != document["sha256"]:
            wrong.append(f"{name}: its text has another SHA-256 than the record says")
        texts[name] = data.decode("utf-8")
    for claim in case["claims"]:
        count += 1
        if texts[claim["document"]][claim["start"] : claim["end"]] != claim["quote"]:
            wrong.append(f"{claim['id']}: its words do not stand in {claim['document']}")
    print(f"{count} quotes found in their documents")
    return wrong


def _link(before: bytes, record: dict[str, Any]) -> str:
    h = hashlib.blake2b(before, digest_size=32)
    h.update(f"|{record['seq']}|{record['kind']}|{record['t_ns']}|".encode())
    h.update(bytes.fromhex(record["payload"]))
    return h.hexdigest()


def _extract(path: Path, name: str) -> list[str]:
    wrong: list[str] = []
    count, last = 0, None
    for line in path.read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        count += 1
        if _link(bytes.fromhex(record["before"]), record) != record["hash"]:
            wrong.append(f"{name}: record {record['seq']}: its hash differs")
        if last and record["seq"] == last["seq"] + 1 and record["before"] != last["hash"]:
            wrong.append(f"{name}: record {record['seq']} does not follow the one before")
        last = record
    print(f"{name}: {count} records, each hash over the one before it")
    return wrong


def _evidence(folder: Path, case: dict[str, Any]) -> list[str]:
    hashes = set()
    for path in (folder / "journals").glob("*.jsonl"):
        hashes |= {json.loads(x)["hash"] for x in path.read_text(encoding="utf-8").splitlines()}
    held = [e for e in case["evidence"] if e.get("journal")]
    packed = {p.stem for p in (folder / "journals").glob("*.jsonl")}
    wrong = [
        f"{e['id']}: its record is not in the journal's extract"
        for e in held if e["journal"] in packed and e["hash"] not in hashes
    ]  # fmt: skip
    away = sorted({e["journal"] for e in held} - packed)
    for head in away:
        print(f"journal {head[:16]} is not in this pack: its evidence is named by hash alone")
    print(f"{len(held)} pieces of evidence compared with the journal's extract")
    return wrong


def _whole(path: Path) -> list[str]:
    db = sqlite3.connect(path.resolve().as_uri() + "?mode=ro&immutable=1", uri=True)
    before, count = bytes(32), 0
    for seq, kind, t_ns, payload, digest in db.execute("SELECT * FROM record ORDER BY seq"):
        record = {"seq": seq, "kind": kind, "t_ns": t_ns, "payload": payload.hex()}
        if seq != count or _link(before, record) != digest.hex():
            return [f"{path.name}: record {count}: the chain is broken"]
        before, count = digest, count + 1
    db.close()
    if path.stem != before.hex():
        return [f"{path.name}: its chain ends in another head"]
    print(f"{path.name[:16]}: all {count} records of the journal, chain whole")
    return []


if __name__ == "__main__":
    sys.exit(main())
