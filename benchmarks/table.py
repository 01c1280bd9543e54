"""The benchmark's table: bartizan and its peers on every size and seed, in one run.

    python benchmarks/table.py [--bench ../shared/bench] [--sizes S M L XL W W30 W100]
        [--seeds 0 1 2] [--peers ss_gnn_ekf lmb_lmb_adapt] [--python lmb=PATH gri=PATH]

The folder given with --bench holds the peers' neutral generator (`scenario.py`), scorer
(`gospa.py`) and runners (`run_stonesoup.py` ss_*, `run_lmb.py` lmb_*, `run_pytcl.py` pytcl_*,
`run_gri.py` gri_*). Every run is a process of its own that is given plots alone; a peer stops
after --limit seconds and both are then scored on the scans that it finished. W30 and W100 are
this project's own: formations that cross, part and close again (`swarm.py`).
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).resolve().parent
COLUMNS = ("gospa", "loc", "missed", "false", "swaps", "breaks")
RUNNERS = {"ss": "stonesoup", "lmb": "lmb", "pytcl": "pytcl", "gri": "gri"}
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
Row = dict[str, Any]


def made(bench: Path, folder: Path, size: str, seed: int) -> Path:
    """The scenario file of a size and seed."""
    data = folder / f"{size}_{seed}.npz"
    if size in ("W30", "W100"):
        script, extra = HERE / "swarm.py", ["--drones", size[1:], "--bench", str(bench)]
    else:
        script, extra = bench / "scenario.py", ["--size", size]
    make = [sys.executable, str(script), *extra, "--seed", str(seed), "--out", str(folder)]
    subprocess.run(make, check=True, capture_output=True)
    return data


def scored(bench: Path, data: Path, out: Path, scans: int | None = None) -> Row:
    """The scorer's figures; on the first `scans` alone if given."""
    if scans is not None:
        with np.load(out) as full:
            parts = dict(full)
        early = parts["out_scan"] < scans
        for name in ("out_scan", "out_id", "out_state"):
            parts[name] = parts[name][early]
        parts["n_done"] = np.array(scans)
        out = out.with_name(f"first_{scans}_{out.name}")
        np.savez(out, **parts)
    score = subprocess.run(
        [sys.executable, str(bench / "gospa.py"), str(data), str(out)],
        check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    found: Row = json.loads(score[score.index("{") :])
    return found


def ours(bench: Path, data: Path, extra: list[str]) -> tuple[Row, Path]:
    """One run of bartizan: its figures, its output file."""
    out = data.with_name(f"out_{data.name}")
    run = [sys.executable, str(HERE / "peers.py"), str(data), str(out), *extra]
    said = subprocess.run(run, check=True, capture_output=True, text=True).stdout
    return json.loads(said.splitlines()[-1]) | scored(bench, data, out), out


def theirs(bench: Path, data: Path, peer: str, python: str, limit_s: float) -> tuple[Row, Path]:
    """One run of a peer.  Raises CalledProcessError when it cannot run."""
    kind, config = peer.split("_", 1)
    out = data.with_name(f"{peer}_{data.name}")
    run = [python, str(bench / f"run_{RUNNERS[kind]}.py"), config, str(data), str(out)]
    subprocess.run(
        [*run, "--limit", str(limit_s)], check=True, capture_output=True, text=True,
        env=os.environ | ONE_THREAD, cwd=bench,
    )  # fmt: skip
    with np.load(out) as file:
        info: Row = json.loads(str(file["info"]))
    return info | scored(bench, data, out), out


def cell(rows: list[Row], name: str, digits: int) -> str:
    """Median over the seeds, least and most in brackets."""
    v = np.array([r[name] for r in rows], dtype=float)
    return f"{np.median(v):,.{digits}f} ({v.min():,.{digits}f}-{v.max():,.{digits}f})"


def main() -> None:
    """Prints one row a size and tracker: medians over the seeds, least and most in brackets."""
    cli = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    cli.add_argument("--bench", type=Path, default=HERE.parents[1] / "shared" / "bench")
    cli.add_argument("--sizes", nargs="+", default=["S", "M", "L", "XL", "W"])
    cli.add_argument("--seeds", nargs="+", type=int, default=[0, 1, 2])
    cli.add_argument("--doppler", action="store_true")
    cli.add_argument("--sensors", nargs="+", default=["0"])
    cli.add_argument("--threads", default="1")
    cli.add_argument("--peers", nargs="*", default=[])
    cli.add_argument("--python", nargs="*", default=[], metavar="KIND=PATH")
    cli.add_argument("--limit", type=float, default=60.0)
    args = cli.parse_args()
    pythons = dict(p.split("=", 1) for p in args.python)
    extra = ["--sensors", *args.sensors, "--threads", args.threads]
    extra += ["--doppler"] if args.doppler else []
    print(
        "| size | tracker | seeds | scans | GOSPA | loc | missed | false | swaps | breaks "
        "| scans/CPU-s | ms median | ms p99 | MB | bartizan on the same scans, CPU ratio |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for size in args.sizes:
            data = [made(args.bench, folder, size, k) for k in args.seeds]
            mine = [ours(args.bench, d, extra) for d in data]
            show(size, "bartizan", [m for m, _ in mine], "")
            for peer in args.peers:
                python = pythons.get(peer.split("_", 1)[0], sys.executable)
                try:
                    runs = [theirs(args.bench, d, peer, python, args.limit) for d in data]
                except subprocess.CalledProcessError as e:
                    last = (e.stderr or "").strip().splitlines()[-1:]
                    print(f"{size} {peer}: cannot run: {last}", file=sys.stderr, flush=True)
                    continue
                same = [
                    scored(args.bench, d, out, int(r["n_done"]))["gospa"]
                    for d, (_, out), (r, _) in zip(data, mine, runs, strict=True)
                ]
                ratio = np.median(
                    [
                        m["cpu_scans_per_s"] / r["cpu_scans_per_s"]
                        for (m, _), (r, _) in zip(mine, runs, strict=True)
                    ]
                )
                note = f"GOSPA {np.median(same):,.0f}, {ratio:,.0f} times as fast"
                show(size, peer, [r for r, _ in runs], note)


def show(size: str, tracker: str, rows: list[Row], note: str) -> None:
    """One line of the table."""
    digits = {"missed": 2, "false": 2}
    cells = [cell(rows, name, digits.get(name, 0)) for name in COLUMNS]
    speed = float(np.median([r["cpu_scans_per_s"] for r in rows]))
    cells.append(cell(rows, "cpu_scans_per_s", 0 if speed >= 100 else 2))
    cells += [f"{np.median([r[n] for r in rows]):,.2f}" for n in ("ms_scan_med", "ms_scan_p99")]
    cells.append(f"{max(r['rss_mb'] for r in rows):,.0f}")
    done = int(np.median([r["n_done"] for r in rows]))
    print(
        f"| {size} | {tracker} | {len(rows)} | {done} | {' | '.join(cells)} | {note} |", flush=True
    )


if __name__ == "__main__":
    main()
