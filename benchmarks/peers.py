"""bartizan's tracker on the peers' benchmark: reads its scenario files, writes its output.

    python benchmarks/peers.py IN.npz OUT.npz [--sensors 0 1 2 3] [--doppler] [--threads 2]
                               [--set name=value]

The tracker is given the plots alone: this process never reads the truth in IN.npz.
Kernels are compiled before the clock starts; what is timed is one call of the tracker's
step a scan, as for every peer.
"""

from __future__ import annotations

import argparse
import json
import resource
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from bartizan import track
from bartizan.types import Frame, Scan, SensorKind, Sensors

DEG = np.pi / 180.0
# The benchmark's own figures (its README): radar and camera.
R_MIN, R_MAX, EL_MIN, EL_MAX = 200.0, 10_000.0, -1.0 * DEG, 35.0 * DEG
RADAR_SD = (10.0, 0.5 * DEG, 0.7 * DEG, 1.0)
RADAR_PD, RDOT_MAX = 0.9, 90.0
CAMERA_R, CAMERA_SD, CAMERA_PD, CAMERA_CLUTTER = 4000.0, 0.1 * DEG, 0.85, 1.0
CAMERA_EL = (-1.0 * DEG, 60.0 * DEG)


def sensors_of(table: np.ndarray, clutter: float, doppler: bool) -> Sensors:
    """The benchmark's sensor table (s, 7) as ours."""
    n = len(table)
    radar = table[:, 1] == 0
    sd = np.full((n, 6), np.nan)
    look = np.empty((n, 6))
    pd = np.zeros((n, 8))
    for i in range(n):
        if radar[i]:
            sd[i, :4] = RADAR_SD
            look[i] = (R_MIN, R_MAX, 0.0, 2 * np.pi, EL_MIN, EL_MAX)
            pd[i, 1] = RADAR_PD
        else:
            sd[i, 1:3] = CAMERA_SD
            look[i] = (0.0, CAMERA_R, 0.0, 2 * np.pi, *CAMERA_EL)
            pd[i, 1] = CAMERA_PD
    if not doppler:
        sd[:, 3] = np.nan
    return Sensors(
        kind=np.where(radar, int(SensorKind.RADAR), int(SensorKind.CAMERA)),
        pos=table[:, 2:5].copy(),
        rot=np.tile(np.eye(3), (n, 1, 1)),
        sd=sd,
        look=look,
        pd=pd,
        clutter=np.where(radar, clutter, CAMERA_CLUTTER),
        doppler_max=np.where(radar, RDOT_MAX, 0.0),
        period_s=table[:, 5].copy(),
        bias=np.zeros((n, 3)),
        dropout=np.tile([1.0 / 120.0, 1.0 / 10.0], (n, 1)),  # as a site's sensors by default
    )


def scans_of(
    data: np.lib.npyio.NpzFile, sensors: Sensors, use: list[int], doppler: bool
) -> list[Scan]:
    """Every tick of the wanted sensors as a scan, empty ones too, in time order."""
    out = []
    end = int(data["meta"][2])
    for s, row in enumerate(data["sensors"][use]):
        mine = data["meas_sensor"] == int(row[0])
        t_all, z_all = data["meas_t"][mine], data["meas_z"][mine]
        for t in np.arange(row[6], end - 1e-9, row[5]):
            a, b = np.searchsorted(t_all, [t - 1e-6, t + 1e-6])
            m = b - a
            z = np.full((m, 6), np.nan)
            z[:, :4] = z_all[a:b]
            z[:, 1] = 0.5 * np.pi - z[:, 1]  # theirs runs from east to north
            if not doppler:
                z[:, 3] = np.nan
            t_ns = 1_000_000_000 + round(t * 1e9)
            zero = np.zeros(m, np.int64)
            out.append(
                Scan(
                    t_ns,
                    s,
                    int(Frame.SPHERICAL),
                    sensors.look[s],
                    np.full(m, t_ns),
                    z,
                    np.tile(sensors.sd[s], (m, 1)),
                    np.full(m, np.nan),
                    np.full(m, -1, np.int8),
                    np.zeros(m, np.int8),
                    np.zeros(m),
                    zero,
                    zero - 1,
                )
            )
    return sorted(out, key=lambda scan: (scan.t_ns, scan.sensor))


def params_of(settings: list[str]) -> track.TrackParams:
    """The default settings with `name=value` changes (for tuning)."""
    params = track.default_params()
    for text in settings:
        name, value = text.split("=")
        if name == "motion":
            rows = [[float(v) for v in row.split(",")] for row in value.split("/")]
            params = params._replace(motion=np.array(rows))
        else:
            params = params._replace(**{name: type(getattr(params, name))(float(value))})
    return params


def main() -> None:
    cli = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    cli.add_argument("data", type=Path)
    cli.add_argument("out", type=Path)
    cli.add_argument("--sensors", type=int, nargs="+", default=[0])
    cli.add_argument("--doppler", action="store_true")
    cli.add_argument("--threads", type=int, choices=(1, 2), default=1)
    cli.add_argument("--set", nargs="*", default=[], metavar="NAME=VALUE")
    args = cli.parse_args()

    data = np.load(args.data)
    sensors = sensors_of(data["sensors"][args.sensors], float(data["meta"][1]), args.doppler)
    scans = scans_of(data, sensors, args.sensors, args.doppler)
    params = params_of(args.set)
    state = track.start(sensors, params)
    pool = ThreadPoolExecutor(1) if args.threads == 2 else None
    for scan in scans[:8]:  # compile, then begin anew
        state, _, _ = track.step(state, scan, params, pool)
    state = track.start(sensors, params)

    rows: list[tuple[int, int, np.ndarray]] = []
    wall, cpu, plots, alive = [], [], [], []
    done = 0
    for scan in scans:
        w0, c0 = time.perf_counter(), time.process_time()
        state, tracks, _ = track.step(state, scan, params, pool)
        wall.append(time.perf_counter() - w0)
        cpu.append(time.process_time() - c0)
        plots.append(len(scan.z))
        alive.append(len(state.r))
        if args.sensors[scan.sensor] == 0:
            k = round((scan.t_ns - 1_000_000_000) / 1e9)
            rows += [(k, int(tracks.label[i]), tracks.x[i]) for i in range(len(tracks.label))]
            done = k + 1
    total_cpu, total_wall = sum(cpu), sum(wall)
    info = {
        "name": "bartizan",
        "threads": args.threads,
        "data": args.data.name,
        "n_done": done,
        "updates": len(scans),
        "cpu": total_cpu,
        "wall": total_wall,
        "scans_per_s": len(scans) / total_wall,
        "cpu_scans_per_s": len(scans) / max(total_cpu, 1e-9),
        "meas_per_s": sum(plots) / total_wall,
        "ms_scan_med": 1e3 * float(np.median(wall)),
        "ms_scan_p99": 1e3 * float(np.quantile(wall, 0.99)),
        "ms_scan_max": 1e3 * max(wall),
        "rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "trk_mean": float(np.mean(alive)),
    }
    np.savez_compressed(
        args.out,
        out_scan=np.array([r[0] for r in rows], int),
        out_id=np.array([r[1] for r in rows], int),
        out_state=np.array([r[2] for r in rows], float).reshape(-1, 6),
        n_done=done,
        info=json.dumps(info),
        scan_wall=np.array(wall),
        scan_cpu=np.array(cpu),
    )
    print(json.dumps(info))


if __name__ == "__main__":
    main()
