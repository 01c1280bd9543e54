"""The door: inventions stay out, what the text says comes in."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

import intake as scorer
from bartizan.incidents import intake
from bartizan.incidents.intake.speech import speakers

TEXTS = sorted(p for p in scorer.TEXTS.glob("[0-9]*.yaml"))
BOILERPLATE = "\n\nSubscribe to our newsletter: 3 drones hit Balad air base every day\n"


def read(path) -> tuple[Any, list[dict[str, Any]], list[dict[str, Any]]]:
    row, gold = scorer.report(path)
    text = row["text"] + BOILERPLATE
    day = date.fromisoformat(str(row["published"]))
    reading = intake.reading(text, day, intake.gazetteer())
    return reading, intake.draft(reading)["claims"], gold


def invented_value(claim: dict[str, Any]) -> Any:
    """A value of the same shape that the words do not state."""
    v = claim["value"]
    if isinstance(v, bool):
        return not v
    if isinstance(v, int):
        return v + 3
    if isinstance(v, dict):
        return {k: x + 3 if isinstance(x, int) else "Zenobia Palmyra" for k, x in v.items()}
    day = {"event.date": "1999-01-01", "event.time": "13:13", "target.site": "k1"}
    swap = {"shot_down": "hit", "hit": "shot_down", "uav": "rocket", "uav_explosive": "rocket"}
    fallback = "jammed" if claim["field"] == "outcome" else "Zenobia"
    return day.get(claim["field"], swap.get(v, fallback))


def hostile(path) -> Iterator[tuple[str, Any, dict[str, Any]]]:
    """Every claim of a report, bent in each way."""
    reading, claims, _ = read(path)
    text = reading.page.text
    everyone = {c["chain"][-1]["name"]: c["chain"] for c in claims}
    for claim in claims:

        def bent(**new: Any) -> dict[str, Any]:
            return {**copy.deepcopy(claim), **new}  # noqa: B023

        yield "value", reading, bent(value=invented_value(claim))
        yield "offset", reading, bent(start=claim["start"] + 1, end=claim["end"] + 1)
        yield "quote", reading, bent(quote=claim["quote"][:-1] + "~")
        yield "name", reading, bent(
            chain=[claim["chain"][0], {"name": "Gen. Zenobia Palmyra", "kind": "official_named", "named": True}],
            attribution="official_named",
        )  # fmt: skip
        for name, chain in everyone.items():
            if name != claim["chain"][-1]["name"] and claim["field"] not in ("claimed_by",):
                own = chain[-1]["kind"]
                yield (
                    "speaker",
                    reading,
                    bent(chain=chain, attribution="media_own" if len(chain) == 1 else own),
                )
        other = next(
            (c for c in claims if c["end"] < claim["start"] or claim["end"] < c["start"]), None
        )
        if other is not None and other["field"] != claim["field"]:
            yield (
                "trigger",
                reading,
                bent(start=other["start"], end=other["end"], quote=other["quote"], value="Zenobia"),
            )
        a = text.index("3 drones hit")
        yield "boilerplate", reading, bent(start=a, end=a + 29, quote=text[a : a + 29])
        yield "field", reading, bent(field="perpetrator")


def true_ones(path) -> Iterator[tuple[Any, dict[str, Any]]]:
    """The expected claims, with the chain that the drafted one of the same words has."""
    reading, drafted, gold = read(path)
    for e in gold:
        same = [
            d
            for d in drafted
            if d["start"] < e["end"]
            and e["start"] < d["end"]
            and d["attribution"] == e["attribution"]
        ]
        if same:
            yield (
                reading,
                {
                    **e,
                    "chain": same[0]["chain"],
                    "polarity": same[0]["polarity"]
                    if same[0]["field"] == e["field"]
                    else "affirmed",
                },
            )


def test_every_invention_is_refused() -> None:
    seen: dict[str, int] = {}
    let_in = []
    for path in TEXTS:
        for how, reading, claim in hostile(path):
            seen[how] = seen.get(how, 0) + 1
            if not intake.verify(claim, reading):
                let_in.append(
                    (
                        path.stem,
                        how,
                        claim["field"],
                        claim["value"],
                        claim["quote"],
                        claim["chain"][-1]["name"],
                    )
                )
    assert sum(seen.values()) >= 200
    assert min(seen.values()) >= 20, seen
    assert let_in == []


def test_few_true_claims_are_refused() -> None:
    pairs = [(r, c) for path in TEXTS for r, c in true_ones(path)]
    refused = [(c["field"], c["quote"], why) for r, c in pairs if (why := intake.verify(c, r))]
    assert len(pairs) >= 180
    assert len(refused) <= 0.03 * len(pairs), refused


def test_the_seed_claims_pass_the_door() -> None:
    from recordings import need

    need("incident/seed-article.txt")
    text, gold, claims = scorer.seed()
    reading = intake.reading(text, date.fromisoformat(gold["reference_date"]), intake.gazetteer())
    refused = [(c["field"], c["quote"], why) for c in claims if (why := intake.verify(c, reading))]
    assert len(refused) <= 0.03 * len(claims), refused


@pytest.mark.parametrize(
    "broken",
    [{}, {"start": "0"}, {"start": 0, "end": 3, "quote": 3}, {"start": -1, "end": 2, "quote": "x"},
     {"start": 0, "end": 10**9, "quote": "x"}, {"start": True, "end": 4, "quote": "x"}],
)  # fmt: skip
def test_what_is_no_claim_is_refused(broken: dict) -> None:
    reading, _, _ = read(TEXTS[0])
    assert intake.verify(broken, reading)


def test_a_kind_of_speaker_cannot_be_chosen() -> None:
    reading, claims, _ = read(TEXTS[0])
    claim = next(c for c in claims if c["attribution"] == "official_org")
    raised = copy.deepcopy(claim)
    raised["chain"][-1]["kind"] = raised["attribution"] = "witness"
    assert intake.verify(raised, reading)
    assert speakers.classify("a local source") == "anonymous_source"
