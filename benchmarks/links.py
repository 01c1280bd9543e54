"""Links against pairs of reports that are known to tell of one attack.

    python benchmarks/links.py [--show]

The short texts of tests/incidents/intake/strangers follow public events; SAME are those of them that
tell of one event, noted from what is publicly known of it, before the probabilities were looked at
again.  All texts are drafted by the rules, taken into one record as they come, and every pair of
incidents of different texts is asked whether it is one incident.  What the rules missed counts too.
"""

from __future__ import annotations

import argparse
import itertools
import json
import tempfile
from pathlib import Path

import yaml

import intake as scorer
from bartizan.cli.incidents.verb import places
from bartizan.incidents.links import near
from bartizan.incidents.links.model import likeness
from bartizan.incidents.record import changes, draft
from bartizan.incidents.store import Store
from bartizan.units import ns_from_iso

NOW = ns_from_iso("2026-07-01T00:00:00+00:00")
SAME = frozenset(
    frozenset(pair)
    for pair in (
        ("f19-israel-army", "u12-barracks"), ("f13-gas-field", "s10-kurdish-blog"),
        ("s26-late-toll", "k20-jordan"), ("s26-late-toll", "y15-inquiry"), ("k20-jordan", "y15-inquiry"),
        ("z05-mt-base", "f08-two-counts"), ("n07-kurdish-mp", "u05-turkish-agency"),
        ("f04-us-official", "u04-pentagon-transcript"), ("f11-saudi-agency", "t07-saudi-spa"),
        ("f33-army-press", "s29-business-wire"), ("m09-lebanon-army", "z12-lebanon"),
        ("f39-wire-update", "k11-two-attacks-syria"), ("f39-wire-update", "u11-ambiguous-claims"),
        ("k11-two-attacks-syria", "u11-ambiguous-claims"), ("f12-libya-airport", "s16-mitiga"),
        ("f25-jammu", "s12-indian-airbase"), ("n12-refugee-camp", "y12-two-versions"),
    )
)  # fmt: skip


def pairs() -> list[tuple[float, bool, bool, str, str]]:
    """(p, whether they are one, whether site and day of both are known, the two texts), likeliest first."""
    own: dict[str, str] = {}
    out = []
    with tempfile.TemporaryDirectory() as folder:
        db = Path(folder) / "incidents.db"
        known = places()
        with Store(db, write=True) as store:
            for path in sorted(scorer.STRANGERS.glob("*.yaml")):
                for row in yaml.safe_load(path.read_text(encoding="utf-8")):
                    drafted = scorer.run(row["text"], row["published"])
                    (one,) = draft.read(json.dumps(drafted).encode(), row["id"])
                    added = changes.add(store, one, "bench", NOW, None, known)
                    own |= dict.fromkeys(added.incidents.values(), row["id"])
        with Store(db) as store:
            found = [i for i in store.incidents(limit=1000) if i.kind == "attack"]
            seen = near.look(store, tuple(found))
    for x, y in itertools.combinations(found, 2):
        a, b = own[x.id], own[y.id]
        if a != b:
            placed = all(i.site and i.from_ns is not None for i in (x, y))
            p = likeness(seen[x.id], seen[y.id], "same_incident").p
            out.append((p, frozenset((a, b)) in SAME, placed, a, b))
    return sorted(out, reverse=True)


def main() -> None:
    """Prints what was said against what is so."""
    cli = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    cli.add_argument(
        "--show", action="store_true", help="every pair said to be one, and every one missed"
    )
    args = cli.parse_args()
    rows = pairs()
    print(
        f"{len(rows):,} pairs of incidents of different texts, {len(SAME)} pairs of texts tell of one"
    )
    for low, high in ((0.9, 1.01), (0.5, 0.9), (0.1, 0.5), (0.0, 0.1)):
        here = [r for r in rows if low <= r[0] < high]
        n = len(here) or 1
        print(f"said {low:.1f} to {min(high, 1.0):.1f}: {len(here):6,} pairs, mean said {sum(r[0] for r in here) / n:.3f}, "
              f"one incident {sum(r[1] for r in here) / n:.3f} ({sum(r[1] for r in here)})")  # fmt: skip
    for p, same, placed, a, b in rows if args.show else ():
        if p >= 0.5 or same:
            print(f"  {p:.3f} {'one' if same else 'two'} {'' if placed else 'unplaced '}{a} {b}")


if __name__ == "__main__":
    main()
