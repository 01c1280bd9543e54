"""The flow: what it refuses, that it never stops, and that a replay derives every byte."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bartizan import config, pipeline, replay
from bartizan.campaign import Night, Played, night
from bartizan.config.history import attacks_before
from bartizan.errors import JournalError, MismatchError, SourceError
from bartizan.journal import Kind, Reader, Writer, pack
from bartizan.types import Act, EventKind, Mode, Output, Refused, Scan
from track import made

NAN = np.nan


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Played]:
    """Ninety seconds of the built-in raid, kept."""
    raid, loaded = config.load_raid("ain-al-asad-2022-01-04")
    raid = raid._replace(duration_s=90.0)
    setup = night.setup(loaded.site, attacks_before(loaded.site.name, raid.t0_ns), raid.t0_ns)
    folder = tmp_path_factory.mktemp("run")
    end = list(night.record(Night(setup, raid, loaded.effectors, 7, folder)))[-1]
    assert isinstance(end, Played)
    return folder, end


def test_verify_derives_every_step_again(played: tuple[Path, Played]) -> None:
    seen = replay.verify(played[0])
    assert seen.closed
    assert seen.steps > 500


def test_recorded_detections_alone_give_the_same_tracks(played: tuple[Path, Played]) -> None:
    """The tracker cannot have seen the truth: the scans are all it was given."""
    with Reader(played[0]) as r:
        setup = pipeline.setup(r.meta.site, Mode.EXERCISE)
        scans = list(r.scans())
        kept = [o for _, o in r.outputs()]
    for again, before in zip(pipeline.run(scans, setup), kept, strict=True):
        assert again.tracks.x.tobytes() == before.tracks.x.tobytes()


def test_same_seed_same_head_other_seed_other(tmp_path: Path) -> None:
    raid, loaded = config.load_raid("baghdad-dsc-2022-01-03")
    raid = raid._replace(duration_s=20.0)
    setup = night.setup(loaded.site, ())
    heads = []
    for k, seed in enumerate((3, 3, 4)):
        folder = night.new_folder(tmp_path, f"run{k}")
        list(night.record(Night(setup, raid, loaded.effectors, seed, folder)))
        with Reader(folder) as r:
            heads.append(r.head())
    assert heads[0] == heads[1] != heads[2]


def test_a_changed_output_is_found(played: tuple[Path, Played], tmp_path: Path) -> None:
    """A forger who mends the chain is found by the derivation itself."""
    with Reader(played[0]) as r:
        records = list(r.records())
        meta = r.meta
        target = next(x for x in records if x.kind == Kind.OUTPUT and x.seq > 300)
        forged = r.decode(target, Output)
    forged = forged._replace(threats=forged.threats._replace(score=forged.threats.score * 0.5))
    with Writer(tmp_path / "journal.db", meta) as w:
        w._append(
            (x.kind, x.t_ns, pack(forged) if x.seq == target.seq else x.payload)
            for x in records if x.kind in (Kind.SCAN, Kind.OUTPUT, Kind.UMPIRE)
        )  # fmt: skip
    if len(forged.threats.score):
        with pytest.raises(MismatchError, match="record"):
            replay.verify(tmp_path)


def test_every_word_of_an_exercise_says_so(played: tuple[Path, Played]) -> None:
    with Reader(played[0]) as r:
        for _, output in r.outputs():
            for event in output.watch.events:
                assert event.text.startswith("EXERCISE EXERCISE EXERCISE")
            for alarm in output.watch.alarms:
                assert "EXERCISE" in alarm.what
        assert all("EXERCISE" in e.text for _, e in r.umpire())
    assert "EXERCISE" in (played[0] / "run.json").read_text()


def bad(scan):
    """Scans that cannot be taken, by what is wrong."""
    m = len(scan.z)
    z, sd = scan.z.copy(), scan.sd.copy()
    z[0] = NAN
    flat = scan.z.copy()
    flat[0, 0] = -5.0
    far = scan.z.copy()
    far[0, 0] = np.inf
    sd[0, 0] = 0.0
    future = scan.t_det_ns.copy()
    future[0] += 10_000_000_000
    return {
        "NaN": scan._replace(z=z), "negative range": scan._replace(z=flat),
        "infinite": scan._replace(z=far), "no noise": scan._replace(sd=sd),
        "future": scan._replace(t_det_ns=future), "undeclared": scan._replace(sensor=9),
        "undeclared-": scan._replace(sensor=-1), "shape": scan._replace(z=scan.z[:, :4]),
        "column": scan._replace(identity=np.zeros(m + 1, np.int64)),
        "look": scan._replace(look=np.full(6, NAN)),
        "backwards": scan._replace(t_ns=scan.t_ns - 10**12),
    }  # fmt: skip


def test_a_bad_scan_is_set_aside_and_changes_nothing(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    site = config.load_site("erbil-airport").site
    sensors = made.radar()
    site = site._replace(sensors=sensors, sensor_names=("radar",))
    setup = pipeline.setup(site, Mode.RECORDING)
    x0 = np.array([[500.0, 6000.0, 150.0, 0.0, -40.0, 0.0]])
    good = [s for s, _ in made.run_line(sensors, x0, 12, rng, pd=1.0)]
    clean = list(pipeline.run(good, setup))
    mixed = [*good[:6], *bad(good[6]).values(), *good[6:]]
    with Writer(tmp_path / "journal.db", _meta(setup)) as w:
        out = list(pipeline.run(mixed, setup, w))
    assert [pack(o) for o in out] == [pack(o) for o in clean]
    with Reader(tmp_path) as r:
        refused = [x for _, x in r.refused()]
    assert len(refused) == len(bad(good[6]))
    assert all(isinstance(x, Refused) and x.why and x.raw for x in refused)


def _meta(setup):
    from bartizan.journal import Meta

    return Meta("0", Mode.RECORDING, "t", "s", "", "", -1, 0, setup.site, pack(setup))


def test_a_source_without_a_scan_is_said(tmp_path: Path) -> None:
    setup = pipeline.setup(config.load_site("erbil-airport").site, Mode.RECORDING)
    only = [Refused(0, "feed", "line 1", "no sense", b"")]
    with pytest.raises(SourceError, match="no sense"):
        replay.record(only, setup, tmp_path, "a recording", lambda t: None)  # type: ignore[arg-type, return-value]


def test_verify_of_what_is_no_run(tmp_path: Path) -> None:
    with pytest.raises(JournalError, match="no journal"):
        replay.verify(tmp_path)


def test_acts_on_a_registration_are_told_and_derived_again(tmp_path: Path) -> None:
    """Two radars, one turned by 2 degrees: offered, accepted, taken off, verified."""
    rng = np.random.default_rng(1)
    sensors = made.radar(2)
    site = config.load_site("erbil-airport").site
    site = site._replace(sensors=sensors, sensor_names=("north", "south"))
    setup = pipeline.setup(site, Mode.RECORDING)
    items: list[Scan | Act] = []
    for k in range(240):
        a = 0.02 * k
        x = np.array([[1500 + 3000 * np.sin(a), 4000 + 3000 * np.cos(a), 400.0, 60 * np.cos(a),
                       -60 * np.sin(a), 0.0]])  # fmt: skip
        for s in range(2):
            z = made.seen(sensors, s, x, rng)
            z[:, 1] += 0.035 * s
            items.append(made.scan_of(sensors, s, k + 0.5 * s, z))
        if k == 200:
            items += [Act(items[-1].t_ns, "Ana", "register", s) for s in (0, 1, 7)]
    with Writer(tmp_path / "journal.db", _meta(setup)) as w:
        out = list(pipeline.run(items, setup, w))
    told = [e for o in out for e in o.watch.events]
    assert any(e.kind == EventKind.SENSOR and "south is off by" in e.text for e in told)
    acts = [e.text for e in told if e.kind == EventKind.ACT]
    assert len(acts) == 3
    assert any("Ana accepts the registration of south" in t for t in acts)
    assert any("there is no sensor 7" in t for t in acts)
    last = [o.registration for o in out if o.registration is not None][-1]
    assert last.accepted[1, 1] - last.accepted[0, 1] == pytest.approx(0.035, abs=0.012)
    assert replay.verify(tmp_path).closed


def test_a_run_that_is_played_again_has_its_acts(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    site = config.load_site("erbil-airport").site
    sensors = made.radar()
    site = site._replace(sensors=sensors, sensor_names=("radar",))
    setup = pipeline.setup(site, Mode.RECORDING)
    x0 = np.array([[500.0, 6000.0, 150.0, 0.0, -40.0, 0.0]])
    items: list[Scan | Act] = [s for s, _ in made.run_line(sensors, x0, 12, rng, pd=1.0)]
    items.insert(6, Act(items[5].t_ns, "Ana", "posture", 1, why="a call from the tower"))
    with Writer(tmp_path / "journal.db", _meta(setup)) as w:
        first = list(pipeline.run(items, setup, w))
    with Reader(tmp_path) as r:
        again = list(pipeline.run(list(r.received()), setup))
    assert [pack(o) for o in again] == [pack(o) for o in first]
    assert any(e.kind == EventKind.ACT for o in again for e in o.watch.events)
