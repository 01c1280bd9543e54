"""The sensors' record: an incident from an alarm, claims checked, each with its reason."""

from __future__ import annotations

import contextlib
import io
import json
from pathlib import Path

import pytest

from bartizan.cli import main
from bartizan.errors import InputError
from bartizan.incidents import tie
from bartizan.incidents.record import changes
from bartizan.incidents.record.nouns import Claim, Evidence, Incident, Speaker
from bartizan.incidents.store import Store
from bartizan.incidents.tie import Verdict
from bartizan.journal import Reader
from incidents.made import NOW, record

HERE = Incident("I1", "a night", "attack", "hill-fort", "2022-01-04")
S = 10**9
DAWN = 1_641_262_200 * S  # 2022-01-04 05:10 at three hours from UTC


def seen(kind: str, k: int, **data: object) -> Evidence:
    t_ns = data.pop("t_ns", DAWN)
    return Evidence(f"E{k}", "I1", kind, "00", kind, "head", (k,), t_ns, data)


def track(k: int, a: int, b: int, *, far: float = 2600.0, p_drone: float = 0.98) -> Evidence:
    return seen("track", k, label=k, p_drone=p_drone, from_ns=DAWN + a * S, to_ns=DAWN + b * S,
                d_wall_min_m=far, d_wall_sd_m=10.0, d_wall_last_m=far, utc_offset_s=10_800)  # fmt: skip


def wreck(k: int, label: int, d_m: float = 2500.0) -> Evidence:
    return seen("wreckage", k, labels=[label], d_wall_m=d_m, inside_walls=float(d_m <= 0))


def shot(k: int, label: int, hit: bool) -> Evidence:
    return seen("outcome", k, labels=[label], hit=float(hit))


ALARM = seen("alarm", 9, alarm=1)
TWO = (ALARM, track(1, 0, 60), track(2, 5, 90))
DOWN = (*TWO, shot(11, 1, True), shot(12, 2, False), shot(13, 2, True), wreck(21, 1), wreck(22, 2))


def verdict(field: str, value: object, evidence, **more) -> tie.Checked:
    c = Claim("C1", "I1", "D1", 0, 1, "x", field, value, (Speaker("a"),), **more)
    (one,) = tie.check(c, HERE, evidence)
    return one


A, X, Q = Verdict.AGREES, Verdict.CONTRADICTS, Verdict.CANNOT_TELL


@pytest.mark.parametrize(
    ("field", "value", "evidence", "expected"),
    [
        ("vehicle.count", 2, DOWN, A),
        ("vehicle.count", 1, DOWN, X),  # two at the same time are more than one
        ("vehicle.count", 3, DOWN, Q),  # a third may have come unseen
        ("vehicle.count", 1, (ALARM, track(1, 0, 60), track(2, 61, 90)), A),  # one, relabelled
        ("vehicle.count", 2, (ALARM, track(1, 0, 60), track(2, 61, 90)), A),
        ("vehicle.count", 2, (ALARM, track(1, 0, 60), track(2, 0, 60, p_drone=0.1)), Q),
        ("vehicle.count", "several", DOWN, Q),
        ("fall.location", "outside", DOWN, A),
        ("fall.location", "inside", DOWN, X),
        ("fall.location", "outside", TWO, Q),
        ("fall.location", "outside", (*TWO, wreck(21, 1), wreck(22, 2, -30.0)), Q),
        ("fall.location", "inside", (*TWO, wreck(22, 2, -30.0)), A),
        ("fall.location", "before_reaching_base", DOWN, A),
        ("fall.location", "before_reaching_base", (*DOWN, seen("wall", 30)), X),
        ("fall.location", "before_reaching_base", TWO, Q),  # what flew on unseen is not known
        ("fall.location", "before_reaching_base", (ALARM, track(1, 0, 9, far=12.0), wreck(2, 1)), Q),
        ("fall.location", "before_reaching_base", (ALARM, track(1, 0, 9, far=-40.0)), X),
        ("fall.location", "airspace_of_base", DOWN, Q),
        ("outcome", "shot_down", DOWN, A),
        ("outcome", "destroyed", DOWN, A),
        ("outcome", "shot_down", TWO, Q),  # a live record tells of no shots
        ("outcome", "shot_down", (*TWO, shot(11, 1, False)), X),
        ("outcome", "shot_down", (*TWO, shot(11, 1, True)), Q),
        ("outcome", "thwarted", DOWN, A),
        ("outcome", "thwarted", (*DOWN, seen("wall", 30)), X),
        ("outcome", "hit", DOWN, X),
        ("outcome", "hit", (*DOWN, seen("wall", 30)), Q),
        ("event.time", "morning", DOWN, A),
        ("event.time", "05:00", DOWN, A),
        ("event.time", "04:30", DOWN, X),
        ("event.time", "evening", DOWN, X),
        ("event.time", "soon", DOWN, Q),
        ("event.date", "2022-01-04", DOWN, A),
        ("event.date", "2022-01-03", DOWN, X),
        ("event.attack", True, DOWN, A),
        ("target.site", "hill_fort", DOWN, A),
        ("target.site", "sea-gate-port", DOWN, X),
        ("target.site", "an old camp by the road", DOWN, Q),
        ("vehicle.kind", "uav", DOWN, A),
        ("vehicle.kind", "uav_explosive", DOWN, Q),  # no sensor sees a charge
        ("vehicle.kind", "rocket", DOWN, X),
        ("casualties.killed", 0, DOWN, Q),
        ("damage", "none", DOWN, Q),
        ("marking", "words", DOWN, Q),
        ("claimed_by", "somebody", DOWN, Q),
        ("vehicle.count", None, DOWN, Q),
    ],
)  # fmt: skip
def test_a_claim_beside_the_record(field, value, evidence, expected) -> None:
    one = verdict(field, value, evidence)
    assert one.verdict == expected, one.why
    assert one.why


def test_a_denial_turns_the_verdict_round() -> None:
    assert verdict("outcome", "shot_down", DOWN, polarity="denied").verdict == X
    assert verdict("fall.location", "inside", DOWN, polarity="denied").verdict == A
    assert verdict("damage", "none", DOWN, polarity="denied").verdict == Q


def test_records_and_mark_come_with_the_verdict() -> None:
    one = verdict("fall.location", "outside", DOWN)
    assert (one.records, one.exercise) == ((21, 22), False)
    assert "2 wrecks, 0 inside the walls" in one.why
    picture = Evidence("E1", "I1", "image", "00", "smoke")
    c = Claim("C1", "I1", "D1", 0, 1, "x", "vehicle.count", 2, ())
    assert tie.check(c, HERE, (picture,)) == (), "a picture is no sensors' record"


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The default run."""
    runs = tmp_path_factory.mktemp("runs")
    out = io.StringIO()
    with contextlib.redirect_stdout(out), pytest.raises(SystemExit):
        main(["run", "--seed", "7", "--json", "--runs", str(runs)])
    return Path(json.loads(out.getvalue().splitlines()[-1])["run"])


def test_the_default_run_opens_one_incident_with_its_evidence(night: Path, tmp_path) -> None:
    (o,) = tie.from_run(night)
    assert (o.incident.site, o.incident.date) == ("ain-al-asad", "2022-01-04")
    kinds = [e.kind for e in o.evidence]
    assert {k: kinds.count(k) for k in ("alarm", "track", "wreckage")} == {
        "alarm": 1, "track": 2, "wreckage": 2
    }  # fmt: skip
    assert {"warning", "posture", "engagement", "outcome"} <= set(kinds)
    assert all(e.exercise for e in o.evidence), "what is simulated says so"
    with Reader(night) as journal:
        hashes = {r.seq: r.hash.hex() for r in journal.records()}
        assert {e.journal for e in o.evidence} == {journal.head()}
    assert all(e.hash == hashes[e.records[-1]] for e in o.evidence)
    with record(tmp_path) as store:
        name = changes.opened(store, o.incident, o.evidence, "ann", NOW)
        case = store.case(name)
        assert case.exercise
        for field, value, expected in (
            ("vehicle.count", 2, A), ("vehicle.count", 1, X),
            ("fall.location", "before_reaching_base", A), ("fall.location", "outside", A),
            ("fall.location", "inside", X), ("outcome", "shot_down", A), ("event.time", "morning", A),
        ):  # fmt: skip
            c = Claim("C1", name, "D1", 0, 1, "x", field, value, ())
            (one,) = tie.check(c, case.incident, case.evidence)
            assert (one.verdict, one.exercise) == (expected, True), (field, value, one.why)
            assert one.records
        simulated = next(e.id for e in case.evidence if e.kind == "wreckage")
        from incidents.made import HIDDEN, claim, drafted, take

        text = "An officer said it was shot down."
        take(store, drafted(text, claim(text, "it was shot down", "outcome", "shot_down", HIDDEN)), A=name)  # fmt: skip
        with pytest.raises(InputError, match="EXERCISE"):
            changes.confirm(store, "C1", "the wreck", "ann", NOW, simulated)


def test_the_default_run_opened_its_incident_by_itself_as_a_draft(night: Path) -> None:
    assert tie.by_itself(night) == ("I1",), "and not a second time"
    with Store(night / tie.RECORD) as store:
        (entry,) = store.audit()
        case = store.case("I1")
    assert entry.who == tie.WHO
    assert case.exercise
    assert not (case.claims or case.links), "it words and links nothing"


def test_its_report_and_whole_pack(night: Path, tmp_path) -> None:
    """With the run at hand: the site's own map, and every record of its journal to check."""
    import subprocess
    import sys
    import zipfile

    from bartizan.incidents import pack
    from bartizan.incidents.report import gather, render

    (o,) = tie.from_run(night)
    with record(tmp_path) as store:
        name = changes.opened(store, o.incident, o.evidence, "ann", NOW)
        d = gather(store, name, (), night)
        assert "Map of the site" in render(d)
        pack.write(store, d, tmp_path / "p.zip", night, whole=True)
    with zipfile.ZipFile(tmp_path / "p.zip") as z:
        z.extractall(tmp_path / "p")
    argv = [sys.executable, "-I", "-S", str(tmp_path / "p" / "verify.py")]
    done = subprocess.run([*argv, str(tmp_path / "p.zip")], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    assert "records of the journal, chain whole" in done.stdout
    (db,) = (tmp_path / "p" / "journals").glob("*.db")
    (extract,) = (tmp_path / "p" / "journals").glob("*.jsonl")
    manifest = json.loads((tmp_path / "p" / "manifest.json").read_text())
    import hashlib
    import sqlite3

    forged = sqlite3.connect(db)
    forged.execute("DROP TRIGGER no_update")
    forged.execute("UPDATE record SET t_ns = t_ns + 1 WHERE seq = 100")
    forged.commit()
    forged.close()
    extract.write_text(extract.read_text().replace('"kind": "umpire"', '"kind": "output"', 1))
    for path in (db, extract):
        manifest["files"][f"journals/{path.name}"] = hashlib.sha256(path.read_bytes()).hexdigest()
    (tmp_path / "p" / "manifest.json").write_text(json.dumps(manifest))
    done = subprocess.run(argv, capture_output=True, text=True)
    assert done.returncode == 1
    assert "record 100: the chain is broken" in done.stdout
    assert "its hash differs" in done.stdout


def test_a_run_without_that_alarm_is_a_clear_error(night: Path) -> None:
    with pytest.raises(InputError, match="alarm 7: not in this run \\(alarms: 1\\)"):
        tie.from_run(night, 7)
