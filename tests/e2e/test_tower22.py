"""The Tower 22 pattern through the console's API, with an operator who would rather dismiss.

A friend comes home, an unknown follows on about its bearing; the operator tries to dismiss it at
a random moment, by the API that the page uses.  BARTIZAN_TOWER22 sets the number of nights.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import numpy as np
from fastapi.testclient import TestClient

sys.path.insert(0, str(Path(__file__).parents[1]))

from bartizan import config, pipeline, sim
from bartizan.console import server
from bartizan.console.guard import Rate
from bartizan.console.rights import Rights
from bartizan.journal import Reader
from bartizan.service import Service, Source
from bartizan.sim.spec import Raid
from bartizan.types import EventKind, Mode, Scan
from service.test_watch import Clock, Running

NIGHTS = int(os.environ.get("BARTIZAN_TOWER22", "500"))
SECONDS = 60.0


def raid(seed: int) -> Raid:
    """A friend from some side, and something behind it."""
    base = config.load_raid("ain-al-asad-2022-01-04")[0]
    rng = np.random.Generator(np.random.Philox(seed))
    groups = {g.name: g for g in base.groups}
    side = rng.uniform(0, 2 * np.pi)

    def at(distance_m: float, turn: float, up_m: float) -> list[float]:
        a = side + turn
        return [distance_m * np.sin(a), distance_m * np.cos(a), up_m]

    friend = groups["friendly drone"]._replace(
        route=np.array([at(rng.uniform(4500, 6500), 0.0, 150.0), [0.0, 0.0, 60.0]]),
        speed_mps=rng.uniform(12, 20), lands=False,
    )  # fmt: skip
    start = at(rng.uniform(6000, 8500), rng.uniform(-0.4, 0.4), 120.0)
    other = groups["attackers"]._replace(
        count=1, route=np.array([start, [0.0, 0.0, 60.0]]), speed_mps=rng.uniform(20, 48),
        start_s=float(rng.uniform(0, 10)),
    )  # fmt: skip
    return base._replace(groups=(friend, other), duration_s=SECONDS)


def night(seed: int, folder: Path) -> tuple[int, int, int]:
    """Unknowns seen, dismissed without an interrogation before, dismissals tried."""
    loaded = config.load_raid("ain-al-asad-2022-01-04")[1]
    here = raid(seed)
    world = sim.start(loaded.site, here, (), seed)
    _, scans, _ = sim.step(world, SECONDS)
    clock = Clock()
    clock.t_ns = here.t0_ns
    service = Service(pipeline.setup(loaded.site, Mode.LIVE), folder, clock, hold_s=0.0)
    rights = Rights(folder / "people.json", clock, guest="operator")
    rng = np.random.Generator(np.random.Philox(seed + 10_000))
    when = here.t0_ns + int(rng.uniform(10, 55) * 1e9)
    tried = 0
    running = Running.__new__(Running)
    running.clock, running.service = clock, service
    with TestClient(
        server.app(service, rights, rate=Rate(1e6, 1e6)), base_url="http://127.0.0.1"
    ) as client:
        csrf = {"X-CSRF": client.get("/api/me").json()["csrf"]}
        for part in ([s for s in scans if s.t_ns <= when], [s for s in scans if s.t_ns > when]):
            feed(service, running, tuple(part))
            for track in client.get("/api/picture").json()["tracks"]:
                if track["identity"] in ("friend", "neutral"):
                    continue
                tried += 1
                body = {"verb": "dismiss", "subject": track["label"], "why": "it is ours",
                        "until_s": 60.0}  # fmt: skip
                client.post("/api/act", json=body, headers=csrf)
    asked: set[int] = set()
    friends: set[int] = set()
    seen: set[int] = set()
    bare = 0
    with Reader(folder) as journal:
        for e in journal.events():
            if e.kind == EventKind.IDENTIFIED and e.text.endswith(": friend"):
                friends |= set(e.labels)
            if e.kind == EventKind.TRACK_CONFIRMED:
                seen |= set(e.labels)
            if e.kind == EventKind.INTERROGATION:
                asked |= set(e.labels)
            if e.kind == EventKind.DISMISSAL:
                bare += not set(e.labels) <= asked
    return len(seen - friends), bare, tried


def feed(service: Service, running: Running, scans: tuple[Scan, ...]) -> None:
    """All of them through the loop."""
    service.add(Source("sim", running.feed(scans)))
    end = time.monotonic() + 600  # the first night compiles
    while service.line.flow.state.track.t_ns < scans[-1].t_ns:
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.002)


def test_none_is_dismissed_without_interrogation(tmp_path: Path) -> None:
    seen = bare = tried = 0
    for seed in range(NIGHTS):
        folder = tmp_path / str(seed)
        folder.mkdir()
        a, b, c = night(seed, folder)
        seen, bare, tried = seen + a, bare + b, tried + c
    assert seen >= 0.9 * NIGHTS  # the unknown is there to be dismissed
    assert tried >= 0.5 * NIGHTS
    assert bare == 0
