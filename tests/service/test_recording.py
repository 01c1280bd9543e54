"""A run's journal and a recording as live feeds: the same scans at another time, marked."""

from __future__ import annotations

import itertools
import json
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bartizan import config
from bartizan.cli import main
from bartizan.config.feeds import params
from bartizan.errors import BartizanError, InputError
from bartizan.feeds.live import Health, Opening, Port, Status, find
from bartizan.feeds.reports import shifted
from bartizan.service import Source
from bartizan.types import Refused, Scan
from recordings import need
from service.night import scans, setup
from service.test_watch import Running

NOW_NS = 1_900_000_000 * 10**9


def played(site: Any, opened: Any) -> tuple[list[Scan], list[Refused], list[Status]]:
    """All that a recording gives, on a clock that leaps a minute each time it is looked at."""
    told: list[Status] = []
    clock = itertools.count(NOW_NS, 60 * 10**9)
    port = Port(lambda: next(clock), threading.Event(), told.append)
    items = list(find("recording")(Opening("again", site, opened, port)))
    return [i for i in items if isinstance(i, Scan)], [i for i in items if isinstance(i, Refused)], told  # fmt: skip


def entry(tmp_path: Path, text: str) -> Any:
    """What an entry of a site's file is opened with."""
    built_in = Path(config.__file__).parents[1] / "data" / "sites" / "ain-al-asad.yaml"
    (tmp_path / "site.yaml").write_text(
        built_in.read_text() + f"\nfeeds:\n  - {{name: again, feed: recording, {text}}}\n"
    )
    (one,) = config.load_site(tmp_path / "site.yaml").feeds
    return params(one)


def test_a_runs_journal_comes_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    some = scans()[:80]
    with Running(tmp_path / "run") as r:
        r.service.add(Source("sim", r.feed(some)))
        r.until(lambda: r.service.line.last is not None and r.service.line.last.t_ns == some[-1].t_ns)  # fmt: skip
        r.clock.t_ns += 4_000_000_000  # the watch's own steps are no scans
        r.until(lambda: r.service.line.last.t_ns > some[-1].t_ns)
    site = setup().site
    again, aside, told = played(site, entry(tmp_path, "path: run"))
    assert aside == [] and len(again) == len(some)
    by_ns = again[0].t_ns - some[0].t_ns
    assert by_ns > 0
    for one, other in zip(again, some, strict=True):
        want = shifted(other, by_ns)
        assert all(np.array_equal(a, b, equal_nan=True) if isinstance(a, np.ndarray) and a.dtype.kind == "f"
                   else np.all(a == b) for a, b in zip(one, want, strict=True))  # fmt: skip
    assert {t.why for t in told if t.health == Health.LOST} >= {"the recording is over"}
    other = site._replace(sensor_names=("new", *site.sensor_names[1:]))
    fewer, aside, _ = played(other, entry(tmp_path, "path: run"))
    assert len(fewer) + len(aside) == len(some) and aside
    assert all("'search radar' is not declared" in a.why for a in aside)
    lat, lon, hae = site.origin
    with pytest.raises(InputError, match="axes are not this site's"):
        played(site._replace(origin=(lat + 0.1, lon, hae)), entry(tmp_path, "path: run"))
    with pytest.raises(BartizanError, match="nowhere"):
        entry(tmp_path, "path: nowhere.pcap")
    with pytest.raises(SystemExit) as end:  # what was recorded is not happening now
        entry(tmp_path, "path: run")
        main(["watch", str(tmp_path / "site.yaml"), "--folder", str(tmp_path / "w")])
    assert end.value.code == 2 and "expected --exercise" in capsys.readouterr().err
    with pytest.raises(SystemExit) as end:
        main(["decode", "journal", str(tmp_path / "run"), "--json"])
    found = json.loads(capsys.readouterr().out)
    assert end.value.code == 0 and found["refused"] == {}
    assert (
        found["messages"]["scan record"] == len(some) + 1 and found["messages"]["meta record"] == 1
    )


def test_a_recording_comes_as_its_own_feed_reads_it(tmp_path: Path) -> None:
    from bartizan.config.source import load_source
    from bartizan.feeds import FEEDS

    path = need("adsb/sample_data_adsb.csv")
    source = load_source(path)
    site = source.site.site
    want = [s for s in FEEDS["adsb"](path, site, source.params) if isinstance(s, Scan)]
    got, _, _ = played(site, entry(tmp_path, f"path: {path}"))
    assert len(got) == len(want) > 100
    by_ns = got[0].t_ns - want[0].t_ns
    for one, other in zip(got, want, strict=True):
        assert one.t_ns == other.t_ns + by_ns
        np.testing.assert_array_equal(one.z, other.z)
