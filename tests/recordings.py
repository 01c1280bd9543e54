"""Where the real recordings are: beside the repository, never inside it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(
    os.environ.get("BARTIZAN_DATA", Path(__file__).resolve().parents[2] / "shared" / "data")
)


def need(name: str) -> Path:
    """The recording `name`; the calling test is skipped with one line when it is absent."""
    path = ROOT / name
    if not path.exists():
        pytest.skip(f"recording {name} is absent (set BARTIZAN_DATA to the folder that has it)")
    return path
