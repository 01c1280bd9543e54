"""The report that started this, every claim of it in the record: what must and must not follow.

The text and its claims are read from beside the repository; none of it stands here.
"""

from __future__ import annotations

import json

import pytest

from bartizan.incidents import links, statement
from bartizan.incidents.record import draft, fields, rules
from bartizan.incidents.record.changes import add
from bartizan.incidents.record.fields import State
from bartizan.incidents.record.places import Place
from bartizan.incidents.record.rules import Status
from bartizan.incidents.tie import Verdict
from incidents.made import NOW, record
from recordings import need

PLACES = (
    Place("ain-al-asad", "Ain al-Asad", 33.79, 42.44, 10_800),
    Place("baghdad-diplomatic-support-center", "BDSC", 33.25, 44.24, 10_800),
)


@pytest.fixture
def seed(tmp_path):
    """The record with the seed taken in: A is I1, B is I2, K is I3."""
    raw = json.loads(need("incident/seed-claims.json").read_text(encoding="utf-8"))
    text = need("incident/seed-article.txt").read_text(encoding="utf-8")
    incidents = [
        {"id": k, "title": v["title"], "kind": v.get("kind", "attack"), "site": v.get("site"),
         "date": v["date"], "time": v.get("time")}
        for k, v in raw["incidents"].items()
    ]  # fmt: skip
    claims = [
        {"id": c["id"], **c["span"], "field": c["type"], "value": c["value"],
         "incident": c["incident"], "chain": c["speaker_chain"], "attribution": c["attribution"],
         "voice": c["voice"], "traps": [c["trap"]] if c["trap"] else []}
        for c in raw["claims"]
    ]  # fmt: skip
    kept = [
        {k: x.get(k) for k in ("a", "b", "kind")} | {"basis": x.get("basis", [])}
        for x in raw["links"]
    ]
    one = {"document": {"publisher": "a network", "published": "2022-01-04", "text": text,
                        "sha256": ""},
           "incidents": incidents, "claims": claims, "links": kept}  # fmt: skip
    (d,) = draft.read(json.dumps(one).encode(), "seed")
    with record(tmp_path) as store:
        added = add(store, d, "ann", NOW, None, PLACES)
        assert added.incidents == {"A": "I1", "B": "I2", "K": "I3"}
        yield store


def stand(store, name: str) -> dict[tuple[str, str], rules.Standing]:
    return {(s.field, fields.canonical(s.value)): s for s in rules.standings(store.case(name))}


def test_its_contradictions_are_the_ones_that_people_found(seed) -> None:
    found = {c.field: {fields.canonical(v) for v, _ in c.values} for c in
             rules.contradictions(seed.case("I1"))}  # fmt: skip
    assert set(found) == {"fall.location", "intercept.by"}
    assert found["fall.location"] == {'"airspace of base"', '"before reaching base"', '"outside"'}
    assert rules.contradictions(seed.case("I2")) == ()


def test_what_is_agreed_what_is_one_voice_and_what_is_nothing(seed) -> None:
    a = stand(seed, "I1")
    assert a["vehicle.count", "2"].status == Status.CORROBORATED
    assert a["outcome", '"shot down"'].status == Status.CORROBORATED
    assert a["casualties.killed", "0"].status == Status.SINGLE_SOURCE
    assert a["vehicle.kind", '"uav explosive"'].status == Status.NO_BASIS
    assert a["media.archive_photo", "true"].status == Status.NO_BASIS
    for field in ("damage", "claimed_by", "blamed"):
        assert a[field, "null"].state == State.NOT_SAID
    b = stand(seed, "I2")
    assert b["casualties.killed", "null"].state == State.NOT_SAID
    assert not [k for k in a if k[0] == "marking"]
    assert len([k for k in b if k[0] == "marking"]) == 1


def test_the_statement_says_nothing_that_it_must_not(seed) -> None:
    a, b = (statement.draft(seed.case(k)) for k in ("I1", "I2"))
    words = statement.text(a).casefold()
    said = words.split("not stated by anybody")[0]
    for never in ("damage", "claimed by", "to blame", "fixed-wing", "fixed wing", "c-ram", "protest",
                  "demonstration", "revenge", "2021-12-28", "2022-01-11", "email"):  # fmt: skip
        assert never not in said, never
    assert "damage" in a.not_stated
    assert "killed" in b.not_stated
    assert "revenge" in statement.text(b)


def test_the_second_in_48_hours_is_not_at_the_base(seed) -> None:
    told = [links.ordinal(seed, c) for c in seed.case("I1").claims if c.field == "link.ordinal"]
    assert len(told) == 2
    for o in told:
        assert o.verdict == Verdict.AGREES
        assert (o.incidents, o.at_site) == (("I1", "I2"), ("I1",))


def test_its_links_with_their_reasons(seed) -> None:
    kinds = {(x.a, x.b, x.kind) for x in seed.case("I1").links}
    assert ("I1", "I2", "same_campaign") in kinds
    near = {x.kind: x for x in links.candidates(seed, "I1") if x.b == "I2"}
    assert near["same_campaign"].p > 0.9
    assert near["same_incident"].p < 0.1
    days = {k: links.anniversaries(seed, k) for k in ("I1", "I2")}
    assert [(x.of, x.nth, x.offset_days, x.weight) for x in days["I2"]] == [("I3", 2, 0, 0.0)]
    assert [(x.of, x.nth, x.offset_days) for x in days["I1"]] == [("I3", 2, 1)]
