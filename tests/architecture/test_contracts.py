"""The contracts name every room, and the tables that guard them are not empty words."""

from __future__ import annotations

import ast
import re
import tomllib
import warnings
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "bartizan"
LINTER = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"][
    "importlinter"
]
STAGES = ("track", "picture", "assess", "warn", "sensing")


def contract(word: str) -> dict:
    return next(c for c in LINTER["contracts"] if word in c["name"])


def test_every_room_has_a_floor() -> None:
    floors = {name for row in contract("layers")["layers"] for name in re.split(r"\W+", row)}
    rooms = {p.stem for p in SOURCE.iterdir() if p.suffix == ".py" or (p / "__init__.py").exists()}
    assert rooms - floors - {"__init__", "__main__"} == set()


def test_every_live_room_is_kept_from_the_simulation() -> None:
    """Whatever is not the simulation, its scores or a shell above them counts as live; the command line calls both sides."""
    kept = {name.split(".")[1] for name in contract("live side cannot")["source_modules"]}
    rooms = {p.name for p in SOURCE.iterdir() if (p / "__init__.py").exists()}
    assert rooms - kept - {"sim", "evaluate", "campaign", "config", "data", "cli"} == set()


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_steps_and_keeps_nothing(stage: str) -> None:
    """No module-level state that a function could change, no `global`, no `except Exception`."""
    for path in (SOURCE / stage).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            assert not isinstance(node, ast.Global | ast.Nonlocal), path
            if isinstance(node, ast.ExceptHandler):
                assert node.type is not None, path
                assert getattr(node.type, "id", "") not in ("Exception", "BaseException"), path


def test_no_word_of_nothing() -> None:
    """No `utils`, `helpers`, `manager`, `base` or `common`: a module is named for what it does."""
    for path in SOURCE.rglob("*.py"):
        assert not re.search(r"util|helper|manager|^base|common|misc", path.stem), path


def test_the_flow_reads_on_one_screen_and_a_half() -> None:
    assert len((SOURCE / "pipeline.py").read_text(encoding="utf-8").splitlines()) <= 150


def test_budgets() -> None:
    """Function p95 <= 45 lines, folder <= 8 files: hard for the whole, told for the parts."""
    lengths = {}
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                span = (node.end_lineno or node.lineno) - node.lineno + 1
                lengths[f"{path.relative_to(SOURCE)}:{node.name}"] = span
    ordered = sorted(lengths.values())
    assert ordered[int(0.95 * len(ordered))] <= 45
    told = [f"{name}: {n} lines" for name, n in lengths.items() if n > 90]
    told += [f"{d.relative_to(SOURCE)}: {k} files" for d in SOURCE.rglob("*")
             if d.is_dir() and (k := len([p for p in d.glob("*.py") if p.stem != "__init__"])) > 8]  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("default")
        for line in told:
            warnings.warn(f"over budget: {line}", stacklevel=1)
