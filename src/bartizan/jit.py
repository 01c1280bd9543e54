"""Numba's compiler with a cache that is never stale.

In: the package's kernel sources.  Out: `kernel` and `inner`, the decorators of compiled
functions.  Does not: compile anything at import.

Numba keys its cache by the file of the *outer* function only, so a change in a function
that it calls from another file would go unseen.  Here the cache folder's name holds a
hash of all sources with kernels, and of Numba's version.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numba

from bartizan.compiler import Bare, Inner, Kernel

_ROOT = Path(__file__).parent
_F = TypeVar("_F", bound=Callable[..., Any])
# Measured on the tracker's step: level 1 without vectorisers runs as fast as level 3
# (small fixed loops have nothing to vectorise) and compiles in two thirds of the time.
_LEVEL = {"OPT": 1, "LOOP_VECTORIZE": 0, "SLP_VECTORIZE": 0}

_WRAP_INNER = bool(os.environ.get("BARTIZAN_WRAP_INNER"))


def _fingerprint() -> str:
    how = f"{numba.__version__} {_WRAP_INNER}".encode() + Path(__file__).read_bytes()
    how += (_ROOT / "compiler.py").read_bytes()
    h = hashlib.blake2b(how, digest_size=8)
    for path in sorted(_ROOT.rglob("*.py")):
        source = path.read_bytes()
        if b"from bartizan.jit import" in source:
            h.update(path.name.encode())
            h.update(source)
    return h.hexdigest()


def _cache_dir() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "bartizan" / f"kernels-{_fingerprint()}"


_config: Any = numba.config
_njit: Any = numba.njit
CACHE_DIR = Path(os.environ.get("NUMBA_CACHE_DIR") or _cache_dir())
if "NUMBA_CACHE_DIR" not in os.environ:
    _config.CACHE_DIR = str(CACHE_DIR)
for _name, _value in _LEVEL.items():
    if f"NUMBA_{_name}" not in os.environ:
        setattr(_config, _name, type(_config.OPT)(_value) if _name == "OPT" else _value)
_OPTIONS: dict[str, Any] = {
    "error_model": "numpy", "no_cfunc_wrapper": True, "nogil": True,
}  # fmt: skip


def kernel(function: _F) -> _F:
    """Compile a pure function of scalars, arrays and tuples of them (nopython, cached)."""
    compiled: _F = _njit(**_OPTIONS, cache=True, _nrt=True, pipeline_class=Kernel)(function)
    return compiled


def inner(function: _F) -> _F:
    """As `kernel`, for a function that only kernels call: not compiled by itself.

    With BARTIZAN_WRAP_INNER set (the tests do) it is a kernel all the same.
    """
    if _WRAP_INNER:
        return kernel(function)
    compiled: _F = _njit(**_OPTIONS, _nrt=True, pipeline_class=Inner)(function)
    return compiled


def bare(function: _F) -> _F:
    """As `inner`, for a function that makes no array: it counts no references.

    Every row of an array that is taken in a loop is counted up and down, atomically; in
    the tracker's step at 500 targets that was a fifth of the time.
    """
    if _WRAP_INNER:
        compiled: _F = _njit(**_OPTIONS, cache=True, _nrt=False, pipeline_class=Kernel)(function)
    else:
        compiled = _njit(**_OPTIONS, _nrt=True, pipeline_class=Bare)(function)
    return compiled


def is_warm() -> bool:
    """Whether an earlier run left compiled kernels in the cache."""
    return CACHE_DIR.is_dir() and any(CACHE_DIR.rglob("*.nbi"))
