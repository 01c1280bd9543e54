"""The record on disk: its chain, what it refuses, what a merge leaves behind."""

from __future__ import annotations

import sqlite3

import pytest

from bartizan.errors import InputError, JournalError
from bartizan.incidents.record import changes, draft
from bartizan.incidents.store import Store
from incidents.made import ARMY, NOW, claim, drafted, record, take

TEXT = "The army said two drones came over the eastern ridge."
OTHER = "On the same day the army said three drones came from the sea."


def one(text: str = TEXT, **more) -> dict:
    quote = text[text.index("t", 9) : -1]
    return drafted(text, claim(text, quote, "event.attack", True, ARMY), **more)


def test_every_change_is_in_the_chain_and_the_tables_follow_from_it(tmp_path) -> None:
    with record(tmp_path) as store:
        take(store, one())
        take(store, one(OTHER))
        changes.join(store, "I1", "I2", "same_wave", "the same morning", "bob", NOW)
        changes.rate(store, "Northern Army", "B", "right before", "bob", NOW)
        changes.rate(store, "C1", "2", "fits", "bob", NOW)
        changes.merge(store, "I2", "I1", "one raid", "bob", NOW)
        assert store.verify() == 6
        assert [(a.who, a.act.__struct_config__.tag) for a in store.audit()] == [
            ("ann", "add"), ("ann", "add"), ("bob", "link"), ("bob", "rate"), ("bob", "rate"),
            ("bob", "merge"),
        ]  # fmt: skip
        case = store.case("I1")
        assert case.actors["Northern Army"].reliability == "B"
        assert [c.credibility for c in case.claims] == [2, 6]
    with Store(tmp_path / "incidents.db") as again:
        assert again.verify() == 6


def test_defaults_are_f_and_six(tmp_path) -> None:
    with record(tmp_path) as store:
        take(store, one())
        case = store.case("I1")
        assert (case.actors["Northern Army"].reliability, case.claims[0].credibility) == ("F", 6)


@pytest.mark.parametrize(
    ("sql", "what"),
    [("UPDATE record SET payload = x'00' WHERE seq = 0", "append-only"),
     ("DELETE FROM record WHERE seq = 1", "append-only")],
)  # fmt: skip
def test_the_database_itself_refuses(tmp_path, sql, what) -> None:
    with record(tmp_path) as store:
        take(store, one())
        take(store, one(OTHER))
    db = sqlite3.connect(tmp_path / "incidents.db")
    with pytest.raises(sqlite3.IntegrityError, match=what):
        db.execute(sql)
    db.close()


def test_what_went_past_it_is_found(tmp_path) -> None:
    with record(tmp_path) as store:
        take(store, one())
        take(store, one(OTHER))
    db = sqlite3.connect(tmp_path / "incidents.db")
    db.execute("UPDATE claim SET quote = 'nothing was said' WHERE n = 1")
    db.commit()
    with (
        Store(tmp_path / "incidents.db") as store,
        pytest.raises(JournalError, match="table claim"),
    ):
        store.verify()
    db.execute("DROP TRIGGER no_update")
    db.execute("UPDATE record SET t_ns = t_ns + 1 WHERE seq = 1")
    db.commit()
    db.close()
    with Store(tmp_path / "incidents.db") as store, pytest.raises(JournalError, match="record 1"):
        store.verify()


def test_a_claim_on_an_incident_that_was_merged_away_is_pointed_on(tmp_path) -> None:
    with record(tmp_path) as store:
        take(store, one())
        take(store, one(OTHER))
        changes.merge(store, "I2", "I1", "one raid, told twice", "bob", NOW)
        text = "Late in the day the army said one more drone came."
        late = drafted(text, claim(text, "one more drone", "vehicle.count", 1, ARMY))
        with pytest.raises(
            InputError, match=r"I2 was merged into I1 by bob on 2022-.*told twice.*use I1"
        ):
            take(store, late, A="I2")
        with pytest.raises(InputError, match="use I1"):
            store.case("I2")
        assert store.verify() == 3, "nothing was written"
        take(store, late, A="I1")
        assert len(store.case("I1").claims) == 3
        assert store.claim("C2").incident == "I1"
        assert store.case("I1").merged == ("I2",)
        for gone, into in (("I1", "I1"), ("I2", "I1"), ("I1", "I2")):
            with pytest.raises(InputError):
                changes.merge(store, gone, into, "again", "bob", NOW)


def test_merged_twice_points_to_where_it_ended(tmp_path) -> None:
    with record(tmp_path) as store:
        for k in range(3):
            take(store, one(f"{k} {TEXT}"))
        changes.merge(store, "I1", "I2", "one", "bob", NOW)
        changes.merge(store, "I2", "I3", "one", "bob", NOW)
        with pytest.raises(InputError, match="I1 was merged into I3"):
            store.case("I1")
        assert len(store.case("I3").claims) == 3


@pytest.mark.parametrize(
    ("change", "what"),
    [(lambda d: d["claims"][0].update(end=9999), "quote: expected the text's own words"),
     (lambda d: d["claims"][0].update(quote="four drones"), "quote: expected the text's own words"),
     (lambda d: d["claims"][0].update(start=-5), "quote: expected the text's own words"),
     (lambda d: d["claims"][0].update(incident="Z"), "incident: expected one of A"),
     (lambda d: d["claims"][0].pop("field"), r"claims\[0\]"),
     (lambda d: d["document"].update(text=""), "document.text"),
     (lambda d: d["document"].update(sha256="00"), "document.sha256"),
     (lambda d: d["document"].update(published="2023-07-01"), "in the future"),
     (lambda d: d["document"].update(published="Tuesday"), "document.published"),
     (lambda d: d["incidents"][0].update(date="soon"), "date: expected"),
     (lambda d: d["incidents"][0].update(date="0001-01-01"), "a year from 1700"),
     (lambda d: d["claims"][0].update(value=10**40), "beyond 64 bits"),
     (lambda d: d["incidents"].append(d["incidents"][0]), "each id once"),
     (lambda d: d["links"].append({"a": "A", "b": "Q", "kind": "same_campaign"}), r"links\[0\]"),
     (lambda d: d["links"].append({"a": "A", "b": "A", "kind": "friends"}), "kind: expected")],
)  # fmt: skip
def test_a_bad_draft_is_one_clear_error_and_changes_nothing(tmp_path, change, what) -> None:
    with record(tmp_path) as store:
        take(store, one(OTHER))
        bad = one()
        change(bad)
        with pytest.raises(InputError, match=what):
            take(store, bad)
        assert store.verify() == 1
        assert len(store.incidents()) == 1


@pytest.mark.parametrize(
    "data", [b"", b"null", b"{", b'"x"', "{}".encode("utf-16"), b'{"document": {"text": "\xe9"}}',
             b'{"document": {}, "claims": [{"value": ' + b"[" * 5000 + b"]" * 5000 + b"}]}"]
)  # fmt: skip
def test_what_is_no_draft_is_one_clear_error(data) -> None:
    with pytest.raises(InputError, match="expected what `bartizan intake"):
        draft.read(data, "d.json")


def test_arabic_and_fifty_megabytes_are_texts_like_others(tmp_path) -> None:
    with record(tmp_path) as store:
        text = "قال الجيش إن طائرتين جاءتا من التل"
        take(store, drafted(text, claim(text, "طائرتين", "vehicle.count", 2, ARMY)))
        assert store.search("طائرتين")[0].claim == "C1"
        long = TEXT + " and so on" * 5_000_000
        take(store, one(long) | {"claims": [claim(long, "two drones", "vehicle.count", 2, ARMY)]})
        assert len(store.text("D2")) == len(long)
        assert store.verify() == 2


def test_the_same_text_is_one_document(tmp_path) -> None:
    with record(tmp_path) as store:
        take(store, one())
        with pytest.raises(InputError, match="taken in before, as D1"):
            take(store, one(publisher="Another"))


def test_search_by_exact_words_and_beginnings(tmp_path) -> None:
    with record(tmp_path) as store:
        take(store, one())
        take(store, one(OTHER))
        assert [f.claim for f in store.search("drones came")] == ["C2", "C1"]
        assert [f.claim for f in store.search("eastern")] == ["C1"]
        assert [f.claim for f in store.search("east*")] == ["C1"]
        assert store.search('"; DROP TABLE claim') == ()
        assert store.search("NEAR( AND") == ()
        with pytest.raises(InputError, match="a word"):
            store.search("  ")


def test_no_record_and_no_such_thing_are_clear(tmp_path) -> None:
    with pytest.raises(InputError, match="no incident record is there"):
        Store(tmp_path / "none.db")
    (tmp_path / "bad.db").write_bytes(b"not a database at all, but long enough to look at")
    for write in (False, True):
        with pytest.raises(JournalError, match="not an incident record"):
            Store(tmp_path / "bad.db", write=write)
    with record(tmp_path) as store:
        take(store, one())
        for call in (store.case, store.incident):
            for name in ("I9", "X1", "I", "I1x", "", "I" + "9" * 30):
                with pytest.raises(InputError):
                    call(name)
        with pytest.raises(InputError, match="no such claim"):
            changes.confirm(store, "C7", "so", "ann", NOW)
        with pytest.raises(InputError, match="nobody of this name"):
            changes.rate(store, "Nobody", "A", "so", "ann", NOW)
        with pytest.raises(InputError, match="expected a reliability"):
            changes.rate(store, "Northern Army", "G", "so", "ann", NOW)


def test_two_writers_do_not_cross(tmp_path) -> None:
    with record(tmp_path) as a, record(tmp_path) as b:
        take(a, one())
        take(b, one(OTHER))
        take(a, one("A third text: the army said two drones turned back."))
        assert a.verify() == b.verify() == 3
