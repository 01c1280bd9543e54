"""The benchmark's table: bartizan on every size and seed, scored by the benchmark's own scorer.

    python benchmarks/table.py --bench ../shared/bench [--sizes S M L XL W] [--seeds 0 1 2]

The folder given with --bench holds the peers' neutral generator (`scenario.py`) and scorer
(`gospa.py`). Every run is a process of its own that is given plots alone.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
COLUMNS = ("gospa", "loc", "missed", "false", "swaps", "breaks")


def one(bench: Path, folder: Path, size: str, seed: int, extra: list[str]) -> dict[str, float]:
    """Generate, run and score one scenario."""
    data, out = folder / f"{size}_{seed}.npz", folder / f"out_{size}_{seed}.npz"
    make = [sys.executable, str(bench / "scenario.py"), "--size", size, "--seed", str(seed)]
    subprocess.run([*make, "--out", str(folder)], check=True, capture_output=True)
    run = [sys.executable, str(HERE / "peers.py"), str(data), str(out), *extra]
    said = subprocess.run(run, check=True, capture_output=True, text=True).stdout
    score = subprocess.run(
        [sys.executable, str(bench / "gospa.py"), str(data), str(out)],
        check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    return json.loads(said.splitlines()[-1]) | json.loads(score[score.index("{") :])


def main() -> None:
    """Prints one row a size: medians over the seeds, least and most in brackets."""
    cli = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    cli.add_argument("--bench", type=Path, default=HERE.parents[1] / "shared" / "bench")
    cli.add_argument("--sizes", nargs="+", default=["S", "M", "L", "XL", "W"])
    cli.add_argument("--seeds", nargs="+", type=int, default=[0, 1, 2])
    cli.add_argument("--doppler", action="store_true")
    args = cli.parse_args()
    extra = ["--doppler"] if args.doppler else []
    print("| size | seeds | GOSPA | loc | missed | false | swaps | breaks | scans/CPU-s | p99 ms |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for size in args.sizes:
            rows = [one(args.bench, Path(folder), size, k, extra) for k in args.seeds]
            cells = []
            for name in (*COLUMNS, "cpu_scans_per_s", "ms_scan_p99"):
                v = np.array([r[name] for r in rows], dtype=float)
                digits = 0 if name in ("gospa", "loc", "cpu_scans_per_s", "swaps", "breaks") else 2
                cells.append(
                    f"{np.median(v):,.{digits}f} ({v.min():,.{digits}f}-{v.max():,.{digits}f})"
                )
            print(f"| {size} | {len(rows)} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
