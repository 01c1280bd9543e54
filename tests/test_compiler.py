"""Kernels whose inner functions are worked only with them, as users have them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import json, sys
import numpy as np
from bartizan.jit import CACHE_DIR, bare, inner, kernel


@bare
def square(x):
    return x * x


@bare
def into(out, a):
    for k in range(a.shape[0]):
        out[k] = square(a[k])


@inner
def squares(a):
    if a.shape[0] > 5:
        raise ValueError("six")
    out = np.empty(a.shape[0])
    into(out, a)
    return out


@kernel
def total(a):
    return squares(a).sum() + square(a[0])


@kernel
def both(a):
    return total(a) + squares(a)[0]


rng = np.random.default_rng(0)
a = rng.normal(size=5)
said = {}
for name, call in (("inner", lambda: squares(a)), ("six", lambda: both(np.zeros(6)))):
    try:
        call()
        said[name] = "no error"
    except Exception as e:
        said[name] = type(e).__name__
said["ours"] = [total(a), both(a)]
said["numpy"] = [float((a**2).sum() + a[0] ** 2), float((a**2).sum() + 2 * a[0] ** 2)]
said["hits"] = sum(sum(f.stats.cache_hits.values()) for f in (total, both))
said["kept"] = sorted({p.name.split("-")[0].split(".")[-1] for p in CACHE_DIR.rglob("*.nbi")})
print(json.dumps(said))
"""


def test_inner_functions_are_worked_with_the_kernels_that_call_them(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    env = {k: v for k, v in os.environ.items() if not k.startswith(("BARTIZAN_WRAP", "NUMBA_"))}
    env["XDG_CACHE_HOME"] = str(tmp_path)
    cold, warm = (
        json.loads(subprocess.run(
            [sys.executable, str(program)], env=env, check=True, capture_output=True, text=True
        ).stdout)
        for _ in range(2)
    )  # fmt: skip
    assert cold["ours"] == warm["ours"] == pytest.approx(cold["numpy"], rel=1e-12)
    assert cold["inner"] == "IndexError"  # nothing that Python could call, and no wrong answer
    assert cold["six"] == warm["six"] == "ValueError"
    assert (cold["hits"], warm["hits"]) == (0, 2)
    assert warm["kept"] == ["both", "total"]
