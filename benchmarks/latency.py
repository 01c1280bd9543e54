"""Plot to screen in a real browser, and first plot to alarm beside the false alarms.

    python benchmarks/latency.py [--tracks 100] [--plots 1000] [--seconds 60] [--seeds 20]

A radar that turns once a second, a tenth of a turn a scan, into a running service on this
machine; Chromium shows the console and says when each picture was drawn.  The latency of a
scan is the time from its own (the end of its look) to the first frame that shows a picture
not older than it.  Then the built-in raid over seeds: first plot of an attacker's track to the
alarm; and the same night without the attackers, for alarms about nothing.
"""

from __future__ import annotations

import argparse
import json
import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import uvicorn

from bartizan import config, pipeline
from bartizan.campaign import Frame, night, play
from bartizan.console import rights, server
from bartizan.service import Service, Source
from bartizan.types import EventKind, Mode, Scan, Site

RAID = "ain-al-asad-2022-01-04"
SECTORS = 10
HOOK = """
(() => {
  const Own = window.WebSocket;
  window.seen = [];
  window.WebSocket = class extends Own {
    constructor(...a) {
      super(...a);
      this.addEventListener("message", (e) => {
        if (!e.data.startsWith('{"kind":"picture"')) return;
        const t = JSON.parse(e.data).t_ns / 1e6;
        requestAnimationFrame(() => requestAnimationFrame(() =>
          window.seen.push([t, performance.timeOrigin + performance.now()])));
      });
    }
  };
})();
"""


def radar_site() -> Site:
    """The built-in site with its search radar alone, 20 km, azimuth in ten sectors a second."""
    site = config.load_site("ain-al-asad").site
    s = site.sensors
    one = type(s)(*(a[:1].copy() for a in s))
    return site._replace(sensors=one, sensor_names=site.sensor_names[:1])


def turning(site: Site, tracks: int, plots: int, seconds: float) -> Iterator[Scan]:
    """Sectors of a radar's turn at their own time, by the clock of this machine."""
    rng = np.random.Generator(np.random.Philox(7))
    az = rng.uniform(0, 2 * np.pi, tracks)
    r = rng.uniform(4000, 15_000, tracks)
    heading = rng.uniform(0, 2 * np.pi, tracks)
    x = np.stack([r * np.sin(az), r * np.cos(az), rng.uniform(80, 600, tracks)], axis=1)
    v = 15.0 * np.stack([np.sin(heading), np.cos(heading), np.zeros(tracks)], axis=1)
    x0, look0, sd = site.sensors.pos[0], site.sensors.look[0], site.sensors.sd[0]
    width = 2 * np.pi / SECTORS
    begun = time.time_ns()
    for k in range(int(seconds * SECTORS)):
        t_ns = begun + k * 10**9 // SECTORS
        time.sleep(max((t_ns - time.time_ns()) / 1e9, 0.0))
        d = x + v * (k / SECTORS) - x0
        range_m = np.sqrt((d**2).sum(axis=1))
        a, el = np.arctan2(d[:, 0], d[:, 1]) % (2 * np.pi), np.arcsin(d[:, 2] / range_m)
        start = (k % SECTORS) * width
        here = ((a - start) % (2 * np.pi) < width) & (rng.random(tracks) < 0.95)
        z = np.full((plots // SECTORS, 6), np.nan)
        n = int(here.sum())
        m = max(len(z), n)
        z = np.full((m, 6), np.nan)
        z[:n, 0], z[:n, 1], z[:n, 2] = range_m[here], a[here], el[here]
        z[n:, 0] = rng.uniform(500, 19_000, m - n)
        z[n:, 1] = start + rng.uniform(0, width, m - n)
        z[n:, 2] = rng.uniform(0.0, 0.5, m - n)
        used = ~np.isnan(sd)
        z[:n, :3] += rng.normal(size=(n, 3)) * sd[:3]
        if used[3]:
            rate = (d * v).sum(axis=1) / range_m
            z[:n, 3] = rate[here] + rng.normal(size=n) * sd[3]
            z[n:, 3] = rng.uniform(-40, 40, m - n)
        look = look0.copy()
        look[2], look[3] = start, width
        none = np.zeros(m, np.int64)
        yield Scan(
            t_ns, 0, 0, look, np.full(m, t_ns), z, np.where(np.isnan(z), np.nan, sd),
            np.full(m, np.nan), np.full(m, -1, np.int8), np.zeros(m, np.int8), np.zeros(m),
            none, none - 1,
        )  # fmt: skip


def to_screen(tracks: int, plots: int, seconds: float) -> dict[str, Any]:
    """Latencies of all scans after the first ten seconds."""
    from playwright.sync_api import sync_playwright

    site = radar_site()
    site = site._replace(sensors=site.sensors._replace(clutter=np.array([float(plots - tracks)])))
    s = pipeline.setup(site, Mode.EXERCISE)
    pipeline.warm(site)
    times: list[int] = []

    def feed() -> Iterator[Scan]:
        for scan in turning(site, tracks, plots, seconds):
            times.append(scan.t_ns)
            yield scan

    with tempfile.TemporaryDirectory() as folder, socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        service = Service(s, Path(folder), time.time_ns)
        known = rights.Rights(Path(folder) / "people.json", time.time_ns, guest="viewer")
        app = server.app(service, known)
        http = uvicorn.Server(uvicorn.Config(app, log_level="error", ws_per_message_deflate=False))
        thread = threading.Thread(target=http.run, args=([sock],))
        thread.start()
        with sync_playwright() as p:
            browser = p.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            page.add_init_script(HOOK)
            page.goto(f"http://127.0.0.1:{sock.getsockname()[1]}/")
            service.add(Source("radar", feed))
            page.wait_for_timeout((seconds + 1.0) * 1000)
            seen = np.array(page.evaluate("window.seen"))
            shown = len(service.line.last.tracks.label) if service.line.last else 0
            browser.close()
        http.should_exit = True
        thread.join()
    return summary(np.array(times[10 * SECTORS :]) / 1e6, seen, shown)


def summary(scans_ms: Any, seen: Any, shown: int) -> dict[str, Any]:
    """Of each scan, the wait until the first frame that shows it."""
    out = []
    for t in scans_ms:
        frames = seen[seen[:, 0] >= t - 1e-3]
        if len(frames):
            out.append(float(frames[0, 1] - t))
    p50, p95, p99 = np.percentile(out, [50, 95, 99])
    return {"scans": len(out), "tracks_shown": shown, "frames": len(seen), "p50_ms": round(p50, 1),
            "p95_ms": round(p95, 1), "p99_ms": round(p99, 1)}  # fmt: skip


def to_alarm(seeds: int, hours: float) -> dict[str, Any]:
    """First plot of the alarmed track to the alarm, over seeds; alarms an hour about nothing."""
    raid, loaded = config.load_raid(RAID)
    s = night.setup(loaded.site, ())
    waits = []
    for seed in range(seeds):
        for frame in play(s, raid._replace(duration_s=60.0), (), seed):
            if not isinstance(frame, Frame):
                break
            told = [e for o in frame.outputs for e in o.watch.events if e.kind == EventKind.ALARM]
            if told:
                waits.append(dict(told[0].data)["since_first_plot_s"])
                break
    quiet = raid._replace(
        groups=tuple(g for g in raid.groups if not g.hostile), duration_s=hours * 3600.0
    )
    alarms = 0
    for frame in play(s, quiet, (), 0):
        if isinstance(frame, Frame):
            events = [e for o in frame.outputs for e in o.watch.events]
            alarms += sum(e.kind == EventKind.ALARM for e in events)
    p50, p95 = np.percentile(waits, [50, 95])
    return {"raids": seeds, "alarmed": len(waits), "first_plot_to_alarm_p50_s": round(p50, 1),
            "first_plot_to_alarm_p95_s": round(p95, 1), "quiet_hours": hours,
            "false_alarms_per_hour": round(alarms / hours, 2)}  # fmt: skip


def main() -> None:
    """Both, as one JSON object."""
    cli = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    cli.add_argument("--tracks", type=int, default=100)
    cli.add_argument("--plots", type=int, default=1000)
    cli.add_argument("--seconds", type=float, default=60.0)
    cli.add_argument("--seeds", type=int, default=20)
    cli.add_argument("--hours", type=float, default=1.0)
    args = cli.parse_args()
    out = {"screen": to_screen(args.tracks, args.plots, args.seconds)}
    print(json.dumps(out), flush=True)
    if args.seeds:
        out["alarm"] = to_alarm(args.seeds, args.hours)
    print(json.dumps(out))


if __name__ == "__main__":
    main()
