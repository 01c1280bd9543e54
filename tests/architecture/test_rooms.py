"""The rooms: import contracts that bite, module heads, public names."""

from __future__ import annotations

import ast
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "bartizan"
MODULES = sorted(p for p in SOURCE.rglob("*.py"))


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """The import contracts over one tree."""
    tool = Path(sys.executable).with_name("lint-imports")
    return subprocess.run(
        [str(tool), "--no-cache", "--config", str(ROOT / "pyproject.toml")],
        cwd=folder, capture_output=True, text=True, env={"PYTHONPATH": str(folder), "PATH": ""},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("module", "line"),
    [("track/state.py", "import bartizan.sim"), ("warn/words.py", "import bartizan.track"),
     ("pipeline.py", "from bartizan.sim import truth"), ("picture/state.py", "import sqlite3"),
     ("report/words.py", "from bartizan.sim import effectors")],
)  # fmt: skip
def test_a_planted_violation_is_caught(tmp_path: Path, module: str, line: str) -> None:
    import shutil

    shutil.copytree(SOURCE, tmp_path / "bartizan", ignore=shutil.ignore_patterns("__pycache__"))
    assert lint(tmp_path).returncode == 0
    path = tmp_path / "bartizan" / module
    path.write_text(
        path.read_text().replace("import annotations\n", f"import annotations\n{line}\n", 1)
    )
    assert lint(tmp_path).returncode != 0


def test_every_module_says_what_goes_in_and_out() -> None:
    for path in MODULES:
        head = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
        assert head, path
        if path.name not in ("__init__.py", "__main__.py", "errors.py"):
            assert "In:" in head, path
            assert "Does not:" in head, path


@pytest.mark.parametrize("stage", ["track", "picture", "assess", "warn", "journal", "report"])
def test_a_stage_shows_few_names(stage: str) -> None:
    module = importlib.import_module(f"bartizan.{stage}")
    assert 1 <= len(module.__all__) <= 8
    assert all(hasattr(module, name) for name in module.__all__)


def test_no_room_is_too_full() -> None:
    for path in MODULES:
        assert len(path.read_text(encoding="utf-8").splitlines()) <= 480, path


def test_the_live_side_has_no_word_for_firing() -> None:
    """No outlet can carry a task or a fire message: there is no such event outside sim."""
    for room in ("track", "picture", "assess", "warn", "feeds"):
        for path in (SOURCE / room).rglob("*.py"):
            assert "EventKind.ENGAGEMENT" not in path.read_text(encoding="utf-8"), path
