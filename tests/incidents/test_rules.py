"""Each rule of the record, over invented texts."""

from __future__ import annotations

import pytest

from bartizan.errors import InputError
from bartizan.incidents.record import changes, fields, rules
from bartizan.incidents.record.fields import State
from bartizan.incidents.record.rules import Status
from bartizan.units import ns_from_iso
from incidents.made import (
    AGENCY,
    ARMY,
    GROUP,
    HIDDEN,
    NOW,
    POLICE,
    claim,
    drafted,
    paper,
    record,
    take,
)

TWO = "The army said two drones came over the hill before the sun was up."


def standing(store, incident: str, field: str, value: object = None) -> rules.Standing:
    mine = [s for s in rules.standings(store.case(incident)) if s.field == field]
    return next(s for s in mine if value is None or s.value == value)


def test_ten_reprints_of_one_agency_are_one_origin(tmp_path) -> None:
    with record(tmp_path) as store:
        for k in range(10):
            text = f"Paper {k}. {TWO}"
            chain = (paper(f"Paper {k}"), AGENCY)
            one = drafted(text, claim(text, "two drones", "vehicle.count", 2, *chain),
                          publisher=f"Paper {k}")  # fmt: skip
            take(store, one, **({"A": "I1"} if k else {}))
        s = standing(store, "I1", "vehicle.count")
        assert len(s.claims) == 10
        assert (s.status, s.origins) == (Status.SINGLE_SOURCE, ("Wire One",))


def test_the_same_words_without_credit_are_one_origin(tmp_path) -> None:
    with record(tmp_path) as store:
        for k in range(10):
            text = f"Paper {k}. {TWO}"
            one = drafted(text, claim(text, TWO, "vehicle.count", 2, paper(f"Paper {k}")),
                          publisher=f"Paper {k}")  # fmt: skip
            take(store, one, **({"A": "I1"} if k else {}))
        s = standing(store, "I1", "vehicle.count")
        assert (s.status, s.origins) == (Status.SINGLE_SOURCE, ("Paper 0",))


def test_two_who_say_it_together_are_two_also_where_it_is_reprinted(tmp_path) -> None:
    words = "The army and the harbour police announced that two drones were shot down."
    with record(tmp_path) as store:
        for k in range(2):
            text = f"Paper {k}. {words}"
            both = [claim(text, words, "vehicle.count", 2, paper(f"Paper {k}"), who)
                    for who in (ARMY, POLICE)]  # fmt: skip
            take(store, drafted(text, *both), **({"A": "I1"} if k else {}))
        s = standing(store, "I1", "vehicle.count")
        assert (s.status, len(s.origins)) == (Status.CORROBORATED, 2)


def test_two_organisations_corroborate(tmp_path) -> None:
    text = "The army said two drones came. The harbour police counted two drones as well."
    with record(tmp_path) as store:
        take(store, drafted(
            text,
            claim(text, "two drones came", "vehicle.count", 2, paper("Daily Lamp"), ARMY),
            claim(text, "two drones as well", "vehicle.count", 2, paper("Daily Lamp"), POLICE),
        ))  # fmt: skip
        s = standing(store, "I1", "vehicle.count")
        assert s.status == Status.CORROBORATED
        assert set(s.origins) == {"Northern Army", "Harbour Police"}


def test_an_officer_of_the_army_is_the_army(tmp_path) -> None:
    text = "The army said two drones came. An officer said two drones flew."
    officer = {"name": "an officer", "kind": "official_anonymous", "named": False,
               "affiliation": "Northern Army"}  # fmt: skip
    with record(tmp_path) as store:
        take(store, drafted(
            text, claim(text, "two drones came", "vehicle.count", 2, ARMY),
            claim(text, "two drones flew", "vehicle.count", 2, officer),
        ))  # fmt: skip
        assert standing(store, "I1", "vehicle.count").status == Status.SINGLE_SOURCE


def test_a_paper_in_its_own_words_does_not_corroborate_the_source_it_gives(tmp_path) -> None:
    text = "Two drones were seen. The army said two drones came."
    with record(tmp_path) as store:
        take(store, drafted(
            text, claim(text, "Two drones were seen", "vehicle.count", 2, paper("Daily Lamp")),
            claim(text, "two drones came", "vehicle.count", 2, paper("Daily Lamp"), ARMY),
        ))  # fmt: skip
        assert standing(store, "I1", "vehicle.count").origins == ("Northern Army",)


@pytest.mark.parametrize("other", [HIDDEN, GROUP])
def test_unnamed_and_armed_groups_alone_stay_single_source(tmp_path, other) -> None:
    text = "Somebody near the gate said it was shot down. The others said it was shot down too."
    neighbour = {"name": "somebody near the gate", "kind": "anonymous_source", "named": False}
    with record(tmp_path) as store:
        take(store, drafted(
            text, claim(text, "it was shot down. The", "outcome", "shot_down", paper("Daily Lamp"),
                        neighbour),
            claim(text, "it was shot down too", "outcome", "shot_down", paper("Daily Lamp"), other),
        ))  # fmt: skip
        s = standing(store, "I1", "outcome")
        assert len(s.origins) == 2
        assert s.status == Status.SINGLE_SOURCE
        with pytest.raises(InputError, match="stays single-source"):
            changes.confirm(store, "C1", "it sounds right", "ann", NOW)


def test_confirmed_needs_a_person_with_a_reason(tmp_path) -> None:
    text = "The army said two drones came. The harbour police counted two drones as well."
    with record(tmp_path) as store:
        take(store, drafted(
            text, claim(text, "two drones came", "vehicle.count", 2, ARMY),
            claim(text, "two drones as well", "vehicle.count", 2, POLICE),
        ))  # fmt: skip
        assert standing(store, "I1", "vehicle.count").status == Status.CORROBORATED
        for who, why in (("", "seen"), ("  ", "seen"), ("ann", " ")):
            with pytest.raises(InputError, match="expected a"):
                changes.confirm(store, "C1", why, who, NOW)
        assert standing(store, "I1", "vehicle.count").status == Status.CORROBORATED
        changes.confirm(store, "C1", "I counted the wrecks", "ann", NOW)
        s = standing(store, "I1", "vehicle.count")
        assert (s.status, s.why) == (Status.CONFIRMED, "confirmed by ann: I counted the wrecks")


def test_no_casualties_says_nothing_of_damage(tmp_path) -> None:
    text = "There were no casualties, the army said."
    nobody = {"killed": 0, "injured": 0}
    with record(tmp_path) as store:
        take(store, drafted(text, claim(text, "no casualties", "casualties", nobody, ARMY)))
        assert standing(store, "I1", "casualties.killed").state == State.ZERO
        assert standing(store, "I1", "casualties.injured").state == State.ZERO
        assert standing(store, "I1", "damage").state == State.NOT_SAID


def test_zero_unknown_and_not_said_are_three_things(tmp_path) -> None:
    text = "Nobody was killed. How many were injured is not known. The rest is silence."
    with record(tmp_path) as store:
        take(store, drafted(
            text, claim(text, "Nobody was killed", "casualties", {"killed": 0}, ARMY),
            claim(text, "How many were injured is not known", "casualties", {"injured": None}, ARMY),
        ))  # fmt: skip
        states = {s.field: (s.state, s.value) for s in rules.standings(store.case("I1"))}
        assert states["casualties.killed"] == (State.ZERO, 0)
        assert states["casualties.injured"] == (State.UNKNOWN, None)
        assert states["damage"] == (State.NOT_SAID, None)


@pytest.mark.parametrize(
    ("more", "why"),
    [({"voice": "headline"}, "a headline is never"), ({"voice": "caption"}, "a caption is never"),
     ({"traps": ["archive_photo"]}, "an archive photograph is never"),
     ({"modality": "possible"}, "said as possible")],
)  # fmt: skip
def test_what_is_never_a_basis(tmp_path, more, why) -> None:
    text = "Nine drones over the fort. The army said two drones came."
    with record(tmp_path) as store:
        take(store, drafted(
            text, claim(text, "Nine drones", "vehicle.count", 9, ARMY, **more),
            claim(text, "two drones came", "vehicle.count", 2, ARMY),
        ))  # fmt: skip
        s = standing(store, "I1", "vehicle.count", 9)
        assert s.status == Status.NO_BASIS
        assert why in s.why
        assert not rules.contradictions(store.case("I1")), "what is no basis contradicts nothing"
        with pytest.raises(InputError, match=why):
            changes.confirm(store, "C1", "it says so", "ann", NOW)


def test_an_archive_photograph_confirms_nothing(tmp_path) -> None:
    text = "An officer said it was shot down."
    with record(tmp_path) as store:
        take(store, drafted(text, claim(text, "it was shot down", "outcome", "shot_down", HIDDEN)))
        args = ("image", b"bytes", "smoke over the fort, 2020", "ann", NOW)
        old = changes.tie_file(store, "I1", *args, archive=True)
        with pytest.raises(InputError, match="never a basis"):
            changes.confirm(store, "C1", "the picture", "ann", NOW, old)
        new = changes.tie_file(store, "I1", "image", b"other", "the wreck, today", "ann", NOW)
        changes.confirm(store, "C1", "the picture", "ann", NOW, new)
        assert standing(store, "I1", "outcome").status == Status.CONFIRMED


CLASH = "The army said they fell outside the walls. The police said one fell inside the walls."


def clash(store) -> None:
    take(store, drafted(
        CLASH, claim(CLASH, "they fell outside the walls", "fall.location", "outside", ARMY),
        claim(CLASH, "one fell inside the walls", "fall.location", "inside", POLICE),
    ))  # fmt: skip


def test_a_contradiction_stays_until_somebody_decides_with_a_reason(tmp_path) -> None:
    with record(tmp_path) as store:
        clash(store)
        (c,) = rules.contradictions(store.case("I1"))
        assert {ids for _, ids in c.values} == {("C1",), ("C2",)}
        assert {
            standing(store, "I1", "fall.location", v).status for v in ("inside", "outside")
        } == {Status.DISPUTED}
        with pytest.raises(InputError, match="decide first"):
            changes.confirm(store, "C1", "I think so", "ann", NOW)
        with pytest.raises(InputError, match="expected a reason"):
            changes.decide(store, "I1", "fall.location", "C1", "", "ann", NOW)
        with pytest.raises(InputError, match="no contradiction there"):
            changes.decide(store, "I1", "vehicle.count", "C1", "so", "ann", NOW)
        changes.decide(store, "I1", "fall.location", "C1", "both wrecks were visited", "ann", NOW)
        (c,) = rules.contradictions(store.case("I1"))
        assert c.decision is not None
        assert c.decision.why == "both wrecks were visited"
        assert standing(store, "I1", "fall.location", "outside").status == Status.DECIDED
        assert standing(store, "I1", "fall.location", "inside").status == Status.SET_ASIDE


def test_what_is_said_after_a_decision_opens_it_again(tmp_path) -> None:
    with record(tmp_path) as store:
        clash(store)
        changes.decide(store, "I1", "fall.location", "C1", "visited", "ann", NOW)
        text = "A third voice, the harbour police, said they fell in the airspace of the fort."
        take(store, drafted(
            text, claim(text, "in the airspace of the fort", "fall.location", "airspace_of_base", POLICE)
        ), A="I1")  # fmt: skip
        (c,) = rules.contradictions(store.case("I1"))
        assert c.decision is None
        assert len(c.values) == 3


def test_a_denial_contradicts(tmp_path) -> None:
    text = "The army said it was shot down. The police said it was not shot down at all."
    with record(tmp_path) as store:
        take(store, drafted(
            text, claim(text, "it was shot down", "outcome", "shot_down", ARMY),
            claim(text, "it was not shot down at all", "outcome", "shot_down", POLICE,
                  polarity="denied"),
        ))  # fmt: skip
        (c,) = rules.contradictions(store.case("I1"))
        assert c.denied == ("C2",)
        assert standing(store, "I1", "outcome").status == Status.DISPUTED


def test_negated_is_in_the_value_where_it_is_nothing_and_a_denial_elsewhere(tmp_path) -> None:
    text = "There were no casualties. Nothing was shot down, the army said."
    with record(tmp_path) as store:
        take(store, drafted(
            text, claim(text, "no casualties", "casualties", {"killed": 0}, ARMY, polarity="negated"),
            claim(text, "Nothing was shot down", "outcome", "shot_down", ARMY, polarity="negated"),
            incidents=[{"id": "A", "kind": "uav_explosive", "date": "2022-01-04"}],
        ))  # fmt: skip
        assert store.incident("I1").kind == "attack"
        assert standing(store, "I1", "casualties.killed").state == State.ZERO
        assert standing(store, "I1", "casualties.killed").status == Status.SINGLE_SOURCE
        assert standing(store, "I1", "outcome").status == Status.DENIED


def test_said_more_closely_is_no_contradiction(tmp_path) -> None:
    text = (
        "The army said it was thwarted. The police said it was shot down at 04:30 in the morning."
    )
    with record(tmp_path) as store:
        take(store, drafted(
            text, claim(text, "it was thwarted", "outcome", "thwarted", ARMY),
            claim(text, "it was shot down", "outcome", "shot_down", POLICE),
            claim(text, "04:30", "event.time", "04:30", POLICE),
            claim(text, "morning", "event.time", "morning", ARMY),
        ))  # fmt: skip
        assert rules.contradictions(store.case("I1")) == ()
        assert standing(store, "I1", "outcome", "thwarted").status == Status.CORROBORATED
        assert standing(store, "I1", "outcome", "shot_down").status == Status.SINGLE_SOURCE
        assert standing(store, "I1", "event.time", "morning").status == Status.CORROBORATED


def test_relations_repeat_correct_contradict(tmp_path) -> None:
    text = "The army said two drones came. The police said there were two. Later: three came."
    with record(tmp_path) as store:
        take(store, drafted(
            text, claim(text, "two drones came", "vehicle.count", 2, ARMY),
            claim(text, "there were two", "vehicle.count", 2, POLICE),
            claim(text, "three came", "vehicle.count", 3, ARMY),
        ))  # fmt: skip
        assert rules.contradictions(store.case("I1"))
        changes.relate(store, "C2", "C1", "repeats", "the police read the army's note", "ann", NOW)
        changes.relate(store, "C3", "C1", "corrects", "", "ann", NOW)
        changes.relate(store, "C3", "C2", "corrects", "", "ann", NOW)
        case = store.case("I1")
        assert rules.contradictions(case) == ()
        assert standing(store, "I1", "vehicle.count", 2).why == "corrected by C3"
        assert rules.origins(case)["C2"] == rules.origins(case)["C1"] == "Northern Army"
        with pytest.raises(InputError, match="no relation to itself"):
            changes.relate(store, "C1", "C1", "supports", "", "ann", NOW)


def test_a_day_in_a_span_is_said_more_closely() -> None:
    span = "2024-10-30/2024-11-01"
    assert fields.supports("event.date", "2024-10-31", span)
    assert not fields.excludes("event.date", "2024-10-31", span)
    assert not fields.excludes("event.date", "2024-10", span)
    assert fields.excludes("event.date", "2024-11-02", span)
    day = 86_400 * 10**9
    a, b, precision = changes.span_ns(span, "night", None, 0)
    assert (a, b - a, precision) == (ns_from_iso("2024-10-30"), 3 * day, "days")
    assert changes.span_ns("2024-02", "", None, 0)[2] == "month"
