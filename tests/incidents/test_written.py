"""What is written of an incident: statement, report, pack, exports; and the commands."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import subprocess
import sys
import zipfile
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from bartizan.cli import main
from bartizan.errors import InputError
from bartizan.incidents import pack, statement
from bartizan.incidents.export import FORMATS
from bartizan.incidents.record import changes
from bartizan.incidents.record.nouns import Evidence, Incident
from bartizan.incidents.report import gather, render, write_pdf
from incidents.made import (
    AGENCY,
    ARMY,
    HIDDEN,
    NOW,
    PLACES,
    POLICE,
    claim,
    drafted,
    paper,
    record,
    take,
)

LAMP = paper("Daily Lamp")
TEXT = ("FIVE DRONES AT THE FORT\n\nThe army said two drones came this morning. An officer told Wire One "
        "that there are no casualties. The army said they fell outside the walls; the police said "
        "one fell inside. Yesterday <b>two</b> drones came to the port, the army said.")  # fmt: skip


def filled(store, *, exercise: bool = False) -> str:
    """Two incidents, one of them with evidence; -> the first's id."""
    data = {"label": 3, "p_drone": 0.9, "from_ns": NOW, "to_ns": NOW + 1, "d_wall_min_m": 900.0,
            "d_wall_sd_m": 5.0, "d_wall_last_m": 900.0, "utc_offset_s": 10_800}  # fmt: skip
    seen = Evidence("E0", "I0", "track", "ab" * 32, "track 3", "cd" * 32, (5,), NOW, data, exercise)
    one = Incident("I0", "A night at the fort", "attack", "hill-fort", "2022-01-04",
                   NOW - 10**14, NOW - 10**14 + 10**9, "second")  # fmt: skip
    name = changes.opened(store, one, (seen,), "ann", NOW)
    incidents = [{"id": "A", "site": "hill-fort", "date": "2022-01-04"},
                 {"id": "B", "site": "sea gate port", "date": "2022-01-03"}]  # fmt: skip
    take(store, drafted(
        TEXT,
        claim(TEXT, "FIVE DRONES", "vehicle.count", 5, LAMP, voice="headline"),
        claim(TEXT, "two drones came this morning", "vehicle.count", 2, LAMP, ARMY),
        claim(TEXT, "no casualties", "casualties", {"killed": 0, "injured": 0}, LAMP, AGENCY, HIDDEN),
        claim(TEXT, "they fell outside the walls", "fall.location", "outside", LAMP, ARMY),
        claim(TEXT, "one fell inside", "fall.location", "inside", LAMP, POLICE),
        claim(TEXT, "<b>two</b> drones", "vehicle.count", 2, LAMP, ARMY, incident="B"),
        incidents=incidents, links=[{"a": "A", "b": "B", "kind": "same_campaign", "basis": [5]}],
        uncovered=[{"start": 0, "quote": "FIVE"}],
    ), A=name)  # fmt: skip
    return name


def test_every_fact_of_a_statement_has_its_attribution(tmp_path) -> None:
    with record(tmp_path) as store:
        name = filled(store)
        s = statement.draft(store.case(name))
        words = statement.text(s)
    facts = [line.text for line in s.facts]
    assert any("Northern Army (as told by Daily Lamp) said that there were 2" in t for t in facts)
    (killed,) = [t for t in facts if "killed" in t]
    assert killed.startswith(
        "An officer of the alliance, not named (as told by Wire One, as told by"
    )
    assert "none were killed" in killed
    assert all(line.claims for line in s.facts + s.disputed)
    assert {line.claims for line in s.disputed} == {("C4",), ("C5",)}
    assert "5" not in "".join(facts), "a headline is no fact"
    assert s.not_stated.startswith("Not stated by anybody")
    for word in ("damage", "who claims it", "who is blamed", "the time"):
        assert word in s.not_stated
    assert "killed" not in s.not_stated
    assert s.mark == ""
    assert "EXERCISE" not in words


def test_no_sentence_says_that_somebody_said_another_word(tmp_path) -> None:
    """Shot down implies stopped, but who said one is not quoted with the other."""
    text = "The army said it was shot down. The police said the attack was thwarted."
    with record(tmp_path) as store:
        take(store, drafted(
            text, claim(text, "it was shot down", "outcome", "shot_down", ARMY),
            claim(text, "the attack was thwarted", "outcome", "thwarted", POLICE),
        ))  # fmt: skip
        lines = [x for x in statement.draft(store.case("I1")).facts if "outcome" in x.text]
        assert {x.text.split(" said")[0]: x.claims for x in lines} == {
            "Northern Army": ("C1",), "Harbour Police": ("C2",)
        }  # fmt: skip


class Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.words = ""

    def handle_starttag(self, tag, attrs) -> None:
        self.tags.append(tag)
        self.addresses += [v for k, v in attrs if k in ("src", "href", "srcset", "data") and v]

    def handle_data(self, data: str) -> None:
        self.words += data


def test_the_report_opens_offline_and_holds_every_part(tmp_path) -> None:
    with record(tmp_path) as store:
        d = gather(
            store, filled(store), PLACES, forecast={"p": {"24h": [0.01, 0.07]}, "used": "rate"}
        )
        html = render(d)
        assert html == render(gather(store, "I1", PLACES, forecast={"p": {"24h": [0.01, 0.07]}, "used": "rate"}))  # fmt: skip
    page = Page()
    page.feed(html)
    assert not page.addresses
    assert not {"script", "link", "img", "iframe", "b"} & set(page.tags), "a quote is escaped"
    assert not re.search(r"url\(|@import", html)
    for head in ("Draft statement", "Where and when", "Claims matrix", "Contradictions",
                 "The sensors' record", "Likenesses", "Links in the record", "Forecast",
                 "Claims in their exact words", "Evidence by hash", "Documents"):  # fmt: skip
        assert head in page.words, head
    assert "1.0% to 7.0%" in page.words
    assert "FIVE" in page.words, "what no claim covers is listed"
    assert page.tags.count("svg") == 2
    assert "no basis" in page.words


@pytest.mark.parametrize("exercise", [True, False])
def test_what_is_simulated_says_exercise_everywhere(tmp_path, exercise) -> None:
    with record(tmp_path) as store:
        d = gather(store, filled(store, exercise=exercise), PLACES)
        assert (d.statement.mark != "") == exercise
        assert ("EXERCISE EXERCISE EXERCISE" in render(d)) == exercise
        root = ET.fromstring(FORMATS["cap"]([d], NOW))
        space = {"c": "urn:oasis:names:tc:emergency:cap:1.2"}
        assert root.findtext("c:status", "", space) == ("Exercise" if exercise else "Draft")
        assert root.findtext("c:info/c:urgency", "", space) == "Past"
        assert ("EXERCISE" in root.findtext("c:info/c:headline", "", space)) == exercise
        (feature,) = json.loads(FORMATS["geojson"]([d], NOW))["features"]
        assert feature["properties"]["exercise"] == exercise
        (row,) = csv.DictReader(io.StringIO(FORMATS["acled"]([d], NOW)))
        assert ("EXERCISE" in row["notes"]) == exercise
        assert ("exercise" in row["tags"]) == exercise


def test_a_run_that_it_was_not_opened_from_is_refused(tmp_path, monkeypatch) -> None:
    from bartizan.incidents.report import dossier

    class Other:
        head = "ef" * 32

    monkeypatch.setattr(dossier, "gather_facts", lambda run: Other())
    with record(tmp_path) as store:
        filled(store)
        with pytest.raises(InputError, match="not a run that I1 has evidence from"):
            gather(store, "I1", PLACES, tmp_path)


def test_pdf(tmp_path) -> None:
    import warnings

    try:
        import weasyprint  # noqa: F401
    except (ImportError, OSError):
        pytest.skip("WeasyPrint or Pango is absent")

    with record(tmp_path) as store:
        html = render(gather(store, filled(store), PLACES))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the library's own
        write_pdf(html, tmp_path / "one.pdf")
    assert (tmp_path / "one.pdf").read_bytes()[:5] == b"%PDF-"


# -- exports, each read back by another's rules --------------------------------------------


def test_geojson_keeps_zero_unknown_and_not_said_apart(tmp_path) -> None:
    with record(tmp_path) as store:
        d = gather(store, filled(store), PLACES)
        out = json.loads(FORMATS["geojson"]([d, gather(store, "I2", ())], NOW))
    first, second = out["features"]
    assert first["geometry"] == {"type": "Point", "coordinates": [42.0, 33.0]}
    assert second["geometry"] is None
    values = {(v["field"], v["status"]): v for v in first["properties"]["values"]}
    assert values["casualties.killed", "single_source"]["state"] == "zero"
    assert "damage" in first["properties"]["not_said"]
    assert "casualties.killed" in second["properties"]["not_said"]


def test_acled_leaves_what_is_not_said_blank(tmp_path) -> None:
    with record(tmp_path) as store:
        ds = [gather(store, filled(store), PLACES), gather(store, "I2", PLACES)]
        rows = list(csv.DictReader(io.StringIO(FORMATS["acled"](ds, NOW))))
    assert [r["fatalities"] for r in rows] == ["0", ""]
    assert rows[0]["latitude"] == "33.0000"
    assert rows[0]["event_date"] == "2022-01-04"
    assert "disputed: where they fell" in rows[0]["notes"]
    assert rows[0]["actor1"] == "Unidentified Armed Group"


def test_stix_is_read_back_by_its_library(tmp_path) -> None:
    stix2 = pytest.importorskip("stix2")
    with record(tmp_path) as store:
        ds = [gather(store, filled(store, exercise=True), PLACES), gather(store, "I2", PLACES)]
        text = FORMATS["stix"](ds, NOW)
        assert text == FORMATS["stix"](ds, NOW)
    bundle = stix2.parse(text, allow_custom=True)
    kinds = [o["type"] for o in bundle.objects]
    assert kinds.count("incident") == 2
    assert kinds.count("note") == 6
    assert "threat-actor" not in kinds
    assert "attributed-to" not in text
    (link,) = [o for o in bundle.objects if o.get("relationship_type") == "related-to"]
    assert link["x_bartizan_link"] == "same_campaign"
    first = next(o for o in bundle.objects if o["type"] == "incident" and "fort" in o["name"])
    assert first["labels"] == ["exercise"]
    assert first["x_bartizan_casualties_killed"] == "0 (single_source)"
    assert "x_bartizan_damage" not in first


def test_timemap_has_text_alone_and_its_own_date_form(tmp_path) -> None:
    with record(tmp_path) as store:
        out = json.loads(FORMATS["timemap"]([gather(store, filled(store), PLACES)], NOW))
    (event,) = out["events"]
    texts = {k: v for k, v in event.items() if k not in ("associations", "sources")}
    assert all(isinstance(v, str) for v in texts.values())
    assert event["date"] == "01/04/2022"
    assert event["sources"] == ["D1"] == list(out["sources"])


def test_cap_holds_one(tmp_path) -> None:
    with record(tmp_path) as store:
        d = gather(store, filled(store), PLACES)
        with pytest.raises(InputError, match="one incident"):
            FORMATS["cap"]([d, d], NOW)


# -- the pack, as a stranger checks it -----------------------------------------------------


def checked(path: Path) -> tuple[int, str]:
    """verify.py by itself: no site packages, no environment, another folder."""
    run = subprocess.run(
        [sys.executable, "-I", "-S", str(path / "verify.py")],
        cwd="/", capture_output=True, text=True, env={},
    )  # fmt: skip
    return run.returncode, run.stdout + run.stderr


@pytest.fixture
def unpacked(tmp_path) -> Path:
    with record(tmp_path) as store:
        filled(store)
        changes.rate(store, "Northern Army", "B", "right before", "bob", NOW)
        changes.join(store, "I1", "I2", "same_campaign", "alike", "bob", NOW)
        other = "Another text about nothing that matters here, the army said."
        take(store, drafted(other, claim(other, "nothing", "event.attack", True, ARMY)))
        d = gather(store, "I1", PLACES)
        assert pack.write(store, d, tmp_path / "one.zip") == 8
        pack.write(store, d, tmp_path / "two.zip")
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    folder = tmp_path / "unpacked"
    with zipfile.ZipFile(tmp_path / "one.zip") as z:
        z.extractall(folder)
    return folder


def test_a_stranger_can_check_a_pack(unpacked: Path) -> None:
    status, words = checked(unpacked)
    assert status == 0, words
    assert "Everything holds" in words
    assert "5 quotes found" in words
    assert "audit: 5 records" in words
    assert "not in this pack" in words, "evidence named by hash alone is said to be"


def mend(folder: Path, name: str) -> None:
    """A forger who also mends the manifest."""
    import hashlib

    path = folder / "manifest.json"
    manifest = json.loads(path.read_text())
    manifest["files"][name] = hashlib.sha256((folder / name).read_bytes()).hexdigest()
    path.write_text(json.dumps(manifest))


@pytest.mark.parametrize("mended", [False, True])
@pytest.mark.parametrize(
    ("name", "old", "new", "what"),
    [("incident.json", "two drones came", "ten drones came", "do not stand in D1"),
     ("documents/D1.txt", "two drones came", "ten drones came", "another SHA-256"),
     ("audit.jsonl", '"t_ns": 16', '"t_ns": 17', "its hash differs")],
)  # fmt: skip
def test_what_was_changed_in_a_pack_is_named(unpacked: Path, name, old, new, what, mended) -> None:
    path = unpacked / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    if mended:
        mend(unpacked, name)
    status, words = checked(unpacked)
    assert status == 1
    assert (what if mended else f"{name}: changed") in words


def test_a_missing_file_is_named(unpacked: Path) -> None:
    (unpacked / "audit.jsonl").unlink()
    assert "audit.jsonl: missing" in checked(unpacked)[1]
    shutil.rmtree(unpacked / "documents")
    assert checked(unpacked)[0] == 1


# -- the commands --------------------------------------------------------------------------


def said(capsys: pytest.CaptureFixture[str], *argv: object) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as e:
        main(["incidents", *map(str, argv)])
    out = capsys.readouterr()
    return int(e.value.code or 0), out.out, out.err


def test_the_commands_end_to_end(tmp_path, capsys, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    db = ("--db", tmp_path / "r.db", "--json")
    who = ("--who", "ann", "--at", "2022-01-05T06:00:00Z")
    draft = drafted(TEXT, claim(TEXT, "two drones came this morning", "vehicle.count", 2, LAMP, ARMY),
                    claim(TEXT, "they fell outside the walls", "fall.location", "outside", LAMP, ARMY),
                    claim(TEXT, "one fell inside", "fall.location", "inside", LAMP, POLICE),
                    incidents=[{"id": "A", "site": "ain_al_asad", "date": "2022-01-04"}])  # fmt: skip
    file = tmp_path / "d.json"
    file.write_text(json.dumps(draft))

    def ok(*argv: object) -> dict:
        status, out, err = said(capsys, *argv, *db)
        assert status == 0, err
        return json.loads(out.splitlines()[-1])

    (added,) = ok("add", file, *who)["added"]
    assert added["incidents"] == {"A": "I1"}
    (listed,) = ok("list")["incidents"]
    assert listed["site"] == "ain-al-asad"
    assert len(ok("show", "I1")["contradictions"]) == 1
    assert ok("search", "drones")["found"][0]["claim"] == "C1"
    assert ok("decide", "I1", "fall.location", "C2", "--why", "seen", *who)["decided"] == "C2"
    assert ok("confirm", "C1", "--why", "counted", *who)["confirmed"] == "C1"
    assert ok("rate", "Northern Army", "B", "--why", "so", *who)["mark"] == "B"
    assert ok("statement", "I1")["statement"]["title"]
    assert ok("links", "I1")["likenesses"] == []
    assert ok("check", "I1")["checked"] == []
    assert Path(ok("report", "I1")["report"]).is_file()
    assert ok("pack", "I1")["files"] == 8
    assert ok("export", "geojson", "--out", "x.json")["out"] == "x.json"
    assert ok("tie", "I1", file, "--what", "a file", *who)["evidence"] == "E1"
    assert len(ok("audit")["audit"]) == ok("verify")["records"] == 5


@pytest.mark.parametrize(
    ("argv", "what"),
    [(("show", "I7"), "no such incident"), (("show", "seven"), "expected an incident, such as I1"),
     (("add", "none.json", "--who", "ann"), "none.json: cannot be read"),
     (("add", "bad.json", "--who", "ann"), "expected what `bartizan intake --json` prints"),
     (("add", "d.json", "--who", "ann", "--into", "A"), "--into A: expected"),
     (("add", "d.json", "--who", "ann", "--into", "Z=I1"), "Z: no such incident in the draft"),
     (("add", "d.json", "--who", " "), "expected a person's name"),
     (("add", "d.json", "--who", "ann", "--at", "noon"), "--at noon"),
     (("link", "I1", "I1", "friends", "--why", "x", "--who", "ann"), "kind: expected same_incident"),
     (("open", "nowhere", "--who", "ann"), "no journal is there"),
     (("export", "word", "I1"), "word: expected one of stix"),
     (("report", "I1", "--forecast", "bad.json"), "bad.json: expected one JSON object"),
     (("pack", "I1", "--whole"), "--run")],
)  # fmt: skip
def test_bad_input_is_one_clear_error(tmp_path, capsys, monkeypatch, argv, what) -> None:
    monkeypatch.chdir(tmp_path)
    with record(tmp_path) as store:
        filled(store)
    Path("bad.json").write_text('{"document": ')
    text = "Something else, the army said."
    Path("d.json").write_text(json.dumps(drafted(text, claim(text, "Something", "event.attack", True, ARMY))))  # fmt: skip
    status, _, err = said(capsys, *argv)
    assert status == 2
    assert what in err
    assert len(err.strip().splitlines()) == 1
    with record(tmp_path) as store:
        assert store.verify() == 2, "nothing was written"


@pytest.mark.parametrize("verb", ["add", "tie", "link", "relate", "merge", "confirm", "decide", "rate"])  # fmt: skip
def test_nothing_changes_without_a_person(verb, capsys) -> None:
    status, _, err = said(capsys, verb, "--help")
    assert status == 0
    status, _, err = said(capsys, verb, *(["x"] * {"add": 1, "confirm": 1, "tie": 2, "merge": 2, "rate": 2}.get(verb, 3)))  # fmt: skip
    assert status == 2
    assert "--who" in err
