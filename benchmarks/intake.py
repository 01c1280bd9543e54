"""How well the rules of `bartizan intake` draft: recall, precision, attribution.

    python benchmarks/intake.py [--holdout] [--show]

On the invented reports of tests/incidents/intake/texts, and on the seed's article with its
claims where BARTIZAN_DATA (or ../shared/data) has them.  A drafted claim matches an expected
one when their spans overlap, field and value are the same, and the incident is the same one;
each matches once.  Attribution is the share of the matched that name the same kind of speaker.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import re
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from bartizan.incidents import intake

ROOT = Path(__file__).resolve().parents[1]
TEXTS = ROOT / "tests" / "incidents" / "intake" / "texts"
STRANGERS = ROOT / "tests" / "incidents" / "intake" / "strangers"
DATA = Path(os.environ.get("BARTIZAN_DATA", ROOT.parent / "shared" / "data")) / "incident"
CORE = frozenset(
    ("event.attack", "event.date", "event.time", "target.site", "vehicle.count", "vehicle.kind", "outcome",
     "intercept.by", "fall.location", "casualties")
)  # fmt: skip
FREE = frozenset(
    (
        "posture",
        "damage",
        "context.killing",
        "context.policy",
        "pattern",
        "link.anniversary",
        "marking",
    )
)

HEAR: list[Any] = []  # another ear than the rules', for reading()


class Score(NamedTuple):
    """expected and drafted claims, matched pairs, pairs of the same attribution, wrong ones."""

    expected: int
    drafted: int
    matched: int
    attributed: int
    missed: list[dict[str, Any]]
    extra: list[dict[str, Any]]

    def rates(self) -> tuple[float, float, float]:
        """recall, precision, attribution."""
        return (
            self.matched / self.expected if self.expected else 1.0,
            self.matched / self.drafted if self.drafted else 1.0,
            self.attributed / self.matched if self.matched else 1.0,
        )


def same_value(a: Any, b: Any, field: str) -> bool:
    """Numbers and codes exactly; free words by two thirds of their tokens; keys said by both."""
    if isinstance(a, dict) and isinstance(b, dict):
        if field not in FREE:
            return {k: norm(v) for k, v in a.items()} == {k: norm(v) for k, v in b.items()}
        keys = [k for k in a if k in b and a[k] is not None]
        return bool(keys) and all(same_value(a[k], b[k], field) for k in keys)
    if field in FREE and isinstance(a, str) and isinstance(b, str):
        x, y = (set(re.findall(r"\w+", norm(v))) for v in (a, b))
        return bool(x) and len(x & y) >= 0.66 * min(len(x), len(y))
    return norm(a) == norm(b)


def norm(v: Any) -> str:
    if isinstance(v, list):
        return json.dumps(sorted(norm(x) for x in v))
    return str(v).lower()


def match(expected: list[dict[str, Any]], drafted: list[dict[str, Any]]) -> Score:
    """The best matching over the namings of incidents."""
    ours = sorted({d["incident"] for d in drafted})
    theirs = sorted({e["incident"] for e in expected})
    names = (
        list(itertools.permutations([*ours, *("?" * max(0, len(theirs) - len(ours)))], len(theirs)))
        if len(ours) < 6
        else [tuple(theirs)]
    )
    return max(
        (_match(expected, drafted, dict(zip(theirs, n, strict=True))) for n in names),
        key=lambda s: (s.matched, s.attributed),
    )


def _match(
    expected: list[dict[str, Any]], drafted: list[dict[str, Any]], name: dict[str, str]
) -> Score:
    left = list(drafted)
    pairs, missed = [], []
    for e in expected:
        fits = [
            d for d in left
            if d["field"] == e["field"] and d["start"] < e["end"] and e["start"] < d["end"]
            and d["incident"] == name[e["incident"]] and same_value(e["value"], d["value"], e["field"])
        ]  # fmt: skip
        best = max(
            fits,
            key=lambda d: (
                d["attribution"] == e["attribution"],
                min(d["end"], e["end"]) - max(d["start"], e["start"]),
            ),
            default=None,
        )
        if best is None:
            missed.append(e)
            continue
        left.remove(best)
        pairs.append((e, best))
    right = sum(e["attribution"] == d["attribution"] for e, d in pairs)
    return Score(len(expected), len(drafted), len(pairs), right, missed, left)


def report(path: Path) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """An invented report and its expected claims with offsets."""
    row = yaml.safe_load(path.read_text(encoding="utf-8"))
    for c in row["claims"]:
        c["start"] = row["text"].index(c["quote"])
        c["end"] = c["start"] + len(c["quote"])
    return row, row["claims"]


def run(text: str, published: Any, publisher: str | None = None) -> dict[str, Any]:
    day = published if isinstance(published, date) else date.fromisoformat(published)
    return intake.draft(intake.reading(text, day, intake.gazetteer(), publisher, *HEAR))


def seed() -> tuple[str, dict[str, Any], list[dict[str, Any]]] | None:
    """The seed's article and claims, where they are."""
    if not (DATA / "seed-article.txt").exists():
        return None
    text = (DATA / "seed-article.txt").read_text(encoding="utf-8")
    gold = json.loads((DATA / "seed-claims.json").read_text(encoding="utf-8"))
    claims = [
        {
            **c["span"],
            "field": c["type"],
            "value": c["value"],
            "incident": c["incident"],
            "attribution": c["attribution"],
            "chain": c["speaker_chain"],
        }
        for c in gold["claims"]
    ]
    return text, gold, claims


def texts(pattern: str) -> Score:
    """The sum over the invented reports."""
    scores = []
    for path in sorted(TEXTS.glob(pattern)):
        row, expected = report(path)
        s = match(expected, run(row["text"], row["published"])["claims"])
        scores.append(
            s._replace(
                missed=[{**m, "of": path.stem} for m in s.missed],
                extra=[{**m, "of": path.stem} for m in s.extra],
            )
        )
    return total(scores)


def strangers(pattern: str) -> Score:
    """The sum over short texts in other outlets' styles, core claims alone.

    A row of `claims` or `maybe` is quote, field, value, attribution, incident (A when not said).
    What is `maybe` is true of the text and may be drafted or left out: it counts for nothing.
    """
    scores = []
    for path in sorted(STRANGERS.glob(pattern)):
        for row in yaml.safe_load(path.read_text(encoding="utf-8")):
            expected, free = (
                [_row(c, row["text"]) for c in row.get(k, ())] for k in ("claims", "maybe")
            )
            drafted = [
                d for d in run(row["text"], row["published"])["claims"] if d["field"] in CORE
            ]
            s = match(expected, drafted)
            extra = [d for d in s.extra if not any(_same(d, m) for m in free)]
            of = {"of": row["id"]}
            scores.append(
                s._replace(
                    drafted=s.matched + len(extra),
                    missed=[{**m, **of} for m in s.missed],
                    extra=[{**m, **of} for m in extra],
                )
            )
    return total(scores)


def _row(c: list[Any], text: str) -> dict[str, Any]:
    start = text.index(c[0])
    return {
        "quote": c[0], "field": c[1], "value": c[2], "attribution": c[3],
        "incident": c[4] if len(c) > 4 else "A", "start": start, "end": start + len(c[0]),
    }  # fmt: skip


def _same(d: dict[str, Any], m: dict[str, Any]) -> bool:
    over = d["start"] < m["end"] and m["start"] < d["end"]
    return over and d["field"] == m["field"] and same_value(m["value"], d["value"], m["field"])


def total(scores: list[Score]) -> Score:
    """The sum of scores."""
    return Score(
        *(sum(s[k] for s in scores) for k in range(4)),
        [m for s in scores for m in s.missed],
        [m for s in scores for m in s.extra],
    )


def say(name: str, s: Score, show: bool) -> None:
    recall, precision, right = s.rates()
    print(
        f"{name:34} recall {recall:.3f} precision {precision:.3f} attribution {right:.3f}  ({s.matched} of {s.expected} expected, {s.drafted} drafted)"
    )
    for mark, rows in (("missed", s.missed), ("extra", s.extra)) if show else ():
        for r in rows:
            print(
                f"   {mark:6} {r.get('of', '')} {r['incident']} {r['field']}={r['value']} {r['quote'][:90]!r} {r['attribution']}"
            )


def main() -> None:
    args = argparse.ArgumentParser(description=__doc__)
    args.add_argument("--holdout", action="store_true", help="the ten reports kept aside, too")
    args.add_argument("--show", action="store_true", help="each claim missed and each one extra")
    args.add_argument("--grammar", action="store_true", help="with spaCy for who said it")
    opts = args.parse_args()
    HEAR[:] = [intake.grammar()] if opts.grammar else []
    found = seed()
    if found is None:
        print(f"seed: absent ({DATA})")
    else:
        text, gold, claims = found
        drafted = run(text, gold["reference_date"])["claims"]
        say(
            "seed, core",
            match(
                [c for c in claims if c["field"] in CORE],
                [d for d in drafted if d["field"] in CORE],
            ),
            opts.show,
        )
        say("seed, all", match(claims, drafted), opts.show)
    say("invented reports", texts("[0-9]*.yaml"), opts.show)
    say("strangers' texts, core", strangers("[0-9]*.yaml"), opts.show)
    if opts.holdout:
        if any(STRANGERS.glob("last.yaml")):
            say("strangers' texts kept aside, core", strangers("last.yaml"), opts.show)
        say("invented reports kept aside", texts("h*.yaml"), opts.show)


if __name__ == "__main__":
    main()
